"""What people write beyond CommonMark and GFM's tables: alerts, footnotes, terms, what folds elsewhere."""

import pytest

from markdown_support import rendered, shown, span_of, typed
from salon.markdown import copy_text


@pytest.mark.parametrize(
    ("kind", "role"),
    [("NOTE", "accent"), ("TIP", "success"), ("IMPORTANT", "accent"), ("WARNING", "warning"), ("CAUTION", "error")],
)
def test_an_alert_has_a_label_and_a_bar_in_the_colour_of_its_kind(kind: str, role: str) -> None:
    rows = rendered(f"> [!{kind}]\n> Take *care*.")
    assert [row.plain() for row in rows] == [f"▌ {kind.capitalize()}", "▌ Take care."]
    assert {row.spans[0].look.role for row in rows} == {role}
    assert rows[0].spans[1].look.role == role
    assert copy_text(rows) == f"[!{kind}]\nTake care."


@pytest.mark.parametrize("source", ["> [!NOTE] at once", "> [!OTHER]", "> text\n> [!NOTE]", "> \\[!NOTE]"])
def test_other_quotes_are_quotes(source: str) -> None:
    assert all(row.spans[0].look.role == "quote" for row in rendered(source))


def test_an_alerts_mark_is_not_shown_before_it_is_one() -> None:
    assert not any("[!" in screen for screen in typed("> [!NOTE]\n> text"))


def test_a_reference_is_a_small_number_and_its_note_stands_where_it_was_written() -> None:
    source = "One[^1], two[^12].\n\n[^1]: First *note*\n    goes on\n[^12]: Second\n\n    with more\n\nafter"
    assert shown(source) == "One¹, two¹².\n\n¹ First note\n  goes on\n¹² Second\n\n   with more\n\nafter"


def test_references_side_by_side_stay_apart_and_are_copied_as_written() -> None:
    assert shown("so[^1][^2]") == "so¹,²"
    assert copy_text(rendered("so[^1][^2]")) == "so[^1][^2]"


def test_a_named_note_is_one_once_it_is_there() -> None:
    assert shown("see[^why] and [^a-z]") == "see[^why] and [^a-z]"
    assert shown("see[^why] and [^a-z]\n\n[^why]: because") == "see[why] and [^a-z]\n\n[why] because"
    screens = typed("see[^why]\n\n[^why]: because\n")
    assert "see[^why]" in screens
    assert screens[-1] == "see[why]\n\n[why] because"


def test_code_and_links_have_no_references() -> None:
    assert shown("`[^1]` [^1](http://host)") == "[^1] ^1"


def test_terms_and_their_definitions() -> None:
    source = "Term\n: First,\n  goes on\n: Second\n\nOther *term*\n: Third"
    assert shown(source) == "Term\n  First,\n  goes on\n  Second\n\nOther term\n  Third"
    assert span_of(source, "Term").look.bold


def test_a_colon_defines_only_a_single_line_above_it() -> None:
    assert shown(": alone") == ": alone"
    assert shown("two\nlines\n: text") == "two\nlines\n: text"
    assert shown("Term\n:text") == "Term\n:text"


def test_details_keep_still_and_their_summary_is_a_title() -> None:
    source = "<details>\n<summary><b>More</b></summary>\n\nInside *it*.\n\n</details>"
    assert shown(source) == "<details>\n▾ More\n\nInside it.\n\n</details>"
    assert span_of(source, "<details>").look.role == "text-faint"
    assert "<summary><b>More</b></summary>" in copy_text(rendered(source))


def test_a_break_in_a_cell_begins_a_line() -> None:
    assert shown("| a | b |\n|---|---|\n| x<br>y | `<br>` |") == "a  b\n───────\nx  <br>\ny"
