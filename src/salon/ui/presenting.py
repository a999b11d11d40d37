"""From a conversation to what the screen shows of it: entries, notices and figures."""

import json
from dataclasses import replace

from salon.actions import BY_ID
from salon.chat import conversation as tree
from salon.chat.conversation import Conversation, Message, Status
from salon.markdown import Line, Span, look
from salon.ui.entries import AnswerEntry, Entry, PromptEntry, SeamEntry, ending_of
from salon.ui.notice import NoticeText
from salon.ui.sections import short_number
from salon.untrusted import clean_line

_SAME_HERE = {"edit_base_url": "change_key"}
"""What a fault may advise and one screen does together: a key and the server it is for."""


def entries_of(conversation: Conversation) -> list[Entry]:
    """The entries of the current path."""
    shown: list[Entry] = []
    continues = ""
    for message in tree.path(conversation):
        shown.append(entry_of(conversation, message, continues))
        continues = continued_text(conversation, message)
    return shown


def entry_of(conversation: Conversation, message: Message, continues: str = "") -> Entry:
    """The entry of one message; `continues` is the cut answer's text where the message goes on from it."""
    variant = variant_of(conversation, message)
    if message.role == "assistant":
        return AnswerEntry(message, variant, continues)
    return SeamEntry(message) if message.seam else PromptEntry(message, variant, conversation.lost)


def continued_text(conversation: Conversation, message: Message) -> str:
    """The text that an answer to `message` goes on from: the cut answer's before a seam, else ""."""
    if not message.seam or message.parent is None:
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


def greeting(model: str, *, demo: bool) -> list[Line]:
    """What stands in a new chat: whom one talks to, and the keys to begin with."""
    first = BY_ID["newline"].key_names()
    keys = [("Enter", "sends"), (f"{first[0]} or {first[1]}", "starts a new line")]
    keys += [
        (BY_ID[action].key, says)
        for action, says in (("open_chat", "opens an earlier chat"), ("help", "shows all keys"))
    ]
    rows = [f"A new chat with {clean_line(model, 60)}." if model else "A new chat."]
    if demo:
        rows.append("Its answers are scripted. Type tour to see what Salon can do.")
    lines = [Line((Span("  ", look()), Span(row, look("text-muted")))) for row in rows]
    lines.append(Line(()))
    width = max(len(key) for key, _ in keys)
    lines += [
        Line((Span("  ", look()), Span(key.ljust(width + 2), look("text-muted")), Span(says, look("text-faint"))))
        for key, says in keys
    ]
    return lines


def coming_variant(conversation: Conversation, parent: str | None) -> tuple[int, int]:
    """Which variant the answer is that has just begun to arrive; once it has ended, `variant_of` says the same."""
    family = [child for child in conversation.children.get(parent, ()) if conversation.messages[child].content]
    return len(family) + 1, len(family) + 1


def notice_after(message: Message, *, can_continue: bool) -> NoticeText | None:
    """What to offer when an answer did not simply end; None when it did."""
    fault = message.fault or {}
    if message.status is Status.ERROR:
        sentence = f"{clean_line(str(fault.get('what', 'The answer failed.')), 400)} Your message is saved."
        now = clean_line(str(fault.get("now", "")), 300)
        actions = fault_actions(message, can_continue=can_continue)
        return NoticeText(f"{sentence} {now}".strip(), actions, "error", details_of(message))
    if message.status is Status.REFUSED:
        return NoticeText(f"{ending_of(message)[0]} Your message is saved.", ("retry",), "warning", details_of(message))
    if message.status in {Status.INTERRUPTED, Status.MAX_TOKENS, Status.STOPPED}:
        actions = ("continue", "retry") if can_continue else ("retry",)
        role = "info" if message.status is Status.STOPPED else "warning"
        details = details_of(message) if fault else ""
        actions = (*actions, *(("show_details",) if details else ()))
        return NoticeText(kept_sentence(message), actions, role, details)
    return None


def notice_of(conversation: Conversation, *, can_continue: bool) -> NoticeText | None:
    """What to say of a conversation that is opened: what the loader mended, and what its end needs."""
    last = conversation.messages.get(conversation.leaf or "")
    notice = None
    if last is not None and last.role == "assistant":
        notice = notice_after(last, can_continue=can_continue)
    elif last is not None:
        notice = NoticeText("The last message has no answer yet.", ("retry",), "info")
    if not conversation.notices:
        return notice
    if notice is None:
        return NoticeText(" ".join(conversation.notices), (), "info")
    return replace(notice, sentence=" ".join((*conversation.notices, notice.sentence)))


def kept_sentence(message: Message) -> str:
    """That what came of a cut answer is safe, and how much it is."""
    words = len(message.text.split())
    if not words:
        return "Your message is saved."
    return f"The {short_number(words)} words above are kept." if words > 1 else "The word above is kept."


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
