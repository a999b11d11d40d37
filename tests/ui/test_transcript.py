"""What is drawn is what is there: no row is ever taken from the cache after it changed."""

import asyncio
import gc
import random
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from textual.filter import Monochrome
from textual.pilot import Pilot

from salon.chat.conversation import Message, Status
from salon.chat.events import BlockFinished, BlockStarted, TextDelta, ThinkingDelta
from salon.markdown import Line, Span, look
from salon.paths import Paths, theme_directories
from salon.themes import load_themes
from salon.ui import pace
from salon.ui.answerentry import AnswerEntry
from salon.ui.entry import Entry
from salon.ui.painter import Painter
from salon.ui.transcript import Transcript
from ui.looks import answer_entry, answer_message, prompt_entry
from waiting import until

PIECES = [
    *("word ", "**bold** ", "\n", "\n\n", "- item\n", "1. one\n", "```python\nx = 1\n", "```\n", "> quote\n"),
    *("| a | b |\n|---|---|\n", "| 1 | 2 |\n", "# Heading\n", "`code", "`", "漢字 ", "===\n"),
    *("[ref]", "\n\n[ref]: https://x.example\n\n"),
]


def painter() -> Painter:
    nowhere = Path("/nonexistent")
    themes, _ = load_themes(theme_directories(Paths(nowhere, nowhere, nowhere))[:1])
    return Painter(themes[0])


class Host(App[None]):
    """A transcript and nothing else."""

    def compose(self) -> ComposeResult:
        yield Transcript(painter(), id="transcript")

    @property
    def transcript(self) -> Transcript:
        return self.query_one(Transcript)


async def drawn(app: Host, pilot: Pilot[None]) -> list[str]:
    """The rows on the screen once everything is worked off, which must be those that a fresh look gives."""
    transcript = app.transcript
    await until(lambda: transcript.pace.planned is None, what="the transcript has nothing left to do")
    await pilot.pause()
    on_screen = [strip.text for strip in app.screen._compositor.render_strips()]
    size = transcript.size
    cached = [transcript.render_line(y) for y in range(size.height)]
    transcript._strips.clear()
    fresh = [transcript.render_line(y) for y in range(size.height)]
    assert [list(strip) for strip in cached] == [list(strip) for strip in fresh]
    assert on_screen == [strip.text for strip in fresh]
    assert all(strip.cell_length == size.width for strip in fresh)
    return [strip.text.rstrip(" ▕") for strip in fresh]


class Growing(AnswerEntry):
    def __init__(self) -> None:
        super().__init__(Message(id="g", parent="p", role="assistant", status=Status.OPEN))
        self.parts: list[dict[str, str]] = []

    def begin(self, kind: str) -> None:
        self.parts.append({"type": kind, kind: ""})
        self.apply(BlockStarted(len(self.parts) - 1, dict(self.parts[-1])))

    def say(self, text: str) -> None:
        index, part = len(self.parts) - 1, self.parts[-1]
        part[part["type"]] += text
        self.apply(TextDelta(index, text) if part["type"] == "text" else ThinkingDelta(index, text))

    def end_block(self) -> None:
        self.apply(BlockFinished(len(self.parts) - 1, dict(self.parts[-1])))

    def end(self, status: Status) -> None:
        self.finish(answer_message(*self.parts, status=status))


@pytest.mark.parametrize("seed", range(6))
async def test_what_is_drawn_is_what_is_there(seed: int) -> None:
    """Random answers, sizes, scrolls, folds and themes; after each step the screen shows what a fresh look would."""
    chance = random.Random(seed)
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        transcript = app.transcript
        transcript.show([prompt_entry("first"), answer_entry("answer " * 40)])
        growing: Growing | None = None
        for _ in range(40):
            step = chance.choice("ggggggbbensrtfkc")
            if growing is None and step in "gbe":
                growing = Growing()
                growing.begin("text")
                transcript.append(growing)
            if growing is not None and step == "g":
                growing.say(chance.choice(PIECES))
                transcript.touch(growing)
            elif growing is not None and step == "b":
                growing.end_block()
                growing.begin(chance.choice(["text", "thinking"]))
                transcript.touch(growing)
            elif growing is not None and step == "e":
                growing.end(chance.choice([Status.COMPLETE, Status.STOPPED]))
                transcript.touch(growing)
                growing = None
            elif step == "n":
                transcript.append(prompt_entry("next " * chance.randrange(1, 40)))
            elif step == "s":
                transcript.scroll_rows(chance.randrange(-25, 26))
            elif step == "r":
                await pilot.resize_terminal(chance.randrange(25, 90), chance.randrange(5, 30))
            elif step == "t":
                transcript.set_thinking_open(not transcript.thinking_open)
            elif step == "f":
                await _click_a_fold(transcript, pilot)
            elif step == "k":
                chance.choice([transcript.to_end, transcript.to_top])()
            elif step == "c" and growing is None:
                transcript.truncate(chance.randrange(1, len(transcript.viewport.entries) + 1))
            await drawn(app, pilot)


