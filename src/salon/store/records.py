"""One line of a session file: the envelope, encoding and decoding.

`{"v":1,"k":kind,"id":...,"ts":...,...}` in UTF-8, one JSON object a line. `k` and `v` come first so that a file can be
skimmed without parsing. Every value can be written: what JSON or UTF-8 cannot hold is replaced, because a record that
is refused for one odd character is a lost record.
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Record = dict[str, Any]

FORMAT_VERSION = 1
"""The version this Salon writes, and the newest `head.min` that it reads."""
LINE_LIMIT = 64 * 1024 * 1024
"""Bytes; a longer line is skipped."""
FILE_LIMIT = 256 * 1024 * 1024
"""Bytes; a longer file is not opened, and one is never written."""

_DEEPEST = 200
_LONGEST_INTEGER = 10_000
"""Bits; Python refuses to read or write more than 4,300 digits."""
_TOO_DEEP = "(nested too deeply)"
_dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def encode(record: Mapping[str, Any], now: float) -> bytes:
    """The record as one line, newline included; `now` is seconds since 1970, for `ts` where the record has none."""
    rest = dict(record)
    envelope: Record = {"v": FORMAT_VERSION, "k": rest.pop("k", "note")}
    if "id" in rest:
        envelope["id"] = rest.pop("id")
    envelope["ts"] = rest.pop("ts", None) or timestamp(now)
    rest.pop("v", None)
    return encode_json(envelope | rest) + b"\n"


def encode_json(value: Mapping[str, Any]) -> bytes:
    """`value` as JSON on one line, in UTF-8; what JSON or UTF-8 cannot hold is replaced."""
    return _to_utf8(_to_json(value))


def timestamp(now: float) -> str:
    """ISO 8601 in UTC with milliseconds; `now` is seconds since 1970."""
    return datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def decode(line: bytes) -> tuple[Record, bool]:
    """The record of a line, and whether all of its bytes were UTF-8; others are shown as U+FFFD.

    Raises `ValueError`, `RecursionError` or `MemoryError` for what is not a record.
    """
    try:
        text, intact = line.decode(), True
    except UnicodeDecodeError:
        text, intact = line.decode(errors="replace"), False
    record = _parse(text)
    if not isinstance(record, dict) or not isinstance(record.get("k"), str):
        raise ValueError("not a record")
    return record, intact


def _nothing(_: str) -> None:
    """NaN and the infinities are not JSON, and the API would refuse them."""


_parse = json.JSONDecoder(parse_constant=_nothing).decode
"""Made once: `json.loads` with an option builds a decoder for each call, half the time of a short line."""


def _to_json(record: Mapping[str, Any]) -> str:
    try:
        return _dump(dict(record))
    except (ValueError, TypeError, RecursionError):
        return _dump(_writable(record, _DEEPEST))


def _to_utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Through UTF-16 two halves that stand side by side become the character they mean; lone ones become U+FFFD.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


def _writable(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if value.bit_length() < _LONGEST_INTEGER else hex(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth == 0:
        return _TOO_DEEP
    if isinstance(value, Mapping):
        return {str(key): _writable(item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_writable(item, depth - 1) for item in value]
    return str(value)
