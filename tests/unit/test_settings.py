from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.settings import Settings, load_settings, settings_help
from salon.toml_text import SIZE_LIMIT, parse_leniently, place_of
from salon.untrusted import clean


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_without_a_file_everything_is_at_its_default(file: Path) -> None:
    assert load_settings(file, {}) == (Settings(), [])


def test_a_file_sets_what_it_names(file: Path) -> None:
    file.write_text('theme = "salon-light"\nmeasure = 80\nread_timeout = 90\nmouse = false\n')
    settings, problems = load_settings(file, {})
    assert problems == []
    assert settings == Settings(theme="salon-light", measure=80, read_timeout=90.0, mouse=False)
    assert isinstance(settings.read_timeout, float)


def test_the_environment_is_stronger_than_the_file(file: Path) -> None:
    file.write_text('model = "a"\ntheme = "b"\n')
    environ = {"SALON_MODEL": "c", "SALON_MOUSE": "off", "SALON_STALL_HINT": "2.5", "SALON_RECALL": "", "SALON_X": "y"}
    settings, problems = load_settings(file, environ)
    assert problems == []
    assert settings == Settings(model="c", theme="b", mouse=False, stall_hint=2.5)


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("mesure = 80\n", 'there is no setting "mesure". Did you mean "measure"?'),
        ("zzz = 1\n", 'there is no setting "zzz".'),
        ("measure = 500\n", '"measure" must be a whole number from 40 to 200, not 500; 100 is used.'),
        ('measure = "80"\n', '"measure" must be a whole number from 40 to 200, not "80"; 100 is used.'),
        ("measure = 80.0\n", '"measure" must be a whole number from 40 to 200, not 80; 100 is used.'),
        ("attempts = true\n", '"attempts" must be a whole number from 1 to 20, not true; 5 is used.'),
        ("read_timeout = nan\n", '"read_timeout" must be a number from 1 to 3,600, not nan; 60 is used.'),
        ("mouse = 1\n", '"mouse" must be true or false, not 1; true is used.'),
        (
            'thinking = "folder"\n',
            '"thinking" must be one of "folded", "open", "hidden", not "folder"; "folded" is used. '
            'Did you mean "folded"?',
        ),
        ("theme = [1]\n", '"theme" must be text, not a list; "auto" is used.'),
        ("[theme]\nx = 1\n", '"theme" must be text, not a table; "auto" is used.'),
        ("theme = 1979-05-27\n", '"theme" must be text, not datetime.date(1979, 5, 27); "auto" is used.'),
        (
            'theme = "\\u001b]0;x"\nmeasure = 1\n',
            '"measure" must be a whole number from 40 to 200, not 1; 100 is used.',
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_the_rest_applies(file: Path, written: str, sentence: str) -> None:
    file.write_text("# mine\nrecall = 7\n" + written)
    settings, problems = load_settings(file, {})
    line = 4 if "measure = 1\n" in written else 3
    assert problems == [f"{file}, line {line}: {sentence}"]
    assert settings.recall == 7
    assert settings.measure == 100


@pytest.mark.parametrize("name", ["api_key", "api-key", "ANTHROPIC_API_KEY", "token"])
def test_a_key_is_not_taken_and_not_shown(file: Path, name: str) -> None:
    file.write_text(f'{name} = "sk-ant-secret"\n')
    settings, problems = load_settings(file, {})
    assert settings == Settings()
    assert "ANTHROPIC_API_KEY" in problems[0]
    assert "credentials.toml" in problems[0]
    assert "sk-ant-secret" not in problems[0]


def test_a_broken_line_costs_that_line_only(file: Path) -> None:
    file.write_text("measure = 80\ntheme = salon-light\nrecall = 9\nattempts =\n")
    settings, problems = load_settings(file, {})
    assert settings == Settings(measure=80, recall=9)
    assert [problem.split(":")[0] for problem in problems] == [f"{file}, line 2", f"{file}, line 4"]


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b"x" * (SIZE_LIMIT + 1), b'system = """\nnever closed', b"a = " + b"[" * 9000]
)
def test_a_hopeless_file_leaves_the_defaults(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    settings, problems = load_settings(file, {})
    assert settings == Settings()
    assert len(problems) >= 1
    assert all(str(file) in problem for problem in problems)


def test_a_directory_in_the_files_place_is_a_sentence(file: Path) -> None:
    file.mkdir()
    settings, problems = load_settings(file, {})
    assert settings == Settings()
    assert "cannot be read" in problems[0]


def test_a_wrong_value_in_the_environment_is_a_sentence(file: Path) -> None:
    settings, problems = load_settings(file, {"SALON_MEASURE": "wide", "SALON_MOUSE": "maybe", "SALON_THINKING": "opn"})
    assert settings == Settings()
    assert problems == [
        'SALON_THINKING must be one of "folded", "open", "hidden", not "opn"; it is not used. Did you mean "open"?',
        'SALON_MEASURE must be a whole number from 40 to 200, not "wide"; it is not used.',
        'SALON_MOUSE must be true or false, not "maybe"; it is not used.',
    ]


def test_every_setting_is_explained_and_its_default_is_allowed(file: Path) -> None:
    rows = settings_help()
    assert [row.name for row in rows] == list(Settings.__dataclass_fields__)
    assert all(row.help.endswith(".") and row.allowed for row in rows)
    file.write_text("\n".join(f"{row.name} = {row.default}" for row in rows))
    assert load_settings(file, {}) == (Settings(), [])
    assert ("measure", "SALON_MEASURE", "100", "a whole number from 40 to 200") in [row[:4] for row in rows]


@pytest.mark.parametrize(
    ("key", "table", "line"),
    [("a", "", 1), ("c.d", "", 2), ("e", "b", 4), ("f.g", "b", 5), ("b", "", 3), ("missing", "", 0), ("h i", "b", 6)],
)
def test_a_key_is_found_in_its_table(key: str, table: str, line: int) -> None:
    text = 'a = 1\nc.d = 2\n[b]\ne = 3\n"f".g = 4\n"h i" = 5\n'
    assert place_of(text, "x.toml", key, table) == ("x.toml" if line == 0 else f"x.toml, line {line}")


toml_like = st.lists(
    st.sampled_from(
        [*Settings.__dataclass_fields__, "=", " = ", "\n", '"', '"""', "[", "]", "1", "true", "0x" + "f" * 9000]
    )
    | st.text(max_size=5),
    max_size=30,
).map("".join)


@given(toml_like)
def test_no_text_makes_the_reader_raise(text: str) -> None:
    data, problems = parse_leniently(text, "x.toml")
    assert isinstance(data, dict)
    assert all(problem == clean(problem) and "\n" not in problem for problem in problems)


@given(content=toml_like.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(), value=st.text())
def test_no_file_and_no_environment_makes_loading_raise(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, value: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(content)
    settings, problems = load_settings(file, {f"SALON_{name.upper()}": value for name in Settings.__dataclass_fields__})
    assert all(type(getattr(settings, name)) is type(getattr(Settings(), name)) for name in settings.__slots__)
    assert all(problem == clean(problem) and "\n" not in problem for problem in problems)
