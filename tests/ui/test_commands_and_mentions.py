"""Typing what to do: a slash for commands, an @ for files, Esc or a blank for the character itself."""

import inspect
from pathlib import Path

import pytest

from fakes import FakeClient, whole
from salon.actions import Place
from salon.chat.model import ModelInfo
from salon.ui.app import SalonApp
from salon.ui.chat import ChatScreen
from salon.ui.exportscreen import ExportScreen
from salon.ui.mentions import mention_before, mention_of
from salon.ui.slash import COMMANDS, Typed, command_candidates, typed_command
from ui.driver import FakeConnector, Person, salon


def shown(person: Person) -> list[str]:
    completions = person.chat.completions
    if not completions.is_open:
        return []
    return [str(completions.get_option_at_index(n).prompt) for n in range(completions.option_count)]


async def types(person: Person, text: str) -> None:
    """Type key by key, as the list sees it."""
    await person.press(*({"/": "slash", " ": "space", "@": "at", ".": "full_stop"}.get(key, key) for key in text))


async def test_a_slash_lists_the_commands_and_letters_narrow_them(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await types(person, "/")
        assert len(shown(person)) == len(COMMANDS)
        assert shown(person)[0].startswith("/new")
        assert "/open" in person.screen_text()
        await types(person, "mod")
        assert shown(person)[0].startswith("/model [model]")
        await person.press("escape")
        assert shown(person) == []
        assert person.prompt() == "/mod"


async def test_enter_runs_the_chosen_command_and_takes_it_out_of_the_prompt(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("Hello", *whole("one"))
        await person.answer_arrives()
        person.client.enqueue(*whole("two"))
        await types(person, "/retr")
        await person.press("enter")
        await person.answer_begins("two")
        await person.answer_arrives()
        assert person.prompt() == ""
        assert [message.text for message in person.session.path] == ["Hello", "two"]


async def test_enter_behind_letters_that_the_list_has_not_heard_of_means_what_is_typed(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.say("a", *whole("b"))
        await person.answer_arrives()
        await person.press("/", "e")
        await person.sees(lambda: person.chat.completions.is_open, "the list")
        person.chat.prompt.insert("xport")
        assert person.chat.lend_key("enter")
        await person.sees(lambda: isinstance(person.app.screen, ExportScreen), "the export")


async def test_arrows_choose_and_tab_writes_on(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await types(person, "/the")
        assert shown(person)[0].startswith("/theme")
        await person.press("tab")
        assert person.prompt() == "/theme "
        before = person.app.theme
        names = [row.split()[0] for row in shown(person)]
        assert before in names
        await person.press("down", "enter")
        await person.sees(lambda: person.app.theme == names[1])
        assert person.prompt() == ""


async def test_an_argument_is_completed_by_its_letters(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await types(person, "/model oth")
        assert shown(person) == ["other  Other Model"] or shown(person)[0].startswith("other")
        await person.press("enter")
        await person.sees(lambda: "other" in person.status().casefold())
        assert person.session.parameters.model.id == "other"


async def test_a_command_with_its_argument_typed_out_runs_on_enter(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("/title A better name")
        await person.press("enter")
        await person.sees(lambda: "“A better name”" in person.notice())
        assert person.session.conversation.title == "A better name"
        assert person.client.requests == []


async def test_effort_is_what_the_model_has(tmp_path: Path) -> None:
    model = ModelInfo(id="claude-test", name="Test Model", efforts=("low", "high"))
    async with salon(tmp_path, models=lambda model_id: model) as person:
        await types(person, "/effort ")
        assert shown(person) == ["low", "high"]
        await person.press("down", "enter")
        await person.sees(lambda: "Effort high" in person.notice())
        await person.say("Hello", *whole("hi"))
        await person.answer_arrives()
        assert person.client.requests[0].body["output_config"] == {"effort": "high"}
        assert person.session.conversation.settings["effort"] == "high"
        await person.type("/effort impossible")
        await person.press("enter")
        await person.sees(lambda: "It has low, high." in person.notice())


async def test_the_system_prompt_is_for_chats_that_have_not_begun(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("/system Answer in rhyme.")
        await person.press("enter")
        await person.sees(lambda: "Answer in rhyme." in person.notice())
        await person.say("Hello", *whole("hi"))
        await person.answer_arrives()
        assert "Answer in rhyme." in str(person.client.requests[0].body["system"])
        await person.type("/system Something else.")
        await person.press("enter")
        await person.sees(lambda: "keeps its system prompt" in person.notice())


@pytest.mark.parametrize("text", ["/etc/passwd is odd", " /retry", "//retry", "/nonsense", "/retry\nand more"])
async def test_what_is_no_command_is_sent_as_it_stands(tmp_path: Path, text: str) -> None:
    async with salon(tmp_path) as person:
        await person.say(text, *whole("fine"))
        await person.answer_arrives()
        assert person.session.path[0].text == text


async def test_esc_makes_a_command_plain_text(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        person.client.enqueue(*whole("fine"))
        await types(person, "/help")
        await person.press("escape", "enter")
        await person.answer_arrives()
        assert person.session.path[0].text == "/help"


async def test_commands_work_while_an_answer_waits_to_be_asked_for(tmp_path: Path) -> None:
    async with salon(tmp_path, connector=FakeConnector(FakeClient(), connected=False)) as person:
        await person.press("escape")
        await person.type("/title Offline")
        await person.press("enter")
        await person.sees(lambda: person.session.conversation.title == "Offline")


async def test_an_at_sign_completes_files(tmp_path: Path) -> None:
    work = tmp_path / "files"
    for name in ("src/widget.py", "widgets/index.md", "notes today.txt"):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text("x")
    async with salon(tmp_path) as person:
        await types(person, "see @")
        await person.sees(lambda: "notes today.txt" in shown(person))
        await types(person, "wid")
        await person.sees(lambda: shown(person)[:2] == ["widgets/", "src/widget.py"])
        await person.press("down", "enter")
        await person.sees(lambda: person.prompt() == "see @src/widget.py ")
        await person.sees(lambda: [each.name for each in person.chat.prompt.attachments] == ["src/widget.py"])
        assert shown(person) == []
        await types(person, "@tod")
        await person.sees(lambda: shown(person) == ["notes today.txt"])
        await person.press("tab")
        await person.sees(lambda: person.prompt() == 'see @src/widget.py @"notes today.txt" ')


async def test_tab_goes_into_a_folder(tmp_path: Path) -> None:
    (tmp_path / "files/src/deep").mkdir(parents=True)
    (tmp_path / "files/src/deep/x.py").write_text("x")
    async with salon(tmp_path) as person:
        await types(person, "@sr")
        await person.sees(lambda: shown(person)[:1] == ["src/"])
        await person.press("tab")
        await person.sees(lambda: "src/deep/x.py" in shown(person))
        assert person.prompt() == "@src/"


async def test_letters_that_come_with_their_at_sign_find_files_too(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "today.txt").write_text("x")
    async with salon(tmp_path) as person:
        await person.type("see @tod")  # at once, as a paste or somebody fast has it
        await person.sees(lambda: "today.txt" in person.screen_text(), "the file")


@pytest.mark.parametrize(
    ("line", "letters"),
    [("@", ""), ("see @sr", "sr"), ("me@home", None), ("@a b", None), ('@"a b', '"a b'), ("@a@", None), ("x", None)],
)
def test_where_a_file_is_being_named(line: str, letters: str | None) -> None:
    assert mention_before(line) == letters


def test_a_path_with_blanks_is_quoted() -> None:
    assert mention_of("a b.txt") == '"a b.txt"'
    assert mention_of("a.txt") == "a.txt"


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("/", Typed("", None)),
        ("/mo", Typed("mo", None)),
        ("/model ", Typed("model", "")),
        ("/title  two words", Typed("title", "two words")),
        ("hello", None),
        ("/a/b", None),
        ("/Model", None),
    ],
)
def test_how_a_command_is_read(text: str, typed: Typed | None) -> None:
    assert typed_command(text) == typed


def test_every_command_can_be_run_with_what_it_takes() -> None:
    for action in COMMANDS.values():
        owner = SalonApp if action.place is Place.EVERYWHERE else ChatScreen
        parameters = inspect.signature(getattr(owner, f"action_{action.id}")).parameters
        assert len(parameters) == (2 if action.argument else 1), action.id


def test_every_command_says_what_it_does_and_is_named_once() -> None:
    listed = command_candidates("")
    assert len({candidate.value for candidate in listed}) == len(listed) == len(COMMANDS)
    assert all(candidate.hint for candidate in listed)


async def test_an_effort_can_be_for_the_next_answer_alone(tmp_path: Path) -> None:
    model = ModelInfo(id="claude-test", name="Test Model", efforts=("low", "high"))
    async with salon(tmp_path, models=lambda _: model) as person:
        await person.say("/effort low")
        await person.say("/effort high once")
        await person.sees(lambda: "for the next answer alone" in person.notice())
        for prompt in ("a", "b"):
            await person.say(prompt, *whole("c"))
            await person.answer_arrives()
        efforts = [request.body["output_config"]["effort"] for request in person.client.requests]
        assert efforts == ["high", "low"]


async def test_a_settled_system_prompt_is_not_opened_in_an_editor_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = tmp_path / "opened"
    monkeypatch.setenv("VISUAL", f"touch {opened}")
    async with salon(tmp_path) as person:
        await person.say("One?", *whole("Two."))
        await person.answer_arrives()
        await person.say("/edit-system")
        await person.sees(lambda: "A chat that has begun keeps its system prompt" in person.notice())
        assert not opened.exists()
