"""From a conversation to what the screen shows of it: entries, notices and figures."""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import replace

from salon.actions import BY_ID
from salon.chat import conversation as tree
from salon.chat.answer import PAUSED
from salon.chat.blocks import kind_of
from salon.chat.branching import Aim
from salon.chat.conversation import WINDOW_FULL, Conversation, Message, Note, Status
from salon.chat.room import beginning_on
from salon.chat.session import Session
from salon.chat.tools import TOOL_SEAM, waiting_calls
from salon.markdown import Line, Span, look, warm_up_for
from salon.ui.answerentry import AnswerEntry
from salon.ui.entries import LeftOutEntry, NoteEntry, PromptEntry, ResultEntry, SeamEntry
from salon.ui.entry import Entry
from salon.ui.notice import NoticeText
from salon.ui.sections import short_number
from salon.untrusted import clean_line
from salon.words import plural, tr

MAKING_ROOM = ("summarise", "trim", "fresh_chat", "pick_model")
"""What helps when the context window is full."""
_AT_THE_END = 4
"""Messages that may be in view when a conversation is opened: more of them are short, and need little."""
_SAME_HERE = {"edit_base_url": "change_key"}
"""What a fault may advise and one screen does together: a key and the server it is for."""


def entries_of(conversation: Conversation, shown: Sequence[Entry] = ()) -> list[Entry]:
    """The entries of the current path, with the notes below each message.

    Those among `shown`, which has been shown before, that are still right where they stand are used again.
    """
    entries: list[Entry] = []
    notes: dict[str | None, list[Note]] = {}
    for note in conversation.notes.values():
        notes.setdefault(note.parent, []).append(note)
    continues = ""
    path = tree.path(conversation)
    beginning = beginning_on(path, conversation)
    for message in path:
        if message.id == beginning:
            before = shown[len(entries)] if len(entries) < len(shown) else None
            marks = isinstance(before, LeftOutEntry) and before.message.parent == message.id
            entries.append(before if before is not None and marks else LeftOutEntry(message))
        before = shown[len(entries)] if len(entries) < len(shown) else None
        if before is not None and before.shows(message, variant_of(conversation, message)):
            entries.append(before)
        else:
            entries.append(entry_of(conversation, message, continues))
        for note in notes.get(message.id, ()):
            before = shown[len(entries)] if len(entries) < len(shown) else None
            entries.append(before if isinstance(before, NoteEntry) and before.note is note else NoteEntry(note))
        continues = continued_text(conversation, message)
    return entries


def opening_entries(conversation: Conversation) -> list[Entry]:
    """The entries of a conversation that is about to be shown at its end; in a thread, for it may take a second."""
    for message in tree.path(conversation)[-_AT_THE_END:]:
        warm_up_for(message.text)
    return entries_of(conversation)


def entry_of(conversation: Conversation, message: Message, continues: str = "") -> Entry:
    """The entry of one message; `continues` is the cut answer's text where the message goes on from it."""
    variant = variant_of(conversation, message)
    if message.role == "assistant":
        return AnswerEntry(message, variant, continues)
    if message.seam == TOOL_SEAM:
        return ResultEntry(message)
    return SeamEntry(message) if message.seam else PromptEntry(message, variant, conversation.lost)


def continued_text(conversation: Conversation, message: Message) -> str:
    """The text that an answer to `message` goes on from: the cut answer's before a seam, else ""."""
    if message.seam != "continue" or message.parent is None:
        return ""
    return conversation.messages[message.parent].text


def variant_of(conversation: Conversation, message: Message) -> tuple[int, int]:
    """Which of its siblings a message is, counted from 1, and how many there are.

    Attempts that failed before anything came are no variants, except the one that is being looked at.
    """
    if message.id not in conversation.messages or len(tree.siblings(conversation, message.id)) == 1:
        return 1, 1
    family = tree.family(conversation, message.id)
    return family.index(message.id) + 1, len(family)


