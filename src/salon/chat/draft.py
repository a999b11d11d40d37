"""What has been typed and not sent."""

from dataclasses import dataclass

from salon.chat.attachments import Attachment
from salon.chat.branching import NEXT_PROMPT, Purpose


@dataclass(frozen=True, slots=True)
class Draft:
    """What has been typed and not sent."""

    text: str = ""
    pastes: tuple[str, ...] = ()
    """Large pastes, shown in `text` as chips and put back in full when the prompt is sent."""
    queued: tuple["Draft", ...] = ()
    """Prompts that wait for an answer to end before they are sent."""
    attachments: tuple[Attachment, ...] = ()
    """What is sent along, before the text."""
    purpose: Purpose = NEXT_PROMPT
    """What it is, if not the next prompt."""
    aside: "Draft | None" = None
    """What stood in the prompt before this was begun, and comes back after it."""

    def __bool__(self) -> bool:
        return bool(self.text or self.pastes or self.queued or self.attachments or self.purpose or self.aside)
