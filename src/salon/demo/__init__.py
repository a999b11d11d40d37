"""A real Messages API server on loopback with scripted answers: `salon --demo`, tests, screenshots."""

from salon.demo.models import CAREFUL_MODEL, DEMO_MODEL
from salon.demo.server import DemoServer

__all__ = ["CAREFUL_MODEL", "DEMO_MODEL", "DemoServer"]
