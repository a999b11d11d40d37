"""Choosing a theme, following the terminal, and themes whose files change."""

from functools import partial
from pathlib import Path

import pytest

from fakes import whole
from salon.settings import Settings, load_settings
from salon.ui.services import Services
from salon.ui.terminalground import GroundReported
from salon.ui.themescreen import ThemeScreen
from salon.wiring import Options, build
from ui.driver import Person, paths_in, salon

MINE = 'label = "Mine"\ndark = true\n[roles]\nbackground = "{}"\n'


def ground(person: Person) -> str:
    """The colour behind the conversation, as it is drawn."""
    strip = person.chat.transcript.render_line(0)
    colour = next(segment.style.bgcolor for segment in strip if segment.style is not None and segment.style.bgcolor)
    return colour.name


def shows(person: Person, theme: str) -> bool:
    return person.app.theme == theme


def kept(folder: Path) -> Settings:
    return load_settings(paths_in(folder).settings_file, {})[0]


async def test_each_theme_is_shown_while_one_chooses_and_esc_puts_the_old_one_back(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        before = ground(person)
        await person.press("f10")
        seen = {before}
        for _ in range(4):
            await person.press("down")
            seen.add(ground(person))
        assert len(seen) >= 4
        await person.press("escape")
        await person.sees(lambda: ground(person) == before, "the old theme")
        assert kept(tmp_path).theme == "auto"


async def test_a_theme_that_is_kept_is_there_at_the_next_start(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("f10", *"moss", "enter")
        await person.sees(lambda: kept(tmp_path).theme == "moss", "the setting")
        assert person.app.theme == "moss"
        shown = ground(person)
    async with salon(tmp_path) as person:
        assert ground(person) == shown


async def test_a_theme_can_be_named(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("/theme frost")
        await person.sees(lambda: person.app.theme == "frost", "frost")
        await person.press("f10")
        await person.press("enter")
        await person.pilot.pause()
        assert person.app.theme == "frost", "the one that is shown is under the cursor at first"
        person.app.action_pick_theme("mos")
        await person.sees(lambda: "Did you mean" in person.notice(), "a hint")


async def test_the_terminal_is_followed_where_nobody_chose(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        for dark, theme in ((False, "salon-light"), (True, "salon-dark"), (False, "salon-light")):
            person.app.post_message(GroundReported(dark=dark))
            await person.sees(partial(shows, person, theme), theme)
        await person.say("/theme dusk")
        await person.sees(lambda: person.app.theme == "dusk", "dusk")
        person.app.post_message(GroundReported(dark=True))
        await person.pilot.pause()
        assert person.app.theme == "dusk"
        await person.press("f10", "home", *"follow", "enter")
        await person.sees(lambda: person.app.theme == "salon-dark", "what the terminal said last")


async def test_a_report_does_not_change_what_one_looks_at(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.press("f10", *"sepia")
        await person.sees(lambda: person.app.theme == "sepia", "sepia")
        person.app.post_message(GroundReported(dark=False))
        await person.pilot.pause()
        assert person.app.theme == "sepia"
        await person.press("escape")
        await person.sees(lambda: person.app.theme == "salon-light", "the terminal's")


async def test_a_theme_file_is_shown_as_it_changes(tmp_path: Path) -> None:
    file = paths_in(tmp_path).themes / "mine.toml"
    file.parent.mkdir(parents=True)
    file.write_text(MINE.format("#101010"))
    async with salon(tmp_path) as person:
        await person.say("/theme mine")
        await person.sees(lambda: ground(person) == "#101010", "mine")
        file.write_text(MINE.format("#202122"))
        person.app.reread_themes()
        await person.sees(lambda: ground(person) == "#202122", "mine, changed")
        await person.press("f10")
        file.write_text(MINE.format("#303132"))
        await person.sees(lambda: ground(person) == "#303132", "mine, changed while the list is open")
        file.write_text(MINE.format("red"))
        await person.sees(lambda: "must be a colour" in person.notice(), "what is wrong")
        file.unlink()
        await person.sees(lambda: person.app.theme != "mine", "another one")
        assert "Mine" not in person.screen_text()


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (240, 70)])
async def test_the_list_fits(tmp_path: Path, size: tuple[int, int]) -> None:
    async with salon(tmp_path, size=size) as person:
        await person.press("f10")
        assert isinstance(person.app.screen, ThemeScreen)
        assert "Follow the terminal" in person.screen_text()
        assert "Esc leaves" in person.screen_text()


async def test_sixteen_colours_are_the_terminals_own(tmp_path: Path) -> None:
    async with salon(tmp_path, sixteen_colours=True, settings=Settings(theme="moss")) as person:
        assert person.app.theme == "terminal"
        await person.press("f10")
        assert "Harbour" not in person.screen_text()
        assert "own colours only" in " ".join(person.screen_text().split())


async def test_without_colours_nothing_has_one_and_what_is_lit_is_reversed(tmp_path: Path) -> None:
    async with salon(tmp_path, no_colours=True) as person:
        await person.say("x", *whole("a\n\n```python\ndef f(): ...\n```"))
        await person.answer_arrives()
        await person.press("ctrl+f", "a")
        styles = [
            segment.style
            for strip in person.app.screen._compositor.render_strips()
            for segment in person.app._filters[-1].apply(list(strip), person.app.screen.styles.background)
            if segment.style is not None
        ]
        assert all(style.color is None or style.color.is_default for style in styles)
        assert all(style.bgcolor is None or style.bgcolor.is_default for style in styles)
        assert any(style.reverse for style in styles)


def test_a_theme_that_there_is_not_is_told_and_the_colours_of_the_terminal_are_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("STATE", "CACHE"):
        monkeypatch.setenv(f"SALON_{place}_DIR", str(tmp_path / place.lower()))

    def services(**environ: str) -> Services:
        house = build(Options(config_dir=tmp_path), environ)
        try:
            return house.services()
        finally:
            house.close()

    assert services().problems == ()
    told = services(SALON_THEME="mos", SALON_THEME_LIGHT="frosty").problems
    assert [sentence.partition(",")[0] for sentence in told] == [
        'There is no theme "mos"',
        'There is no theme "frosty"',
    ]
    assert "moss" in told[0]
    sixteen = {"xterm-16color": True, "linux": True, "xterm-256color": False, "tmux-256color": False}
    assert {term: services(TERM=term).sixteen_colours for term in sixteen} == sixteen
    assert not services(TERM="alacritty", COLORTERM="truecolor").sixteen_colours
    assert services(NO_COLOR="1").no_colours
    assert not services(NO_COLOR="").no_colours
