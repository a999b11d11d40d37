"""Whatever gets into a line or into the prompt, nothing in it is obeyed by the terminal."""

from pathlib import Path

from textual import events

from hostile_corpus import hostile_texts
from salon.ui.field import Field
from salon.untrusted import clean
from ui.driver import salon


async def test_a_field_takes_only_what_is_harmless(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("ctrl+f")
        field = person.chat.query_one("#find-words", Field)
        for text in hostile_texts():
            field.value = f"{text} "
            assert clean(field.value) == field.value
            assert "\n" not in field.value
            field.value = ""
            field.post_message(events.Paste(f"a{text}b"))
            await person.sees(lambda: field.value.startswith("a"))
            assert clean(field.value) == field.value
            assert field.cursor_position == len(field.value)


async def test_the_prompt_takes_only_what_is_harmless(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        prompt = person.chat.prompt
        for text in hostile_texts():
            prompt.replace(text, (0, 0), prompt.document.end)
            assert clean(prompt.text) == prompt.text
            prompt.insert(text)
            prompt.type(text)
            assert clean(prompt.text) == prompt.text
            prompt.undo()
            assert clean(prompt.text) == prompt.text
