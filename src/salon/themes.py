"""Themes: files that give a colour to each role, read as what they are, something that others may have written.

A theme file is TOML: `name`, `label`, `dark`, and a table `[roles]` of colours, each `#rrggbb` or a name of one of the
terminal's own sixteen, such as `ansi_blue` or `ansi_default`. Roles that a file leaves out are those of `salon-dark` or
`salon-light`, so a theme may be three lines long and does not age when a role is added.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from salon.toml_text import did_you_mean, own_files, own_text, parse_leniently, place_of, shown_path
from salon.untrusted import clean_line
from salon.words import tr

CODE_ROLES = tuple(
    f"code.{kind}"
    for kind in (
        *("text", "keyword", "string", "comment", "number", "name", "function", "type", "operator", "punctuation"),
        *("builtin", "decorator", "error", "inserted", "deleted", "heading"),
    )
)
GROUND_ROLES = ("background", "surface", "code-background", "selection", "search-hit")
"""The roles that lie behind text; all others are colours of text and lines."""
ROLES = (
    *GROUND_ROLES,
    *("text", "text-muted", "text-faint", "accent", "accent-muted", "user", "assistant", "thinking", "tool"),
    *CODE_ROLES,
    *("heading", "link", "quote", "table-rule", "success", "warning", "error", "diff-added", "diff-removed"),
)
ANSI_COLOURS = frozenset(
    f"ansi_{bright}{colour}"
    for bright in ("", "bright_")
    for colour in ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
) | {"ansi_default"}

_DARK, _LIGHT = "salon-dark", "salon-light"
_HEX = re.compile(r"#[0-9a-f]{6}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Theme:
    """A colour for every role of `ROLES`."""

    name: str
    label: str
    dark: bool
    roles: Mapping[str, str]
    source: Path | None = None
    """The file it was read from; None for one made here."""

    @property
    def of_terminal(self) -> bool:
        """Whether all its colours are the terminal's own, so that it looks as meant with sixteen of them or none."""
        return all(colour in ANSI_COLOURS for colour in self.roles.values())


class ThemeFiles:
    """The themes of some directories, read again only when a file of theirs has changed."""

    def __init__(self, directories: Sequence[Path]) -> None:
        self._directories = directories
        self._stamp: object = None
        self._read: tuple[Sequence[Theme], Sequence[str]] = ((), ())

    def read(self) -> tuple[Sequence[Theme], Sequence[str]]:
        """As `load_themes`; the same objects as before where nothing has changed. Blocks."""
        stamp = [sorted(_stamps(directory)) for directory in self._directories]
        if stamp != self._stamp:
            self._read, self._stamp = load_themes(self._directories), stamp
        return self._read


def _stamps(directory: Path) -> Iterator[tuple[str, int, int]]:
    """Name, time of change and size of each file; of a directory that cannot be read, none."""
    with suppress(OSError):
        for path in directory.iterdir():
            about = path.lstat()
            yield path.name, about.st_mtime_ns, about.st_size


