"""How long a server wants us to wait: the headers `retry-after-ms` and `retry-after` (RFC 9110, 10.2.3)."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 7 * 86_400.0
"""Seconds; whatever a server asks for beyond this means the same."""


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """The wait in seconds, from 0 to a week; None where none is asked for or it makes no sense."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return min(milliseconds / 1000, LONGEST)
    header = headers.get("retry-after")
    seconds = _number(header)
    if seconds is not None:
        return min(seconds, LONGEST)
    return _until(header, headers.get("date"))


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _until(header: str | None, server_date: str | None) -> float | None:
    moment = _date(header)
    if moment is None:
        return None
    if (server_now := _date(server_date)) is not None:
        return min(max((moment - server_now).total_seconds(), 1.0), LONGEST)
    # Without the server's own clock the difference is only as good as this machine's, so it is kept short.
    return min(max((moment - datetime.now(UTC)).total_seconds(), 1.0), 60.0)


def _date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
