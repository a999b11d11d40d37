"""The search over all chats: words at the top, what has them below, and Enter opens it there."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.theme import Theme
from textual.widgets import Input, OptionList, Static

from salon.chat.search import Hit, IndexState, Page, Search
from salon.ui.field import Field
from salon.ui.keyline import KeyLine
from salon.ui.searchresults import SearchResults
from salon.untrusted import clean_line
from salon.words import tr

logger = logging.getLogger(__name__)

LOW = 16
"""Rows; below this there is no room for headings and margins."""
PAGE = 30
"""Hits that are fetched at a time."""
_HELP = tr(
    "Newest first as you type, the most fitting first with Enter.\n\n"
    'Words that must all be there, or a "phrase in quotes"\n'
    "in:code  in:title\n"
    "role:user  role:assistant  role:thinking  role:tool  role:note\n"
    "model:opus  tag:work\n"
    "after:2026-03  before:2026-03-31  after:yesterday"
)
_KEYS = tr("↑ ↓ move · Enter {} · Esc leaves")


@dataclass(frozen=True, slots=True)
class Chosen:
    """A hit to be opened, and the words to mark in it, as they stand there."""

    hit: Hit
    words: str


@dataclass(frozen=True, slots=True)
class Left:
    """How a search was left: what was asked, in which order it stood, how many hits were shown, and the chosen one."""

    words: str = ""
    ranked: bool = False
    shown: int = 0
    hit: Hit | None = None


class SearchScreen(ModalScreen[Chosen | None]):
    """Type to search, Enter ranks, arrows choose, Enter opens. The next time it stands as it was left."""

    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding("escape", "leave", "Leave", show=False),
        Binding("down", "move(1)", "Next", show=False, priority=True),
        Binding("up", "move(-1)", "Previous", show=False, priority=True),
        Binding("pagedown", "move(10)", "Next page", show=False, priority=True),
        Binding("pageup", "move(-10)", "Previous page", show=False, priority=True),
    ]

    def __init__(self, search: Search, last: Left | None = None) -> None:
        super().__init__()
        self._search = search
        self._last = last or Left()
        self._words = self._last.words
        self._page = Page()
        self._ranked = False
        self._looking = False
        self._told = IndexState()

    def compose(self) -> ComposeResult:
        """Heading, words, what was found, what the keys do."""
        with Vertical(classes="panel"):
            yield Static(tr("Search all chats"), classes="heading", markup=False)
            yield Field(self._last.words, placeholder=tr("Words, or filters such as role:user"), id="search-words")
            yield Static("", id="search-state", markup=False)
            yield SearchResults()
            yield Static(_HELP, id="search-help", classes="faint", markup=False)
            yield KeyLine(id="search-keys", classes="faint")

    @property
    def asked(self) -> str:
        """What is typed."""
        return self.query_one(Input).value

    @property
    def left(self) -> Left:
        """How it stands, for the next time."""
        return Left(self.asked, self._ranked, self.results.count, self.results.chosen)

    @property
    def results(self) -> SearchResults:
        """The rows of what was found."""
        return self.query_one(SearchResults)

    # coming and going

    def on_mount(self) -> None:
        """Have the index catch up with the files, and look for what was looked for last."""
        loop = asyncio.get_running_loop()
        self._search.on_progress(lambda: _soon(loop, self._progressed))
        self._search.refresh()
        self.app.theme_changed_signal.subscribe(self, self._recolour)
        self._show_state()
        if self._last.words:
            self._looking = True
            self._look(self._last.words, ranked=self._last.ranked, last=self._last)

    def on_unmount(self) -> None:
        """Nobody looks any more."""
        self._search.on_progress(None)

    def on_resize(self, event: events.Resize) -> None:
        """Other widths have room for other columns; on a low screen the results have what room there is."""
        self.set_class(event.size.height < LOW, "-low")
        if self.results.count:
            self.results.redraw()

    def action_leave(self) -> None:
        """Open nothing."""
        self.dismiss(None)

    def _recolour(self, theme: Theme) -> None:
        self.call_after_refresh(self.results.redraw)

    # asking

    def on_input_changed(self) -> None:
        """Look for other words, the newest first; what stands there from the beginning is looked for already."""
        if self.asked != self._words:
            self._ask()

    def on_input_submitted(self) -> None:
        """Open what is chosen; where nothing is, put the most fitting first."""
        chosen = self.results.chosen
        if chosen is not None and not self._looking:
            self._open(chosen)
        elif not self._ranked or self._looking:
            self._ask(ranked=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A row was clicked."""
        event.stop()
        if (chosen := self.results.chosen) is not None:
            self._open(chosen)

    def action_move(self, hits: int) -> None:
        """Move the highlight, and fetch more at the end."""
        self.results.move(hits)
        if hits > 0 and self.results.at_end and self._page.next is not None and not self._looking:
            self._fetch_more(self.asked, self._page.next)
        self._show_state()

    def _open(self, hit: Hit) -> None:
        start, end = next(iter(hit.snippet.marks), (0, 0))
        there = hit.snippet.text[start:end]  # with its accents
        typed = self._page.words
        self.dismiss(Chosen(hit, typed if typed and typed.casefold() in there.casefold() else there))

    def _ask(self, *, ranked: bool = False) -> None:
        self._looking, self._words = True, self.asked
        self._look(self._words, ranked=ranked)

    @work(group="search", exclusive=True, exit_on_error=False)
    async def _look(self, asked: str, *, ranked: bool, last: Left | None = None) -> None:
        limit = max(PAGE, last.shown if last else 0)
        page = await asyncio.to_thread(self._search.find, asked, ranked=ranked, limit=limit)
        if page.superseded:
            return
        self._page, self._ranked, self._looking = page, ranked, False
        self.results.show(_by_chat(page.hits) if ranked else page.hits, first=ranked)
        if last is not None and last.hit is not None:
            self.results.choose(last.hit)
        self._show_state()

    @work(group="search", exclusive=True, exit_on_error=False)
    async def _fetch_more(self, asked: str, after: int) -> None:
        page = await asyncio.to_thread(self._search.find, asked, ranked=self._ranked, after=after, limit=PAGE)
        if not page.superseded:
            self._page = page
            self.results.extend(_by_chat(page.hits) if self._ranked else page.hits)
            self._show_state()

    # telling

    def _progressed(self) -> None:
        """The index has got further: what is asked may have more hits now."""
        if not self.is_attached:
            return
        state, before = self._search.state(), self._told
        self._show_state()
        if before.total and not state.total and not self.results.chosen and not self._ranked and self.asked.strip():
            self._ask()

    def _show_state(self) -> None:
        page, state = self._page, self._search.state()
        self._told = state
        asked = bool(self.asked.strip())
        count = f"{self.results.count:,}{(tr(' and more') if page.next is not None else '')}"
        found = (
            f"{count} · {(tr('the most fitting first') if self._ranked else tr('newest first'))}" if page.hits else ""
        )
        behind = (
            tr("Reading chats: {done:,} of {total:,}", done=state.done, total=state.total)
            if state.total > 1
            else state.trouble
        )
        nothing = tr("Nothing has all of this yet.") if behind else tr("Nothing has all of this.")
        if asked and page.problem:
            told = page.problem
        else:
            told = " · ".join(filter(None, (found or (nothing if asked and not self._looking else ""), behind)))
        line = self.query_one("#search-state", Static)
        line.set_class(bool(asked and page.problem), "problem")
        line.update(clean_line(told, 300))
        self.results.display = asked and self.results.count > 0
        self.query_one("#search-help").display = not asked
        action = (
            tr("opens") if self.results.chosen is not None else tr("ranks") if self.results.count else tr("searches")
        )
        self.query_one(KeyLine).show(_KEYS.format(action))


def _by_chat(hits: Sequence[Hit]) -> list[Hit]:
    """Hits of one chat together, where the best of them stands."""
    chats: dict[str, list[Hit]] = {}
    for hit in hits:
        chats.setdefault(hit.session_id, []).append(hit)
    return [hit for chat in chats.values() for hit in chat]


def _soon(loop: asyncio.AbstractEventLoop, progressed: Callable[[], None]) -> None:
    """Call on the loop, if there still is one: the index's thread may outlive it."""
    try:
        loop.call_soon_threadsafe(progressed)
    except RuntimeError:
        logger.debug("The event loop is closed; nobody is told of the index")
