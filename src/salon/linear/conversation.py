"""A chat in lines: the same session and the same turns as on the screen."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from salon.chat.attachments import Attachment
from salon.chat.budgets import Overrun
from salon.chat.library import Library
from salon.chat.numbers import dollars
from salon.chat.parameters import Parameters
from salon.chat.permission import Decision, Gatekeeper, Permission
from salon.chat.session import Session
from salon.chat.tools import ToolCall
from salon.chat.turn import Request
from salon.errors import Fault, SalonError
from salon.exits import Exit
from salon.linear.reading import Reader
from salon.linear.telling import Teller
from salon.ui.services import Connection
from salon.ui.toollines import call_line, call_text
from salon.untrusted import clean, clean_line
from salon.wiring import House
from salon.words import tr

CHOICES = 9
"""More than these are not read out; words narrow them down."""
LONGEST_ARGUMENTS = 2_000
"""Characters of what a tool is given that are said."""
_PERMISSIONS = (
    (tr("Run it once"), Permission.ONCE),
    (tr("Run it, and this tool in this chat from now on"), Permission.CHAT),
    (tr("Run it, and this tool in all chats from now on"), Permission.ALWAYS),
    (tr("Do not run it"), Permission.NO),
)


@dataclass(frozen=True, slots=True)
class Command:
    """One word behind a slash; `run` is given what stands behind it."""

    name: str
    help: str
    run: Callable[["Linear", str], Awaitable[None]]


class Linear:
    """Asks for prompts and says answers, until the input ends or `/quit`."""

    def __init__(
        self, house: House, library: Library, connection: Connection, reader: Reader, commands: Mapping[str, "Command"]
    ) -> None:
        self.house = house
        self.library = library
        self.connection = connection
        self.reader = reader
        self._commands = commands
        self._servers, self._problems = house.tool_servers()
        self._budgets = house.budgets()
        self._keepers: dict[str, Gatekeeper] = {}
        """What remembers, by chat, which tools may be run without asking."""
        self.attached: list[Attachment] = []
        self.over = False
        self.session: Session
        self._ended = asyncio.Event()

    async def run(self, session_id: str | None, prompt: str = "", attach: Sequence[str] = ()) -> int:
        """Talk, beginning with a chat or a new one, and with a prompt if there is one; the exit code."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._end)
        try:
            model = await self.house.learn_models(self.connection)
        except Fault as fault:
            self.say(fault.sentence())
            model = ""
        await self._open(session_id, model)
        self.say(
            tr("Salon, in lines. Type, and press Enter to send. A backslash at the end of a line goes on in the next.")
        )
        self.say(tr("/help says the commands. Control C stops an answer, /quit ends."))
        for problem in self._problems:
            self.say(problem)
        try:
            for path in attach:
                await self.attach(path)
            if prompt:
                await self.ask(prompt)
            while not self.over:
                await self._next()
        finally:
            await self.session.log.close()
            await self._servers.aclose()
            await self.connection.client.aclose()
        return Exit.OK

    async def _next(self) -> None:
        typed = asyncio.create_task(self.reader.text(tr("You: ")))
        ended = asyncio.create_task(self._ended.wait())
        await asyncio.wait({typed, ended}, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        line = typed.result() if typed.done() else None
        if line is None:
            self.over = True
        elif line.startswith("/") and (name := line[1:].split(" ", 1)[0]) in self._commands:
            try:
                await self._commands[name].run(self, line[1 + len(name) :].strip())
            except SalonError as error:
                self.say(error.sentence())
        elif line.strip() or self.attached:
            await self.ask(line)

    # sessions

    async def _open(self, session_id: str | None, model: str = "") -> None:
        create_or_open = self.library.create if session_id is None else lambda: self.library.open(session_id)
        conversation, log = await asyncio.to_thread(create_or_open)
        log.on_state = lambda reason: self.say(reason or tr("Saved now."))
        chosen = str(conversation.settings.get("model", "")) or model
        parameters = self.house.parameters(self.connection, chosen)
        self.session = Session(conversation, log, parameters, self.library.blobs)
        self.session.adopt(parameters)
        if conversation.notices:
            self.say(" ".join(conversation.notices))
        if session_id is not None:
            self.say(
                tr(
                    "Opened: {title}. {count} messages. /read reads them.",
                    title=clean_line(conversation.title, 80),
                    count=len(self.session.path),
                )
            )

    async def leave_for(self, session_id: str | None) -> None:
        """Go to another chat, or a new one with None; the one before is put on disk and closed. Raises `SalonError`."""
        before = self.session
        await self._open(session_id)
        await before.log.close()

    # asking

    async def ask(self, text: str) -> None:
        """Send a prompt with what is attached, and say the answer."""
        try:
            self.session.check(text, self.attached)
            await self.session.submit(text, self.attached)
        except SalonError as error:
            self.say(error.sentence())
            return
        self.attached = []
        await self.answer()

    async def answer(self) -> None:
        """Have the last message answered, and offer what helps where that did not simply end."""
        session = self.session
        last = session.last
        seam = last is not None and last.seam and last.parent is not None
        continues = session.conversation.messages[last.parent or ""].text if last is not None and seam else ""
        teller = Teller(self.say, session.parameters.model.label, continues)
        try:
            async with aclosing(session.answer(self.connection.client, self._keeper(), self)) as turn:
                async for event in turn:
                    teller.take(event)
        except SalonError as error:
            self.say(error.sentence())
        await self._offer()

    def _keeper(self) -> Gatekeeper:
        return self._keepers.setdefault(self.session.id, Gatekeeper(self._servers, self._permit, self.say))

    async def _permit(self, call: ToolCall) -> Decision:
        """Have the person decide about a call of a tool."""
        self.say(tr("The tool {name} wants to run, with this:", name=clean_line(call_line(call.name), 60)))
        self.say(call_text(call)[:LONGEST_ARGUMENTS])
        chosen = await self.choose(tr("May it?"), [words for words, _ in _PERMISSIONS])
        permission = Permission.NO if chosen is None else _PERMISSIONS[chosen][1]
        if permission is not Permission.NO:
            return Decision(permission)
        return Decision(permission, await self.reader.line(tr("Why not, for the model? Enter for no reason: ")) or "")

    # whoever the answers are for (`salon.chat.person.Person`)

    def see_tools(self, problems: Sequence[str]) -> None:
        """Say which servers of tools failed."""
        for problem in problems:
            self.say(tr("{problem} The chat goes on without its tools.", problem=problem))

    def see_request(self, request: Request) -> None:
        """Say what had to be left out of a request."""
        for sentence in request.notices:
            self.say(sentence)

    async def may_ask(self, asked: Parameters) -> bool:
        """Ask before a budget is passed."""
        return await self._budgets.allow(self.session.conversation, [asked], self.library, self._ask_about)

    async def _ask_about(self, passed: Overrun) -> Permission:
        self.say(tr("This passes your budget. {sentence}", sentence=passed.sentence()))
        until = tr("Ask, and go on until {raised} are reached", raised=dollars(passed.raised))
        chosen = await self.choose(tr("Ask all the same?"), [tr("Ask once more"), until])
        return Permission.NO if chosen is None else (Permission.ONCE, Permission.CHAT)[chosen]

    # afterwards

    async def _offer(self) -> None:
        """Number what can be done about an answer that did not simply end."""
        choices: list[tuple[str, Callable[[], Awaitable[None]]]] = []
        last = self.session.last
        if self.session.can_continue:
            choices.append((tr("Have it go on"), self.go_on))
        if last is not None and last.fault:
            choices.append((tr("Ask again"), self.retry))
        if not choices or self.over:
            return
        chosen = await self.choose(tr("What now?"), [name for name, _ in choices])
        if chosen is not None:
            await choices[chosen][1]()

    async def go_on(self) -> None:
        """Have an answer that was cut go on."""
        if self.session.can_continue:
            if not self.session.waits_for_tools:
                await self.session.ask_to_continue()
            await self.answer()
        else:
            self.say(tr("There is no answer that was cut."))

    async def retry(self) -> None:
        """Ask for the last answer again."""
        if not self.session.can_retry:
            self.say(tr("There is nothing to ask again."))
            return
        self.session.back_to_prompt()
        try:
            await self.answer()
        finally:
            self.session.back_to_answer()

    async def choose(self, question: str, names: Sequence[str]) -> int | None:
        """Have one of the names chosen by its number; None for an empty line."""
        for number, name in enumerate(names[:CHOICES], start=1):
            self.say(f"{number}. {name}")
        if len(names) > CHOICES:
            self.say(tr("And {count} more; give words to narrow them down.", count=len(names) - CHOICES))
        while (
            line := await self.reader.line(tr("{question} A number, or Enter for none: ", question=question))
        ) is not None and line.strip():
            if line.strip() in map(str, range(1, min(len(names), CHOICES) + 1)):
                return int(line) - 1
            self.say(tr("There is no choice {line}.", line=clean_line(line, 20)))
        return None

    async def attach(self, path: str) -> None:
        """Send a file along with the next prompt. Raises `SalonError`."""
        attached = await asyncio.to_thread(self.house.attacher().attach, self.library.blobs, path)
        self.attached.append(attached)
        self.say(tr("Attached: {name}. It goes with your next prompt.", name=clean_line(attached.name, 80)))

    # the terminal

    def _interrupt(self) -> None:
        if self.session.turn is not None:
            self.session.stop()
        else:
            self.say(tr("\nNothing is on its way. /quit ends."))

    def _end(self) -> None:
        self.over = True
        self._ended.set()
        self.session.stop()

    def say(self, line: str) -> None:
        """Write a line, cleaned."""
        sys.stdout.write(clean(line) + "\n")
        sys.stdout.flush()
