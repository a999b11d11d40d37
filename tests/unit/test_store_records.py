"""Every value can be written as one line, and every line is read or refused, never worse."""

import json
import math
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salon.store.records import decode, encode

any_text = st.text(st.characters(exclude_categories=()), max_size=30)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | any_text
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(any_text, inner), max_leaves=8)


@settings(max_examples=60)
@given(st.dictionaries(any_text, values), any_text)
def test_whatever_is_written_is_one_line_of_strict_json(fields: dict[str, Any], kind: str) -> None:
    line = encode({**fields, "k": kind}, 1.7e9)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    json.loads(line.decode(), parse_constant=pytest.fail)
    record, intact = decode(line)
    assert intact
    assert isinstance(record["k"], str)


def test_the_envelope_comes_first() -> None:
    line = encode({"content": [], "id": "a", "k": "msg"}, 0.0)
    assert line == b'{"v":1,"k":"msg","id":"a","ts":"1970-01-01T00:00:00.000Z","content":[]}\n'


def test_a_time_of_its_own_is_kept() -> None:
    assert decode(encode({"k": "msg", "ts": "2001-01-01T00:00:00Z"}, 0.0))[0]["ts"] == "2001-01-01T00:00:00Z"


def test_halves_of_a_character_are_joined_and_lone_ones_replaced() -> None:
    record, _ = decode(encode({"k": "msg", "a": "\ud83d" + "\ude00", "b": "x\ud800y"}, 0.0))
    assert (record["a"], record["b"]) == ("😀", "x\ufffdy")


def test_what_json_does_not_have_is_replaced_and_the_rest_is_kept() -> None:
    odd = {"nan": math.nan, "view": MappingProxyType({"a": (1, 2)}), "bytes": b"x", ("t",): 1, "huge": 10**5000}
    record, _ = decode(encode({"k": "msg", "odd": odd, "text": "kept"}, 0.0))
    assert record["text"] == "kept"
    assert record["odd"]["nan"] is None
    assert record["odd"]["view"] == {"a": [1, 2]}


def test_nesting_without_end_is_cut_and_the_rest_is_kept() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    record, _ = decode(encode({"k": "msg", "deep": deep, "text": "kept"}, 0.0))
    assert record["text"] == "kept"


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"k":1}',
        b'{"k":"msg"',
        b'{"k":"a"}{"k":"b"}',
        b"[" * 1_000_000,
        b'{"k":"msg","n":' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_record_is_refused(line: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)):
        decode(line)


def test_bytes_that_are_not_utf_8_are_shown_as_replaced() -> None:
    record, intact = decode(b'{"k":"msg","text":"caf\xe9"}')
    assert (record["text"], intact) == ("caf\ufffd", False)
