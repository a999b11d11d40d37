"""Footnotes: ``[^1]`` in the text, ``[^1]: note`` where the note stands.

Notes stay where they are written, so that nothing moves while an answer arrives; a reference shows the label that the
note has. A number is a reference at once, any other label once its note is there: ``[^a-z]`` may be a pattern.
"""

import re
from typing import NamedTuple

from salon.markdown.definitions import Definition

_REFERENCE = re.compile(r"\[\^([^\]\[\s^]{1,60})\](?!\()")
_NOTE = re.compile(r"\[\^([^\]\[\s^]{1,60})\]:(?=[ \t]|$)")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
HANG = 4
"""Columns by which the lines after a note's first are set in."""


class Reference(NamedTuple):
    """A reference in the text."""

    label: str
    source: str

    @property
    def certain(self) -> bool:
        """Whether it is one even if no note has its label."""
        return self.label.isascii() and self.label.isdigit()


def reference_at(text: str, position: int) -> Reference | None:
    """The reference that begins at `position`, if it has the form of one."""
    match = _REFERENCE.match(text, position)
    return Reference(match[1], match[0]) if match else None


def note_mark(line: str) -> Reference | None:
    """The mark of a note at the beginning of `line`."""
    match = _NOTE.match(line)
    return Reference(match[1], match[0]) if match else None


def key(label: str) -> str:
    """What `References` know a note as; no link's label can be the same."""
    from markdown_it.common.utils import normalizeReference  # slow to import

    return normalizeReference(f"^{label}")


def definition(label: str) -> Definition:
    """What the note with this label defines."""
    return Definition(key(label), "")


def shown_label(label: str) -> str:
    """How a label stands in the text and before its note."""
    return label.translate(_SUPERSCRIPTS) if label.isascii() and label.isdigit() else f"[{label}]"
