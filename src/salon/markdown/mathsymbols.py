"""Names and characters: what LaTeX calls them, what they are to their neighbours, how they look raised or lowered.

The names come from latex2mathml's copy of the unimath-symbols table (4000 names, public since 2011). Reading it takes
some 35 ms, so it is imported when the first formula needs a name that is not below.
"""

import re
import string
import unicodedata
from functools import lru_cache

from salon.markdown.cells import cell_len
from salon.markdown.mathnodes import Kind, Symbol

_FUNCTIONS = (
    "arccos arcsin arctan arg cos cosh cot coth csc deg dim exp hom ker lg ln log sec sin sinh tan tanh "
    "sgn sign tr rank softmax erf"
)
_LIMIT_FUNCTIONS = "det gcd lcm inf lim max min sup Pr argmax argmin"
FUNCTIONS = frozenset(_FUNCTIONS.split())
LIMIT_FUNCTIONS = {name: name for name in _LIMIT_FUNCTIONS.split()} | {
    "limsup": "lim sup",
    "liminf": "lim inf",
    "injlim": "inj lim",
    "projlim": "proj lim",
}
SPACES = {",": 1, ":": 1, ";": 1, ">": 1, " ": 1, "!": 0, "thinspace": 1, "enspace": 1, "quad": 2, "qquad": 4}
SPACES |= {"negthinspace": 0, "medspace": 1, "thickspace": 1, "space": 1, "nobreakspace": 1, "hfill": 2}
_IGNORED = (
    "displaystyle textstyle scriptstyle scriptscriptstyle nonumber notag limits nolimits allowbreak "
    "hline normalsize large small centering noindent relax"
)
IGNORED = frozenset(_IGNORED.split())

# Where the table's character is another one than readers know, or has none.
_PREFERRED = {
    "sim": "∼",
    "setminus": "∖",
    "smallsetminus": "∖",
    "Upsilon": "Υ",
    "square": "□",
    "Box": "□",
    "blacksquare": "■",
    "qed": "∎",
    "colon": ":",
    "vert": "|",
    "lvert": "|",
    "rvert": "|",
    "P": "¶",
    "S": "§",
    "copyright": "©",
    "AA": "Å",
    "ss": "ß",
    "dots": "…",
    "middot": "·",
    "implies": "⟹",
    "impliedby": "⟸",
    "perp": "⊥",
    "backslash": "\\",
    "R": "ℝ",
    "N": "ℕ",
    "Z": "ℤ",
    "Q": "ℚ",
    "C": "ℂ",
}
_ESCAPED = {"{": "{", "}": "}", "$": "$", "%": "%", "#": "#", "&": "&", "_": "_", "|": "‖"}

_BINARY = frozenset("+−*±∓×÷·⋅∗⋆∘∙•∪∩⊎⊓⊔∨∧⊕⊖⊗⊘⊙⊞⊟⊠∖≀⨿⋉⋊⋄△▽")
_BIG = frozenset("∑∏∐⋃⋂⨁⨂⨀⋁⋀⨆⨄")
INTEGRALS = frozenset("∫∬∭⨌∮∯∰")
_OPEN = frozenset("([{⟨⌊⌈⟦")
_CLOSE = frozenset(")]}⟩⌋⌉⟧")
_RELATION = re.compile(
    r"[=<>:∝∣∤∥∦∴∵⊥⟂⋈≬≔≕\u2190-\u21ff\u27f0-\u27ff\u2208-\u220d\u223c\u223d\u2241-\u228b\u228f-\u2292"
    r"\u22a2\u22a3\u22a6-\u22b7\u22cd\u22d0\u22d1\u22d6-\u22ed\u2a74-\u2a76\u2a7d-\u2ad8]"
)

