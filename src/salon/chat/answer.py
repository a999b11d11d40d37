"""An answer while it arrives: the one mutable thing of a turn.

It folds the API's stream into content blocks exactly as the official SDK's accumulator would, but keeps what that
drops: unknown kinds of deltas, tool input that was cut off, a second reply spliced into the first. The same fold reads
a session file's `part` records, so an answer found after a crash is the answer that was on the screen.

Deltas are kept in lists and joined once, so a long answer costs no more per delta than a short one.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from salon.chat.blocks import Block, is_tool_result, is_tool_use, kind_of
from salon.chat.events import (
    AnswerStarted,
    ApiEvent,
    BlockFinished,
    BlockStarted,
    CitationAdded,
    Heartbeat,
    TextDelta,
    ThinkingDelta,
    ToolProgress,
    TurnEvent,
    Unrecognised,
    UsageUpdated,
)

_GROWING = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}
"""The delta kinds that come many to a block, and the field that grows."""


PAUSED = "pause_turn"
"""The stop reason of a reply that is to be gone on with by the same request with the reply at its end."""
REQUESTS = "requests"
"""Where the usage of an answer that took several requests has that of each one; the rest of it are the sums."""


@dataclass(frozen=True, slots=True)
class _Before:
    """What there was before the reply that is arriving: how many blocks and loose events, and what they used."""

    blocks: int = 0
    loose: int = 0
    usage: Mapping[str, Any] = field(default_factory=dict)


def _with_requests(usage: Mapping[str, Any]) -> dict[str, Any]:
    return dict(usage) if REQUESTS in usage or not usage else {**usage, REQUESTS: [dict(usage)]}


def _and_before(before: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The usage of one more request on top of those before it."""
    if not before:
        return dict(own)
    parts = {key: value for key, value in before.items() if key != REQUESTS}
    return {**_summed(parts, own), REQUESTS: [*before[REQUESTS], dict(own)]}


