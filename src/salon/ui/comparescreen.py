"""Answers to one prompt side by side, as they arrive; where there is no room for that, one at a time behind tabs."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from salon.actions import BY_ID, Place
from salon.chat.comparing import Comparison
from salon.chat.conversation import Message
from salon.chat.events import BlockStarted, Finished, Retrying, TurnEvent
from salon.chat.ledger import totals
from salon.chat.model import ModelInfo
from salon.chat.tools import calls_in
from salon.chat.turn import Turn
from salon.ui.answerentry import AnswerEntry
from salon.ui.blockscreen import CopyWanted
from salon.ui.keyline import KeyLine
from salon.ui.keys import bind_actions
from salon.ui.painter import Painter
from salon.ui.progress import Progress
from salon.ui.sections import Frame, duration, short_number
from salon.ui.statusbar import Status, money
from salon.ui.toollines import call_line
from salon.ui.transcript import Transcript
from salon.untrusted import clean_line
from salon.words import tr

SIDE_BY_SIDE = 100
"""Columns from which on answers stand side by side, if each gets `NARROWEST`."""
NARROWEST = 30


def asked_tools(message: Message) -> str:
    """The tools of the client's that an answer waits for, in words; side by side none are run."""
    names = dict.fromkeys(clean_line(call_line(call.name), 40) for call in calls_in(message))
    return ", ".join(names)


class AnswerColumn(Vertical):
    """One answer: who gives it, how far it is, what it has cost, and the answer itself."""

    def __init__(
        self, label: str, turn: Turn, painter: Painter, frame: Frame, info: Callable[[str], ModelInfo], *, still: bool
    ) -> None:
        super().__init__(classes="answer-column")
        self.label = label
        self.turn = turn
        self.transcript = Transcript(painter, frame=frame)
        self.transcript.can_focus = False  # the keys are the screen's
        self._info = info
        self.transcript.pace.still = still
        self._progress = Progress(still=still)
        self._entry: AnswerEntry | None = None
        self._ended: Message | None = None

    def compose(self) -> ComposeResult:
        """Head and answer."""
        yield Static("", classes="answer-head", markup=False)
        yield self.transcript

    @property
    def over(self) -> bool:
        """Whether the answer has ended."""
        return self._ended is not None

    def take(self, event: TurnEvent) -> None:
        """Show what happened."""
        self._progress.note(event)
        if isinstance(event, Finished):
            self._finish(event.message)
        elif isinstance(event, Retrying):
            if self._entry is not None:
                self._entry.restart(self.turn.message())
        elif self._entry is None:
            if isinstance(event, BlockStarted):
                self._begin(event)
        else:
            self._entry.apply(event)
        if self._entry is not None:
            self.transcript.touch(self._entry, now=self.over)

    def _begin(self, event: BlockStarted) -> None:
        self._entry = AnswerEntry(self.turn.opening())
        self.transcript.append(self._entry)
        self._entry.apply(event)

    def _finish(self, message: Message) -> None:
        self._ended = message
        if self._entry is None:
            self._entry = AnswerEntry(message)
            self.transcript.append(self._entry)
        else:
            self._entry.finish(message)

    def state(self) -> tuple[str, str]:
        """How far it is, in words, and the words' role."""
        if self._ended is not None and (asked := asked_tools(self._ended)):
            return tr("Asks for {asked}", asked=asked), "warning"
        words, role = self._progress.words()
        return (tr("Done") if words == tr("Ready") else words), role

    def figures(self) -> str:
        """Time, tokens and cost of an answer that has ended."""
        if self._ended is None:
            return ""
        sums = totals([self._ended], self._info)
        parts = [duration(self._ended.timing.get("total", 0.0))]
        if sums.tokens_out:
            parts.append(
                tr(
                    "{mark}{tokens_out} tokens",
                    mark="≥ " if sums.at_least else "",
                    tokens_out=short_number(sums.tokens_out),
                )
            )
        parts.append(money(replace(Status(), cost=sums.cost, cost_at_least=sums.cost_at_least)))
        return " · ".join(part for part in parts if part)

    def show_head(self, *, current: bool, labelled: bool) -> None:
        """Write the rows above the answer; the label only where no tab has it."""
        words, _ = self.state()
        mark = "▸" if current else " "
        text = Text(f"{mark} {self.label}\n" if labelled else "", no_wrap=True, overflow="ellipsis")
        text.append("  " + " · ".join(part for part in (words, self.figures()) if part))
        self.query_one(".answer-head", Static).update(text)
        self.set_class(current, "-current")

    def source(self) -> str:
        """The answer's Markdown, cleaned."""
        return "" if self._entry is None else self._entry.source()


