"""For which chat something is typed, and whether it goes out: keys may be ahead of the chats that they are for."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from salon.chat.attachments import Attachment
from salon.chat.draft import Draft
from salon.chat.library import Keeping
from salon.ui.asking import SETTLE_SECONDS
from salon.ui.flights import Flights
from salon.ui.inspecting import InspectingActions
from salon.ui.notice import NoticeText
from salon.ui.prompt import Prompt
from salon.ui.services import Services
from salon.words import tr

logger = logging.getLogger(__name__)

_ONLY_READ = tr(
    "This chat can only be read here. What you wrote goes along into a fork of it, or is put aside when you quit."
)


@dataclass(frozen=True, slots=True)
class Handed:
    """What was typed, and perhaps sent, after a person asked for another chat and before it was there."""

    draft: Draft
    full_text: str
    """The draft's text with its pastes put back in."""
    flights: Flights
    sent: tuple[Prompt.Submitted, ...]

    def unsent(self) -> Draft:
        """All of it as a draft, where it cannot be sent any more."""
        text = self.flights.rest(self.draft.text)
        queued = tuple(Draft(event.text, attachments=event.attachments) for event in self.sent)
        return replace(self.draft, text=text, pastes=self.draft.pastes if text else (), queued=queued)


@dataclass(slots=True)
class _Parted:
    """A chat's own prompt box, while what is typed belongs to the next chats: those before the last of them."""

    draft: Draft
    flights: Flights
    for_next: list[Handed] = field(default_factory=list)

    def clear_sent(self, box: str, attachments: Sequence[Attachment]) -> None:
        """Take out what was sent."""
        text, rest = self.draft.text, [each for each in self.draft.attachments if each not in attachments]
        if (span := self.flights.land(text, box)) is not None:
            text = text[: span[0]] + text[span[1] :]
        pastes = self.draft.pastes if text else ()
        self.draft = replace(self.draft, text=text, pastes=pastes, attachments=tuple(rest))


