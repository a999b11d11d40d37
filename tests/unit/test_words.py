"""The interface's words: which language is spoken, what a translation may be, and where all messages stand."""

import os
import random
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import pot
from salon import words
from salon.actions import BY_ID
from salon.words import Words, language_of, load
from translations import accented, catalogue_of, install, pseudo_catalogue

LABELS = {"note", "read-only", "settings"}
"""Words on the screen that look like a name."""


def spoken(folder: Path, catalogue: bytes, language: str = "de", **environ: str) -> Words:
    install(folder, catalogue, language)
    return load({"SALON_LANGUAGE": language, **environ}, lambda: (folder / "locale",))


@pytest.mark.parametrize(
    ("environ", "languages"),
    [
        ({}, ()),
        ({"LANG": "C.UTF-8"}, ()),
        ({"LANG": "en_GB.UTF-8"}, ()),
        ({"LANG": "de_AT.UTF-8@euro"}, ("de_AT", "de")),
        ({"LANG": "de_AT.UTF-8", "LC_MESSAGES": "fr_FR"}, ("fr_FR", "fr")),
        ({"LC_ALL": "POSIX", "LC_MESSAGES": "fr_FR"}, ()),
        ({"LC_ALL": "de_DE", "SALON_LANGUAGE": "pt-BR"}, ("pt_BR", "pt")),
        ({"LC_ALL": "de_DE", "SALON_LANGUAGE": "en"}, ()),
        ({"SALON_LANGUAGE": "zh_Hans_CN"}, ("zh_Hans_CN", "zh_Hans", "zh")),
        ({"SALON_LANGUAGE": "../../etc"}, ()),
        ({"SALON_LANGUAGE": "/etc"}, ()),
    ],
)
def test_the_language_is_the_one_of_the_environment(environ: Mapping[str, str], languages: tuple[str, ...]) -> None:
    assert language_of(environ) == languages


def test_a_translation_speaks_and_english_fills_the_gaps(tmp_path: Path) -> None:
    catalogue = catalogue_of(
        {"Ask {name}.": "{name} fragen.", ("{n:,} chat", "{n:,} chats"): ("{n} Gespräch", "{n:,} Gespräche")}
    )
    german = spoken(tmp_path, catalogue)
    assert german.tr("Ask {name}.", name="Claude") == "Claude fragen."
    assert german.tr("Not translated, {n}.", n=3) == "Not translated, 3."
    assert german.tr("") == ""
    assert [german.plural("{n:,} chat", "{n:,} chats", n) for n in (1, 2, 1000)] == [
        "1 Gespräch",
        "2 Gespräche",
        "1,000 Gespräche",
    ]
    assert german.plural("{n} file", "{n} files", 1) == "1 file"
    assert german.problems == ()


def test_english_is_what_stands_in_the_code() -> None:
    english = load({"LANG": "en_GB.UTF-8"}, lambda: pytest.fail("nothing is looked for"))
    assert english.tr("{braces} stay where there are no values") == "{braces} stay where there are no values"
    assert english.tr("{n:,} of {all}", n=1000, all="ü") == "1,000 of ü"
    assert [english.plural("{n} file", "{n} files", n) for n in (0, 1, 2)] == ["0 files", "1 file", "2 files"]


def test_a_person_can_correct_a_translation_of_the_package(tmp_path: Path) -> None:
    own, package = tmp_path / "own", tmp_path / "package"
    install(package, catalogue_of({"Stop": "Anhalten"}), "de")
    install(own, catalogue_of({"Stop": "Halt"}), "de")
    both = load({"LANG": "de_AT"}, lambda: (own / "locale", package / "locale"))
    assert both.tr("Stop") == "Halt"


def test_a_language_that_was_asked_for_by_name_and_is_not_there_is_told(tmp_path: Path) -> None:
    assert load({"LANG": "xx_YY.UTF-8"}, lambda: (tmp_path,)).problems == ()
    (told,) = load({"SALON_LANGUAGE": "xx"}, lambda: (tmp_path,)).problems
    assert "“xx”" in told


@pytest.mark.parametrize(
    "translated",
    [
        "{nmae} fragen",  # a name there is not
        "{name.__class__} fragen",
        "{name[0]} fragen",
        "{name:>999999999} fragen",
        "{name!r} fragen",
        "{} fragen",
        "{name fragen",
        "fragen}",
        "x" * 5000,
    ],
)
def test_a_sentence_that_does_not_fit_stays_english_and_is_counted(tmp_path: Path, translated: str) -> None:
    german = spoken(tmp_path, catalogue_of({"Ask {name}.": translated, "Stop": "Halt"}))
    assert german.tr("Ask {name}.", name="Claude") == "Ask Claude."
    assert german.tr("Stop") == "Halt"
    assert "1 of its sentences do not fit" in german.problems[0]


@pytest.mark.parametrize("form", ["{n.real} Gespräche", "{n:>999999999} Gespräche", "{n!r} Gespräche", "{x} Gespräche"])
def test_a_form_that_does_not_fit_stays_english(tmp_path: Path, form: str) -> None:
    german = spoken(tmp_path, catalogue_of({("{n} chat", "{n} chats"): (form, form)}))
    assert german.plural("{n} chat", "{n} chats", 5) == "5 chats"


