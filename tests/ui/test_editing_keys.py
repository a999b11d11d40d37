"""The prompt's keys as a person presses them: readline's, vi's, chords, and keys of one's own."""

from pathlib import Path

from salon.settings import Settings
from ui.driver import salon


async def test_readlines_keys_kill_and_yank(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("one two three")
        await person.press("ctrl+w", "ctrl+w", "ctrl+a", "ctrl+y")
        assert person.prompt() == "two threeone "
        await person.press("ctrl+underscore")
        assert person.prompt() == "one "
        await person.press("ctrl+x", "ctrl+r")
        assert person.prompt() == "two threeone "


async def test_ctrl_c_empties_the_prompt_and_undo_brings_it_back(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("a long draft")
        await person.press("ctrl+c")
        assert person.prompt() == ""
        assert "Ctrl+_" in person.notice()
        await person.press("ctrl+underscore")
        assert person.prompt() == "a long draft"


async def test_vi_says_its_mode_and_obeys(tmp_path: Path) -> None:
    async with salon(tmp_path, settings=Settings(keys="vi")) as person:
        await person.type("one two three")
        await person.press("escape")
        await person.sees(lambda: "NORMAL" in person.status(), "the mode")
        await person.press("0", "d", "w", "w", "c", "i", "w", *"new", "escape", "u")
        assert person.prompt() == "two three"
        await person.press("0", "v", "e", "d")
        assert person.prompt() == " three"
        await person.press("i")
        await person.sees(lambda: "INSERT" in person.status(), "the mode")
