"""What a reader does: scroll, fold, copy, follow links. The chat screen adds what a writer does."""

from textual.screen import Screen

from salon.actions import BY_ID
from salon.ui.links import checked_link
from salon.ui.notice import Notice, NoticeText
from salon.ui.prompt import Prompt
from salon.ui.transcript import Transcript


class ReadingActions(Screen[None]):
    """A screen with a transcript, a prompt and a notice, and the actions of somebody who reads."""

    @property
    def transcript(self) -> Transcript:
        """The conversation pane."""
        return self.query_one(Transcript)

    @property
    def prompt(self) -> Prompt:
        """The prompt box."""
        return self.query_one(Prompt)

    @property
    def notice(self) -> Notice:
        """The notice above the prompt."""
        return self.query_one(Notice)

    def action_page_up(self) -> None:
        """Scroll up by a page."""
        self.transcript.page(-1)

    def action_page_down(self) -> None:
        """Scroll down by a page."""
        self.transcript.page(1)

    def action_to_top(self) -> None:
        """Go to the beginning."""
        self.transcript.to_top()

    def action_to_end(self) -> None:
        """Go to the end and follow it."""
        self.transcript.to_end()

    def action_toggle_thinking(self) -> None:
        """Open or fold all thinking."""
        self.transcript.set_thinking_open(not self.transcript.thinking_open)

    def action_copy(self) -> None:
        """Copy what is selected in the prompt or in the transcript."""
        text = self.prompt.selected_text or self.transcript.selected_text()
        if text:
            self._copy(text, "the selection")
        else:
            self.notice.show(NoticeText(f"Nothing is selected. {BY_ID['quit'].key} quits.", (), "info"))

    def action_copy_answer(self) -> None:
        """Copy the last answer as Markdown."""
        entry = self.transcript.last_answer()
        self._copy(entry.source() if entry is not None else "", "the last answer")

    def action_copy_code(self) -> None:
        """Copy the last code block."""
        entry = self.transcript.last_answer()
        blocks = entry.code_blocks() if entry is not None else []
        self._copy(blocks[-1] if blocks else "", "the last code block")

    def _copy(self, text: str, what: str) -> None:
        if not text:
            self.notice.show(NoticeText(f"There is nothing to copy as {what}.", (), "info"))
            return
        self.app.copy_to_clipboard(text)
        size = f"{len(text):,} characters"
        self.notice.show(NoticeText(f"Sent {what} to the terminal's clipboard ({size}).", (), "info"))

    def on_transcript_link_picked(self, event: Transcript.LinkPicked) -> None:
        """Show where a link leads; it opens only when that is confirmed."""
        link, sentence = checked_link(event.href)
        self.notice.show(NoticeText(sentence, ("open_link",) if link else (), "info", href=link))

    def action_open_link(self) -> None:
        """Open the link that the notice shows."""
        if self.notice.shown is not None and self.notice.shown.href:
            self.app.open_url(self.notice.shown.href)
            self.notice.show(None)
