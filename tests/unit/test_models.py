"""The built-in table of models is whole, consistent and yields to what a server says."""

from decimal import Decimal

import pytest

from salon.chat.model import cost_of
from salon.claude.models import CHEAPEST_MODEL, DEFAULT_MODEL, EFFORTS, from_api, known, known_models


def test_the_default_and_the_cheapest_are_known() -> None:
    assert known(DEFAULT_MODEL).label == "Claude Sonnet 5.5"
    cheapest = min(known_models(), key=lambda model: model.prices[0].output)
    assert cheapest.id == CHEAPEST_MODEL


@pytest.mark.parametrize("model", known_models(), ids=lambda model: model.id)
def test_every_row_is_whole(model: object) -> None:
    info = known(str(getattr(model, "id", "")))
    assert info.name.startswith("Claude ")
    assert info.context in (200_000, 1_000_000)
    assert info.max_output in (64_000, 128_000)
    assert info.caching
    assert set(info.efforts) <= set(EFFORTS)
    assert list(info.efforts) == sorted(info.efforts, key=EFFORTS.index)
    assert info.prices[-1].up_to is None
    for price in info.prices:
        assert price.cache_read < price.input < price.cache_write_5m < price.cache_write_1h < price.output


def test_ids_are_unique() -> None:
    ids = [model.id for model in known_models()]
    assert len(set(ids)) == len(ids)


def test_a_dated_id_is_its_base() -> None:
    dated = known("claude-haiku-4-5-20251001")
    assert (dated.id, dated.name, dated.context) == ("claude-haiku-4-5-20251001", "Claude Haiku 4.5", 200_000)


@pytest.mark.parametrize("model_id", ["qwen", "", "claude-sonnet-5-5-x", "claude-haiku-4-5-1234"])
def test_the_unknown_has_an_id_and_nothing_else(model_id: str) -> None:
    info = known(model_id)
    assert (info.id, info.label, info.context, info.prices, info.caching) == (model_id, model_id, None, (), False)


def test_prices_go_by_the_size_of_the_whole_prompt() -> None:
    prices = known("claude-haiku-5-5").prices
    small = {"input_tokens": 50_000, "cache_read_input_tokens": 50_000, "output_tokens": 1000}
    assert cost_of(small, prices) == Decimal("0.006")
    assert cost_of({**small, "input_tokens": 50_001}, prices) == Decimal("0.0300005")


def test_what_a_server_leaves_out_stays_as_known() -> None:
    assert from_api({"id": "claude-opus-5-5"}) == known("claude-opus-5-5")
    odd = {"id": "claude-opus-5-5", "max_tokens": "many", "max_input_tokens": True, "display_name": 3}
    assert from_api({**odd, "capabilities": {"thinking": None, "effort": 1}}) == known("claude-opus-5-5")


def test_a_name_is_cleaned() -> None:
    info = from_api({"id": "x", "display_name": "A\x1b[31m\nB"})
    assert info is not None
    assert info.name == "A␛[31m B"


@pytest.mark.parametrize("payload", [{}, {"id": None}, {"id": " "}, {"id": ["x"]}])
def test_an_entry_without_an_id_is_none(payload: dict[str, object]) -> None:
    assert from_api(payload) is None


def test_effort_that_is_not_supported_at_all() -> None:
    info = from_api({"id": "claude-opus-5-5", "capabilities": {"effort": {"supported": False, "low": None}}})
    assert info is not None
    assert info.efforts == ()
