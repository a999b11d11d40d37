"""Tables: columns, alignment, and what happens when there is no room."""

import pytest

from markdown_support import rendered, shown, span_of
from salon.markdown import Document, table_source
from salon.markdown.table import Measure, column_widths

TABLE = "| Name | Size |\n|:--|--:|\n| a | 1 |\n| bcd | 1234 |"


def test_columns_are_aligned_under_a_bold_header() -> None:
    assert shown(TABLE) == "Name  Size\n──────────\na        1\nbcd   1234"
    assert span_of(TABLE, "Name").look.bold


def test_a_column_can_be_centred() -> None:
    assert shown("| middle |\n|:-:|\n| ab |") == "middle\n──────\n  ab"


def test_cells_wrap_within_their_columns() -> None:
    table = "| a | b |\n|---|---|\n| 1 | one two three four |"
    assert shown(table, 12) == "a  b\n────────────\n1  one two\n   three\n   four"


def test_cells_are_marked_up() -> None:
    assert shown("| a | x |\n|---|---|\n| **b** `c` e \\| f | |") == "a          x\n────────────\nb c e | f"
    assert span_of("| a |\n|---|\n| **b** |", "b").look.bold


def test_too_few_cells_are_empty_and_too_many_dropped() -> None:
    assert shown("| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |") == "a  b\n────\n1\n1  2"


def test_without_room_for_columns_rows_become_records() -> None:
    table = "|a|b|c|d|e|\n|-|-|-|-|-|\n|1|2|3|4|5|".replace("1", "one one").replace("2", "two two")
    wide = "| alpha | beta | gamma | delta |\n|-|-|-|-|\n| first | second | third | fourth |"
    assert "alpha: first" in shown(wide, 16)
    assert shown(table, 60).startswith("a ")


@pytest.mark.parametrize("width", range(8, 60))
def test_a_table_fits_into_any_pane(width: int) -> None:
    table = "| alpha | beta 日本語日本語 | gamma |\n|-|-|-|\n| " + "word " * 20 + "| " + "x" * 80 + " | 👩‍👩‍👧 |"
    assert all(line.cells() <= width for line in rendered(table, width))


@pytest.mark.parametrize(
    ("needs", "room", "widths"),
    [
        ([Measure(4, 4), Measure(4, 4)], 20, [4, 4]),
        ([Measure(4, 4), Measure(40, 6)], 22, [4, 16]),
        ([Measure(40, 6), Measure(40, 6)], 22, [10, 10]),
        ([Measure(16, 16), Measure(16, 16)], 22, [10, 10]),
        ([Measure(40, 6)] * 4, 20, None),
    ],
)
def test_room_is_shared_by_need(needs: list[Measure], room: int, widths: list[int] | None) -> None:
    assert column_widths(needs, room) == widths


def test_more_columns_than_any_pane_has_room_for_are_text() -> None:
    assert shown("|a" * 101 + "|\n" + "|-" * 101 + "|", 300).startswith("|a|a")


def test_the_first_rows_decide_the_widths() -> None:
    head = "| a |\n|---|\n" + "| bb |\n" * 64
    assert shown(head + "| cccc |\n").endswith("bb\ncc\ncc")


def test_where_words_would_have_to_be_torn_to_shreds_each_row_is_a_record() -> None:
    columns = [f"Heading{index}" for index in range(8)]
    table = f"| {' | '.join(columns)} |\n|{'--:|' * 8}\n| {' | '.join(['1,234.5'] * 8)} |"
    assert shown(table, 40).split("\n")[:2] == ["Heading0: 1,234.5", "Heading1: 1,234.5"]
    assert "1,234.5" in shown(table, 80).split("\n")[-1]


def test_numbers_are_never_broken_and_stay_aligned() -> None:
    table = "| a | b |\n|---|--:|\n| incomprehensibilities | 123,456,789 |\n| x | 1 |"
    assert shown(table, 24).split("\n")[2:] == ["incomprehen  123,456,789", "sibilities", "x                      1"]


def test_a_table_can_be_taken_away() -> None:
    source = 'Text\n\n> | a | *b* |\n> |---|--:|\n> | x, y<br>z | `c\\|d` "q" |\n> | $x^2$ |\n'
    document = Document(source)
    document.finish()
    markdown, tsv, csv = table_source(document.blocks[1])
    assert markdown == '| a | *b* |\n|---|--:|\n| x, y<br>z | `c\\|d` "q" |\n| $x^2$ |\n'
    assert tsv == 'a\tb\nx, y z\tc|d "q"\n$x^2$\t\n'
    assert csv == 'a,b\n"x, y\nz","c|d ""q"""\n$x^2$,\n'
    with pytest.raises(ValueError, match="no table"):
        table_source(document.blocks[0])
