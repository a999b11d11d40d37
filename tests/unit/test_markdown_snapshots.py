"""Each kind of block at three widths, with its looks, against what somebody has looked at.

The sources are ``tests/snapshots/markdown/*.md``, each with its snapshot beside it. ``SALON_WRITE_SNAPSHOTS=1`` writes
the snapshots anew; read the difference before you commit it.

A snapshot has one section per width, and at its end the looks as a dark and a light theme draw them. A row begins
with a bar, or with a plus if it continues the one above; below it, a letter per cell says how it looks, and the
letters are explained at the end of the section. A row without a line of letters is plain text.
"""

import os
from itertools import chain
from pathlib import Path
from string import ascii_letters

import pytest

from markdown_support import rendered
from salon.markdown import Line, Look, Span, diagram
from salon.markdown.cells import cell_len
from salon.paths import Paths, theme_directories
from salon.themes import Theme, load_themes
from salon.ui.painter import Painter

_FOLDER = Path(__file__).parents[1] / "snapshots" / "markdown"
_WRITES = os.environ.get("SALON_WRITE_SNAPSHOTS") == "1"
_WIDTHS = (60, 100, 160)
_THEMES = ("salon-dark", "salon-light")


@pytest.mark.parametrize("name", [path.stem for path in sorted(_FOLDER.glob("*.md"))])
def test_a_block_looks_as_it_did(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "can_draw", lambda source: source.startswith("graph"))
    monkeypatch.setattr(diagram, "draw", lambda source, width: ["┌───┐    ┌───┐", "│ A ├───►│ B │", "└───┘    └───┘"])
    source = (_FOLDER / f"{name}.md").read_text(encoding="utf-8").removesuffix("\n")
    sections = [_section(source, width) for width in _WIDTHS] + [_colours(source, theme) for theme in _themes()]
    snapshot = "\n".join(chain.from_iterable(sections))
    path = _FOLDER / f"{name}.txt"
    if _WRITES:
        path.write_text(snapshot + "\n", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == snapshot + "\n"


def _section(source: str, width: int) -> list[str]:
    letters: dict[str, str] = {}
    rows: list[str] = [f"width {width}", ""]
    for line in rendered(source, width):
        rows.append(f"{'+' if line.wrapped else '|'}{line.plain().rstrip()}")
        if (looks := _looks(line, letters).rstrip(" .")) != "":
            rows.append(f" {looks}")
    return [*rows, "", *(f"{letter} {description}" for description, letter in letters.items()), ""]


def _themes() -> list[Theme]:
    """A dark and a light theme."""
    nowhere = Path("/nonexistent")
    themes, _ = load_themes(theme_directories(Paths(nowhere, nowhere, nowhere))[:1])
    return [theme for name in _THEMES for theme in themes if theme.name == name]


def _colours(source: str, theme: Theme) -> list[str]:
    """How each look of the block is drawn in a theme."""
    painter = Painter(theme)
    looks = {span.look for width in _WIDTHS for line in rendered(source, width) for span in line.spans if span.text}
    rows = sorted(f"{_words(look)}: {painter.style(look)}" for look in looks)
    return [f"theme {theme.name}", "", *rows, ""]


def _words(look: Look) -> str:
    words = [look.role, f"on {look.background}" if look.background else ""]
    words += [word for word in ("bold", "italic", "underline", "strike") if getattr(look, word)]
    return " ".join(filter(None, words))


def _looks(line: Line, letters: dict[str, str]) -> str:
    return "".join(_letter(span, letters) * cell_len(span.text) for span in line.spans)


def _letter(span: Span, letters: dict[str, str]) -> str:
    look = span.look
    words = [look.role, f"on {look.background}" if look.background else "", "decoration" if span.decoration else ""]
    words += [word for word in ("bold", "italic", "underline", "strike") if getattr(look, word)]
    words += [f"-> {span.href}" if span.href else "", f"copied as {span.source!r}" if span.source else ""]
    description = " ".join(filter(None, words))
    if description == "text":
        return "."
    if description == "text decoration":
        return " "
    return letters.setdefault(description, ascii_letters[len(letters)])
