"""Templates of new chats: TOML files in a directory of a person's own, which can be shared.

    name = "Code review"
    model = "claude-opus-4-5"
    effort = "high"
    system = "You are a careful reviewer."
    prompt = "Review {{file}}."
    temporary = false

Every entry but the name, which is the file's where it is missing, can be left out.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salon.toml_text import did_you_mean, own_files, own_text, parse_leniently, place_of, shown_path
from salon.untrusted import clean_line
from salon.words import tr

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """What a new chat begins with; the name is clean, the rest is as it was written. "" leaves it as it is."""

    name: str
    model: str = ""
    effort: str = ""
    system: str = ""
    prompt: str = ""
    """The first prompt, to be sent by the person; it may have `{{gaps}}`."""
    temporary: bool = False
    """Whether nothing of the chat is kept."""


_TEXTS = ("name", "model", "effort", "system", "prompt")


def load_templates(directory: Path) -> tuple[list[Template], list[str]]:
    """The templates in a directory by name, and what was wrong with its files, in sentences. Never raises."""
    problems: list[str] = []
    templates: dict[str, Template] = {}
    for path in own_files(directory, (".toml",), "template", problems):
        if (text := own_text(path, "template", problems)) is None:
            continue
        template = _read_template(text, path, problems)
        if template.name in templates:
            problems.append(
                tr(
                    '{path}: there is a template "{name}" already; this one is not used.',
                    path=shown_path(path),
                    name=template.name,
                )
            )
        templates.setdefault(template.name, template)
    return sorted(templates.values(), key=lambda template: template.name.casefold()), problems


def _read_template(text: str, path: Path, problems: list[str]) -> Template:
    file = shown_path(path)
    written, broken = parse_leniently(text, file)
    problems += broken
    given: dict[str, Any] = {}
    for key, value in written.items():
        if key in _TEXTS and isinstance(value, str):
            given[key] = value.strip("\n")
        elif key == "temporary" and isinstance(value, bool):
            given[key] = value
        elif key in _TEXTS or key == "temporary":
            wanted = tr("text") if key in _TEXTS else tr("true or false")
            problems.append(
                tr(
                    "{place}: {key} must be {wanted}; it is not used.",
                    place=place_of(text, file, key),
                    key=key,
                    wanted=wanted,
                )
            )
        else:
            shown, hint = clean_line(key, 60), did_you_mean(key, (*_TEXTS, "temporary"))
            problems.append(
                tr(
                    '{place}: a template has no "{shown}".{hint}',
                    place=place_of(text, file, key),
                    shown=shown,
                    hint=hint,
                )
            )
    name = clean_line(given.pop("name", ""), LONGEST_NAME).strip()
    return Template(name=name or clean_line(path.stem.replace("-", " "), LONGEST_NAME), **given)
