"""What holds for every test is in `isolation.py`."""

import os

from isolation import nothing_of_the_machine

__all__ = ["nothing_of_the_machine"]


def pytest_xdist_auto_num_workers() -> int:
    """Three workers for two cores: many tests wait for a terminal, which costs nothing."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)