def test_a_form_may_have_what_only_the_english_plural_has(tmp_path: Path) -> None:
    german = spoken(
        tmp_path, catalogue_of({("the chat", "{n:,} chats of {name}"): ("das von {name}", "{n} von {name}")})
    )
    assert german.plural("the chat", "{n:,} chats of {name}", 1, name="A") == "das von A"
    assert german.problems == ()


def test_a_translation_cannot_command_a_terminal(tmp_path: Path) -> None:
    german = spoken(tmp_path, catalogue_of({"Stop": "\x1b]0;title\x07Halt\u202e\n\nweiter", "A\nB": "C\nD"}))
    assert german.tr("Stop") == "␛]0;title␇Halt\ufffd weiter"
    assert german.tr("A\nB") == "C\nD"


def test_a_rule_that_divides_by_nothing_falls_back(tmp_path: Path) -> None:
    catalogue = catalogue_of({("{n} chat", "{n} chats"): ("{n} Gespräch", "{n} Gespräche")}, rule="n/(n-2)")
    assert spoken(tmp_path, catalogue).plural("{n} chat", "{n} chats", 2) == "2 chats"


WHOLE = catalogue_of({"Stop": "Halt", ("{n} chat", "{n} chats"): ("{n} Gespräch", "{n} Gespräche")})
HEADERS = st.sampled_from(
    [b"charset=utf-8", b"charset=rot13", b"charset=\xff", b"plural=n != 1", b"nplurals=9", b"plural=(((((", b"plural="]
)


@given(st.binary(max_size=200) | st.tuples(HEADERS, HEADERS).map(lambda pair: WHOLE.replace(*pair)), st.randoms())
@example(b"", random.Random(0))
@example(WHOLE[:40], random.Random(0))
def test_a_broken_catalogue_is_told_and_never_raises(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, chance: random.Random
) -> None:
    broken = bytearray(WHOLE if chance.random() < 0.5 else content)
    for _ in range(chance.randrange(4)):
        if broken:
            broken[chance.randrange(len(broken))] = chance.randrange(256)
    folder = Path(tmp_path_factory.getbasetemp()) / "broken"
    told = spoken(folder, bytes(broken))
    assert isinstance(told.tr("Stop"), str)
    assert told.plural("{n} chat", "{n} chats", 5)
    assert told.problems or told.said.get("Stop") == "Halt" or bytes(broken) != WHOLE


def test_all_messages_stand_in_one_file() -> None:
    assert pot.POT.read_text("utf-8") == pot.pot(), "run: PYTHONPATH=tests python tests/pot.py"


def test_a_message_that_cannot_be_translated_is_refused() -> None:
    assert list(pot.messages_in('tr("a" "b"); plural("{n} x", "{n} xs", 2); tr(row.label)')) == [
        ("ab",),
        ("{n} x", "{n} xs"),
    ]
    with pytest.raises(ValueError, match="line 1"):
        list(pot.messages_in('tr(f"{a} b")'))


def test_every_message_can_be_said_in_a_language_that_nobody_speaks(tmp_path: Path) -> None:
    pseudo = spoken(tmp_path, pseudo_catalogue(), "qps")
    assert pseudo.problems == ()
    assert pseudo.tr("when something fails") == accented("when something fails") != "when something fails"


def test_the_process_speaks_the_language_from_its_start(tmp_path: Path) -> None:
    install(tmp_path, pseudo_catalogue())
    environ = {"PATH": os.environ["PATH"], "SALON_LANGUAGE": "qps", "SALON_CONFIG_DIR": str(tmp_path)}
    folder = tmp_path / "locale" / "qps" / "guide"
    folder.mkdir()
    (folder / "trouble.md").write_text("# Ťŕóúƀĺé\n\x1b]0;x\x07 {key:help}", "utf-8")
    program = "from salon.guide import index, page; print(index() + page('trouble') + page('privacy'))"
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, encoding="utf-8", check=True
    )
    assert accented("when something fails") in ran.stdout
    assert "# Ťŕóúƀĺé\n␛]0;x␇ `F1`" in ran.stdout
    assert "# Privacy" in ran.stdout or "# What" in ran.stdout


def test_what_a_program_reads_is_no_message() -> None:
    """Ids of actions, code, markup and policies: a translation of them would break, or open, what they are for."""
    found = [message.id for message in pot.catalogue() if isinstance(message.id, str)]
    assert found
    ids = {*BY_ID, "edit_base_url"} - LABELS
    read = re.compile(r"<[a-z!/]|\bimport [a-z]+[,;]|\$s-|'none'|^[a-z]+(?:[_.-][a-z]+)+$")
    assert [text for text in found if text in ids or (read.search(text) and text not in LABELS)] == []


def test_english_costs_no_import() -> None:
    environ = {"PATH": os.environ["PATH"], "LANG": "en_US.UTF-8"}
    program = (
        "import sys, salon.words; print(*sorted({'gettext', 'platformdirs', 'string', 'salon.paths'} & {*sys.modules}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, encoding="utf-8", check=True
    )
    assert ran.stdout.strip() == ""
    assert words.WORDS.languages == ()
