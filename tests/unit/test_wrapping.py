"""A long line that is changed breaks where it would if it were wrapped as a whole."""

from hypothesis import given, settings
from hypothesis import strategies as st
from textual._wrap import compute_wrap_offsets
from textual.document._document import Document
from textual.document._wrapped_document import WrappedDocument

from salon.ui.wrapping import LONG, QuickWrap

_WORDS = st.lists(
    st.sampled_from(["a", "word ", "longer words ", "   ", "日本語", "x" * 37, "é ", "end. "]), min_size=1
)
_Edits = list[tuple[int, int, str]]
_EDITS = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 30), st.sampled_from(["", "x", " ", "日", "ab cd "])))


@settings(max_examples=30, deadline=None)
@given(_WORDS, st.integers(5, 40), _EDITS)
def test_a_line_breaks_as_if_it_were_wrapped_as_a_whole(
    words: list[str], width: int, edits: list[tuple[int, int, str]]
) -> None:
    line = "".join(words)
    line = (line * (3 * LONG // len(line) + 1))[: 3 * LONG]
    document = Document(f"above {line[:90]}\n{line}\nbelow {line[:90]}")
    wrapped = QuickWrap(document, width)
    for at, length, text in edits:
        at = min(at, len(document.get_line(1)))
        end = min(at + length, len(document.get_line(1)))
        result = document.replace_range((1, at), (1, end), text)
        wrapped.wrap_range((1, at), (1, end), result.end_location)
        assert wrapped.get_offsets(1) == compute_wrap_offsets(document.get_line(1), width, 4)
    whole = WrappedDocument(document, width)
    assert wrapped._offset_to_line_info == whole._offset_to_line_info
    assert wrapped._line_index_to_offsets == whole._line_index_to_offsets
    assert wrapped.height == whole.height
    for row in range(3):
        assert wrapped.get_sections(row) == whole.get_sections(row)
        for column in range(0, len(document.get_line(row)), 17):
            assert wrapped.location_to_offset((row, column)) == whole.location_to_offset((row, column))
