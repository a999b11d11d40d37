"""The process in which termaid draws: a diagram's source on stdin, its drawing on stdout, or an exit status of not 0.

Run by its path and without the rest of Salon, so that it starts quickly.
"""

import resource
import sys

_MAX_BYTES = 512 * 1024 * 1024
_MAX_SECONDS = 3
_MAX_OUTPUT = 200_000


def main() -> None:
    """Draw within limits; every exception ends the process, which is all that its parent asks about."""
    resource.setrlimit(resource.RLIMIT_CPU, (_MAX_SECONDS, _MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "darwin":  # where this limit cannot be set below what is mapped already
        resource.setrlimit(resource.RLIMIT_AS, (_MAX_BYTES, _MAX_BYTES))
    from termaid import render  # not before the limits hold

    source = sys.stdin.buffer.read().decode(errors="replace")
    drawing = render(source, padding_x=2, padding_y=0)
    if len(drawing) > _MAX_OUTPUT:
        sys.exit(1)
    sys.stdout.buffer.write(drawing.encode(errors="replace"))


if __name__ == "__main__":
    main()
