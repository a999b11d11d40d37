"""Whole conversations, and the way about in them."""

from fakes import whole
from ui.driver import Person


async def chat_of(person: Person, *turns: tuple[str, str]) -> None:
    """Say things, each with its answer."""
    for prompt, answer in turns:
        await person.say(prompt, *whole(answer))
        await person.answer_arrives()


async def read_message(person: Person, text: str) -> None:
    """Go up block by block to the message that says `text`."""
    transcript = person.chat.transcript
    if not transcript.has_focus:
        await person.press("shift+tab")
        await person.sees(lambda: transcript.block is not None)
    for _ in range(30):
        entry = person.chat._entry()
        if entry is not None and text in entry.source():
            return
        await person.press("left")
    raise AssertionError(f"{text!r} cannot be reached:\n{person.screen_text()}")


async def shows(person: Person, *texts: str, without: tuple[str, ...] = ()) -> None:
    """Wait until the transcript has these texts in this order, and lacks others."""

    def right() -> bool:
        seen, at = person.text_of_transcript(), -1
        for text in texts:
            at = seen.find(text, at + 1)
            if at < 0:
                return False
        return not any(text in seen for text in without)

    await person.sees(right, f"{texts} and not {without}")
    await person.is_drawn()
