"""Salon's themes as Textual's: one translation of roles into what the style sheet may name."""

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
