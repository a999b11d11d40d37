"""The one place where the SDK's client is imported and built; it takes a second, so it happens in a thread."""

import gc
import inspect
import logging
import os
import ssl
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from salon.claude.address import DEFAULT_BASE_URL, check_base_url
from salon.claude.credentials import Credentials

if TYPE_CHECKING:
    import anthropic
    import httpx2

_NOT_OF_THE_BODY = {
    *("extra_body", "extra_headers", "extra_query", "timeout", "stream"),
    *("user_profile_id", "workspace_id"),
}
"""Arguments of the SDK's methods that do not end up in a request's body."""

KeyHeader = Literal["authorization", "x-api-key"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds. `read` is the gap between two bytes; pings count as bytes, so a thinking model does not run into it."""

    connect: float = 10.0
    write: float = 60.0
    read: float = 60.0
    pool: float = 5.0


@dataclass(frozen=True, slots=True)
class Sdk:
    """A client that is ready."""

    client: "anthropic.AsyncAnthropic"
    base_url: str
    """Where it sends: a profile may name a host of its own."""
    message_parameters: frozenset[str]
    """The body keys that `messages.create` takes as arguments."""
    count_parameters: frozenset[str]


def import_sdk() -> None:
    """Import the SDK, which takes a second the first time, and keep it quiet; raises ImportError."""
    _quiet_environment()
    gc.disable()
    try:
        import anthropic  # noqa: F401 - imported here so that it is there, and quiet, when it is used
    finally:
        gc.freeze()  # 200,000 objects that stay; to look for garbage among them stops the screen for 0.1 s (measured)
        gc.enable()

    for name in ("anthropic", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)


def build_sdk(
    base_url: str | None,
    credentials: Credentials | None,
    key_header: KeyHeader,
    timeouts: Timeouts,
    transport: "Callable[[], httpx2.AsyncBaseTransport] | None",
    *,
    local: bool,
) -> Sdk:
    """Build the SDK's client, after `import_sdk`. Blocks for some 50 ms (the certificates); call it from a thread.

    Raises what httpx2 and the SDK raise over proxies, certificate files and profiles, and UsageError for a profile
    whose address a key must not be sent to.
    """
    import anthropic
    import httpx2

    timeout = httpx2.Timeout(connect=timeouts.connect, write=timeouts.write, read=timeouts.read, pool=timeouts.pool)
    options: dict[str, Any] = {"timeout": timeout, "follow_redirects": False}
    if transport is not None:
        options["transport"] = transport()
    elif local:
        # A proxy is for the world outside; a server on this machine is asked directly whatever the environment says.
        options["transport"] = httpx2.AsyncHTTPTransport(verify=_trust(base_url))
    # A client built here and passed in has no __del__ that prints on stderr when the SDK's constructor fails.
    http_client = anthropic.DefaultAsyncHttpxClient(**options)
    client = anthropic.AsyncAnthropic(
        base_url=_base_url_argument(base_url, credentials),
        timeout=timeout,
        max_retries=0,
        http_client=http_client,
        open_telemetry=False,
        **_authentication(credentials, key_header),
    )
    return Sdk(
        client,
        check_base_url(str(client.base_url)),
        frozenset(inspect.signature(client.messages.create).parameters) - _NOT_OF_THE_BODY,
        frozenset(inspect.signature(client.messages.count_tokens).parameters) - _NOT_OF_THE_BODY,
    )


def silence_deprecations() -> None:
    """Keep the SDK's warnings about old models off the screen; the model picker says it where it belongs.

    Called before each use, since a test runner or a library may have reset the filters in between.
    """
    warnings.filterwarnings("ignore", message="The model '.*' is deprecated", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message="Using Claude with ", category=UserWarning)


def _trust(base_url: str | None) -> ssl.SSLContext | bool:
    """The usual roots; for plain http a context that trusts nobody, which spares reading the roots (40 ms)."""
    plain = base_url is not None and base_url.startswith("http://")
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True


def _authentication(credentials: Credentials | None, key_header: KeyHeader) -> dict[str, Any]:
    import anthropic

    if credentials is None:
        # An explicit key keeps the SDK from looking for one in the environment; the header that it makes is left out.
        return {"api_key": "none", "default_headers": {"Authorization": anthropic.omit}}
    if credentials.kind == "profile":
        return {}
    secret = credentials.secret.reveal()
    if credentials.kind == "auth_token":
        return {"auth_token": secret}
    if key_header == "x-api-key":
        return {"api_key": secret, "default_headers": {"X-Api-Key": secret, "Authorization": anthropic.omit}}
    return {"api_key": secret}


def _base_url_argument(base_url: str | None, credentials: Credentials | None) -> str | None:
    """None lets a profile name its own host; with any other credentials the host is always ours to say."""
    if base_url is None and credentials is not None and credentials.kind == "profile":
        return None
    return base_url or DEFAULT_BASE_URL


def _quiet_environment() -> None:
    # On import the SDK gives this to logging.basicConfig, and its debug log holds whole conversations.
    os.environ.pop("ANTHROPIC_LOG", None)
    # The SDK takes a blank key for a key; we do not, and it must not win over the profile that was found.
    for variable in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
        if variable in os.environ and not os.environ[variable].strip():
            del os.environ[variable]