def writing_sentence(session: Session) -> str:
    """What becomes of what is being written, and that Esc leaves everything as it is."""
    purpose = session.purpose
    match purpose.aim:
        case Aim.VARIANT:
            return tr("What you send now stands beside your earlier prompt, which is kept. Esc leaves that as it was.")
        case Aim.BRANCH:
            after = len(tree.below(session.conversation, purpose.of)) - 1
            kept = (
                plural(" The {n:,} below it is kept beside it.", " The {n:,} below it are kept beside it.", after)
                if after
                else ""
            )
            return tr(
                "What you send now goes on from the message above.{kept} Esc leaves everything as it was.", kept=kept
            )
        case Aim.NOTE:
            return tr("Enter keeps this as a note below the message. It is never sent. Esc leaves it.")
        case _:
            return tr("Enter changes the note. Esc leaves it as it was.")


OLDER_BRANCH = tr(" This is an older branch: the newest message is in another one.")


def branch_sentence(conversation: Conversation, message_id: str, model: str = "") -> str:
    """Where one is after going to a variant: which it is, of which `model`, and what belongs to it."""
    number, of = variant_of(conversation, conversation.messages[message_id])
    path = [message.id for message in tree.path(conversation)]
    after = len(path) - path.index(message_id) - 1 if message_id in path else 0
    told = tr(
        "Variant {number} of {of}{more}",
        number=number,
        of=of,
        more=tr(", by {model}", model=clean_line(model, 40)) if model else "",
    )
    if after:
        told += plural("; the message after it belongs", "; the {n:,} messages after it belong", after)
        told += tr(" to it")
    return f"{told}.{older_branch(conversation)}"


def older_branch(conversation: Conversation) -> str:
    """A sentence where the newest message is not on the path, else ""; it begins with a blank."""
    newest = next(reversed([*conversation.messages]), None)
    if newest is None or any(message.id == newest for message in tree.path(conversation)):
        return ""
    return OLDER_BRANCH


def deleted_sentence(conversation: Conversation, an_id: str, *, branch: bool) -> str:
    """What is about to be deleted, and what that costs."""
    if an_id in conversation.notes:
        return tr("The note is deleted.")
    after = tree.below(conversation, an_id)[1:]
    if branch and after:
        count = plural("the one message", "the {n:,} messages", len(after))
        return tr("This message and {count} below it are deleted.", count=count)
    if after and any(thought(conversation.messages[each]) for each in after):
        return tr(
            "This message alone is deleted. What Claude thought after it was bound to it and is not sent any more."
        )
    return tr("This message alone is deleted.") if after else tr("The message is deleted.")


def thought(message: Message) -> bool:
    """Whether a message has thinking in it."""
    return any(kind_of(block) in {"thinking", "redacted_thinking"} for block in message.content)


def greeting(rows: Sequence[str], keys: Sequence[tuple[str, str]], width: int) -> list[Line]:
    """What stands in a new chat: some sentences, and some keys with what they do, in `width` cells."""
    wrapped = [part for row in rows for part in textwrap.wrap(row, max(20, width - 4))]
    lines = [Line((Span("  ", look()), Span(row, look("text-muted")))) for row in wrapped]
    lines.append(Line(()))
    column = max((len(key) for key, _ in keys), default=0)
    if column > width // 3:  # the first of several keys will do
        keys = [(key.partition(tr(" or "))[0], says) for key, says in keys]
        column = max((len(key) for key, _ in keys), default=0)
    lines += [
        Line((Span("  ", look()), Span(key.ljust(column + 2), look("text-muted")), Span(says, look("text-faint"))))
        for key, says in keys
    ]
    return lines


def coming_variant(conversation: Conversation, parent: str | None) -> tuple[int, int]:
    """Which variant the answer is that has just begun to arrive; once it has ended, `variant_of` says the same."""
    family = [child for child in conversation.children.get(parent, ()) if conversation.messages[child].content]
    return len(family) + 1, len(family) + 1


