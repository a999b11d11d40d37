"""A chat as a file for others to read: Markdown, HTML, plain text, or JSON that can be imported again.

`selecting` says what goes in, a module a format says how it looks, `writing` puts it on disk without ever writing over
something.
"""

from salon.store.exporting.exporter import export
from salon.store.exporting.selecting import Export, Format, Wanted
from salon.store.exporting.writing import suggested_name, write_new

__all__ = ["Export", "Format", "Wanted", "export", "suggested_name", "write_new"]
