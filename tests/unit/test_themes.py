import os
from math import dist
from operator import mul
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.paths import default_paths, theme_directories
from salon.themes import ANSI_COLOURS, GROUND_ROLES, ROLES, Theme, contrast, load_themes
from salon.toml_text import MOST_OWN_FILES, SIZE_LIMIT
from salon.untrusted import clean

BUILT_IN = Path(__file__).parents[2] / "themes"
SHIPPED, _ = load_themes([BUILT_IN])
IN_ANSI = [theme for theme in SHIPPED if theme.name.startswith("terminal")]
"""What contrast these have is the terminal's to say: nobody knows which colours it gives to their names."""
IN_HEX = [theme for theme in SHIPPED if theme not in IN_ANSI]
TEXT_ROLES = [role for role in ROLES if role not in {*GROUND_ROLES, "table-rule"}]

DEFICIENCIES = {
    "no red": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "no blue": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
"""Linear RGB as it is seen by those who lack one kind of cone (Machado, Oliveira and Fernandes 2009, severity 1)."""


def difference(one: str, other: str, seen: tuple[tuple[float, ...], ...]) -> float:
    """How far apart two colours are in linear RGB, its channels raised to a third as lightness is perceived."""

    def as_seen(colour: str) -> list[float]:
        channels = [(int(colour[start : start + 2], 16) / 255) ** 2.2 for start in (1, 3, 5)]
        rows = [sum(map(mul, row, channels)) for row in seen]
        return [max(0.0, channel) ** (1 / 3) for channel in rows]

    return dist(as_seen(one), as_seen(other))


def name_of(theme: Theme) -> str:
    return theme.name


def loaded(directory: Path, name: str = "mine") -> tuple[Theme, list[str]]:
    themes, problems = load_themes([BUILT_IN, directory])
    return next(theme for theme in themes if theme.name == name), problems


def test_the_themes_that_come_with_salon_are_whole_and_without_complaint() -> None:
    assert load_themes([BUILT_IN]) == (SHIPPED, [])
    assert len(SHIPPED) >= 12
    assert [theme.name for theme in SHIPPED][:2] == ["salon-dark", "salon-light"]
    assert {theme.dark for theme in SHIPPED if "contrast" in theme.name} == {True, False}
    assert {theme.dark for theme in SHIPPED if "colour-blind" in theme.name} == {True, False}
    assert {theme.dark for theme in IN_ANSI} == {True, False}
    assert len({theme.label for theme in SHIPPED}) == len(SHIPPED)
    for theme in SHIPPED:
        assert theme.source == BUILT_IN / f"{theme.name}.toml"
        assert theme.source.read_text().count(" = ") == len(ROLES) + 3
        assert theme.roles.keys() == set(ROLES)
    assert BUILT_IN in theme_directories(default_paths())


@pytest.mark.parametrize("theme", IN_HEX, ids=name_of)
@pytest.mark.parametrize("ground", GROUND_ROLES)
def test_every_text_can_be_read_on_every_ground(theme: Theme, ground: str) -> None:
    needed = 7.0 if theme.name.startswith("high-contrast") else 4.5
    for role in TEXT_ROLES:
        ratio = contrast(theme.roles[role], theme.roles[ground])
        assert ratio >= needed, f"{role} on {ground}: {ratio:.2f}"


@pytest.mark.parametrize("theme", IN_HEX, ids=name_of)
def test_lines_and_what_is_selected_or_found_can_be_seen(theme: Theme) -> None:
    for ground in ("background", "surface", "code-background"):
        assert contrast(theme.roles["table-rule"], theme.roles[ground]) >= 3.0, "WCAG's least for what is no text"
        for lit in ("selection", "search-hit"):
            assert contrast(theme.roles[ground], theme.roles[lit]) > 1.1
    assert theme.roles["selection"] != theme.roles["search-hit"]
    # What the caret, the highlighted row of Textual's widgets and a button have: the ground on the accent.
    assert contrast(theme.roles["background"], theme.roles["accent"]) >= 4.5


@pytest.mark.parametrize("theme", [theme for theme in IN_HEX if "colour-blind" in theme.name], ids=name_of)
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_pairs_that_must_be_told_apart_differ_for_every_way_of_seeing(theme: Theme, deficiency: str) -> None:
    for one, other in (("diff-added", "diff-removed"), ("code.inserted", "code.deleted"), ("success", "error")):
        apart = difference(theme.roles[one], theme.roles[other], DEFICIENCIES[deficiency])
        assert apart > 0.1, f"{one} and {other}: {apart:.3f}"


@pytest.mark.parametrize("theme", IN_HEX, ids=name_of)
def test_a_theme_is_as_dark_as_it_says(theme: Theme) -> None:
    assert (contrast(theme.roles["background"], "#000000") < 3) is theme.dark


@pytest.mark.parametrize("theme", IN_ANSI, ids=name_of)
def test_the_terminals_own_colours_keep_text_and_what_lies_behind_it_apart(theme: Theme) -> None:
    assert set(theme.roles.values()) <= ANSI_COLOURS
    behind = {theme.roles["selection"], theme.roles["search-hit"]}
    assert len(behind) == 2
    assert behind.isdisjoint(theme.roles[role] for role in TEXT_ROLES)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#FFFFFF") == contrast("#ffffff", "#000000") == 21
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    with pytest.raises(ValueError, match="ansi_red"):
        contrast("ansi_red", "#000000")


def test_a_theme_may_name_only_what_it_changes(tmp_path: Path) -> None:
    tmp_path.joinpath("mine.toml").write_text(
        'label = "Mine"\ndark = false\n[roles]\naccent = "#AA0000"\ncode.keyword = "ansi_Red"\n'
    )
    theme, problems = loaded(tmp_path)
    assert problems == []
    light = next(other for other in SHIPPED if other.name == "salon-light")
    assert theme.roles == {**light.roles, "accent": "#aa0000", "code.keyword": "ansi_red"}
    assert (theme.label, theme.dark) == ("Mine", False)


def test_a_later_directory_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    tmp_path.joinpath("x.toml").write_text('name = "salon-dark"\ndark = true\n[roles.code]\ntext = "#123456"\n')
    theme, problems = loaded(tmp_path, "salon-dark")
    assert problems == []
    assert theme.roles["code.text"] == "#123456"
    assert theme.source == tmp_path / "x.toml"


@pytest.mark.parametrize(
    ("written", "line", "sentence"),
    [
        ('[roles]\nacent = "#aa0000"', 3, 'there is no role "acent". Did you mean "accent"?'),
        ('[roles]\ncode.keywords = "#aa0000"', 3, 'there is no role "code.keywords". Did you mean "code.keyword"?'),
        (
            '[roles]\naccent = "aa0000"',
            3,
            '"accent" must be a colour such as "#d0c0a0" or "ansi_blue", not "aa0000".',
        ),
        (
            '[roles.code]\ntext = "ansi_blu"',
            3,
            '"code.text" must be a colour such as "#d0c0a0" or "ansi_blue", not "ansi_blu". Did you mean "ansi_blue"?',
        ),
        ("[roles]\naccent = 7", 3, '"accent" must be a colour such as "#d0c0a0" or "ansi_blue".'),
        ("roles = 7", 2, "roles must be a table of colours, under [roles]."),
        ('colour = "red"', 2, 'a theme has no "colour".'),
        ("[role]", 2, 'a theme has no "role". Did you mean "roles"?'),
        ('name = "../../etc"', 2, "a theme's name has small letters, digits and hyphens only; it is not used."),
        ("label = 1", 2, "the label is not text; the name is used."),
        ("[roles]\naccent = #aa0000", 3, "not TOML, this line is not used: Invalid value."),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, written: str, line: int, sentence: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("dark = true\n" + written + "\n")
    theme, problems = loaded(tmp_path)
    assert problems == [f"{file}, line {line}: {sentence}"]
    assert theme.roles == SHIPPED[0].roles
    assert theme.label == "mine"


@pytest.mark.parametrize(("background", "dark"), [("#000000", True), ("#fefefe", False), ("ansi_default", True)])
def test_whether_a_theme_is_dark_can_be_seen(tmp_path: Path, background: str, dark: bool) -> None:
    tmp_path.joinpath("mine.toml").write_text(f'[roles]\nbackground = "{background}"\n')
    theme, problems = loaded(tmp_path)
    assert theme.dark is dark
    assert "dark must be true or false" in problems[0]


def test_what_is_no_plain_file_of_its_directory_is_not_read(tmp_path: Path) -> None:
    home = tmp_path / "themes"
    home.mkdir()
    tmp_path.joinpath("outside.toml").write_text("dark = true\n")
    os.mkfifo(home / "a-fifo.toml")
    home.joinpath("b-large.toml").write_bytes(b"#" * (SIZE_LIMIT + 1))
    home.joinpath("c-outside.toml").symlink_to(tmp_path / "outside.toml")
    home.joinpath("d-nowhere.toml").symlink_to(home / "missing.toml")
    home.joinpath("e-loop.toml").symlink_to(home / "e-loop.toml")
    home.joinpath("f-folder.toml").mkdir()
    home.joinpath("g-bytes.toml").write_bytes(b"\xff")
    home.joinpath("h-inside.toml").symlink_to(home / "i-good.toml")
    home.joinpath("i-good.toml").write_text("dark = true\n")
    home.joinpath("readme.txt").write_text("not a theme")
    themes, problems = load_themes([BUILT_IN, home])
    assert [theme.name for theme in themes[len(SHIPPED) :]] == ["h-inside", "i-good"]
    told = {problem.split(": ")[0].removeprefix(f"{home}/") for problem in problems}
    assert told == {
        *("a-fifo.toml", "b-large.toml", "c-outside.toml", "d-nowhere.toml", "e-loop.toml", "f-folder.toml"),
        "g-bytes.toml",
    }


def test_two_files_of_one_name_and_too_many_files_are_told(tmp_path: Path) -> None:
    for number in range(MOST_OWN_FILES + 1):
        tmp_path.joinpath(f"t{number:03}.toml").write_text("dark = true\n" + ('name = "t000"' if number == 1 else ""))
    themes, problems = load_themes([tmp_path])
    assert len(themes) == MOST_OWN_FILES + 1
    assert "only the first 200 of 201" in problems[0]
    assert 'has the name "t000", too' in problems[1]


def test_a_directory_that_is_not_there_is_no_problem_and_a_file_in_its_place_is(tmp_path: Path) -> None:
    themes, problems = load_themes([tmp_path / "missing"])
    assert [theme.name for theme in themes] == ["salon-dark", "salon-light"]
    assert all(theme.roles.keys() == set(ROLES) for theme in themes)
    assert problems == []
    tmp_path.joinpath("file").touch()
    assert "themes cannot be looked for here" in load_themes([tmp_path / "file"])[1][0]


theme_like = st.lists(
    st.sampled_from(
        [
            *ROLES,
            "name",
            "label",
            "dark",
            "[roles]",
            " = ",
            "\n",
            '"#aa0000"',
            '"""',
            "[",
            "]",
            ".",
            "{",
            "}",
            "true",
            "1",
        ]
    )
    | st.text(max_size=4),
    max_size=40,
).map("".join)


@given(theme_like.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary())
def test_no_file_makes_loading_raise(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    directory = tmp_path_factory.getbasetemp() / "any"
    directory.mkdir(exist_ok=True)
    directory.joinpath("any.toml").write_bytes(content)
    themes, problems = load_themes([directory])
    assert all(theme.roles.keys() == set(ROLES) for theme in themes)
    assert all(problem == clean(problem) and "\n" not in problem for problem in problems)
