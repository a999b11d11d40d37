"""vi's language: a table of keys and what they make of a text, and what no row of keys may ever do."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from editing_support import Sheet
from salon.editing.graphemes import snapped
from salon.editing.vi.lines import clamp
from salon.editing.vi.step import Mode
from vi_cases import CASES


@pytest.mark.parametrize("before", CASES, ids=range(len(CASES)))
def test_keys_do_what_they_do_in_vim(before: str) -> None:
    wrong = []
    for keys, after in CASES[before]:
        sheet = Sheet(before).press(keys)
        if sheet.vi.mode is not Mode.NORMAL:
            sheet.press("<esc>")
        if sheet.marked != after:
            wrong.append((keys, after, sheet.marked))
    assert not wrong


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("e\u0301t\u0301 |👩‍👩‍👧 x", "x", "e\u0301t\u0301 | x"),
        ("|👩‍👩‍👧 🇫🇷🇩🇪 x", "lllx", "👩‍👩‍👧 🇫🇷| x"),
        ("|👩‍👩‍👧 x", "rX", "|X x"),
        ("|👩‍👩‍👧 x", "a-<esc>", "👩‍👩‍👧|- x"),
        ("a 👍🏽| b", "X", "a | b"),
    ],
)
def test_a_cluster_is_one_step_where_vim_parts_it(before: str, keys: str, after: str) -> None:
    assert Sheet(before).press(keys).marked == after


def test_it_begins_in_the_insert_mode_and_names_its_modes() -> None:
    sheet = Sheet("|abc def")
    seen = [sheet.vi.mode]
    for keys in ["i", "<esc>", "v", "V", "<esc>", "R", "<esc>"]:
        sheet.press(keys)
        seen.append(sheet.vi.mode)
    assert seen == ["NORMAL", "INSERT", "NORMAL", "VISUAL", "VISUAL LINE", "NORMAL", "REPLACE", "NORMAL"]
    sheet.vi.reset()
    assert str(sheet.vi.mode) == "INSERT"


def test_keys_that_wait_for_more_are_shown_and_escape_drops_them() -> None:
    sheet = Sheet("|abc def").press('"a2d')
    assert sheet.vi.pending == '"a2d'
    sheet.press("<esc>")
    assert sheet.vi.pending == ""
    assert sheet.press("w").marked == "abc |def"


def test_a_search_is_typed_letter_by_letter_and_may_be_corrected() -> None:
    sheet = Sheet("|abc def deg").press("/dex<bs>g")
    assert sheet.vi.pending == "/deg"
    assert sheet.press("<cr>").marked == "abc def |deg"
    assert sheet.press("/<bs>l").marked == "abc def d|eg", "nothing is searched any more"


def test_the_clipboard_is_a_register() -> None:
    sheet = Sheet("|abc def").press('"+yw')
    assert sheet.clipboard == "abc "
    sheet.clipboard = "XY"
    assert sheet.press('"+P').marked == "X|Yabc def"
    assert sheet.press('"+dd').clipboard == "XYabc def\n"


def test_enter_sends_from_the_normal_mode_only() -> None:
    sheet = Sheet("|abc")
    sheet.take("enter")
    assert sheet.steps[-1].send
    sheet.press("i")
    sheet.take("enter")
    assert (sheet.steps[-1].passed, sheet.steps[-1].send) == (True, False)


@pytest.mark.parametrize(("keys", "edge"), [("k", -1), ("jj", 1), ("j", 0), ("dk", 0), ("w", 0)])
def test_the_edges_are_told(keys: str, edge: int) -> None:
    assert Sheet("|one\ntwo").press(keys).steps[-1].edge == edge


def test_an_escape_with_nothing_to_leave_is_the_apps() -> None:
    sheet = Sheet("|one").press("<esc>")
    sheet.press("d<esc>")
    assert [step.passed for step in sheet.steps] == [True, False, False]


def test_a_key_by_name_that_vi_does_not_know_is_the_apps() -> None:
    sheet = Sheet("|one")
    sheet.take("f5")
    assert sheet.steps[-1].passed
    sheet.press("Z")
    assert (sheet.steps[-1].passed, sheet.steps[-1].failed) == (False, True)


_KEYS = st.sampled_from(
    [
        *'hjklwbeWBE0^$G{}%;,nN*#xXrRsSDCYpPJoOIAaiu~vV.123fFtT<>"dcy/gp()[]wqz日é ',
        *["gg", "gu", "gU", "g~", "ge", "gv", "g-", "g+", "iw", "a(", "ip", 'i"', "dd", "yy", "cc", "d2w", '"ayy'],
        *["<esc>", "<esc>", "<esc>", "<cr>", "<bs>", "<c-r>"],
    ]
)
_TEXTS = st.text(st.sampled_from("ab (x)[]{}\"'\n\n é日本e\u0301👩\u200d👧🇫🇷._-\t"), max_size=40)


@settings(max_examples=250, deadline=None)
@given(_TEXTS, st.integers(0, 40), st.lists(_KEYS, max_size=25))
@example("a\n", 2, ["V", "d", "u"])
def test_undo_leads_back_whatever_was_pressed_and_the_caret_stays_inside(text: str, at: int, keys: list[str]) -> None:
    caret = snapped(text, at)
    sheet = Sheet(f"{text[:caret]}|{text[caret:]}") if "|" not in text else Sheet()
    before = sheet.text
    for key in keys:
        sheet.press(key)
        assert 0 <= sheet.caret <= len(sheet.text)
        if not sheet.vi.inserting:
            assert snapped(sheet.text, sheet.caret) == sheet.caret, "the caret stands within a cluster"
            assert clamp(sheet.text, sheet.caret) == sheet.caret
    sheet.press("<esc><esc>")
    latest = sheet.text
    redone = 0
    while journey := sheet.history.undo():
        sheet.travel(journey)
        redone += 1
    assert sheet.text == before
    for _ in range(redone):
        sheet.travel(sheet.history.redo())
    assert sheet.text == latest
