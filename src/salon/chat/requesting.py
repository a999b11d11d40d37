"""What a conversation is asked with: parameters, tools, which turns are sent, and the request made of them all."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from salon.chat import conversation as tree
from salon.chat import limits, room
from salon.chat import request as requests
from salon.chat.attachments import Attachment, Blobs, block_of
from salon.chat.blocks import Block, text_block
from salon.chat.branching import Branching
from salon.chat.conversation import Conversation, Message
from salon.chat.ids import new_id
from salon.chat.library import SessionLog
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.sending import refers_to_attachments, with_attachments
from salon.chat.tools import CODE, SETTING, definitions_in, last_container, name_of, offered
from salon.chat.turn import Request, utc_now


class Requesting(Branching):
    """A conversation and the requests that can be made of it."""

    def __init__(
        self, conversation: Conversation, log: SessionLog, parameters: Parameters, blobs: Blobs | None = None
    ) -> None:
        super().__init__(conversation, log)
        self.log: SessionLog = log
        self.blobs = blobs
        """Where the content of attachments lies; without it requests go without them."""
        self.parameters = parameters
        self.effort_once = ""
        """The effort of the next answer alone; "" where it is the chat's."""

    # tools

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

    async def use_tools(self, definitions: Sequence[Block]) -> None:
        """Send these definitions from the next request on; kept with the session."""
        await self.set(SETTING, list(definitions))

    # parameters

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

    async def set(self, key: str, value: Any) -> None:
        """Change one of the session's own settings, such as its title."""
        self.conversation = tree.with_settings(self.conversation, **{key: value})
        await self.log.append({"k": "set", "key": key, "value": value}, durable=True)

    # what is sent

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

    def check(self, text: str, attachments: Sequence[Attachment] = ()) -> None:
        """Raise `TooMuch` where a request with this on top would break one of the API's limits.

        Only Anthropic's own are known, so nothing is checked for other hosts.
        """
        carried = self.sent.messages
        attached = [*limits.attached_in(carried), *attachments]
        if attached and self.parameters.anthropic_host:
            rest = limits.other_bytes(carried, text, self.parameters.system)
            limits.check(attached, other_bytes=rest, context=self.parameters.model.context)

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
        return self._built([*self.path, *([unsent] if unsent is not None else [])], asked or self.asked_next)

    def _built(self, path: Sequence[Message], asked: Parameters) -> Request:
        tools = offered(self.tools, asked.server_tools)
        runs_code = any(name_of(each) in CODE for each in tools)
        return requests.build(
            path,
            model=asked.model,
            system=asked.system,
            max_tokens=asked.max_tokens or None,
            effort=asked.effort or None,
            show_thinking=asked.show_thinking,
            anthropic_host=asked.anthropic_host,
            tools=tools,
            container=last_container(path, utc_now()) if runs_code else "",
            schema=asked.schema,
            beginnings=(*room.beginnings_of(self.conversation), asked.begins_with),
            compact=asked.compact,
            cache=asked.cache,
        )

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
