"""What is said under an answer of how it ended."""

from salon.chat.conversation import WINDOW_FULL, Message, Status
from salon.untrusted import clean_line
from salon.words import tr

_ORDINARY = {None, "end_turn", "stop_sequence", "tool_use", "compaction"}
"""Stop reasons of which there is nothing to say."""


def ending_of(message: Message) -> tuple[str, str]:
    """The sentence under an answer that did not simply end, and its role; "" for one that did."""
    fault = clean_line(str((message.fault or {}).get("what", "")), 400)
    match message.status:
        case Status.STOPPED:
            return (tr("Stopped.") if message.content else tr("Stopped before anything came.")), "text-muted"
        case Status.INTERRUPTED:
            return fault or tr("Salon was closed before this answer was whole."), "warning"
        case Status.ERROR:
            return fault or tr("This answer failed before anything came."), "error"
        case Status.MAX_TOKENS if message.stop_reason == WINDOW_FULL:
            return tr("The context window is full, so the answer was cut."), "warning"
        case Status.MAX_TOKENS:
            return tr("The answer reached its length limit."), "warning"
        case Status.REFUSED:
            details = message.stop_details or {}
            why = clean_line(str(details.get("explanation") or details.get("category") or ""), 300)
            return tr("Claude declined to answer this.{mark}", mark=f" ({why})" if why else ""), "warning"
        case Status.COMPLETE if message.stop_reason not in _ORDINARY:
            return tr("Ended with “{stop_reason}”.", stop_reason=clean_line(str(message.stop_reason), 60)), "text-muted"
        case Status.COMPLETE if not message.content:
            return tr("The answer is empty."), "text-muted"
    return "", ""
