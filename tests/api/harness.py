"""Ask through the real client and keep what came of it."""

from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from salon.chat.answer import Answer
from salon.chat.conversation import Message
from salon.chat.events import Connected, Connecting, Retrying, WireEvent
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.chat.turn import Request, RetryControl
from salon.claude.client import ApiClient
from salon.claude.credentials import Credentials, Secret
from salon.claude.retry import RetryPolicy
from salon.claude.sdk import Timeouts
from salon.errors import Fault
from salon.paths import Paths
from salon.store.library import FileLibrary

CANARY = "sk-ant-api03-canary-8f2b61d9aa-wXyZ"
KEY = Credentials("api_key", Secret(CANARY), "env ANTHROPIC_API_KEY")
AT_ONCE = RetryPolicy(base=0.0)
MODEL = "claude-sonnet-5-5"
REQUEST = Request({"model": MODEL, "max_tokens": 64, "messages": [{"role": "user", "content": "Hello?"}]})


@dataclass
class Outcome:
    """All that one call of `stream` yielded, and how it ended."""

    events: list[WireEvent] = field(default_factory=list)
    fault: Fault | None = None

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [event for event in self.events if isinstance(event, dict)]

    @property
    def attempts(self) -> int:
        return sum(isinstance(event, Connecting) for event in self.events)

    @property
    def retries(self) -> list[Retrying]:
        return [event for event in self.events if isinstance(event, Retrying)]

    @property
    def connected(self) -> list[Connected]:
        return [event for event in self.events if isinstance(event, Connected)]

    def answer(self) -> Answer:
        """The last attempt's events, folded."""
        answer = Answer("a")
        for event in self.events:
            if isinstance(event, Connecting):
                answer = Answer("a")
            elif isinstance(event, dict):
                answer.apply(event)
        return answer


def client_for(url: str, credentials: Credentials | None = KEY, **options: Any) -> ApiClient:
    """A client that waits for nothing between attempts."""
    defaults: dict[str, Any] = {"retries": AT_ONCE, "timeouts": Timeouts(read=5.0)}
    return ApiClient(credentials, url, **(defaults | options))


async def ask(client: ApiClient, request: Request = REQUEST, control: RetryControl | None = None) -> Outcome:
    """Ask, and close the client."""
    outcome = Outcome()
    try:
        async with aclosing(client.stream(request, control or RetryControl())) as events:
            async for event in events:
                outcome.events.append(event)
    except Fault as fault:
        outcome.fault = fault
    finally:
        await client.aclose()
    return outcome


def session_in(folder: Path) -> tuple[FileLibrary, Session]:
    """A new chat on disk, and the library to read it again with."""
    library = FileLibrary(Paths(folder / "config", folder / "state", folder / "cache"))
    conversation, log = library.create()
    return library, Session(conversation, log, Parameters(model=ModelInfo(id=MODEL)))


async def turn_of(session: Session, client: ApiClient) -> Message:
    """Ask something and have it answered, well or badly."""
    await session.submit("a prompt")
    async with aclosing(session.answer(client)) as turn:
        async for _event in turn:
            pass
    await client.aclose()
    assert session.last is not None
    return session.last
