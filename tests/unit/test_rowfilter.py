"""The filter writes less, and the terminal shows the same."""

import re

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st

from salon.ui.rowfilter import RowFilter

WIDTH, HEIGHT = 12, 10
RESET = "\x1b[0m"


def update(rows: dict[int, str], first: int = 1) -> str:
    """What the compositor writes for rows that begin at the first column."""
    return "\n".join(f"\x1b[{row};{first}H\x1b[31m{text:<{WIDTH}}\x1b[0m" for row, text in rows.items()) + "\x1b[10;3H"


class Terminals:
    """One terminal that gets everything, and one that gets what the filter lets through."""

    def __init__(self) -> None:
        self.plain, self.lean = pyte.Screen(WIDTH, HEIGHT), pyte.Screen(WIDTH, HEIGHT)
        self._plain, self._lean = pyte.Stream(self.plain), pyte.Stream(self.lean)
        self.filter = RowFilter()

    def write(self, data: str) -> str:
        written = self.filter.filter(data)
        self._plain.feed(data.replace("\n", ""))
        self._lean.feed(written)
        return written

    def are_alike(self) -> bool:
        """Every cell, its style included."""
        cells = [(row, column) for row in range(HEIGHT) for column in range(WIDTH)]
        return all(self.plain.buffer[row][column] == self.lean.buffer[row][column] for row, column in cells)


def test_what_is_shown_already_is_not_written_again() -> None:
    terminals = Terminals()
    rows = {row: f"row {row}" for row in range(1, 10)}
    terminals.write(update(rows))
    assert terminals.write(update(rows)) == "\x1b[10;3H"


def test_a_row_that_changed_is_written_alone() -> None:
    terminals = Terminals()
    rows = {row: f"row {row}" for row in range(1, 10)}
    terminals.write(update(rows))
    written = terminals.write(update({**rows, 4: "other"}))
    assert "other" in written and "row" not in written
    assert terminals.are_alike()


def test_rows_that_move_up_are_scrolled() -> None:
    terminals = Terminals()
    terminals.write(update({row: f"row {row}" for row in range(1, 10)}))
    written = terminals.write(update({row: f"row {row + 1}" for row in range(1, 10)}))
    assert written.count("row") == 1
    assert terminals.are_alike()


def test_what_it_does_not_understand_is_passed_on_and_makes_it_forget() -> None:
    terminals = Terminals()
    rows = update({row: f"row {row}" for row in range(1, 10)})
    terminals.write(rows)
    assert terminals.filter.filter("\x1b[2J") == "\x1b[2J"
    assert terminals.filter.filter(rows).count("row") == 9


def test_modes_that_leave_the_rows_alone_are_no_reason_to_forget() -> None:
    terminals = Terminals()
    rows = update({row: f"row {row}" for row in range(1, 10)})
    terminals.write(rows)
    assert terminals.filter.filter("\x1b[?2026h") == "\x1b[?2026h"
    assert "row" not in terminals.filter.filter(rows)


def test_a_part_of_a_row_makes_the_whole_row_new() -> None:
    terminals = Terminals()
    rows = update({row: f"row {row}" for row in range(1, 10)})
    terminals.write(rows)
    terminals.write("\x1b[3;2Hxx")
    terminals.write(rows)
    assert terminals.are_alike()


def test_a_line_that_grows_costs_what_it_grew_by() -> None:
    terminals = Terminals()
    terminals.write(update({1: "some text"}))
    written = terminals.write(update({1: "some texts"}))
    assert "some" not in written and written.startswith("\x1b[1;9H")
    assert terminals.are_alike()


style = st.sampled_from(
    ["\x1b[1m", "\x1b[31m", "\x1b[38;2;1;2;3m", "\x1b[1;31;48;5;7m", "\x1b[4;97;104m", "\x1b[1;4m", ""]
)


