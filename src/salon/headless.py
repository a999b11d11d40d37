"""One turn without the screen: the answer on standard output, everything else on standard error.

It runs the same turn as the screen does, over the same session, client and log.
"""

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from salon.chat.attachments import Attachment
from salon.chat.blocks import text_of
from salon.chat.budgets import Budgets, Overrun
from salon.chat.conversation import WINDOW_FULL, Message, Status
from salon.chat.events import BlockStarted, Finished, Retrying, TextDelta, ToolsWanted, TurnEvent, Waiting
from salon.chat.library import Library
from salon.chat.parameters import Parameters
from salon.chat.permission import Decision, Gatekeeper, Permission
from salon.chat.person import Unasked
from salon.chat.session import Session
from salon.chat.tools import ToolCall
from salon.chat.turn import Request
from salon.errors import CredentialsError, Fault, FaultKind, UsageError
from salon.exits import Exit
from salon.toml_text import read_small_file, reason_of, shown_path
from salon.ui.services import Connection
from salon.untrusted import clean, clean_line, json_line
from salon.wiring import House
from salon.words import tr

logger = logging.getLogger(__name__)

PIPED_LIMIT = 32 * 1024 * 1024
"""Bytes of standard input: more than the API takes in one request."""


class Headless:
    """Answers one prompt."""

    def __init__(
        self,
        house: House,
        library: Library,
        *,
        as_json: bool = False,
        kept: bool = True,
        schema: Mapping[str, Any] | None = None,
    ) -> None:
        self._house = house
        self._library = library
        self._as_json = as_json
        self._kept = kept
        self._schema = schema
        self._ends_with_newline = True
        self._signal = 0
        self._pipe_closed = False
        self._not_written = ""

    async def run(self, prompt: str, session_id: str | None = None, attach: Sequence[str] = ()) -> int:
        """Answer `prompt`, in a new session or in the one with this id; the exit code. Raises `SalonError`."""
        connection = self._house.connect()
        if connection is None:
            raise CredentialsError(
                tr("No API key yet."), tr("Set ANTHROPIC_API_KEY, or start salon once and paste a key.")
            )
        conversation, log = self._library.create() if session_id is None else self._library.open(session_id)
        log.on_state = self._tell_unsaved
        servers, problems = self._house.tool_servers()
        for problem in problems:
            self._tell(problem)
        model = str(conversation.settings.get("model", ""))
        try:
            found = await self._models_of(connection)
            session = Session(
                conversation, log, self._house.parameters(connection, model or found), self._library.blobs
            )
            session.adopt(replace(session.parameters, schema=self._schema))
            if self._house.options.effort:
                session.adopt_effort(self._house.options.effort)
            self._heed_signals(session)
            attachments = await self._attachments(attach)
            session.check(prompt, attachments)
            await session.submit(prompt, attachments)
            if not self._signal:
                await self._answer(session, connection, Gatekeeper(servers, self._refuse))
            last = session.last
        finally:
            saved = await log.close()
            await servers.aclose()
            await connection.client.aclose()
        if not saved:
            self._kept = False
            self._tell(tr("The disk took nothing until the end: this answer is not saved."))
        return self._exit_code(last) if last is not None else Exit.FAILURE

    async def _answer(self, session: Session, connection: Connection, tools: Gatekeeper) -> None:
        asker = _Asker(session, self._house.budgets(), self._library, self._tell)
        try:
            async with aclosing(session.answer(connection.client, tools, asker)) as turn:
                async for event in turn:
                    self._take(session, event)
        except Unasked:
            if not self._signal:  # whoever interrupted it knows
                raise

    async def _attachments(self, attach: Sequence[str]) -> list[Attachment]:
        attacher = self._house.attacher()
        return [await asyncio.to_thread(attacher.attach, self._library.blobs, path) for path in attach]

    async def _models_of(self, connection: Connection) -> str:
        try:
            return await self._house.learn_models(connection)
        except Fault as fault:
            # The request will say it too, when the prompt is on disk.
            logger.warning("The server's models are not known: %s", fault.what)
            return ""

    async def _refuse(self, call: ToolCall) -> Decision:
        """Nobody is here to ask."""
        self._tell(
            tr(
                "The tool {name} was not run, because nobody is here to be asked. “allow” in config.toml, or "
                "“always” on the screen, lets it run.",
                name=call.name,
            )
        )
        return Decision(Permission.NO, "No person is here to be asked; do without this tool.")

    def _take(self, session: Session, event: TurnEvent) -> None:
        try:
            if self._as_json:
                self._write(json_line(json.dumps(event_record(event), ensure_ascii=False)) + "\n")
            elif isinstance(event, TextDelta):
                self._write(event.text)
            elif isinstance(event, BlockStarted):
                self._write(text_of(event.block))  # empty but for servers that say something in it already
            elif isinstance(event, ToolsWanted | Finished) and not self._ends_with_newline:
                self._write("\n")
        except OSError as error:
            self._stop_writing(session, error)
        if isinstance(event, Retrying):
            self._tell(
                tr(
                    "{reason} Retrying ({attempt} of {attempts}) in {wait:.0f} s.",
                    reason=event.reason,
                    attempt=event.attempt,
                    attempts=event.attempts,
                    wait=event.wait,
                )
            )
        elif isinstance(event, Waiting) and event.wait >= 1:
            self._tell(tr("Waiting {wait:.0f} s for the rate limit.", wait=event.wait))

    def _write(self, text: str) -> None:
        if not text or self._pipe_closed or self._not_written:
            return
        # A terminal obeys escape sequences; a file or a program gets what the model wrote.
        shown = clean(text) if sys.stdout.isatty() else text.encode("utf-8", "replace").decode("utf-8")
        sys.stdout.write(shown)
        sys.stdout.flush()
        self._ends_with_newline = text.endswith("\n")

    def _stop_writing(self, session: Session, error: OSError) -> None:
        """Stop and keep what came. A reader that went away has what it wanted; anything else is told."""
        if isinstance(error, BrokenPipeError):
            self._pipe_closed = True
        else:
            self._not_written = error.strerror or type(error).__name__
        session.stop()
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _heed_signals(self, session: Session) -> None:
        """Have an interruption, a `kill` and a closed terminal stop the answer, so that what came is kept."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup wants it
                asyncio.get_running_loop().add_signal_handler(number, partial(self._interrupt, session, number))

    def _interrupt(self, session: Session, number: int) -> None:
        self._signal = number
        session.stop()

    def _exit_code(self, answer: Message) -> int:
        if self._signal:
            return Exit.of_signal(self._signal)
        if self._pipe_closed:
            return Exit.OK
        if self._not_written:
            self._tell(tr("Standard output takes nothing: {not_written}.", not_written=self._not_written))
            self._tell_kept(tr("The answer so far is saved."))
            return Exit.FAILURE
        fault = answer.fault or {}
        if fault:
            self._tell(f"{fault.get('what', '')} {fault.get('now', '')}".strip())
            both = tr("What came of the answer and your message are saved.")
            self._tell_kept(both if answer.content else tr("Your message is saved."))
            no_access = {FaultKind.NO_KEY.value, FaultKind.REJECTED_KEY.value}
            return Exit.CREDENTIALS if fault.get("kind") in no_access else Exit.FAILURE
        if answer.status is Status.MAX_TOKENS:
            full = answer.stop_reason == WINDOW_FULL
            self._tell(tr("The context window is full.") if full else tr("The answer reached its length limit."))
        if answer.status is Status.REFUSED:
            self._tell(tr("The model declined to answer this."))
            return Exit.FAILURE
        if self._schema is not None and not _is_json(answer.text):
            self._tell(tr("The answer is not JSON, although it was to fit a schema; this server may not know schemas."))
            return Exit.FAILURE
        return Exit.OK

    def _tell_unsaved(self, reason: str) -> None:
        self._tell(reason or tr("Saved now."))

    def _tell_kept(self, sentence: str) -> None:
        if self._kept:
            self._tell(tr("{sentence} salon -c shows the chat.", sentence=sentence))

    def _tell(self, sentence: str) -> None:
        sys.stderr.write(f"salon: {clean_line(sentence, 1_000)}\n")


class _Asker:
    """Stands in for a person who cannot be asked (`salon.chat.person.Person`): within the budgets, anything may be."""

    def __init__(self, session: Session, budgets: Budgets, library: Library, tell: Callable[[str], None]) -> None:
        self._session = session
        self._budgets = budgets
        self._library = library
        self._tell = tell

    def see_tools(self, problems: Sequence[str]) -> None:
        for problem in problems:
            self._tell(problem)

    def see_request(self, request: Request) -> None:
        for sentence in request.notices:
            self._tell(sentence)

    async def may_ask(self, asked: Parameters) -> bool:
        """Raises `Unasked` where a budget would be passed, with what lets it be."""
        return await self._budgets.allow(self._session.conversation, [asked], self._library, self._refuse)

    async def _refuse(self, passed: Overrun) -> Permission:
        variable = "SALON_BUDGET_CHAT" if passed.key == self._session.id else "SALON_BUDGET_DAY"
        told = tr("{sentence} Nothing more was asked, and your message is saved.", sentence=passed.sentence())
        raise Unasked(told, tr("{variable}=0 asks all the same.", variable=variable))


def event_record(event: TurnEvent) -> dict[str, Any]:
    """An event as `--json` prints it: its name in `event`, its fields beside it."""
    name = "".join(f"_{char.lower()}" if char.isupper() else char for char in type(event).__name__).lstrip("_")
    return {"event": name, **asdict(event)}


def schema_in(file: Path) -> dict[str, Any]:
    """The JSON Schema in a file. Raises `UsageError` where there is none."""
    try:
        schema = json.loads(read_small_file(file))
    except (OSError, ValueError, RecursionError) as error:
        why = reason_of(error) if isinstance(error, OSError | ValueError) else tr("it is nested too deeply")
        raise UsageError(
            tr("The schema {file} cannot be used: {why}.", file=shown_path(file), why=clean_line(why, 200))
        ) from error
    if not isinstance(schema, dict):
        raise UsageError(tr("The schema {file} cannot be used: it is not a JSON object.", file=shown_path(file)))
    return schema


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def piped_text(stream: TextIO) -> str:
    """What is piped in, as far as a request could carry it; "" from a terminal."""
    if stream is None or stream.closed or stream.isatty():
        return ""
    return stream.buffer.read(PIPED_LIMIT).decode("utf-8", "replace")
