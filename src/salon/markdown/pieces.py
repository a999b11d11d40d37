"""Where a long paragraph can be cut so that its parts mean on their own what they mean together.

The cut depends on the text from the last cut on and on nothing else: it is the same however the text arrived.
"""

import re
from itertools import islice

from salon.markdown.formulas import formula_at, literal, may_begin_unclosed
from salon.markdown.limits import Limits

_MARK = re.compile(r"\\.|\$\$?|`+|\*+|_+|~~+|[\[\]]", re.DOTALL)
_COSTLY = re.compile(r"[\[\]!*_~:<`&\\$]")
_IDEOGRAPH = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
_BLANK = re.compile(rf"[ \n\t。！？；，、]|(?<={_IDEOGRAPH})(?={_IDEOGRAPH})")
_DANGLING = re.compile(r"(?:(?<=\s)|^)[*_~`]+$|\\$")
_TICKS = re.compile(r"`+")
_SPACE_OR_EDGE = re.compile(r"\s|$")
_PUNCTUATION = re.compile(r"[^\w\s]|_")


class _Undecided(Exception):
    """More text is needed to tell where a mark ends."""


def find_cut(text: str, limits: Limits) -> int:
    """The offset at which to cut `text`, or 0 as long as there is no place.

    After `limits.piece` characters, at a blank outside of code, brackets, links and emphasis; if there is none, within
    `limits.forced_piece` characters all the same, and earlier where almost everything is a mark.
    """
    least, most = limits.piece, _reach(text, limits)
    if most <= least:
        least = most // 2
    if len(text) <= least:
        return 0
    window = text[:most]
    try:
        cut = _harmless_cut(window, least)
    except _Undecided:
        cut = 0
    if cut or len(text) < most:
        return cut
    return max(window.rfind(" "), window.rfind("\n")) + 1 or len(window)


def _reach(text: str, limits: Limits) -> int:
    """How long the next piece can be at most."""
    costly = _COSTLY.finditer(text, 0, limits.forced_piece)
    last = next(islice(costly, limits.forced_marks - 1, None), None)
    return limits.forced_piece if last is None else last.end()


def completed(line: str) -> str:
    """An unfinished line with the marks closed that it has opened, for showing it meanwhile.

    So that ``**bold`` is bold from its first letter on, and a link's target is not text until it is complete.
    """
    line = _DANGLING.sub("", line.rstrip()).rstrip()
    stack: list[str] = []
    position = 0
    text = line + " "
    try:
        while match := _MARK.search(text, position):
            if formula := formula_at(text, match.start()):
                position = match.start() + len(formula.source)
            elif _begins_formula(text, match.start()):
                line = line[: match.start()] + literal(line[match.start() :])
                break
            else:
                position = _pass_mark(text, match, stack)
    except _Undecided:
        if match is not None and match[0] == "]":
            line = line[: match.end() + 1]
            stack.append(")")
        elif match is not None:
            stack.append(match[0])
    return line + "".join(mark for mark in reversed(stack) if mark != "[")


def _begins_formula(text: str, position: int) -> bool:
    """Whether an unfinished line has begun what is more likely a formula than money."""
    return may_begin_unclosed(text, position) and not text[position + 1 : position + 2].isdigit()


def _harmless_cut(text: str, piece: int) -> int:
    stack: list[str] = []
    position = 0
    while True:
        match = _MARK.search(text, position)
        end = match.start() if match else len(text) - 1  # what the last character belongs to is not known yet
        if not stack and end > piece and (blank := _BLANK.search(text, max(position, piece), end)):
            return blank.end()
        if match is None:
            return 0
        if formula := formula_at(text, match.start()):
            position = match.start() + len(formula.source)
        elif may_begin_unclosed(text, match.start()):
            raise _Undecided
        else:
            position = _pass_mark(text, match, stack)


def _pass_mark(text: str, match: re.Match[str], stack: list[str]) -> int:
    """Note what the mark opens or closes; the offset at which to go on. Undecided at the end of the text."""
    mark, end = match[0], match.end()
    if mark[0] in "\\$":
        return end
    if end >= len(text):
        raise _Undecided
    if mark[0] == "`":
        for ticks in _TICKS.finditer(text, end):
            if len(ticks[0]) == len(mark) and ticks.end() < len(text):
                return ticks.end()
        raise _Undecided
    if mark == "[":
        stack.append(mark)
    elif mark == "]":
        if "[" in stack:
            del stack[len(stack) - 1 - stack[::-1].index("[") :]
            if text[end] == "(":
                closing = text.find(")", end)
                if closing == -1:
                    raise _Undecided
                return closing + 1
    else:
        _pass_emphasis(mark, text[match.start() - 1 : match.start()], text[end], stack)
    return end


def _pass_emphasis(mark: str, before: str, after: str, stack: list[str]) -> None:
    """Section 6.2 of CommonMark, without its rule of three: a cut may be missed for it, but none is wrong."""
    space_before, space_after = _SPACE_OR_EDGE.match(before), _SPACE_OR_EDGE.match(after)
    sign_before, sign_after = _PUNCTUATION.match(before), _PUNCTUATION.match(after)
    left = not space_after and (not sign_after or bool(space_before or sign_before))
    right = not space_before and (not sign_before or bool(space_after or sign_after))
    within_word = mark[0] == "_"
    opens = left and (not within_word or not right or bool(sign_before))
    closes = right and (not within_word or not left or bool(sign_after))
    length = len(mark)
    if closes:
        while length and (index := _last_opener(stack, mark[0])) is not None:
            taken = min(length, len(stack[index]))
            length -= taken
            rest = stack[index][taken:]
            del stack[index:]
            if rest:
                stack.append(rest)
    if opens and length:
        stack.append(mark[0] * length)


def _last_opener(stack: list[str], char: str) -> int | None:
    for index in range(len(stack) - 1, -1, -1):
        if stack[index] == "[":
            return None
        if stack[index][0] == char:
            return index
    return None
