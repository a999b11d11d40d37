"""LaTeX math source to the tree of a formula.

A recursive descent over the characters, without back-tracking: every character is read once, and how deep groups may
lie in each other is limited. There are no macros, no files and no registers: what defines or expands anything is an
unknown name, and a formula with an unknown name has no drawing.
"""

import re
from dataclasses import replace

from salon.markdown.latexcommands import HANDLERS, LONG_SCRIPTED
from salon.markdown.latexreader import Reader
from salon.markdown.mathnodes import (
    BigDelimiter,
    Fence,
    Fraction,
    Grid,
    Kind,
    Node,
    Row,
    Scripts,
    Space,
    Symbol,
    UndrawableError,
)
from salon.markdown.mathsymbols import (
    FUNCTIONS,
    IGNORED,
    LIMIT_FUNCTIONS,
    SPACES,
    character_symbol,
    command_symbol,
    in_font,
)

_NUMBER = re.compile(r"\d+(?:,\d{3}(?!\d))*(?:\.\d+)?", re.ASCII)
_CHARACTER = re.compile("(?s:.)[\u0300-\u036f\u20d0-\u20ff]{0,4}")
_AFTER_ROW = re.compile(r"\*?(?:\s*\[[^\]\\&]{0,20}\])?")
_ROW_ENDS = frozenset({"\\\\", "\\cr", "\\right", "\\middle", "\\end"})
_MAX_OPEN = 2


def parse(source: str) -> Node:
    """The tree of a formula. Raises `UndrawableError` for what is wrong, unknown or too deep."""
    parser = _Parser(source)
    rows = parser.rows()
    if not parser.is_at_end():
        raise UndrawableError("something is closed that was not opened")
    if len(rows) == 1 and len(rows[0]) == 1:
        return rows[0][0]
    return Grid(rows, pairs=True)


