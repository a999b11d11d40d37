"""Every file that Salon reads, broken at random or not a file at all: told or left out, and nothing outside is touched.

``SALON_FUZZ_EXAMPLES`` sets how many broken files each kind sees (the suite's default is small).
"""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from file_kinds import KINDS, Kind
from salon.errors import SalonError

_DEFAULT = 16
_EXAMPLES = int(os.environ.get("SALON_FUZZ_EXAMPLES", _DEFAULT))
_PATIENCE = 30
"""Seconds; a file that takes so long holds a person up for ever."""
SPLICES = [b"\0", b"\xff", b"\xed\xa0\x80", b"[" * 3000, b'{"a":' * 3000, b"9" * 5000, b"1e999", b"-1", b"null", b"NaN"]
SPLICES += [b"../../x", b"\n", b'"', b"\\ud800", b"\x1b]0;hacked\x07", b"true", b"{}", b"[]", b'""']
SPLICES += [b"0x" + b"f" * 5000, b"\xef\xbb\xbf", b"\r\n", b"9" * 20, b"[[a]]", b"=", b"\\u0000", b"/etc/passwd"]


@st.composite
def mutations(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Some cuts, swaps, flipped bits and insertions, at places given as fractions of the file's length.

    Half of them change no length: what follows in a database would otherwise be at no place where it is looked for.
    """
    fraction = st.integers(0, 9_999)
    changes = draw(st.lists(st.tuples(fraction, fraction, st.sampled_from([*SPLICES, b""])), min_size=1, max_size=4))
    same_length = draw(st.booleans())
    flips = draw(st.lists(st.tuples(fraction, st.integers(0, 7)), max_size=3))

    def mutate(data: bytes) -> bytes:
        for begins, removed, put_in in changes:
            at = begins * len(data) // 10_000
            put_in = put_in[: 1 + removed % 8] if same_length else put_in
            data = data[:at] + put_in + data[at + (len(put_in) if same_length else removed % 40) :]
        flipped = bytearray(data)
        for begins, bit in flips:
            if flipped:
                flipped[begins * len(flipped) // 10_000] ^= 1 << bit
        return bytes(flipped)

    return mutate


@contextmanager
def no_waiting() -> Iterator[None]:
    """Nothing in the block takes longer than a person's patience."""

    def over(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError("it waits for ever")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(_PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def look_at(kind: Kind, root: Path, put: Callable[[Path], object]) -> None:
    """Have Salon use what `put` makes in the kind's place."""
    kind.prepare(root)
    file = root / kind.place
    file.parent.mkdir(parents=True, exist_ok=True)
    put(file)
    try:
        with no_waiting():
            kind.look(root)
    except SalonError as error:
        assert error.sentence()


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=_EXAMPLES, deadline=None, derandomize=_EXAMPLES == _DEFAULT, suppress_health_check=list(HealthCheck)
)
@given(mutations())
def test_a_broken_file_is_told_or_left_out(kind: str, mutate: Callable[[bytes], bytes]) -> None:
    with tempfile.TemporaryDirectory(prefix="salon-") as folder:
        root = Path(folder) / "root"
        root.mkdir()
        look_at(KINDS[kind], root, lambda file: file.write_bytes(mutate(KINDS[kind].whole())))
        assert [path.name for path in Path(folder).iterdir()] == ["root"], "nothing is written outside"


def sparse(file: Path) -> None:
    with file.open("wb") as opened:
        opened.truncate(1 << 40)


STRANGE: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a folder": lambda file: file.mkdir(),
    "a link to itself": lambda file: file.symlink_to(file),
    "a device": lambda file: file.symlink_to("/dev/zero"),
    "a terabyte of nothing": sparse,
    "deep JSON": lambda file: file.write_bytes(b'{"a":[' * 100_000),
    "deep TOML": lambda file: file.write_bytes(b"a = " + b"[" * 100_000),
    "a deep table": lambda file: file.write_bytes(b"[" + b"a." * 100_000 + b"a]"),
    "nothing": lambda file: file.touch(),
    "one long line": lambda file: file.write_bytes(b"x" * 2_000_000),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_file_or_a_strange_one_holds_nothing_up(kind: str, tmp_path: Path) -> None:
    for name, put in STRANGE.items():
        root = tmp_path / name.replace(" ", "-")
        root.mkdir()
        look_at(KINDS[kind], root, put)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_link_leads_to_outside_stays_as_it_is(kind: str, tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    root.mkdir()
    outside.write_bytes(KINDS[kind].whole())
    look_at(KINDS[kind], root, lambda file: file.symlink_to(outside))
    written_through = {"settings"}  # a link into somebody's collection of dotfiles
    if kind not in written_through:
        assert outside.read_bytes() == KINDS[kind].whole()
    assert {path.name for path in tmp_path.iterdir()} == {"outside", "root"}
