"""The status bar: what is happening, in words, on one row whose order never changes."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from rich.cells import set_cell_size
from textual import events
from textual.strip import Strip
from textual.widget import Widget

from salon.actions import BY_ID
from salon.chat.room import FULL, NEARLY_FULL
from salon.markdown import Line, Look, Span, look
from salon.markdown.cells import cell_len
from salon.ui.painter import Painter
from salon.ui.sections import short_number
from salon.ui.targets import CELLS, are_large
from salon.untrusted import clean_line
from salon.words import tr


@dataclass(frozen=True, slots=True)
class Status:
    """Everything that the bar may show."""

    mode: str = ""
    """vi's mode, "" without vi."""
    state: str = tr("Ready")
    role: str = "text"
    hint: str = ""
    """Which key matters now."""
    demo: bool = False
    model: str = ""
    effort: str = ""
    """How hard the model thinks, in words, where that was chosen."""
    host: str = ""
    """The API host, where it is not Anthropic's own."""
    context_used: int = 0
    context_size: int | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    cost: Decimal | None = None
    at_least: bool = False
    """Whether the tokens are a lower bound, because an answer was cut."""
    cost_at_least: bool = False
    """Whether the cost is."""
    cache: str = ""
    """What is cached, in words."""
    unsaved: str = ""
    saved: bool = True
    mouse_released: bool = False
    """Whether a key has given the mouse to the terminal."""
    tools: str = ""
    """Which tools the chat has, in a word each."""
    everything: str = ""
    """How all that can be done is reached, where there shall be something to touch for it."""
    kept: str = ""
    """What is said instead of “saved” where nothing is meant to be."""


class StatusBar(Widget):
    """Shows a `Status`; what does not fit goes, the least important first."""

    ALLOW_SELECT = False

    def __init__(self, painter: Painter, *, id: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id or None)
        self.painter = painter
        self.status = Status()

    def on_mount(self) -> None:
        """The mouse is the app's matter; a chat that is opened later has it as it is."""
        self.update(mouse_released=bool(getattr(self.app, "mouse_released", False)))

    def update(self, **changes: Any) -> None:
        """Change some of what is shown."""
        status = replace(self.status, **changes)
        if status != self.status:
            self.status = status
            self.refresh()

    def set_painter(self, painter: Painter) -> None:
        """Draw in another theme."""
        self.painter = painter
        self.refresh()

    async def on_click(self, event: events.Click) -> None:
        """What stands there is told in full, or changed."""
        action = action_at(self._told, self.size.width, event.x, least=self._least)
        if action:
            await self.run_action(action)

    def render_line(self, y: int) -> Strip:
        """The bar."""
        told = y == self.size.height // 2
        line = layout(self._told, self.size.width, self._least) if told else Line(())
        return self.painter.strip(line, self.size.width, "surface")

    @property
    def _told(self) -> Status:
        palette = BY_ID["palette"]
        return replace(self.status, everything=f"{palette.key} {palette.label.lower()}" if self._least else "")

    @property
    def _least(self) -> int:
        return CELLS if are_large(self) else 0


def layout(status: Status, width: int, least: int = 0) -> Line:
    """The bar's row: the state at the left, the rest, each at least so wide, at the right as far as it fits.

    That nothing is saved always fits: the reason, the hint and the end of the state give way to it.
    """
    right = [Span(tr(" UNSAVED"), look("error", bold=True))] if status.unsaved else []
    left = [Span(" " + status.state, look(status.role, bold=status.role not in {"text", "text-muted"}))]
    if status.hint:
        left.append(Span(f" · {status.hint}", look("text-muted")))
    if status.mode:
        left.insert(0, Span(f" {clean_line(status.mode, 24)} ", look("accent", bold=True)))
    if status.demo:
        left.insert(0, Span(tr(" DEMO scripted "), Look("background", "accent", bold=True)))
    if _cells(left) + _cells(right) + 2 > width:
        left = _fitted([span for span in left if not span.text.startswith(" · ")], width - _cells(right) - 2)
    room = width - _cells(left) - 1
    for span in _fields(status):
        span = span._replace(text=span.text.center(least))
        gap = 2 if right else 1
        if _cells(right) + cell_len(span.text) + gap + 1 > room:
            continue
        right.append(span._replace(text=("  " if right else " ") + span.text))
    blank = max(1, width - _cells(left) - _cells(right) - 1)
    return Line((*left, Span(" " * blank, look()), *right, Span(" ", look())))


