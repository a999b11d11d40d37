"""Editing text without a screen: graphemes, words, readline's commands, a kill ring, an undo tree and vi's language."""
