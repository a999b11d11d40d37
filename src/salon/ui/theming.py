"""Salon's themes as Textual's: one translation of roles into what the style sheet may name; and no colours at all."""

from functools import lru_cache

from rich.color import Color as RichColour
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme as TextualTheme

from salon.themes import Theme


def textual_theme(theme: Theme) -> TextualTheme:
    """A Textual theme that gives every role as the variable `$s-ROLE` and fills the names that its widgets use."""
    roles = theme.roles
    variables = {f"s-{role.replace('.', '-')}": colour for role, colour in roles.items()}
    variables |= {
        "text-muted": roles["text-muted"],
        "text-disabled": roles["text-faint"],
        "footer-key-foreground": roles["accent"],
        "block-cursor-background": roles["accent"],
        "block-cursor-foreground": roles["background"],
        "input-selection-background": roles["selection"],
        "screen-selection-background": roles["selection"],
        "ansi-background": roles["background"],  # Textual's own style sheets name these two in a theme of ANSI colours
        "ansi-foreground": roles["text"],
    }
    return TextualTheme(
        name=theme.name,
        primary=roles["accent"],
        secondary=roles["accent-muted"],
        accent=roles["accent"],
        foreground=roles["text"],
        background=roles["background"],
        surface=roles["surface"],
        panel=roles["surface"],
        success=roles["success"],
        warning=roles["warning"],
        error=roles["error"],
        dark=theme.dark,
        variables=variables,
        ansi=any(colour.startswith("ansi_") for colour in roles.values()),
    )


class WithoutColours(LineFilter):
    """Takes the colours away and leaves what they said: a ground of its own is reversed, what recedes is dim.

    For a theme of the terminal's own colours, where a ground other than the terminal's is a selection, a hit, a caret.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """See `LineFilter`."""
        return [
            Segment(text, None if style is None else _without_colours(style), control)
            for text, style, control in segments
        ]


@lru_cache(maxsize=1_024)
def _without_colours(style: Style) -> Style:
    lit = style.bgcolor is not None and not style.bgcolor.is_default
    faint = style.color is not None and style.color.name == "bright_black"
    plain = Style(color=RichColour.default(), bgcolor=RichColour.default())
    return style + plain + Style(reverse=True if lit else None, dim=True if faint and not lit else None)
