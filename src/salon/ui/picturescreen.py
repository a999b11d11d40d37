"""A picture as the terminal can draw it: two pixels a cell, one above the other."""

import asyncio
from collections.abc import Callable

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from salon.chat.attachments import Mosaic
from salon.errors import SalonError
from salon.ui.keyline import KeyLine
from salon.untrusted import clean_line
from salon.words import tr


class PictureView(Widget):
    """Draws a mosaic in the middle of its room."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._mosaic: Mosaic = ()

    def show(self, mosaic: Mosaic) -> None:
        """Draw this."""
        self._mosaic = mosaic
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """A row of cells, with blanks at its sides."""
        width, height = self.size
        ground = self.rich_style
        row = y - (height - len(self._mosaic)) // 2
        if not 0 <= row < len(self._mosaic):
            return Strip.blank(width, ground)
        cells = [
            Segment("▀", Style(color=Color.from_rgb(*above), bgcolor=Color.from_rgb(*below)))
            for above, below in self._mosaic[row]
        ]
        left = max(0, (width - len(cells)) // 2)
        blank = Segment(" " * left, ground)
        return Strip([blank, *cells]).adjust_cell_length(width, ground)


class PictureScreen(ModalScreen[None]):
    """One picture. `draw` gives the mosaic for so many columns and rows; it blocks, and raises `SalonError`."""

    BINDINGS = [Binding("escape,q,enter", "leave", "Leave", show=False)]  # noqa: RUF012 - Textual's own convention

    def __init__(self, caption: str, draw: Callable[[int, int], Mosaic]) -> None:
        super().__init__()
        self._caption = caption
        self._draw = draw

    def compose(self) -> ComposeResult:
        """The picture, and a row that says what it is."""
        yield PictureView()
        yield KeyLine(tr("{caption} · Esc closes", caption=clean_line(self._caption, 200)), rows=1, id="opened-hint")

    def on_resize(self) -> None:
        """Draw it as large as there is room."""
        self._fill()

    @work(exclusive=True, exit_on_error=False)
    async def _fill(self) -> None:
        view = self.query_one(PictureView)
        columns, rows = self.size.width, self.size.height - 1
        try:
            view.show(await asyncio.to_thread(self._draw, columns, rows))
        except SalonError as error:
            self.query_one("#opened-hint", Static).update(clean_line(error.sentence(), 400))

    def action_leave(self) -> None:
        """Back to the chat."""
        self.dismiss(None)
