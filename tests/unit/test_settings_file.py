"""Changing a setting in a file that a person wrote."""

import errno
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.errors import StoreError, UsageError
from salon.settings import SETTINGS, Origin, Settings, load_settings
from salon.store.settings_file import FileSettings, with_setting
from store_support import FaultyDisk

WRITTEN = """\
# My Salon

measure = 80   # my eyes
theme = "salon-light"

# not yet
# mouse = false
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "salon" / "config.toml"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(text.encode())


def test_without_a_file_one_is_made_that_only_its_owner_can_read(file: Path) -> None:
    kept = FileSettings(file, {})
    assert kept.keep("measure", 90) == ""
    assert file.read_text() == "measure = 90\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept.settings.measure == 90
    assert kept.origin("measure") is Origin.FILE
    assert kept.source("measure") == f"{file}, line 1"


def test_comments_and_order_stay(file: Path) -> None:
    write(file, WRITTEN)
    kept = FileSettings(file, {})
    kept.keep("measure", 100)
    kept.keep("mouse", False)
    assert file.read_text() == WRITTEN.replace("80", "100") + "mouse = false\n"


def test_a_setting_goes_before_what_is_no_setting(file: Path) -> None:
    write(file, "measure = 80\n\n[somebody.else]\nx = 1 # theirs\n")
    FileSettings(file, {}).keep("recall", 7)
    assert tomllib.loads(file.read_text()) == {"measure": 80, "recall": 7, "somebody": {"else": {"x": 1}}}
    assert "x = 1 # theirs" in file.read_text()


def test_the_ends_of_lines_stay_those_of_windows(file: Path) -> None:
    write(file, "# mine\r\nmeasure = 80\r\n")
    FileSettings(file, {}).keep("recall", 7)
    assert file.read_bytes() == b"# mine\r\nmeasure = 80\r\nrecall = 7\r\n"


def test_a_link_into_a_collection_of_dotfiles_stays_one(file: Path, tmp_path: Path) -> None:
    write(file, "")
    file.unlink()
    (tmp_path / "dotfiles.toml").write_text("# mine\n")
    file.symlink_to(tmp_path / "dotfiles.toml")
    FileSettings(file, {}).keep("measure", 90)
    assert file.is_symlink()
    assert (tmp_path / "dotfiles.toml").read_text() == "# mine\nmeasure = 90\n"


def test_forgetting_a_setting_takes_its_line_out_and_has_the_default_hold(file: Path) -> None:
    write(file, WRITTEN)
    kept = FileSettings(file, {})
    kept.forget("measure")
    assert file.read_text() == WRITTEN.replace("measure = 80   # my eyes\n", "")
    assert (kept.settings.measure, kept.origin("measure")) == (100, Origin.DEFAULT)
    kept.forget("recall")  # never was in it
    assert "recall" not in file.read_text()


@pytest.mark.parametrize("broken", ["measure = \n", 'theme = "never closed\n', "measure = 1\nmeasure = 2\n"])
def test_a_broken_file_is_never_written_over(file: Path, broken: str) -> None:
    write(file, broken)
    kept = FileSettings(file, {})
    before = kept.settings
    with pytest.raises(StoreError, match="nothing was written"):
        kept.keep("recall", 7)
    assert file.read_text() == broken
    assert kept.settings == before


def test_what_is_no_utf_8_is_never_written_over(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(StoreError, match="not UTF-8"):
        FileSettings(file, {}).keep("recall", 7)
    assert file.read_bytes() == b"\xff\xfe"


@pytest.mark.parametrize("number", range(8))
def test_a_disk_that_fails_leaves_the_old_file_or_the_new_one(file: Path, number: int) -> None:
    write(file, WRITTEN)
    disk = FaultyDisk(lambda at, name: errno.ENOSPC if at == number else 0)
    kept = FileSettings(file, {}, files=disk)
    try:
        kept.keep("measure", 120)
    except StoreError as error:
        assert error.what.endswith("could not be written: the disk is full.")
        assert kept.settings.measure == 80
    else:
        assert len(disk.calls) <= number
    assert file.read_text() in {WRITTEN, WRITTEN.replace("80", "120")}
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"] or disk.calls[number] == "remove"


def test_the_environment_and_flags_are_stronger_than_what_is_written(file: Path) -> None:
    kept = FileSettings(file, {"SALON_MEASURE": "70"}, {"model": "opus", "system": ""})
    assert "SALON_MEASURE is stronger" in kept.keep("measure", 90)
    assert "--model is stronger" in kept.keep("model", "haiku")
    assert (kept.value("measure"), kept.origin("measure"), kept.source("measure")) == (
        70,
        Origin.ENVIRONMENT,
        "SALON_MEASURE",
    )
    assert (kept.value("model"), kept.origin("model"), kept.source("model")) == ("opus", Origin.FLAG, "--model")
    assert (kept.value("system"), kept.origin("system"), kept.source("system")) == ("", Origin.DEFAULT, "default")
    assert load_settings(file, {})[0] == Settings(measure=90, model="haiku")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("measure", 9, '"measure" must be a whole number from 40 to 200, not 9.'),
        ("mesure", 90, 'There is no setting "mesure". Did you mean "measure"?'),
        ("api_key", "x", "keys do not belong in a file"),
    ],
)
def test_what_cannot_be_set_is_said(file: Path, name: str, value: object, sentence: str) -> None:
    with pytest.raises(UsageError) as refused:
        FileSettings(file, {}).keep(name, value)
    assert sentence in refused.value.sentence()
    assert not file.exists()


def test_what_a_person_types_becomes_a_value() -> None:
    assert SETTINGS["measure"].read(" 90 ") == 90
    assert SETTINGS["read_timeout"].read("90") == 90.0
    assert SETTINGS["mouse"].read("off") is False
    with pytest.raises(ValueError, match=r"Did you mean .folded."):
        SETTINGS["thinking"].read("foldet")


lines = st.sampled_from(
    ["# a comment", "", "measure = 80", 'theme = "x" # why', "[a.b]", "c = [1,\n 2] # d", "x.y = 1", "[[list]]", "e=2"]
)


@given(
    st.lists(lines, max_size=8).map("\n".join), st.sampled_from(["measure", "recall"]), st.integers(40, 99) | st.none()
)
def test_only_the_one_setting_is_ever_changed(text: str, key: str, value: int | None) -> None:
    try:
        changed = with_setting(text, "x.toml", key, value)
    except StoreError:
        return
    before, after = tomllib.loads(text), tomllib.loads(changed)
    assert after.pop(key, None) == value
    before.pop(key, None)
    assert after == before
    assert [line for line in text.split("\n") if line.startswith("#")] == [
        line for line in changed.split("\n") if line.startswith("#")
    ]


def test_tomlkit_is_not_loaded_before_a_setting_is_changed() -> None:
    code = "import sys, salon.wiring, salon.ui.app; print('tomlkit' in sys.modules)"
    environ = {**os.environ, "PYTHONPATH": ""}
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ).stdout == "False\n"
