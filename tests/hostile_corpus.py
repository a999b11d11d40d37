"""The texts of `tests/fuzz/corpus`: what a model, a file, a server or a clipboard may hold to take a terminal over."""

from functools import cache
from pathlib import Path

CORPUS = Path(__file__).parent / "fuzz" / "corpus"


@cache
def texts_in(name: str) -> tuple[str, ...]:
    """The texts of one file, by its name without the suffix."""
    lines = (CORPUS / f"{name}.txt").read_text(encoding="ascii").splitlines()
    return tuple(line.encode("ascii").decode("unicode_escape") for line in lines if line and not line.startswith("#"))


@cache
def hostile_texts() -> tuple[str, ...]:
    """All of them."""
    return tuple(text for file in sorted(CORPUS.glob("*.txt")) for text in texts_in(file.stem))


def writable(text: str) -> str:
    """The text as UTF-8 can hold it."""
    return text.encode("utf-8", "replace").decode("utf-8")


@cache
def hostile_document() -> str:
    """All that a file can hold, each on a line of its own between two words."""
    return "\n".join(f"before {writable(text)} after" for text in hostile_texts())


@cache
def hostile_names() -> tuple[str, ...]:
    """Names for files: no slash, no NUL, at most 255 bytes."""
    names = (writable(text).replace("/", "_").replace("\0", "") for text in hostile_texts())
    return tuple(dict.fromkeys(name for name in names if name.strip(". ")))
