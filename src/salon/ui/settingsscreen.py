"""The settings on a screen: found by typing, changed in place, explained, with where their values come from."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from salon.actions import BY_ID, Place
from salon.errors import SalonError
from salon.settings import SETTINGS, Effect, Origin, Setting
from salon.ui.field import Field
from salon.ui.keyline import KeyLine
from salon.ui.keys import bind_actions
from salon.ui.picker import PickerScreen, Row
from salon.ui.services import KeptSettings
from salon.ui.targets import Options
from salon.untrusted import clean_line
from salon.words import tr

LOW = 20
"""Rows below which there is no room for air."""
_NAME_CELLS = max(map(len, SETTINGS)) + 2
_FOR_SOURCE = 30
"""Cells of a value and where it comes from; where there are fewer, the value has them all."""
_SOURCES = {
    Origin.FLAG: tr("flag"),
    Origin.ENVIRONMENT: tr("environment"),
    Origin.FILE: "config.toml",
    Origin.DEFAULT: "",
}


class SettingsScreen(ModalScreen[None]):
    """Type to filter, arrows to move, Enter to change, Esc to leave.

    `choices` gives the rows to choose from for settings whose values are known only to the app, such as the themes.
    """

    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding("down", "move(1)", "Next", show=False, priority=True),
        Binding("up", "move(-1)", "Previous", show=False, priority=True),
        Binding("pagedown", "move(10)", "Next page", show=False, priority=True),
        Binding("pageup", "move(-10)", "Previous page", show=False, priority=True),
    ]

    @dataclass
    class Changed(Message):
        """A setting has another value now, and holds."""

        name: str

    def __init__(self, kept: KeptSettings, choices: Mapping[str, Callable[[], Sequence[Row]]], words: str = "") -> None:
        super().__init__()
        bind_actions(self, Place.SETTINGS, priority=True)
        self._kept = kept
        self._choices = choices
        self._words = f"{words} " if words else ""
        self._field: Setting | None = None
        """The setting whose new value is being written."""
        self._told = ("", "")

    def compose(self) -> ComposeResult:
        """Heading, filter, settings, what is known of the one under the cursor, a box for its value, the keys."""
        with Vertical(classes="panel"):
            yield Static(tr("Settings"), classes="heading", markup=False)
            yield Field(self._words, placeholder=tr("Type to filter"), select_on_focus=False, id="settings-words")
            yield Options(markup=False)
            yield Static("", id="setting-help", markup=False)
            with Horizontal(id="setting-field"):
                yield Static("", id="setting-label", markup=False)
                yield Field(id="setting-value", select_on_focus=False)
            yield Static("", id="setting-told", markup=False)
            yield KeyLine(id="setting-keys", classes="faint")

    def on_mount(self) -> None:
        """Show the settings."""
        self.query_one("#setting-field").display = False
        self.query_one(OptionList).can_focus = False
        self._fill()

    def on_resize(self, event: events.Resize) -> None:
        """Do without air where there is little room."""
        self.set_class(event.size.height < LOW, "-low")
        self._fill(keep=self._chosen.name if self._chosen is not None else "")

    # the list

    def _fill(self, keep: str = "") -> None:
        """List what has the words that were typed, the cursor on the setting `keep` where it is among them."""
        words = self.query_one("#settings-words", Input).value.casefold().split()
        found = [each for each in SETTINGS.values() if all(word in _searched(each) for word in words)]
        options = self.query_one(OptionList)
        options.clear_options()
        width = max(20, min(84, self.app.size.width) - 9 - _NAME_CELLS)
        options.add_options([Option(self._row(each, width), id=each.name) for each in found])
        if found:
            options.highlighted = next((at for at, each in enumerate(found) if each.name == keep), 0)
        self._tell_about()

    def _row(self, setting: Setting, width: int) -> Text:
        origin = self._kept.origin(setting.name)
        row = Text(setting.name.ljust(_NAME_CELLS), no_wrap=True, overflow="ellipsis", end="")
        # What a person has changed is what they look for.
        value = Text(_written(setting, self._kept.value(setting.name)), "dim" if origin is Origin.DEFAULT else "")
        source = _SOURCES[origin] if width >= _FOR_SOURCE else ""  # it is told below, too
        value.truncate(width - 14 if source else width, overflow="ellipsis", pad=bool(source))
        return row.append_text(value).append(f"  {source}" if source else "", "dim")

    @property
    def _chosen(self) -> Setting | None:
        options = self.query_one(OptionList)
        if options.highlighted is None:
            return None
        return SETTINGS[options.get_option_at_index(options.highlighted).id or ""]

    def _tell_about(self) -> None:
        setting = self._chosen
        told, keys = tr("Nothing has these words."), tr("Esc leaves")
        if setting is not None:
            source, origin = self._kept.source(setting.name), self._kept.origin(setting.name)
            told = tr(
                "{help} {allowed}; default {setting}. ",
                help=setting.help,
                allowed=_capital(setting.allowed),
                setting=_written(setting, setting.default),
            )
            told += _NOW_AND_THEN[setting.effect]
            if origin in {Origin.FLAG, Origin.ENVIRONMENT}:
                told += tr(" Now given by {source}, which is stronger than config.toml.", source=source)
            elif origin is Origin.FILE:
                told += tr(" Set in {source}.", source=source)
            enter = BY_ID["change_setting"].key
            verb = (
                tr("switches")
                if isinstance(setting.default, bool)
                else tr("chooses")
                if self._listed(setting)
                else tr("writes")
            )
            reset = (
                tr(" · {reset_setting_key} default", reset_setting_key=BY_ID["reset_setting"].key)
                if origin is Origin.FILE
                else ""
            )
            keys = tr(
                "↑ ↓ move · {enter} {verb}{reset} · {leave_settings_key} leaves",
                enter=enter,
                verb=verb,
                reset=reset,
                leave_settings_key=BY_ID["leave_settings"].key,
            )
        if self._field is not None:
            steps = tr(" · ↑ ↓ more or less") if _is_number(self._field) else ""
            keys = tr("Enter keeps it{steps} · Esc leaves it as it was", steps=steps)
        sentence, role = self._told
        self.query_one("#setting-help", Static).update(Text(told))
        line = self.query_one("#setting-told", Static)
        line.set_class(role == "error", "problem")
        line.update(Text(sentence))
        line.display = bool(sentence)
        self.query_one(KeyLine).show(keys)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter; a value that is being written again is no longer wrong."""
        self._told = ("", "")
        if event.input.id == "settings-words":
            self._fill()
        else:
            self._tell_about()

    def on_option_list_option_highlighted(self) -> None:
        """Another setting is looked at."""
        self._tell_about()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A setting was clicked."""
        self.query_one(OptionList).highlighted = event.option_index
        if self._field is None:
            self.action_change_setting()

    def action_move(self, rows: int) -> None:
        """Move the cursor; in the box of a number one more or less."""
        if self._field is not None:
            self._step(-rows)
            return
        options = self.query_one(OptionList)
        if options.option_count:
            self._told = ("", "")
            options.highlighted = max(0, min(options.option_count - 1, (options.highlighted or 0) + rows))

    # changing

    def action_change_setting(self) -> None:
        """Change the setting under the cursor, or keep what was written."""
        setting = self._chosen
        if self._field is not None:
            self._take_written(self._field)
        elif setting is None:
            return
        elif isinstance(setting.default, bool):
            self._keep(setting, not self._kept.value(setting.name))
        elif rows := self._listed(setting):
            self.app.push_screen(PickerScreen(setting.name, rows, ""), lambda value: self._picked(setting, value))
        else:
            self._write(setting)

    def _listed(self, setting: Setting) -> Sequence[Row]:
        """The values to choose from; none where the person has to write."""
        now = self._kept.value(setting.name)
        if setting.name in self._choices:
            return self._choices[setting.name]()
        values = setting.choices if not isinstance(setting.default, bool) else ()
        return [Row(value, value or tr("(empty)"), _remark(setting, value, now)) for value in values]

    def _picked(self, setting: Setting, value: str | None) -> None:
        if value is not None:
            self._keep(setting, value)

    def _write(self, setting: Setting) -> None:
        self._field = setting
        self._told = ("", "")
        value = self._kept.value(setting.name)
        box = self.query_one("#setting-value", Input)
        self.query_one("#setting-label", Static).update(Text(f"{setting.name} "))
        self.query_one("#setting-field").display = True
        box.value = value if isinstance(value, str) else setting.shown(value)
        box.cursor_position = len(box.value)
        box.focus()
        self._tell_about()

    def _step(self, by: int) -> None:
        setting, box = self._field, self.query_one("#setting-value", Input)
        if setting is None or not _is_number(setting):
            return
        try:
            box.value = setting.shown(setting.check(setting.read(box.value) + by))
        except ValueError as error:
            self._told = (_capital(str(error)), "error")
            self._tell_about()
        box.cursor_position = len(box.value)

    def _take_written(self, setting: Setting) -> None:
        try:
            value = setting.read(self.query_one("#setting-value", Input).value)
        except ValueError as error:
            self._told = (_capital(str(error)), "error")
            self._tell_about()
            return
        self._close_field()
        self._keep(setting, value)

    def _close_field(self) -> None:
        self._field = None
        self.query_one("#setting-field").display = False
        self.query_one("#settings-words").focus()

    def action_reset_setting(self) -> None:
        """Have the default hold again."""
        if self._field is None and self._chosen is not None:
            self._keep(self._chosen, None)

    @work(group="keep", exit_on_error=False)
    async def _keep(self, setting: Setting, value: Any) -> None:
        """Write a value down, None for the default, and say what came of it."""
        try:
            if value is None:
                said = await asyncio.to_thread(self._kept.forget, setting.name)
            else:
                said = await asyncio.to_thread(self._kept.keep, setting.name, value)
        except SalonError as error:
            self._told = (clean_line(error.sentence(), 400), "error")
        else:
            shown = _written(setting, self._kept.value(setting.name))
            self._told = (
                said or tr("{name} is {shown} {where}.", name=setting.name, shown=shown, where=_FROM[setting.effect]),
                "info",
            )
            self.post_message(self.Changed(setting.name))
        self._fill(keep=setting.name)

    def action_leave_settings(self) -> None:
        """Leave what is being written, then the settings."""
        if self._field is not None:
            self._close_field()
            self._tell_about()
        else:
            self.dismiss(None)


_NOW_AND_THEN = {
    Effect.AT_ONCE: tr("A change holds at once."),
    Effect.NEW_CHATS: tr("A change holds for new chats."),
    Effect.NEXT_START: tr("A change holds when Salon is started again."),
}
_FROM = {
    Effect.AT_ONCE: tr("now"),
    Effect.NEW_CHATS: tr("in new chats"),
    Effect.NEXT_START: tr("from the next start on"),
}


def _searched(setting: Setting) -> str:
    return f"{setting.name} {setting.help} {' '.join(map(str, setting.choices))}".casefold()


def _written(setting: Setting, value: Any) -> str:
    """A value as a person reads it; clean."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return setting.shown(value) if not isinstance(value, str) else clean_line(value, 60) or tr("(empty)")


def _remark(setting: Setting, value: Any, now: Any) -> str:
    remarks = [tr("as it is now")] if value == now else []
    return ", ".join([*remarks, tr("the default")] if value == setting.default else remarks)


def _is_number(setting: Setting) -> bool:
    return isinstance(setting.default, int | float) and not isinstance(setting.default, bool)


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
