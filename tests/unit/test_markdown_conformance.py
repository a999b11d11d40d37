"""The specifications' examples, read from where somebody has them, and our own for each section.

The examples are under a licence of their own and so are no part of this repository. To run them, name the folder that
holds ``commonmark.txt`` (0.31.2) and ``gfm.txt`` (0.29) in ``SALON_MARKDOWN_SPECS``; the source archive of `marko` on
PyPI has both (``tests/spec/``).
"""

import os
from pathlib import Path

import pytest

from markdown_conformance import examples, shown_by_html, shown_by_rows

_FOLDER = os.environ.get("SALON_MARKDOWN_SPECS")

_LINKED = "GFM links bare addresses, which CommonMark leaves alone"
_NO_MAIL = "a mail address is not linked unless it is in pointed brackets: git@host is one too often"
DIFFERENT = {
    ("commonmark", 602): _LINKED,
    ("commonmark", 608): _LINKED,
    ("commonmark", 611): _LINKED,
    ("gfm", 610): _LINKED,
    ("gfm", 616): _LINKED,
    ("gfm", 619): _LINKED,
    ("gfm", 629): _NO_MAIL,
    ("gfm", 630): _NO_MAIL,
    ("gfm", 631): _NO_MAIL,
}


@pytest.mark.skipif(_FOLDER is None, reason="SALON_MARKDOWN_SPECS names no folder with the specifications")
@pytest.mark.parametrize(("specification", "least"), [("commonmark", 650), ("gfm", 670)])
def test_the_specifications_examples_show_what_their_html_shows(specification: str, least: int) -> None:
    found = list(examples(Path(str(_FOLDER)) / f"{specification}.txt"))
    assert len(found) >= least
    different = {
        example.number: f"{example.section}: {example.source!r}"
        for example in found
        if shown_by_html(example.html, example.source) != shown_by_rows(example.source)
    }
    assert different.keys() == {number for name, number in DIFFERENT if name == specification}, different
