"""The palette: everything that can be done here, found by a few letters of its name."""

from collections.abc import Iterable, Sequence

from rich.text import Text

from salon.actions import ACTIONS, BY_ID, Action, Place
from salon.fuzzy import rank_of
from salon.ui.picker import PickerScreen, Row
from salon.ui.slash import FIRST
from salon.words import tr

_OWN = {"palette", "help_reading", "help_opened", "help_comparing", "help_tree", "help_inspecting"}
_ONLY_A_NOTICE_HAS_IT = {"send_queued", "open_link"}
_SCATTERED = 4
"""The kind of fit of `salon.fuzzy` in which letters lie apart."""
_LABEL_CELLS, _KEY_CELLS = 20, 14
_NARROW = 60
"""Cells; on a narrower screen a few letters of what an action does would say nothing."""


def palette_actions(places: Sequence[Place]) -> list[Action]:
    """What can be done where the keys of `places` work, what people look for most first."""
    in_chat = Place.CHAT in places
    ordered = [Place.CHAT, Place.EVERYWHERE, Place.PROMPT, Place.READING, Place.EDITING] if in_chat else places
    found = [
        action
        for place in ordered
        for action in ACTIONS
        if action.place is place and action.id not in _OWN | _ONLY_A_NOTICE_HAS_IT
    ]
    return sorted(found, key=lambda action: FIRST.index(action.command) if action.command in FIRST else len(FIRST))


class PaletteScreen(PickerScreen):
    """The result is the id of the action to do."""

    HINT = tr("↑ ↓ move · Enter does it · Esc leaves")

    def __init__(self, actions: Iterable[Action]) -> None:
        rows = [Row(action.id, action.label, action.help) for action in actions]
        super().__init__(tr("Everything that can be done here"), rows, "")

    def matching(self, typed: str) -> list[Row]:
        """Names that have the letters, the likeliest first; then what has the words in its explanation."""
        wanted = " ".join(typed.casefold().split())
        if not wanted:
            return super().matching(typed)
        ranked = [(rank, row) for row in self.rows if (rank := _rank(wanted, row)) is not None]
        return [row for _, row in sorted(ranked, key=lambda each: each[0])]

    def shown(self, row: Row) -> Text:
        """The label, its key, and what it does."""
        text = Text(row.title.ljust(_LABEL_CELLS), no_wrap=True, overflow="ellipsis", end="")
        text.append(BY_ID[row.id].key.ljust(_KEY_CELLS), "bold")
        return text.append(f" {row.rest}", "dim") if self.app.size.width >= _NARROW else text


def _rank(wanted: str, row: Row) -> tuple[int, int, int] | None:
    names = (row.title, BY_ID[row.id].command.replace("-", " "))
    ranks = [rank[:3] for name in names if name and (rank := rank_of(wanted, name)) is not None]
    in_words = (_SCATTERED - 1, len(row.rest), 0) if row.matches(wanted.split()) else None
    return min([*ranks, *([in_words] if in_words else [])], default=None)
