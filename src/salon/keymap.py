"""Which key does what: the presets, and what a person wrote into `keys.toml`.

The file names actions by their ids: ``send = "ctrl+s"``, ``find = ["ctrl+s", "ctrl+x ctrl+f"]``, ``new_chat = []``. The
ids may stand in tables that are called after the places (``[reading]``), which only puts them in order.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salon.actions import ACTIONS, BY_ID, Place, key_name, meet
from salon.toml_text import did_you_mean, parse_leniently, place_of, read_small_file
from salon.untrusted import clean_line
from salon.words import tr

Keys = Mapping[str, tuple[str, ...]]
"""Keys by the id of an action."""

PRESETS: Mapping[str, Keys] = {
    "default": {},
    "vi": {},
    "emacs": {
        "cursor_left": ("left", "ctrl+b"),
        "cursor_right": ("right", "ctrl+f"),
        "recall_older": ("up", "ctrl+p"),
        "recall_newer": ("down", "ctrl+n"),
        "palette": ("alt+x",),
        "remove_attachment": ("ctrl+x k",),
        "page_up": ("pageup", "alt+v"),
        "page_down": ("pagedown", "ctrl+v"),
        "paste": ("shift+insert", "ctrl+x ctrl+y"),
        "find": ("ctrl+s",),
        "new_chat": ("ctrl+x ctrl+n",),
        "open_chat": ("ctrl+x ctrl+f", "ctrl+o"),
        "stop": ("escape", "ctrl+g"),
        "expand_paste": ("ctrl+x ctrl+p",),
        "quit": ("ctrl+x ctrl+c", "ctrl+q"),
    },
}
"""What differs from the actions' own keys. In the preset vi the prompt has vi's language beside them."""

_MODIFIERS = {"ctrl": "ctrl", "control": "ctrl", "c": "ctrl", "alt": "alt", "meta": "alt", "m": "alt", "option": "alt"}
_MODIFIERS |= {"shift": "shift", "s": "shift", "super": "super"}
_NAMED = {"esc": "escape", "return": "enter", "del": "delete", "pgup": "pageup", "pgdn": "pagedown", "ins": "insert"}
_NAMED |= {"spacebar": "space", "bs": "backspace"}
_KNOWN = {"up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "backspace", "tab"}
_KNOWN |= {"enter", "escape", "space"} | {f"f{number}" for number in range(1, 25)}
_TEXTUAL = {"solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at", "hyphen_minus": "minus"}
_TEXTUAL |= {"plus_sign": "plus", "low_line": "underscore"}
_PUNCTUATION = {each.rsplit("+", 1)[-1] for action in ACTIONS for each in action.default_keys}
_SAME = {"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+left_square_bracket": "Esc"}
"""What a terminal cannot tell from another key."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a person wrote for one action."""

    id: str
    keys: tuple[str, ...]
    place: str


def load_keys(file: Path, preset: str) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """The keys that differ from the actions' own, and what was wrong in the file, in sentences.

    Never raises: what is wrong is left out and the rest applies. A file that does not exist is no problem.
    """
    keys: dict[str, tuple[str, ...]] = {action.id: action.default_keys for action in ACTIONS}
    changed = PRESETS.get(preset, {})
    _give(keys, changed)
    wishes, problems = _read(file)
    taken: dict[tuple[str, str], str] = {}
    wished = {wish.id for wish in wishes}
    for wish in wishes:
        free = []
        for key in wish.keys:
            rival = next((other for other in wished if (other, key) in taken and _meets(other, wish.id)), None)
            if rival is not None and rival != wish.id:
                problems.append(
                    tr(
                        '{place}: {key} is "{rival}" already ({taken}), so it is not used for "{wish}".',
                        place=wish.place,
                        key=key_name(key),
                        rival=rival,
                        taken=taken[rival, key],
                        wish=wish.id,
                    )
                )
                continue
            taken[wish.id, key] = wish.place
            free.append(key)
        if wish.id == "send" and not free:
            problems.append(
                tr('{place}: "send" needs a key; {send} still sends.', place=wish.place, send=key_name(keys["send"][0]))
            )
            continue
        for loser, lost in _give(keys, {wish.id: tuple(free)}):
            if loser not in wished:
                left = (
                    tr("keeps {key_name}", key_name=", ".join(map(key_name, keys[loser])))
                    if keys[loser]
                    else tr("has no key now")
                )
                problems.append(
                    tr(
                        '{place}: {lost} is "{wish}" now and no longer "{loser}", which {left}. A line '
                        "for {loser} in the same file settles this.",
                        place=wish.place,
                        lost=key_name(lost),
                        wish=wish.id,
                        loser=loser,
                        left=left,
                    )
                )
    own = {action.id: action.default_keys for action in ACTIONS}
    return {id_: each for id_, each in keys.items() if each != own[id_]}, problems


