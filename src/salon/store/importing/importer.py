"""One import from beginning to end: places in, sessions on disk and a summary out."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from salon.errors import StoreError
from salon.store.importing.archive import Input, inputs_in
from salon.store.importing.foreign import ForeignSession, Unreadable
from salon.store.importing.shelf import Outcome, Shelf, Shelved
from salon.store.importing.sources import Origin, grouped, steps
from salon.words import plural, tr

_KINDS = {".json", ".jsonl", ".txt", ""}
"""Suffixes of files that may hold conversations; exports are also renamed, or have no suffix."""
_MOST_NAMED = 20
"""How many new sessions a summary names; the list shows all."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is."""

    read: int
    total: int
    """Bytes."""
    chats: int
    messages: int
    name: str
    """What is being read, raw."""

    @property
    def fraction(self) -> float:
        """0 to 1."""
        return min(1.0, self.read / self.total) if self.total else 1.0


@dataclass(slots=True)
class Summary:
    """What an import did. Names and reasons may hold foreign words."""

    new: int = 0
    updated: int = 0
    known: int = 0
    """Chats that were here already, with nothing new in them."""
    messages: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    """How much was left out, by reason, in the plural: "hidden messages"."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Files that were not read, or not to their end, and why."""
    ignored: list[str] = field(default_factory=list)
    """Files of an export that hold no conversations."""
    session_ids: list[str] = field(default_factory=list)
    """The first new or updated sessions."""
    stopped: bool = False

    def record(self) -> dict[str, Any]:
        """The summary for programs."""
        return {
            "new": self.new,
            "updated": self.updated,
            "known": self.known,
            "messages": self.messages,
            "sources": dict(self.sources),
            "skipped": dict(self.skipped),
            "refused": [{"name": name, "why": why} for name, why in self.refused],
            "ignored": self.ignored,
            "sessions": self.session_ids,
            "stopped": self.stopped,
        }

    def sentences(self, *, dry_run: bool = False) -> list[str]:
        """The summary for people, a line each; raw."""
        done = tr("would be imported") if dry_run else tr("imported")
        lines = [
            tr("{chats} {done}, {messages:,} messages.", chats=_chats(self.new), done=done, messages=self.messages)
            if self.new or self.messages
            else ""
        ]
        if not self.new and not self.updated:
            lines = [tr("Nothing new was found.") if self.known else tr("No chats were found.")]
        if self.updated:
            lines.append(
                tr(
                    "{chats} had new messages, which {more} added.",
                    chats=_chats(self.updated),
                    more=tr("would be") if dry_run else tr("were"),
                )
            )
        if self.known:
            lines.append(
                plural("{chats} was here already.", "{chats} were here already.", self.known, chats=_chats(self.known))
            )
        if self.skipped:
            told = (f"{reason} ({count:,})" for reason, count in self.skipped.most_common())
            lines.append(tr("Left out: {told}.", told=", ".join(told)))
        lines += [tr("Not read: {name}, because {why}.", name=name, why=why) for name, why in self.refused]
        if self.ignored:
            lines.append(tr("No conversations, so not read: {ignored}.", ignored=", ".join(sorted(set(self.ignored)))))
        if self.stopped:
            lines.append(tr("You stopped the import. Importing the same once more goes on from there."))
        return [line for line in lines if line]


class Importer:
    """Imports files, archives and folders into a library. Blocks; call it from a thread."""

    def __init__(self, shelf: Shelf, on_progress: Callable[[Progress], bool] | None = None) -> None:
        """`on_progress` hears of every chat, and stops the import by returning False."""
        self._shelf = shelf
        self._on_progress = on_progress or (lambda progress: True)

    def run(self, places: Sequence[Path], origin: Origin = Origin.AUTO) -> Summary:
        """Import all of `places`. Raises `StoreError` when the library's disk takes nothing."""
        summary = Summary()
        inputs = inputs_in(list(places))
        summary.refused += inputs.refused
        summary.ignored += inputs.ignored
        total = sum(source.size for source in inputs.found)
        behind = 0
        for group in grouped(inputs.found):
            name, size = group.main.name, sum(each.size for each in (group.main, *group.helpers))
            found = iter(()) if _is_foreign(group.main) else steps(group, origin)
            anything = False
            while True:
                try:
                    step = next(found, None)
                except StoreError as error:  # what is wrong with one file is no reason not to read the others
                    summary.refused.append((name, error.what))
                    break
                if step is None:
                    if not anything:
                        summary.refused.append((name, tr("it is no export that Salon knows")))
                    break
                anything = True
                self._take(summary, step.session, step.why)
                done = Progress(behind + step.read, total, summary.new + summary.updated, summary.messages, name)
                if not self._on_progress(done):
                    summary.stopped = True
                    return summary
            behind += size
        return summary

    def _take(self, summary: Summary, session: ForeignSession | None, why: str) -> None:
        if session is None:
            summary.skipped[why] += 1
            return
        try:
            shelved = self._shelf.put(session)
        except Unreadable as error:
            summary.skipped[tr("conversations that are {error}", error=error)] += 1
            return
        _count(summary, session, shelved)


def _is_foreign(source: Input) -> bool:
    """Whether a file that was named is none of the kinds that exports are."""
    return not source.member and source.path.suffix.casefold() not in _KINDS


def _count(summary: Summary, session: ForeignSession, shelved: Shelved) -> None:
    summary.skipped.update(shelved.skipped)
    match shelved.outcome:
        case Outcome.NEW:
            summary.new += 1
        case Outcome.UPDATED:
            summary.updated += 1
        case Outcome.KNOWN:
            summary.known += 1
        case Outcome.SKIPPED:
            summary.skipped[shelved.why] += 1
            return
    summary.sources[session.source] += 1
    summary.messages += shelved.messages
    if shelved.outcome is not Outcome.KNOWN and len(summary.session_ids) < _MOST_NAMED:
        summary.session_ids.append(shelved.session_id)


def _chats(count: int) -> str:
    return plural("{n:,} chat", "{n:,} chats", count)
