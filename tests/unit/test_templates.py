"""Templates of new chats: read as they were written, told where they are wrong."""

from pathlib import Path

import pytest

from salon.templates import Template, load_templates


def test_a_template_says_what_a_chat_begins_with(tmp_path: Path) -> None:
    (tmp_path / "review.toml").write_text(
        'name = "Code review"\nmodel = "claude-x"\neffort = "high"\nsystem = """\nBe kind.\n"""\n'
        'prompt = "Review {{file}}."\ntemporary = true\n'
    )
    (tmp_path / "bare-one.toml").write_text("")
    templates, problems = load_templates(tmp_path)
    assert problems == []
    assert templates == [
        Template(name="bare one"),
        Template(
            name="Code review",
            model="claude-x",
            effort="high",
            system="Be kind.",
            prompt="Review {{file}}.",
            temporary=True,
        ),
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("systm = 'x'", 'line 1: a template has no "systm". Did you mean "system"?'),
        ("\nmodel = 3", "line 2: model must be text"),
        ("temporary = 'yes'", "line 1: temporary must be true or false"),
        ("model 'x'", "line 1: not TOML"),
        ("x" * 70_000, "it is larger than"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_the_rest_works(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "a.toml").write_text(content)
    (tmp_path / "good.toml").write_text("system = 'good'")
    templates, problems = load_templates(tmp_path)
    assert Template(name="good", system="good") in templates
    assert len(problems) == 1
    assert told in problems[0]
    assert "a.toml" in problems[0]


def test_of_two_with_one_name_the_first_is_used(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("name = 'x'\nsystem = 'first'")
    (tmp_path / "b.toml").write_text("name = 'x'\nsystem = 'second'")
    templates, problems = load_templates(tmp_path)
    assert templates == [Template(name="x", system="first")]
    assert "already" in problems[0]
