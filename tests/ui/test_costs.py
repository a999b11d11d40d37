"""What was spent, and budgets that ask before they are passed."""

from dataclasses import replace
from pathlib import Path

from fakes import MESSAGE_STOP, block_stop, message_delta, message_start, text_delta, text_start, whole
from salon.chat.events import ApiEvent
from salon.claude.models import known
from salon.settings import Settings
from salon.ui.compareform import CompareForm
from salon.ui.costscreen import CostScreen
from ui.driver import Person, salon

OPUS = replace(known("claude-opus-5-5"), id="claude-test")
"""$4 and $20 per million tokens, $0.20 from the cache."""


def answer_of(text: str, tokens: int, out: int = 1_000) -> list[ApiEvent]:
    return [
        message_start(input_tokens=tokens),
        text_start(),
        text_delta(text),
        block_stop(),
        message_delta(output_tokens=out),
        MESSAGE_STOP,
    ]


async def opens_costs(person: Person) -> str:
    await person.say("/costs")
    await person.sees(
        lambda: isinstance(person.app.screen, CostScreen) and "today" in person.screen_text(), "the costs"
    )
    return person.screen_text()


async def test_the_costs_of_the_answer_the_chat_and_the_day(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(100, 40), models=lambda _: OPUS, settings=Settings(budget_chat=2)) as person:
        # 100,000 x $4 + 1,000 x $20 = 400,000 + 20,000 millionths: $0.42
        for prompt in ("a", "b"):
            await person.say(prompt, *answer_of("c", 100_000))
            await person.answer_arrives()
        text = await opens_costs(person)
        rows = {row.split("$")[0].strip(): row for row in text.splitlines() if "$" in row}
        assert "$0.420" in rows["last answer"]
        assert "100k in, 1k out" in rows["last answer"]
        assert "$0.840" in rows["all answers"]
        assert "42% of $2.00" in rows["all answers"]
        assert "$0.840" in rows["today"]
        assert "$0.840" in rows["Claude Opus 5.5"]
        await person.press("escape")
        assert not isinstance(person.app.screen, CostScreen)


async def test_what_the_title_cost_is_in_the_sums(tmp_path: Path) -> None:
    async with salon(
        tmp_path, size=(100, 40), models=lambda _: OPUS, settings=Settings(budget_chat=2), title_model="cheap"
    ) as person:
        person.client.enqueue(*answer_of("c", 100_000))
        person.client.enqueue(*answer_of("A title", 10_000, 100))  # 10,000 x $4 + 100 x $20 millionths: $0.042
        await person.say("a")
        await person.answer_arrives()
        await person.sees(lambda: "$0.462" in person.status(), "the title's cost in the status bar")
        text = await opens_costs(person)
        rows = {row.split("$")[0].strip(): row for row in text.splitlines() if "$" in row}
        assert "$0.420" in rows["all answers"]
        assert "$0.042" in rows["its title"]
        assert "$0.462" in rows["in all"]
        assert "23% of $2.00" in rows["in all"]
        assert "$0.462" in rows["today"]
        await person.press("escape")


async def test_a_chat_in_which_nothing_was_asked_has_cost_nothing(tmp_path: Path) -> None:
    async with salon(tmp_path, size=(80, 24), models=lambda _: OPUS) as person:
        assert "$0.00" in await opens_costs(person)
        await person.press("escape")


async def test_more_sums_than_fit_scroll_above_the_way_out(tmp_path: Path) -> None:
    settings = Settings(budget_chat=0.002)
    async with salon(tmp_path, size=(80, 16), models=lambda _: OPUS, settings=settings) as person:
        await person.say("a", *answer_of("b", 10))
        await person.sees(lambda: person.chat.question.asked, "the question")
        await person.press("alt+1")
        await person.answer_arrives()
        text = await opens_costs(person)
        assert "of $0.002" in text, "a small budget is not told as nothing"
        assert "Esc leaves" in text and "prices of today" not in text
        await person.press(*["down"] * 20)
        await person.sees(lambda: "prices of today" in person.screen_text())
        assert "Esc leaves" in person.screen_text()
        await person.press("escape")


async def test_a_small_screen_has_room_for_the_budgets_question_the_prompt_and_the_sums(tmp_path: Path) -> None:
    settings = Settings(budget_chat=0.002)
    async with salon(tmp_path, size=(40, 10), models=lambda _: OPUS, settings=settings) as person:
        await person.say("a", *answer_of("b", 10))
        await person.sees(lambda: person.chat.question.asked, "the question")
        await person.sees(lambda: "Waiting for you" in person.screen_text(), "the status below it")
        assert "Alt+4 no" in person.screen_text()
        await person.press("alt+1")
        await person.answer_arrives()
        await person.say("/costs")
        await person.sees(lambda: "last answer" in person.screen_text(), "the sums")
        rows = [row.strip() for row in person.screen_text().splitlines()]
        assert any(row.startswith("10 in") for row in rows), "tokens stand below what they are the tokens of"
        await person.press("escape")


