"""Prompts that a person keeps for use again: files in a directory, which can be shared.

A Markdown file is one prompt, called like the file. A TOML file holds one (`name`, `text`) or several (`[[prompts]]`
with `name` and `text` each).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salon.toml_text import own_files, own_text, parse_leniently, place_of, shown_path
from salon.untrusted import clean_line
from salon.words import tr

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class SavedPrompt:
    """A prompt with a name that is clean; its text is as it was written, and may have `{{gaps}}`."""

    name: str
    text: str


def load_saved_prompts(directory: Path) -> tuple[list[SavedPrompt], list[str]]:
    """The prompts in a directory by name, and what was wrong with its files, in sentences. Never raises."""
    problems: list[str] = []
    prompts: dict[str, SavedPrompt] = {}
    for path in own_files(directory, (".md", ".toml"), "prompt", problems):
        if (text := own_text(path, "prompt", problems)) is None:
            continue
        for prompt in _prompts_in(text, path, problems):
            if prompt.name in prompts:
                problems.append(
                    tr(
                        '{path}: there is a prompt "{name}" already; this one is not used.',
                        path=shown_path(path),
                        name=prompt.name,
                    )
                )
            prompts.setdefault(prompt.name, prompt)
    return sorted(prompts.values(), key=lambda prompt: prompt.name.casefold()), problems


def _prompts_in(text: str, path: Path, problems: list[str]) -> Iterator[SavedPrompt]:
    own_name = clean_line(path.stem.replace("-", " ").replace("_", " "), LONGEST_NAME)
    if path.suffix == ".md":
        if text.strip():
            yield SavedPrompt(own_name, text.strip("\n"))
        return
    file = shown_path(path)
    written, broken = parse_leniently(text, file)
    problems += broken
    several = written.get("prompts")
    entries: list[Any] = several if isinstance(several, list) else [written]
    for entry in entries:
        name, words = (entry.get("name", own_name), entry.get("text")) if isinstance(entry, dict) else ("", None)
        if not isinstance(words, str) or not words.strip():
            problems.append(
                tr('{place}: a prompt needs a "text"; this one is not used.', place=place_of(text, file, "text"))
            )
        elif not isinstance(name, str) or not clean_line(name, LONGEST_NAME).strip():
            problems.append(
                tr("{place}: a prompt's name is text; this one is not used.", place=place_of(text, file, "name"))
            )
        else:
            yield SavedPrompt(clean_line(name, LONGEST_NAME), words.strip("\n"))
