"""Lists to choose from: what the rows say and which of them are found."""

from decimal import Decimal

import pytest

from salon.chat.model import ModelInfo, Price
from salon.ui.modelpicker import model_rows
from salon.ui.picker import Row

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


def test_a_model_is_shown_with_its_window_and_its_price() -> None:
    price = Price(
        input=Decimal("3.00"),
        output=Decimal(15),
        cache_read=Decimal(0),
        cache_write_5m=Decimal(0),
        cache_write_1h=Decimal(0),
    )
    rows = model_rows([ModelInfo(id="m", name="Model", context=200_000, prices=(price,)), ModelInfo(id="bare\x1b")])
    assert rows[0] == Row(
        "m", "Model", "m", "200k context · longest answer unknown · $3 in $15 out · abilities unknown"
    )
    assert rows[1].title == "bare␛"
    assert "context unknown" in rows[1].detail
    assert "price unknown" in rows[1].detail
