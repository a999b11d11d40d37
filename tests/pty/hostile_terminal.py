"""What the tests of hostile words in a real terminal share: the words, the keys, and what must not come out."""

import asyncio

from home import Home
from hostile_corpus import hostile_texts, writable
from salon.chat.draft import Draft
from salon.ui.elsewhere import WHOLE_AGAIN
from sequences import foreign_in
from terminal import Terminal

UNMISTAKABLE = (b"\x1b[31;5m", b"\x1b[38;2;1;2;3m", b"\x1b[999;999H", b"\x1b]22;wait\x07")
"""What Salon might say itself, but for the words in it."""
TITLES = [" ".join(map(writable, hostile_texts()[at : at + 4])) for at in range(0, len(hostile_texts()), 4)]
ALL = "\n\n".join(hostile_texts())
ONE_LINE = " ".join(writable(text) for text in hostile_texts() if "\n" not in text and "\r" not in text)
"""Most of it, where a new line would end it."""
DOWN = "\x1b[B"
F2, F3, F6, F8, F9 = "\x1bOQ", "\x1bOR", "\x1b[17~", "\x1b[19~", "\x1b[20~"


def assert_nothing_obeyed(terminal: Terminal, *, at_rest: bool = True) -> None:
    """`at_rest` is whether all of the last sequence has come."""
    raw = terminal.raw if at_rest else terminal.raw[: terminal.raw.rindex(b"\x1b")]
    raw = raw.replace(WHOLE_AGAIN.encode(), b"")  # after an editor
    found = foreign_in(raw) + [repr(each) for each in UNMISTAKABLE if each in raw]
    assert found == [], found[:9]


def press(terminal: Terminal, *keys: str) -> None:
    """Press one after the other, each when the screen has come to rest."""
    for key in keys:
        terminal.send(key)
        while terminal.read(0.15):
            pass


def paste(terminal: Terminal, text: str) -> None:
    terminal.paste(text)
    press(terminal, "")


def seeded(home: Home) -> None:
    """Chats whose titles, tags and words are the corpus, in the list and in the trash."""
    for title in TITLES:
        conversation, log = home.library.create()
        settings = {"title": title, "tags": title, "model": f"m {title}"}
        for key, value in settings.items():
            log.append({"k": "set", "key": key, "value": value})
        content = [{"type": "text", "text": f"needle {title} needle"}]
        log.append({"k": "msg", "id": conversation.id[:-1] + "0", "parent": None, "role": "user", "content": content})
        assert asyncio.run(log.close())
    first, *_, last = home.library.list()
    home.library.save_draft(first.id, Draft(ALL, (ALL, ALL), queued=(Draft(ALL), Draft(ALL))))
    home.library.trash(last.id)
