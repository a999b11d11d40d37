"""The app's colours: chosen by the person or by the terminal's own ground, and read again when their files change."""

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import Final, Protocol, runtime_checkable

from textual import work
from textual.app import App
from textual.filter import Monochrome, NoColor
from textual.timer import Timer

from salon.errors import SalonError
from salon.settings import Settings
from salon.themes import Theme
from salon.toml_text import did_you_mean
from salon.ui.keyboard import CarefulLinuxDriver
from salon.ui.notice import NoticeText
from salon.ui.painter import Painter
from salon.ui.picker import Row
from salon.ui.searching import SearchingApp
from salon.ui.services import Services
from salon.ui.terminalground import GroundReported
from salon.ui.themescreen import ThemeScreen
from salon.ui.theming import WithoutColours, textual_theme
from salon.untrusted import clean_line
from salon.words import tr

AUTO: Final = "auto"
"""Instead of a theme's name: the dark or the light one, as the terminal is."""
LOOK_AGAIN: Final = 1.0
"""Seconds between two looks at the theme files while the list of themes is open. Otherwise a look is taken when the
person comes back from another window: nothing runs while nobody looks."""


@runtime_checkable
class Painted(Protocol):
    """A screen that draws with a painter."""

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        ...


class ThemedApp(SearchingApp):
    """An app whose themes can be changed."""

    def __init__(self, services: Services) -> None:
        self._few_colours = services.sixteen_colours or services.no_colours
        self._themes = self._usable(services.themes)
        self._wanted = services.settings.theme
        self._terminal_is_dark = True
        first = self._theme_of(services.settings, self._wanted)
        super().__init__(services, Painter(first, links=services.terminal_links))
        # Textual turns colours into greys for NO_COLOR, which are colours, too.
        self._filters = [each for each in self._filters if not isinstance(each, Monochrome | NoColor)]
        if services.no_colours:
            self._filters.append(WithoutColours())
        self._watch: Timer | None = None
        self._register_themes()
        self.theme = first.name

    def _usable(self, themes: Iterable[Theme]) -> dict[str, Theme]:
        """By name, those that this terminal can show as they are meant."""
        themes = list(themes)
        own = [theme for theme in themes if theme.of_terminal]
        return {theme.name: theme for theme in (own if own and self._few_colours else themes)}

    def _theme_for(self, name: str) -> Theme:
        return self._theme_of(self._services.settings, name)

    def _theme_of(self, settings: Settings, name: str) -> Theme:
        if name in self._themes:
            return self._themes[name]
        dark = self._terminal_is_dark
        fitting = self._themes.get(settings.theme_dark if dark else settings.theme_light)
        return fitting or next(
            (theme for theme in self._themes.values() if theme.dark is dark), next(iter(self._themes.values()))
        )

    def _register_themes(self) -> None:
        for theme in self._themes.values():
            self.register_theme(textual_theme(theme))

    def on_mount(self) -> None:
        """Follow the terminal from now on, if that is wanted. Its reply comes when it comes: nothing waits for it."""
        self.theme_changed_signal.subscribe(self, lambda theme: self._paint(theme.name))
        self._follow()

    # following the terminal

    def _follow(self) -> None:
        if isinstance(self._driver, CarefulLinuxDriver) and self._services.terminal_talks:
            self._driver.follow_ground(self._wanted == AUTO)

    def on_ground_reported(self, event: GroundReported) -> None:
        """The terminal is dark or light."""
        self._terminal_is_dark = event.dark
        if self._wanted == AUTO:
            self.theme = self._theme_for(AUTO).name

    def on_app_focus(self) -> None:
        """Whoever comes back may have edited a theme, or changed a terminal that does not report it."""
        self.reread_themes()
        if self._wanted == AUTO:
            self._follow()

    # choosing

    def action_pick_theme(self, name: str = "") -> None:
        """Change to the theme with this name, or show all to choose from."""
        if name:
            self._choose(name)
        elif not isinstance(self.screen, ThemeScreen):
            before, self._wanted = self._wanted, self.theme  # a report must not change what one looks at
            chosen = before if before == AUTO else self.theme
            self.push_screen(ThemeScreen(self._theme_rows(), chosen, self._place()), partial(self._picked, before))
            self._watch = self.set_interval(LOOK_AGAIN, self.reread_themes)

    def on_theme_screen_highlighted(self, event: ThemeScreen.Highlighted) -> None:
        """Show it at once."""
        if isinstance(self.screen, ThemeScreen):
            self.theme = self._theme_for(event.name).name

    def _picked(self, before: str, name: str | None) -> None:
        if self._watch is not None:
            self._watch.stop()
        self._wanted = before
        if name is None:
            self.theme = self._theme_for(before).name
        else:
            self._choose(name)

    def _choose(self, name: str) -> None:
        if name != AUTO and name not in self._themes:
            said = tr(
                "There is no theme “{name}”.{nearest}",
                name=clean_line(name, 40),
                nearest=did_you_mean(name, self._themes),
            )
            self.chat.notice.show(NoticeText(said, ("pick_theme",), "info"))
            return
        self._wanted = name
        self.theme = self._theme_for(name).name
        self._follow()
        self._keep(name)

    @work(group="keep", exit_on_error=False)
    async def _keep(self, name: str) -> None:
        """Have it at the next start as well."""
        try:
            said = await asyncio.to_thread(self._services.kept.keep, "theme", name)
        except SalonError as error:
            said = error.sentence()
        if said:
            self.chat.notice.show(
                NoticeText(tr("The theme is changed until Salon ends. {said}", said=said), (), "info")
            )

    def adopt_theme_settings(self) -> None:
        """The settings say something else now."""
        self._wanted = self._services.settings.theme
        self.theme = self._theme_for(self._wanted).name
        self._follow()

    def _theme_rows(self) -> list[Row]:
        rows = [Row(AUTO, tr("Follow the terminal"), tr("dark or light"))]
        return rows + [
            Row(each.name, each.label, tr("dark") if each.dark else tr("light")) for each in self._themes.values()
        ]

    def _place(self) -> str:
        if self._few_colours:
            return tr("This terminal shows its own colours only; other themes need more.")
        return tr("Your own: {themes_place}", themes_place=self._services.themes_place)

    # reading again

    @work(group="themes", exclusive=True, exit_on_error=False)
    async def reread_themes(self) -> None:
        """Look whether a theme file has changed, and show it if so."""
        themes, problems = await asyncio.to_thread(self._services.read_themes)
        usable = self._usable(themes)
        if usable == self._themes:
            return
        shown, self._themes = self._themes.get(self.theme), usable
        self._register_themes()
        if problems:
            self.chat.notice.show(NoticeText("\n".join(problems), (), "warning"))
        if self.theme not in usable:
            self.theme = self._theme_for(AUTO).name
        elif usable[self.theme] != shown:
            self.mutate_reactive(App.theme)
        if isinstance(self.screen, ThemeScreen):
            self.screen.show_themes(self._theme_rows())

    def _paint(self, name: str) -> None:
        theme = self._themes.get(name)
        if theme is None:
            return
        self._painter = Painter(theme, links=self._services.terminal_links)
        for screen in {*self.chats, *self.screen_stack}:
            if isinstance(screen, Painted):
                screen.set_painter(self._painter)
            elif isinstance(screen, ThemeScreen):
                screen.show_sample(theme)
