"""Reduced motion: what arrives is shown in few steps, its end at once, and the setting holds as soon as it is set."""

from pathlib import Path
from time import monotonic

import pytest

from fakes import whole
from salon.settings import Settings
from salon.ui.pace import FRAME_SECONDS, STILL_SECONDS
from ui.driver import salon


@pytest.mark.parametrize(("still", "step"), [(True, STILL_SECONDS), (False, FRAME_SECONDS)])
async def test_an_answer_comes_in_steps_and_its_end_at_once(tmp_path: Path, still: bool, step: float) -> None:
    async with salon(tmp_path, settings=Settings(reduced_motion=still)) as person:
        assert person.app.animation_level == "none"  # with or without it
        await person.say("Tell me", *whole("All of it."))
        await person.answer_arrives()
        transcript = person.chat.transcript
        pace = transcript.pace
        entry, pace._last_cost = transcript.viewport.entries[-1], 0.0

        def planned() -> float:
            assert pace.planned is not None
            return pace.planned.when()

        pace._last_start = now = monotonic()
        transcript.touch(entry)
        assert planned() == pytest.approx(now + step, abs=0.01)
        transcript.touch(entry, now=True)
        assert planned() < now + step / 2 or not still  # a busy machine may be late by a frame
