"""What the list of chats costs with 10,000 rows: filling it, filtering it, moving through it; CPU milliseconds."""

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from textual.app import App, ComposeResult

from salon.chat.ids import new_id
from salon.chat.model import ModelInfo
from salon.chat.summary import SessionSummary
from salon.paths import default_paths, theme_directories
from salon.themes import load_themes
from salon.ui.painter import Painter
from salon.ui.sessionbrowser import SessionBrowser
from salon.ui.theming import textual_theme


class _Bench(App[None]):
    CSS = "SessionList { overflow-x: hidden; overflow-y: scroll; height: 1fr; }"

    def compose(self) -> ComposeResult:
        themes, _ = load_themes(theme_directories(default_paths())[:1])
        self.register_theme(textual_theme(themes[0]))
        self.browser = SessionBrowser(Painter(themes[0]), lambda model: ModelInfo(id=model))
        yield self.browser


async def main(count: int) -> None:
    app = _Bench()
    now = datetime.now().timestamp()
    sessions = [
        SessionSummary(new_id(), f"Chat {number} about bread", "How do I bake it?", now - number * 900, 22_000, "model")
        for number in range(count)
    ]
    async with app.run_test(size=(120, 40)) as pilot:

        async def cost(work: Callable[[], object]) -> float:
            before = time.process_time()
            work()
            await pilot.pause()
            return (time.process_time() - before) * 1000

        print(f"{count:,} chats; CPU ms, drawing included")
        print(f"  filling     {await cost(lambda: app.browser.show_sessions(sessions)):7.1f}")
        moves = [await cost(lambda: app.browser.list.move(10)) for _ in range(100)]
        print(f"  a page down {sorted(moves)[50]:7.1f}   worst of 100 {max(moves):.1f}")
        print(f"  to the end  {await cost(lambda: app.browser.list.move(count)):7.1f}")
        keys = [
            await cost(partial(setattr, app.browser.box, "value", typed))
            for typed in ("9", "99", "99 b", "99 br", "99 bre")
        ]
        print(f"  a key typed {max(keys):7.1f}")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