class CompareScreen(ModalScreen[str | None]):
    """The result is the id of the answer to go on with, or None for the first."""

    def __init__(
        self,
        prompt: str,
        labels: Sequence[str],
        comparison: Comparison,
        painter: Painter,
        frame: Frame,
        info: Callable[[str], ModelInfo],
        *,
        still: bool = False,
    ) -> None:
        """`still` keeps what arrives and clocks as still as can be."""
        super().__init__()
        bind_actions(self, Place.COMPARING, priority=True)
        self._prompt = prompt
        self._comparison = comparison
        self.columns = [
            AnswerColumn(label, turn, painter, frame, info, still=still)
            for label, turn in zip(labels, comparison.turns, strict=True)
        ]
        self.current = 0
        self._early: list[tuple[int, TurnEvent]] | None = []
        """What happened before there was a screen to show it on."""
        self._said = ""

    def compose(self) -> ComposeResult:
        """Heading, tabs where they are needed, columns, keys."""
        yield Static(f"“{clean_line(self._prompt, 200)}”", id="compare-prompt", markup=False)
        yield Static("", id="compare-tabs", markup=False)
        with Horizontal(id="compare-columns"):
            yield from self.columns
        yield KeyLine(rows=1, id="compare-keys")

    def on_mount(self) -> None:
        """Show what has happened already; a clock runs while answers arrive."""
        self._clock = self.set_interval(1.0, self._show_heads)
        early, self._early = self._early or [], None
        for number, event in early:
            self.take(number, event)
        self._go_to(0)

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        for column in self.columns:
            column.transcript.set_painter(painter)

    def on_resize(self, event: events.Resize) -> None:
        """Side by side where there is room."""
        count = len(self.columns)
        self.set_class(event.size.width < max(SIDE_BY_SIDE, NARROWEST * count), "-tabbed")
        self._show_heads()

    def take(self, number: int, event: TurnEvent) -> None:
        """Something happened in one of the answers."""
        if self._early is not None:
            self._early.append((number, event))
            return
        if not self.is_attached:
            return
        column = self.columns[number]
        before = column.state()
        column.take(event)
        if column.state() != before or column.over:
            self._show_heads()

    @property
    def over(self) -> bool:
        """Whether all answers have ended."""
        return all(column.over for column in self.columns)

    # showing

    def _go_to(self, number: int) -> None:
        self.current = number % len(self.columns)
        for at, column in enumerate(self.columns):
            column.set_class(at == self.current, "-front")
        self._show_heads()

    def _show_heads(self) -> None:
        for at, column in enumerate(self.columns):
            column.show_head(current=at == self.current, labelled=not self.has_class("-tabbed"))
        tabs = Text(no_wrap=True, overflow="ellipsis")
        for at, column in enumerate(self.columns):
            words, _ = column.state()
            front = at == self.current
            tabs.append(
                f"▸ {column.label}   " if front else f"  {column.label}: {words}   ", "bold" if front else "dim"
            )
        self.query_one("#compare-tabs", Static).update(tabs)
        if self.over:
            self._clock.pause()
        stops = tr("keeps the first") if self.over else tr("stops all")
        hints = [
            self._said,
            tr("Enter keeps it"),
            tr("← → others"),
            tr("↑ ↓ scroll"),
            tr("{compare_copy_key} copies", compare_copy_key=BY_ID["compare_copy"].key),
            f"{BY_ID['compare_stop'].key} {stops}",
        ]
        keys = " · ".join(hint for hint in hints if hint)
        self.query_one(KeyLine).show(keys)

    def say(self, sentence: str) -> None:
        """Say something before the keys, until one is pressed."""
        self._said = sentence
        self._show_heads()

    @property
    def _front(self) -> AnswerColumn:
        return self.columns[self.current]

    # actions

    async def action_help_comparing(self) -> None:
        """Show the keys."""
        await self.run_action("app.help")

    def action_compare_left(self) -> None:
        """To the answer at the left."""
        self._said = ""
        self._go_to(self.current - 1)

    def action_compare_right(self) -> None:
        """To the answer at the right."""
        self._said = ""
        self._go_to(self.current + 1)

    def action_compare_up(self) -> None:
        """Scroll up."""
        self._front.transcript.scroll_rows(-1)

    def action_compare_down(self) -> None:
        """Scroll down."""
        self._front.transcript.scroll_rows(1)

    def action_compare_page_up(self) -> None:
        """Scroll up by a page."""
        self._front.transcript.page(-1)

    def action_compare_page_down(self) -> None:
        """Scroll down by a page."""
        self._front.transcript.page(1)

    def action_compare_start(self) -> None:
        """To the beginning."""
        self._front.transcript.to_top()

    def action_compare_end(self) -> None:
        """To the end, and follow it."""
        self._front.transcript.to_end()

    def action_compare_now(self) -> None:
        """Do not wait any longer."""
        self._front.turn.control.now()

    def action_compare_copy(self) -> None:
        """Copy the answer."""
        source = self._front.source()
        if source:
            self.post_message(CopyWanted(source, tr("the answer")))

    def action_compare_keep(self) -> None:
        """Go on with the answer in front; the others end."""
        self._comparison.stop()
        self.dismiss(self._front.turn.answer.id)

    def action_compare_stop(self) -> None:
        """Stop all; when all have ended, leave."""
        if self.over:
            self.dismiss(None)
        else:
            self._comparison.stop()

    def on_click(self, event: events.Click) -> None:
        """A click on an answer brings it to the front."""
        for at, column in enumerate(self.columns):
            if event.widget is not None and column in event.widget.ancestors_with_self:
                self._go_to(at)
