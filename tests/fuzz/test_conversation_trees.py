"""Random lives of a conversation, against a model that knows nothing of how Salon does it.

After every step the session, what its records tell and the model are compared. ``SALON_FUZZ_EXAMPLES`` sets how many
lives each machine leads (the suite's default is small).
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fakes import DROPPED, FakeClient, FakeLog, Step, beginning, whole
from salon.chat import conversation as tree
from salon.chat.branching import Aim, Purpose
from salon.chat.conversation import Conversation
from salon.chat.model import ModelInfo
from salon.chat.parameters import Parameters
from salon.chat.session import Session
from salon.errors import SessionNotFound
from salon.paths import Paths
from salon.store.library import FileLibrary
from store_support import file_of, loaded

_EXAMPLES = int(os.environ.get("SALON_FUZZ_EXAMPLES", "8"))
_T = TypeVar("_T")
PARAMETERS = Parameters(model=ModelInfo(id="claude-test"))


@dataclass
class Node:
    """A message of the model, with the parent that it was written with."""

    name: str
    parent: str | None
    role: str
    said: bool
    """Whether it has any content."""


@dataclass
class Model:
    """A conversation as a person would explain it: everything ever written, what was deleted, what was looked at."""

    nodes: dict[str, Node] = field(default_factory=dict)
    notes: dict[str, tuple[str | None, str]] = field(default_factory=dict)
    deletions: list[tuple[str, bool]] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)
    leaf: str | None = None

    def ancestors(self, name: str | None) -> list[str]:
        found = []
        while name is not None:
            found.append(name)
            name = self.nodes[name].parent
        return found

    def sees(self, name: str) -> bool:
        branches = {name for name, branch in self.deletions if branch}
        return name not in dict(self.deletions) and not branches & set(self.ancestors(name))

    def visible(self) -> list[str]:
        return [name for name in self.nodes if self.sees(name)]

    def above(self, name: str) -> str | None:
        return next((each for each in self.ancestors(name)[1:] if self.sees(each)), None)

    def children(self, name: str | None) -> list[str]:
        return [each for each in self.visible() if self.above(each) == name]

    def family(self, name: str) -> list[str]:
        return [each for each in self.children(self.above(name)) if each == name or self.nodes[each].said]

    def path(self, name: str | None = "") -> list[str]:
        name = self.leaf if name == "" else name
        found: list[str] = []
        while name is not None:
            found.insert(0, name)
            name = self.above(name)
        return found

    def below(self, name: str) -> list[str]:
        return [each for each in self.visible() if name in self.path(each)]

    def last_looked(self, names: list[str]) -> str:
        return max(names, key=lambda name: max(at for at, looked in enumerate(self.looks) if looked == name))

    def look(self, name: str | None) -> None:
        self.leaf = name
        if name is not None:
            self.looks.append(name)

    def write(self, name: str, parent: str | None, role: str, said: bool = True) -> None:
        self.nodes[name] = Node(name, parent, role, said)
        self.look(name)

    def delete(self, name: str, branch: bool) -> None:
        is_message = name in self.nodes
        beside = [each for each in self.family(name) if each != name] if is_message else []
        self.deletions.append((name, branch))
        if self.leaf is not None and not self.sees(self.leaf):
            beneath = [each for variant in beside for each in self.below(variant)]
            upwards = self.above(self.leaf) or next(reversed(self.visible()), None)
            self.leaf = self.last_looked(beneath) if beneath else upwards
        self.look(self.leaf)

    def undelete(self) -> None:
        name, _ = self.deletions.pop()
        self.look(self.last_looked(self.below(name)) if name in self.nodes and self.sees(name) else self.leaf)

    def visible_notes(self) -> dict[str, tuple[str | None, str]]:
        seen = {}
        gone = dict(self.deletions)
        for name, (parent, text) in self.notes.items():
            above = self.ancestors(parent)
            if name not in gone and not any(gone.get(each) for each in above):
                seen[name] = (next((each for each in above if self.sees(each)), None), text)
        return seen


def told(conversation: Conversation) -> dict[str, Any]:
    """What there is to see of a conversation."""
    return {
        "messages": {name: message.parent for name, message in conversation.messages.items()},
        "children": {parent: list(names) for parent, names in conversation.children.items() if names},
        "leaf": conversation.leaf,
        "path": [message.id for message in tree.path(conversation)],
        "notes": {name: (note.parent, note.text) for name, note in conversation.notes.items()},
        "deleted": list(conversation.deleted.items()),
        "lastly": {name: tree.select(conversation, name).leaf for name in conversation.messages},
        "families": {name: tree.family(conversation, name) for name in conversation.messages},
    }


def expected(model: Model) -> dict[str, Any]:
    visible = model.visible()
    parents = [None, *visible]
    return {
        "messages": {name: model.above(name) for name in visible},
        "children": {parent: model.children(parent) for parent in parents if model.children(parent)},
        "leaf": model.leaf,
        "path": model.path(),
        "notes": model.visible_notes(),
        "deleted": [(name, branch and name in model.nodes) for name, branch in model.deletions],
        "lastly": {name: model.last_looked(model.below(name)) for name in visible},
        "families": {name: model.family(name) for name in visible},
    }


picks = st.integers(0, 40)


class Life(RuleBasedStateMachine):
    """One conversation, its records kept in memory and read by the real replay."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.model = Model()
        self.client = FakeClient()
        self.texts = 0
        self.session = self.run(self.begin())

    def run(self, doing: Coroutine[Any, Any, _T]) -> _T:
        return self.loop.run_until_complete(doing)

    def teardown(self) -> None:
        self.run(self.end())
        self.loop.close()

    # where the records are

    async def begin(self) -> Session:
        self.log = FakeLog()
        return Session(tree.conversation_of("s", ()), self.log, PARAMETERS)

    async def end(self) -> None:
        await self.session.log.close()

    def kept(self) -> Any:
        """What a crash at this moment would leave."""
        return list(self.log.records)

    async def reopen(self, kept: Any) -> Session:
        self.log = FakeLog()
        self.log.records = list(kept)
        return Session(loaded(file_of(kept)).conversation, self.log, PARAMETERS)

    def read(self) -> Conversation:
        return loaded(file_of(self.log.records)).conversation

    # helpers

    def words(self) -> str:
        self.texts += 1
        return f"words {self.texts}"

    def pick(self, names: list[str], index: int) -> str:
        return names[index % len(names)]

    @property
    def has_messages(self) -> bool:
        return bool(self.model.visible())

    def say(self, parent: str | None) -> None:
        message = self.run(self.session.submit(self.words()))
        self.model.write(message.id, parent, "user")

    def answer(self, ending: str, back_to: str | None = None) -> None:
        """Have the leaf answered; `back_to` is where the person was if nothing comes."""
        prompt = self.session.conversation.leaf
        assert prompt is not None
        scripts: dict[str, list[Step]] = {
            "whole": list(whole(self.words())),
            "cut": [*beginning(self.words()), DROPPED],
            "stopped": [*beginning(self.words()), asyncio.Event()],
            "nothing": [DROPPED],
            "refused": list(whole(self.words(), stop_reason="refusal")),
            "crash": [*beginning(self.words()), asyncio.Event()],
        }
        self.client.enqueue(*scripts[ending])
        kept = self.run(self._listen(ending))
        name = [*self.session.conversation.written][-1]
        self.model.write(name, prompt, "assistant", said=ending not in {"nothing", "crash"})
        if ending == "nothing" and back_to is not None:
            self.model.look(back_to)
        if kept is not None:
            self.session = self.run(self.reopen(kept))

    async def _listen(self, ending: str) -> Any:
        kept = None
        async with aclosing(self.session.answer(self.client)) as events:
            async for _ in events:
                turn = self.session.turn
                if turn is not None and turn.answer.begun and ending == "stopped":
                    self.session.stop()
                if turn is not None and turn.answer.begun and ending == "crash":
                    kept = self.kept()
                    break
        if ending == "crash":
            await self.end()
        return kept

    # what a person does

    @rule(ending=st.sampled_from(["whole", "cut", "stopped", "nothing", "refused", "crash", "none"]))
    def ask(self, ending: str) -> None:
        self.say(self.model.leaf)
        if ending != "none":
            self.answer(ending)

    @precondition(lambda self: self.has_messages)
    @rule(index=picks, ending=st.sampled_from(["whole", "cut", "nothing", "crash"]))
    def retry(self, index: int, ending: str) -> None:
        name = self.pick(self.model.visible(), index)
        prompt = name if self.model.nodes[name].role == "user" else self.model.above(name)
        if prompt is None or self.model.nodes[prompt].role != "user":
            return
        before = self.model.leaf
        assert before is not None
        self.session.back_to_prompt(name)
        if prompt == before or (name == before and not self.model.nodes[name].said):
            self.answer(ending)
        else:
            self.answer(ending, back_to=before)

    @precondition(lambda self: self.has_messages)
    @rule(index=picks, then=st.sampled_from(["send", "send", "leave", "crash"]))
    def edit(self, index: int, then: str) -> None:
        prompts = [name for name in self.model.visible() if self.model.nodes[name].role == "user"]
        if prompts:
            name = self.pick(prompts, index)
            self.elsewhere(Purpose(Aim.VARIANT, name), self.model.above(name), then)

    @precondition(lambda self: self.has_messages)
    @rule(index=picks, then=st.sampled_from(["send", "send", "leave", "crash"]))
    def continue_from(self, index: int, then: str) -> None:
        name = self.pick(self.model.visible(), index)
        self.elsewhere(Purpose(Aim.BRANCH, name), name, then)

    def elsewhere(self, purpose: Purpose, parent: str | None, then: str) -> None:
        assert self.session.begin(purpose) is not None
        if then == "send":
            self.say(parent)
        elif then == "leave":
            self.session.stop_editing()
        else:
            self.crash()

    @precondition(lambda self: self.has_messages)
    @rule(index=picks, direction=st.sampled_from([-1, 1]))
    def flip(self, index: int, direction: int) -> None:
        name = self.pick(self.model.path(), index)
        family = self.model.family(name)
        other = family.index(name) + direction
        wanted = family[other] if 0 <= other < len(family) else None
        assert self.session.variant(name, direction) == wanted
        if wanted is not None:
            self.run(self.session.go_to(wanted))
            self.model.look(self.model.last_looked(self.model.below(wanted)))

    @precondition(lambda self: self.has_messages)
    @rule(index=picks)
    def jump(self, index: int) -> None:
        name = self.pick(self.model.visible(), index)
        self.run(self.session.go_to(name))
        if name not in self.model.path():
            self.model.look(self.model.last_looked(self.model.below(name)))

    @precondition(lambda self: self.has_messages)
    @rule(index=picks, branch=st.booleans())
    def delete(self, index: int, branch: bool) -> None:
        name = self.pick([*self.model.visible(), *self.model.visible_notes()], index)
        self.run(self.session.delete(name, branch=branch and name in self.model.nodes))
        self.model.delete(name, branch and name in self.model.nodes)

    @rule()
    def undo(self) -> None:
        last = self.model.deletions[-1][0] if self.model.deletions else None
        assert self.run(self.session.undelete()) == last
        if last is not None:
            self.model.undelete()

    @precondition(lambda self: self.has_messages)
    @rule(index=picks)
    def note(self, index: int) -> None:
        name, text = self.pick(self.model.visible(), index), self.words()
        assert self.session.begin(Purpose(Aim.NOTE, name)) == ""
        note = self.run(self.session.write_note(text))
        assert note is not None
        self.model.notes[note.id] = (name, text)

    @precondition(lambda self: self.model.visible_notes())
    @rule(index=picks)
    def change_note(self, index: int) -> None:
        name, text = self.pick(list(self.model.visible_notes()), index), self.words()
        assert self.session.begin(Purpose(Aim.CHANGE_NOTE, name)) == self.model.notes[name][1]
        self.run(self.session.write_note(text))
        self.model.notes[name] = (self.model.notes[name][0], text)

    @rule()
    def crash(self) -> None:
        kept = self.kept()
        self.run(self.end())
        self.session = self.run(self.reopen(kept))

    @invariant()
    def nothing_differs(self) -> None:
        assert told(self.session.conversation) == expected(self.model)
        assert told(self.read()) == expected(self.model)


