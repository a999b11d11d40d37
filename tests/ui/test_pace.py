"""How often what arrives is drawn, and what comes before it."""

import asyncio
import itertools

import pytest

from salon.ui import pace as pace_module
from salon.ui.pace import FLOOD_SECONDS, FRAME_SECONDS, SHARE, Pace, Slice
from ui.test_transcript import Growing
from waiting import until


@pytest.mark.parametrize(("arrived", "pause"), [(0, FRAME_SECONDS), (1_000, FLOOD_SECONDS)])
async def test_what_comes_too_fast_to_be_read_is_drawn_half_as_often(arrived: int, pause: float) -> None:
    pace = Pace(lambda: Slice(arrived, True))
    for _ in range(2):
        pace.plan(now=True)
        await until(lambda: pace.planned is None)
    pace._last_cost = 0.0
    pace.plan()
    assert pace.planned is not None
    assert pace.planned.when() == pytest.approx(pace._last_start + pause, abs=0.002)
    pace.stop()


async def test_a_trickle_takes_a_part_of_a_core_at_most() -> None:
    pace = Pace(lambda: Slice(0, True))
    pace._last_start, pace._last_cost = asyncio.get_running_loop().time(), 1.0
    pace.plan()
    assert pace.planned is not None
    assert pace.planned.when() == pytest.approx(pace._last_start + SHARE, abs=0.002)
    pace.stop()


async def test_a_backlog_is_worked_off_slice_after_slice() -> None:
    left = itertools.count(3, -1)
    pace = Pace(lambda: Slice(0, next(left) == 0))
    pace.plan()
    await until(lambda: pace.planned is None)
    assert next(left) == -1


async def test_however_many_keys_come_an_answer_is_put_off_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_module, "WAY_SECONDS", 3600.0)
    monkeypatch.setattr(pace_module, "MOST_WAITING", 0.02)
    drawn = itertools.count()
    pace = Pace(lambda: Slice(next(drawn), True))
    pace.make_way()
    pace.plan()
    await until(lambda: pace.planned is None)
    assert next(drawn) == 1


def test_what_arrives_is_counted_once() -> None:
    entry = Growing()
    entry.begin("thinking")
    entry.say("12345")
    entry.begin("text")
    entry.say("123")
    assert (entry.take_arrived(), entry.take_arrived()) == (8, 0)
