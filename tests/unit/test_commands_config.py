"""`salon config` and `salon keys`."""

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from salon.actions import ACTIONS, key_table, use_keys
from salon.claude.credentials import Secret, save_key
from salon.commands.config import template
from salon.commands.line import run
from salon.settings import SETTINGS, Settings, load_settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("config", "state", "cache"):
        monkeypatch.setenv(f"SALON_{name.upper()}_DIR", str(tmp_path / name))
    return tmp_path / "config" / "config.toml"


@pytest.fixture(autouse=True)
def own_keys() -> Iterator[None]:
    yield
    use_keys({})


Captured = pytest.CaptureFixture[str]


def test_path_says_where_the_file_lies(file: Path, capsys: Captured) -> None:
    assert run(["config", "path"]) == 0
    assert capsys.readouterr().out == f"{file}\n"
    assert not file.exists()


def test_show_prints_what_config_toml_could_have(file: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALON_SYSTEM", 'Be "kind".\n\x7f')
    assert run(["config", "show"]) == 0
    out = capsys.readouterr().out
    assert tomllib.loads(out)["system"] == 'Be "kind".\n\x7f'
    assert list(tomllib.loads(out)) == list(SETTINGS)


def test_show_says_where_values_come_from(file: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALON_RECALL", "7")
    file.parent.mkdir()
    file.write_text("# mine\nmeasure = 80\nmesure = 1\n")
    assert run(["config", "show", "--origin"]) == 0
    told = capsys.readouterr()
    lines = {line.split(" ")[0]: line for line in told.out.splitlines()}
    assert lines["measure"].endswith(f"# {file}, line 2")
    assert lines["recall"].endswith("# SALON_RECALL")
    assert lines["attempts"].endswith("# default")
    assert 'Did you mean "measure"?' in told.err
    assert run(["config", "show", "--json"]) == 0
    records = {record["name"]: record for record in map(json.loads, capsys.readouterr().out.splitlines())}
    assert records["recall"] == {
        "name": "recall",
        "value": 7,
        "default": 500,
        "origin": "environment",
        "source": "SALON_RECALL",
    }


def test_set_and_unset_keep_what_a_person_wrote(file: Path, capsys: Captured) -> None:
    file.parent.mkdir()
    file.write_text("# mine\nmeasure = 80 # my eyes\n")
    assert run(["config", "set", "measure", "90"]) == 0
    assert run(["config", "set", "print-on-exit", "yes"]) == 0
    assert file.read_text() == "# mine\nmeasure = 90 # my eyes\nprint_on_exit = true\n"
    assert run(["config", "unset", "measure"]) == 0
    assert file.read_text() == "# mine\nprint_on_exit = true\n"
    assert capsys.readouterr().out == "measure = 90\nprint_on_exit = true\nmeasure = 100\n"
    assert run(["config", "set", "mouse", "off"]) == 0
    assert "when it is started again" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["set", "measure", "wide"], 'measure must be a whole number from 40 to 200, not "wide".'),
        (["set", "thinking", "foldet"], 'Did you mean "folded"?'),
        (["set", "mesure", "80"], 'There is no setting "mesure". Did you mean "measure"?'),
        (["unset", "mesure"], 'There is no setting "mesure".'),
        (["set", "api_key", "sk-ant-x"], "keys do not belong in a file"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_written(
    file: Path, capsys: Captured, words: list[str], sentence: str
) -> None:
    assert run(["config", *words]) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert "sk-ant-x" not in told
    assert not file.exists()


def test_what_the_environment_gives_is_said_to_be_stronger(
    file: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALON_MEASURE", "70")
    assert run(["config", "set", "measure", "90"]) == 0
    told = capsys.readouterr()
    assert told.out == "measure = 70\n"
    assert "SALON_MEASURE is stronger" in told.err
    assert file.read_text() == "measure = 90\n"


def test_a_broken_file_is_not_written_over(file: Path, capsys: Captured) -> None:
    file.parent.mkdir()
    file.write_text("measure =\n")
    assert run(["config", "set", "measure", "90"]) == 1
    assert "nothing was written" in capsys.readouterr().err
    assert file.read_text() == "measure =\n"


def test_edit_opens_a_file_that_explains_itself(
    file: Path, capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nf = Path(sys.argv[1])\nf.write_text(f.read_text() + 'x = 1')"
    )
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")
    assert run(["config", "edit"]) == 1
    assert 'there is no setting "x"' in capsys.readouterr().err
    assert file.read_text() == template() + "x = 1"
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("EDITOR", "false")
    assert run(["config", "edit"]) == 1
    assert "ended with code 1" in capsys.readouterr().err


def test_every_line_of_the_template_sets_a_default(file: Path) -> None:
    file.parent.mkdir()
    lines = [line.removeprefix("# ") for line in template().splitlines()]
    file.write_text("\n".join(line for line in lines if line.split(" = ")[0] in SETTINGS))
    assert load_settings(file, {}) == (Settings(), [])
    assert len(file.read_text().splitlines()) == len(SETTINGS)


def test_keys_prints_a_sheet_that_fits_a_page(file: Path, capsys: Captured) -> None:
    assert run(["keys"]) == 0
    out = capsys.readouterr().out
    assert all(len(line) <= 80 for line in out.splitlines())
    assert "vi in the prompt".upper() not in out
    together = " ".join(out.split())
    assert all(action.key in together for action in ACTIONS if action.keys)


def test_keys_are_those_of_preset_and_keys_toml(file: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SALON_KEYS", "vi")
    file.parent.mkdir()
    file.with_name("keys.toml").write_text('search = "ctrl+x s"\nsned = "f1"\n')
    assert run(["keys", "--json"]) == 0
    told = capsys.readouterr()
    found = {record["action"]: record for record in map(json.loads, told.out.splitlines())}
    assert found["search"]["keys"] == ["Ctrl+X s"]
    assert 'Did you mean "send"' in told.err
    assert run(["keys"]) == 0
    assert "VI IN THE PROMPT" in capsys.readouterr().out


def test_keys_as_markdown_is_the_readmes_table(file: Path, capsys: Captured) -> None:
    assert run(["keys", "--markdown"]) == 0
    assert capsys.readouterr().out == key_table() + "\n"


def test_a_saved_key_is_removed_and_what_else_there_is_is_told(
    file: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = file.parent / "credentials.toml"
    save_key(keys, Secret("sk-ant-one"), "api.anthropic.com")
    save_key(keys, Secret("two"), "gateway.example:8443")
    assert run(["config", "forget-key"]) == 0
    assert capsys.readouterr().out == f"The key for api.anthropic.com is removed from {keys}.\n"
    assert run(["config", "forget-key"]) == 1
    told = capsys.readouterr().err
    assert "No key is saved for api.anthropic.com. There are keys for: gateway.example:8443." in told
    assert run(["config", "forget-key", "gateway.example:8443", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"host": "gateway.example:8443", "path": str(keys)}
    assert run(["config", "forget-key"]) == 1
    assert "No key is saved." in capsys.readouterr().err
