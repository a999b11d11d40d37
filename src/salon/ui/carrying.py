"""Chats out and in: the actions of a chat screen that open the forms for it."""

from salon.ui.blockscreen import CopyWanted
from salon.ui.notice import NoticeText
from salon.ui.tooling import ToolingActions
from salon.untrusted import clean_line
from salon.words import tr


class CarryingActions(ToolingActions):
    """A screen whose chat can be exported, and that takes in chats from elsewhere."""

    def action_export(self) -> None:
        """Ask how and where to, and write it."""
        if self.session is None or not self.session.conversation.messages:
            self.notice.show(NoticeText(tr("There is nothing to export yet."), (), "info"))
            return
        from salon.ui.exportscreen import Exported, ExportScreen  # not needed to begin a chat

        def tell(exported: Exported | None) -> None:
            if exported is None:
                return
            if exported.place:
                sentence = tr("Exported to {place}", place=clean_line(exported.place, 1000))
                self.notice.show(NoticeText(sentence, (), "info"))
            else:
                self.post_message(CopyWanted(exported.text, tr("the export")))

        self.app.push_screen(ExportScreen(self._services.carrier, self.session.conversation), tell)

    def action_import(self, place: str = "") -> None:
        """Ask for a place, and take in what is there."""
        from salon.ui.importscreen import ImportScreen  # not needed to begin a chat

        def tell(outcome: str | None) -> None:
            if outcome is not None:
                self.notice.show(NoticeText(outcome, ("open_chat",), "info"))

        demo = self.connection is not None and self.connection.demo
        self.app.push_screen(ImportScreen(self._services.carrier, demo=demo, place=place), tell)
