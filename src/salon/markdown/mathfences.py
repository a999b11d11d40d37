"""Delimiters as tall as what they hold, built from the pieces that Unicode has for them."""

from salon.markdown.mathbox import EMPTY, Box, beside, blank, text_box

# The topmost piece, the one between, the lowest.
_PIECES = {
    "(": "⎛⎜⎝",
    ")": "⎞⎟⎠",
    "[": "⎡⎢⎣",
    "]": "⎤⎥⎦",
    "⌊": "⎢⎢⎣",
    "⌋": "⎥⎥⎦",
    "⌈": "⎡⎢⎢",
    "⌉": "⎤⎥⎥",
    "|": "│││",
    "‖": "‖‖‖",
}
_BRACES = {"{": "⎧⎨⎩", "}": "⎫⎬⎭"}
_MIN_BRACE = 3


def delimiter(text: str, height: int, baseline: int) -> Box:
    """`text`, which may be "", `height` rows tall."""
    if not text:
        return EMPTY
    if height == 1:
        return text_box(text)
    if text in "⟨⟩":
        return Box(_angle(text, height), (height + 1) // 2, baseline)
    if text == "/":
        return Box(tuple(" " * (height - 1 - row) + "╱" + " " * row for row in range(height)), height, baseline)
    if text in _BRACES:
        pieces = _BRACES[text]
        middle = height // 2
        rows = [pieces[0], *("⎪" for _ in range(height - 2)), pieces[2]]
        rows[middle] = pieces[1]
    else:
        pieces = _PIECES[text]
        rows = [pieces[0], *(pieces[1] for _ in range(height - 2)), pieces[2]]
    return Box(tuple(rows), 1, baseline)


def _angle(text: str, height: int) -> tuple[str, ...]:
    width = (height + 1) // 2
    rows = []
    for row in range(height):
        depth = min(row, height - 1 - row)  # how near to the tip
        char = text if height % 2 and row == height // 2 else "╱" if (row < height // 2) == (text == "⟨") else "╲"
        indent = width - 1 - depth if text == "⟨" else depth
        rows.append(" " * indent + char + " " * (width - 1 - indent))
    return tuple(rows)


def fenced(left: str, parts: list[Box], bars: list[str], right: str) -> Box:
    """`parts`, divided by `bars`, between two delimiters, all of them equally tall."""
    above = max(part.baseline for part in parts)
    below = max(part.height - part.baseline for part in parts)
    if above + below == _MIN_BRACE - 1 and (left in _BRACES or right in _BRACES):
        below += 1  # a brace of two rows has no tip
    height = above + below
    row = [delimiter(left, height, above)]
    for index, part in enumerate(parts):
        if index:
            row += [blank(1), delimiter(bars[index - 1], height, above), blank(1)]
        row.append(part)
    return beside([*row, delimiter(right, height, above)])
