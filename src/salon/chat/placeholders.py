"""Gaps in a saved prompt: `{{name}}` stands for what a person fills in."""

import re
from collections.abc import Mapping

_GAP = re.compile(r"\{\{[ \t]*([^{}\n]{1,60}?)[ \t]*\}\}")


def placeholders(text: str) -> tuple[str, ...]:
    """The names of the gaps, each once, in their order."""
    return tuple(dict.fromkeys(match[1] for match in _GAP.finditer(text)))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its gaps filled; one that has no value stays. What is filled in is not looked at again."""
    return _GAP.sub(lambda match: values.get(match[1], match[0]), text)
