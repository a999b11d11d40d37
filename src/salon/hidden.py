"""Characters that a reader cannot see and a model can: counted, taken out, or written so that they are seen."""

import re
from dataclasses import dataclass

from salon.words import plural, tr

_UNSEEN = "\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_SELECTOR = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_HIDDEN = re.compile(f"{_SELECTOR}(?:[{_UNSEEN}]*{_SELECTOR})+|[{_UNSEEN}]")
"""What a reader cannot see: tags, bidirectional controls, characters without width, selectors in a row."""
_BIDI = frozenset((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))


@dataclass(frozen=True, slots=True)
class Hidden:
    """How many characters of a text no reader sees, by kind."""

    tags: int = 0
    bidi: int = 0
    invisible: int = 0

    def __bool__(self) -> bool:
        return bool(self.total)

    @property
    def total(self) -> int:
        """All of them."""
        return self.tags + self.bidi + self.invisible

    def sentence(self) -> str:
        """12 hidden characters (8 tags, 4 without width)."""
        kinds = (
            tr("{n:,} tags", n=self.tags) if self.tags else "",
            tr("{n:,} that turn the reading direction", n=self.bidi) if self.bidi else "",
            tr("{n:,} without width", n=self.invisible) if self.invisible else "",
        )
        return plural(
            "{n:,} hidden character ({kinds})",
            "{n:,} hidden characters ({kinds})",
            self.total,
            kinds=", ".join(filter(None, kinds)),
        )


def hidden_in(text: str) -> Hidden:
    """The characters of `text` that a reader cannot see and a model can."""
    found = "".join(_HIDDEN.findall(text)) if not text.isascii() else ""
    tags = sum(1 for character in found if 0xE0000 <= ord(character) <= 0xE007F)
    bidi = sum(1 for character in found if ord(character) in _BIDI)
    return Hidden(tags, bidi, len(found) - tags - bidi)


def without_hidden(text: str) -> str:
    """`text` without what `hidden_in` counts."""
    return text if text.isascii() else _HIDDEN.sub("", text)


def with_hidden_shown(text: str) -> str:
    """`text` with each hidden character written as its code point, such as ⟨U+202E⟩; tags as the letters they carry."""
    return text if text.isascii() else _HIDDEN.sub(lambda found: "".join(map(_written, found[0])), text)


def _written(character: str) -> str:
    code = ord(character)
    letter = f" {chr(code - 0xE0000)}" if 0xE0020 < code < 0xE007F else ""
    return f"⟨U+{code:04X}{letter}⟩"
