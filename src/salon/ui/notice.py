"""The notice: one sentence between conversation and prompt, with the keys that help."""

from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static

from salon.actions import BY_ID, Place
from salon.ui.keyline import PARTED, button_content, line_content
from salon.ui.targets import are_large
from salon.untrusted import clean
from salon.words import tr

MOST_ROWS = 4
"""Rows that keys may take."""


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
    by_key: bool = False
    """Whether Enter has something else to do, because the prompt is not empty."""


class Notice(Static):
    """Shows a `NoticeText`, or nothing and takes no room then."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str = "") -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id or None, markup=False)
        self.auto_links = False  # calm: what can be clicked looks like what stands beside it
        self.shown: NoticeText | None = None
        self._banner: NoticeText | None = None
        self._esc_stops = False
        self._with_details = False
        self.display = False

    def show(self, notice: NoticeText | None) -> None:
        """Show a notice in place of the one before; with None the banner, if there is one."""
        self._put(notice or self._banner)

    def close(self) -> None:
        """Take away what is shown; behind a notice the banner appears, which can be closed as well."""
        self._put(None if self.shown == self._banner else self._banner)

    def set_banner(self, banner: NoticeText | None) -> None:
        """What is said whenever nothing else is; a new one is said at once."""
        before, self._banner = self._banner, banner
        if banner is not None and banner != before:
            self._put(banner)
        elif banner is None and before is not None and self.shown == before:
            self._put(None)

    def _put(self, notice: NoticeText | None) -> None:
        self.shown = notice
        self._with_details = False
        self.display = notice is not None
        if notice is not None:
            self.set_classes(f"-{notice.role}")
            self.write()

    def show_details(self) -> None:
        """Add the technical details to the sentence."""
        self._with_details = True
        self.write()

    def set_esc_stops(self, esc_stops: bool) -> None:
        """Say whether Esc stops an answer at the moment, so that no notice claims that it closes it."""
        if esc_stops != self._esc_stops:
            self._esc_stops = esc_stops
            self.write()

    def on_resize(self) -> None:
        """No key is parted from its words."""
        self.write()

    def write(self) -> None:
        """Write what is shown as the screen and the settings are now."""
        if self.shown is None:
            return
        details = f"\n{self.shown.details}" if self._with_details and self.shown.details else ""
        content = Content(clean(f"{self.shown.sentence}{details}"))
        parts = [
            (part, f"{'app' if BY_ID[action].place is Place.EVERYWHERE else 'screen'}.{action}")
            for part, action in _key_parts(self.shown, esc_stops=self._esc_stops)
        ]
        width = self.content_size.width or self.app.size.width - 4
        if parts:
            keys = button_content(parts, width) if are_large(self) else line_content(parts, width, MOST_ROWS)
            content += Content("\n") + keys
        self.update(content)


def keys_line(notice: NoticeText, *, esc_stops: bool = False) -> str:
    """The keys of a notice's actions, on a row of their own; `esc_stops` says that Esc has something better to do."""
    parts = _key_parts(notice, esc_stops=esc_stops)
    return "\n" + PARTED.join(part for part, _ in parts) if parts else ""


def _key_parts(notice: NoticeText, *, esc_stops: bool) -> list[tuple[str, str]]:
    """The parts of that row, each with the id of its action."""
    known = [BY_ID[action] for action in notice.actions if action in BY_ID]
    if not known:
        return [(tr("Esc closes this."), "stop")] if notice.role != "info" and not esc_stops else []
    enter = ["Enter"] if not notice.by_key or not known[0].keys else []
    first = tr(" or ").join([*enter, *known[0].key_names()[:1]]) + f" {known[0].label.lower()}"
    rest = [(f"{action.key} {action.label.lower()}", action.id) for action in known[1:] if action.keys]
    closes = [] if esc_stops or "stop" in notice.actions else [(tr("Esc closes this"), "stop")]
    return [(first, known[0].id), *rest, *closes]
