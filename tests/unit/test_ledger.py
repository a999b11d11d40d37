"""What a conversation has used, checked against a bill worked out by hand."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from salon.chat import ledger
from salon.chat.conversation import Charge, Message, Status, conversation_of
from salon.chat.ledger import Account, Totals, charged, totals
from salon.chat.model import ModelInfo, Price, context_used, cost_of, prompt_tokens
from salon.claude.models import known

SMALL = Price(
    input=Decimal(3),
    output=Decimal(15),
    cache_read=Decimal("0.30"),
    cache_write_5m=Decimal("3.75"),
    cache_write_1h=Decimal(6),
    up_to=200_000,
)
LARGE = Price(
    input=Decimal(6),
    output=Decimal("22.50"),
    cache_read=Decimal("0.60"),
    cache_write_5m=Decimal("7.50"),
    cache_write_1h=Decimal(12),
)
TIERED = ModelInfo(id="tiered", prices=(SMALL, LARGE))
UNPRICED = ModelInfo(id="unpriced")
MODELS = {info.id: info for info in (TIERED, UNPRICED)}


def answered(status: Status = Status.COMPLETE, model: str = "tiered", **usage: Any) -> Message:
    return Message(id="a", parent="p", role="assistant", status=status, model=model, usage=usage)


def bill(*messages: Message) -> Totals:
    return totals(messages, MODELS.__getitem__)


def test_a_bill_worked_out_by_hand() -> None:
    """Three answers: one plain, one that wrote and read the cache, one whose prompt is in the larger tier."""
    plain = answered(input_tokens=1_000, output_tokens=500)
    # 1,000 x 3 + 500 x 15 = 3,000 + 7,500 = 10,500 millionths
    cached = answered(
        input_tokens=100,
        output_tokens=200,
        cache_read_input_tokens=10_000,
        cache_creation_input_tokens=3_000,
        cache_creation={"ephemeral_5m_input_tokens": 1_000, "ephemeral_1h_input_tokens": 2_000},
    )
    # 100 x 3 + 200 x 15 + 10,000 x 0.30 + 1,000 x 3.75 + 2,000 x 6 = 300 + 3,000 + 3,000 + 3,750 + 12,000 = 22,050
    large = answered(input_tokens=1, output_tokens=10, cache_read_input_tokens=200_000)
    # 1 x 6 + 10 x 22.50 + 200,000 x 0.60 = 6 + 225 + 120,000 = 120,231
    assert bill(plain, cached, large) == Totals(
        tokens_in=1_000 + 13_100 + 200_001,
        tokens_out=710,
        cost=Decimal("0.152781"),
    )


def test_a_prompt_of_just_the_limit_is_in_the_smaller_tier() -> None:
    assert cost_of({"input_tokens": 200_000}, TIERED.prices) == Decimal("0.6")
    assert cost_of({"input_tokens": 200_001}, TIERED.prices) == Decimal("1.200006")


def test_cache_writes_without_a_lifetime_count_as_five_minutes() -> None:
    assert cost_of({"cache_creation_input_tokens": 1_000_000}, (LARGE,)) == Decimal("7.5")


@pytest.mark.parametrize("status", [Status.STOPPED, Status.INTERRUPTED])
def test_a_cut_answer_makes_the_sums_a_lower_bound(status: Status) -> None:
    sums = bill(answered(input_tokens=10, output_tokens=1), answered(status, input_tokens=10, output_tokens=1))
    assert sums.at_least
    assert sums.cost_at_least


@pytest.mark.parametrize("status", [Status.COMPLETE, Status.MAX_TOKENS, Status.REFUSED])
def test_an_answer_that_came_to_its_end_does_not(status: Status) -> None:
    sums = bill(answered(status, input_tokens=10, output_tokens=1))
    assert not sums.at_least
    assert not sums.cost_at_least


def test_an_answer_without_a_price_makes_only_the_cost_a_lower_bound() -> None:
    sums = bill(answered(input_tokens=1_000_000), answered(model="unpriced", input_tokens=5, output_tokens=5))
    assert sums == Totals(1_000_005, 5, Decimal(6), at_least=False, cost_at_least=True)


def test_without_any_price_there_is_no_cost() -> None:
    assert bill(answered(model="unpriced", input_tokens=5)).cost is None
    assert bill() == Totals()


def test_what_cost_nothing_costs_nothing() -> None:
    assert bill(answered(input_tokens=0)).cost == 0


def test_prompts_and_answers_without_usage_do_not_count() -> None:
    said = Message(id="p", parent=None, role="user", usage={"input_tokens": 99})
    assert bill(said, answered(Status.ERROR)) == Totals()


@pytest.mark.parametrize(
    "usage",
    [
        {"input_tokens": None, "output_tokens": "many", "cache_read_input_tokens": -5},
        {"cache_creation": [1], "cache_creation_input_tokens": {}},
        {"cache_creation": {"ephemeral_1h_input_tokens": "x"}},
        {"input_tokens": float("nan")},
    ],
)
def test_odd_usage_counts_as_nothing(usage: dict[str, Any]) -> None:
    assert prompt_tokens(usage) == 0
    assert context_used(usage) == 0
    assert cost_of(usage, TIERED.prices) == 0
    assert bill(answered(**usage)).tokens_out == 0


def test_a_prompt_above_every_tier_has_no_known_price() -> None:
    assert cost_of({"input_tokens": 300_000}, (SMALL,)) is None


def test_a_bill_with_searches_worked_by_hand() -> None:
    price = known("claude-sonnet-5-5").prices
    usage = {
        "input_tokens": 1_500,
        "output_tokens": 2_000,
        "cache_read_input_tokens": 40_000,
        "cache_creation_input_tokens": 6_000,
        "cache_creation": {"ephemeral_5m_input_tokens": 5_000, "ephemeral_1h_input_tokens": 1_000},
        "server_tool_use": {"web_search_requests": 3, "web_fetch_requests": 2},
    }
    # Dollars per million tokens: 2 in, 10 out, 0.10 from the cache, 2.50 into it for 5 minutes, 4 for an hour.
    #   1,500 in          x  2.00 =   3,000
    #   2,000 out         x 10.00 =  20,000
    #  40,000 read        x  0.10 =   4,000
    #   5,000 written 5m  x  2.50 =  12,500
    #   1,000 written 1h  x  4.00 =   4,000
    #                        sum  =  43,500 millionths of a dollar = $0.0435
    #   3 searches        x $0.01 =  $0.03; pages that were fetched cost their tokens only
    assert cost_of(usage, price) == Decimal("0.0735")


def test_a_summary_on_the_way_is_paid_for_beside_the_sums() -> None:
    """As it was recorded: the sums at the top are the answer's alone, and the summary read a hundred times as much."""
    summary = {"type": "compaction", "input_tokens": 60_385, "output_tokens": 522}
    said: dict[str, Any] = {"input_tokens": 612, "output_tokens": 2_819}
    usage = {**said, "iterations": [summary, {"type": "message", **said}]}
    # Opus 5.5: (60,385 + 612) x 4 + (522 + 2,819) x 20 = 243,988 + 66,820 millionths
    assert cost_of(usage, known("claude-opus-5-5").prices) == Decimal("0.310808")
    sums = totals([answered(model="claude-opus-5-5", **usage)], known)
    assert (sums.tokens_in, sums.tokens_out) == (60_997, 3_341)
    alone = {"input_tokens": 60_385, "output_tokens": 522, "iterations": [summary]}
    assert cost_of(alone, known("claude-opus-5-5").prices) == Decimal("0.25198"), "sums that have it count once"


