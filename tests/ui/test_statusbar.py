"""One row that says what is happening; what does not fit goes, the least important first."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salon.ui.statusbar import Status, context_meter, layout, money, tokens

FULL = Status(
    state="Streaming 12 s",
    hint="Esc stops",
    model="Sonnet 5.5",
    host="llama.example:8080",
    context_used=180_000,
    context_size=1_000_000,
    tokens_in=12_000,
    tokens_out=3_400,
    cost=Decimal("0.0421"),
)


def bar(status: Status, width: int) -> str:
    line = layout(status, width)
    return line.plain()


def test_a_wide_bar_has_everything_in_its_order() -> None:
    assert bar(FULL, 160).split("  ")[0] == " Streaming 12 s · Esc stops"
    right = bar(FULL, 160).split("Esc stops")[1].strip()
    assert right == "saved  Sonnet 5.5  18% of 1M  $0.042  12k in 3.4k out  llama.example:8080"


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (100, "saved  Sonnet 5.5  18% of 1M  $0.042  12k in 3.4k out"),
        (80, "saved  Sonnet 5.5  18% of 1M  $0.042"),
        (60, "saved  Sonnet 5.5  18% of 1M"),
        (40, "saved"),
    ],
)
def test_the_least_important_goes_first(width: int, shown: str) -> None:
    assert bar(FULL, width).split("Esc stops")[1].strip() == shown


def test_the_bar_is_as_wide_as_the_screen() -> None:
    for width in (40, 80, 120, 200):
        assert layout(FULL, width).cells() == width


@given(
    st.integers(40, 200),
    st.text("abc 漢", max_size=40),
    st.text("abc 漢", max_size=60),
    st.text("x", max_size=90),
    st.booleans(),
)
@settings(max_examples=150, deadline=None)
def test_that_nothing_is_saved_is_seen_at_every_width(
    width: int, state: str, model: str, reason: str, demo: bool
) -> None:
    status = replace(FULL, state=f"S{state}", model=model, unsaved=f"R{reason}", demo=demo)
    line = layout(status, width)
    assert "UNSAVED" in line.plain()[:width]
    assert line.cells() <= width
    assert "saved" not in line.plain().replace("UNSAVED", "")


def test_why_nothing_is_saved_is_said_where_there_is_room() -> None:
    status = replace(FULL, unsaved="Not saved: No space left on device.")
    assert "UNSAVED  Not saved: No space left on device." in bar(status, 120)
    assert "UNSAVED" in bar(status, 40)
    assert "device" not in bar(status, 40)


def test_the_hint_and_the_end_of_the_state_give_way_to_unsaved() -> None:
    status = Status(state="Retrying 2 of 5 in 4 s", hint="Enter tries now · Esc stops", unsaved="x", demo=True)
    assert bar(status, 40).split() == ["DEMO", "scripted", "Retrying", "2", "of…", "UNSAVED"]
    assert bar(replace(status, demo=False), 40).split() == ["Retrying", "2", "of", "5", "in", "4", "s", "UNSAVED", "x"]


def test_the_demo_says_that_its_answers_are_scripted() -> None:
    for width in (40, 80):
        assert "DEMO scripted" in bar(replace(FULL, demo=True), width)


def test_hostile_names_reach_the_bar_clean() -> None:
    hostile = "\x1b]0;pwned\x07\x9b31m\n\u202e"
    status = replace(FULL, model=hostile, host=hostile, unsaved=hostile)
    for width in (40, 200):
        shown = bar(status, width)
        assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 or char == "\u202e" for char in shown)


@pytest.mark.parametrize(
    ("used", "size", "shown"),
    [
        (0, 200000, ""),
        (500, None, "500 context"),
        (1000, 200000, "<1% of 200k"),
        (100000, 200000, "50% of 200k"),
        (250000, 200000, "125% of 200k"),
        (2000, 200000, "1% of 200k"),
        (500, 0, "500 context"),
    ],
)
def test_the_context_is_a_share_of_the_window(used: int, size: int | None, shown: str) -> None:
    assert context_meter(Status(context_used=used, context_size=size)) == shown


@pytest.mark.parametrize(
    ("cost", "shown"),
    [
        (None, ""),
        ("0", "$0.000"),
        ("0.00004", "$0.0000"),
        ("0.0004", "$0.0004"),
        ("0.0421", "$0.042"),
        ("12.345", "$12.34"),
    ],
)
def test_the_cost_is_in_dollars(cost: str | None, shown: str) -> None:
    assert money(Status(cost=None if cost is None else Decimal(cost))) == shown


def test_a_lower_bound_says_so() -> None:
    status = Status(cost=Decimal("0.5"), tokens_in=10, tokens_out=20)
    assert money(replace(status, at_least=True)) == money(replace(status, cost_at_least=True)) == "≥ $0.500"
    assert tokens(replace(status, at_least=True)) == "10 in ≥ 20 out"
    assert tokens(replace(status, cost_at_least=True)) == "10 in 20 out"
