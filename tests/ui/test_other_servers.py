"""Servers that speak the protocol and are not Anthropic's, as a person meets them."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from fakes import FakeClient, whole
from salon.chat.model import ModelInfo
from salon.ui.chats import Contact
from salon.ui.services import Connection
from ui.driver import FakeConnector, salon


@dataclass
class SlowToTell(FakeConnector):
    """A server of one's own that takes its time to say which models it has."""

    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def learn_models(self, connection: Connection) -> str:
        if not connection.host:
            return ""
        await self.told.wait()
        return "qwen"


async def test_a_prompt_that_is_sent_before_the_server_named_its_models_goes_to_one_of_them(tmp_path: Path) -> None:
    server = SlowToTell(FakeClient())
    async with salon(tmp_path, connector=server) as person:
        person.app._use(Contact(server.connect_to("localhost")))
        await person.say("Hello", *whole("Hi."))
        await person.sees(lambda: "Hello" in person.text_of_transcript(), "the prompt is shown, and on disk, at once")
        assert not person.client.requests
        server.told.set()
        await person.answer_arrives()
        assert person.client.requests[0].model == "qwen"
        await person.sees(lambda: person.session.conversation.settings.get("model") == "qwen", "kept with the chat")
        assert "qwen" in person.status()
        await person.say("/model other")
        await person.sees(lambda: "answers from the next prompt on" in person.notice())
        person.chat.use_default_model("qwen")
        assert person.session.parameters.model.id == "other", "what a person chose stays"


async def test_what_a_server_cannot_do_is_said_and_nothing_of_it_is_asked(tmp_path: Path) -> None:
    model = ModelInfo(id="claude-test", name="Local")
    connector = FakeConnector(FakeClient(), host="localhost")
    async with salon(tmp_path, connector=connector, models=lambda _: model) as person:
        for command, says in {
            "/effort low": "It has no levels of effort",
            "/search-web on": "cannot search the web",
            "/run-code on": "cannot run code",
        }.items():
            await person.say(command)
            await person.sees(lambda: says in person.notice(), says)  # noqa: B023
        await person.say("Hello", *whole("Hi."))
        await person.answer_arrives()
        assert person.client.requests[0].body.keys() == {"model", "max_tokens", "messages"}