def test_of_several_requests_each_has_the_tier_of_its_own_prompt() -> None:
    """Two of 80,000 tokens for one answer: both cost what small prompts do, though the sum is large."""
    one = {"input_tokens": 80_000, "output_tokens": 100}
    usage = {"input_tokens": 160_000, "output_tokens": 200, "requests": [one, one]}
    # Haiku 5.5 up to 100k: 160,000 x 0.10 + 200 x 0.50 = 16,000 + 100 millionths
    assert cost_of(usage, known("claude-haiku-5-5").prices) == Decimal("0.0161")


def test_a_title_is_in_the_bill_of_its_chat() -> None:
    title = Charge(purpose="title", model="tiered", usage={"input_tokens": 500, "output_tokens": 10})
    chat = conversation_of("s", [answered(input_tokens=1_000, output_tokens=100)], charges=(title,))
    # 1,500 x 3 + 110 x 15 = 4,500 + 1,650
    assert totals(charged(chat), MODELS.__getitem__) == Totals(1_500, 110, Decimal("0.00615"))


def test_of_several_steps_the_last_answer_is_the_context() -> None:
    steps = [
        {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3_000},
        {"type": "message", "input_tokens": 23_000, "output_tokens": 1_000},
    ]
    assert context_used({"input_tokens": 203_000, "output_tokens": 4_000, "iterations": steps}) == 24_000


def test_an_account_works_each_answer_out_once_and_again_at_another_price(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_out: list[object] = []

    def cost_counted(usage: Mapping[str, Any], prices: tuple[Price, ...]) -> Decimal | None:
        worked_out.append(usage)
        return cost_of(usage, prices)

    monkeypatch.setattr(ledger, "cost_of", cost_counted)
    prices = {"tiered": TIERED}
    account = Account(prices.__getitem__)
    messages = [answered(input_tokens=number) for number in range(1, 4)]
    assert account.totals(messages) == bill(*messages)
    worked_out.clear()
    messages = [*messages[1:], answered(input_tokens=4)]
    assert account.totals(messages).tokens_in == 2 + 3 + 4
    assert len(worked_out) == 1
    prices["tiered"] = ModelInfo(id="tiered", prices=(LARGE,))
    assert account.totals(messages).cost == Decimal(6 * 9) / 1_000_000
