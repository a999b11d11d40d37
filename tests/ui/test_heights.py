"""Sums and look-ups of heights are those of a plain list."""

from hypothesis import given, settings
from hypothesis import strategies as st

from salon.ui.heights import Heights

ROWS = st.integers(0, 9)


def find_in_list(heights: list[int], row: int) -> tuple[int, int]:
    rest = max(0, row)
    for index, height in enumerate(heights):
        if rest < height:
            return index, rest
        rest -= height
    return (len(heights) - 1, max(0, heights[-1] - 1)) if heights else (0, 0)


def assert_same(heights: Heights, plain: list[int]) -> None:
    assert len(heights) == len(plain)
    assert heights.total == sum(plain)
    assert [heights[index] for index in range(len(plain))] == plain
    assert [heights.before(index) for index in range(len(plain) + 1)] == [
        sum(plain[:index]) for index in range(len(plain) + 1)
    ]
    for row in range(-2, sum(plain) + 3):
        assert heights.find(row) == find_in_list(plain, row)


@given(st.lists(ROWS, max_size=20), st.lists(st.tuples(st.integers(-1, 30), ROWS), max_size=20))
@settings(max_examples=100, deadline=None)
def test_heights_are_a_list_with_fast_sums(start: list[int], changes: list[tuple[int, int]]) -> None:
    heights, plain = Heights(start), list(start)
    assert_same(heights, plain)
    for where, height in changes:
        if 0 <= where < len(plain):
            heights.set(where, height)
            plain[where] = height
        else:
            heights.append(height)
            plain.append(height)
    assert_same(heights, plain)


def test_no_heights_at_all() -> None:
    assert_same(Heights(), [])