def notice_after(message: Message, *, can_continue: bool, waits_for_tools: bool = False) -> NoticeText | None:
    """What to offer when an answer did not simply end; None when it did. What happened stands below the answer."""
    fault = message.fault or {}
    if message.status is Status.ERROR:
        now = clean_line(str(fault.get("now", "")), 300)
        actions = fault_actions(message, can_continue=can_continue)
        return NoticeText(tr("Your message is saved. {when}", when=now).strip(), actions, "error", details_of(message))
    if message.status is Status.REFUSED:
        return NoticeText(
            tr("Your message is saved."),
            ("edit", "pick_model", "retry"),  # the same words to the same model are declined again
            "warning",
            details_of(message),
        )
    if message.stop_reason == WINDOW_FULL:
        return NoticeText(kept_sentence(message), MAKING_ROOM, "warning")
    if message.status in {Status.INTERRUPTED, Status.MAX_TOKENS, Status.STOPPED}:
        actions = ("continue", "retry") if can_continue else ("retry",)
        role = "info" if message.status is Status.STOPPED else "warning"
        details = details_of(message) if fault else ""
        actions = (*actions, *(("edit",) if message.status is Status.STOPPED else ()))
        actions = (*actions, *(("show_details",) if details else ()))
        return NoticeText(kept_sentence(message), actions, role, details)
    if waits_for_tools:
        return NoticeText(tr("This answer has not gone on after its tools."), ("continue", "retry"), "info")
    if message.stop_reason == PAUSED and can_continue:
        return NoticeText(tr("The answer paused too often to go on by itself."), ("continue",), "info")
    return None


def notice_of(conversation: Conversation, *, can_continue: bool) -> NoticeText | None:
    """What to say of a conversation that is opened: what the loader mended, and what its end needs."""
    last = conversation.messages.get(conversation.leaf or "")
    notice = None
    if last is not None and last.role == "assistant":
        waits = bool(waiting_calls(tree.path(conversation)))
        notice = notice_after(last, can_continue=can_continue, waits_for_tools=waits)
    elif last is not None:
        notice = NoticeText(tr("The last message has no answer yet."), ("retry",), "info")
    if older := older_branch(conversation).strip():
        sentence = f"{notice.sentence} {older}" if notice is not None else older
        notice = replace(notice or NoticeText("", role="info"), sentence=sentence)
        notice = replace(notice, actions=(*notice.actions, "tree"))
    if not conversation.notices:
        return notice
    if notice is None:
        return NoticeText(" ".join(conversation.notices), (), "info")
    return replace(notice, sentence=" ".join((*conversation.notices, notice.sentence)))


def kept_sentence(message: Message) -> str:
    """That what came of a cut answer is safe, and how much it is."""
    words = len(message.text.split())
    if not words:
        return tr("Your message is saved.")
    return plural("The word above is kept.", "The {words} words above are kept.", words, words=short_number(words))


def fault_actions(message: Message, *, can_continue: bool = True) -> tuple[str, ...]:
    """The actions that a stored fault offers, as far as they would do something here."""
    actions = (message.fault or {}).get("actions")
    named = [str(action) for action in actions] if isinstance(actions, list | tuple) else ["retry"]
    named = [_SAME_HERE.get(action, action) for action in (*named, "show_details")]
    idle = ({"continue"} if not can_continue else set()) | ({"show_details"} if not details_of(message) else set())
    return tuple(dict.fromkeys(action for action in named if action in BY_ID and action not in idle)) or ("retry",)


def details_of(message: Message) -> str:
    """Status, type, request id and host of a failure, one line."""
    details = (message.fault or {}).get("details")
    shown = dict(details) if isinstance(details, dict) else {}
    if message.request_id:
        shown.setdefault("request_id", message.request_id)
    if message.stop_details:
        shown["stop_details"] = json.dumps(dict(message.stop_details), ensure_ascii=False)
    return " · ".join(
        f"{clean_line(str(key), 40)}: {clean_line(str(value), 200)}" for key, value in shown.items() if value
    )
