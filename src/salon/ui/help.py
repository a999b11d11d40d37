"""The keys, from the action table: those that work here and now first, found as one types."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from salon.actions import ACTIONS, Action, Place, key_name
from salon.editing.vi.summary import VI_KEYS
from salon.ui.field import Field
from salon.ui.keyline import LOW, KeyLine
from salon.words import tr

_KEY_CELLS = 16


@dataclass(frozen=True, slots=True)
class Here:
    """Where somebody asks for help."""

    places: tuple[Place, ...]
    """Where the keys are that work, the nearest place first."""
    vi: bool = False
    """Whether the prompt has vi's language."""
    tells_keys_apart: bool = False
    """Whether the terminal has shown that it sends Shift+Enter and its like as keys of their own."""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and its rows of keys and explanation."""

    heading: str
    rows: tuple[tuple[str, str], ...]


class HelpScreen(ModalScreen[None]):
    """Every action with its keys. Typing searches; Esc leaves."""

    BINDINGS = [  # noqa: RUF012 - Textual's own convention
        Binding("escape", "leave", "Leave", show=False, priority=True),
        Binding("down", "scroll(1)", "Down", show=False, priority=True),
        Binding("up", "scroll(-1)", "Up", show=False, priority=True),
        Binding("pagedown", "page(1)", "Page down", show=False, priority=True),
        Binding("pageup", "page(-1)", "Page up", show=False, priority=True),
    ]

    def __init__(self, here: Here) -> None:
        super().__init__()
        self._parts = help_parts(here)

    def compose(self) -> ComposeResult:
        """What is searched, and what was found."""
        with Vertical(classes="panel"):
            yield Static(tr("Keys"), classes="heading", markup=False)
            yield Static("", classes="gap", markup=False)
            yield Field(placeholder=tr("Type to search keys and what they do"), select_on_focus=False)
            with VerticalScroll(id="help-rows", can_focus=False):
                yield Static("", id="help-text", markup=False)
            yield KeyLine(tr("↑ ↓ scroll · PgDn a page · Esc leaves"), classes="faint")

    def on_resize(self, event: events.Resize) -> None:
        """Where there is little room, leave the air out."""
        self.set_class(event.size.height < LOW, "-low")

    def on_mount(self) -> None:
        """Show all."""
        self.on_input_changed()

    def on_input_changed(self) -> None:
        """Show what has the words."""
        words = self.query_one(Input).value.casefold().split()
        self.query_one("#help-text", Static).update(_shown(found_in(self._parts, words)))
        self.query_one("#help-rows").scroll_to(y=0, animate=False)

    def action_scroll(self, rows: int) -> None:
        """Scroll by a row."""
        self.query_one("#help-rows").scroll_relative(y=rows, animate=False)

    def action_page(self, pages: int) -> None:
        """Scroll by what is in view."""
        rows = self.query_one("#help-rows")
        rows.scroll_relative(y=pages * max(1, rows.size.height - 1), animate=False)

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss(None)


def help_parts(here: Here) -> list[Part]:
    """All of the help, what works here first."""
    near = list(here.places)
    far = [place for place in Place if place not in near]
    parts = [_part(place, here, "now") for place in near]
    if here.vi:
        at = 1 if Place.PROMPT in near else len(parts)
        parts.insert(at, Part(tr("vi in the prompt"), VI_KEYS))
    return [*parts, *(_part(place, here, "there") for place in far), _ABOUT]


_ABOUT = Part(
    tr("About keys"),
    (
        (
            "keys.toml",
            tr("Gives any action other keys; `keys` in the settings chooses a set of them: default, vi, emacs."),
        ),
        ("Alt", tr("On a Mac switch on “Option as Meta” (or “Esc+”) in the terminal's own settings.")),
        (
            tr("Motion"),
            tr(
                "The caret does not blink and scrolling is not animated. The setting reduced_motion keeps "
                "answers that arrive and clocks still, too."
            ),
        ),
    ),
)


def _part(place: Place, here: Here, when: str) -> Part:
    heading = (
        tr("{place}, now", place=tr(place.value))
        if when == "now" and place is not Place.EVERYWHERE
        else tr(place.value)
    )
    rows = [_row(action, here) for action in ACTIONS if action.place is place and action.keys]
    return Part(heading, tuple(rows))


def _row(action: Action, here: Here) -> tuple[str, str]:
    """Keys and explanation; a key that this terminal may be unable to send is not promised."""
    if action.shown and action.keys == action.default_keys:
        return ", ".join(action.shown), action.help
    sure = [key for key in action.keys if here.tells_keys_apart or sent_by_all(key)]
    if action.keys[0] in sure:
        return ", ".join(map(key_name, sure[:3])), action.help
    best = key_name(action.keys[0])
    told = tr(
        "{help} {best} does so where the terminal tells it apart, which this one has not done yet.",
        help=action.help,
        best=best,
    )
    return ", ".join(map(key_name, sure[:3])), told


def sent_by_all(key: str) -> bool:
    """Whether every terminal sends a key, under Textual's name, so that it is told from all others."""
    *modifiers, base = key.rsplit(" ", 1)[-1].split("+")
    held = set(modifiers)
    if not held or held == {"alt"} or base in _WITH_ANY_MODIFIER or (base.startswith("f") and base[1:].isdigit()):
        return True
    if held == {"ctrl"}:
        return len(base) == 1 or base in {"space", "underscore", "backslash", "right_square_bracket"}
    return key == "shift+tab"


_WITH_ANY_MODIFIER = {"up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete"}
"""Terminals have sent these with modifiers since xterm's CSI 1;5A."""


def found_in(parts: Sequence[Part], words: Sequence[str]) -> list[Part]:
    """The parts with the rows that have all the words, casefolded."""
    found = []
    for part in parts:
        rows = tuple(row for row in part.rows if all(word in f"{row[0]} {row[1]}".casefold() for word in words))
        if rows:
            found.append(Part(part.heading, rows))
    return found


def _shown(parts: Sequence[Part]) -> Group:
    if not parts:
        return Group(tr("\nNothing has these words."))
    shown: list[Text | Table] = []
    for part in parts:
        table = Table.grid(padding=(0, 2))
        table.add_column(width=_KEY_CELLS)
        table.add_column()
        for keys, told in part.rows:
            table.add_row(Text(keys), Text(told, "dim"))
        shown += [Text(f"\n{part.heading}", "bold"), table]
    return Group(*shown)