class LifeOnDisk(Life):
    """The same with real files: a crash leaves the file as it is at that moment."""

    async def begin(self) -> Session:
        self.folder = Path(tempfile.mkdtemp(prefix="salon-life-"))
        self.library = FileLibrary(Paths(*(self.folder / name for name in ("config", "state", "cache"))))
        return Session(*self.library.create(), PARAMETERS)

    def kept(self) -> bytes:
        try:
            return self.library.path_of(self.session.id).read_bytes()
        except SessionNotFound:
            return b""

    async def reopen(self, kept: bytes) -> Session:
        if not kept:
            return Session(*self.library.create(), PARAMETERS)
        self.library.path_of(self.session.id).write_bytes(kept)
        return Session(*self.library.open(self.session.id), PARAMETERS)

    def read(self) -> Conversation:
        return self.library.read(self.session.id) if self.kept() else tree.conversation_of("s", ())

    @precondition(lambda self: self.has_messages)
    @rule(index=picks)
    def fork(self, index: int) -> None:
        """A branch becomes a chat of its own: the same messages, answers and notes up to there, and nothing else."""
        name = self.pick(self.model.visible(), index)
        forked = self.library.read(self.library.fork(self.session.id, name))
        path = self.model.path(name)
        before = self.session.conversation.messages
        assert [message.id for message in tree.path(forked)] == path
        assert {each.id: (each.text, each.status) for each in forked.messages.values()} == {
            each: (before[each].text, before[each].status) for each in path
        }
        notes = {(note.parent, note.text) for note in forked.notes.values()}
        assert notes == {(parent, text) for parent, text in self.model.visible_notes().values() if parent in path}

    def teardown(self) -> None:
        super().teardown()
        shutil.rmtree(self.folder)


_settings = settings(
    max_examples=_EXAMPLES,
    stateful_step_count=25,
    deadline=None,
    derandomize=_EXAMPLES == 8,
    suppress_health_check=list(HealthCheck),
)
TestLife = Life.TestCase
TestLife.settings = _settings
TestLifeOnDisk = LifeOnDisk.TestCase
TestLifeOnDisk.settings = _settings
