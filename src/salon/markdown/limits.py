"""Sizes at which the exact way of doing something gives way to one of bounded cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in characters unless said otherwise. Tests make them tiny, to meet the edges in small documents.

    Every limit is compared with the text alone and never with how it arrived, so a streamed document and a loaded one
    pass the same limits at the same characters.
    """

    long_line: int = 2048
    """A longer line is decided upon by its beginning: it is text or code, but no heading, row, rule or definition."""
    long_paragraph: int = 8192
    """A longer paragraph can no longer turn out to be a heading, a table's header or definitions."""
    piece: int = 1024
    """Inline text is parsed in pieces that end at the first harmless blank after so many characters."""
    forced_piece: int = 2048
    """A piece in which no blank is harmless ends here ..."""
    forced_marks: int = 300
    """... or after so many characters that could be markup, which cost the most to parse."""
    sampled_rows: int = 64
    """Rows of a table that decide how wide its columns are ..."""
    sampled_cells: int = 320
    """... or as few as have so many cells."""
    lexed_code: int = 200_000
    """A longer block of code keeps the highlighting it had while it grew."""
    lexed_line: int = 2000
    """A longer line of code is shown without highlighting while its block is open."""
    prompt_redo: int = 65_536
    """A longer leaf waits for the end of the document until it is laid out again for a definition."""


DEFAULT_LIMITS = Limits()
