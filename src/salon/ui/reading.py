"""What a reader does: scroll, fold, search, copy, follow links. The chat screen adds what a writer does."""

from collections.abc import Callable

from textual.screen import Screen

from salon.actions import BY_ID
from salon.ui.blockcursor import BlockCursor
from salon.ui.blockscreen import BlockScreen, CopyWanted, OpenedBlock
from salon.ui.entry import Entry
from salon.ui.findbar import FindBar
from salon.ui.leaves import ShownLeaf
from salon.ui.links import checked_link
from salon.ui.notice import Notice, NoticeText
from salon.ui.picker import PickerScreen, Row
from salon.ui.prompt import Prompt
from salon.ui.transcript import Transcript
from salon.untrusted import clean_line
from salon.words import tr


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

    @property
    def find_bar(self) -> FindBar:
        """The search box."""
        return self.query_one(FindBar)

    # scrolling and folding

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

    # block by block

    def action_read(self) -> None:
        """Go through the conversation; once there, to the block above."""
        if self.transcript.has_focus:
            self.action_previous_block()
        elif self.transcript.viewport.entries:
            self.transcript.read()

    async def action_help_reading(self) -> None:
        """Show the keys."""
        await self.run_action("app.help")

    def action_leave_reading(self) -> None:
        """Back to the prompt."""
        self.prompt.focus()

    def action_previous_block(self) -> None:
        """To the block above."""
        self._step(-1)

    def action_next_block(self) -> None:
        """To the block below."""
        self._step(1)

    def action_previous_message(self) -> None:
        """To the beginning of the message, then to the one before."""
        self._step(-1, by="message")

    def action_next_message(self) -> None:
        """To the next message."""
        self._step(1, by="message")

    def action_next_code(self) -> None:
        """To the next code block."""
        self._step(1, by="code")

    def action_previous_code(self) -> None:
        """To the code block before."""
        self._step(-1, by="code")

    def _step(self, direction: int, by: str = "block") -> None:
        here = self.transcript.block
        if here is None:
            return
        cursor = BlockCursor(self.transcript.viewport)
        step = {"block": cursor.step, "message": cursor.step_message, "code": cursor.step_code}[by]
        self.transcript.put_block(step(here, direction))

    def action_fold_block(self) -> None:
        """Open or fold what is folded here."""
        here = self.transcript.block
        if here is None or self._change_block(ShownLeaf.toggle_fold):
            return
        self.transcript.toggle_fold(here.entry, here.first)
        self.transcript.put_block(BlockCursor(self.transcript.viewport).at(here.entry, here.first))

    def action_fold_all(self) -> None:
        """Open or fold all thinking and all tools."""
        self.transcript.toggle_folds()

    def action_show_source(self) -> None:
        """Show the block as the model wrote it, or draw it again."""
        if not self._change_block(ShownLeaf.toggle_source):
            self.notice.show(NoticeText(tr("This block is shown as it was written."), (), "info"))

    def action_scroll_left(self) -> None:
        """Move the block back; wrap it again at its beginning."""
        self._change_block(lambda leaf: leaf.move(-1))

    def action_scroll_right(self) -> None:
        """Have the block's lines run on beyond the edge, and move it."""
        self._change_block(lambda leaf: leaf.move(1))

    def _change_block(self, change: Callable[[ShownLeaf], bool]) -> bool:
        here = self.transcript.block
        return here is not None and self.transcript.change_leaf(here.entry, here.last, change)

    def action_open_block(self) -> None:
        """Show the block on a screen of its own."""
        here, entry = self.transcript.block, self._entry()
        leaf = None if here is None or entry is None else entry.leaf_at(here.last)
        block = OpenedBlock.of_leaf(leaf) if leaf is not None else OpenedBlock.of_text(self._block_text())
        if block.text:
            self.app.push_screen(BlockScreen(block, self.transcript.painter))

    def action_quote_block(self) -> None:
        """Put the block into the prompt as a quotation."""
        if text := self._block_text():
            quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
            before = "" if not self.prompt.text or self.prompt.text.endswith("\n") else "\n"
            self.prompt.insert(f"{before}{quoted}\n\n", self.prompt.document.end)
            self.prompt.focus()

    def _entry(self) -> Entry | None:
        here = self.transcript.block
        return None if here is None else self.transcript.viewport.entries[here.entry]

    def _block_text(self) -> str:
        here, entry = self.transcript.block, self._entry()
        return "" if here is None or entry is None else entry.block_text(here.first)

    # searching

    def action_find(self) -> None:
        """Open the search box."""
        self.find_bar.open()

    def find_from(self, entry: int, words: str) -> None:
        """Show an entry, and with the search box the first place in it that has `words`."""
        self.transcript.viewport.reveal(entry, 0, 0)
        self._found = self.transcript.look_for(words, entry)
        number = self.transcript.step_to_hit(1, entry) if self._found else 0
        self.transcript.refresh()
        if number:
            self.find_bar.open(words)
            self.find_bar.tell(number, self._found)

    def close_find(self) -> bool:
        """Close the search box; whether it was open."""
        if not self.find_bar.is_open:
            return False
        self.find_bar.close()
        self.transcript.look_for("")
        self.prompt.focus()
        return True

    def on_find_bar_sought(self, event: FindBar.Sought) -> None:
        """Mark the words and go to the first of them."""
        self._found = self.transcript.look_for(event.words)
        self.find_bar.tell(self.transcript.step_to_hit(1) if self._found else 0, self._found)

    def on_find_bar_stepped(self, event: FindBar.Stepped) -> None:
        """Go on, or back."""
        self._step_to_hit(event.direction)

    def action_find_next(self) -> None:
        """To the next occurrence."""
        self._step_to_hit(1)

    def action_find_previous(self) -> None:
        """To the occurrence before."""
        self._step_to_hit(-1)

    _found = 0

    def _step_to_hit(self, direction: int) -> None:
        if self._found:
            self.find_bar.tell(self.transcript.step_to_hit(direction), self._found)

    # copying

    def action_copy(self) -> None:
        """Copy what is selected in the prompt or in the transcript; else clear the prompt, as in a shell."""
        text = self.prompt.selected_text or self.transcript.selected_text()
        if text:
            self._copy(text, tr("the selection"))
        elif self.prompt.clear_draft():
            self.notice.show(
                NoticeText(
                    tr("The prompt is empty. {undo_key} brings it back.", undo_key=BY_ID["undo"].key), (), "info"
                )
            )
        else:
            self.notice.show(
                NoticeText(tr("Nothing is selected. {quit_key} quits.", quit_key=BY_ID["quit"].key), (), "info")
            )

    def action_copy_answer(self) -> None:
        """Copy the last answer as Markdown."""
        entry = self.transcript.last_answer()
        self._copy(entry.source() if entry is not None else "", tr("the last answer"))

    def action_copy_code(self) -> None:
        """Copy the last code block."""
        entry = self.transcript.last_answer()
        blocks = entry.code_blocks() if entry is not None else []
        self._copy(blocks[-1] if blocks else "", tr("the last code block"))

    def action_copy_block(self) -> None:
        """Copy the block that is being read."""
        self._copy(self._block_text(), tr("the block"))

    def action_copy_tsv(self) -> None:
        """Copy the table that is being read for a spreadsheet."""
        self._copy_table(1)

    def action_copy_csv(self) -> None:
        """Copy the table that is being read as comma-separated values."""
        self._copy_table(2)

    def _copy_table(self, form: int) -> None:
        here, entry = self.transcript.block, self._entry()
        leaf = None if here is None or entry is None else entry.leaf_at(here.last)
        table = leaf.table() if leaf is not None else None
        self._copy(table[form] if table is not None else "", tr("the table"))

    def action_copy_message(self) -> None:
        """Copy the message that is being read."""
        entry = self._entry()
        self._copy(entry.source() if entry is not None else "", tr("the message"))

    def _copy(self, text: str, what: str) -> None:
        if text:
            self.post_message(CopyWanted(text, what))
        else:
            self.notice.show(NoticeText(tr("There is nothing to copy as {what}.", what=what), (), "info"))

    # links

    def on_transcript_link_picked(self, event: Transcript.LinkPicked) -> None:
        """Show where a link leads; it opens only when that is confirmed."""
        self.show_link(event.href)

    def show_link(self, href: str | None) -> None:
        """Show where a link leads, with the offer to open it."""
        if href is not None:
            link, sentence = checked_link(href)
            self.notice.show(NoticeText(sentence, ("open_link",) if link else (), "info", href=link))
            self.prompt.focus()

    def action_open_links(self) -> None:
        """Show the links of the block that is being read."""
        here, entry = self.transcript.block, self._entry()
        links = [] if here is None or entry is None else entry.links_at(here.first, here.last)
        if len(links) == 1:
            self.show_link(links[0])
        elif links:
            rows = [Row(href, clean_line(href, 70)) for href in links]
            self.app.push_screen(PickerScreen(tr("Links"), rows, tr("No links.")), self.show_link)
        else:
            self.notice.show(NoticeText(tr("This block has no links."), (), "info"))

    def action_open_link(self) -> None:
        """Open the link that the notice shows."""
        if self.notice.shown is not None and self.notice.shown.href:
            self.app.open_url(self.notice.shown.href)
            self.notice.show(None)
