"""Lists to choose from: what the rows say and which of them are found."""

from decimal import Decimal

import pytest

from salon.chat.model import ModelInfo, Price
from salon.claude.models import from_api
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


def test_a_model_is_shown_with_all_that_is_known_of_it() -> None:
    """Limits, a price for each size of a prompt, abilities, and the days on which it is given up and gone."""
    server_says = {
        "id": "claude-haiku-5-5",
        "max_tokens": 64_000,
        "deprecated_at": "2027-01-02T00:00:00Z",
        "retires_at": "2027-06-30T00:00:00Z",
        "capabilities": {
            "image_input": {"supported": True},
            "pdf_input": {"supported": True},
            "compaction": {"summarize": {"supported": True}},
            "effort": {"low": {"supported": True}, "max": {"supported": True}},
            "thinking": {"types": {"adaptive": {"supported": True}}},
            "server_tools": {"web_search": {"supported": True}, "code_execution": {"supported": True}},
        },
    }
    model = from_api(server_says)
    assert model is not None
    assert model_rows([model])[0].detail.split(" · ") == [
        "1M context",
        "64k answers",
        "$0.10 in $0.50 out up to 100k, then $0.50 in $2.50 out",
        "effort low to max, thinks, web search, code, images, PDF, compaction",
        "deprecated since 2027-01-02, gone on 2027-06-30",
    ]
