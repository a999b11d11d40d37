"""What `salon doctor` finds out about the key and the server that it opens."""

import time

from salon.claude.credentials import warn_if_readable_by_others
from salon.commands.findings import Finding, bad, note
from salon.errors import Fault, FaultKind, SalonError
from salon.untrusted import clean_line
from salon.wiring import House
from salon.words import tr, tr_later

_NEW_KEY = tr("Start salon, press F9 and give another; one in the environment goes before one that was saved.")
_LATER = tr("Try again later.")
_NETWORK = tr("Look at the network; behind a proxy set HTTPS_PROXY, in a Wi-Fi log in first.")
_ADVICE = {
    FaultKind.REJECTED_KEY: _NEW_KEY,
    FaultKind.NO_KEY: _NEW_KEY,
    FaultKind.FORBIDDEN: _NEW_KEY,
    FaultKind.OUT_OF_CREDIT: tr("Buy credit at https://console.anthropic.com/settings/billing"),
    FaultKind.SPEND_LIMIT: tr("Raise the limit at https://console.anthropic.com/settings/limits"),
    FaultKind.RATE_LIMITED: _LATER,
    FaultKind.OVERLOADED: _LATER,
    FaultKind.SERVER_ERROR: _LATER,
    FaultKind.UNREACHABLE: _NETWORK,
    FaultKind.DROPPED: _NETWORK,
    FaultKind.STALLED: _NETWORK,
    FaultKind.GARBLED: tr("Look at base_url, and at any proxy on the way."),
    FaultKind.PROXY: tr("Look at HTTPS_PROXY and NO_PROXY."),
}
"""What to do where the fault's own sentence does not say it."""


def credentials_finding(house: House) -> Finding:
    """Where the key comes from, and who else can read it."""
    try:
        connection = house.connect()
    except SalonError as error:
        return bad(tr_later("credentials"), error.what, error.now)
    if connection is None:
        return bad(
            tr_later("credentials"),
            tr("There is no API key."),
            tr("Start salon and paste one, or set ANTHROPIC_API_KEY."),
        )
    file = house.paths.credentials_file
    if warn_if_readable_by_others(file):
        return bad(
            tr_later("credentials"),
            tr("Others on this computer can read the keys in {file}.", file=file),
            tr("Run: chmod 600 '{file}'", file=file),
        )
    if not connection.credentials:
        return note(tr_later("credentials"), tr("None, which {host} may not need.", host=connection.host))
    source = connection.credentials.removeprefix("saved ")
    saved = "Saved" if source != connection.credentials else "From"
    return Finding(tr_later("credentials"), tr("{saved} {source}; the key is not shown.", saved=saved, source=source))


async def server_finding(house: House) -> Finding:
    """One cheap call: whether the server is there and takes the key."""
    try:
        connection = house.connect()
    except SalonError:
        return note(tr_later("server"), tr("Not asked, as the line above says why."))
    if connection is None:
        return note(tr_later("server"), tr("Not asked, as there is no key."))
    host = connection.host or (tr("the demo") if connection.demo else "api.anthropic.com")
    try:
        await connection.client.prepare()
        start = time.monotonic()
        await connection.client.check()
        return Finding(
            tr_later("server"),
            tr(
                "{host} answered in {seconds:.0f} ms and takes the key.",
                host=host,
                seconds=(time.monotonic() - start) * 1000,
            ),
        )
    except Fault as fault:
        return bad(tr_later("server"), clean_line(fault.what, 300), fault.now or _ADVICE.get(fault.kind, ""))
    finally:
        await connection.client.aclose()
