"""From keys to actions: the bindings of a widget or a screen, and chords, which are several keys in a row."""

from collections.abc import Iterable

from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode

from salon.actions import ACTIONS, BY_ID, Place


def bind_actions(node: DOMNode, *places: Place, prefix: str = "", priority: bool = False) -> None:
    """Bind the actions of some places to their keys as they are now; what else the node has bound stays.

    Class attributes are made when a module is imported, before the person's own keys are read.
    """
    bindings = BindingsMap()
    for _, binding in node._bindings:
        if binding.id not in BY_ID:
            bindings._add_binding(binding)
    for action in ACTIONS:
        if action.place in places and action.keys:
            own = Binding(
                ",".join(action.keys), prefix + action.id, action.label, show=False, id=action.id, priority=priority
            )
            for binding in Binding.make_bindings([own]):
                bindings._add_binding(binding)
    node._bindings = bindings


class Chords:
    """Puts the keys of a chord together: to all others they are one key, with blanks in its name."""

    def __init__(self) -> None:
        self.pending = ""
        """The keys of a chord that has begun."""

    def feed(self, key: str, places: Iterable[Place]) -> str | None:
        """The key that `key` is or completes where the keys of `places` work; None where more must follow."""
        whole = f"{self.pending} {key}" if self.pending else key
        here = set(places)
        waiting = any(
            each.startswith(whole + " ") for action in ACTIONS if action.place in here for each in action.keys
        )
        self.pending = whole if waiting else ""
        return None if waiting else whole
