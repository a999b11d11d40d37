"""vi's motions: from a place in a text to another."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from salon.editing.graphemes import following, preceding
from salon.editing.text import line_end, line_start
from salon.editing.vi.language import Order
from salon.editing.vi.lines import at_column, clamp, first_nonblank, line_after
from salon.editing.words import Classify, blank_class, class_at, keyword_class, run_end, run_start

_PAIRS = {"(": ")", "[": "]", "{": "}"}
_OPENERS = {closer: opener for opener, closer in _PAIRS.items()}


class Reach(Enum):
    """What an operator takes with a motion."""

    EXCLUSIVE = auto()
    INCLUSIVE = auto()
    LINES = auto()


@dataclass(frozen=True, slots=True)
class Motion:
    """Where a motion leads, and what an operator takes with it."""

    target: int
    reach: Reach = Reach.EXCLUSIVE


@dataclass(frozen=True, slots=True)
class Memory:
    """What motions remember of earlier ones."""

    wished: int = 0
    """The column that j and k keep to."""
    found: Order | None = None
    """The last f, F, t or T."""
    searched: Order | None = None
    """The last / or ?."""


def move(text: str, at: int, order: Order, memory: Memory) -> Motion | None:
    """Where the motion of an order leads from `at`; None where it leads nowhere."""
    target, times = order.target, order.times
    if target in {"j", "k"}:
        return _vertical(text, at, times if target == "j" else -times, memory.wished)
    if target in {"+", "-", "_"}:
        lines = times - 1 if target == "_" else times if target == "+" else -times
        start = line_after(text, at, lines)
        return None if start is None else Motion(first_nonblank(text, start), Reach.LINES)
    if target in {"gg", "G"}:
        return _to_line(text, order.count, last=target == "G")
    if target in {"f", "F", "t", "T"}:
        return find(text, at, order)
    if target in {";", ","}:
        return _find_again(text, at, order, memory.found)
    if target in {"/", "?", "n", "N", "*", "#"}:
        return _search(text, at, order, memory.searched)
    if target == "$":
        start = line_after(text, at, times - 1)
        return None if start is None else Motion(clamp(text, line_end(text, start)), Reach.INCLUSIVE)
    if target == "|":
        return Motion(at_column(text, line_start(text, at), times - 1))
    if target in _PLAIN:
        reached = _PLAIN[target](text, at)
        return Motion(reached, Reach.INCLUSIVE if target in {"g_"} else Reach.EXCLUSIVE)
    if target == "%":
        match = matching(text, at)
        return None if match is None else Motion(match, Reach.INCLUSIVE)
    step, reach = _STEPS[target]
    place = at
    for _ in range(times):
        reached = step(text, place)
        if reached == place:
            break
        place = reached
    return None if place == at else Motion(place, reach)


def _vertical(text: str, at: int, lines: int, wished: int) -> Motion | None:
    start = line_after(text, at, 1 if lines > 0 else -1)
    if start is None:
        return None
    for _ in range(abs(lines) - 1):
        start = line_after(text, further := start, 1 if lines > 0 else -1)
        if start is None:
            start = further
            break
    return Motion(at_column(text, start, wished), Reach.LINES)


def _to_line(text: str, number: int | None, *, last: bool) -> Motion:
    lines = text.count("\n")
    wanted = lines if number is None and last else min((number or 1) - 1, lines)
    start = line_after(text, 0, wanted)
    return Motion(first_nonblank(text, start or 0), Reach.LINES)


# characters and words


def _left(text: str, at: int) -> int:
    return max(preceding(text, at), line_start(text, at))


def _right(text: str, at: int) -> int:
    return min(following(text, at), line_end(text, at))


def _line_home(text: str, at: int) -> int:
    return line_start(text, at)


def _last_nonblank(text: str, at: int) -> int:
    start, end = line_start(text, at), line_end(text, at)
    return clamp(text, start + max(0, len(text[start:end].rstrip()) - 1))


def _is_empty_line(text: str, at: int) -> bool:
    return (at == len(text) or text[at] == "\n") and (at == 0 or text[at - 1] == "\n")


def _word_forward(classify: Classify) -> Callable[[str, int], int]:
    def forward(text: str, at: int) -> int:
        if at < len(text) and class_at(text, at, classify):
            at = run_end(text, at, classify)
        elif at < len(text):
            at += 1
            if _is_empty_line(text, at):
                return at
        while at < len(text) and not class_at(text, at, classify):
            at += 1
            if _is_empty_line(text, at):
                return at
        return at

    return forward


def _word_backward(classify: Classify) -> Callable[[str, int], int]:
    def backward(text: str, at: int) -> int:
        while at > 0 and not class_at(text, at - 1, classify):
            at -= 1
            if _is_empty_line(text, at):
                return at
        return run_start(text, at - 1, classify) if at > 0 else 0

    return backward


def _word_finish(classify: Classify) -> Callable[[str, int], int]:
    def finish(text: str, at: int) -> int:
        place = following(text, at)
        while place < len(text) and not class_at(text, place, classify):
            place += 1
        return preceding(text, run_end(text, place, classify)) if place < len(text) else clamp(text, len(text))

    return finish


def _word_finish_backward(classify: Classify) -> Callable[[str, int], int]:
    def finish(text: str, at: int) -> int:
        place = run_start(text, at, classify) if at < len(text) and class_at(text, at, classify) else at
        while place > 0 and not class_at(text, place - 1, classify):
            place -= 1
            if _is_empty_line(text, place):
                return place
        return preceding(text, place) if place > 0 else 0

    return finish


def _paragraph_down(text: str, at: int) -> int:
    return _paragraph(text, at, +1)


def _paragraph_up(text: str, at: int) -> int:
    return _paragraph(text, at, -1)


def _paragraph(text: str, at: int, direction: int) -> int:
    """The next empty line after, or before, a line that is not."""
    start = line_start(text, at)
    seen_text = not _is_empty_line(text, start)
    while (following_line := line_after(text, start, direction)) is not None:
        start = following_line
        if not _is_empty_line(text, start):
            seen_text = True
        elif seen_text:
            return start
    return len(text) if direction > 0 else 0


_PLAIN: dict[str, Callable[[str, int], int]] = {"0": _line_home, "^": first_nonblank, "g_": _last_nonblank}
_STEPS: dict[str, tuple[Callable[[str, int], int], Reach]] = {
    "h": (_left, Reach.EXCLUSIVE),
    "l": (_right, Reach.EXCLUSIVE),
    "w": (_word_forward(keyword_class), Reach.EXCLUSIVE),
    "W": (_word_forward(blank_class), Reach.EXCLUSIVE),
    "b": (_word_backward(keyword_class), Reach.EXCLUSIVE),
    "B": (_word_backward(blank_class), Reach.EXCLUSIVE),
    "e": (_word_finish(keyword_class), Reach.INCLUSIVE),
    "E": (_word_finish(blank_class), Reach.INCLUSIVE),
    "ge": (_word_finish_backward(keyword_class), Reach.INCLUSIVE),
    "gE": (_word_finish_backward(blank_class), Reach.INCLUSIVE),
    "{": (_paragraph_up, Reach.EXCLUSIVE),
    "}": (_paragraph_down, Reach.EXCLUSIVE),
}


# finding


def find(text: str, at: int, order: Order, *, again: bool = False) -> Motion | None:
    """f, F, t and T; `again` steps over the character that a t or T stands before already."""
    forward = order.target in "ft"
    start, end = line_start(text, at), line_end(text, at)
    place = at
    if again and order.target in "tT":
        place = at + 1 if forward else at - 1
    for _ in range(order.times):
        place = (
            text.find(order.argument, place + 1, end)
            if forward
            else text.rfind(order.argument, start, max(start, place))
        )
        if place < 0:
            return None
    if order.target == "t":
        place = preceding(text, place)
    elif order.target == "T":
        place = following(text, place)
    if place == at:
        return None
    return Motion(place, Reach.INCLUSIVE if forward else Reach.EXCLUSIVE)


def _find_again(text: str, at: int, order: Order, found: Order | None) -> Motion | None:
    if found is None:
        return None
    target = found.target if order.target == ";" else found.target.swapcase()
    return find(text, at, Order(target=target, argument=found.argument, count=order.count), again=True)


def _search(text: str, at: int, order: Order, searched: Order | None) -> Motion | None:
    words, forward = order.argument, order.target in {"/", "*", "n"}
    if order.target in {"n", "N"}:
        if searched is None:
            return None
        words = searched.argument
        forward = (searched.target in {"/", "*"}) == (order.target == "n")
    elif order.target in {"*", "#"}:
        words = word_under(text, at)
    elif not words and searched is not None:
        words = searched.argument
    if not words:
        return None
    folded, wanted = (text, words) if words != words.lower() else (_folded(text), words)
    place = at
    for _ in range(order.times):
        if forward:
            found = folded.find(wanted, place + 1)
            place = found if found >= 0 else folded.find(wanted)
        else:
            found = folded.rfind(wanted, 0, max(0, place - 1 + len(wanted))) if place else -1
            place = found if 0 <= found < place else folded.rfind(wanted)
        if place < 0:
            return None
    return Motion(place)


def _folded(text: str) -> str:
    """`text` in lower case, with as many characters as it has."""
    lower = text.lower()
    return (
        lower if len(lower) == len(text) else "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    )


def word_under(text: str, at: int) -> str:
    """The word that `at` is on, or the next one of the line."""
    end = line_end(text, at)
    while at < end and class_at(text, at, keyword_class) < 2:
        at += 1
    return text[run_start(text, at, keyword_class) : run_end(text, at, keyword_class)] if at < end else ""


def matching(text: str, at: int) -> int | None:
    """The bracket that matches the next one of the line at or after `at`."""
    end = line_end(text, at)
    place = next((place for place in range(at, end) if text[place] in _PAIRS or text[place] in _OPENERS), None)
    if place is None:
        return None
    bracket = text[place]
    if bracket in _PAIRS:
        return closer_of(text, place + 1, bracket)
    return opener_of(text, place, _OPENERS[bracket])


def closer_of(text: str, at: int, opener: str, closer: str = "") -> int | None:
    """The bracket that closes what is open at `at`."""
    closer = closer or _PAIRS[opener]
    depth = 0
    for place in range(at, len(text)):
        if text[place] == closer:
            if depth == 0:
                return place
            depth -= 1
        elif text[place] == opener:
            depth += 1
    return None


def opener_of(text: str, at: int, opener: str, closer: str = "") -> int | None:
    """The bracket that opened what is open just before `at`."""
    closer = closer or _PAIRS[opener]
    depth = 0
    for place in range(at - 1, -1, -1):
        if text[place] == opener:
            if depth == 0:
                return place
            depth -= 1
        elif text[place] == closer:
            depth += 1
    return None