def load_themes(directories: Sequence[Path]) -> tuple[list[Theme], list[str]]:
    """The themes in the `.toml` files of `directories`, and what was wrong with them, in sentences.

    A later directory's theme takes the place of an earlier one's with the same name. There is always at least one dark
    and one light theme, and every theme is whole. Never raises.
    """
    problems: list[str] = []
    themes = {theme.name: theme for theme in (_plain_theme(True), _plain_theme(False))}
    for directory in directories:
        read: dict[str, Theme] = {}
        # The two that others are completed from come first, whatever their names sort to.
        for path in sorted(
            own_files(directory, (".toml",), "theme", problems),
            key=lambda path: (path.stem not in (_DARK, _LIGHT), path),
        ):
            if (text := own_text(path, "theme", problems)) is None:
                continue
            theme = _read_theme(text, path, themes, problems)
            if theme.name in read:
                problems.append(
                    tr(
                        '{path}: another file beside it has the name "{name}", too.',
                        path=shown_path(path),
                        name=theme.name,
                    )
                )
            read[theme.name] = themes[theme.name] = theme
    return list(themes.values()), problems


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two `#rrggbb` colours, 1 to 21, as WCAG 2.2 defines it. Raises ValueError for others."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    if not _HEX.fullmatch(colour.lower()):
        raise ValueError(tr("not a colour of the form #rrggbb: {colour}", colour=colour))
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _read_theme(text: str, path: Path, themes: Mapping[str, Theme], problems: list[str]) -> Theme:
    file = shown_path(path)
    written, broken = parse_leniently(text, file)
    problems += broken
    given = _read_roles(written.pop("roles", {}), text, file, problems)
    name = written.pop("name", path.stem)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        place = place_of(text, file, "name")
        problems.append(
            tr("{place}: a theme's name has small letters, digits and hyphens only; it is not used.", place=place)
        )
        name = path.stem if _NAME.fullmatch(path.stem) else "unnamed"
    label = written.pop("label", name)
    if not isinstance(label, str):
        problems.append(tr("{place}: the label is not text; the name is used.", place=place_of(text, file, "label")))
        label = name
    dark = written.pop("dark", None)
    if not isinstance(dark, bool):
        ground = given.get("background", "")
        dark = not _HEX.fullmatch(ground) or _luminance(ground) < 0.18
        how = "dark" if dark else "light"
        problems.append(
            tr(
                "{place}: dark must be true or false; the theme is taken for {how}.",
                place=place_of(text, file, "dark"),
                how=how,
            )
        )
    for unknown in written:
        shown, hint = clean_line(unknown, 60), did_you_mean(unknown, ("name", "label", "dark", "roles"))
        problems.append(
            tr('{place}: a theme has no "{shown}".{hint}', place=place_of(text, file, unknown), shown=shown, hint=hint)
        )
    base = themes[_DARK if dark else _LIGHT].roles
    return Theme(name, clean_line(label, 60) or name, dark, MappingProxyType({**base, **given}), path)


def _read_roles(written: Any, text: str, file: str, problems: list[str]) -> dict[str, str]:
    if not isinstance(written, dict):
        problems.append(
            tr("{place}: roles must be a table of colours, under [roles].", place=place_of(text, file, "roles"))
        )
        return {}
    roles: dict[str, str] = {}
    for role, value in _flattened(written):
        place, shown = place_of(text, file, role, "roles"), clean_line(role, 60)
        if role not in ROLES:
            problems.append(
                tr(
                    '{place}: there is no role "{shown}".{nearest}',
                    place=place,
                    shown=shown,
                    nearest=did_you_mean(role, ROLES),
                )
            )
        elif not isinstance(value, str) or not (_HEX.fullmatch(value.lower()) or value.lower() in ANSI_COLOURS):
            given = tr(', not "{value}"', value=clean_line(value, 40)) if isinstance(value, str) else ""
            hint = did_you_mean(value, ANSI_COLOURS) if isinstance(value, str) else ""
            problems.append(
                tr(
                    '{place}: "{shown}" must be a colour such as "#d0c0a0" or "ansi_blue"{given}.{hint}',
                    place=place,
                    shown=shown,
                    given=given,
                    hint=hint,
                )
            )
        else:
            roles[role] = value.lower()
    return roles


def _flattened(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The entries with `code.keyword` and a table `code` with a `keyword` made the same; deeper tables stay values."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from ((f"{key}.{inner}", colour) for inner, colour in value.items())
        else:
            yield key, value


def _plain_theme(dark: bool) -> Theme:
    """A theme to complete others with, for an installation whose own themes are missing."""
    text, ground, lit = ("#ffffff", "#000000", "#404040") if dark else ("#000000", "#ffffff", "#d0d0d0")
    grounds = dict.fromkeys(GROUND_ROLES, ground) | {"selection": lit, "search-hit": lit}
    name = _DARK if dark else _LIGHT
    return Theme(name, name, dark, MappingProxyType(dict.fromkeys(ROLES, text) | grounds))
