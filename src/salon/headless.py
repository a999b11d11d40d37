"""One turn without the screen: the answer on standard output, everything else on standard error.

It runs the same turn as the screen does, over the same session, client and log.
"""

import asyncio
import json
import os
import signal
import sys
from contextlib import aclosing
from dataclasses import asdict
from functools import partial
from typing import Any, TextIO

from salon.chat.conversation import Message, Status
from salon.chat.events import Finished, Retrying, TextDelta, TurnEvent
from salon.chat.session import Library, Session
from salon.errors import CredentialsError, FaultKind
from salon.exits import Exit
from salon.untrusted import clean, clean_line
from salon.wiring import House

PIPED_LIMIT = 32 * 1024 * 1024
"""Bytes of standard input: more than the API takes in one request."""


class Headless:
    """Answers one prompt."""

    def __init__(self, house: House, library: Library, *, as_json: bool = False) -> None:
        self._house = house
        self._library = library
        self._as_json = as_json
        self._ends_with_newline = True
        self._interrupted = False
        self._pipe_closed = False

    async def run(self, prompt: str, session_id: str | None = None) -> int:
        """Answer `prompt`, in a new session or in the one with this id; the exit code. Raises `SalonError`."""
        connection = self._house.connect()
        if connection is None:
            raise CredentialsError("No API key yet.", "Set ANTHROPIC_API_KEY, or start salon once and paste a key.")
        conversation, log = self._library.create() if session_id is None else self._library.open(session_id)
        log.on_state = self._tell_unsaved
        model = str(conversation.settings.get("model", ""))
        try:
            found = await self._house.learn_models(connection)
            session = Session(conversation, log, self._house.parameters(connection, model or found))
            session.adopt(session.parameters)
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, partial(self._interrupt, session))
            await session.submit(prompt)
            async with aclosing(session.answer(connection.client)) as turn:
                async for event in turn:
                    self._take(session, event)
            last = session.last
        finally:
            await log.close()
            await connection.client.aclose()
        return self._exit_code(last) if last is not None else Exit.FAILURE

    def _take(self, session: Session, event: TurnEvent) -> None:
        try:
            if self._as_json:
                self._write(json.dumps(event_record(event), ensure_ascii=False) + "\n")
            elif isinstance(event, TextDelta):
                self._write(event.text)
            elif isinstance(event, Finished) and not self._ends_with_newline:
                self._write("\n")
        except BrokenPipeError:
            self._stop_for_closed_pipe(session)
        if isinstance(event, Retrying):
            self._tell(f"{event.reason} Retrying ({event.attempt} of {event.attempts}) in {event.wait:.0f} s.")

    def _write(self, text: str) -> None:
        if not text or self._pipe_closed:
            return
        # A terminal obeys escape sequences; a file or a program gets what the model wrote.
        shown = clean(text) if sys.stdout.isatty() else text.encode("utf-8", "replace").decode("utf-8")
        sys.stdout.write(shown)
        sys.stdout.flush()
        self._ends_with_newline = text.endswith("\n")

    def _stop_for_closed_pipe(self, session: Session) -> None:
        """The reader has what it wanted: stop, keep what came, and say nothing."""
        self._pipe_closed = True
        session.stop()
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _interrupt(self, session: Session) -> None:
        self._interrupted = True
        session.stop()

    def _exit_code(self, answer: Message) -> int:
        if self._interrupted:
            return Exit.INTERRUPTED
        if self._pipe_closed:
            return Exit.OK
        fault = answer.fault or {}
        if fault:
            self._tell(f"{fault.get('what', '')} {fault.get('now', '')}".strip())
            kept = "What came of the answer and your message are saved." if answer.content else "Your message is saved."
            self._tell(f"{kept} salon -c shows the chat.")
            no_access = {FaultKind.NO_KEY.value, FaultKind.REJECTED_KEY.value}
            return Exit.CREDENTIALS if fault.get("kind") in no_access else Exit.FAILURE
        if answer.status is Status.MAX_TOKENS:
            self._tell("The answer reached its length limit.")
        if answer.status is Status.REFUSED:
            self._tell("The model declined to answer this.")
            return Exit.FAILURE
        return Exit.OK

    def _tell_unsaved(self, reason: str) -> None:
        self._tell(f"Not saved: {reason}." if reason else "Saved now.")

    def _tell(self, sentence: str) -> None:
        sys.stderr.write(f"salon: {clean_line(sentence, 1_000)}\n")


def event_record(event: TurnEvent) -> dict[str, Any]:
    """An event as `--json` prints it: its name in `event`, its fields beside it."""
    name = "".join(f"_{char.lower()}" if char.isupper() else char for char in type(event).__name__).lstrip("_")
    return {"event": name, **asdict(event)}


def piped_text(stream: TextIO) -> str:
    """What is piped in, as far as a request could carry it; "" from a terminal."""
    if stream is None or stream.closed or stream.isatty():
        return ""
    return stream.buffer.read(PIPED_LIMIT).decode("utf-8", "replace")
