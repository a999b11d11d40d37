"""Every recorded stream as one table: what came, how it ended, what is cited, and what the transcript says of it.

``tests/snapshots/recorded_streams.txt`` is the table; ``SALON_WRITE_SNAPSHOTS=1`` writes it anew, to be read before it
is committed. Kinds of blocks and stop reasons are compared with the recordings' own index as well.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from recorded import FILES, events_of
from salon.chat.blocks import kind_of
from salon.chat.conversation import Message, Status, status_of_reason
from salon.chat.model import searches, tokens_in_and_out
from salon.ui.answerentry import AnswerEntry
from salon.ui.endings import ending_of
from salon.ui.sections import Frame
from store_support import STREAMS
from ui.looks import message_of, words

TABLE = Path(__file__).parents[1] / "snapshots" / "recorded_streams.txt"
INDEX = STREAMS / "INDEX.md"
FRAME = Frame(100, 100)
SEVERAL_REPLIES = {"vercel-ai/anthropic-programmatic-tool-calling.1.sse"}
"""What holds the replies to several requests on end, of which the index describes one."""

pytestmark = pytest.mark.skipif(not FILES, reason="no recorded streams beside the repository")


def answered(file: Path) -> Message:
    """The answer that a stream ends as."""
    message = message_of(events_of(file))
    whole = message.status is Status.COMPLETE
    return replace(message, status=status_of_reason(message.stop_reason)) if whole else message


def kinds(message: Message) -> str:
    """The kinds of its blocks as the index writes them, as “server_tool_use textx3”."""
    runs = [(kind, len(list(run))) for kind, run in groupby(map(kind_of, message.content))]
    return " ".join(kind if count == 1 else f"{kind}x{count}" for kind, count in runs) or "(none)"


def cited(message: Message) -> int:
    return sum(len(block.get("citations") or ()) for block in message.content)


def row(file: Path) -> str:
    """One stream's part of the table."""
    message = answered(file)
    read, written = tokens_in_and_out(message.usage)
    facts = [f"stop {message.stop_reason}", f"status {message.status.value}", f"{read} in, {written} out"]
    counts = ((len(message.text.split()), "words"), (searches(message.usage), "searches"), (cited(message), "cited"))
    facts += [f"{count} {what}" for count, what in counts if count]
    parts = [f"{file.parent.name}/{file.name}", f"  {kinds(message)}", f"  {' · '.join(facts)}"]
    return "\n".join([*parts, *(f"    {shown}" for shown in told(message))])


def told(message: Message) -> Iterator[str]:
    """What the transcript says beside the answer's words: folded rows, sources, how it ended."""
    below = False
    ending = ending_of(message)[0]
    for shown in map(str.strip, words(AnswerEntry(message), FRAME)):
        below = below or shown == "Sources"
        if (below and shown) or shown.startswith("▸ ") or (ending and shown and ending.startswith(shown)):
            yield shown


def test_the_table_of_all_streams() -> None:
    table = "\n\n".join(map(row, FILES)) + "\n"
    if os.environ.get("SALON_WRITE_SNAPSHOTS") == "1":
        TABLE.write_text(table, encoding="utf-8")
    assert TABLE.read_text(encoding="utf-8") == table


def test_kinds_and_stop_reasons_are_those_of_the_index() -> None:
    cells = [[cell.strip() for cell in line.split("|")[1:5]] for line in INDEX.read_text("utf-8").splitlines()]
    rows = {name: (what, reason) for name, _, what, reason in (each for each in cells if len(each) == 4)}
    listed = {f"{file.parent.name}/{file.name}": file for file in FILES}
    assert listed.keys() <= rows.keys(), "streams that the index does not have"
    differ = []
    for name, file in listed.items():
        message = answered(file)
        what, reason = rows[name]
        ours = kinds(message)
        same = ours.startswith(what.removesuffix("...")) if what.endswith("...") else ours == what
        if (not same and name not in SEVERAL_REPLIES) or (message.stop_reason or "") != reason:
            differ.append(f"{name}: {ours}, {message.stop_reason}; the index: {what}, {reason}")
    assert not differ, "\n".join(differ)