class HandingActions(InspectingActions):
    """A screen whose prompt may be typed into for the next chat already, before that is there."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.opened = asyncio.Event()
        """Set once a chat has been opened and it is known whom it is with."""
        self._early: list[Prompt.Submitted] = []
        """What was sent before there was a chat to send it in."""
        self._parted: _Parted | None = None
        """This chat's own prompt, while what is typed belongs to the next one."""
        self._settling = False

    # sending

    def submit(self, event: Prompt.Submitted) -> None:
        """Send, unless something is still on its way."""
        if not self._settling and (self.session is None or self._parted is not None or not self.opened.is_set()):
            self._early.append(event)
        elif not self._goes_out(event):
            self.prompt.flights.refuse(event.box)

    def _goes_out(self, event: Prompt.Submitted) -> bool:
        """Do with it what is to be done; whether it leaves the prompt."""
        if self._settling or self.session is None:
            return False  # the log is being closed, so this stays in the prompt and is kept as the draft
        if self.session.purpose.is_note:
            self.keep_note(event.text, event.box)
            return True
        if event.box and self.takes_command(event.text):
            return False
        if self.wait_for_attachments():
            return False
        if self.answering:
            self.clear_sent(event.box, event.attachments)
            self.queue.add(Draft(event.text, attachments=event.attachments))
            self.drafting.edited()
            return True
        if self.connection is None:
            self.post_message(self.ConnectionWanted())
            return False
        if self.is_refused(event.text, event.attachments):
            return False
        if self.session.log.keeping is Keeping.REFUSED:
            offer = NoticeText(_ONLY_READ, ("fork_chat",), "warning")
            if self.notice.shown == offer:
                self.run_chosen("fork_chat")  # the notice says that Enter does it, and words alone cannot be sent
            self.notice.show(offer)
            return False
        self.begin_turn()
        self.send(event.text, event.box, event.attachments)
        return True

    def begin_chat(self) -> None:
        """The chat is open and whom it is with is settled: send what was sent too early."""
        self.opened.set()
        if self._parted is not None:
            return  # that was for the next chat
        early, self._early = self._early, []
        for event in early:
            if not event.box or self.prompt.flights:  # otherwise it stands behind a draft now, and is read again first
                self.submit(event)

    def clear_sent(self, box: str, attachments: Sequence[Attachment]) -> None:
        """Take out of the chat's own prompt what was sent."""
        if self._parted is None:
            self.prompt.clear_sent(box, attachments)
        else:
            self._parted.clear_sent(box, attachments)

    # the draft

    def put_back(self, aside: Draft) -> None:
        """Put a draft into the chat's own prompt, before what is there."""
        typed = self.prompt.full_text() if self._parted is None else self._parted.draft.text
        whole = replace(aside, text=f"{aside.text}\n\n{typed}" if typed.strip() else aside.text)
        if self._parted is None:
            self.prompt.set_draft(whole)
        else:
            self._parted.draft = whole

    def current_draft(self) -> tuple[str, Draft] | None:
        """The session's id and its draft, None while there is no session."""
        if self.session is None:
            return None
        draft = self.prompt.draft
        if self._parted is not None:
            # What is typed for a chat that is not there yet is kept with this one until it is handed over.
            typed = [*(each.full_text for each in self._parted.for_next), self.prompt.full_text()]
            draft = replace(self._parted.draft, text=self._parted.draft.text + "".join(typed))
        return self.session.id, replace(draft, queued=self.queue.items, purpose=self.session.purpose, aside=self.aside)

    # leaving

    def part(self) -> None:
        """From here on what is typed belongs to the next chat; `stay` or `hand_over` must follow, once for each."""
        if self._parted is None:
            self._parted = _Parted(self.prompt.draft, self.prompt.flights)
        else:
            self._parted.for_next.append(self._handed())
        self.prompt.set_draft(Draft())

    def _handed(self) -> Handed:
        """What has been typed here for the next chat; what was still being attached belongs to this one."""
        assert self._parted is not None
        draft, early = self.prompt.draft, tuple(self._early)
        own = self._parted.draft
        self._parted.draft = replace(own, attachments=(*own.attachments, *draft.attachments))
        self._early = []
        return Handed(replace(draft, attachments=()), self.prompt.full_text(), self.prompt.flights, early)

    async def leave(self) -> bool:
        """Have the draft on disk before another chat is shown; False, and the chat stays, if the disk refuses it."""
        if self._parted is None:
            await self.keys_taken_in()
            self.part()
        current = self.current_draft()
        if current is None or await self.drafting.put(*current):
            return True
        self.stay()
        return False

    def unsendable(self) -> Draft:
        """What was written in a chat that can only be read, for its fork; empty in one that can be written."""
        session = self.session
        if session is None or session.log.keeping is not Keeping.REFUSED or self._parted is None:
            return Draft()
        return self._parted.draft

    def forget_unsendable(self) -> None:
        """It stands in the fork now."""
        if self._parted is not None:
            self._parted.draft = Draft()

    def stay(self) -> None:
        """There is no next chat: what was typed for it is added to this one's draft."""
        self.take_over(self.hand_over())

    def hand_over(self) -> Sequence[Handed]:
        """Give what was typed since `part` for one chat after the other, and have this chat's own draft back."""
        if self._parted is None:
            return ()
        handed = [*self._parted.for_next, self._handed()]
        own, self._parted = self._parted, None
        self.prompt.set_draft(own.draft)
        self.prompt.flights = own.flights
        self.drafting.edited()
        return handed

    def take_over(self, handed: Sequence[Handed]) -> None:
        """Put what was typed for this chat while another was shown behind its draft, and send what was sent.

        What follows was typed for the chats after this one.
        """
        for number, each in enumerate(handed):
            if number:
                self.part()
            if not each.full_text:
                continue
            own, flights = self.prompt.draft, self.prompt.flights
            if flights.rest(own.text) or own.pastes or (own.attachments and not flights):
                self.prompt.set_draft(replace(own, text=own.text + each.full_text))
                self.prompt.flights = flights
                continue
            self.prompt.set_draft(replace(each.draft, text=own.text + each.draft.text, attachments=own.attachments))
            flights.follow(each.flights)
            self.prompt.flights = flights
            for event in each.sent:
                self.submit(event)

    async def settle(self) -> None:
        """Stop what runs and put everything on disk, before the chat or the app ends."""
        session = self.session
        if session is None:
            return
        self._settling = True
        try:
            await self.keys_taken_in()
            await self.end_turn()
        finally:
            if self._parted is not None:
                self.stay()  # the next chat never came, and its words are kept in here
            await self.drafting.save()
            try:
                await asyncio.wait_for(session.log.close(), SETTLE_SECONDS)
            except TimeoutError:
                logger.error("The disk does not answer; the log of %s is not closed", session.id)

    async def give_up(self) -> None:
        """Put everything on disk and close the session; `show_session` must follow with another."""
        await self.settle()
        self.prompt.set_draft(Draft())
        self._settling = False

    async def keys_taken_in(self) -> None:
        """Wait until the prompt has what was typed before now: the app's own keys overtake those of the prompt."""
        taken_in = asyncio.Event()
        self.prompt.call_later(taken_in.set)
        try:
            await asyncio.wait_for(taken_in.wait(), SETTLE_SECONDS)
        except TimeoutError:
            logger.warning("The prompt did not answer")
