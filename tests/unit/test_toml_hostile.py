"""TOML made to cost much or to break what reads it: each of these took from seconds to minutes, or for ever."""

from pathlib import Path

import pytest

from salon.keymap import load_keys
from salon.saved_prompts import load_saved_prompts
from salon.settings import load_settings
from salon.toml_text import MOST_ENTRIES, SIZE_LIMIT, parse_leniently, place_of

SIZE = SIZE_LIMIT - 100
COSTLY = {
    "blanks": f'x = """\n{" " * SIZE}\n"""\n',
    "a dotted key": ".".join("a" * (SIZE // 2)) + "=1",
    "a dotted table": "[" + ".".join("a" * (SIZE // 2)) + "]",
    "a dotted key inside": "x={" + ".".join("a" * (SIZE // 2)) + "=1}",
    "one long word": "a" * SIZE,
    "quotes": '"' * SIZE,
    "thousands of keys": "\n".join(f"k{number}=1" for number in range(7_000)),
    "thousands of tables": "[[a]]\n" * (SIZE // 6),
    "nesting": "a={" * (SIZE // 3),
    "lists": "a=" + "[" * SIZE,
    "a huge number": "theme = 0x" + "f" * SIZE,
    "a huge decimal number": "theme = " + "9" * SIZE,
    "nothing but broken lines": "=\n" * (SIZE // 2),
}


@pytest.mark.parametrize("text", COSTLY.values(), ids=COSTLY)
def test_what_is_costly_is_told_quickly(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "one.toml").write_text(text)
    settings, problems = load_settings(file, {})
    assert settings == load_settings(tmp_path / "none", {})[0]
    assert problems
    assert all(problem.startswith(str(file)) for problem in problems)
    assert len(problems) <= MOST_ENTRIES
    load_keys(file, "")
    assert load_saved_prompts(tmp_path / "prompts")[1]


def test_a_file_of_many_entries_is_not_used() -> None:
    fits = "\n".join(f"k{number}=1" for number in range(MOST_ENTRIES))
    assert parse_leniently(fits, "f") == ({f"k{number}": 1 for number in range(MOST_ENTRIES)}, [])
    written, problems = parse_leniently(f"{fits}\nmore=1", "f")
    assert (written, problems) == ({}, ["f: more than 1,000 entries, nothing in it is used."])


def test_places_of_keys() -> None:
    text = "a = 1\n\n[ one . two ]\n 'b c' = 2\n\"d\".e = 3\n[[three]]\nf = 4"
    assert place_of(text, "f", "a") == "f, line 1"
    assert place_of(text, "f", "b c", "one.two") == "f, line 4"
    assert place_of(text, "f", "d.e", "one.two") == "f, line 5"
    assert place_of(text, "f", "one.two") == "f, line 3"
    assert place_of(text, "f", "g") == "f"
