"""Salon: a full-screen terminal app for conversation with Claude."""

__version__ = "0.1.0"
