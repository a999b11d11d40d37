"""vi's language in a few rows, for the help; `language` is what it summarises."""

from salon.words import tr

VI_KEYS: tuple[tuple[str, str], ...] = (
    ("Esc", tr("To normal mode; in it, stop the answer or close a notice.")),
    (
        "i a I A o O",
        tr("Write: before or behind the caret, at the line's ends, on a new line. gi: where one wrote last."),
    ),
    ("h j k l w b e", tr("Move: by characters, lines and words; W B E by what stands between blanks.")),
    ("0 ^ $ gg G { }", tr("To the ends of the line, of the prompt, of the paragraph.")),
    ("f F t T ; ,", tr("To a character, or before it, and on to the next.")),
    ("/ ? n N * #", tr("Search forward and backward, on and back; for the word under the caret.")),
    ("d c y > <", tr('Delete, change, copy, indent: with a move (dw), a text object (ci") or doubled (dd).')),
    ("g~ gu gU ~", tr("Change capitals and small letters.")),
    ('iw aw ip i( i"', tr("Text objects: word, paragraph, brackets, quotes; a takes what is around them, too.")),
    ("x X s S D C Y r", tr("Delete, replace or copy without a move.")),
    ("p P J .", tr("Put, join lines, do the last change again.")),
    ("u Ctrl+R g- g+", tr("Undo, redo, and back and forth in time.")),
    ("v V o gv", tr("Select characters or lines, go to the other end, select again.")),
    (tr('" and a letter'), tr("Use a register; 3w and 2dd count.")),
)
"""Keys, and what they do."""