class _Parser(Reader):
    def rows(self) -> tuple[tuple[Node, ...], ...]:
        rows: list[tuple[Node, ...]] = []
        cells: list[Node] = []
        while True:
            cells.append(self.row())
            if self.take("&"):
                continue
            rows.append(tuple(cells))
            cells = []
            if not (self.take_command("\\\\") or self.take_command("\\cr")):
                break
            if match := _AFTER_ROW.match(self.source, self.at):
                self.at = match.end()
        if len(rows) > 1 and rows[-1] == (Row(()),):
            del rows[-1]
        return tuple(rows)

    def row(self, closer: str = "}") -> Node:
        items: list[Node] = []
        while not self.is_at_end():
            char = self.source[self.at]
            if char in "}&" or char == closer or self.command_ahead() in _ROW_ENDS:
                break
            if self.command_ahead() in {"\\over", "\\choose"}:
                return self._divided(items)
            if (node := self._item()) is not None:
                items.append(node)
        return _as_node(items)

    def _divided(self, items: list[Node]) -> Node:
        has_bar = self.command() == "over"
        self.descend()
        fraction = Fraction(_as_node(items), self.row(), has_bar)
        self.depth -= 1
        return fraction if has_bar else Fence("(", (fraction,), (), ")")

    def _item(self) -> Node | None:
        """The next node with its scripts; None if it is nothing to be seen."""
        if self.source[self.at] in "^_'":
            base: Node | None = Row(())
        else:
            base = self._nucleus(_NUMBER)
        limits = self._limits(base)
        below, above = self._scripts()
        if below is None and above is None:
            return base
        if base is None:
            raise UndrawableError("scripts of nothing")
        return Scripts(base, below, above, limits)

    def _limits(self, base: Node | None) -> bool:
        found = isinstance(base, LONG_SCRIPTED) or (isinstance(base, Symbol) and base.has_limits)
        while (command := self.command_ahead()) in {"\\limits", "\\nolimits"}:
            self.command()
            found = command == "\\limits"
        return found

    def _scripts(self) -> tuple[Node | None, Node | None]:
        below: Node | None = None
        above: Node | None = None
        primes: list[Node] = []
        while not self.is_at_end() and self.source[self.at] in "^_'":
            mark = self.source[self.at]
            self.at += 1
            if mark == "'":
                primes.append(Symbol("′"))
            elif mark == "_" and below is None:
                below = self.argument()
            elif mark == "^" and above is None:
                above = self.argument()
            else:
                raise UndrawableError("two scripts at one place")
        if primes:
            above = Row((*primes, above)) if above is not None else _as_node(primes)
        return below, above

    def argument(self) -> Node:
        if self.is_at_end() or self.source[self.at] in "}&^_'":
            raise UndrawableError("an argument is missing")
        self.descend()
        node = self._nucleus(None)
        self.depth -= 1
        return Row(()) if node is None else node

    def _nucleus(self, number: re.Pattern[str] | None) -> Node | None:
        char = self.source[self.at]
        if char == "{":
            return self._group()
        if char == "\\":
            return self._commanded()
        if number is not None and (match := number.match(self.source, self.at)):
            self.at = match.end()
            return Symbol(in_font(match[0], self.font))
        if char in "#$":
            raise UndrawableError(f"a {char} has no place in a formula")
        match = _CHARACTER.match(self.source, self.at)
        character = match[0] if match else char
        self.at += len(character)
        return Space(1) if char == "~" else character_symbol(in_font(character, self.font))

    def _group(self) -> Node:
        self.at += 1
        self.descend()
        inside = self.row()
        self.depth -= 1
        self.expect("}")
        # Braces around one character make it an ordinary one: 1{,}5 has no gap.
        return Symbol(inside.text) if isinstance(inside, Symbol) and not inside.has_limits else inside

    def _commanded(self) -> Node | None:
        name = self.command()
        if name in HANDLERS:
            self.descend()
            node = HANDLERS[name](self, name)
            self.depth -= 1
            return node
        if name in IGNORED:
            return None
        if name in SPACES:
            return Space(SPACES[name])
        if name in FUNCTIONS:
            return Symbol(name, Kind.FUNCTION)
        if name in LIMIT_FUNCTIONS:
            return Symbol(LIMIT_FUNCTIONS[name], Kind.FUNCTION, has_limits=True)
        symbol = command_symbol(name)
        if symbol is None:
            raise UndrawableError(f"\\{name} is unknown")
        styled = in_font(symbol.text, self.font)
        return Symbol(styled, symbol.kind, symbol.has_limits)

    def inner(self, source: str) -> Node:
        parser = _Parser(source, self.depth)
        parser.descend()
        node = parser.row()
        if not parser.is_at_end():
            raise UndrawableError("half a formula in a text")
        return node


def _as_node(items: list[Node]) -> Node:
    items = _paired(items)
    return items[0] if len(items) == 1 else Row(tuple(items))


def _paired(items: list[Node]) -> list[Node]:
    """`items` with what stands between an opening and a closing ``\\big`` delimiter in a fence."""
    found: list[Node] = []
    openings: list[tuple[int, str]] = []
    for item in items:
        delimiter = item.base if isinstance(item, Scripts) else item
        if not isinstance(delimiter, BigDelimiter):
            found.append(item)
            continue
        if delimiter.side is Kind.CLOSE and openings:
            begin, left = openings.pop()
            inside = found[begin + 1 :]
            del found[begin:]
            node: Node = Fence(left, (inside[0] if len(inside) == 1 else Row(tuple(inside)),), (), delimiter.text)
        else:
            if delimiter.side is Kind.OPEN:
                openings.append((len(found), delimiter.text))
            if len(openings) > _MAX_OPEN:
                raise UndrawableError("big delimiters nested too deeply")
            node = character_symbol(delimiter.text) if delimiter.text else Row(())
        found.append(replace(item, base=node) if isinstance(item, Scripts) else node)
    return found
