"""What an answer that is on its way asks the person, and what they say."""

import asyncio

from salon.chat.permission import Decision, Permission
from salon.ui.makingroom import MakingRoomActions
from salon.ui.notice import NoticeText
from salon.ui.question import Asked, Question
from salon.words import tr


class QuestioningActions(MakingRoomActions):
    """A screen whose answers may wait for the person."""

    @property
    def question(self) -> Question:
        """What is asked before an answer goes on."""
        return self.query_one(Question)

    async def put_question(self, asked: Asked, told: str) -> Decision:
        """What the person says; no where they stop the turn. `told` is what they read of the chat elsewhere."""
        self._answers.ask_person(True)
        if not self.is_current:
            self.post_message(self.PersonWanted(self, told))
        said = asyncio.ensure_future(self.question.ask(asked))
        gave_up = asyncio.ensure_future(self._gave_up.wait())
        try:
            await asyncio.wait([said, gave_up], return_when=asyncio.FIRST_COMPLETED)
            return said.result() if said.done() else Decision(Permission.NO)
        finally:
            said.cancel()
            gave_up.cancel()
            self._answers.ask_person(False)

    def action_allow_once(self) -> None:
        """Say yes this once."""
        self._answer(Permission.ONCE)

    def action_allow_chat(self) -> None:
        """Say yes, and to this tool in this chat from now on, or until so much is spent."""
        self._answer(Permission.CHAT)

    def action_allow_always(self) -> None:
        """Say yes, and to this tool in all chats from now on."""
        self._answer(Permission.ALWAYS)

    def action_refuse_call(self, why: str = "") -> None:
        """Say no; the model is told why its tool does not run."""
        self._answer(Permission.NO, why)

    def action_show_call(self) -> None:
        """Show more of what is asked about."""
        self.question.unfold()

    def _answer(self, permission: Permission, why: str = "") -> None:
        asked = self.question.asked
        if asked is None:
            self.notice.show(NoticeText(tr("Nothing is waiting for an answer."), (), "info"))
        elif permission in asked.answers:
            self.question.answer(permission, why)
