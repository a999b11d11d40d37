"""The prompt box: what sends, what does not, and that nothing typed or pasted is ever lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Region

from salon.chat.draft import Draft
from salon.ui.prompt import PASTE_GUARD_SECONDS, Prompt

BIG = "\n".join(f"line {number}" for number in range(30))
LONG = "word " * 1_000


class Host(App[None]):
    """A prompt and a record of what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[Prompt.Submitted | Prompt.Confirmed] = []

    def compose(self) -> ComposeResult:
        yield Prompt(id="prompt")

    def on_prompt_submitted(self, event: Prompt.Submitted) -> None:
        self.said.append(event)

    def on_prompt_confirmed(self, event: Prompt.Confirmed) -> None:
        self.said.append(event)

    @property
    def prompt(self) -> Prompt:
        return self.query_one(Prompt)

    @property
    def sent(self) -> list[str]:
        return [event.text for event in self.said if isinstance(event, Prompt.Submitted)]


class Hand:
    """Types and pastes into the prompt."""

    def __init__(self, app: Host, press: "Press") -> None:
        self.app = app
        self.prompt = app.prompt
        self._press = press

    async def press(self, *keys: str) -> None:
        await self._press(*keys)

    async def type(self, text: str) -> None:
        self.prompt.insert(text)
        await self._press()

    async def paste(self, text: str) -> None:
        self.prompt.post_message(events.Paste(text))
        await self._press()
        self.prompt._pasted_at -= PASTE_GUARD_SECONDS


class Press:
    """`Pilot.press`, which also lets the app take in what was posted."""

    def __init__(self, pilot: object) -> None:
        self._pilot = pilot

    async def __call__(self, *keys: str) -> None:
        await self._pilot.press(*keys)  # type: ignore[attr-defined]
        await self._pilot.pause()  # type: ignore[attr-defined]


@asynccontextmanager
async def at_the_prompt(width: int = 60) -> AsyncIterator[Hand]:
    app = Host()
    async with app.run_test(size=(width, 16)) as pilot:
        app.prompt.focus()
        await pilot.pause()
        yield Hand(app, Press(pilot))


async def test_enter_sends_what_is_in_the_box() -> None:
    async with at_the_prompt() as hand:
        await hand.type("Hello\nthere")
        await hand.press("enter")
        assert hand.app.said == [Prompt.Submitted("Hello\nthere", "Hello\nthere")]
        assert hand.prompt.text == "Hello\nthere", "the box is emptied by whoever has put the words on disk"


@pytest.mark.parametrize("blank", ["", "   ", "\n\n"])
async def test_enter_in_an_empty_box_confirms(blank: str) -> None:
    async with at_the_prompt() as hand:
        await hand.type(blank)
        await hand.press("enter")
        assert hand.app.said == [Prompt.Confirmed()]


@pytest.mark.parametrize("key", ["shift+enter", "ctrl+j", "alt+enter"])
async def test_other_enters_make_a_new_line(key: str) -> None:
    async with at_the_prompt() as hand:
        await hand.type("one")
        await hand.press(key)
        await hand.type("two")
        assert hand.prompt.text == "one\ntwo"
        assert hand.app.said == []


async def test_a_backslash_at_the_end_makes_a_new_line_and_goes() -> None:
    async with at_the_prompt() as hand:
        await hand.type("one\\")
        await hand.press("enter")
        assert hand.prompt.text == "one\n"
        assert hand.app.said == []


@pytest.mark.parametrize("text", ["two\\\\", "in\\ the middle"])
async def test_another_backslash_is_only_a_backslash(text: str) -> None:
    async with at_the_prompt() as hand:
        await hand.type(text)
        await hand.press("enter")
        assert hand.app.sent == [text]


async def test_an_enter_within_a_paste_sends_nothing() -> None:
    async with at_the_prompt() as hand:
        hand.prompt.post_message(events.Paste("pasted"))
        hand.prompt.post_message(events.Key("enter", "\r"))
        await hand.press()
        assert hand.app.said == []
        assert hand.prompt.text == "pasted\n"


