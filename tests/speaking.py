"""Every main screen and the output of commands, in the language that the environment names: JSON, for a test to see.

A program of its own, since the language of a process is decided when it begins.
"""

import asyncio
import io
import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from textual.widget import Widget
from textual.widgets import Input, OptionList, Static

from fakes import DROPPED, FakeClient, whole
from salon.actions import BY_ID, Place
from salon.cli import main
from ui.driver import FakeConnector, Person, salon

SIZE = (80, 24)
QUESTION, ANSWER = "Τι είναι η παλίρροια;", "Η **σελήνη** έλκει.\n\n```\nσελήνη\n```\n"
OPENED = (
    *("help", "settings", "pick_model", "open_chat", "search", "tree", "costs", "inspect", "find", "attach", "export"),
    *("import", "pick_theme", "compare", "history", "manual", "template", "sidebar", "read", "palette"),
)
"""The actions that open a screen, or a part of one."""


async def do(person: Person, action: str) -> None:
    """Do an action by its key, a chord's keys one after the other; from the chat itself where it has none."""
    keys = BY_ID[action].keys
    if not keys:
        place = "app" if BY_ID[action].place is Place.EVERYWHERE else "screen"
        await person.app.run_action(f"{place}.{action}", person.app.screen)
    for key in keys[0].split(" ") if keys else ():
        await person.press(key)


async def look(person: Person) -> dict[str, object]:
    """What the screen shows once it has settled, and the widgets that are wider than it."""
    before = ""
    while before != (now := person.screen_text()) or not now.strip():
        before = now
        await person.pilot.pause(0.05)
    screen = person.app.screen
    too_wide = [
        f"{type(widget).__name__} {widget.id or sorted(widget.classes)}: {widget.region}"
        for widget in screen.query(Widget)
        if isinstance(widget, Static | Input | OptionList)
        and widget.is_on_screen
        and widget.display
        and not 0 <= widget.region.x < widget.region.right <= screen.size.width
    ]
    return {"text": now, "too wide": too_wide}


async def screens(folder: Path) -> dict[str, object]:
    """The screens by name."""
    seen: dict[str, object] = {}
    async with salon(folder / "welcome", connector=FakeConnector(FakeClient(), connected=False), size=SIZE) as person:
        seen["welcome"] = await look(person)
    async with salon(folder / "chat", size=SIZE) as person:
        seen["new chat"] = await look(person)
        await person.say(QUESTION, *whole(ANSWER))
        await person.answer_arrives()
        seen["chat"] = await look(person)
        for action in OPENED:
            await do(person, action)
            seen[action] = await look(person)
            await person.press("escape")
            await person.pilot.pause()
        await person.say(QUESTION, *whole(ANSWER)[:3], DROPPED)
        await person.answer_arrives()
        seen["failure"] = await look(person)
    return seen


def printed(*arguments: str) -> str:
    """What a command line prints."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with redirect_stdout(out), redirect_stderr(out):
        try:
            main(arguments)
        except SystemExit:
            pass
    out.seek(0)
    return out.read()


def commands() -> dict[str, str]:
    """What commands print."""
    lines: Sequence[Sequence[str]] = (
        *(("--help",), ("sessions", "--help"), ("doctor", "--help"), ("export", "--help"), ("help",), ("-p",)),
        *(("doctor", "--offline"), ("keys",), ("cost",), ("models",), ("config", "set", "measure", "2")),
        *(("sessions", "list"), ("sessions", "show", "ζ")),
    )
    return {" ".join(line): printed(*line) for line in lines}


if __name__ == "__main__":
    told: dict[str, object] = {"screens": asyncio.run(screens(Path(sys.argv[1]))), "commands": commands()}
    sys.stdout.write(json.dumps(told))
