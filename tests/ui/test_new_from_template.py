"""New chats that begin as a template says."""

from pathlib import Path

from fakes import whole
from salon.chat.model import ModelInfo
from salon.ui.form import FormScreen
from salon.ui.picker import PickerScreen
from ui.driver import Person, paths_in, salon


def write_template(folder: Path, name: str, content: str) -> None:
    templates = paths_in(folder).templates
    templates.mkdir(parents=True, exist_ok=True)
    (templates / name).write_text(content)


async def in_another_chat(person: Person, before: str) -> None:
    await person.sees(lambda: person.chat.session is not None and person.session.id != before, "a new chat")


async def test_a_template_is_chosen_its_gaps_are_filled_in_and_it_is_kept_to(tmp_path: Path) -> None:
    write_template(
        tmp_path,
        "review.toml",
        'name = "Review"\nmodel = "other"\neffort = "high"\nsystem = "Be kind."\nprompt = "Review {{file}}."',
    )
    model = ModelInfo(id="other", name="Other Model", efforts=("low", "high"))
    async with salon(tmp_path, models=lambda model_id: model) as person:
        before = person.session.id
        await person.type("left here")
        person.chat.call_later(person.chat.action_template)
        await person.sees(lambda: isinstance(person.app.screen, PickerScreen))
        await person.press("enter")
        await person.sees(lambda: isinstance(person.app.screen, FormScreen) and person.app.focused)
        await person.press(*"main", "enter")
        await in_another_chat(person, before)
        await person.sees(lambda: person.prompt() == "Review main.")
        person.client.enqueue(*whole("fine"))
        await person.press("enter")
        await person.answer_arrives()
        body = person.client.requests[0].body
        assert body["model"] == "other"
        assert "Be kind." in str(body["system"])
        assert body["output_config"] == {"effort": "high"}
        settings = person.session.conversation.settings
        assert (settings["model"], settings["system"], settings["effort"]) == ("other", "Be kind.", "high")


async def test_a_template_is_named_by_a_command(tmp_path: Path) -> None:
    write_template(tmp_path, "quick.toml", "temporary = true\nprompt = 'Say hello'")
    async with salon(tmp_path) as person:
        before = person.session.id
        await person.type("/template quick")
        await person.press("enter")
        await in_another_chat(person, before)
        await person.sees(lambda: person.prompt() == "Say hello")
        assert "not saved" in person.screen_text()


async def test_where_templates_belong_is_said(tmp_path: Path) -> None:
    async with salon(tmp_path) as person:
        await person.type("/template")
        await person.press("enter")
        await person.sees(lambda: "there are none yet" in person.notice())


async def test_a_broken_template_is_told_and_the_others_work(tmp_path: Path) -> None:
    write_template(tmp_path, "broken.toml", "modle = 'x'")
    write_template(tmp_path, "good.toml", "prompt = 'Good'")
    async with salon(tmp_path) as person:
        before = person.session.id
        await person.type("/template good")
        await person.press("enter")
        await in_another_chat(person, before)
        await person.sees(lambda: person.prompt() == "Good")


async def test_a_system_prompt_and_a_model_of_a_chat_that_has_not_begun_outlive_another_connection(
    tmp_path: Path,
) -> None:
    async with salon(tmp_path) as person:
        await person.type("/system Rhyme.")
        await person.press("enter")
        await person.sees(lambda: "Rhyme." in person.notice())
        person.chat.use_model("other")
        assert person.chat.connection is not None
        person.chat.set_connection(person.chat.connection, person.chat.ready)
        assert person.session.parameters.system == "Rhyme."
        person.chat.use_default_model("unwanted")
        assert person.session.parameters.model.id == "other"
