"""Translations made up in a test: catalogues as gettext reads them, and a language whose every letter is accented."""

import io
import re
from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

import pot

PSEUDO = "qps"
"""What translators call a language that nobody speaks (the private codes of ISO 639 are qaa to qtz)."""
_ACCENTED = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "áƀćďéƒğħíĵķĺḿńóṕɋŕśťúṽŵẋýźÁɃĆĎÉƑĞĦÍĴĶĹḾŃÓṔɊŔŚŤÚṼŴẊÝŹ"
)
_KEPT = re.compile(r"\{[^{}]*\}|`[^`]*`")


def accented(text: str, *, longer: bool = False) -> str:
    """`text` with an accent on every letter but those of placeholders and of what is typed; `longer` by a third."""
    kept = _KEPT.findall(text)
    parts = [part.translate(_ACCENTED) for part in _KEPT.split(text)]
    if longer:
        parts = [
            re.sub(r"[^\W\d_]{2,}", lambda word: word[0] + word[0][-1] * -(-len(word[0]) // 3), part) for part in parts
        ]
    return "".join(part + keeps for part, keeps in zip(parts, [*kept, ""], strict=True))


def catalogue_of(said: Mapping[str | tuple[str, str], str | tuple[str, ...]], rule: str = "n != 1") -> bytes:
    """A catalogue that says these, the plurals by their English forms."""
    catalogue = Catalog(charset="utf-8", fuzzy=False)
    for english, translated in said.items():
        catalogue.add(english, translated)
    return _written(catalogue, rule)


def pseudo_catalogue(*, longer: bool = False) -> bytes:
    """All messages of Salon, accented, and by a third `longer`."""
    catalogue = pot.catalogue()
    for message in catalogue:
        if isinstance(message.id, str):
            message.string = accented(message.id, longer=longer)
        else:
            message.string = tuple(accented(form, longer=longer) for form in message.id)
    return _written(catalogue, "n != 1")


def install(folder: Path, catalogue: bytes, language: str = PSEUDO) -> Path:
    """Put a catalogue where Salon looks for it, in a configuration directory; the file."""
    file = folder / "locale" / language / "LC_MESSAGES" / "salon.mo"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(catalogue)
    return file


def _written(catalogue: Catalog, rule: str) -> bytes:
    written = io.BytesIO()
    catalogue.locale = "de"  # Babel writes a rule only where there is a language
    catalogue.mime_headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Plural-Forms", f"nplurals=2; plural={rule};"),
    ]
    write_mo(written, catalogue)
    return written.getvalue()
