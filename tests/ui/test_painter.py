"""Rows in a theme's colours."""

from pathlib import Path

from salon.markdown import Line, Look, Span, look
from salon.themes import Theme, load_themes
from salon.ui.painter import Painter


def colours(theme: Theme, ground: str) -> set[str]:
    painter = Painter(theme)
    roles = ("text", "text-muted", "text-faint", "accent", "user")
    line = Line(tuple(Span(role, look(role)) for role in roles))
    rows = [painter.strip(line, 60, ground), painter.highlighted(painter.strip(line, 60), 0, 60, ground)]
    return {str(style.color.name) for row in rows for _, style, _ in row if style and style.color}


def test_on_what_is_selected_the_terminals_own_colours_show_plain_text_alone() -> None:
    themes = {theme.name: theme for theme in load_themes([Path(__file__).parents[2] / "themes"])[0]}
    for name in ("terminal", "terminal-light"):
        assert len(colours(themes[name], "selection")) == 1
        assert len(colours(themes[name], "surface")) > 1
    assert len(colours(themes["salon-dark"], "selection")) > 1


def test_letters_in_the_colour_of_a_terminals_own_ground_are_cut_out_of_what_they_stand_on() -> None:
    themes = {theme.name: theme for theme in load_themes([Path(__file__).parents[2] / "themes"])[0]}
    for name, is_terminal in (("terminal", True), ("terminal-light", True), ("salon-light", False)):
        style = Painter(themes[name]).style(Look("background", "accent"))
        assert bool(style.reverse) is is_terminal
        painted = (style.color, style.bgcolor) if is_terminal else (style.bgcolor, style.color)
        assert [each and each.name for each in painted] == [
            Painter(themes[name]).colour(role) for role in ("accent", "background")
        ]
