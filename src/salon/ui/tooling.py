"""Tools in a chat: which the model may use, and the question before one of the client's is run."""

import asyncio
from collections.abc import Sequence

from textual import work

from salon.chat.blocks import Block
from salon.chat.madefiles import LARGEST, made_files
from salon.chat.permission import Decision, Gatekeeper
from salon.chat.session import Session
from salon.chat.tools import (
    CODE,
    WEB,
    ToolCall,
    code_tools,
    name_of,
    offered,
    web_tools,
    with_tools,
    without_tools,
)
from salon.errors import SalonError
from salon.ui.commanding import CommandingActions
from salon.ui.completion import Candidate
from salon.ui.notice import NoticeText
from salon.ui.question import call_asked
from salon.ui.services import Services
from salon.untrusted import clean_line
from salon.words import plural, tr

_ON, _OFF = {"on", "yes"}, {"off", "no"}


class ToolingActions(CommandingActions):
    """A screen whose chat has tools."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._keepers: dict[str, Gatekeeper] = {}

    # running

    def keeper_of(self, session: Session) -> Gatekeeper:
        """What runs the tools of a chat; it remembers what was allowed in it."""
        if session.id not in self._keepers:
            servers = self._services.tool_servers
            self._keepers[session.id] = Gatekeeper(servers, self._ask, self._tell_trouble)
        return self._keepers[session.id]

    def see_tools(self, problems: Sequence[str]) -> None:
        """Show which tools the chat has, and say which servers failed."""
        self.show_tools()
        if problems:
            told = clean_line(" ".join(problems), 400)
            self.notice.show(NoticeText(tr("{told} The chat goes on without its tools.", told=told), (), "warning"))

    async def _ask(self, call: ToolCall) -> Decision:
        return await self.put_question(call_asked(call), tr("asks whether it may run a tool"))

    def _tell_trouble(self, sentence: str) -> None:
        self.notice.show(NoticeText(clean_line(sentence, 400), (), "warning"))

    # choosing

    def choices_of(self, action: str) -> list[Candidate]:
        """The servers of tools, and on and off."""
        if action in {"search_web", "run_code"}:
            return [Candidate("on"), Candidate("off")]
        if action == "tools":
            return [Candidate(name) for name in self._services.tool_servers.names]
        return super().choices_of(action)

    def show_tools(self) -> None:
        """Say in the status bar which tools the chat has."""
        session = self.session
        shown = tools_in_words(session.sent_tools, self._services) if session is not None else ()
        self.status_bar.update(tools="+".join(shown))

    def action_search_web(self, wanted: str = "") -> None:
        """Let the model search the web and read pages, or not."""
        definitions = web_tools(self._services.web_limits())
        self._switch(WEB, definitions, wanted, tr("search the web and read pages"), tr(" A search costs $0.01."))

    def action_run_code(self, wanted: str = "") -> None:
        """Let the model run code in a container of the server's, or not."""
        self._switch(CODE, code_tools(), wanted, tr("run code in a container of the server's"))

    def _switch(
        self, names: Sequence[str], definitions: list[Block], wanted: str, does: str, besides: str = ""
    ) -> None:
        session = self.session
        if session is None or self._is_answering():
            return
        able = set(names) & session.parameters.server_tools
        has = bool(able & set(map(name_of, session.tools)))
        turn_on = wanted in _ON or (wanted not in _OFF and not has)
        if turn_on and not able:
            label = clean_line(session.parameters.model.label, 40)
            self.notice.show(NoticeText(tr("{label} cannot {does} here.", label=label, does=does), (), "info"))
            return
        self._use_tools(
            with_tools(session.tools, definitions) if turn_on else without_tools(session.tools, names),
            tr("The model may {does}.{besides}", does=does, besides=besides)
            if turn_on
            else tr("The model may not {does} any more.", does=does),
        )

    @work(group="tools", exclusive=True, exit_on_error=False)
    async def action_tools(self, server: str = "") -> None:
        """Give the chat the tools of a server, or take them away; without one say what it has."""
        session, servers = self.session, self._services.tool_servers
        if session is None:
            return
        if not server:
            self.notice.show(NoticeText(said_of_tools(session, self._services), (), "info"))
            return
        if self._is_answering():
            return
        if server not in servers.names:
            told = tr("config.toml has no tool server “{server}”.", server=clean_line(server, 40))
            self.notice.show(NoticeText(told, (), "info"))
            return
        own = [name for each in session.tools if servers.server_of(name := name_of(each)) == server]
        if own:
            told = tr("The model has no tools of {server} any more.", server=server)
            self._use_tools(without_tools(session.tools, own), told)
            return
        self.notice.show(NoticeText(tr("Asking {server} for its tools …", server=server), (), "info"))
        try:
            definitions = await servers.definitions(server)
        except SalonError as error:
            self.notice.show(NoticeText(clean_line(error.sentence(), 400), (), "warning"))
            return
        count = plural("{n} tool", "{n} tools", len(definitions))
        self._use_tools(
            with_tools(session.tools, definitions),
            tr("The model has {count} of {server}. Each call asks first.", count=count, server=server),
        )

    @work(group="save-files", exclusive=True, exit_on_error=False)
    async def action_save_files(self, folder: str = "") -> None:
        """Download what the model's code made in this chat."""
        session, connection = self.session, self.connection
        found = made_files(session.path) if session is not None else []
        if not found or connection is None:
            self.notice.show(NoticeText(tr("No code in this chat has made files."), (), "info"))
            return
        saved: list[str] = []
        for number, file_id in enumerate(found, start=1):
            self.notice.show(
                NoticeText(tr("Downloading file {number} of {count} …", number=number, count=len(found)), (), "info")
            )
            try:
                name, content = await connection.client.download(file_id, LARGEST)
                saved.append(await asyncio.to_thread(self._services.carrier.save, folder, name, content))
            except SalonError as error:
                before = tr("Saved: {saved}. ", saved=clean_line(", ".join(saved), 600)) if saved else ""
                told = clean_line(
                    tr(
                        "{before}File {number} was not: {sentence}",
                        before=before,
                        number=number,
                        sentence=error.sentence(),
                    ),
                    1_000,
                )
                self.notice.show(NoticeText(told, (), "warning"))
                return
        self.notice.show(NoticeText(tr("Saved: {saved}", saved=clean_line(", ".join(saved), 1000)), (), "info"))

    def _is_answering(self) -> bool:
        if self.answering:
            self.notice.show(NoticeText(tr("The tools can be changed when the answer has ended."), ("stop",), "info"))
        return self.answering

    @work(group="tools-kept", exclusive=True, exit_on_error=False)
    async def _use_tools(self, definitions: list[Block], told: str) -> None:
        session = self.session
        if session is None:
            return
        changed = offered(definitions, session.parameters.server_tools) != session.sent_tools
        why = tr("With other tools they have to be read anew")
        if changed and not await self.may_lose_cache(session, why, tr("Change the tools")):
            return
        costs = cost_of_change(session)
        # A chat of which nothing is written yet is founded by its first prompt and not by a setting.
        if session.conversation.written:
            await session.use_tools(definitions)
        else:
            session.plan_tools(definitions)
        self.show_tools()
        self.notice.show(NoticeText(f"{told}{costs}", (), "info"))


