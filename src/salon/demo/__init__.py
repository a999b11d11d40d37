"""A Messages API server on loopback with scripted answers."""
