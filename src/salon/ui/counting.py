"""What is about to be sent, in characters, tokens and dollars: estimated while one writes, counted when asked."""

import asyncio

from textual import work

from salon.chat.attachments import text_tokens
from salon.chat.model import ModelInfo, cost_of
from salon.chat.request import NothingAsked
from salon.errors import SalonError
from salon.ui.attachmentbar import AttachmentBar
from salon.ui.carrying import CarryingActions
from salon.ui.notice import NoticeText
from salon.ui.sections import short_number
from salon.ui.services import Services
from salon.words import tr

LONG_DRAFT = 2_000
"""Characters from which on it is said what a draft comes to."""
ESTIMATE_SECONDS = 0.4
"""How long after a key the estimate follows; it looks at the whole draft."""
COUNT_SECONDS = 0.3
"""A count that is asked for again within this time is asked once."""


class CountingActions(CarryingActions):
    """A screen that says what its prompt comes to."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._estimating = False

    @property
    def attachment_bar(self) -> AttachmentBar:
        """The attachments above the prompt, and the estimate."""
        return self.query_one(AttachmentBar)

    def estimate_soon(self) -> None:
        """Say what the draft comes to when the next pause is there."""
        if not self._estimating:
            self._estimating = True
            self.set_timer(ESTIMATE_SECONDS, self._estimate)

    def _estimate(self) -> None:
        self._estimating = False
        attachments = self.prompt.attachments
        text = self.prompt.full_text()
        if self.session is None or (not attachments and len(text) < LONG_DRAFT):
            self.attachment_bar.show_estimate(())
            return
        tokens = text_tokens(text) + sum(each.tokens or 0 for each in attachments)
        about = tr("at least") if any(each.tokens is None for each in attachments) else tr("about")
        cost = cost_in_words(tokens + self.context_before(), self.session.parameters.model)
        told = [
            tr("{about} {tokens} tokens", about=about, tokens=short_number(tokens)),
            *([tr("{about} {cost} with this chat", about=about, cost=cost)] if cost else []),
        ]
        self.attachment_bar.show_estimate((*told, *([tr("{count:,} characters", count=len(text))] if text else [])))

    def context_before(self) -> int:
        """How many tokens the conversation has so far."""
        return self.status_bar.status.context_used

    @work(group="count", exclusive=True, exit_on_error=False)
    async def action_count_tokens(self) -> None:
        """Ask the server how many tokens would be sent."""
        session, connection = self.session, self.connection
        if session is None or connection is None:
            return
        await asyncio.sleep(COUNT_SECONDS)
        text, attachments = self.prompt.full_text(), self.prompt.attachments
        model = session.parameters.model
        try:
            tokens = await connection.client.count_tokens(await session.prepared(text, attachments))
        except NothingAsked:
            self.notice.show(NoticeText(tr("There is nothing to count yet."), (), "info"))
            return
        except SalonError as error:
            self.notice.show(NoticeText(error.sentence(), (), "info"))
            return
        exact = tokens is not None
        if tokens is None:
            estimated = text_tokens(text) + sum(each.tokens or 0 for each in attachments)
            tokens = self.context_before() + estimated
        cost = cost_in_words(tokens, model)
        told = tr(
            "{mark}{tokens:,} tokens would be sent with this chat", mark="" if exact else tr("About "), tokens=tokens
        )
        self.notice.show(NoticeText(told + (tr(", {cost} before the answer.", cost=cost) if cost else "."), (), "info"))


def cost_in_words(tokens: int, model: ModelInfo) -> str:
    """What it costs to have the model read this many tokens; "" where the price is unknown."""
    cost = cost_of({"input_tokens": tokens}, model.prices)
    if cost is None:
        return ""
    return (
        f"${cost:.2f}"
        if cost >= 1
        else f"${cost:.4f}".rstrip("0").rstrip(".")
        if cost >= 0.0001
        else tr("under $0.0001")
    )
