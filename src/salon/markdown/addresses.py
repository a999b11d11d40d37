"""Web addresses in prose that say no scheme: ``www.example.com``, by the rules of GFM's extended autolinks.

Addresses with a scheme are markdown-it's business. Mail addresses are not linked: ``git@host`` is one too often.
"""

import re
from typing import NamedTuple

_ADDRESS = re.compile(r"(?:(?<=[\s*_~(])|^)www\.[^\s<]+")
_DOMAIN = re.compile(r"www\.(?:[\w-]+\.)*[^\W_-][\w-]*")
_NO_END = "?!.,:*_~'\""
_ENTITY = re.compile(r"&[A-Za-z0-9]+;$")


class Address(NamedTuple):
    """Where an address stands in the text."""

    start: int
    end: int


def addresses(text: str) -> list[Address]:
    """The addresses in `text`, in order."""
    found: list[Address] = []
    for match in _ADDRESS.finditer(text):
        address = _without_punctuation(match[0])
        if _DOMAIN.match(address):
            found.append(Address(match.start(), match.start() + len(address)))
    return found


def _without_punctuation(address: str) -> str:
    """The address without what belongs to the sentence around it: full stops, brackets that it does not open."""
    unopened = address.count(")") - address.count("(")
    while address:
        if address[-1] in _NO_END:
            address = address[:-1]
        elif address[-1] == ")" and unopened > 0:
            address, unopened = address[:-1], unopened - 1
        elif address[-1] == ";":
            entity = _ENTITY.search(address)
            address = address[: entity.start()] if entity else address[:-1]
        else:
            break
    return address
