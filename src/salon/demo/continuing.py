"""Finding the place where an answer broke off, and the rest of its script."""

import re
from collections.abc import Sequence

from salon.demo.steps import Say, Script, Step, Think, Wait

_REQUEST = re.compile(
    r"\s*(?:your previous response was interrupted\b|(?:please\s+)?(?:continue|go on)\W*$)", re.IGNORECASE
)


def asks_to_continue(prompt: str) -> bool:
    """Whether `prompt` asks for the rest of the answer before it and for nothing else."""
    return _REQUEST.match(prompt) is not None


def remaining(script: Script, said: Sequence[str]) -> Script:
    """What is left of `script` after the pieces `said`, oldest first.

    A client strips the blanks at the end of an unfinished answer, so pieces are found over such gaps; the rest begins
    with the blanks that were stripped. Thinking is not repeated.
    """
    text = "".join(step.text for step in script if isinstance(step, Say))
    position = _position_after(text, said)
    if position is None:
        return (Say("I cannot find the place where that answer broke off, so I cannot continue it."),)
    rest: list[Step] = []
    start = 0
    for step in script:
        if isinstance(step, Say):
            if left := step.text[max(0, position - start) :]:
                rest.append(Say(left, step.lengths, step.per_second))
            start += len(step.text)
        elif not isinstance(step, Think | Wait) and text[position:start].strip():
            rest.append(step)
    return tuple(rest) or (Say("That answer was already complete."),)


def _position_after(text: str, said: Sequence[str]) -> int | None:
    position = 0
    for piece in said:
        if text.startswith(piece, position):
            position += len(piece)
            continue
        gap = len(text[position:]) - len(text[position:].lstrip())
        if not text.startswith(piece.lstrip(), position + gap):
            return None
        position += gap + len(piece.lstrip())
    return position
