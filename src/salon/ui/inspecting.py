"""Looking at a turn in full."""

from typing import Any

from salon.chat.conversation import Message
from salon.chat.exchange import told
from salon.chat.session import Session
from salon.ui.comparing import ComparingActions
from salon.ui.inspectscreen import InspectScreen
from salon.ui.notice import NoticeText
from salon.words import tr


class InspectingActions(ComparingActions):
    """A screen that shows what was sent and what came back."""

    def action_inspect(self) -> None:
        """Show the request and the response of the answer that is being read, or of the last one."""
        session = self.session
        if session is None:
            return
        turn = session.turn if self.transcript.block is None else None
        if turn is not None:
            self._inspect(session, turn.answer.id)
            return
        message = self._answer_here(session)
        if message is None:
            self.notice.show(NoticeText(tr("There is no answer to look into yet."), (), "info"))
            return
        self._inspect(session, message.id)

    def _answer_here(self, session: Session) -> Message | None:
        """The answer that is being read, of a prompt the one below it; without reading the last one."""
        path = session.path
        here = self._message_here()
        if here is None:
            return None
        start = next((at for at, each in enumerate(path) if each.id == here.id), 0)
        order = path[start:] if self.transcript.block is not None else path[::-1]
        return next((each for each in order if each.role == "assistant"), None)

    def _inspect(self, session: Session, answer_id: str) -> None:
        def arriving() -> bool:
            return session.turn is not None and session.turn.answer.id == answer_id

        def find() -> dict[str, Any]:
            turn = session.turn
            if turn is not None and turn.answer.id == answer_id:
                return told(turn.exchange(), turn.message())
            answer = session.conversation.messages[answer_id]
            return told(session.exchange_of(answer, self._services.model_info(answer.model)), answer)

        self.app.push_screen(InspectScreen(find, self.transcript.painter, arriving=arriving))
