"""The notice: one sentence between conversation and prompt, with the keys that help."""

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message as WidgetMessage
from textual.widgets import Static

from salon.actions import BY_ID
from salon.untrusted import clean


@dataclass(frozen=True, slots=True)
class NoticeText:
    """What happened, and the ids of the actions that help, the best one first (Enter does it)."""

    sentence: str
    actions: tuple[str, ...] = ()
    role: str = "warning"
    """info, warning or error."""
    details: str = ""
    href: str = ""
    """The link that `open_link` would open."""


class Notice(Static):
    """Shows a `NoticeText`, or nothing and takes no room then."""

    ALLOW_SELECT = False

    @dataclass
    class Chosen(WidgetMessage):
        """An action was clicked."""

        action: str

    def __init__(self, *, id: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id or None, markup=False)
        self.shown: NoticeText | None = None
        self.display = False

    def show(self, notice: NoticeText | None) -> None:
        """Show a notice in place of the one before."""
        self.shown = notice
        self.display = notice is not None
        if notice is None:
            return
        self.set_classes(f"-{notice.role}")
        self.update(Content(clean(f"{notice.sentence}{keys_line(notice)}")))

    def show_details(self) -> None:
        """Add the technical details to the sentence."""
        if self.shown is not None and self.shown.details:
            self.update(Content(clean(f"{self.shown.sentence}\n{self.shown.details}{keys_line(self.shown)}")))


def keys_line(notice: NoticeText) -> str:
    """The keys of a notice's actions, on a row of their own."""
    known = [BY_ID[action] for action in notice.actions if action in BY_ID]
    if not known:
        return "\nEsc closes this." if notice.role != "info" else ""
    first = "Enter" + (f" or {known[0].key}" if known[0].keys else "") + f" {known[0].label.lower()}"
    rest = [f"{action.key} {action.label.lower()}" for action in known[1:] if action.keys]
    return "\n" + " · ".join([first, *rest, "Esc closes this"])
