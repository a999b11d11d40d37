"""What holds for every test is in `isolation.py`."""

from isolation import nothing_of_the_machine

__all__ = ["nothing_of_the_machine"]