async def test_a_budget_asks_before_it_is_passed(tmp_path: Path) -> None:
    async with salon(tmp_path, models=lambda _: OPUS, settings=Settings(budget_chat=0.43)) as person:
        await person.say("a", *answer_of("b", 100_000))
        await person.answer_arrives()
        # $0.42 are spent. The next answer reads 100,000 from the cache ($0.02) and writes 1,000 ($0.02): $0.46.
        await person.say("c")
        await person.sees(lambda: person.chat.question.asked, "the question")
        assert "$0.420 so far, and the budget is $0.430" in person.screen_text()
        assert "about $0.040" in person.screen_text()
        assert len(person.client.requests) == 1
        await person.press("alt+4")
        await person.sees(lambda: "Nothing was asked, because of the budget" in person.notice())
        assert person.session.last is not None
        assert person.session.last.text == "c", "the prompt is saved"
        await person.press("f5")
        await person.sees(lambda: person.chat.question.asked, "the question again")
        person.client.enqueue(*whole("Once."))
        await person.press("alt+1")
        await person.answer_arrives()
        assert len(person.client.requests) == 2


async def test_the_next_answer_is_expected_to_read_what_is_attached(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "long.txt").write_text("A word. " * 50_000)
    async with salon(tmp_path, models=lambda _: OPUS, settings=Settings(budget_chat=0.1)) as person:
        await person.say("/attach long.txt")
        await person.sees(lambda: person.chat.prompt.attachments, "the attachment")
        await person.say("What does it say?")
        await person.sees(lambda: person.chat.question.asked, "the question")  # $0.01 without what it reads
        assert person.client.requests == []
        await person.press("alt+4")
        await person.sees(lambda: "because of the budget" in person.notice())


async def test_whoever_goes_on_is_not_asked_every_time(tmp_path: Path) -> None:
    async with salon(tmp_path, models=lambda _: OPUS, settings=Settings(budget_chat=0.43)) as person:
        await person.say("a", *answer_of("b", 100_000))
        await person.answer_arrives()
        await person.say("c", *answer_of("d", 10))
        await person.sees(lambda: person.chat.question.asked, "the question")
        await person.press("alt+2")
        await person.answer_arrives()
        await person.say("e", *answer_of("f", 10))
        await person.answer_arrives()
        assert len(person.client.requests) == 3


async def test_words_that_are_being_typed_when_a_budget_asks_neither_answer_nor_are_lost(tmp_path: Path) -> None:
    async with salon(tmp_path, models=lambda _: OPUS, settings=Settings(budget_chat=0.43)) as person:
        await person.say("a", *answer_of("b", 100_000))
        await person.answer_arrives()
        await person.say("c")
        await person.sees(lambda: person.chat.question.asked, "the question")
        await person.press("n", "o", "w", "enter", "alt+3")
        assert [item.text for item in person.chat.queue.items] == ["now"]
        assert person.chat.question.asked, "the budget still asks"
        assert len(person.client.requests) == 1
        await person.press("escape")
        await person.sees(lambda: "Stopped before anything was asked" in person.notice())
        assert not person.chat.question.asked


async def test_a_comparison_that_passes_a_budget_can_be_stopped_while_it_asks(tmp_path: Path) -> None:
    async with salon(tmp_path, models=lambda _: OPUS, settings=Settings(budget_chat=0.43)) as person:
        await person.say("a", *answer_of("b", 100_000))
        await person.answer_arrives()
        await person.press("alt+q")
        await person.sees(lambda: isinstance(person.app.screen, CompareForm), "the form")
        await person.press("down", "tab", "enter")
        await person.sees(lambda: person.chat.question.asked, "the question")
        await person.press("escape")
        await person.sees(lambda: "Stopped before anything was asked" in person.notice())
        assert len(person.client.requests) == 1


async def test_the_budget_of_a_day_counts_all_chats(tmp_path: Path) -> None:
    async with salon(tmp_path, models=lambda _: OPUS, settings=Settings(budget_day=0.5)) as person:
        await person.say("a", *answer_of("b", 120_000))
        await person.answer_arrives()
        before = person.session.id
        await person.press("ctrl+n")
        await person.sees(lambda: person.session.id != before, "a new chat")
        await person.say("a long one")
        await person.sees(lambda: person.chat.question.asked, "the question")
        assert "The answers of today cost $0.500 so far" in person.screen_text()
        await person.press("alt+4")
        await person.sees(lambda: "because of the budget" in person.notice())


async def test_temporary_chats_are_within_the_budget_of_the_day_too(tmp_path: Path) -> None:
    async with salon(tmp_path, models=lambda _: OPUS, settings=Settings(budget_day=0.445)) as person:
        await person.say("a", *answer_of("b", 50_000))  # $0.22, of which a temporary chat knows nothing
        await person.answer_arrives()
        for prompt, script in (("c", answer_of("d", 50_000)), ("e", [])):
            before = person.session.id
            await person.say("/temporary")
            await person.sees(lambda: person.session.id != before, "a temporary chat")  # noqa: B023
            await person.say(prompt, *script)
            if script:
                await person.answer_arrives()
                await person.say("and then?")
            await person.sees(lambda: person.chat.question.asked, "the question")
            assert "The answers of today cost $0.440 so far" in person.screen_text()
            await person.press("alt+4")
            await person.sees(lambda: "because of the budget" in person.notice())


async def test_without_a_known_price_no_budget_is_passed(tmp_path: Path) -> None:
    async with salon(tmp_path, settings=Settings(budget_chat=0.01, budget_day=0.01)) as person:
        await person.say("a", *answer_of("b", 1_000_000))
        await person.answer_arrives()
        await person.say("c", *answer_of("d", 1_000_000))
        await person.answer_arrives()
        assert len(person.client.requests) == 2
