"""One open conversation: its tree, its draft, its settings and the turn that may be running."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from salon.chat import conversation as tree
from salon.chat import limits, room
from salon.chat import request as requests
from salon.chat.answer import PAUSED
from salon.chat.attachments import Attachment, Blobs, attachments_of, block_of
from salon.chat.blocks import Block, text_block
from salon.chat.branching import NEXT_PROMPT, Aim, Branching, Purpose
from salon.chat.comparing import Comparison
from salon.chat.conversation import Conversation, Message, Status
from salon.chat.events import Finished, ToolAnswered, ToolCalled, ToolsWanted, TurnEvent
from salon.chat.exchange import Exchange, Exchanges
from salon.chat.ids import new_id
from salon.chat.model import ModelInfo
from salon.chat.sending import refers_to_attachments, with_attachments
from salon.chat.summary import SessionSummary
from salon.chat.tools import (
    CODE,
    MOST_ROUNDS,
    SERVER_TOOLS,
    SETTING,
    TOOL_SEAM,
    ToolCall,
    ToolResult,
    Tools,
    calls_in,
    definitions_in,
    last_container,
    name_of,
    offered,
    waiting_calls,
)
from salon.chat.turn import Client, Log, Request, Turn, message_record, utc_now

logger = logging.getLogger(__name__)

TITLE_LENGTH = 80
STOPPED_RESULT = ToolResult("The person stopped this call.", is_error=True)


@dataclass(frozen=True, slots=True)
class Draft:
    """What has been typed and not sent."""

    text: str = ""
    pastes: tuple[str, ...] = ()
    """Large pastes, shown in `text` as chips and put back in full when the prompt is sent."""
    queued: tuple["Draft", ...] = ()
    """Prompts that wait for an answer to end before they are sent."""
    attachments: tuple[Attachment, ...] = ()
    """What is sent along, before the text."""
    purpose: Purpose = NEXT_PROMPT
    """What it is, if not the next prompt."""
    aside: "Draft | None" = None
    """What stood in the prompt before this was begun, and comes back after it."""

    def __bool__(self) -> bool:
        return bool(self.text or self.pastes or self.queued or self.attachments or self.purpose or self.aside)


class Outside(StrEnum):
    """What another program has done to an open session."""

    NOTHING = ""
    CHANGED = "changed"
    """It wrote to the file, or put another in its place."""
    TAKEN_OVER = "taken over"
    """Another window writes the session now."""


class Keeping(StrEnum):
    """What a log does with records."""

    DISK = "disk"
    NOTHING = "nothing"
    """It forgets them, as the person asked."""
    REFUSED = "refused"
    """It takes none: the session can only be read."""


class SessionLog(Log, Protocol):
    """The log of one open session."""

    keeping: Keeping

    on_state: Callable[[str], None] | None
    """Is told why nothing is saved, in words, and "" when everything is again; called on the event loop."""

    @property
    def unsaved(self) -> str:
        """Why the last write failed, in a sentence; "" when everything is on disk."""
        ...

    def look(self) -> Outside:
        """What another program has done since the last look; blocks for a moment, call it from a thread.

        Records of this log that it took away are put back first.
        """
        ...

    async def close(self) -> bool:
        """Write what is queued, sync, give the lock back; whether everything is on disk."""
        ...


class Stash(Protocol):
    """Drafts that were put aside. The methods block for a moment, and raise `StoreError`."""

    def load(self) -> Sequence[Draft]:
        """All of them, the newest first."""
        ...

    def push(self, draft: Draft) -> None:
        """Put one before the others; it is kept when this returns."""
        ...

    def drop(self, draft: Draft) -> None:
        """Take one away."""
        ...


class Library(Protocol):
    """The sessions on disk, as the app sees them. The methods block for a moment; call them from a thread."""

    @property
    def blobs(self) -> Blobs:
        """Where attached content lies."""
        ...

    def create(self) -> tuple[Conversation, SessionLog]:
        """A new, empty conversation; nothing is on disk until its first record."""
        ...

    def open(self, session_id: str, *, take_over: bool = False) -> tuple[Conversation, SessionLog]:
        """A session from disk, locked for writing; with `take_over` also when another window has it.

        Copies that a sync program made of it are merged into it first. Raises `SessionNotFound`, `SessionLocked`, or
        `StoreError` when it cannot be read. A session that a newer Salon wrote comes with a log that writes nothing
        and says so.
        """
        ...

    def view(self, session_id: str) -> tuple[Conversation, SessionLog]:
        """A session from disk with a log that writes nothing, also while another window writes it.

        Raises `SessionNotFound`, or `StoreError` when it cannot be read.
        """
        ...

    def fork(self, session_id: str, leaf: str | None = None) -> str:
        """Make a new session of the branch that ends at `leaf` (the session's own by default); its id.

        Raises `SessionNotFound`, or `StoreError` when nothing can be forked or written.
        """
        ...

    def latest(self) -> str | None:
        """The id of the session, or the lone draft, that was written last."""
        ...

    def find(self, words: str) -> Sequence[SessionSummary]:
        """The sessions whose id begins with `words` or whose title has all of them, newest first."""
        ...

    def list(self) -> Sequence[SessionSummary]:
        """All sessions and lone drafts, newest first."""
        ...

    def remembered(self) -> Sequence[SessionSummary]:
        """The sessions as the last list had them, newest first: for showing at once, before `list` has looked."""
        ...

    def trashed(self) -> Sequence[SessionSummary]:
        """What is in the trash, last used first."""
        ...

    def change(self, session_id: str, key: str, value: Any) -> None:
        """Set a session's title, tags, pin or archive mark, also while another window has it open.

        Raises `SessionNotFound`, or `StoreError` when it cannot be written.
        """
        ...

    def trash(self, session_id: str) -> None:
        """Throw a session and its draft away; `restore` brings them back.

        Raises `SessionNotFound`, `SessionLocked`, or `StoreError`.
        """
        ...

    def restore(self, session_id: str) -> None:
        """Bring a session and its draft back from the trash. Raises `SessionNotFound` or `StoreError`."""
        ...

    def purge(self, session_id: str) -> None:
        """Remove a session from the trash for ever. Raises `SessionNotFound` or `StoreError`."""
        ...

    def load_draft(self, session_id: str) -> Draft:
        """The unsent draft of a session; empty where there is none or it cannot be read."""
        ...

    def save_draft(self, session_id: str, draft: Draft) -> None:
        """Keep a draft, atomically; an empty one removes it. Raises `StoreError`."""
        ...

    def prompts(self, limit: int = 500) -> Sequence[str]:
        """The newest prompts of all sessions, newest first, for recall."""
        ...

    def stash(self) -> Stash:
        """The drafts that were put aside."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """With what a session asks, apart from the conversation itself."""

    model: ModelInfo
    system: str = ""
    effort: str = ""
    """"" leaves it to the model."""
    max_tokens: int = 0
    """0 leaves it to the model's limit."""
    show_thinking: bool = True
    anthropic_host: bool = True
    """Whether the host is Anthropic's own; others are asked for nothing that the protocol's core does not have."""
    schema: Mapping[str, Any] | None = None
    """The JSON Schema that answers have to fit; None for answers in words."""
    tools: tuple[Block, ...] = ()
    """The definitions of the tools that a new chat begins with."""
    server_tools_when: str = "auto"
    """Whether the server's own tools are asked for: "auto", "always" or "never"."""
    cache: str = "5m"
    """How long the API keeps what it has read, "" for not at all."""
    begins_with: str = ""
    """A message before which nothing is sent, beside those that the session names."""
    compact: bool = False
    """Whether the API is asked to summarise the conversation instead of answering it."""

    @property
    def server_tools(self) -> frozenset[str]:
        """The server's own tools that can be asked for: the model's on Anthropic's host, unless the person says so."""
        if self.server_tools_when == "auto":
            return self.model.server_tools if self.anthropic_host else frozenset()
        return SERVER_TOOLS if self.server_tools_when == "always" else frozenset()


class Session(Branching):
    """One open conversation. All changes to its tree happen here, and each is in the log before it is seen."""

    def __init__(
        self, conversation: Conversation, log: SessionLog, parameters: Parameters, blobs: Blobs | None = None
    ) -> None:
        super().__init__(conversation, log)
        self.log: SessionLog = log
        self.blobs = blobs
        """Where the content of attachments lies; without it requests go without them."""
        self.parameters = parameters
        self.turn: Turn | None = None
        self._exchanges = Exchanges()
        self.comparison: Comparison | None = None
        """The answers that were asked for side by side last, which may be arriving."""
        self.effort_once = ""
        """The effort of the next answer alone; "" where it is the chat's."""
        self._left: str | None = None
        """The leaf from which an answer is asked for again, to go back to if nothing comes."""
        self.busy = False
        """Whether an answer is on its way or a tool runs for it."""
        self._stopped = False
        self._running_tool: asyncio.Task[ToolResult] | None = None

    @property
    def id(self) -> str:
        """The session's id."""
        return self.conversation.id

    @property
    def last(self) -> Message | None:
        """The message at the leaf."""
        leaf = self.conversation.leaf
        return None if leaf is None else self.conversation.messages[leaf]

    @property
    def can_continue(self) -> bool:
        """Whether the leaf is an answer that was cut and has text to go on from."""
        last = self.last
        cut = {Status.STOPPED, Status.INTERRUPTED, Status.MAX_TOKENS}
        if self.busy or self.editing or last is None:
            return False
        if self.waits_for_tools:
            return True
        if last.role != "assistant":
            return False
        return (last.status in cut or last.stop_reason == PAUSED) and bool(last.text.strip())

    @property
    def tools(self) -> tuple[Block, ...]:
        """The definitions of the tools that requests go with: those that the chat began with or was given since."""
        chosen = definitions_in(self.conversation.settings)
        return self.parameters.tools if chosen is None else chosen

    @property
    def sent_tools(self) -> tuple[Block, ...]:
        """Those of the definitions that the model has: what requests really go with."""
        return offered(self.tools, self.parameters.server_tools)

    def plan_tools(self, definitions: Sequence[Block]) -> None:
        """Begin with these definitions; nothing is written before the chat has its first prompt."""
        self.conversation = tree.with_settings(self.conversation, **{SETTING: list(definitions)})

    @property
    def tools_are_settled(self) -> bool:
        """Whether the chat has its tools already: they were chosen, or answers came without any."""
        chosen = definitions_in(self.conversation.settings) is not None
        return chosen or any(message.role == "assistant" for message in self.conversation.written.values())

    @property
    def waits_for_tools(self) -> bool:
        """Whether the leaf is an answer that waits for tools, or has some of their results."""
        return bool(waiting_calls(self.path)) or (self.last is not None and self.last.seam == TOOL_SEAM)

    @property
    def can_retry(self) -> bool:
        """Whether the leaf is an answer, or a prompt that never got one."""
        last = self.last
        if self.busy or self.editing or last is None:
            return False
        return last.role == "user" or last.parent is not None

    def adopt(self, parameters: Parameters) -> None:
        """Ask with these parameters from now on.

        The system prompt and the tools of a chat that has begun stay what they were; an effort that was chosen for it
        goes on.
        """
        settings = self.conversation.settings
        if self.conversation.written or "system" in settings:
            system = settings.get("system")
            parameters = replace(parameters, system=system if isinstance(system, str) else "")
        if any(message.role == "assistant" for message in self.conversation.written.values()):
            parameters = replace(parameters, tools=())
        if isinstance(effort := settings.get("effort"), str):
            parameters = replace(parameters, effort=effort)
        self.parameters = parameters

    def wish(self, **settings: str) -> None:
        """Settle something of a chat that has not begun; it is written when the chat is, and `adopt` keeps to it."""
        if not self.conversation.written:
            self.conversation = tree.with_settings(self.conversation, **settings)

    @property
    def asked_next(self) -> Parameters:
        """With what the next request is made."""
        return replace(self.parameters, effort=self.effort_once) if self.effort_once else self.parameters

    def adopt_effort(self, level: str) -> None:
        """Ask with this effort from now on."""
        self.parameters = replace(self.parameters, effort=level)

    def learn_model(self, model: ModelInfo) -> None:
        """More is known of the model that is asked."""
        if model.id == self.parameters.model.id:
            self.parameters = replace(self.parameters, model=model)

    async def submit(self, text: str, attachments: Sequence[Attachment] = ()) -> Message:
        """Put the person's words into the tree and the log; they are on disk, or queued with a warning, on return.

        Attachments stand before the words; their content is in a blob already, or small enough to be in the record.
        """
        async with self._changing:
            if not self.conversation.written:
                await self._found(text if text.strip() else ", ".join(each.name for each in attachments))
            return await self._say(text, attachments=attachments)

    def check(self, text: str, attachments: Sequence[Attachment] = ()) -> None:
        """Raise `TooMuch` where a request with this on top would break one of the API's limits.

        Only Anthropic's own are known, so nothing is checked for other hosts.
        """
        carried = self.sent.messages
        attached = [*limits.attached_in(carried), *attachments]
        if attached and self.parameters.anthropic_host:
            rest = limits.other_bytes(carried, text, self.parameters.system)
            limits.check(attached, other_bytes=rest, context=self.parameters.model.context)

    async def ask_to_continue(self) -> Message:
        """Put the request to go on into the tree, as a seam and not as a prompt of the person's."""
        last = self.last
        if last is None or not self.can_continue or self.waits_for_tools:
            raise ValueError("there is no cut answer to continue")
        async with self._changing:
            return await self._say(requests.continuation_prompt(last.text), seam="continue")

    # room in the context

    @property
    def sent(self) -> room.Sent:
        """What of the conversation is sent."""
        return room.sent_of(self.path, room.beginnings_of(self.conversation))

    async def leave_out_before(self, message_id: str) -> None:
        """Begin requests with this message from now on; what stands before it stays in the conversation."""
        await self.set(room.BEGINNINGS, [*room.beginnings_of(self.conversation), message_id])

    async def leave_out_nothing(self) -> None:
        """Send the turns again that were left out of this branch."""
        here = {message.id for message in self.path}
        kept = [an_id for an_id in room.beginnings_of(self.conversation) if an_id not in here]
        await self.set(room.BEGINNINGS, kept)

    async def ask_for_summary(self, seam: str) -> Message:
        """Put the request for a summary below the last answer that says something, as a seam.

        Raises ValueError where there is no such answer.
        """
        path = self.path
        anchor = room.anchor_of(path)
        if not anchor:
            raise ValueError("there is nothing to summarise")
        async with self._changing:
            self.conversation = tree.at(self.conversation, path[anchor - 1].id)
            return await self._say(room.SUMMARY_PROMPT, seam=seam)

    async def return_to(self, message_id: str) -> None:
        """Have an earlier message as the leaf again, whatever hangs on it."""
        async with self._changing:
            await self._change({"k": "leaf"}, "of", lambda before: tree.look_at(before, message_id))

    async def say_again(self, message: Message) -> Message:
        """Put the person's words of another place below the leaf."""
        async with self._changing:
            again = replace(self._message(""), content=message.content)
            await self.log.append(message_record(again), durable=True)
            self.conversation = tree.add(self.conversation, again)
            return again

    def back_to_prompt(self, message_id: str | None = None) -> Message | None:
        """Make the prompt of an answer the leaf, so that the next turn answers it once more.

        It is the last answer's, or that of `message_id`, which may be a prompt too. If nothing comes, everything is as
        it was before.
        """
        before = self.last
        message = before if message_id is None else self.conversation.messages[message_id]
        prompt = None if message is None else message.parent if message.role == "assistant" else message.id
        if prompt is not None and before is not None and prompt != before.id:
            self._left = before.id if before.content or message is not before else None
            self.conversation = tree.at(self.conversation, prompt)
        return self.last

    def back_to_answer(self) -> None:
        """Nothing was asked after all: look at what was looked at before `back_to_prompt`."""
        if self._left is not None:
            self.conversation = tree.at(self.conversation, self._left)
            self._left = None

    def write(self, purpose: Purpose) -> Draft | None:
        """Write something else than the next prompt from now on; what to begin with, None if it cannot be."""
        words = self.begin(purpose)
        if words is None:
            return None
        message = self.conversation.messages[purpose.of] if purpose.aim is Aim.VARIANT else None
        return Draft(words, attachments=() if message is None else attachments_of(message.content), purpose=purpose)

    def edit_last_prompt(self) -> Draft:
        """Go back to before the person's last prompt and return it; what is sent next stands beside it.

        The draft is empty where there is no prompt.
        """
        prompt = self.last_prompt()
        draft = None if prompt is None else self.write(Purpose(Aim.VARIANT, prompt.id))
        return draft or Draft()

    async def answer(
        self,
        client: Client,
        request: Request | None = None,
        tools: Tools | None = None,
        *,
        asked: Parameters | None = None,
    ) -> AsyncGenerator[TurnEvent, None]:
        """Have the leaf answered: run one turn and take its messages into the tree; yields the turn's events.

        `request` is what `prepared` gave, for whoever wanted to see it first; where the leaf waits for tools there is
        none yet. With `tools` the calls that the model makes are run, each result is kept, and the model is asked
        again, with what is `asked` once as `prepared` takes it, until it is done; the last event is `Finished` all the
        same. Raises `TooMuch` without a request.
        """
        if self.busy:
            raise RuntimeError("a turn is running already")
        if self.last is None:
            raise ValueError("there is nothing to answer")
        self.busy, self._stopped = True, False
        try:
            async with aclosing(self._rounds(client, request, tools, asked)) as events:
                async for event in events:
                    if isinstance(event, Finished):
                        self.busy = False  # whoever shows the ending asks what can be done now
                    yield event
        finally:
            self.busy = False
            self.effort_once = ""

    async def _rounds(
        self, client: Client, request: Request | None, tools: Tools | None, asked: Parameters | None
    ) -> AsyncGenerator[TurnEvent, None]:
        ended: Message | None = None
        if tools is not None and waiting_calls(self.path):
            ended = next(message for message in reversed(self.path) if message.role == "assistant")
        for left in reversed(range(MOST_ROUNDS)):
            if ended is not None and tools is not None:
                async with aclosing(self._with_results(tools)) as results:
                    async for event in results:
                        yield event
                request = None
                if self._was_stopped():
                    break
            try:
                next_request = request or await self.prepared(asked=asked)
            except ValueError:
                if ended is None:
                    raise
                # Its calls were such that neither they nor their results can be sent, so there is nothing to ask.
                logger.warning("The answer %s asked for tools in a way that cannot be answered", ended.id)
                break
            async with aclosing(self._one_answer(client, next_request)) as events:
                async for event in events:
                    if isinstance(event, Finished):
                        ended = event.message
                    else:
                        yield event
            if ended is None or tools is None or self._was_stopped() or not calls_in(ended) or not left:
                break
            yield ToolsWanted(ended)
        if ended is not None:
            yield Finished(ended)

    def _was_stopped(self) -> bool:
        return self._stopped

    async def _one_answer(self, client: Client, request: Request) -> AsyncGenerator[TurnEvent, None]:
        prompt = self.last
        assert prompt is not None
        turn = self.turn = Turn(parent=prompt.id, request=request, client=client, log=self.log)
        if self._stopped:
            turn.stop()
        try:
            async with aclosing(turn.run()) as events:
                async for event in events:
                    if isinstance(event, Finished):
                        await self._finish(turn)
                    yield event
        finally:
            await self._finish(turn)

    async def _with_results(self, tools: Tools) -> AsyncGenerator[TurnEvent, None]:
        """Run the calls that have no result, one after the other; a stop answers for those that are left."""
        try:
            for call in waiting_calls(self.path):
                yield ToolCalled(call)
                result = STOPPED_RESULT if self._stopped else await self._run(call, tools)
                message = replace(self._message("", seam=TOOL_SEAM), content=(result.block(call),))
                await self.log.append(message_record(message), durable=True)
                self.conversation = tree.add(self.conversation, message)
                yield ToolAnswered(message)
        finally:
            if self._running_tool is not None:
                self._running_tool.cancel()

    async def _run(self, call: ToolCall, tools: Tools) -> ToolResult:
        task = self._running_tool = asyncio.ensure_future(tools.call(call))
        await asyncio.wait([task])
        self._running_tool = None
        return STOPPED_RESULT if task.cancelled() else task.result()

    def compare(self, client: Client, requests: Sequence[Request]) -> Comparison:
        """Have the leaf, a prompt, answered once for each request; the caller runs it, then calls `settle_comparison`.

        Each answer is a turn with its own records, and a variant beside the others.
        """
        prompt = self.last
        if self.busy:
            raise RuntimeError("a turn is running already")
        if prompt is None or prompt.role != "user":
            raise ValueError("there is no prompt to compare answers to")
        turns = [Turn(parent=prompt.id, request=request, client=client, log=self.log) for request in requests]
        self.comparison, self.busy = Comparison(turns, self._keep_variant), True
        return self.comparison

    async def settle_comparison(self, comparison: Comparison) -> Message | None:
        """Go on from the first answer that came, or from where one was before; the new leaf.

        A file's leaf is the answer that was begun last, so which it is now has to be written.
        """
        before, self._left = self._left, None
        self.busy = False
        for turn in comparison.turns:
            self._exchanges.keep(turn.answer.id, turn.exchange())
        first = comparison.first()
        leaf = before if first is None and before is not None else None if first is None else first.id
        if leaf is not None and leaf in self.conversation.messages:
            self.conversation = tree.look_at(self.conversation, leaf)
            await self.log.append({"k": "leaf", "of": leaf}, durable=True)
        return self.last

    def _keep_variant(self, message: Message) -> None:
        self.conversation = tree.add(self.conversation, message)

    async def prepared(
        self, text: str = "", attachments: Sequence[Attachment] = (), *, asked: Parameters | None = None
    ) -> Request:
        """The request that would have the leaf answered now, with the content of its attachments in it.

        It has the session's own parameters, or those that are `asked` with once. With a text or attachments it is the
        one that would be made if these were sent. Raises `TooMuch` where it would be more than the API takes,
        `ValueError` where there is nothing to answer. Attachments that turn out to be lost are noted in the
        conversation.
        """
        self.check(text, attachments)
        unsent = self._message(text, attachments=attachments) if text.strip() or attachments else None
        request = self.request(asked, unsent)
        if not refers_to_attachments(request):
            return request
        request = await asyncio.to_thread(with_attachments, request, self.blobs)
        if not request.lost <= self.conversation.lost:
            self.conversation = replace(self.conversation, lost=self.conversation.lost | request.lost)
        return request

    def request(self, asked: Parameters | None = None, unsent: Message | None = None) -> Request:
        """The request that would have the leaf, or `unsent` below it, answered; attachments as the session has them."""
        asked = asked or self.asked_next
        tools = offered(self.tools, asked.server_tools)
        runs_code = any(name_of(each) in CODE for each in tools)
        return requests.build(
            [*self.path, *([unsent] if unsent is not None else [])],
            model=asked.model,
            system=asked.system,
            max_tokens=asked.max_tokens or None,
            effort=asked.effort or None,
            show_thinking=asked.show_thinking,
            anthropic_host=asked.anthropic_host,
            tools=tools,
            container=last_container(self.path, utc_now()) if runs_code else "",
            schema=asked.schema,
            beginnings=(*room.beginnings_of(self.conversation), asked.begins_with),
            compact=asked.compact,
            cache=asked.cache,
        )

    def exchange_of(self, answer: Message, model: ModelInfo) -> Exchange:
        """What was asked for an answer: as it was sent, or made anew from what is saved where that is forgotten."""
        if (kept := self._exchanges.get(answer.id)) is not None:
            return kept
        asked = self.parameters
        path = tree.path(self.conversation, answer.parent) if answer.parent is not None else []
        try:
            body = requests.build(
                path,
                model=model,
                system=asked.system,
                max_tokens=asked.max_tokens or None,
                effort=asked.effort or None,
                show_thinking=asked.show_thinking,
                anthropic_host=asked.anthropic_host,
                tools=offered(self.tools, asked.server_tools),
            ).body
        except ValueError:
            body = {}  # what it answered is deleted
        return Exchange({**body, "stream": True} if body else {}, rebuilt=True)

    def stop(self) -> None:
        """Stop the running answer or tool, or the answers that are compared, and keep what came."""
        self._stopped = True
        if self._running_tool is not None:
            self._running_tool.cancel()
        if self.turn is not None:
            self.turn.stop()
        if self.comparison is not None:
            self.comparison.stop()

    async def use_tools(self, definitions: Sequence[Block]) -> None:
        """Send these definitions from the next request on; kept with the session."""
        await self.set(SETTING, list(definitions))

    async def set(self, key: str, value: Any) -> None:
        """Change one of the session's own settings, such as its title."""
        self.conversation = tree.with_settings(self.conversation, **{key: value})
        await self.log.append({"k": "set", "key": key, "value": value}, durable=True)

    async def _found(self, first_words: str) -> None:
        asked = self.parameters
        title = " ".join(first_words.split())[:TITLE_LENGTH]
        founding: dict[str, Any] = {"title": title, "model": asked.model.id}
        founding |= {"system": asked.system, "effort": asked.effort}
        founding[SETTING] = list(definitions_in(self.conversation.settings) or ())
        for key, value in founding.items():
            if value:
                await self.set(key, value)

    def _message(self, text: str, seam: str = "", attachments: Sequence[Attachment] = ()) -> Message:
        words = (text_block(text),) if text.strip() or not attachments else ()
        return Message(
            id=new_id(),
            parent=self.conversation.leaf,
            role="user",
            content=(*map(block_of, attachments), *words),
            created=utc_now(),
            seam=seam,
        )

    async def _say(self, text: str, seam: str = "", attachments: Sequence[Attachment] = ()) -> Message:
        message = self._message(text, seam, attachments)
        await self.log.append(message_record(message), durable=True)
        self.conversation = tree.add(self.conversation, message)
        self._have_written()
        return message

    async def _finish(self, turn: Turn) -> None:
        if self.turn is turn:
            self.turn = None
        if turn.ended is None or turn.ended.id in self.conversation.written:
            return
        before, self._left = self._left, None
        self._exchanges.keep(turn.ended.id, turn.exchange())
        self.conversation = tree.add(self.conversation, turn.ended)
        if before is not None and not turn.ended.content:
            self.conversation = tree.look_at(self.conversation, before)
            await self.log.append({"k": "leaf", "of": before})