@given(st.lists(st.tuples(style, words_of := st.text("ab 日é👍", max_size=5)), max_size=4), st.data())
def test_the_changed_part_of_a_row_turns_one_row_into_the_other(
    row: list[tuple[str, str]], data: st.DataObject
) -> None:
    other = data.draw(st.lists(st.tuples(style, words_of), max_size=4))
    terminals = Terminals()
    for segments in (row, other):
        text = "".join(f"{style}{plain}{style and RESET}" for style, plain in segments if plain)
        cells = sum(pyte_width(plain) for _, plain in segments)
        if cells > WIDTH:
            return
        terminals.write(
            f"\x1b[2;1H{text}\x1b[1m{' ' * (WIDTH - cells)}\x1b[0m" if cells < WIDTH else f"\x1b[2;1H{text}"
        )
        assert terminals.are_alike()


words = st.sampled_from(["", "a", "b", "c", "long text", "日本", "é", "x y"])
screens = st.lists(words, min_size=HEIGHT, max_size=HEIGHT)


@st.composite
def updates(draw: st.DrawFn) -> str:
    rows = draw(screens)
    first, last = sorted((draw(st.integers(1, HEIGHT)), draw(st.integers(1, HEIGHT))))
    column = draw(st.sampled_from([1, 1, 1, 3]))
    shown = {row: rows[row - 1] for row in range(first, last + 1)}
    cells = {row: text + " " * (WIDTH - column + 1 - pyte_width(text)) for row, text in shown.items()}
    return "\n".join(f"\x1b[{row};{column}H{text}" for row, text in cells.items())


def pyte_width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)


@st.composite
def scrolled(draw: st.DrawFn) -> list[str]:
    lines = draw(st.lists(words, min_size=HEIGHT, max_size=40))
    tops = draw(st.lists(st.integers(0, len(lines) - HEIGHT), min_size=1, max_size=8))
    return [
        "\n".join(
            f"\x1b[{y + 1};1H{lines[top + y]}" + " " * (WIDTH - pyte_width(lines[top + y])) for y in range(HEIGHT - 1)
        )
        for top in tops
    ]


@settings(max_examples=200)
@given(st.lists(st.one_of(updates().map(lambda data: [data]), scrolled()), max_size=6))
def test_whatever_is_written_both_terminals_show_the_same(batches: list[list[str]]) -> None:
    terminals = Terminals()
    for batch in batches:
        for data in batch:
            terminals.write(data)
            assert terminals.are_alike()


LINKS = ["\x1b]8;id=1;http://a\x1b\\", "\x1b]8;id=2;https://b/?x;y\x1b\\", ""]
LINK_END = "\x1b]8;;\x1b\\"
_PARTS = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\]8;[^;]*;([^\x1b]*)\x1b\\|\x1b\[[\d;]*m|([^\x1b])")


class Links:
    """Which link each cell of a terminal has; it knows cursor moves, text of single width and links."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], tuple[str, str]] = {}

    def feed(self, data: str) -> "Links":
        row, column, link = 1, 1, ""
        for part in _PARTS.finditer(data):
            if part[1]:
                row, column = int(part[1]), int(part[2])
            elif part[3] is not None:
                link = part[3]
            elif part[4]:
                self.cells[row, column] = (part[4], link)
                column += 1
        assert not link, "a link goes on after the row"
        return self


linked = st.tuples(st.sampled_from(LINKS), style, st.text("abc ", min_size=1, max_size=5))


@given(st.lists(st.lists(linked, min_size=1, max_size=4), min_size=2, max_size=4))
def test_every_cell_keeps_its_link(rows: list[list[tuple[str, str, str]]]) -> None:
    terminals, plain, lean = Terminals(), Links(), Links()
    for row in rows:
        text = "".join(
            f"{link}{style}{words}{style and RESET}{link and LINK_END}"
            for link, style, words in [*row, ("", "\x1b[1m", " " * (20 - sum(len(words) for _, _, words in row)))]
        )
        data = f"\x1b[2;1H{text}"
        plain.feed(data)
        lean.feed(terminals.filter.filter(data))
        assert plain.cells == lean.cells


def test_a_link_is_named_once_for_a_run_of_styles() -> None:
    link = LINKS[0]
    text = f"{link}\x1b[1mbold\x1b[0m{LINK_END}{link}\x1b[3mitalic\x1b[0m{LINK_END} after"
    assert RowFilter().filter(f"\x1b[1;1H{text}").count("http://a") == 1
