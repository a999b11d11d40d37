"""Rate limits as token buckets: what the headers say, who waits how long, what is given back. The clock is a fake."""

from dataclasses import dataclass

import pytest

from salon.claude.pacing import LONGEST_WAIT, Pace

MODEL = "claude-test"
DATE = "Sun, 01 Feb 2026 12:00:00 GMT"


@dataclass
class Clock:
    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


def headers(**limits: int | str) -> dict[str, str]:
    """`requests_limit=10` and so on, as a server sends them."""
    named = {f"anthropic-ratelimit-{name.replace('_', '-')}": str(value) for name, value in limits.items()}
    return {"date": DATE, **named}


def body(characters: int = 0) -> dict[str, object]:
    return {"model": MODEL, "messages": [{"role": "user", "content": "x" * characters}]}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock)


def has_seen(pace: Pace, **limits: int | str) -> None:
    place = pace.queue(MODEL, body())
    place.answered(headers(**limits))
    place.leave()


def test_nothing_waits_before_a_header_was_seen(pace: Pace) -> None:
    assert [pace.queue(MODEL, body(1_000_000)).seconds() for _ in range(100)] == [0.0] * 100


def test_a_server_without_such_headers_is_never_waited_for(pace: Pace) -> None:
    pace.queue(MODEL, body()).answered({"content-type": "text/event-stream"})
    assert pace.queue(MODEL, body(1_000_000)).seconds() == 0.0


def test_requests_left_go_and_the_next_ones_wait_in_their_order(pace: Pace) -> None:
    has_seen(pace, requests_limit=60, requests_remaining=2)
    waits = [pace.queue(MODEL, body()).seconds() for _ in range(4)]
    assert waits == pytest.approx([0.0, 0.0, 1.0, 2.0])  # one comes back each second


def test_a_wait_grows_shorter_with_time_and_ends(pace: Pace, clock: Clock) -> None:
    has_seen(pace, requests_limit=60, requests_remaining=0)
    place = pace.queue(MODEL, body())
    assert place.seconds() == pytest.approx(1.0)
    clock.now += 0.6
    assert place.seconds() == pytest.approx(0.4)
    clock.now += 0.4
    assert place.seconds() == 0.0


def test_the_reset_time_says_how_fast_a_bucket_fills_by_the_servers_own_clock(pace: Pace) -> None:
    has_seen(pace, requests_limit=10, requests_remaining=0, requests_reset="2026-02-01T12:00:20Z")
    assert pace.queue(MODEL, body()).seconds() == pytest.approx(2.0)


@pytest.mark.parametrize("reset", ["", "soon", "2026-02-01T11:00:00Z", "2026-02-01"])
def test_a_reset_time_without_sense_counts_as_none(pace: Pace, reset: str) -> None:
    has_seen(pace, requests_limit=60, requests_remaining=0, requests_reset=reset)
    assert pace.queue(MODEL, body()).seconds() == pytest.approx(1.0)


def test_tokens_are_waited_for_by_the_size_of_the_prompt(pace: Pace) -> None:
    has_seen(pace, input_tokens_limit=6_000, input_tokens_remaining=500)
    assert pace.queue(MODEL, body(1_600)).seconds() == 0.0  # 400 of 500
    assert pace.queue(MODEL, body(1_600)).seconds() == pytest.approx(3.0, abs=0.1)  # 300 more at 100 a second


def test_a_prompt_larger_than_the_limit_waits_for_a_full_bucket_and_no_longer(pace: Pace) -> None:
    has_seen(pace, tokens_limit=6_000, tokens_remaining=3_000)
    assert pace.queue(MODEL, body(4_000_000)).seconds() == pytest.approx(30.0)
    assert pace.queue(MODEL, body(4_000_000)).seconds() == pytest.approx(LONGEST_WAIT)


def test_what_is_read_from_the_cache_does_not_count(pace: Pace) -> None:
    has_seen(pace, input_tokens_limit=6_000, input_tokens_remaining=500)
    place = pace.queue(MODEL, body(400))
    place.used({"input_tokens": 50, "cache_creation_input_tokens": 50, "cache_read_input_tokens": 900})
    assert pace.queue(MODEL, body(8_000)).seconds() == 0.0  # a tenth of 2,000


def test_encoded_files_are_no_text(pace: Pace) -> None:
    has_seen(pace, input_tokens_limit=60_000, input_tokens_remaining=2_000)
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "A" * 4_000_000}}
    assert pace.queue(MODEL, {"messages": [{"role": "user", "content": [picture]}]}).seconds() == 0.0


def test_models_have_limits_of_their_own(pace: Pace) -> None:
    has_seen(pace, requests_limit=60, requests_remaining=0)
    assert pace.queue("another", body()).seconds() == 0.0


def test_a_request_that_was_never_made_gives_back_what_it_took(pace: Pace) -> None:
    has_seen(pace, requests_limit=60, requests_remaining=1)
    pace.queue(MODEL, body()).leave()
    assert pace.queue(MODEL, body()).seconds() == 0.0


def test_requests_on_their_way_are_not_counted_in_what_a_reply_says_is_left(pace: Pace) -> None:
    first, *_others = (pace.queue(MODEL, body()) for _ in range(3))
    first.answered(headers(requests_limit=60, requests_remaining=2))
    assert pace.queue(MODEL, body()).seconds() == pytest.approx(1.0)


def test_a_server_that_asks_for_patience_is_given_it_by_all(pace: Pace, clock: Clock) -> None:
    waiting = pace.queue(MODEL, body())
    pace.queue(MODEL, body()).answered({"retry-after": "7"}, 429)
    assert waiting.seconds() == pytest.approx(7.0)
    assert pace.queue(MODEL, body()).seconds() == pytest.approx(7.0)
    clock.now += 7
    assert pace.queue(MODEL, body()).seconds() == 0.0


@pytest.mark.parametrize("value", ["", "-5", "many", "1e9", "9" * 400, "0"])
def test_headers_without_sense_are_passed_over(pace: Pace, value: str) -> None:
    has_seen(pace, requests_limit=value, requests_remaining=0)
    assert pace.queue(MODEL, body()).seconds() == 0.0
