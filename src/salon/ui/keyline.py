"""The keys that a screen tells below its contents: no key is parted from its words, what leaves is always told.

Nothing needs the mouse; who has it in the hand may click what a key would do, and a click presses that key. With large
targets each key is a button of at least `targets.ROWS` rows and `targets.CELLS` cells.
"""

from collections.abc import Callable, Sequence
from itertools import takewhile

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from salon.actions import textual_key
from salon.markdown.cells import cell_len
from salon.ui.targets import CELLS, are_large
from salon.untrusted import clean_line

PARTED = " · "
LOW = 16
"""Rows; on a lower screen the keys get one row."""
_ARROWS = {"↑", "↓", "←", "→"}
_BUTTON = "$s-text on $s-selection"
Part = tuple[str, str]
"""Words and the action, with its namespace, that a click on them does; "" for none."""


def parts_of(hints: str) -> list[Part]:
    """What is told of keys, each part with the action that presses its key."""
    return [(part, _pressing(part)) for part in hints.split(PARTED) if part]


def key_told(part: str) -> tuple[str, ...]:
    """The keys, under Textual's names, that stand at the beginning of what is told: any of them does it.

    A number or a word alone is no key.
    """
    words = part.split(" ")
    arrows = list(takewhile(_ARROWS.__contains__, words))
    if arrows:
        return tuple(textual_key(arrow) for arrow in arrows)
    chord = " ".join(words[:2]) if words[0].startswith("Ctrl+X") and len(words) > 2 else words[0]
    key = textual_key(chord) if len(words) > 1 else ""
    return (key,) if key and not key.isdigit() else ()


def _pressing(part: str) -> str:
    keys = key_told(part)
    return f"app.press({keys[0]!r})" if len(keys) == 1 else ""


def fitting(parts: Sequence[Part], width: int, rows: int) -> list[list[Part]]:
    """The parts in at most so many rows; those before the last, which says how to leave, go where there is no room."""
    kept = list(parts)
    while len(told := _in_rows(kept, width, len(PARTED), cell_len)) > rows and len(kept) > 1:
        del kept[-2]
    return told


def _in_rows(parts: Sequence[Part], width: int, gap: int, cells: Callable[[str], int]) -> list[list[Part]]:
    told: list[list[Part]] = []
    left = 0
    for part in parts:
        wanted = cells(part[0])
        if not told or gap + wanted > left:
            told.append([])
            left = width + gap
        told[-1].append(part)
        left -= gap + wanted
    return told


def line_content(parts: Sequence[Part], width: int, rows: int) -> Content:
    """The keys beside each other, parted by dots."""
    lines = []
    for row in fitting(parts, width, rows):
        pieces: list[Content] = []
        for part, action in row:
            pieces += [Content(PARTED)] if pieces else []
            pieces.append(Content.styled(clean_line(part), _clicked(action)) if action else Content(clean_line(part)))
        lines.append(Content("").join(pieces))
    return Content("\n").join(lines)


def button_content(parts: Sequence[Part], width: int) -> Content:
    """The keys as buttons; arrows one by one, so that each can be touched. What has no key stands above them."""
    buttons: list[Part] = []
    said: list[str] = []
    for part, action in parts:
        keys = key_told(part)
        if action:
            buttons.append((part, action))
        elif len(keys) > 1:
            buttons += [(arrow, f"app.press({key!r})") for arrow, key in zip(part.split(" "), keys, strict=False)]
        else:
            said.append(clean_line(part))
    lines = [Content(PARTED.join(said))] if said else []
    for row in _in_rows(buttons, width, 1, _button_cells):
        for is_middle in (False, True, False):
            pieces = [
                Content.styled(_padded(words) if is_middle else " " * _button_cells(words), _clicked(action)).stylize(
                    _BUTTON
                )
                for words, action in row
            ]
            lines.append(Content(" ").join(pieces))
    return Content("\n").join(lines)


def _button_cells(words: str) -> int:
    return max(CELLS, cell_len(words) + 4)


def _padded(words: str) -> str:
    free = _button_cells(words) - cell_len(words)
    return " " * (free // 2) + clean_line(words) + " " * (free - free // 2)


def _clicked(action: str) -> Style:
    return Style.from_meta({"@click": action})


class KeyLine(Static):
    """Tells keys, such as "↑ ↓ move · Esc leaves"."""

    ALLOW_SELECT = False

    def __init__(self, hints: str = "", *, rows: int = 2, id: str = "", classes: str = "") -> None:  # noqa: A002 - Textual's own name
        """`rows` is the most that they may take, without large targets."""
        super().__init__(id=id or None, classes=f"keys {classes}", markup=False)
        self.auto_links = False  # calm: what can be clicked looks like what stands beside it
        self._hints = hints
        self._most = rows

    @property
    def hints(self) -> str:
        """What is told, where there is room for all of it."""
        return self._hints

    def show(self, hints: str) -> None:
        """Tell other keys."""
        self._hints = hints
        self.write()

    def on_mount(self) -> None:
        """Write what was known before there was a screen."""
        self.write()

    def on_resize(self) -> None:
        """The keys fit into what there is."""
        self.call_after_refresh(self.write)  # within a layout no height is asked for again

    def write(self) -> None:
        """Write the keys as the screen and the settings are now."""
        width = self.content_size.width or self.app.size.width - 4
        parts = parts_of(self._hints)
        if are_large(self):
            self.update(button_content(parts, width))
        else:
            self.update(line_content(parts, width, 1 if self.app.size.height < LOW else self._most))
