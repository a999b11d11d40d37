"""The scripted answers, asked for as the app asks: with the official SDK over a real connection."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anthropic
import httpx2
import pytest

from salon.demo.models import CAREFUL_MODEL, DEMO_MODEL
from salon.demo.script import answer_text
from salon.demo.server import DemoServer

CONTINUE = (
    "Your previous response was interrupted. It ended with: ... Continue exactly from there without repeating anything."
)
Messages = list[Any]


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(pace=0) as running:
        yield running


@pytest.fixture
async def client(server: DemoServer) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(base_url=server.base_url, api_key=server.api_key, max_retries=0) as connected:
        yield connected


def asked(text: str) -> Messages:
    return [{"role": "user", "content": text}]


async def ask(client: anthropic.AsyncAnthropic, messages: Messages, **options: Any) -> anthropic.types.Message:
    request: dict[str, Any] = {"model": DEMO_MODEL, "max_tokens": 16_000, "messages": messages} | options
    async with client.messages.stream(**request) as stream:
        return await stream.get_final_message()


def text_of(message: anthropic.types.Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


@pytest.mark.parametrize("name", ["tour", "markdown", "code", "table"])
async def test_a_name_gets_its_text_whole(client: anthropic.AsyncAnthropic, name: str) -> None:
    message = await ask(client, asked(f"Show me the {name}, please."))
    assert text_of(message) == answer_text(name)
    assert message.stop_reason == "end_turn"


async def test_the_same_answer_comes_without_streaming(client: anthropic.AsyncAnthropic) -> None:
    streamed = await ask(client, asked("thinking"))
    whole = await client.messages.create(model=DEMO_MODEL, max_tokens=16_000, messages=asked("thinking"))
    assert [block.to_dict() for block in whole.content] == [block.to_dict() for block in streamed.content]
    assert whole.usage == streamed.usage
    assert whole.stop_reason == "end_turn"


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("echo two words", "two words"),
        ("echo this:\n\ntwo words\n", "two words"),
        ("Echo this: **a** \U0001f642\n\n  b", "**a** \U0001f642\n\n  b"),
        ("ECHO: x", "x"),
        ("echo this is kept", "this is kept"),
        ("echo a \ud800 half", "a ? half"),
        ("echo", "There was nothing to echo."),
    ],
)
async def test_echo_gives_the_text_back(server: DemoServer, prompt: str, answer: str) -> None:
    body = {"model": DEMO_MODEL, "max_tokens": 100, "messages": asked(prompt)}
    async with httpx2.AsyncClient() as plain:
        # The SDK cannot send half a surrogate pair; JSON can.
        response = await plain.post(
            f"{server.base_url}/v1/messages",
            content=json.dumps(body),
            headers={"x-api-key": server.api_key, "content-type": "application/json"},
        )
    assert response.json()["content"] == [{"type": "text", "text": answer}]


async def test_anything_else_gets_an_honest_answer(client: anthropic.AsyncAnthropic) -> None:
    prompt = "Why is the sky blue at noon and red at dusk, and what has the table to do with it?"
    answer = text_of(await ask(client, asked(prompt)))
    assert answer.startswith("I am a script, not Claude")
    assert "20 words" in answer
    assert prompt in answer
    assert "`tour`" in answer


async def test_an_attachment_is_mentioned_and_counted(client: anthropic.AsyncAnthropic) -> None:
    picture = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}
    message = await ask(client, [{"role": "user", "content": [picture, {"type": "text", "text": "What is it?"}]}])
    assert "There was 1 attachment" in text_of(message)
    assert message.usage.input_tokens > 1_000


async def test_a_long_answer_is_long(client: anthropic.AsyncAnthropic) -> None:
    message = await ask(client, asked("long"))
    assert 28_000 < len(text_of(message)) < 36_000
    assert text_of(message).count("\n## ") > 50


async def test_thinking_comes_signed_and_is_taken_back_unchanged(client: anthropic.AsyncAnthropic) -> None:
    message = await ask(client, asked("thinking"), thinking={"type": "adaptive", "display": "summarized"})
    thinking, text = message.content
    assert thinking.type == "thinking"
    assert thinking.thinking.startswith("The person typed")
    assert thinking.signature
    assert text.type == "text"
    details = message.usage.output_tokens_details
    assert details is not None and details.thinking_tokens > 100

    answer = message.to_param()
    assert "I am a script" in text_of(await ask(client, [*asked("thinking"), answer, *asked("and now?")]))
    block = thinking.to_dict() | {"thinking": thinking.thinking + "!"}
    changed = {"role": "assistant", "content": [block, text.to_dict()]}
    with pytest.raises(anthropic.BadRequestError, match="Invalid `signature`"):
        await ask(client, [*asked("thinking"), changed, *asked("and now?")])


async def test_thinking_can_be_left_out_and_turned_off(client: anthropic.AsyncAnthropic) -> None:
    omitted = await ask(client, asked("thinking"), thinking={"type": "adaptive"})
    assert omitted.content[0].type == "thinking"
    assert omitted.content[0].thinking == ""
    assert omitted.content[0].signature
    assert text_of(await ask(client, [*asked("thinking"), omitted.to_param(), *asked("echo on")])) == "on"
    off = await ask(client, asked("thinking"), thinking={"type": "disabled"})
    assert [block.type for block in off.content] == ["text"]


async def test_the_careful_model_thinks_before_every_answer(client: anthropic.AsyncAnthropic) -> None:
    message = await ask(client, asked("echo x"), model=CAREFUL_MODEL)
    assert [block.type for block in message.content] == ["thinking", "text"]
    low = await ask(client, asked("echo x"), model=CAREFUL_MODEL, output_config={"effort": "low"})
    assert [block.type for block in low.content] == ["text"]


async def test_the_cache_grows_with_the_conversation(client: anthropic.AsyncAnthropic) -> None:
    messages: Messages = []
    read = []
    for prompt in ("table", "code", "tour"):
        messages += asked(prompt)
        message = await ask(client, messages, cache_control={"type": "ephemeral"}, system="Be brief.")
        messages.append(message.to_param())
        usage = message.usage
        read.append(usage.cache_read_input_tokens or 0)
        assert usage.cache_creation_input_tokens
        assert usage.output_tokens == len(text_of(message)) // 4
    assert read == sorted(set(read))
    assert read[0] == 0


async def test_counting_tokens_agrees_with_the_answer(client: anthropic.AsyncAnthropic) -> None:
    counted = await client.messages.count_tokens(model=DEMO_MODEL, messages=asked("tour"), system="Be brief.")
    message = await ask(client, asked("tour"), system="Be brief.")
    assert counted.input_tokens == message.usage.input_tokens


async def test_a_refusal_has_a_reason_and_no_text(client: anthropic.AsyncAnthropic) -> None:
    message = await ask(client, asked("refuse"))
    assert message.stop_reason == "refusal"
    assert message.content == []
    assert message.stop_details is not None
    assert message.stop_details.category == "general_harms"


async def test_an_answer_at_its_limit_is_continued_exactly(client: anthropic.AsyncAnthropic) -> None:
    first = await ask(client, asked("limit"))
    assert first.stop_reason == "max_tokens"
    half = {"role": "assistant", "content": text_of(first).rstrip()}
    second = await ask(client, [*asked("limit"), half, *asked(CONTINUE)])
    assert second.stop_reason == "end_turn"
    assert half["content"] + text_of(second) == answer_text("limit").replace("\n<!-- here -->\n", "")
    over = await ask(client, [*asked("limit"), half, *asked(CONTINUE), second.to_param(), *asked("continue")])
    assert text_of(over) == "That answer was already complete."


async def test_the_request_decides_how_long_an_answer_may_be(client: anthropic.AsyncAnthropic) -> None:
    message = await ask(client, asked("tour"), max_tokens=50)
    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens == 50
    messages = [*asked("tour"), message.to_param(), *asked(CONTINUE)]
    second = await ask(client, messages, max_tokens=70)
    third = await ask(client, [*messages, second.to_param(), *asked(CONTINUE)])
    assert text_of(message) + text_of(second) + text_of(third) == answer_text("tour")


async def test_continuing_nothing_is_answered_in_words(client: anthropic.AsyncAnthropic) -> None:
    assert "no answer before" in text_of(await ask(client, asked(CONTINUE)))
    odd = [*asked("tour"), {"role": "assistant", "content": "Something else."}, *asked(CONTINUE)]
    assert "cannot find the place" in text_of(await ask(client, odd))


async def test_the_models_are_listed_and_described(client: anthropic.AsyncAnthropic) -> None:
    models = [model async for model in client.models.list(limit=1)]
    assert [model.id for model in models] == [DEMO_MODEL, CAREFUL_MODEL]
    careful = await client.models.retrieve(CAREFUL_MODEL)
    assert careful == models[1]
    assert careful.capabilities is not None
    assert careful.capabilities.effort.max.supported
    assert careful.capabilities.thinking.types.adaptive.supported
    assert models[0].display_name == "Salon demo (scripted)"
    with pytest.raises(anthropic.NotFoundError):
        await client.models.retrieve("claude-opus-5-5")
