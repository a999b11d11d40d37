"""An address in the person's browser, started by a process of its own that knows no secrets.

`webbrowser` hands its whole environment on to the browser, and a browser of the terminal's would draw over the screen.
"""

import logging
import os
import subprocess
import sys

from salon.children import without_secrets

logger = logging.getLogger(__name__)

SECONDS = 20
_OPEN = "import sys, webbrowser; sys.exit(not webbrowser.open(sys.argv[1], new=2))"


def open_address(address: str) -> bool:
    """Whether a browser took the address, which must have been checked. Blocks; call it from a thread."""
    command = [sys.executable, "-I", "-c", _OPEN, address]
    try:
        done = subprocess.run(
            command,
            env=without_secrets(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return True  # it has not said no
    except OSError as error:
        logger.info("No browser could be started: %s", error)
        return False
    return done.returncode == 0
