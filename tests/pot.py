"""`salon.pot`, the one place where all words of the interface stand; `python tests/pot.py` writes it anew."""

import ast
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

import salon
from salon.words import SAMPLE

SOURCE = Path(salon.__file__).parent
POT = SOURCE / "locale" / SAMPLE
_CALLS = {"tr": 1, "tr_later": 1, "plural": 2}
"""What marks a message, and how many of its first arguments are one."""
_HEADER = """\
# Every message of Salon's interface. `salon help language` says how to translate them.
# Words in braces are placeholders: they stay as they are, in any order.
# This file is made by tests/pot.py.
#"""


def messages_in(source: str) -> Iterator[tuple[str, ...]]:
    """The messages that a module marks, in their order; raises ValueError for one that cannot be translated."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name not in _CALLS:
            continue
        forms = [part.value for part in call.args[: _CALLS[name]] if isinstance(part, ast.Constant)]
        if len(forms) == _CALLS[name] and all(isinstance(form, str) and form.strip() for form in forms):
            yield tuple(map(str, forms))
        elif name == "plural" or isinstance(call.args[0], ast.JoinedStr):
            raise ValueError(f"line {call.lineno}: a message must stand in the code as it is, with {{placeholders}}")


def catalogue() -> Catalog:
    """All messages, with the modules that have them."""
    found = Catalog(domain="salon", project="Salon", charset="utf-8", header_comment=_HEADER, fuzzy=False)
    for file in sorted(SOURCE.rglob("*.py")):
        text = file.read_text("utf-8")
        if "salon.words import" in text:
            place = file.relative_to(SOURCE.parent).as_posix()
            for message in messages_in(text):
                found.add(message if len(message) > 1 else message[0], locations=[(place, 0)])
    for entry in found:
        entry.flags.discard("python-format")  # what looks like one is a share of a hundred
    return found


def pot() -> str:
    """The file, without dates and line numbers, so that it changes only when a message does."""
    written = io.BytesIO()
    write_po(written, catalogue(), width=110, omit_header=True, include_lineno=False)
    head = f'{_HEADER}\nmsgid ""\nmsgstr ""\n"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return f"{head}\n{written.getvalue().decode()}".rstrip() + "\n"


if __name__ == "__main__":
    POT.parent.mkdir(exist_ok=True)
    POT.write_text(pot(), "utf-8")