def cost_of_change(session: Session) -> str:
    """What it costs to change the tools of a chat now, in a sentence; "" for one that has no answers."""
    answers = [message for message in session.path if message.role == "assistant" and message.content]
    if not answers:
        return ""
    thought = any(block.get("type") in {"thinking", "redacted_thinking"} for each in answers for block in each.content)
    lost = tr(" The thinking so far is not sent along any more, and") if thought else ""
    return tr("{lost} the chat is read anew once, without the cache.", lost=lost or tr(" From here on"))


def tools_in_words(definitions: Sequence[Block], services: Services) -> list[str]:
    """What a chat's tools are called in the status bar, shortly."""
    names = {name_of(each) for each in definitions}
    words = [word for word, own in (("web", WEB), ("code", CODE)) if names & set(own)]
    servers = dict.fromkeys(filter(None, (services.tool_servers.server_of(name_of(each)) for each in definitions)))
    return [*words, *(clean_line(server, 20) for server in servers)]


def said_of_tools(session: Session, services: Services) -> str:
    """Which tools a chat has and which it could have, in sentences."""
    has = tools_in_words(session.tools, services)
    told = tr("This chat has: {has}.", has=", ".join(has)) if has else tr("This chat has no tools.")
    others = [name for name in services.tool_servers.names if name not in has]
    rest = tr(" Tool servers that it could have: {others}.", others=", ".join(others)) if others else ""
    if not services.tool_servers.names:
        rest = tr(" Tool servers stand in config.toml, as [mcp.NAME].")
    return f"{told}{rest}"
