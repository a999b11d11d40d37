"""Salon in a browser on this machine: each tab a terminal of its own, behind a door that one link opens once."""
