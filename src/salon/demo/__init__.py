"""A real Messages API server on loopback with scripted answers: `salon --demo`, tests, screenshots."""
