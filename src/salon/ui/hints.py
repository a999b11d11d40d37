"""What a new chat says about keys: few at first, others once those are known, and in the end none."""

from collections.abc import Sequence

from salon.actions import BY_ID
from salon.ui.services import Uses
from salon.words import tr

LEARNT = 3
"""What was done so often needs no hint any more."""
AT_ONCE = 4
"""How many hints are shown."""
_HINTS = (
    ("send", tr("sends")),
    ("newline", tr("starts a new line")),
    ("open_chat", tr("opens an earlier chat")),
    ("pick_theme", tr("changes the colours")),
    ("pick_model", tr("chooses another model")),
    ("edit", tr("changes your last prompt")),
    ("read", tr("goes through the conversation block by block")),
    ("search", tr("searches all chats")),
    ("attach", tr("attaches a file")),
)
_LAST = ("help", tr("shows all keys"))
"""Stands below the others for as long as it was not needed."""


def invitation(uses: Uses, *, demo: bool, begun: bool) -> str:
    """What stands in the empty prompt; a beginner in a chat whose greeting has gone is told where the keys are."""
    if demo and not begun:
        return tr("Type tour, and press Enter")
    told = tr("Ask the demo") if demo else tr("Ask Claude")
    if not begun or uses.count(_LAST[0]) >= LEARNT or not BY_ID[_LAST[0]].key:
        return told
    return f"{told} · {BY_ID[_LAST[0]].key} {_LAST[1]}"


def hints(uses: Uses) -> list[tuple[str, str]]:
    """Keys and what they do, as one reads it behind them."""
    told = [hint for hint in (*_HINTS, _LAST) if uses.count(hint[0]) < LEARNT and BY_ID[hint[0]].key]
    shown: Sequence[tuple[str, str]] = told if len(told) <= AT_ONCE else [*told[: AT_ONCE - 1], told[-1]]
    return [
        (tr(" or ").join(BY_ID[action].key_names()[: 2 if action == "newline" else 1]), says) for action, says in shown
    ]
