"""Diagrams, drawn while the screen goes on: in a thread, since drawing waits for a process."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from threading import Thread

from salon.markdown import diagram

_PATIENCE = 0.004
"""Seconds of waiting in one step: what a layout may spend, and long enough for its owner not to ask all the time."""


def is_diagram(language: str, source: str) -> bool:
    """Whether a fence in this language is worth the attempt."""
    return language.lower() == "mermaid" and diagram.can_draw(source)


def drawn_in_steps(source: str, width: int, take: Callable[[list[str]], None]) -> Iterator[None]:
    """Wait for the drawing of `source` in short steps, and give it to `take` if there is one."""
    drawing: Future[list[str] | None] = Future()
    # A daemon, so that leaving the app never waits for a diagram.
    Thread(target=_draw, args=(source, width, drawing), name="diagram", daemon=True).start()
    while not drawing.done():
        wait([drawing], timeout=_PATIENCE)
        yield
    if lines := drawing.result():
        take(lines)


def _draw(source: str, width: int, drawing: "Future[list[str] | None]") -> None:
    try:
        drawing.set_result(diagram.draw(source, width))
    except BaseException as error:  # noqa: BLE001 - handed to whoever waits for it, who would wait for ever otherwise
        drawing.set_exception(error)
