"""How an answer can end, and what must happen to the history then: one row for each of the API's stop reasons.

The rules are those of Anthropic's pages on stop reasons and refusals: a refused turn leaves the history with its
prompt, a cut call of a tool does not go back, a pause is gone on with by the same request, and a continuation is asked
for by a new user message.
"""

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import pytest

from fakes import (
    MESSAGE_STOP,
    FakeClient,
    FakeLog,
    block_start,
    block_stop,
    delta,
    message_delta,
    message_start,
    text_delta,
    text_start,
    thinking_delta,
    thinking_start,
    whole,
)
from history_rules import broken_rules
from salon.chat.conversation import Status, conversation_of
from salon.chat.events import ApiEvent
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.chat.turn import MOST_PAUSES
from salon.ui.endings import ending_of
from salon.ui.presenting import MAKING_ROOM, notice_after

TOOL = {"name": "look", "description": "", "input_schema": {"type": "object"}}
CALL = {"type": "tool_use", "id": "t1", "name": "look", "input": {}}
SEARCH = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "x"}}
THOUGHT = [thinking_start(), thinking_delta("Hm."), delta(0, "signature_delta", signature="sig"), block_stop()]


def said(reason: str | None, *, call: bool = False, stops: bool = True) -> list[ApiEvent]:
    """Thinking, words, and a call if wanted, ended for this reason."""
    events = [message_start(), *THOUGHT, text_start(1), text_delta("Words.", 1), block_stop(1)]
    if call:
        events += [block_start(2, CALL), delta(2, "input_json_delta", partial_json='{"at": 1}'), block_stop(2)]
    return [*events, message_delta(reason), *([MESSAGE_STOP] if stops else [])]


def only(*events: ApiEvent, reason: str = "end_turn") -> list[ApiEvent]:
    return [message_start(), *events, message_delta(reason), MESSAGE_STOP]


PAUSED = only(block_start(0, SEARCH), block_stop(0), reason="pause_turn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one ending must do."""

    script: list[ApiEvent]
    status: Status
    sent: list[str]
    """Of the next request: role and kinds of blocks of each message before the new prompt."""
    goes_on: bool = False
    """Whether “continue” is offered."""
    says: str = ""
    """What stands under the answer."""
    offers: tuple[str, ...] = ()
    requests: int = field(default=1)
    """How many requests it took."""


WHOLE = ["user text", "assistant thinking text"]
ROWS = {
    "end_turn": Row(script=said("end_turn"), status=Status.COMPLETE, sent=WHOLE),
    "stop_sequence": Row(script=said("stop_sequence"), status=Status.COMPLETE, sent=WHOLE),
    "max_tokens": Row(
        script=said("max_tokens"),
        status=Status.MAX_TOKENS,
        sent=WHOLE,
        goes_on=True,
        says="The answer reached its length limit.",
        offers=("continue", "retry"),
    ),
    "max_tokens in the middle of a call": Row(
        script=said("max_tokens", call=True),
        status=Status.MAX_TOKENS,
        sent=WHOLE,
        goes_on=True,
        says="The answer reached its length limit.",
        offers=("continue", "retry"),
    ),
    "max_tokens while thinking": Row(
        script=only(*THOUGHT, reason="max_tokens"),
        status=Status.MAX_TOKENS,
        sent=["user text"],
        says="The answer reached its length limit.",
        offers=("retry",),
    ),
    "model_context_window_exceeded": Row(
        script=said("model_context_window_exceeded"),
        status=Status.MAX_TOKENS,
        sent=WHOLE,
        goes_on=True,
        says="The context window is full, so the answer was cut.",
        offers=MAKING_ROOM,
    ),
    "tool_use, and the person goes on instead": Row(
        script=said("tool_use", call=True),
        status=Status.COMPLETE,
        sent=["user text", "assistant thinking text tool_use", "user tool_result"],
        goes_on=True,
        offers=("continue", "retry"),
    ),
    "refusal before anything": Row(
        script=only(reason="refusal"),
        status=Status.REFUSED,
        sent=[],
        says="Claude declined to answer this.",
        offers=("edit", "pick_model", "retry"),
    ),
    "refusal in the middle": Row(
        script=said("refusal"),
        status=Status.REFUSED,
        sent=[],
        says="Claude declined to answer this.",
        offers=("edit", "pick_model", "retry"),
    ),
    "pause_turn, and then an end": Row(
        script=[*PAUSED, *whole("Done.")],
        status=Status.COMPLETE,
        sent=["user text", "assistant text"],
        requests=2,
    ),
    "pause_turn for ever": Row(
        script=[*said("pause_turn"), *PAUSED * MOST_PAUSES],
        status=Status.COMPLETE,
        sent=WHOLE,
        goes_on=True,
        says="Ended with “pause_turn”.",
        offers=("continue",),
        requests=MOST_PAUSES + 1,
    ),
    "a reason of tomorrow": Row(
        script=said("out_of_paper\x1b[2J"),
        status=Status.COMPLETE,
        sent=WHOLE,
        says="Ended with “out_of_paper␛[2J”.",
    ),
    "no reason": Row(script=said(None), status=Status.COMPLETE, sent=WHOLE),
    "nothing said": Row(
        script=only(),
        status=Status.COMPLETE,
        sent=["user text"],
        says="The answer is empty.",
    ),
}


def kinds(message: dict[str, Any]) -> str:
    return " ".join([message["role"], *(block["type"] for block in message["content"])])


@pytest.mark.parametrize("row", ROWS.values(), ids=list(ROWS))
async def test_an_ending_does_to_the_history_what_the_api_asks_for(row: Row) -> None:
    client = FakeClient()
    session = Session(conversation_of("s", ()), FakeLog(), Parameters(model=ModelInfo(id="m"), tools=(TOOL,)))
    session.plan_tools([TOOL])
    reply: list[ApiEvent] = []
    for event in row.script:
        reply.append(event)
        if event == MESSAGE_STOP:
            client.enqueue(*reply)
            reply = []
    await session.submit("Ask.")
    async with aclosing(session.answer(client)) as events:
        assert [event async for event in events]
    answer = session.last
    assert answer is not None
    assert (answer.status, len(client.requests)) == (row.status, row.requests)
    for request in client.requests[1:]:
        assert request.body["messages"][0] == client.requests[0].body["messages"][0]
        assert request.body["messages"][-1]["role"] == "assistant", "a pause is gone on with by what came so far"
    assert ending_of(answer)[0] == row.says
    assert session.can_continue is row.goes_on
    waits = session.waits_for_tools
    notice = notice_after(answer, can_continue=session.can_continue, waits_for_tools=waits)
    assert (() if notice is None else notice.actions) == row.offers
    await session.submit("Next.")
    body = (await session.prepared()).body
    assert not broken_rules(body)
    *before, last = body["messages"]
    merged = [*map(kinds, before), kinds(last)]
    if row.sent and row.sent[-1] == "user tool_result":
        assert merged == [*row.sent[:-1], "user tool_result text"]
    else:
        assert merged == [*row.sent, "user text"]
