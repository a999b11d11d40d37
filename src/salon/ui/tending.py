"""What a person does to the tree: change earlier prompts, ask again, flip, branch, delete, take notes, fork."""

import asyncio
from dataclasses import dataclass, replace

from textual import work
from textual.message import Message as WidgetMessage

from salon.chat import conversation as tree
from salon.chat.branching import Aim, Purpose
from salon.chat.conversation import Conversation, Message
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.errors import SalonError
from salon.ui.asking import AskingActions
from salon.ui.entries import NoteEntry
from salon.ui.entry import Entry
from salon.ui.modelpicker import model_rows
from salon.ui.notice import NoticeText
from salon.ui.picker import PickerScreen, Row
from salon.ui.presenting import OLDER_BRANCH, branch_sentence, deleted_sentence, thought
from salon.ui.transcript import Transcript
from salon.ui.treescreen import TreeChoice, TreeScreen
from salon.untrusted import clean_line
from salon.words import tr

_OWN_EFFORT = tr("(its own)")


class TendingActions(AskingActions):
    """A screen whose conversation can be branched, cut and annotated."""

    @dataclass
    class ForkMade(WidgetMessage):
        """A session of its own was made of a branch."""

        session_id: str

    # where one is

    def _here(self) -> Entry | None:
        """The entry that is being read, if its message is in the tree already."""
        entry, session = self._entry(), self.session
        if entry is None or session is None:
            return None
        known = entry.message.id in session.conversation.messages or isinstance(entry, NoteEntry)
        return entry if known else None

    def _message_here(self) -> Message | None:
        """The message that is being read, of a note the one above it; without reading the last one."""
        entry, session = self._here(), self.session
        if session is None or self.transcript.block is None:
            return None if session is None else session.last
        if entry is None:
            return None
        an_id = entry.message.parent if isinstance(entry, NoteEntry) else entry.message.id
        return session.conversation.messages.get(an_id or "")

    def _free(self) -> Session | None:
        """The session, if its tree may be changed at the moment; else it is said why not."""
        session = self.session
        if session is None:
            return None
        if self.answering:
            sentence = tr("An answer is still arriving. Wait for it, or stop it first.")
            self.notice.show(NoticeText(sentence, ("stop",), "info"))
            return None
        if session.editing and self.prompt.full_text().strip() not in {"", self.begun_with.strip()}:
            sentence = tr("You are changing something. Send it first, or leave it with Esc.")
            self.notice.show(NoticeText(sentence, (), "info"))
            return None
        if session.editing:
            self.leave_writing()
        return session

    # writing elsewhere

    def action_edit_message(self) -> None:
        """Change the prompt or the note that is being read."""
        entry = self._here()
        if isinstance(entry, NoteEntry):
            self.begin_writing(Purpose(Aim.CHANGE_NOTE, entry.note.id))
        elif entry is not None and entry.message.role == "user" and not entry.message.seam:
            self.begin_writing(Purpose(Aim.VARIANT, entry.message.id))
        elif entry is not None:
            sentence = tr("Only your own words can be changed. An answer can be asked for again, or continued from.")
            self.notice.show(NoticeText(sentence, ("retry_message", "branch_here"), "info"))

    def action_branch_here(self) -> None:
        """Continue from the message that is being read."""
        if (message := self._message_here()) is not None:
            self.begin_writing(Purpose(Aim.BRANCH, message.id))

    def action_note_here(self) -> None:
        """Write a note below the message that is being read."""
        if (message := self._message_here()) is not None:
            self.begin_writing(Purpose(Aim.NOTE, message.id))

    def action_note(self) -> None:
        """Write a note at the end of the conversation."""
        self.action_note_here()

    def action_edit(self) -> None:
        """Bring the last prompt back into the box; what is sent then stands beside it."""
        last = None if self.session is None else self.session.last_prompt()
        if last is not None and self.session is not None and not self.session.editing:
            self.begin_writing(Purpose(Aim.VARIANT, last.id))

    def begin_writing(self, purpose: Purpose) -> None:
        """Write something else than the next prompt; what stood in the box waits until that is done."""
        session = self._free()
        if session is None:
            return
        before = self.prompt.draft
        draft = session.write(purpose)
        if draft is None:
            return
        self.aside = before if before else None
        self.prompt.set_draft(draft)
        self.show_writing(draft.text)
        self.drafting.edited()
        self.prompt.focus()

    # asking again

    def action_retry_message(self) -> None:
        """Ask again for the answer that is being read, or for one to the prompt that is."""
        if (message := self._message_to_answer()) is not None and self._free() is not None:
            self.begin_turn()
            self.answer_again(message.id)

    def action_retry_with(self) -> None:
        """Ask again with another model or effort, this once."""
        message, connection = self._message_to_answer(), self.connection
        if message is None or connection is None or self._free() is None:
            return
        rows = model_rows(self._services.connector.models_of(connection))
        heading = tr("Ask this once more, of\n{cost}", cost=cost_of_another(self.session, message))
        picker = PickerScreen(heading, rows, tr("No models are known."))
        self.app.push_screen(picker, lambda model: self._pick_effort(message, model))

    def _message_to_answer(self) -> Message | None:
        """The message that is being read, or without reading the last one, where it can have (another) answer."""
        session = self.session
        if session is None or self.connection is None:
            return None
        message = self._message_here()
        if message is None:
            return None
        asked = session.conversation.messages.get(message.parent or "") if message.role == "assistant" else message
        if asked is None or asked.role != "user":
            self.notice.show(NoticeText(tr("There is no prompt before this answer to answer again."), (), "info"))
            return None
        return message

    def _pick_effort(self, message: Message, model: str | None) -> None:
        connection, session = self.connection, self.session
        if model is None or connection is None or session is None:
            return
        asked = self._services.parameters(connection, model)
        asked = replace(asked, system=session.parameters.system)
        if not asked.model.efforts:
            self._ask_once(message, asked)
            return
        rows = [Row(level, level) for level in (*asked.model.efforts, _OWN_EFFORT)]
        picker = PickerScreen(tr("With which effort of {label}", label=clean_line(asked.model.label, 40)), rows, "")
        self.app.push_screen(picker, lambda level: self._pick_level(message, asked, level))

    def _pick_level(self, message: Message, asked: Parameters, level: str | None) -> None:
        if level is not None:
            self._ask_once(message, replace(asked, effort="" if level == _OWN_EFFORT else level))

    def _ask_once(self, message: Message, asked: Parameters) -> None:
        session = self._free()
        if session is None:
            return
        self.begin_turn()
        self.notice.show(NoticeText(asked_once(session, asked), (), "info"))
        self.answer_again(message.id, asked)

    def action_retry_other(self) -> None:
        """Ask for the last answer again with another model or effort, this once."""
        self.action_retry_with()

    # flipping

    def action_flip_back(self) -> None:
        """Show the variant before this one."""
        self.action_previous_variant()

    def action_flip(self) -> None:
        """Show the variant after this one."""
        self.action_next_variant()

    def action_previous_variant(self) -> None:
        """Show the variant before the message that is being read, or before the last that has several."""
        self._flip_here(-1)

    def action_next_variant(self) -> None:
        """Show the variant after the message that is being read, or after the last that has several."""
        self._flip_here(1)

    def on_transcript_variant_picked(self, event: Transcript.VariantPicked) -> None:
        """Somebody clicked on `1/2`: show the next one, and after the last the first."""
        if self._free() is not None:
            self._flip(event.entry.message.id, 1, around=True)

    def _flip_here(self, direction: int) -> None:
        session = self._free()
        if session is None:
            return
        entries = self.transcript.viewport.entries
        here = self._here()
        entry = here or next((entry for entry in reversed(entries) if entry.variant[1] > 1), None)
        if entry is None or entry.variant[1] == 1:
            what = tr("This message has") if here is not None else tr("No message here has")
            self.notice.show(NoticeText(tr("{what} no variants.", what=what), (), "info"))
            return
        self._flip(entry.message.id, direction)

    @work(group="tree", exit_on_error=False)
    async def _flip(self, message_id: str, direction: int, *, around: bool = False) -> None:
        session = self.session
        assert session is not None
        other = session.variant(message_id, direction)
        if other is None and around:
            other = tree.family(session.conversation, message_id)[0]
        if other is None:
            which = tr("last") if direction > 0 else tr("first")
            self.notice.show(NoticeText(tr("This is the {which} variant.", which=which), (), "info"))
            return
        await session.go_to(other)
        self._after_change(other)
        message = session.conversation.messages[other]
        model = self._services.model_info(message.model).label if message.model else ""
        self.notice.show(NoticeText(branch_sentence(session.conversation, other, model), (), "info"))

    def _after_change(self, an_id: str = "") -> None:
        """Show the tree as it is now, and go on reading at a message or note, or where the change was."""
        reading = self.transcript.has_focus
        changed = self.show_path()
        self.show_totals()
        entries = self.transcript.viewport.entries
        index = next((at for at, entry in enumerate(entries) if entry.message.id == an_id), None)
        if reading and entries:
            self.transcript.read_entry(min(changed, len(entries) - 1) if index is None else index)
        elif reading:
            self.prompt.focus()
        elif index is not None:
            self.transcript.reveal_entry(index)

    # deleting

    def action_delete_message(self) -> None:
        """Delete what is being read and nothing else."""
        self._delete_here(branch=False)

    def action_delete_branch(self) -> None:
        """Delete the message that is being read and all that follows."""
        self._delete_here(branch=True)

    def _delete_here(self, *, branch: bool) -> None:
        entry = self._here()
        if entry is not None and self._free() is not None:
            self._delete(entry.message.id, branch=branch)

    @work(group="tree", exit_on_error=False)
    async def _delete(self, an_id: str, *, branch: bool) -> None:
        session = self.session
        assert session is not None
        sentence = deleted_sentence(session.conversation, an_id, branch=branch)
        await session.delete(an_id, branch=branch)
        self._after_change()
        action = "undo_delete" if self.transcript.has_focus else "undelete"
        self.notice.show(NoticeText(sentence, (action,), "info"))

    def action_undo_delete(self) -> None:
        """Bring back what was deleted last."""
        if self._free() is not None:
            self._undelete()

    def action_undelete(self) -> None:
        """Bring back what was deleted last."""
        self.action_undo_delete()

    @work(group="tree", exit_on_error=False)
    async def _undelete(self) -> None:
        session = self.session
        assert session is not None
        an_id = await session.undelete()
        if an_id is None:
            self.notice.show(NoticeText(tr("Nothing was deleted here."), (), "info"))
            return
        self._after_change(an_id)
        self.notice.show(NoticeText(tr("What was deleted last is back."), (), "info"))

    # notes

    @work(group="tree", exit_on_error=False)
    async def keep_note(self, text: str, box: str) -> None:
        """Keep what was written as a note."""
        session = self.session
        assert session is not None
        note = await session.write_note(text)
        if note is None:
            self.prompt.flights.refuse(box)
            session.stop_editing()
            self.show_writing("")
            self.notice.show(NoticeText(tr("What the note was for is gone; your words are still here."), (), "warning"))
            return
        self.clear_sent(box, ())
        self.bring_back()
        self.show_writing("")
        self._after_change(note.id)
        self.notice.show(NoticeText(tr("Noted. It is yours alone and never sent."), (), "info"))
        await self.drafting.save()

    # forking and the tree

    def action_fork_here(self) -> None:
        """Make a chat of its own of everything up to the message that is being read."""
        if (message := self._message_here()) is not None:
            self.fork(message.id)

    @work(group="tree", exit_on_error=False)
    async def fork(self, message_id: str) -> None:
        """Make a chat of its own of everything up to a message, and have it shown."""
        session = self.session
        assert session is not None
        if session.log.unsaved:
            self.notice.show(
                NoticeText(tr("{unsaved} A fork is made of what is saved.", unsaved=session.log.unsaved), (), "warning")
            )
            return
        try:
            made = await asyncio.to_thread(self.drafting.library.fork, session.id, message_id)
        except SalonError as error:
            self.notice.show(NoticeText(error.sentence(), (), "error"))
            return
        self.post_message(self.ForkMade(made))

    def action_tree(self) -> None:
        """Show the whole conversation as a tree."""
        session = self._free()
        if session is None:
            return
        if not session.conversation.messages:
            self.notice.show(NoticeText(tr("There is nothing to show as a tree yet."), (), "info"))
            return
        screen = TreeScreen(session, self.transcript.painter, lambda model: self._services.model_info(model).label)
        self.app.push_screen(screen, self._tree_left)

    def _tree_left(self, choice: TreeChoice | None) -> None:
        self._go_on(choice)

    @work(group="tree", exit_on_error=False)
    async def _go_on(self, choice: TreeChoice | None) -> None:
        session = self.session
        assert session is not None
        if choice is None:
            self._after_change()
            return
        note = session.conversation.notes.get(choice.of)
        message_id = choice.of if note is None else note.parent or ""
        if message_id in session.conversation.messages:
            await session.go_to(message_id)
        self._after_change(choice.of)
        if choice.action == "fork":
            self.fork(message_id)
        elif choice.action == "note":
            self.begin_writing(Purpose(Aim.NOTE, message_id))
        elif choice.action == "edit":
            aim = Aim.CHANGE_NOTE if note is not None else Aim.VARIANT
            self.begin_writing(Purpose(aim, choice.of))
        elif choice.of in session.conversation.messages:
            self.notice.show(self._place_of(session.conversation, choice.of))

    def _place_of(self, conversation: Conversation, message_id: str) -> NoticeText | None:
        """Where a message stands, if that is worth saying."""
        sentence = branch_sentence(conversation, message_id)
        alone = len(tree.family(conversation, message_id)) == 1
        if alone and OLDER_BRANCH not in sentence:
            return None
        return NoticeText(sentence.partition(". ")[2] if alone else sentence, (), "info")


def cost_of_another(session: Session | None, message: Message) -> str:
    """What it costs to have an answer of another model than the chat's, in words."""
    if session is None:
        return ""
    path = tree.path(session.conversation, message.parent if message.role == "assistant" else message.id)
    lost = tr(", and it cannot read the thinking so far") if any(map(thought, path)) else ""
    own = clean_line(session.parameters.model.label, 40)
    return tr("Another model than {own} reads everything anew: nothing comes from the cache{lost}.", own=own, lost=lost)


def asked_once(session: Session, asked: Parameters) -> str:
    """Of whom an answer is asked, and that the chat goes on as before."""
    own, other = session.parameters.model, asked.model
    effort = tr(" with effort {effort}", effort=asked.effort) if asked.effort else ""
    return tr(
        "{label} answers this once{effort}; the chat stays with {label2}.",
        label=clean_line(other.label, 40),
        effort=effort,
        label2=clean_line(own.label, 40),
    )
