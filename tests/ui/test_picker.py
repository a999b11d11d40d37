"""Lists to choose from: what the rows say and which of them are found."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from salon.chat.model import ModelInfo, Price
from salon.chat.summary import SessionSummary
from salon.ui.picker import Row, model_rows, session_rows, when

ROW = Row("01abc", "Why is the sky blue?", "today 14:02 · 12kB")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", True),
        ("sky", True),
        ("SKY blue", True),
        ("blue sky", True),
        ("grass", False),
        ("sky grass", False),
        ("01ab", True),
        ("today", True),
    ],
)
def test_a_row_is_found_by_all_its_words_in_any_order(words: str, found: bool) -> None:
    assert ROW.matches(words.casefold().split()) is found


def test_a_session_is_shown_by_its_title_else_by_its_first_words() -> None:
    now = datetime.now().timestamp()
    rows = session_rows(
        [
            SessionSummary(id="1", title="Title", first_words="Words", modified=now, size=1_234),
            SessionSummary(id="2", title="", first_words="Words", modified=now),
            SessionSummary(id="3", title="", modified=now),
            SessionSummary(id="4", title="\x1b]0;x\x07 " + "long " * 50, modified=now),
        ]
    )
    assert [row.title for row in rows[:3]] == ["Title", "Words", "(only a draft)"]
    assert rows[0].rest.endswith(" · 1.2kB")
    assert len(rows[3].title) <= 60
    assert rows[3].title.isprintable()


def test_a_model_is_shown_with_its_window_and_its_price() -> None:
    price = Price(
        input=Decimal("3.00"),
        output=Decimal(15),
        cache_read=Decimal(0),
        cache_write_5m=Decimal(0),
        cache_write_1h=Decimal(0),
    )
    rows = model_rows([ModelInfo(id="m", name="Model", context=200_000, prices=(price,)), ModelInfo(id="bare\x1b")])
    assert rows[0] == Row("m", "Model", "200k context · $3 in, $15 out per million tokens")
    assert rows[1] == Row("bare\x1b", "bare␛", "")


def test_times_are_as_one_says_them() -> None:
    noon = datetime.now().replace(hour=12, minute=0, second=0)
    assert when(noon.timestamp()) == "today 12:00"
    assert when((noon - timedelta(days=1)).timestamp()) == "yesterday 12:00"
    assert when((noon - timedelta(days=800)).timestamp()).endswith(str((noon - timedelta(days=800)).year))
    assert not when((noon + timedelta(days=2)).timestamp()).startswith(("today", "yesterday"))


@pytest.mark.parametrize("seconds", [1e18, -1e18, float("nan")])
def test_a_time_that_no_calendar_has_is_no_trouble(seconds: float) -> None:
    assert when(seconds) == "at an unknown time"
