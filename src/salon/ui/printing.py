"""A conversation as plain text for the terminal's own scrollback, to be printed once Salon has left the screen."""

from collections.abc import Iterable, Iterator

from salon.chat.blocks import kind_of, text_of
from salon.chat.conversation import Message
from salon.ui.endings import ending_of
from salon.ui.toollines import describe_block
from salon.untrusted import clean, clean_line


def printed(messages: Iterable[Message]) -> Iterator[str]:
    """The messages' text, cleaned, each as lines that end with a newline: prompts behind ``>``, answers as written."""
    for message in messages:
        if message.seam:
            continue
        text = clean(_text_of(message)).strip("\n")
        if message.role == "user":
            text = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
        elif ending := ending_of(message)[0]:
            text = f"{text}\n\n({ending})".lstrip("\n")
        if text:
            yield f"{text}\n\n"


def _text_of(message: Message) -> str:
    """Text blocks as they follow each other, thinking left out, and a row for every other block."""
    parts: list[str] = []
    for block in message.content:
        if text := text_of(block):
            parts.append(text)
        elif kind_of(block) not in {"text", "thinking", "redacted_thinking"}:
            before = "" if not parts or parts[-1].endswith("\n") else "\n"
            parts.append(f"{before}({clean_line(describe_block(block), 100)})\n")
    return "".join(parts)
