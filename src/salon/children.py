"""What the programs that Salon starts are told: everything that Salon was told, but for its secrets."""

from collections.abc import Mapping

_SECRET_WORDS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIAL", "AUTH")
_HARMLESS = frozenset({"SSH_AUTH_SOCK", "XAUTHORITY"})
"""The way to an agent and to the screen; neither is a secret itself, and programs with windows need them."""


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment without what looks like a key, a token or a password.

    Plugins of editors read it, hooks of git get it, and any program may hand it on.
    """
    return {
        name: value
        for name, value in environ.items()
        if name in _HARMLESS
        or not (name.upper().startswith("ANTHROPIC_") or any(word in name.upper() for word in _SECRET_WORDS))
    }
