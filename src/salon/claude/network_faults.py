"""Faults of a connection: no name, no answer, no trust, no proxy, no end."""

import re
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from salon.claude.circumstances import Circumstances, dropped, garbled, internal, stalled, unsendable_key
from salon.errors import Fault, FaultKind
from salon.untrusted import clean_line
from salon.words import tr

_NOT_YET_VALID = 9
_EXPIRED = 10
_HOST_MISMATCH = 62
"""Verification results of OpenSSL, `X509_V_ERR_*` in its x509_vfy.h."""

_ENDED = re.compile(r"(?i)disconnected|closed connection|incomplete")
"""What httpx2 2.16 says of a connection that ended too soon; its other protocol errors are of what came."""

_PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy")


def fault_of_transport(problem: Exception, at: Circumstances, *, begun: bool) -> Fault:
    """The fault that an exception of httpx2 or the operating system amounts to."""
    import httpx2

    trouble = next((cause for cause in _causes(problem) if isinstance(cause, ssl.SSLError)), None)
    if trouble is not None and isinstance(problem, (httpx2.ConnectError, ssl.SSLError)):
        # Later than at the start of a connection, TLS fails because the connection does.
        closed = isinstance(trouble, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
        return unreachable(at, tr("it closed the connection")) if closed else untrusted(trouble, at)
    if isinstance(problem, httpx2.LocalProtocolError) and "header" in str(problem).lower():
        return unsendable_key(at)
    if isinstance(problem, (httpx2.UnsupportedProtocol, httpx2.InvalidURL)):
        return bad_address(at)
    if isinstance(problem, httpx2.ProxyError):
        return _proxy_refused(problem, at)
    if isinstance(problem, (httpx2.ConnectTimeout, httpx2.PoolTimeout)):
        return unreachable(at, tr("it did not answer within {connect_timeout:g} s", connect_timeout=at.connect_timeout))
    if isinstance(problem, httpx2.ConnectError):
        return _of_connect(problem, at)
    if isinstance(problem, httpx2.ReadTimeout):
        return stalled(at, begun)
    if isinstance(problem, httpx2.DecodingError):
        return garbled(at, begun, "DecodingError")
    if isinstance(problem, httpx2.RemoteProtocolError) and not _ENDED.search(str(problem)):
        return garbled(at, begun, tr("what came is not HTTP"))
    if isinstance(problem, (httpx2.TransportError, ConnectionError)):
        return dropped(at, begun, type(problem).__name__)
    if isinstance(problem, OSError):
        return unreachable(at)
    return internal(problem, at)


def unreachable(at: Circumstances, why: str = "", now: str = "") -> Fault:
    """Nobody answers; `why` ends the sentence, `now` is what to do about it."""
    if at.local:
        what, now = tr("Nothing answers at {place}.", place=at.place), tr("Is the server running?")
    else:
        what = (
            tr("Can't reach {place}: {why}.", place=at.place, why=why)
            if why
            else tr("Can't reach {place} (no network?).", place=at.place)
        )
    actions = ("retry",) if at.anthropic else ("retry", "edit_base_url")
    return Fault(FaultKind.UNREACHABLE, what, now, actions, transient=True, details=at.details())


def bad_address(at: Circumstances) -> Fault:
    """The base URL is none that can be asked."""
    shown = clean_line(at.base_url, 100)
    return Fault(
        FaultKind.BAD_ADDRESS,
        tr("“{shown}” is not an address of a server.", shown=shown),
        actions=("edit_base_url",),
        details=at.details(),
    )


def untrusted(problem: ssl.SSLError, at: Circumstances) -> Fault:
    """The server could not prove who it is. There is no way to go on regardless, by intention."""
    reason = getattr(problem, "reason", None) or ""
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return Fault(
            FaultKind.BAD_ADDRESS,
            tr("{host} does not speak https.", host=at.host),
            tr("Check base_url."),
            actions=("edit_base_url", "show_details"),
            details=at.details(reason=reason),
        )
    code = getattr(problem, "verify_code", None)
    why = at.clean(getattr(problem, "verify_message", "") or reason.replace("_", " ").lower(), 120)
    if code in (_NOT_YET_VALID, _EXPIRED):
        state = tr("not valid yet") if code == _NOT_YET_VALID else tr("out of date")
        what = tr("The connection is not trusted: the certificate of {host} is {state}.", host=at.host, state=state)
        now = tr("Check your computer's clock.")
    elif code == _HOST_MISMATCH:
        what = tr("The connection is not trusted: the certificate is not {host}'s.", host=at.host)
        now = tr("Log in to the Wi-Fi if it wants that, then retry.")
    else:
        what = tr("The connection is not trusted: {why}.", why=why or tr("the secure connection failed"))
        now = tr("On a company network set SSL_CERT_FILE.")
    return Fault(
        FaultKind.UNTRUSTED_TLS,
        what,
        now,
        actions=("retry", "show_details"),
        details=at.details(reason=reason, verify_code=code, verify_message=why),
    )


def fault_of_setup(problem: Exception, at: Circumstances) -> Fault:
    """The fault of a client that could not even be built: proxies, certificate files, base URLs.

    httpx2 raises ImportError for a SOCKS proxy without `socksio`, ValueError for a scheme it does not know, InvalidURL
    for a proxy or NO_PROXY that is no address, and FileNotFoundError or SSLError for SSL_CERT_FILE.
    """
    if isinstance(problem, (FileNotFoundError, PermissionError, IsADirectoryError, ssl.SSLError)):
        return _bad_certificate_file(problem, at)
    variable, value = _suspect_proxy(at)
    shown = f"{variable}={value}" if variable else tr("The proxy setting")
    if isinstance(problem, ImportError):
        why = tr("SOCKS proxies need the package socksio (pip install 'httpx2[socks]')")
    else:
        why = at.clean(str(problem), 120).rstrip(".") or tr("it is not an address")
    return Fault(
        FaultKind.PROXY,
        tr("{shown} cannot be used: {why}.", shown=shown, why=why),
        actions=("retry", "show_details"),
        details=at.details(error=type(problem).__name__),
    )


def _bad_certificate_file(problem: OSError, at: Circumstances) -> Fault:
    variable = next((name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if at.environ.get(name)), "")
    why = tr("it holds no certificate") if isinstance(problem, ssl.SSLError) else (problem.strerror or "").lower()
    shown = f"{variable}={at.clean(at.environ[variable], 120)}" if variable else tr("The certificate file")
    return Fault(
        FaultKind.UNTRUSTED_TLS,
        tr("{shown} cannot be used: {why}.", shown=shown, why=why or type(problem).__name__),
        actions=("retry", "show_details"),
        details=at.details(error=type(problem).__name__),
    )


def _of_connect(problem: Exception, at: Circumstances) -> Fault:
    if proxy := _proxy_in_use(at):
        return Fault(
            FaultKind.PROXY,
            tr("Can't reach the proxy {proxy}.", proxy=proxy),
            transient=True,
            details=at.details(proxy=proxy),
        )
    causes = list(_causes(problem))
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return unreachable(at, tr("the connection was refused"))
    unknown_name = next((cause for cause in causes if isinstance(cause, socket.gaierror)), None)
    if unknown_name is not None and unknown_name.errno == socket.EAI_NONAME and not at.anthropic:
        return unreachable(at, tr("nobody knows this name"), tr("Check base_url."))
    return unreachable(at)


def _proxy_refused(problem: Exception, at: Circumstances) -> Fault:
    proxy = _proxy_in_use(at)
    return Fault(
        FaultKind.PROXY,
        tr("The proxy {proxy} refused the connection.", proxy=proxy).replace("  ", " "),
        at.clean(str(problem), 120),
        actions=("retry", "show_details"),
        details=at.details(proxy=proxy),
    )


def _proxy_in_use(at: Circumstances) -> str:
    """Host and port of the proxy that the environment names for the host, without its password; "" without one."""
    import urllib.request  # brings http and email along, and nobody needs it before something has failed

    parts = urlsplit(at.base_url)
    if at.local or urllib.request.proxy_bypass(at.host):
        return ""
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    return at.clean(proxy.rpartition("@")[2].removeprefix("http://").removeprefix("https://").rstrip("/"), 80)


def _suspect_proxy(at: Circumstances) -> tuple[str, str]:
    """The proxy variable likeliest to blame and its value, passwords masked."""
    found = [(name, at.environ[name]) for name in _PROXY_VARIABLES if at.environ.get(name)]
    odd = [(name, value) for name, value in found if not value.lower().startswith(("http://", "https://"))]
    suspects = odd or found or [(name, at.environ[name]) for name in ("NO_PROXY", "no_proxy") if at.environ.get(name)]
    if not suspects:
        return "", ""
    name, value = suspects[0]
    scheme, separator, rest = value.rpartition("://")
    return name, at.clean(scheme + separator + rest.rpartition("@")[2], 100)


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """The exception and what led to it, also inside exception groups (anyio's happy eyeballs raise those)."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [problem]
    while waiting:
        current = waiting.pop()
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        waiting += [current.__cause__, current.__context__]
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions
