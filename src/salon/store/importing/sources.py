"""What an input holds, and the chats in it, whichever program wrote it."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import partial
from typing import Any, NamedTuple

from salon.store.importing import chatgpt, claude_ai, claude_code, salon_files
from salon.store.importing.archive import Input, opened
from salon.store.importing.elements import Element, elements, parsed
from salon.store.importing.foreign import LONGEST_NAME, ByteStream, ForeignSession, Unreadable, text
from salon.store.records import LINE_LIMIT
from salon.words import tr


class Origin(StrEnum):
    """Who wrote what is imported."""

    AUTO = "auto"
    CLAUDE = "claude"
    CHATGPT = "chatgpt"
    CLAUDE_CODE = "claude-code"
    SALON = "salon"


class Step(NamedTuple):
    """One thing found: a chat, or why there is none; `read` is how many bytes of its input are behind."""

    session: ForeignSession | None
    why: str
    read: int


class Group(NamedTuple):
    """An input, and those that tell of helpers' chats in the same session."""

    main: Input
    helpers: tuple[Input, ...] = ()


_CONVERSATIONS: tuple[tuple[Origin, Callable[[Mapping[str, Any]], bool], Callable[..., ForeignSession]], ...] = (
    (Origin.CLAUDE, claude_ai.is_conversation, claude_ai.read),
    (Origin.CHATGPT, chatgpt.is_conversation, chatgpt.read),
    (Origin.SALON, salon_files.is_export, salon_files.read_export),
)
_LINES: tuple[tuple[Origin, Callable[[Mapping[str, Any]], bool], Callable[..., ForeignSession]], ...] = (
    (Origin.SALON, salon_files.is_record, salon_files.read_lines),
    (Origin.CLAUDE_CODE, claude_code.is_line, claude_code.read),
)


def grouped(inputs: Iterable[Input]) -> list[Group]:
    """The inputs with helpers' files beside the file of their session, as far as that is among them."""
    found = list(inputs)
    mains = {_stem(source): source for source in found if not _is_helper(source)}
    helpers: dict[Input, list[Input]] = {}
    alone: list[Group] = []
    for source in found:
        if not _is_helper(source):
            continue
        main = mains.get(source.path.parent.parent.name) or mains.get(_session_of(source))
        if main is None:
            alone.append(Group(source))
        else:
            helpers.setdefault(main, []).append(source)
    return [Group(main, tuple(helpers.get(main, ()))) for main in found if not _is_helper(main)] + alone


def steps(group: Group, origin: Origin) -> Iterator[Step]:
    """The chats of an input, one by one. Raises `StoreError` when it cannot be read."""
    with opened(group.main) as stream:
        found = _values(stream, group.main)
        for element in found:
            value = element.value
            if not isinstance(value, dict):
                yield Step(
                    None,
                    tr("conversations that are {trouble}", trouble=element.trouble or tr("no conversations")),
                    element.end,
                )
            elif (read := _reader(value, origin, _CONVERSATIONS)) is not None:
                yield _step(partial(read, value), element.end)
            elif (read := _reader(value, origin, _LINES)) is not None:
                bad: Counter[str] = Counter()
                rest = _chained(value, found, group.helpers, bad)
                step = _step(partial(read, rest, _own_id(group.main)), group.main.size)
                if step.session is not None:
                    step.session.skipped.update(bad)
                yield step
            else:
                wrong = (
                    tr("of an unknown kind")
                    if origin is Origin.AUTO
                    else tr("not of the kind {origin}", origin=origin.value)
                )
                yield Step(None, tr("conversations that are {wrong}", wrong=wrong), element.end)


def _reader(value: Mapping[str, Any], origin: Origin, table: Any) -> Callable[..., ForeignSession] | None:
    for name, is_one, read in table:
        if origin in {Origin.AUTO, name} and is_one(value):
            return read  # type: ignore[no-any-return]
    return None


def _step(read: Callable[[], ForeignSession], end: int) -> Step:
    try:
        return Step(read(), "", end)
    except Unreadable as error:
        return Step(None, tr("conversations that are {error}", error=error), end)


def _values(stream: ByteStream, source: Input) -> Iterator[Element]:
    """The values of a file: of JSONL line by line, so that a torn one costs only itself."""
    if not source.name.partition(" in ")[0].endswith(".jsonl"):
        yield from elements(stream)
        return
    read = 0
    while line := stream.readline(LINE_LIMIT + 1):
        read += len(line)
        if len(line) > LINE_LIMIT and not line.endswith(b"\n"):
            while (rest := stream.readline(LINE_LIMIT)) and not rest.endswith(b"\n"):
                read += len(rest)
            yield Element(None, tr("larger than {line_limit} MB", line_limit=LINE_LIMIT // 1024**2), read)
        elif content := line.strip(b"\0 \t\r\n"):
            try:
                yield Element(parsed(content), "", read)
            except Unreadable as error:
                yield Element(None, str(error), read)


def _chained(
    first: dict[str, Any], rest: Iterable[Element], helpers: Iterable[Input], bad: Counter[str]
) -> Iterator[dict[str, Any]]:
    yield first
    yield from _lines(rest, bad)
    for helper in helpers:
        with opened(helper) as stream:
            yield from _lines(_values(stream, helper), bad)


def _lines(found: Iterable[Element], bad: Counter[str]) -> Iterator[dict[str, Any]]:
    for element in found:
        if isinstance(element.value, dict):
            yield element.value
        else:
            bad[tr("unreadable lines")] += 1


def _is_helper(source: Input) -> bool:
    return _stem(source).startswith("agent-") and source.path.suffix == ".jsonl"


def _stem(source: Input) -> str:
    return (source.member or source.path.name).rpartition("/")[2].removesuffix(".jsonl")


def _own_id(source: Input) -> str:
    """What names a session whose lines do not."""
    return _stem(source)[:LONGEST_NAME]


def _session_of(helper: Input) -> str:
    """The session that a helper's file says it belongs to."""
    with opened(helper) as stream:
        first = next(_values(stream, helper), None)
    return text(first.value.get("sessionId")) if first is not None and isinstance(first.value, dict) else ""
