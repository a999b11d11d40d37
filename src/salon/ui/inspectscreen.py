"""A turn in full: what was sent, what came back, how long it took, what the server said of its limits."""

import json
from collections.abc import Callable
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from salon.actions import BY_ID, Place
from salon.markdown import Line
from salon.ui.blockscreen import CopyWanted
from salon.ui.jsonrows import JsonRow, Path, json_rows, row_line, value_at
from salon.ui.keyline import KeyLine
from salon.ui.keys import bind_actions
from salon.ui.painter import Painter
from salon.ui.targets import row_height
from salon.untrusted import clean
from salon.words import tr

WHEEL_ROWS = 3
_HINTS = (
    ("inspect_fold", tr("opens")),
    ("inspect_fold_all", tr("opens all")),
    ("inspect_copy", tr("copies")),
    ("inspect_copy_all", tr("copies all")),
    ("close_inspect", tr("closes")),
)


class JsonView(Widget, can_focus=True):
    """The rows of a value with a cursor; only those in view are drawn."""

    ALLOW_SELECT = False

    def __init__(self, value: Any, painter: Painter) -> None:
        super().__init__()
        bind_actions(self, Place.INSPECTING, prefix="screen.")
        self.painter = painter
        self._value = value
        self._opened: set[Path] = {(section,) for section in value} if isinstance(value, dict) else set()
        self._rows: list[JsonRow] = []
        self._cursor = self._top = 0

    @property
    def row(self) -> JsonRow | None:
        """The row under the cursor."""
        return self._rows[self._cursor] if self._cursor < len(self._rows) else None

    def show(self, value: Any) -> None:
        """Show what there is now; what is open stays so."""
        self._value = value
        self._lay_out()

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self.painter = painter
        self.refresh()

    def on_resize(self, _event: events.Resize) -> None:
        """Texts are cut at the width."""
        self._lay_out()

    def _lay_out(self) -> None:
        self._rows = json_rows(self._value, self._opened, self.size.width)
        self.move(0)

    def move(self, rows: int) -> None:
        """Move the cursor, no further than to the ends."""
        self._cursor = max(0, min(self._cursor + rows, len(self._rows) - 1))
        height = max(1, self.size.height // row_height(self))
        self._top = max(self._cursor - height + 1, min(self._top, self._cursor, max(0, len(self._rows) - height)))
        self.refresh()

    def fold(self) -> None:
        """Open what is under the cursor, or fold it again."""
        row = self.row
        if row is None:
            return
        if row.folds or row.path in self._opened:
            self._opened.symmetric_difference_update({row.path})
            self._lay_out()
            self._cursor = next((at for at, each in enumerate(self._rows) if each.path == row.path), 0)
            self.move(0)

    def fold_all(self) -> None:
        """Open everything that is folded in view of sections, or fold all but them."""
        sections: set[Path] = {(section,) for section in self._value}
        self._opened = sections if self._opened - sections else sections | set(_inner_paths(self._value, ()))
        self._lay_out()

    def copied(self) -> str:
        """What is under the cursor: a text as it is, all else as JSON."""
        row = self.row
        if row is None:
            return ""
        value = value_at(self._value, row.path)
        return clean(value if isinstance(value, str) else _as_json(value))

    def copied_whole(self) -> str:
        """Everything as JSON."""
        return clean(_as_json(self._value))

    def render_line(self, y: int) -> Strip:
        """Row `y` of the view."""
        high, width = row_height(self), self.size.width
        index = self._top + y // high
        if index >= len(self._rows):
            return self.painter.strip(Line(()), width)
        line = row_line(self._rows[index], width) if y % high == high // 2 else Line(())
        strip = self.painter.strip(line, width)
        return self.painter.highlighted(strip, 0, width) if index == self._cursor else strip

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Wheel down."""
        event.stop()
        self.move(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Wheel up."""
        event.stop()
        self.move(-WHEEL_ROWS)

    def on_click(self, event: events.Click) -> None:
        """A click moves there; on what folds it opens or folds it."""
        index = self._top + event.y // row_height(self)
        if index < len(self._rows):
            self.move(index - self._cursor)
            self.fold()


class InspectScreen(ModalScreen[None]):
    """Shows what `find` gives, anew while an answer arrives."""

    def __init__(self, find: Callable[[], dict[str, Any]], painter: Painter, *, arriving: Callable[[], bool]) -> None:
        super().__init__()
        self._find = find
        self._arriving = arriving
        self._view = JsonView(find(), painter)
        self._said = ""

    def compose(self) -> ComposeResult:
        """Heading, rows, keys."""
        yield Static(tr("Request and response"), id="inspect-heading", markup=False)
        yield self._view
        yield KeyLine(rows=1, id="inspect-keys")

    def on_mount(self) -> None:
        """An answer that arrives is looked at again every second."""
        self._view.focus()
        self._clock = self.set_interval(1.0, self._look_again, pause=not self._arriving())
        self._show_keys()

    def _look_again(self) -> None:
        self._view.show(self._find())
        if not self._arriving():
            self._clock.pause()

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self._view.set_painter(painter)

    def say(self, sentence: str) -> None:
        """Say something in place of the keys, until one is pressed."""
        self._said = sentence
        self._show_keys()

    def _show_keys(self) -> None:
        keys = " · ".join([*(f"{BY_ID[name].key} {words}" for name, words in _HINTS)])
        self.query_one(KeyLine).show(self._said or keys)
        self._said = ""

    # actions

    async def action_help_inspecting(self) -> None:
        """Show the keys."""
        await self.run_action("app.help")

    def action_inspect_up(self) -> None:
        """A row up."""
        self._move(-1)

    def action_inspect_down(self) -> None:
        """A row down."""
        self._move(1)

    def action_inspect_page_up(self) -> None:
        """A page up."""
        self._move(-max(1, self._view.size.height - 2))

    def action_inspect_page_down(self) -> None:
        """A page down."""
        self._move(max(1, self._view.size.height - 2))

    def action_inspect_start(self) -> None:
        """To the first row."""
        self._move(-1_000_000_000)

    def action_inspect_end(self) -> None:
        """To the last row."""
        self._move(1_000_000_000)

    def _move(self, rows: int) -> None:
        self._view.move(rows)
        self._show_keys()

    def action_inspect_fold(self) -> None:
        """Open or fold what is under the cursor."""
        self._view.fold()

    def action_inspect_fold_all(self) -> None:
        """Open or fold everything."""
        self._view.fold_all()

    def action_inspect_copy(self) -> None:
        """Copy what is under the cursor."""
        if copied := self._view.copied():
            self.post_message(CopyWanted(copied, "it"))

    def action_inspect_copy_all(self) -> None:
        """Copy everything."""
        self.post_message(CopyWanted(self._view.copied_whole(), "everything"))

    def action_close_inspect(self) -> None:
        """Back to the conversation."""
        self.dismiss(None)


def _inner_paths(value: Any, path: Path) -> list[Path]:
    """The paths of everything that has something inside, texts included."""
    found: list[Path] = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _inner_paths(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            found += _inner_paths(inner, (*path, number))
    return found


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str)
