"""Undo and redo without a limit, and without ever losing a text.

The history is a tree. Undo goes towards its root and redo back along the newest branch, as everywhere; what was undone
before something else was typed is a branch of its own, and `older` and `newer` lead through all of them in the order of
time, as vim's ``g-`` and ``g+`` do.
"""

from dataclasses import dataclass, field

TYPING_SECONDS = 3.0
"""A pause in typing of this length begins a new step."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A change that was made: at `start` what was `removed` gave way to what was `inserted`."""

    start: int
    removed: str
    inserted: str

    @property
    def reversed(self) -> "Deed":
        """What takes it back."""
        return Deed(self.start, self.inserted, self.removed)


@dataclass(slots=True)
class _Step:
    """One step of undo: what was done, and the caret before and after it."""

    parent: int
    deeds: list[Deed]
    before: int
    after: int
    size: int = 0
    """How many characters the last key put in or took out."""
    newest_child: int = -1


@dataclass(slots=True)
class Journey:
    """What to do, in this order, to come to another text, and where its caret is."""

    deeds: list[Deed] = field(default_factory=list)
    caret: int | None = None

    def __bool__(self) -> bool:
        return bool(self.deeds)


class History:
    """Every text that there was."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._steps: list[_Step] = [_Step(-1, [], 0, 0)]
        self._at = 0
        self._open = False
        self._held_open = False
        self._typed_at = float("-inf")

    # what was done

    def record(self, deed: Deed, *, before: int, after: int, now: float) -> None:
        """Take in a change, with the caret before and after it, at the time `now` in seconds.

        Letters typed in a row are one step until a word begins, a pause, a newline or the caret elsewhere; everything
        that is changed while a step is held open belongs to it.
        """
        step = self._steps[self._at]
        if self._held_open and self._open:
            joins = True
        else:
            joins = self._open and now - self._typed_at < TYPING_SECONDS and _continues(step, deed)
        if joins:
            step.deeds[-1:] = _joined(step.deeds[-1], deed)
            step.after = after
        else:
            step = _Step(self._at, [deed], before, after)
            self._steps.append(step)
            self._steps[self._at].newest_child = self._at = len(self._steps) - 1
        step.size = len(deed.inserted) + len(deed.removed)
        self._open = True
        self._typed_at = now

    def part(self) -> None:
        """Whatever is changed next is a step of its own."""
        self._open = False
        self._held_open = False

    def pause(self) -> None:
        """The caret was moved: whatever is changed next is a step of its own, unless one is held open."""
        if not self._held_open:
            self._open = False

    def hold_open(self) -> None:
        """All changes from here on are one step, until `part`."""
        self._open = False
        self._held_open = True

    # going back and forth

    def undo(self) -> Journey:
        """The way to the text before the last step; empty where there is none."""
        self.part()
        if self._at == 0:
            return Journey()
        return self._up()

    def redo(self) -> Journey:
        """The way to the text after the step that was undone last."""
        self.part()
        child = self._steps[self._at].newest_child
        return Journey() if child < 0 else self._down(child)

    def older(self) -> Journey:
        """The way to the text that there was before this one in time, whatever branch it is on."""
        return self._travel(self._at - 1)

    def newer(self) -> Journey:
        """The way to the text that came after this one in time."""
        return self._travel(self._at + 1)

    def _travel(self, target: int) -> Journey:
        self.part()
        if not 0 <= target < len(self._steps):
            return Journey()
        journey, down = Journey(), []
        while target != self._at:
            if target > self._at:  # a child is always younger than its parent
                down.append(target)
                target = self._steps[target].parent
            else:
                _extend(journey, self._up())
        for child in reversed(down):
            _extend(journey, self._down(child))
        return journey

    def _up(self) -> Journey:
        step = self._steps[self._at]
        self._steps[step.parent].newest_child = self._at
        self._at = step.parent
        return Journey([deed.reversed for deed in reversed(step.deeds)], step.before)

    def _down(self, child: int) -> Journey:
        step = self._steps[child]
        self._steps[self._at].newest_child = child
        self._at = child
        return Journey(list(step.deeds), step.after)


def _extend(journey: Journey, leg: Journey) -> None:
    journey.deeds += leg.deeds
    journey.caret = leg.caret


def _joined(last: Deed, deed: Deed) -> list[Deed]:
    """Two deeds as one where they are letters in a row, so that an hour of typing is not a thousand deeds."""
    if deed.removed == "" and deed.start == last.start + len(last.inserted):
        return [Deed(last.start, last.removed, last.inserted + deed.inserted)]
    if deed.inserted == "" == last.inserted:
        if deed.start + len(deed.removed) == last.start:
            return [Deed(deed.start, deed.removed + last.removed, "")]
        if deed.start == last.start:
            return [Deed(deed.start, last.removed + deed.removed, "")]
    return [last, deed]


def _continues(step: _Step, deed: Deed) -> bool:
    """Whether a change goes on with the typing, or the deleting, of a step."""
    last = step.deeds[-1]
    size = len(deed.inserted) + len(deed.removed)
    if "\n" in deed.inserted + deed.removed or "\n" in last.inserted + last.removed or max(size, step.size) > 2:
        return False
    if deed.removed == "" == last.removed:
        begins_word = last.inserted[-1:].isspace() and not deed.inserted[:1].isspace()
        return deed.start == last.start + len(last.inserted) and not begins_word
    if deed.inserted == "" == last.inserted:
        return deed.start in (last.start, last.start - len(deed.removed))
    return False
