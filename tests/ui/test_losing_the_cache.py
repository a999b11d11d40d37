"""The cache in the status bar, and the question before much of it is lost."""

from dataclasses import replace
from pathlib import Path

import pytest

from fakes import MESSAGE_STOP, block_stop, message_delta, message_start, text_delta, text_start
from salon.chat.events import ApiEvent
from salon.chat.model import ModelInfo
from salon.claude.models import known
from salon.settings import Settings
from salon.ui.questionscreen import QuestionScreen
from ui.driver import Person, salon
from ui.talking import read_message

SONNET = replace(known("claude-sonnet-5-5"), id="claude-test")
MODELS = {"": SONNET, "claude-test": SONNET, "other": replace(known("claude-opus-5-5"), id="other")}


def model_of(model_id: str) -> ModelInfo:
    return MODELS.get(model_id, ModelInfo(id=model_id))


def answer_of(text: str, read: int, written: int) -> list[ApiEvent]:
    return [
        message_start(input_tokens=5, cache_read_input_tokens=read, cache_creation_input_tokens=written),
        text_start(),
        text_delta(text),
        block_stop(),
        message_delta(),
        MESSAGE_STOP,
    ]


async def asks(person: Person, *turns: tuple[int, int]) -> None:
    for number, (read, written) in enumerate(turns):
        await person.say(f"ask {number}", *answer_of(f"say {number}", read, written))
        await person.answer_arrives()


async def test_the_status_says_what_came_from_the_cache_and_until_when_it_is_there(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(140, 30), models=model_of) as person:
        assert "cache" not in person.status()
        await asks(person, (0, 1_500), (40_000, 2_000))
        assert "cache 40k read, 2k written, until " in person.status()
        timer = person.chat._expiry
        assert timer is not None, "the one moment when this changes is waited for"
        await asks(person, (0, 0))
        assert "cache" not in person.status()
        assert person.chat._expiry is None, "no timer runs without a cache"


async def test_another_model_is_asked_about_when_a_large_cache_goes(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(100, 30), models=model_of) as person:
        await asks(person, (118_000, 2_000))
        await person.say("/model other")
        await person.sees(lambda: isinstance(person.app.screen, QuestionScreen), "the question")
        # 120,000 tokens: Opus writes them anew at $5 a million, Sonnet reads them at $0.10
        text = " ".join(person.screen_text().split())
        assert "120k tokens of this chat are in the cache of Claude Sonnet 5.5 until" in text
        assert "about $0.600 instead of $0.012." in text
        await person.press("down", "enter")
        assert person.session.parameters.model.id == "claude-test"
        await person.say("/model other")
        await person.sees(lambda: isinstance(person.app.screen, QuestionScreen), "the question again")
        await person.press("enter")
        await person.sees(lambda: person.session.parameters.model.id == "other", "the other model")
        assert "Claude Opus 5.5 answers from the next prompt on." in person.notice()


LOSES = [
    ("/effort low", "With another effort they have to be read anew", "effort low"),
    ("/effort max once", "With another effort they have to be read anew", "effort max once"),
    ("/search-web on", "With other tools they have to be read anew", "web"),
    ("/run-code on", "With other tools they have to be read anew", "code"),
]
"""What is done, what is said of it, and what the status bar says once it is done."""


@pytest.mark.parametrize(("command", "why", "status"), LOSES)
async def test_whatever_has_all_read_anew_is_asked_about_first(
    tmp_path: Path, command: str, why: str, status: str
) -> None:
    async with salon(tmp_path, size=(150, 30), models=model_of) as person:
        await asks(person, (118_000, 2_000))
        before = person.status()
        await person.say(command)
        await person.sees(lambda: isinstance(person.app.screen, QuestionScreen), "the question")
        # 120,000 tokens of Sonnet's: written anew at $2.50 a million, read from the cache at $0.10
        assert f"{why}: about $0.300 instead of $0.012." in " ".join(person.screen_text().split())
        await person.press("escape")
        assert person.status() == before, "Esc changes nothing"
        await person.say(command)
        await person.sees(lambda: isinstance(person.app.screen, QuestionScreen), "the question again")
        await person.press("enter")
        await person.sees(lambda: status in person.status(), status)


async def test_the_effort_stands_beside_the_model_where_it_was_chosen(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(120, 30), models=model_of) as person:
        assert "effort" not in person.status()
        await person.say("/effort low")
        await person.sees(lambda: "Claude Sonnet 5.5  effort low" in person.status())
        await person.say("/effort max once")
        await person.sees(lambda: "Claude Sonnet 5.5  effort max once" in person.status())
        await asks(person, (0, 0), (0, 0))
        assert [each.body["output_config"] for each in person.client.requests] == [{"effort": "max"}, {"effort": "low"}]
        assert "Claude Sonnet 5.5  effort low" in person.status()
        await person.say("/effort high")
        await person.sees(lambda: "effort" not in person.status(), "the model's own effort is not worth a word")


async def test_a_short_chat_changes_its_model_without_a_question(tmp_path: Path) -> None:
    settings = Settings(favourite_models="claude-test, other")
    async with salon(tmp_path, models=model_of, settings=settings) as person:
        await asks(person, (1_000, 1_000))
        for expected in ("other", "claude-test"):
            await person.press("alt+w")
            await person.sees(lambda: person.session.parameters.model.id == expected, expected)  # noqa: B023
        assert "Claude Sonnet 5.5 answers from the next prompt on." in person.notice()


async def test_without_a_pair_the_key_says_how_to_have_one(tmp_path: Path) -> None:
    async with salon(tmp_path, models=model_of, settings=Settings(favourite_models="claude-test")) as person:
        await person.press("alt+w")
        assert "favourite_models" in person.notice()


async def test_changing_an_early_prompt_says_what_may_have_to_be_read_anew(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(100, 40), models=model_of) as person:
        await asks(person, (0, 50_000), (50_000, 10_000), (60_000, 5_000))
        await read_message(person, "ask 1")
        await person.press("e")
        await person.sees(lambda: "stands beside your earlier prompt" in person.notice())
        # before it 50,025: $2.50 a million instead of $0.10
        assert "The 50k tokens before it may have to be read anew: about $0.125 instead of $0.005." in person.notice()
        await person.press("escape")
        await person.press("f2")
        await person.sees(lambda: "stands beside your earlier prompt" in person.notice())
        assert "read anew" not in person.notice(), "what stands before the last prompt is in the cache"
