"""Salon in lines, for screen readers: everything is a labelled line, choices have numbers, nothing is redrawn."""
