"""What is kept of a turn for the inspector: everything but secrets and encoded data, of the last turns only."""

from contextlib import aclosing

from fakes import FakeClient, FakeLog, Step, whole
from salon.chat.conversation import Message, conversation_of
from salon.chat.events import Connected, Connecting, Retrying, Waiting
from salon.chat.exchange import KEPT, Exchange, Exchanges, elided, told
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session

MODEL = ModelInfo(id="claude-test")


def new_session() -> Session:
    return Session(conversation_of("s", ()), FakeLog(), Parameters(model=MODEL, system="Be brief."))


async def ask(session: Session, text: str, *script: Step) -> Message:
    client = FakeClient()
    client.enqueue(*script)
    await session.submit(text)
    async with aclosing(session.answer(client)) as events:
        async for _ in events:
            pass
    assert session.last is not None
    return session.last


def test_encoded_data_is_replaced_by_its_size_and_secrets_by_nothing() -> None:
    body = {
        "messages": [{"role": "user", "content": [{"source": {"type": "base64", "data": "A" * 5_000}}, {"data": "B"}]}],
        "mcp_servers": [{"url": "https://x", "authorization_token": "hush", "api_key": "hush"}],
        "max_tokens": 5,
    }
    shown = elided(body)
    assert shown["messages"][0]["content"] == [
        {"source": {"type": "base64", "data": "(5,000 characters, not shown)"}},
        {"data": "B"},
    ]
    assert "hush" not in str(shown)
    assert shown["max_tokens"] == 5
    assert body["messages"][0]["content"][0]["source"]["data"] == "A" * 5_000  # type: ignore[index]


async def test_a_turn_is_told_in_full() -> None:
    session = new_session()
    steps: list[Step] = [
        Connecting(1, 5),
        Waiting(3.0),
        Waiting(0.0),
        Retrying(2, 5, 0.5, "Busy."),
        Connecting(2, 5),
        Connected("req_9", {"requests-remaining": "7"}),
    ]
    answer = await ask(session, "Hello?", *steps, *whole("Hi."))
    sections = told(session.exchange_of(answer, MODEL), answer)
    assert sections["Request as sent"]["system"]
    assert sections["Request as sent"]["stream"] is True
    assert sections["Rate limits"] == {"requests-remaining": "7"}
    assert sections["Answer"]["request id"] == "req_9"
    assert sections["Answer"]["stop reason"] == "end_turn"
    assert sections["Answer"]["first token"].endswith(" s")
    assert sections["Usage"]["output_tokens"] == 20
    assert sections["Response"] == [{"type": "text", "text": "Hi."}]
    attempts = [line.partition("  ")[2] for line in sections["Attempts"]]
    assert attempts == [
        "attempt 1 of at most 5",
        "waits 3.0 s for the rate limit",
        "goes on",
        "failed: Busy. Attempt 2 follows in 0.5 s",
        "attempt 2 of at most 5",
        "the server answers, request req_9",
    ]


def test_tokens_per_second_count_from_the_first_token() -> None:
    answer = Message(
        id="a", parent=None, role="assistant", usage={"output_tokens": 100}, timing={"first": 1.0, "total": 3.0}
    )
    assert told(Exchange({}), answer)["Answer"]["tokens per second"] == 50.0


async def test_what_is_forgotten_is_rebuilt_and_said_to_be() -> None:
    session = new_session()
    answer = await ask(session, "Hello?", *whole("Hi."))
    reopened = Session(session.conversation, FakeLog(), session.parameters)
    sections = told(reopened.exchange_of(answer, MODEL), answer)
    assert "Request as sent" not in sections
    rebuilt = sections["Request rebuilt from the saved chat"]
    sent = told(session.exchange_of(answer, MODEL), answer)["Request as sent"]
    assert rebuilt == sent
    assert sections["Attempts"] == "forgotten"


def test_only_the_last_are_kept() -> None:
    exchanges = Exchanges()
    for number in range(KEPT + 5):
        exchanges.keep(str(number), Exchange({"n": number}))
    assert exchanges.get("4") is None
    kept = exchanges.get("5")
    assert kept is not None
    assert kept.body == {"n": 5}
