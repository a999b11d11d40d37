"""The language in which the interface speaks: `tr("…")` is a sentence in it, `plural(…)` one about a number of things.

English is in the code. A translation is a folder `locale/LANGUAGE`, in the configuration directory or in the package,
with GNU gettext's catalogue in `LC_MESSAGES/salon.mo` and the pages of the manual in `guide/`; `salon.pot` in the
package's own `locale` has every message. The language is decided once, when this module is imported, because tables of
sentences are made when theirs are: `SALON_LANGUAGE`, else the locale (`LC_ALL`, `LC_MESSAGES`, `LANG`). A setting in
`config.toml` or `--config-dir` would be read too late.

A catalogue comes from outside. What a terminal would obey is taken out of it, and a sentence whose placeholders are not
those of the English one is left in English, so that no call can fail.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from salon.untrusted import clean

SAMPLE = "salon.pot"
"""The file of all messages, in the package's `locale`."""
_PACKAGE = Path(__file__).parent / "locale"
_VARIABLES = ("SALON_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[_-][A-Za-z0-9]{2,8}){0,2}")
_LARGEST = 8_000_000
"""Bytes; a catalogue of all messages has a few hundred thousand."""
_LAYOUT = re.compile(r",?(?:\.[0-9][f%])?d?")
"""How a number may be written; a width could be a thousand million."""
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of a language, by their English ones; without any, it is English."""

    languages: tuple[str, ...] = ()
    """What was wished for, the most particular first, as in ("pt_BR", "pt"); empty for English."""
    folders: tuple[Path, ...] = ()
    """Where translations of this language may lie, the strongest first."""
    said: Mapping[str, str] = field(default_factory=dict)
    counted: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """The forms of sentences about a number, by the English singular and the number of the form."""
    form: Callable[[int], int] = int
    """Which form a number takes."""
    problems: tuple[str, ...] = ()
    """What was wrong with the catalogue, in sentences."""

    def tr(self, message: str, /, **values: object) -> str:
        """A sentence, with `values` in its placeholders; without values its braces are characters like others."""
        text = self.said.get(message, message)
        return text.format(**values) if values else text

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """A sentence about `n` things, which its placeholder `{n}` gets; `one` is for a single one."""
        text = one if n == 1 else many
        if self.counted:
            try:
                text = self.counted.get((one, self.form(n)), text)
            except (ArithmeticError, ValueError):  # a rule that divides by nothing
                pass
        try:
            return text.format(n=n, **values)
        except LookupError:  # a placeholder that the English forms do not have
            return (one if n == 1 else many).format(n=n, **values)

    def file(self, path: str) -> Path | None:
        """A file of the translation, such as a page of the manual; None where it has none."""
        return next((found for folder in self.folders if (found := folder / path).is_file()), None)


def language_of(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The language that is wished for, the most particular name first; empty for English."""
    wished = next((value for name in _VARIABLES if (value := environ.get(name, ""))), "")
    name = re.split(r"[.@]", wished, maxsplit=1)[0].replace("-", "_")
    if name in {"C", "POSIX"} or name.lower().partition("_")[0] == "en" or not _LANGUAGE.fullmatch(name):
        return ()
    parts = name.split("_")
    return tuple("_".join(parts[:length]) for length in range(len(parts), 0, -1))


def load(environ: Mapping[str, str], places: Callable[[], tuple[Path, ...]]) -> Words:
    """The words of the language that is wished for. `places` are the folders `locale`, the strongest first.

    Never raises: what is wrong with a catalogue is among the problems, and what can be used of it is used.
    """
    languages = language_of(environ)
    if not languages:
        return Words()
    folders = tuple(place / language for language in languages for place in places())
    words = Words(languages, folders)
    file = words.file("LC_MESSAGES/salon.mo")
    if file is not None:
        return _read(file, words)
    wished = environ.get(_VARIABLES[0], "")
    told = (f"SALON_LANGUAGE: there is no translation into “{clean(wished[:40])}”; see salon help language.",)
    return Words(languages, folders, problems=told if wished else ())


def _read(file: Path, empty: Words) -> Words:
    import gettext
    import io
    import struct

    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise ValueError("it is too large")
        catalogue = gettext.GNUTranslations(io.BytesIO(content))
    except (OSError, ValueError, LookupError, ArithmeticError, RecursionError, SyntaxError, struct.error) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        told = f"{file}: this translation cannot be read, so Salon speaks English: {clean(reason or str(error))[:200]}."
        return Words(empty.languages, empty.folders, problems=(told,))
    said: dict[str, str] = {}
    counted: dict[tuple[str, int], str] = {}
    refused = 0
    for english, translated in _messages(catalogue):
        text = _harmless(english, translated)
        if text is None:
            refused += 1
        elif isinstance(english, tuple):
            counted[english] = text
        else:
            said[english] = text
    problems = (f"{file}: {refused} of its sentences do not fit the English ones, which are shown instead.",)
    rule: Callable[[int], int] = vars(catalogue)["plural"]
    return Words(empty.languages, empty.folders, said, counted, rule, problems if refused else ())


def _messages(catalogue: object) -> Iterator[tuple[str | tuple[str, int], str]]:
    """All that a catalogue translates, but for its header."""
    entries: Mapping[str | tuple[str, int], str] = vars(catalogue)["_catalog"]  # it has no other list of them
    yield from ((english, translated) for english, translated in entries.items() if english and translated)


def _harmless(message: str | tuple[str, int], translated: str) -> str | None:
    """A translated sentence as it can be shown; None where it cannot take the place of the English one."""
    english = message if isinstance(message, str) else message[0]
    if len(translated) > 10 * len(english) + 200:
        return None
    text = clean(translated)
    if "\n" not in english:
        text = _BLANKS.sub(" ", text) if "\n" in text or "\t" in text else text
    if "{" not in text and "}" not in text:
        return text
    wanted, given = _placeholders(english), _placeholders(text)
    if isinstance(message, tuple):
        # A catalogue does not say what the English plural has; a name that there is not shows when it is used.
        return text if given is not None and all(map(_is_plain, given)) else None
    # English that is no pattern is never formatted, so that its translation may have any brace.
    return text if wanted is None or (given is not None and given <= wanted) else None


def _placeholders(text: str) -> set[tuple[str, str, str | None]] | None:
    """Name, format and conversion of each placeholder; None for what is no pattern."""
    from string import Formatter

    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    return {(name, layout or "", conversion) for _, name, layout, conversion in parts if name is not None}


def _places() -> tuple[Path, ...]:
    from salon.paths import default_paths  # not needed, and not at hand, where English is spoken

    return default_paths().config / "locale", _PACKAGE


def _is_plain(placeholder: tuple[str, str, str | None]) -> bool:
    name, layout, conversion = placeholder
    return name.isidentifier() and conversion is None and _LAYOUT.fullmatch(layout) is not None


WORDS = load(os.environ, _places)
"""What the interface says, for as long as the process lives."""
tr = WORDS.tr
plural = WORDS.plural


def tr_later(message: str) -> str:
    """`message` itself, so that the catalogue knows of it; where it is shown stands `tr` of a variable."""
    return message
