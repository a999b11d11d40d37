"""What a person looks up or settles from anywhere: the keys, everything that can be done, the settings."""

from collections.abc import Callable

from textual import events, work
from textual.widgets import Input

from salon.actions import BY_ID, Action, Place
from salon.ui.blockscreen import BlockScreen
from salon.ui.chat import ChatScreen
from salon.ui.comparescreen import CompareScreen
from salon.ui.editingarea import EditingArea
from salon.ui.form import FormScreen
from salon.ui.help import HelpScreen, Here
from salon.ui.inspectscreen import InspectScreen
from salon.ui.keyboard import CarefulLinuxDriver
from salon.ui.keyline import KeyLine
from salon.ui.libraryscreen import LibraryScreen
from salon.ui.modelpicker import model_rows
from salon.ui.notice import Notice
from salon.ui.palette import PaletteScreen, palette_actions
from salon.ui.picker import PickerScreen, Row
from salon.ui.question import Question
from salon.ui.settingsscreen import SettingsScreen
from salon.ui.targets import CLASS
from salon.ui.themed import AUTO, ThemedApp
from salon.ui.treescreen import TreeScreen
from salon.untrusted import clean_line
from salon.words import tr

_SCREENS = {
    LibraryScreen: Place.LIST,
    TreeScreen: Place.TREE,
    BlockScreen: Place.OPENED,
    CompareScreen: Place.COMPARING,
    InspectScreen: Place.INSPECTING,
    SettingsScreen: Place.SETTINGS,
}


class PreferringApp(ThemedApp):
    """An app with help, a palette and settings."""

    def places(self) -> list[Place]:
        """Where the keys are that work at the moment, the nearest place first."""
        if not isinstance(self.screen, ChatScreen):
            own = [place for kind, place in _SCREENS.items() if isinstance(self.screen, kind)]
            return [*own, Place.EVERYWHERE]
        if isinstance(self.focused, EditingArea):
            return [Place.PROMPT, Place.CHAT, Place.EVERYWHERE, Place.EDITING]
        return [Place.READING, Place.CHAT, Place.EVERYWHERE]

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Nothing blinks: it distracts those who read, and is a clock that runs while nobody does anything."""
        if isinstance(event.widget, Input):
            event.widget.cursor_blink = False

    # help

    def action_help(self) -> None:
        """Show the keys, or leave them."""
        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss(None)
        else:
            driver = self._driver
            here = Here(
                tuple(self.places()),
                vi=self._services.settings.keys == "vi",
                tells_keys_apart=isinstance(driver, CarefulLinuxDriver) and driver.tells_keys_apart,
            )
            self.push_screen(HelpScreen(here))

    # the palette

    @work(group="palette", exclusive=True, exit_on_error=False)
    async def action_palette(self) -> None:
        """Have something chosen from all that can be done here, and do it."""
        if isinstance(self.screen, PaletteScreen | HelpScreen):
            return
        places = self.places()
        chosen = await self.push_screen_wait(PaletteScreen(palette_actions(places)))
        if chosen is not None:
            await self._do(BY_ID[chosen])

    async def _do(self, action: Action) -> None:
        if action.place in {Place.PROMPT, Place.EDITING}:
            self.chat.prompt.focus()
            await self.chat.prompt.obey(action.id)
            return
        if action.place is Place.READING and not self.chat.transcript.has_focus:
            self.chat.action_read()
        target = self if action.place is Place.EVERYWHERE else self.screen
        arguments = await self._arguments_for(action)
        if arguments is not None:
            method: Callable[..., object] = getattr(target, f"action_{action.id}")
            target.call_later(method, *arguments)

    async def _arguments_for(self, action: Action) -> list[str] | None:
        """What the action needs to be told; None where the person would rather not."""
        if not action.needs_argument:
            return []
        choices = self.chat.choices_of(action.id)
        if choices:
            rows = [Row(each.value, clean_line(each.label or each.value, 60), each.hint) for each in choices]
            chosen = await self.push_screen_wait(PickerScreen(action.label, rows, ""))
            return None if chosen is None else [chosen]
        told = await self.push_screen_wait(FormScreen(action.help, [action.label]))
        return None if told is None else list(told.values())

    # settings

    def action_settings(self, words: str = "") -> None:
        """Show the settings, those that have some words."""
        if not isinstance(self.screen, SettingsScreen):
            choices = {
                "theme": self._theme_rows,
                "theme_dark": self._named_themes,
                "theme_light": self._named_themes,
                "model": self._model_rows,
            }
            self.push_screen(SettingsScreen(self._services.kept, choices, words))

    def _named_themes(self) -> list[Row]:
        return [row for row in self._theme_rows() if row.id != AUTO]

    def _model_rows(self) -> list[Row]:
        if self._connection is None:
            return []
        known = model_rows(self._services.connector.models_of(self._connection))
        return [Row("", tr("Salon chooses")), *known]

    def on_settings_screen_changed(self, event: SettingsScreen.Changed) -> None:
        """Have a changed setting hold at once where it can."""
        if event.name.startswith("theme"):
            self.adopt_theme_settings()
        if event.name == "large_targets":
            self._resize_targets()
        for chat in self.chats:
            if chat.is_mounted:
                chat.heed(event.name)

    async def action_press(self, keys: str) -> None:
        """Press a key, or a chord, whose name was clicked."""
        for key in keys.split(" "):
            self.post_message(events.Key(key, key if len(key) == 1 else None))

    def _resize_targets(self) -> None:
        self.set_class(self._services.settings.large_targets, CLASS)
        for screen in {*self.chats, *self.screen_stack}:
            self.stylesheet.update(screen)  # those behind this one as well
            for line in screen.query(KeyLine):
                line.write()
            for told in (*screen.query(Notice), *screen.query(Question)):
                told.write()
            screen.refresh(layout=True)