def _give(keys: dict[str, tuple[str, ...]], wishes: Keys) -> list[tuple[str, str]]:
    """Give actions their keys and take those from the others; who lost which."""
    keys.update(wishes)
    lost: list[tuple[str, str]] = []
    for id_, wished in wishes.items():
        for other in list(keys):
            if other not in wishes and _meets(other, id_):
                gone = [key for key in keys[other] if any(_clash(key, mine) for mine in wished)]
                keys[other] = tuple(key for key in keys[other] if key not in gone)
                lost += [(other, key) for key in gone]
    return lost


def _meets(one: str, other: str) -> bool:
    return one != other and meet(BY_ID[one].place, BY_ID[other].place)


def _clash(one: str, other: str) -> bool:
    """Whether two keys are the same, or one is the beginning of the other."""
    return one == other or one.startswith(other + " ") or other.startswith(one + " ")


# the file


def _read(file: Path) -> tuple[list[_Wish], list[str]]:
    try:
        text = read_small_file(file)
    except FileNotFoundError:
        return [], []
    except (OSError, ValueError) as error:
        reason = (error.strerror or tr("unknown error")) if isinstance(error, OSError) else str(error)
        return [], [tr("{file}: the keys cannot be read and are left as they are: {reason}.", file=file, reason=reason)]
    written, problems = parse_leniently(text, str(file))
    wishes: list[_Wish] = []
    for table, id_, value in _entries(written, str(file), problems):
        place = place_of(text, str(file), id_, table)
        if id_ not in BY_ID:
            problems.append(
                tr(
                    '{place}: there is no action "{id}".{nearest}',
                    place=place,
                    id=clean_line(id_, 60),
                    nearest=did_you_mean(id_, BY_ID),
                )
            )
            continue
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or not all(isinstance(key, str) for key in given):
            problems.append(
                tr(
                    '{place}: "{id}" must be a key such as "ctrl+s", or a list of keys; it is left as it is.',
                    place=place,
                    id=id_,
                )
            )
            continue
        readable = []
        for key in given:
            try:
                readable.append(read_key(key))
            except ValueError as error:
                problems.append(f"{place}: {error}")
        if readable or not given:
            wishes.append(_Wish(id_, tuple(dict.fromkeys(readable)), place))
    return wishes, problems


def _entries(written: Mapping[str, Any], file: str, problems: list[str]) -> Iterator[tuple[str, str, Any]]:
    """Table ("" for none), id and value of all that was written."""
    tables = {place.name.lower() for place in Place}
    for name, value in written.items():
        if not isinstance(value, dict):
            yield "", name, value
        elif name in tables:
            for id_, inner in value.items():
                yield name, id_, inner
        else:
            shown = clean_line(name, 60)
            problems.append(
                tr(
                    '{file}: there is no place "{shown}".{nearest}',
                    file=file,
                    shown=shown,
                    nearest=did_you_mean(name, tables),
                )
            )


def read_key(written: str) -> str:
    """A key as a person writes it (``Ctrl+S``, ``C-x C-e``, ``?``) under Textual's name.

    Raises ValueError with a sentence about what cannot be read, or what no terminal can send.
    """
    chord = [_read_one(part, written) for part in written.split()]
    if not 1 <= len(chord) <= 3:
        raise ValueError(tr('"{written}" is no key; it is not used.', written=clean_line(written, 40)))
    if len(chord) > 1 and not ("+" in chord[0] or re.fullmatch(r"f\d+", chord[0])):
        raise ValueError(
            tr('"{written}" begins with a key that is text; it is not used.', written=clean_line(written, 40))
        )
    return " ".join(chord)


def _read_one(part: str, written: str) -> str:
    shown = clean_line(written, 40)
    names = re.split(r"(?<=[^+-])[+-]", part) if len(part) > 1 else [part]
    *modifiers, base = names
    known = {_MODIFIERS.get(name.lower(), "") for name in modifiers}
    if "" in known:
        wrong = next(name for name in modifiers if name.lower() not in _MODIFIERS)
        raise ValueError(
            tr(
                '"{shown}" cannot be read: "{wrong}" is not Ctrl, Alt or Shift.',
                shown=shown,
                wrong=clean_line(wrong, 20),
            )
        )
    lowered = _NAMED.get(base.lower(), base.lower())
    if len(base) == 1:
        name = base if base.isalnum() else unicodedata.name(base, "").lower().replace("-", "_").replace(" ", "_")
        name = _TEXTUAL.get(name, name)
        if known == {"shift"} and base.isalpha():
            return base.upper()
        if known:
            name = name.lower()
    elif lowered in _KNOWN or lowered in {
        each.rsplit("+", 1)[-1] for action in ACTIONS for each in action.default_keys
    }:
        name = lowered
    else:
        raise ValueError(
            tr(
                '"{shown}" cannot be read: there is no key "{base}".{nearest}',
                shown=shown,
                base=clean_line(base, 20),
                nearest=did_you_mean(base, _KNOWN),
            )
        )
    key = "+".join([*sorted(known), name])
    if key in _SAME:
        raise ValueError(tr('"{shown}" is {same} to a terminal; it is not used.', shown=shown, same=_SAME[key]))
    return key
