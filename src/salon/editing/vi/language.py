"""What a row of keys means in vi's normal and visual modes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

OPERATORS = frozenset({"d", "c", "y", ">", "<", "g~", "gu", "gU"})
WHOLE_LINES = "line"
"""The target of an operator that was doubled."""

_MOTIONS = frozenset(
    {"h", "j", "k", "l", "w", "b", "e", "W", "B", "E", "0", "^", "$", "G", "%", "{", "}", ";", ",", "n", "N", "*", "#"}
    | {"|", "+", "-", "_", "gg", "ge", "gE", "gj", "gk", "g_"}
)
_NAMED = {
    "left": "h",
    "right": "l",
    "up": "k",
    "down": "j",
    " ": "l",
    "backspace": "h",
    "home": "0",
    "end": "$",
    "ctrl+h": "h",
    "ctrl+n": "j",
    "ctrl+p": "k",
}
_WITH_CHARACTER = frozenset({"f", "F", "t", "T"})
_SEARCHES = frozenset({"/", "?"})
_OBJECTS = frozenset("wWpb()B{}[]<>\"'`s")
_COMMANDS = frozenset(
    {"i", "a", "I", "A", "o", "O", "x", "X", "s", "S", "D", "C", "Y", "p", "P", "J", "~", "u", ".", "v", "V", "R"}
    | {"gJ", "gv", "g-", "g+", "gi", "ctrl+r", "delete"}
)
_VISUAL_COMMANDS = frozenset({"x", "X", "s", "S", "D", "C", "Y", "p", "P", "J", "~", "u", "U", "v", "V", "o", "O"}) | {
    "gJ",
    "I",
    "A",
    "R",
    "delete",
}
_AFTER_G = frozenset({"g", "e", "E", "j", "k", "_", "~", "u", "U", "J", "v", "-", "+", "i"})


@dataclass(frozen=True, slots=True)
class Order:
    """A complete command: `verb` and `target` (a motion or a text object), "" where there is none of the two."""

    verb: str = ""
    target: str = ""
    argument: str = ""
    """The character of f, t and r, or the words that are searched."""
    count: int | None = None
    register: str = ""

    @property
    def times(self) -> int:
        """The count, 1 where none was given."""
        return self.count or 1


class NoSuchCommandError(ValueError):
    """The keys mean nothing."""


def read(keys: Sequence[str], *, visual: bool = False) -> Order | None:
    """The command that `keys` spell; None where more keys must follow. Raises `NoSuchCommandError`."""
    return _Reader(list(keys)).order(visual=visual)


class _Reader:
    def __init__(self, keys: list[str]) -> None:
        self._keys = keys
        self._at = 0

    def order(self, *, visual: bool) -> Order | None:
        try:
            return self._order(visual=visual)
        except IndexError:
            return None

    def _next(self) -> str:
        """The next key. Raises IndexError where there is none yet."""
        key = self._keys[self._at]
        self._at += 1
        return key

    def _key(self) -> str:
        """The next key, or the next two where the first is a ``g``."""
        key = self._next()
        if key == "g":
            second = self._next()
            if second not in _AFTER_G:
                raise NoSuchCommandError(key + second)
            return key + second
        return key

    def _order(self, *, visual: bool) -> Order:
        count, register = self._prefix()
        order = Order(count=count, register=register)
        key = self._key()
        if visual:
            if key in OPERATORS or key in _VISUAL_COMMANDS:
                return replace(order, verb=key)
            if key == "r":
                return replace(order, verb="r", argument=self._character())
            if key in {"i", "a"}:
                return replace(order, target=self._object(key))
            return self._motion(order, key)
        if key in OPERATORS:
            return self._operation(replace(order, verb=key), key)
        if key == "r":
            return replace(order, verb="r", argument=self._character())
        if key in _COMMANDS:
            return replace(order, verb=key)
        return self._motion(order, key)

    def _prefix(self) -> tuple[int | None, str]:
        count: int | None = None
        register = ""
        while True:
            key = self._keys[self._at]
            if key == '"':
                self._at += 1
                register = self._character()
            elif key.isascii() and key.isdigit() and (key != "0"):
                number = self._number()
                count = min((count or 1) * number, 10_000)
            else:
                return count, register

    def _number(self) -> int:
        digits = ""
        while len(self._keys[self._at]) == 1 and self._keys[self._at] in "0123456789":
            digits += self._next()
        return int(digits[:5])

    def _operation(self, order: Order, operator: str) -> Order:
        count, _ = self._prefix() if self._keys[self._at] != '"' else (None, "")
        if count is not None:
            order = replace(order, count=min(order.times * count, 10_000))
        key = self._next()
        doubled = key == operator[-1] and (len(operator) == 1 or key in "uU~")
        if key == "g":
            second = self._next()
            if key + second == operator:
                return replace(order, target=WHOLE_LINES)
            return self._motion(order, key + second)
        if doubled:
            return replace(order, target=WHOLE_LINES)
        if key in {"i", "a"}:
            return replace(order, target=self._object(key))
        return self._motion(order, key)

    def _object(self, extent: str) -> str:
        key = self._next()
        if key not in _OBJECTS:
            raise NoSuchCommandError(extent + key)
        return extent + key

    def _motion(self, order: Order, key: str) -> Order:
        if key in _WITH_CHARACTER:
            return replace(order, target=key, argument=self._character())
        if key in _SEARCHES:
            return replace(order, target=key, argument=self._words())
        key = _NAMED.get(key, key)
        if key not in _MOTIONS:
            raise NoSuchCommandError(key)
        return replace(order, target=key)

    def _character(self) -> str:
        key = self._next()
        if key == "enter":
            return "\n"
        if key == "tab":
            return "\t"
        if key in {"escape", ""} or (len(key) > 1 and key.isascii()):
            raise NoSuchCommandError(key)
        return key

    def _words(self) -> str:
        words = ""
        while (key := self._next()) != "enter":
            if len(key) > 1 and key.isascii():
                raise NoSuchCommandError(key)
            words += key
        return words
