"""The cache: what it held and until when stands in the status bar, and losing much of it is asked about first."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from textual import work
from textual.timer import Timer

from salon.chat import room
from salon.chat.branching import Aim, Purpose
from salon.chat.caching import LONG, Cached, cached, cost_anew, cost_with
from salon.chat.model import ModelInfo
from salon.chat.numbers import dollars, short_number
from salon.chat.session import Session
from salon.ui.notice import NoticeText
from salon.ui.picker import Row
from salon.ui.questionscreen import QuestionScreen
from salon.ui.services import Services
from salon.ui.spending import SpendingActions
from salon.untrusted import clean_line
from salon.words import tr


class CachingActions(SpendingActions):
    """A screen that knows what the API has cached of its chat."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._expiry: Timer | None = None

    # the status

    def show_totals(self) -> None:
        """Write what the conversation has used, and what is cached of it, into the status bar."""
        super().show_totals()
        self._show_cache()

    def _show_cache(self) -> None:
        """Say what is cached; one timer, for the moment when it is gone."""
        if self._expiry is not None:
            self._expiry.stop()
            self._expiry = None
        kept = None if self.session is None else cached(self.session.path)
        self.status_bar.update(cache=cache_in_words(kept, datetime.now(UTC)))
        if kept is not None and (left := (kept.until - datetime.now(UTC)).total_seconds()) > 0:
            self._expiry = self.set_timer(left + 0.1, self._show_cache)

    # what would be lost

    @work(group="model", exclusive=True, exit_on_error=False)
    async def choose_model(self, model: str) -> None:
        """Ask another model from now on; where that throws a large cache away, only if the person wants it."""
        session, connection = self.session, self.connection
        if session is None or connection is None or model == session.parameters.model.id:
            return
        other = self._services.parameters(connection, model).model
        label = clean_line(other.label, 40)
        if not await self.may_lose_cache(
            session, tr("{label} has to read them anew", label=label), tr("Change to {label}", label=label), other
        ):
            return
        self.use_model(model)
        self.notice.show(NoticeText(tr("{label} answers from the next prompt on.", label=label), (), "info"))

    async def may_lose_cache(self, session: Session, why: str, do: str, other: ModelInfo | None = None) -> bool:
        """Whether a chat may be changed so that its cache is lost; the person is asked where that is much.

        `why` is what happens then, in words that a price can follow; `do` is the answer that has it done; `other` is
        the model that reads everything anew, if not the chat's own. For a worker.
        """
        kept = self.worth_keeping(session)
        if kept is None:
            return True
        own = session.parameters.model
        before, after = cost_with(kept.tokens, own), cost_anew(kept.tokens, other or own, session.parameters.cache)
        told = tr(
            "{tokens} tokens of this chat are in the cache of {label} until {until:%H:%M}. {why}{prices}",
            tokens=short_number(kept.tokens),
            label=clean_line(own.label, 40),
            until=kept.until.astimezone(),
            why=why,
            prices=_prices(before, after),
        )
        rows = [Row("do", do), Row("", tr("Stay"))]
        chosen = await self.app.push_screen_wait(QuestionScreen(tr("This loses the cache"), told, rows))
        return bool(chosen)

    def worth_keeping(self, session: Session) -> Cached | None:
        """What is cached of a chat, if it is much and still there."""
        kept = cached(session.path)
        if kept is None or kept.tokens < LONG or not kept.alive(datetime.now(UTC)):
            return None
        return kept

    def begin_writing(self, purpose: Purpose) -> None:
        """Write something else than the next prompt; say what changing an early one costs."""
        kept = None if self.session is None else self.worth_keeping(self.session)
        last = None if self.session is None else self.session.last_prompt()
        super().begin_writing(purpose)
        session, shown = self.session, self.notice.shown
        early = purpose.aim is Aim.VARIANT and (last is None or last.id != purpose.of)
        if session is None or kept is None or shown is None or not session.editing or not early:
            return
        before = room.used_by(session.path)
        if before < LONG:
            return
        own = session.parameters.model
        prices = _prices(cost_with(before, own), cost_anew(before, own, session.parameters.cache))
        sentence = tr(
            "{sentence} The {before} tokens before it may have to be read anew{prices}",
            sentence=shown.sentence,
            before=short_number(before),
            prices=prices,
        )
        self.notice.show(replace(shown, sentence=sentence))


def _prices(before: Decimal | None, after: Decimal | None) -> str:
    """The end of a sentence: what it costs, and what it would cost with the cache."""
    if after is None:
        return tr("; what that costs is unknown.")
    return tr(
        ": about {after}{more}.",
        after=dollars(after),
        more=tr(" instead of {before}", before=dollars(before)) if before is not None else "",
    )


def cache_in_words(kept: Cached | None, now: datetime) -> str:
    """What of the last prompt came from the cache or went into it, and until when it is there; "" without one."""
    if kept is None:
        return ""
    if not kept.alive(now):
        return tr("cache expired")
    parts = [tr("{read} read", read=short_number(kept.read))] if kept.read else []
    parts += [tr("{written} written", written=short_number(kept.written))] if kept.written else []
    return tr("cache {parts}, until {until:%H:%M}", parts=", ".join(parts), until=kept.until.astimezone())
