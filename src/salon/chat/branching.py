"""What a person does to the tree of an open conversation: flip, branch, delete, take notes. Asking is the session's.

Each change is in the log before it is seen. Where the next prompt is to stand is no change yet: it is part of the draft
(`Purpose`), so leaving it again leaves no trace, and a crash in between takes nothing.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from salon.chat import conversation as tree
from salon.chat.conversation import Charge, Conversation, Message, Note
from salon.chat.ids import new_id
from salon.chat.turn import Log, Record, charge_record, utc_now


class Aim(StrEnum):
    """What is being written."""

    SAY = ""
    """A prompt below the leaf."""
    VARIANT = "variant"
    """A prompt beside an earlier one."""
    BRANCH = "branch"
    """A prompt below an earlier message."""
    NOTE = "note"
    """A note below a message."""
    CHANGE_NOTE = "change_note"
    """Other words for a note."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What is being written, and of which message or note that is."""

    aim: Aim = Aim.SAY
    of: str = ""

    def __bool__(self) -> bool:
        return self.aim is not Aim.SAY

    @property
    def is_note(self) -> bool:
        """Whether it is for the person alone and will not be sent."""
        return self.aim in {Aim.NOTE, Aim.CHANGE_NOTE}


NEXT_PROMPT = Purpose()


class Branching:
    """A conversation, its log, and what is done to its tree apart from asking."""

    def __init__(self, conversation: Conversation, log: Log) -> None:
        self.conversation = conversation
        self.log = log
        self.purpose = NEXT_PROMPT
        """What the person is writing."""
        self._came_from: str | None = None
        """The leaf that an earlier place was gone to from, for the time that something is written there."""
        self._changing = asyncio.Lock()
        """Changes of the tree are made one after the other."""

    async def charge(self, charge: Charge) -> None:
        """Keep what a request beside the conversation used, so that it is in the sums."""
        self.conversation = tree.with_charge(self.conversation, charge)
        await self.log.append(charge_record(charge), durable=True)

    # where the next prompt stands

    @property
    def editing(self) -> bool:
        """Whether what is written next will stand elsewhere than below the leaf."""
        return bool(self.purpose)

    def begin(self, purpose: Purpose) -> str | None:
        """Write something else than the next prompt from now on; the words to begin with, None if it cannot be.

        Nothing is written before it is sent, so a person who leaves finds the conversation as it was.
        """
        self.stop_editing()
        messages, notes = self.conversation.messages, self.conversation.notes
        match purpose:
            case Purpose(Aim.VARIANT, of) if of in messages and messages[of].role == "user":
                self._go_back(messages[of].parent)
                words = messages[of].text
            case Purpose(Aim.BRANCH, of) if of in messages:
                self._go_back(of)
                words = ""
            case Purpose(Aim.NOTE, of) if of in messages:
                words = ""
            case Purpose(Aim.CHANGE_NOTE, of) if of in notes:
                words = notes[of].text
            case _:
                return None
        self.purpose = purpose
        return words

    def stop_editing(self) -> None:
        """Write the next prompt again, and leave everything as it is."""
        if self._came_from is not None:
            self.conversation = tree.at(self.conversation, self._came_from)
        self._have_written()

    def _have_written(self) -> None:
        self.purpose, self._came_from = NEXT_PROMPT, None

    def _go_back(self, message_id: str | None) -> None:
        self._came_from = self.conversation.leaf
        self.conversation = tree.at(self.conversation, message_id)

    # moving

    def variant(self, message_id: str, direction: int) -> str | None:
        """The variant after a message (+1) or before it (-1); None where there is none."""
        family = tree.family(self.conversation, message_id)
        index = family.index(message_id) + direction
        return family[index] if 0 <= index < len(family) else None

    async def go_to(self, message_id: str) -> None:
        """Show the branch of a message as it was last looked at. A message that is shown already is no move."""
        async with self._changing:
            if all(message.id != message_id for message in self.path):
                await self._change({"k": "leaf"}, "of", lambda before: tree.select(before, message_id))

    # deleting

    async def delete(self, an_id: str, *, branch: bool) -> None:
        """Delete a message, with `branch` all that is below it too, or a note; `undelete` brings it back."""
        async with self._changing:
            only = an_id in self.conversation.messages and not branch
            record = {"k": "del", "of": an_id} | ({"only": True} if only else {})
            await self._change(record, "leaf", lambda before: tree.delete(before, an_id, branch=branch))

    async def undelete(self) -> str | None:
        """Bring back what was deleted last; its id, None where nothing is deleted."""
        async with self._changing:
            last = next(reversed([*self.conversation.deleted]), None)
            if last is not None:
                await self._change({"k": "del", "of": last, "undo": True}, "leaf", tree.undelete)
            return last

    # notes

    async def write_note(self, text: str) -> Note | None:
        """Keep what was written as the note that it was begun as; None where that cannot be any more."""
        async with self._changing:
            purpose, before = self.purpose, self.conversation
            if purpose.aim is Aim.CHANGE_NOTE and purpose.of in before.notes:
                note = replace(before.notes[purpose.of], text=text)
                record: Record = {"k": "note", "of": note.id, "text": text}
            elif purpose.aim is Aim.NOTE and purpose.of in before.messages:
                note = Note(id=new_id(), parent=purpose.of, text=text, created=utc_now())
                record = {"k": "note", "id": note.id, "parent": note.parent, "text": text}
            else:
                return None
            await self._change(record, "", lambda before: tree.put_note(before, note))
            self._have_written()
            return note

    async def _change(self, record: Record, leaf_key: str, change: Callable[[Conversation], Conversation]) -> None:
        """Log what a change does, the leaf that it leads to under `leaf_key`, then show it."""
        told = record | ({leaf_key: change(self.conversation).leaf} if leaf_key else {})
        await self.log.append(told, durable=told["k"] != "leaf")
        # Once more, because settings may have changed while the disk was busy.
        self.conversation = change(self.conversation)

    # what is on the path

    @property
    def path(self) -> list[Message]:
        """The messages from the root to the leaf."""
        return tree.path(self.conversation)

    def last_prompt(self) -> Message | None:
        """The person's last prompt on the path."""
        return next((message for message in reversed(self.path) if message.role == "user" and not message.seam), None)
