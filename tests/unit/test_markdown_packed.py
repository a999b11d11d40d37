"""Rows and sources at rest: small, and the same when they are looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.markdown import Document, Line, Span, look
from salon.markdown.packed import PackedRows, Packer
from salon.markdown.sourcetext import PIECE, SourceText

TEXTS = st.text(st.sampled_from("a b─│漢é😀\ud800\u0301"), min_size=1, max_size=12)
LOOKS = st.sampled_from([look(), look("link", underline=True), look("code.text")])
REFERENCES = st.one_of(st.just(""), st.sampled_from(["http://x.example/漢", "$x^2$", "x" * 300]))
SPANS = st.builds(Span, TEXTS, LOOKS, st.booleans(), REFERENCES, REFERENCES)
LINES = st.builds(Line, st.lists(SPANS, max_size=5).map(tuple), st.just(7), st.booleans(), st.sampled_from(["", " "]))


@given(st.lists(st.lists(LINES, max_size=20), max_size=4))
def test_a_packed_row_is_the_row(parts: list[list[Line]]) -> None:
    packer, rows, lines = Packer(), PackedRows(), [line for part in parts for line in part]
    for part in parts:
        rows.extend(part, packer)
    growing = [rows.line(index, 7, packer) for index in range(len(rows))]
    rows.freeze(packer)
    assert growing == lines
    assert [rows.line(index, 7, packer) for index in range(len(rows))] == lines


@pytest.mark.parametrize("index", [-1, 1])
def test_there_is_no_row_beyond_the_rows(index: int) -> None:
    packer, rows = Packer(), PackedRows()
    rows.extend([Line((Span("a", look()),))], packer)
    with pytest.raises(IndexError):
        rows.line(index, 0, packer)


def test_a_target_too_long_to_count_is_kept_whole() -> None:
    packer, rows = Packer(), PackedRows()
    line = Line((Span("a", look(), False, "http://x.example/" + "a" * 2_000_000),), 0)
    rows.extend([line], packer)
    rows.freeze(packer)
    assert rows.line(0, 0, packer) == line


@given(st.lists(st.text(max_size=PIECE // 3), max_size=12), st.data())
def test_a_part_of_a_source_is_the_part(deltas: list[str], data: st.DataObject) -> None:
    source, whole = SourceText(), ""
    for delta in deltas:
        source.append(delta)
        whole += delta
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
        assert source.slice(start, end) == whole[start:end]
    assert (source.whole(), source.size) == (whole, len(whole))


def test_a_finished_block_has_its_text_from_the_source_while_the_rest_still_comes() -> None:
    document = Document()
    for delta in ("# One\n\n> quo", "ted\n> lazy\n\n```py\nx", " = 1\n```\n\nlast\n\n", "and more"):
        document.append(delta)
        document.parse()
    texts = [leaf.text for leaf in document.leaves]
    assert texts == ["One", "quoted\nlazy", "x = 1\n", "last"]
    assert [leaf._at >= 0 for leaf in document.leaves] == [True, False, True, True]