def action_at(status: Status, width: int, x: int, *, least: int = 0) -> str:
    """The action that a click on the cell `x` of the bar does, with its namespace; "" for none."""
    actions = {
        clean_line(status.model, 40): "screen.pick_model",
        context_meter(status): "screen.inspect",
        money(status): "screen.costs",
        tokens(status): "screen.costs",
        tr("mouse released"): "app.toggle_mouse",
        status.everything: "app.palette",
    }
    cell = 0
    for span in layout(status, width, least).spans:
        cell += cell_len(span.text)
        if x < cell:
            return actions.get(span.text.strip(), "") if span.text.strip() else ""
    return ""


def _fields(status: Status) -> list[Span]:
    """The fields at the right, by importance; the least important are left out first."""
    fields = [
        (clean_line(status.unsaved, 80), "error")
        if status.unsaved
        else (
            status.kept or (tr("saved") if status.saved else tr("saving")),
            "warning" if status.kept else "text-faint",
        ),
        (status.everything, "text"),
        (tr("mouse released") if status.mouse_released else "", "accent"),
        (clean_line(status.model, 40), "text-muted"),
        (clean_line(status.effort, 30), "accent"),
        (clean_line(status.tools, 30), "accent"),
        (context_meter(status), _fullness(status)),
        (money(status), "text-muted"),
        (tokens(status), "text-faint"),
        (status.cache, "text-faint"),
        (clean_line(status.host, 60), "warning"),
    ]
    return [Span(text, look(role, bold=role == "error")) for text, role in fields if text]


def _fullness(status: Status) -> str:
    """The colour of the meter: the fuller the window, the more it is seen."""
    share = status.context_used / status.context_size if status.context_size else 0.0
    return "error" if share >= FULL else "warning" if share >= NEARLY_FULL else "text-muted"


def context_meter(status: Status) -> str:
    """How full the context window is."""
    if not status.context_used:
        return ""
    if not status.context_size:
        return tr("{context_used} context", context_used=short_number(status.context_used))
    share = status.context_used / status.context_size
    percent = f"{share:.0%}" if share >= 0.01 else "<1%"
    return tr("{percent} of {context_size}", percent=percent, context_size=short_number(status.context_size))


def money(status: Status) -> str:
    """The cost of the chat in US dollars."""
    if status.cost is None:
        return ""
    digits = 2 if status.cost >= 1 else 3 if status.cost >= Decimal("0.001") or not status.cost else 4
    return f"{'≥ ' if status.at_least or status.cost_at_least else ''}${status.cost:.{digits}f}"


def tokens(status: Status) -> str:
    """Tokens in and out."""
    if not status.tokens_in and not status.tokens_out:
        return ""
    return tr(
        "{tokens_in} in {mark}{tokens_out} out",
        tokens_in=short_number(status.tokens_in),
        mark="≥ " if status.at_least else "",
        tokens_out=short_number(status.tokens_out),
    )


def _fitted(spans: list[Span], room: int) -> list[Span]:
    """The spans as far as there is room, an ellipsis at the end where something is missing."""
    fitted: list[Span] = []
    for span in spans:
        left = room - _cells(fitted)
        if cell_len(span.text) > left:
            fitted.append(span._replace(text=set_cell_size(span.text, max(0, left - 1)) + "…"))
            break
        fitted.append(span)
    return fitted


def _cells(spans: list[Span]) -> int:
    return sum(cell_len(span.text) for span in spans)
