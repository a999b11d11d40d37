"""Source text to styled lines; no app, no widget."""
