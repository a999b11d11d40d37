"""Prompts kept as files: read as they were written, told where they are wrong, their gaps filled in."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.chat.placeholders import filled, placeholders
from salon.saved_prompts import SavedPrompt, load_saved_prompts


def test_markdown_and_toml_files_are_prompts(tmp_path: Path) -> None:
    (tmp_path / "code-review.md").write_text("Review {{file}}.\n\nBe kind.\n")
    (tmp_path / "one.toml").write_text('name = "Explain"\ntext = "Explain {{what}} to a child."\n')
    (tmp_path / "several.toml").write_text(
        '[[prompts]]\nname = "A"\ntext = "a"\n[[prompts]]\nname = "B"\ntext = """\nb\n"""\n'
    )
    (tmp_path / "notes.txt").write_text("not a prompt")
    prompts, problems = load_saved_prompts(tmp_path)
    assert problems == []
    assert prompts == [
        SavedPrompt("A", "a"),
        SavedPrompt("B", "b"),
        SavedPrompt("code review", "Review {{file}}.\n\nBe kind."),
        SavedPrompt("Explain", "Explain {{what}} to a child."),
    ]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.toml", 'name = "A"\n', 'a prompt needs a "text"'),
        ("a.toml", 'name = 7\ntext = "x"\n', "line 1: a prompt's name is text"),
        ("a.toml", 'text = "x"\nname = "unclosed\n', "line 2: not TOML"),
        ("a.toml", "[[prompts]]\ntext = 1\n", 'a prompt needs a "text"'),
        ("a.md", b"\xff\xfe", "it is not UTF-8 text"),
        ("a.md", "x" * 70_000, "it is larger than"),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_works(tmp_path: Path, name: str, content: str | bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (tmp_path / "good.md").write_text("good")
    prompts, problems = load_saved_prompts(tmp_path)
    assert SavedPrompt("good", "good") in prompts
    assert len(problems) == 1
    assert told in problems[0]
    assert name in problems[0]


def test_two_with_one_name_and_links_out_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "a.md").write_text("first")
    (folder / "b.toml").write_text('name = "a"\ntext = "second"')
    (tmp_path / "secret.md").write_text("secret")
    (folder / "c.md").symlink_to(tmp_path / "secret.md")
    prompts, problems = load_saved_prompts(folder)
    assert prompts == [SavedPrompt("a", "first")]
    assert [word for problem in problems for word in ("already", "out of its directory") if word in problem] == [
        "out of its directory",
        "already",
    ] or len(problems) == 2


def test_no_directory_is_no_prompts(tmp_path: Path) -> None:
    assert load_saved_prompts(tmp_path / "none") == ([], [])


def test_gaps_are_named_once_in_their_order() -> None:
    assert placeholders("{{b}} {{ a }} {{b}} {{}} {x} {{two words}}") == ("b", "a", "two words")


def test_gaps_are_filled_and_what_fills_them_is_text() -> None:
    assert filled("{{a}} and {{b}} and {{c}}", {"a": "{{b}}", "b": "2"}) == "{{b}} and 2 and {{c}}"


@given(st.text(max_size=80), st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=5)))
def test_without_gaps_nothing_changes(text: str, values: dict[str, str]) -> None:
    assert filled(text, {name: value for name, value in values.items() if name not in placeholders(text)}) == text