# Pastes.


@pytest.mark.parametrize(("text", "chip"), [(BIG, "[pasted #1: 30 lines]"), (LONG, "[pasted #1: 5,000 characters]")])
async def test_a_large_paste_is_a_chip_and_is_sent_in_full(text: str, chip: str) -> None:
    async with at_the_prompt() as hand:
        await hand.type("before ")
        await hand.paste(text)
        await hand.type(" after")
        assert hand.prompt.text == f"before {chip} after"
        await hand.press("enter")
        assert hand.app.sent == [f"before {text} after"]


async def test_a_small_paste_is_text() -> None:
    async with at_the_prompt() as hand:
        await hand.paste("a\r\nb\rc\x1b[31m")
        assert hand.prompt.text == "a\nb\nc␛[31m"


async def test_two_pastes_are_kept_apart_and_may_be_sent_twice() -> None:
    async with at_the_prompt() as hand:
        await hand.paste(BIG)
        await hand.paste(LONG)
        await hand.type("[pasted #1: again]")
        await hand.press("enter")
        assert hand.app.sent == [BIG + LONG + BIG]


async def test_a_chip_of_no_paste_is_text() -> None:
    async with at_the_prompt() as hand:
        await hand.type("[pasted #7: 3 lines] [pasted #0: x]")
        await hand.press("enter")
        assert hand.app.sent == ["[pasted #7: 3 lines] [pasted #0: x]"]


async def test_what_a_paste_holds_is_not_looked_at_for_chips() -> None:
    async with at_the_prompt() as hand:
        tricky = "\\1 \\g<0> [pasted #1: me]\n" * 25
        await hand.paste(tricky)
        await hand.press("enter")
        assert hand.app.sent == [tricky]


async def test_a_chip_expands_at_the_caret_else_the_first_one() -> None:
    async with at_the_prompt() as hand:
        await hand.paste(BIG)
        await hand.type(" and ")
        await hand.paste(LONG)
        await hand.press("ctrl+g")
        assert hand.prompt.text == f"[pasted #1: 30 lines] and {LONG}"
        await hand.press("ctrl+g")
        assert hand.prompt.text == f"{BIG} and {LONG}"
        await hand.press("ctrl+g")
        assert hand.prompt.text == f"{BIG} and {LONG}"


# The draft.


@pytest.mark.parametrize(
    "draft", [Draft(), Draft("text"), Draft("  two\n\nlines "), Draft("see [pasted #1: 30 lines]", (BIG,))]
)
async def test_a_draft_comes_back_as_it_was(draft: Draft) -> None:
    async with at_the_prompt() as hand:
        hand.prompt.set_draft(draft)
        await hand.press()
        assert hand.prompt.draft == draft
        assert hand.prompt.cursor_location == hand.prompt.document.end


async def test_pastes_without_a_chip_are_no_draft() -> None:
    async with at_the_prompt() as hand:
        await hand.paste(BIG)
        await hand.press("enter")
        hand.prompt.clear_sent(hand.prompt.text)
        assert hand.prompt.draft == Draft()
        assert not hand.prompt.draft


async def test_what_was_sent_goes_and_what_was_typed_since_stays() -> None:
    async with at_the_prompt() as hand:
        await hand.type("sent")
        box = hand.prompt.text
        await hand.type(" and more")
        hand.prompt.clear_sent(box)
        assert hand.prompt.text == " and more"
        hand.prompt.clear_sent("something else")
        assert hand.prompt.text == " and more"


async def test_undo_brings_back_what_was_sent_with_its_pastes() -> None:
    async with at_the_prompt() as hand:
        await hand.type("see ")
        await hand.paste(BIG)
        hand.prompt.clear_sent(hand.prompt.text)
        assert hand.prompt.text == ""
        await hand.press("ctrl+underscore")
        assert hand.prompt.full_text() == f"see {BIG}"


# Earlier prompts.


