"""One open conversation: its tree, its draft, its settings and the turn that may be running."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, TypeVar

from salon.chat import conversation as tree
from salon.chat import request as requests
from salon.chat import room
from salon.chat.answer import PAUSED
from salon.chat.attachments import Attachment, Blobs, attachments_of
from salon.chat.branching import Aim, Purpose
from salon.chat.comparing import Comparison
from salon.chat.conversation import Conversation, Message, Status
from salon.chat.draft import Draft
from salon.chat.events import Finished, ToolAnswered, ToolCalled, ToolsWanted, TurnEvent
from salon.chat.exchange import Exchange, Exchanges
from salon.chat.library import SessionLog
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.person import NOBODY, Person, Unasked, stopped_before
from salon.chat.requesting import Requesting
from salon.chat.tools import (
    MOST_ROUNDS,
    SETTING,
    TOOL_SEAM,
    ToolResult,
    Tools,
    calls_in,
    definitions_in,
    waiting_calls,
)
from salon.chat.turn import Client, Request, Turn, message_record
from salon.words import tr

logger = logging.getLogger(__name__)

TITLE_LENGTH = 80
T = TypeVar("T")
STOPPED_RESULT = ToolResult("The person stopped this call.", is_error=True)


class Session(Requesting):
    """One open conversation. All changes to its tree happen here, and each is in the log before it is seen."""

    def __init__(
        self, conversation: Conversation, log: SessionLog, parameters: Parameters, blobs: Blobs | None = None
    ) -> None:
        super().__init__(conversation, log, parameters, blobs)
        self.turn: Turn | None = None
        self._exchanges = Exchanges()
        self.comparison: Comparison | None = None
        """The answers that were asked for side by side last, which may be arriving."""
        self._left: str | None = None
        """The leaf from which an answer is asked for again, to go back to if nothing comes."""
        self.busy = False
        """Whether an answer is on its way or a tool runs for it."""
        self._stopped = False
        self._interruptible: asyncio.Future[Any] | None = None
        """What an answer waits for beside the API, and no longer once it is stopped."""

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

    async def submit(self, text: str, attachments: Sequence[Attachment] = ()) -> Message:
        """Put the person's words into the tree and the log; they are on disk, or queued with a warning, on return.

        Attachments stand before the words; their content is in a blob already, or small enough to be in the record.
        """
        async with self._changing:
            if not self.conversation.written:
                await self._found(text if text.strip() else ", ".join(each.name for each in attachments))
            return await self._say(text, attachments=attachments)

    async def ask_to_continue(self) -> Message:
        """Put the request to go on into the tree, as a seam and not as a prompt of the person's."""
        last = self.last
        if last is None or not self.can_continue or self.waits_for_tools:
            raise ValueError("there is no cut answer to continue")
        async with self._changing:
            return await self._say(requests.continuation_prompt(last.text), seam="continue")

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
        tools: Tools | None = None,
        person: Person = NOBODY,
        *,
        asked: Parameters | None = None,
    ) -> AsyncGenerator[TurnEvent, None]:
        """Have the leaf answered and take what comes into the tree; yields the events of its turns.

        A chat that begins is given its tools first. With `tools` the calls that the model makes are run, each result
        is kept, and the model is asked again, with what is `asked` once as `prepared` takes it, until it is done. The
        last event is `Finished`. Raises `Unasked` where it was stopped before there was a request or the `person` does
        not want one, `TooMuch` where the request would be too large.
        """
        if self.busy:
            raise RuntimeError("a turn is running already")
        if self.last is None:
            raise ValueError("there is nothing to answer")
        self.busy, self._stopped = True, False
        try:
            async with aclosing(self._rounds(client, tools, person, asked)) as events:
                async for event in events:
                    if isinstance(event, Finished):
                        self.busy = False  # whoever shows the ending asks what can be done now
                    yield event
        finally:
            self.busy = False
            self.effort_once = ""

    async def _rounds(
        self, client: Client, tools: Tools | None, person: Person, asked: Parameters | None
    ) -> AsyncGenerator[TurnEvent, None]:
        if tools is not None:
            await self.begin_with(tools, person)
        ended: Message | None = None
        if tools is not None and waiting_calls(self.path):
            ended = next(message for message in reversed(self.path) if message.role == "assistant")
        for left in reversed(range(MOST_ROUNDS)):
            if ended is not None and tools is not None:
                async with aclosing(self._with_results(tools)) as results:
                    async for event in results:
                        yield event
                if self._was_stopped():
                    break
            request = await self._next_request(person, asked, ended)
            if request is None:
                break
            async with aclosing(self._one_answer(client, request)) as events:
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

    async def begin_with(self, tools: Tools, person: Person) -> None:
        """Give a new chat its tools: its own and those that new chats have; a stop does not wait for their servers.

        Raises `Unasked` when it was stopped.
        """
        if self.tools_are_settled:
            return
        beginning = await self._unless_stopped(tools.beginning(self.tools))
        if beginning is None:
            raise stopped_before()
        if beginning.definitions:
            await self.use_tools(beginning.definitions)
        person.see_tools(beginning.problems)

    async def _next_request(self, person: Person, asked: Parameters | None, ended: Message | None) -> Request | None:
        """The request that is asked next; None where the answer that has `ended` stays the last."""
        try:
            request = await self.prepared(asked=asked)
        except ValueError:
            if ended is None:
                raise
            # Its calls were such that neither they nor their results can be sent, so there is nothing to ask.
            logger.warning("The answer %s asked for tools in a way that cannot be answered", ended.id)
            return None
        person.see_request(request)
        allowed = await self._unless_stopped(person.may_ask(asked or self.asked_next))
        if allowed:
            return request
        if ended is None and allowed is None:
            raise stopped_before()
        if ended is None:
            raise Unasked(tr("Nothing was asked, because of the budget."))
        return None

    async def _unless_stopped(self, waited_for: Awaitable[T]) -> T | None:
        """What came of something that an answer waits for; None once the answer is stopped."""
        waiting = self._interruptible = asyncio.ensure_future(waited_for)
        try:
            await asyncio.wait([waiting])
        finally:
            self._interruptible = None
            waiting.cancel()  # whoever left has no use for it; one that has ended does not mind
        return None if waiting.cancelled() else waiting.result()

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
        for call in waiting_calls(self.path):
            yield ToolCalled(call)
            result = None if self._stopped else await self._unless_stopped(tools.call(call))
            message = replace(self._message("", seam=TOOL_SEAM), content=((result or STOPPED_RESULT).block(call),))
            await self.log.append(message_record(message), durable=True)
            self.conversation = tree.add(self.conversation, message)
            yield ToolAnswered(message)

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

    def exchange_of(self, answer: Message, model: ModelInfo) -> Exchange:
        """What was asked for an answer: as it was sent, or made anew from what is saved where that is forgotten."""
        if (kept := self._exchanges.get(answer.id)) is not None:
            return kept
        path = tree.path(self.conversation, answer.parent) if answer.parent is not None else []
        try:
            body = self._built(path, replace(self.parameters, model=model)).body
        except ValueError:
            body = {}  # what it answered is deleted
        return Exchange({**body, "stream": True} if body else {}, rebuilt=True)

    def stop(self) -> None:
        """Stop the running answer or tool, or the answers that are compared, and keep what came."""
        self._stopped = True
        if self._interruptible is not None:
            self._interruptible.cancel()
        if self.turn is not None:
            self.turn.stop()
        if self.comparison is not None:
            self.comparison.stop()

    async def _found(self, first_words: str) -> None:
        asked = self.parameters
        title = " ".join(first_words.split())[:TITLE_LENGTH]
        founding: dict[str, Any] = {"title": title, "model": asked.model.id}
        founding |= {"system": asked.system, "effort": asked.effort}
        founding[SETTING] = list(definitions_in(self.conversation.settings) or ())
        for key, value in founding.items():
            if value:
                await self.set(key, value)

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
