"""A wait for the rate limit is told with its key, and ends early when the person wants it to, or for good."""

from pathlib import Path

from fakes import Countdown, Step, whole
from salon.chat.conversation import Status
from salon.chat.events import Connecting, Waiting
from ui.driver import salon

HELD: list[Step] = [Connecting(1, 5), Waiting(30.0), Countdown(), Waiting(0.0)]


async def test_f7_does_not_wait(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Hello?", *HELD, *whole("At once."))
        await person.sees(lambda: "s for the rate limit · F7 goes now" in person.status(), "the wait")
        await person.press("f7")
        await person.answer_begins("At once.")
        await person.answer_arrives()


async def test_esc_asks_nothing(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Hello?", *HELD, *whole("Never."))
        await person.sees(lambda: "s for the rate limit" in person.status(), "the wait")
        await person.press("escape")
        await person.answer_arrives()
        assert person.session.last is not None
        assert person.session.last.status is Status.STOPPED
        assert "Never." not in person.text_of_transcript()
