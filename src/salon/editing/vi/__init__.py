"""vi's language: modes, counts, motions, operators, text objects, registers, and the dot."""
