"""The smallest Textual apps to compare with: ``bare_app.py`` has a static text and a text area, and does nothing;
``bare_app.py chat`` is the chat that one writes in an evening: a scrolled pane of Textual's own Markdown widgets.
"""

import json
import os
import sys

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Markdown, Static, TextArea


class Bare(App[None]):
    """A static text and a text area."""

    def compose(self) -> ComposeResult:
        yield Static("hello")
        yield TextArea()

    def on_mount(self) -> None:
        self.query_one(TextArea).focus()


class EveningChat(App[None]):
    """Streams answers into Markdown widgets, as Textual's documentation does it."""

    BINDINGS = [Binding("enter", "ask", priority=True)]  # noqa: RUF012 - Textual's own convention

    def compose(self) -> ComposeResult:
        yield VerticalScroll(id="log")
        yield TextArea()

    def on_mount(self) -> None:
        area = self.query_one(TextArea)
        area.styles.height = 3
        area.focus()

    async def action_ask(self) -> None:
        area = self.query_one(TextArea)
        prompt = area.text
        area.clear()
        answer = Markdown("")
        log = self.query_one("#log", VerticalScroll)
        await log.mount(Static(prompt, markup=False), answer)
        log.anchor()
        self.run_worker(self._answer(prompt, answer))

    async def _answer(self, prompt: str, answer: Markdown) -> None:
        import httpx2  # here, as in any app that wants its first screen soon

        stream = Markdown.get_stream(answer)
        body = {"messages": [{"role": "user", "content": prompt}]}
        address = os.environ["ANTHROPIC_BASE_URL"] + "/v1/messages"
        async with httpx2.AsyncClient(timeout=None) as client, client.stream("POST", address, json=body) as response:
            async for line in response.aiter_lines():
                if line.startswith("data: ") and '"text_delta"' in line:
                    await stream.write(json.loads(line[6:])["delta"]["text"])
        await stream.stop()


if __name__ == "__main__":
    (EveningChat if sys.argv[1:] == ["chat"] else Bare)().run()