_RAISED = dict(zip("0123456789+−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾", strict=True))
_RAISED |= dict(zip("abcdefghijklmnoprstuvwxyz", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True))
_RAISED |= dict(zip("ABDEGHIJKLMNOPRTUVWβγδφχθ", "ᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᵠᵡᶿ", strict=True))
_RAISED |= {"′": "′", "″": "″", "*": "*", "∗": "*", "∘": "°", "°": "°", "⊤": "ᵀ", "†": "†", "‡": "‡"}
_LOWERED = dict(zip("0123456789+−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
_LOWERED |= dict(zip("aehijklmnoprstuvxβγρφχ", "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))

_HALVES = {(1, 2): "½", (1, 3): "⅓", (2, 3): "⅔", (1, 4): "¼", (3, 4): "¾", (1, 5): "⅕", (2, 5): "⅖", (3, 5): "⅗"}
_HALVES |= {(4, 5): "⅘", (1, 6): "⅙", (5, 6): "⅚", (1, 8): "⅛", (3, 8): "⅜", (5, 8): "⅝", (7, 8): "⅞"}

_FONTS = {"mathbb": "DOUBLE-STRUCK ", "mathcal": "SCRIPT ", "mathscr": "SCRIPT ", "mathfrak": "FRAKTUR "}
_FONTS |= {"mathbf": "BOLD ", "boldsymbol": "BOLD ", "bm": "BOLD ", "pmb": "BOLD ", "bold": "BOLD "}
_UPRIGHT_FONTS = ("mathrm", "mathit", "mathsf", "mathtt", "mathnormal", "rm", "it")
FONTS = frozenset(_FONTS) | frozenset(_UPRIGHT_FONTS)
_LETTER_NAMES = {letter: f"CAPITAL {letter}" for letter in string.ascii_uppercase}
_LETTER_NAMES |= {letter: f"SMALL {letter.upper()}" for letter in string.ascii_lowercase}


def command_symbol(name: str) -> Symbol | None:
    """The symbol that ``\\name`` stands for, or None if it is no symbol."""
    text = _ESCAPED.get(name) or _PREFERRED.get(name) or _from_table(name)
    if text is None:
        return None
    return character_symbol(text)


@lru_cache(maxsize=1024)
def _from_table(name: str) -> str | None:
    from latex2mathml.symbols_parser import convert_symbol  # not before a formula needs it: it reads a large file

    digits = convert_symbol("\\" + name)
    if digits is None:
        return None
    text = chr(int(digits, 16))
    # The table also lists accents, blanks and characters of other planes that are no symbols by themselves.
    return text if text.isprintable() and not text.isspace() and cell_len(text) == 1 else None


def character_symbol(text: str) -> Symbol:
    """`text`, one character, with its class."""
    if text == "-":
        return Symbol("−", Kind.BINARY)
    if text in _BIG:
        return Symbol(text, Kind.BIG, has_limits=True)
    if text in INTEGRALS:
        return Symbol(text, Kind.BIG, has_limits=text != "∫")  # whose limits stand at the ends of the tall sign
    if text in ",;":
        return Symbol(text, Kind.PUNCTUATION)
    for kind, members in ((Kind.BINARY, _BINARY), (Kind.OPEN, _OPEN), (Kind.CLOSE, _CLOSE)):
        if text in members:
            return Symbol(text, kind)
    return Symbol(text, Kind.RELATION if _RELATION.match(text) else Kind.ORDINARY)


def in_font(text: str, font: str) -> str:
    """`text` in one of LaTeX's math alphabets, as far as Unicode has the letters."""
    style = _FONTS.get(font)
    return text if style is None else "".join(_in_style(char, style) for char in text)


@lru_cache(maxsize=512)
def _in_style(char: str, style: str) -> str:
    # The letters that Unicode had before the others are named without MATHEMATICAL: ℝ, ℒ, ℭ.
    if char.isascii() and char.isdigit():
        names = [f"MATHEMATICAL {style}DIGIT {unicodedata.name(char).removeprefix('DIGIT ')}"]
    elif char in _LETTER_NAMES:
        names = [f"MATHEMATICAL {style}{_LETTER_NAMES[char]}", f"{style}{_LETTER_NAMES[char]}"]
        if style == "FRAKTUR ":
            names.append(f"BLACK-LETTER {_LETTER_NAMES[char]}")
    else:
        names = [unicodedata.name(char, "").replace("GREEK ", f"MATHEMATICAL {style}").replace(" LETTER", "")]
    for name in names:
        try:
            return unicodedata.lookup(name)
        except KeyError:  # most names are of no character: digits in script, a Greek letter double-struck
            continue
    return char


def raised(text: str) -> str | None:
    """`text` in superscript characters, or None if one of them does not exist."""
    return _mapped(text, _RAISED)


def lowered(text: str) -> str | None:
    """`text` in subscript characters, or None if one of them does not exist."""
    return _mapped(text, _LOWERED)


def _mapped(text: str, table: dict[str, str]) -> str | None:
    found = [table.get(char) for char in text]
    return None if None in found else "".join(filter(None, found))


def vulgar_fraction(top: str, bottom: str) -> str | None:
    """The one character for two numbers, such as ½, or None."""
    if len(top) != 1 or len(bottom) != 1 or not (top + bottom).isascii() or not (top + bottom).isdigit():
        return None
    return _HALVES.get((int(top), int(bottom)))


def accented(text: str, mark: str) -> str:
    """`text` with the combining `mark` on each of its characters."""
    return unicodedata.normalize("NFC", "".join(char + mark for char in text))
