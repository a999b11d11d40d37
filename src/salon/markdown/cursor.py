"""A place in a line, counted in characters and in columns."""

_TAB = 4


class Cursor:
    """Walks over a line's indentation and marks.

    Tabs reach to the next multiple of four columns, counted from the beginning of the line. A container may take only
    some columns of a tab; the others are `owed` to what follows, and are spaces there.
    """

    __slots__ = ("_text", "column", "content", "indent", "offset", "owed")

    def __init__(self, text: str) -> None:
        self._text = text
        self.offset = 0
        self.column = 0
        self.owed = 0
        self.content = 0
        self.indent = 0
        self._measure()

    def _measure(self) -> None:
        """Find the next character that is not blank, and the columns of indentation before it."""
        text, offset, column = self._text, self.offset, self.column
        if self.owed:
            column += self.owed
            offset += 1
        size = len(text)
        while offset < size:
            char = text[offset]
            if char == " ":
                column += 1
            elif char == "\t":
                column += _TAB - column % _TAB
            else:
                break
            offset += 1
        self.content = offset
        self.indent = column - self.column

    @property
    def blank(self) -> bool:
        """Whether nothing but blanks is left."""
        return self.content >= len(self._text)

    @property
    def char(self) -> str:
        """The first character that is not blank, or nothing."""
        return self._text[self.content : self.content + 1]

    @property
    def text(self) -> str:
        """What is left after the indentation."""
        return self._text[self.content :]

    @property
    def verbatim(self) -> str:
        """What is left, indentation included."""
        if self.owed:
            return " " * self.owed + self._text[self.offset + 1 :]
        return self._text[self.offset :]

    def skip_columns(self, count: int) -> None:
        """Take up to `count` columns of indentation."""
        text = self._text
        while count > 0 and self.offset < len(text):
            char = text[self.offset]
            if self.owed:
                width = self.owed
            elif char == "\t":
                width = _TAB - self.column % _TAB
            elif char == " ":
                width = 1
            else:
                break
            taken = min(width, count)
            count -= taken
            self.column += taken
            self.owed = width - taken
            if not self.owed:
                self.offset += 1
        self._measure()

    def skip_mark(self, length: int) -> None:
        """Take the indentation and the `length` characters of a mark after it."""
        self.column += self.indent + length
        self.offset = self.content + length
        self.owed = 0
        self._measure()