async def _click_a_fold(transcript: Transcript, pilot: Pilot[None]) -> None:
    for y in range(transcript.size.height):
        if transcript.render_line(y).text.lstrip().startswith(("▸", "▾")):
            await pilot.click("#transcript", offset=(3, y))
            return


async def test_a_backlog_is_worked_off_without_a_key() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        growing = Growing()
        growing.begin("text")
        app.transcript.append(growing)
        for number in range(3_000):
            growing.say(f"line {number} with some words in it\n\n")
        app.transcript.touch(growing)
        rows = await drawn(app, pilot)
        assert rows[-1] == "  line 2999 with some words in it"


async def test_nothing_is_scheduled_while_nothing_changes() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        app.transcript.show([answer_entry("still")])
        await drawn(app, pilot)
        for _ in range(5):
            await pilot.pause()
            assert app.transcript.pace.planned is None


async def test_a_transcript_that_goes_away_leaves_nothing_scheduled() -> None:
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        transcript = app.transcript
        transcript.append(answer_entry("x"))
        await transcript.remove()
        await pilot.pause()
        assert transcript.pace.planned is None


async def test_the_marker_counts_and_goes() -> None:
    app = Host()
    async with app.run_test(size=(60, 8)) as pilot:
        entries: list[Entry] = [answer_entry("\n\n".join(f"row {number}" for number in range(20)))]
        app.transcript.show(entries)
        app.transcript.scroll_rows(-4)
        assert "Ctrl+End" not in (await drawn(app, pilot))[-1]
        app.transcript.append(answer_entry("one"))
        assert "↓ 2 new lines · Ctrl+End" in (await drawn(app, pilot))[-1]
        app.transcript.to_end()
        assert "Ctrl+End" not in (await drawn(app, pilot))[-1]


@pytest.mark.parametrize("width", [1, 2, 5, 12, 21])
async def test_even_a_sliver_is_drawn_whole(width: int) -> None:
    app = Host()
    async with app.run_test(size=(width, 6)) as pilot:
        app.transcript.show([prompt_entry("words 漢字"), answer_entry("- a\n- b\n\n```\ncode\n```\n" * 5)])
        app.transcript.scroll_rows(-3)
        app.transcript.append(answer_entry("new"))
        await drawn(app, pilot)


async def test_nothing_to_show_is_nothing() -> None:
    app = Host()
    async with app.run_test(size=(30, 6)) as pilot:
        app.transcript.show([])
        app.transcript.page(-1)
        app.transcript.to_top()
        assert set(await drawn(app, pilot)) == {""}
        assert app.transcript.last_answer() is None
        assert app.transcript.selected_text() == ""


def test_a_row_that_has_left_the_screen_is_gone_without_the_collector() -> None:
    painting = painter()

    def draw(text: str) -> None:
        row = painting.strip(Line((Span(text, look()),)), 20)
        for strip in (row, row.apply_filter(Monochrome(), Color(0, 0, 0)), painting.highlighted(row, 1, 3)):
            assert list(strip.divide([20])) == [strip]

    draw("the styles are made")
    gc.collect()
    gc.disable()
    try:
        draw("a row")
        assert gc.collect() == 0
    finally:
        gc.enable()


async def test_an_answer_makes_way_for_a_key_and_for_nothing_that_a_person_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("WAY_SECONDS", "MOST_WAITING"):
        monkeypatch.setattr(pace, name, 3600.0)
    app = Host()
    async with app.run_test(size=(60, 20)) as pilot:
        transcript, growing = app.transcript, Growing()
        growing.begin("text")
        transcript.show([prompt_entry("first"), growing])
        await drawn(app, pilot)
        transcript.pace.make_way()
        growing.say("more")
        transcript.touch(growing)
        now = asyncio.get_running_loop().time
        await until(lambda: transcript.pace.planned is not None and transcript.pace.planned.when() > now() + 60)
        assert not any("more" in transcript.render_line(y).text for y in range(20))
        transcript.page(-1)
        assert "  more" in await drawn(app, pilot)