def _summed(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    both = {**one, **other}
    for key in one.keys() & other.keys():
        earlier, later = one[key], other[key]
        if isinstance(earlier, dict) and isinstance(later, dict):
            both[key] = _summed(earlier, later)
        elif type(earlier) is int and type(later) is int:
            both[key] = earlier + later
    return both


class _OpenBlock:
    """A block whose deltas are still coming."""

    def __init__(self, start: Block) -> None:
        self.block = dict(start)
        self.grown: dict[str, list[str]] = {}
        self.unknown: list[Any] = []
        self.finished = False
        self.told = any(start.get(key) for key in ("content", "text", "thinking"))
        """Whether it has anything for a reader: text, thinking and tool uses begin empty."""

    def grow(self, key: str, text: str) -> None:
        self.grown.setdefault(key, []).append(text)

    def settle(self) -> Block:
        """The block with everything that has come joined in; may be called again as more comes."""
        for key in ("text", "thinking"):
            if pieces := self.grown.pop(key, None):
                before = self.block.get(key)
                self.block[key] = (before if isinstance(before, str) else "") + "".join(pieces)
        return self.block

    def partial_json(self) -> str:
        return "".join(self.grown.get("partial_json", ()))

    def finish(self) -> Block:
        block = self.settle()
        if source := self.partial_json():
            try:
                block["input"] = json.loads(source)
            except (ValueError, RecursionError):
                return block  # stays unfinished; the source is kept in `extra`
            del self.grown["partial_json"]
        self.finished = True
        return block


class Answer:
    """What has arrived of one answer."""

    def __init__(self, answer_id: str) -> None:
        self.id = answer_id
        self.model = ""
        self.usage: dict[str, Any] = {}
        self.stop_reason: str | None = None
        self.stop_details: Mapping[str, Any] | None = None
        self.complete = False
        """Whether `message_stop` was seen; without it the stream was cut, whatever else it looked like."""
        self._blocks: list[_OpenBlock] = []
        self._positions: dict[int, int] = {}
        self._loose: list[ApiEvent] = []
        self._before = _Before()
        self._own_usage: dict[str, Any] = {}
        """That of the last request alone."""

    @property
    def begun(self) -> bool:
        """Whether anything of the content has come; a block that began and said nothing is nothing."""
        return any(opened.told or opened.finished for opened in self._blocks)

    @property
    def reply_begun(self) -> bool:
        """The same for the reply to the last request alone, where the answer takes several."""
        return any(opened.told or opened.finished for opened in self._blocks[self._before.blocks :])

    @property
    def paused(self) -> bool:
        """Whether the API stopped in the middle and wants the same request again with what came at its end."""
        return self.complete and self.stop_reason == PAUSED

    def go_on(self) -> None:
        """Another request follows a pause: what comes from now on is the rest of the same answer."""
        self._before = _Before(len(self._blocks), len(self._loose), _with_requests(self.usage))
        self._own_usage = {}
        self.complete, self.stop_reason, self.stop_details = False, None, None

    def restart_reply(self) -> None:
        """The last request is repeated: what came of its reply is forgotten."""
        self._positions = {}
        del self._blocks[self._before.blocks :], self._loose[self._before.loose :]
        self.usage = dict(self._before.usage)
        self._own_usage = {}
        self.complete, self.stop_reason, self.stop_details = False, None, None

    def apply(self, event: ApiEvent) -> TurnEvent | None:
        """Take one payload of the stream in; what it means to a reader, None where nothing.

        Never raises on what a server sends: what does not fit is kept in `extra` and told as `Unrecognised`.
        """
        kind = event.get("type")
        handler = self._HANDLERS.get(kind) if isinstance(kind, str) else None
        if handler is None:
            return self._keep(event)
        return handler(self, event)

    def blocks(self) -> tuple[Block, ...]:
        """The blocks as the API sent them, unfinished ones as far as they came."""
        return tuple(opened.settle() for opened in self._blocks)

    def unfinished(self) -> tuple[int, ...]:
        """Indexes of the blocks that have not ended."""
        return tuple(index for index, opened in enumerate(self._blocks) if not opened.finished)

    def extra(self) -> dict[str, Any]:
        """What has come that has no place in a block."""
        extra: dict[str, Any] = {}
        for index, opened in enumerate(self._blocks):
            rest = {"deltas": opened.unknown, "partial_json": opened.partial_json()}
            if kept := {key: value for key, value in rest.items() if value}:
                extra[str(index)] = kept
        if self._loose:
            # Joined, so that what is kept does not depend on where a batch or a part happened to end.
            extra["events"] = coalesced(self._loose)
        return extra

    def _keep(self, event: ApiEvent) -> TurnEvent:
        self._loose.append(event)
        return Unrecognised(str(event.get("type", "")))

    def _message_start(self, event: ApiEvent) -> TurnEvent | None:
        message = event.get("message")
        if not isinstance(message, dict):
            return self._keep(event)
        if self.paused:
            self.go_on()  # a session file has the replies of a paused answer on end
        # A gateway that fails over may splice a second reply behind a cut first one; its blocks count from 0 again.
        self._positions = {}
        self.complete, self.stop_reason, self.stop_details = False, None, None
        self.model = str(message.get("model") or "")
        if isinstance(usage := message.get("usage"), dict):
            self._own_usage = dict(usage)
            self.usage = _and_before(self._before.usage, usage)
        content = message.get("content")
        for block in content if isinstance(content, list) else ():
            if isinstance(block, dict):
                position = self._open(len(self._positions), block)
                self._blocks[position].finished = True
        if isinstance(container := message.get("container"), dict):
            self._loose.append({"type": "message_delta", "delta": {"container": container}})
        return AnswerStarted(self.id, self.model)

    def _open(self, wire_index: int, block: Block) -> int:
        self._positions[wire_index] = len(self._blocks)
        self._blocks.append(_OpenBlock(block))
        return self._positions[wire_index]

    def _block_start(self, event: ApiEvent) -> TurnEvent:
        block = event.get("content_block")
        if not isinstance(block, dict):
            return self._keep(event)
        position = self._open(self._wire_index(event, len(self._blocks)), block)
        return BlockStarted(position, dict(self._blocks[position].block))

    def _wire_index(self, event: ApiEvent, otherwise: int) -> int:
        """Which block of the reply is meant; a server that does not say means the last, or one more."""
        wire_index = event.get("index")
        return wire_index if isinstance(wire_index, int) else otherwise

    def _find(self, event: ApiEvent) -> int | None:
        return self._positions.get(self._wire_index(event, next(reversed(self._positions), 0)))

    def _block_delta(self, event: ApiEvent) -> TurnEvent | None:
        position, delta = self._find(event), event.get("delta")
        if not isinstance(delta, dict):
            return self._keep(event)
        if position is not None:
            return self._delta(position, delta)
        kind = delta.get("type")
        key = _GROWING.get(kind) if isinstance(kind, str) else None
        if key not in ("text", "thinking") or not isinstance(delta.get(key), str):
            return self._keep(event)
        # Nobody said that this block begins, but what it says can be read.
        position = self._open(self._wire_index(event, 0), {"type": key, key: ""})
        self._delta(position, delta)
        return BlockStarted(position, {"type": key, key: delta[key]})

    def _delta(self, position: int, delta: dict[str, Any]) -> TurnEvent | None:
        opened = self._blocks[position]
        opened.told = True
        kind = delta.get("type")
        key = _GROWING.get(kind) if isinstance(kind, str) else None
        if key is not None and isinstance(piece := delta.get(key), str):
            opened.grow(key, piece)
            if key == "text":
                return TextDelta(position, piece)
            return ThinkingDelta(position, piece) if key == "thinking" else ToolProgress(position, piece)
        if kind == "signature_delta" and isinstance(signature := delta.get("signature"), str):
            opened.block["signature"] = signature
            return None
        if kind == "citations_delta" and isinstance(citation := delta.get("citation"), dict):
            earlier = opened.block.get("citations")
            opened.block["citations"] = [*(earlier if isinstance(earlier, list) else ()), citation]
            return CitationAdded(position, citation)
        if kind == "compaction_delta":
            opened.block.update({name: value for name, value in delta.items() if name != "type"})
            return None
        opened.unknown.append(delta)
        return Unrecognised(str(kind))

    def _block_stop(self, event: ApiEvent) -> TurnEvent:
        position = self._find(event)
        if position is None:
            return self._keep(event)
        return BlockFinished(position, dict(self._blocks[position].finish()))

    def _message_delta(self, event: ApiEvent) -> TurnEvent | None:
        if isinstance(delta := event.get("delta"), dict):
            reason = delta.get("stop_reason")
            self.stop_reason = reason if isinstance(reason, str) else self.stop_reason
            details = delta.get("stop_details")
            self.stop_details = details if isinstance(details, dict) else self.stop_details
            rest = {key: value for key, value in delta.items() if key not in _KNOWN_MESSAGE_DELTA and value is not None}
            if rest:
                self._loose.append({"type": "message_delta", "delta": rest})
        if isinstance(usage := event.get("usage"), dict):
            self._own_usage |= {key: value for key, value in usage.items() if value is not None}
            self.usage = _and_before(self._before.usage, self._own_usage)
            return UsageUpdated(dict(self.usage))
        return None

    def _message_stop(self, event: ApiEvent) -> None:
        self.complete = True

    def _ping(self, event: ApiEvent) -> TurnEvent:
        return Heartbeat()

    _HANDLERS = {  # noqa: RUF012 - a constant table of this class's own functions
        "message_start": _message_start,
        "content_block_start": _block_start,
        "content_block_delta": _block_delta,
        "content_block_stop": _block_stop,
        "message_delta": _message_delta,
        "message_stop": _message_stop,
        "ping": _ping,
    }


_KNOWN_MESSAGE_DELTA = {"stop_reason", "stop_sequence", "stop_details"}


def coalesced(events: Iterable[ApiEvent]) -> list[ApiEvent]:
    """The same stream with neighbouring deltas of one block and kind joined; the fold of both is the same."""
    joined: list[ApiEvent] = []
    run: list[str] = []
    for event in events:
        if event.get("type") == "ping":
            continue
        if joined and (piece := _continuation(joined[-1], event)) is not None:
            run.append(piece)
            continue
        _close_run(joined, run)
        joined.append(event)
    _close_run(joined, run)
    return joined


def _continuation(before: ApiEvent, event: ApiEvent) -> str | None:
    """The text by which `event` continues `before`, if it does and says nothing else."""
    delta = event.get("delta")
    if event.get("type") != "content_block_delta" or not isinstance(delta, dict):
        return None
    kind = delta.get("type")
    key = _GROWING.get(kind) if isinstance(kind, str) else None
    if key is None or delta.keys() != {"type", key} or not isinstance(delta[key], str):
        return None
    index = event.get("index")
    same = before.get("type") == "content_block_delta" and before.get("index") == index
    earlier = before.get("delta")
    if (
        not same
        or not isinstance(index, int)
        or not isinstance(before.get("index"), int)
        or not isinstance(earlier, dict)
        or earlier.get("type") != kind
        or not isinstance(earlier.get(key), str)
    ):
        return None
    return str(delta[key])


def _close_run(joined: list[ApiEvent], run: list[str]) -> None:
    if not run:
        return
    last = joined[-1]
    delta = last["delta"]
    key = _GROWING[delta["type"]]
    joined[-1] = {**last, "delta": {**delta, key: delta[key] + "".join(run)}}
    run.clear()


def sendable(blocks: Iterable[Block], unfinished: Iterable[int] = (), *, with_calls: bool = False) -> list[Block]:
    """The blocks of an answer that the API takes back, `with_calls` of the client's tools that get their results.

    Of blocks that never ended only text can go back: unsigned thinking and half a tool's input are refused. A tool use
    of the server's own without its result in the same answer is refused as well, blank text too.
    """
    cut = set(unfinished)
    kept = [block for index, block in enumerate(blocks) if index not in cut or kind_of(block) == "text"]
    answered = {block.get("tool_use_id") for block in kept if is_tool_result(block)}
    return [
        block
        for block in kept
        if not (kind_of(block) == "text" and not str(block.get("text") or "").strip())
        and not (
            is_tool_use(block)
            and block.get("id") not in answered
            and not (with_calls and kind_of(block) == "tool_use" and isinstance(block.get("id"), str))
        )
    ]
