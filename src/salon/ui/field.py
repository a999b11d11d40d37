"""A line to type into, for every screen: whatever gets into it, by paste or by program, is harmless on the terminal."""

from textual.widgets import Input

from salon.untrusted import clean


class Field(Input):
    """Textual's `Input` behind the gate: it would hand controls that are pasted into it to the terminal as they are."""

    def validate_value(self, value: str) -> str:
        """The value as it is shown."""
        return _on_one_line(value)

    def insert(self, text: str, index: int) -> None:
        """Put in what is left of `text`, so that the caret stands behind it."""
        super().insert(_on_one_line(text), index)

    def replace(self, text: str, start: int, end: int) -> None:
        """See `insert`."""
        super().replace(_on_one_line(text), start, end)


def _on_one_line(text: str) -> str:
    return clean(text).replace("\n", " ").replace("\t", " ")