async def test_up_and_down_go_through_earlier_prompts_and_back_to_the_draft() -> None:
    async with at_the_prompt() as hand:
        hand.prompt.set_recall(["newest", "older"])
        await hand.type("my draft")
        shown = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await hand.press(key)
            shown.append(hand.prompt.text)
        assert shown == ["newest", "older", "older", "newest", "my draft", "my draft"]


async def test_an_earlier_prompt_is_written_on_at_its_end_and_the_next_one_is_still_a_key_away() -> None:
    long = "word " * 60 + "\nand a second line"
    async with at_the_prompt() as hand:
        hand.prompt.set_recall(["newest", long, "oldest"])
        await hand.press("up", "!")
        assert hand.prompt.text == "newest!"
        await hand.press("up", "up")
        assert hand.prompt.text == "oldest", "one key for each, over wrapped rows and lines, too"


async def test_the_pastes_of_a_draft_survive_looking_at_earlier_prompts() -> None:
    async with at_the_prompt() as hand:
        hand.prompt.set_recall(["older"])
        await hand.paste(BIG)
        await hand.press("up")
        assert hand.prompt.text == "older"
        await hand.press("down")
        assert hand.prompt.full_text() == BIG
        await hand.press("up", "ctrl+underscore")
        assert hand.prompt.full_text() == BIG


async def test_up_within_a_long_text_moves_the_caret() -> None:
    async with at_the_prompt() as hand:
        hand.prompt.set_recall(["older"])
        await hand.type("one\ntwo")
        await hand.press("up")
        assert hand.prompt.text == "one\ntwo"
        await hand.press("up")
        assert hand.prompt.text == "older"


async def test_up_within_a_wrapped_line_moves_the_caret() -> None:
    """The first line of a text may be many rows; only its first row leads to earlier prompts."""
    async with at_the_prompt(width=30) as hand:
        hand.prompt.set_recall(["older"])
        text = "one long line that is wrapped over several rows of the box"
        await hand.type(text)
        await hand.press("up")
        assert hand.prompt.text == text
        await hand.press("up", "up")
        assert hand.prompt.text == "older"


async def test_what_was_just_sent_is_the_first_to_come_back() -> None:
    async with at_the_prompt() as hand:
        hand.prompt.set_recall(["a", "b"])
        hand.prompt.remember("b")
        hand.prompt.remember("c")
        shown = []
        for _ in range(4):
            await hand.press("up")
            shown.append(hand.prompt.text)
        assert shown == ["c", "b", "a", "a"]


async def test_recall_that_comes_late_keeps_what_was_sent_meanwhile() -> None:
    async with at_the_prompt() as hand:
        hand.prompt.remember("just sent")
        hand.prompt.set_recall(["older", "just sent"])
        shown = []
        for _ in range(2):
            await hand.press("up")
            shown.append(hand.prompt.text)
        assert shown == ["just sent", "older"]


async def test_an_earlier_prompt_is_shown_clean() -> None:
    async with at_the_prompt() as hand:
        hand.prompt.set_recall(["bad \x1b]0;x\x07"])
        await hand.press("up")
        assert "\x1b" not in hand.prompt.text


async def test_the_box_grows_and_scrolls_without_an_error() -> None:
    async with at_the_prompt(width=30) as hand:
        await hand.type("\n".join("row " * number for number in range(40)))
        for key in ("ctrl+home", "ctrl+end", "pageup", "ctrl+underscore", "alt+r"):
            await hand.press(key)


async def test_another_theme_reaches_what_is_typed() -> None:
    async with at_the_prompt() as hand:
        await hand.type("text")
        seen = set()
        for name in ("textual-dark", "textual-light", "nord"):
            hand.app.theme = name
            await hand.press()
            row = hand.prompt.render_lines(Region(0, 0, 10, 1))[0]
            styles = [style for text, style, _ in row if "text" in text and style is not None]
            assert [(style.color, style.bgcolor) for style in styles] == [
                (hand.prompt.rich_style.color, hand.prompt.rich_style.bgcolor)
            ]
            seen.add(styles[0].color)
        assert len(seen) > 1
