"""Every file that Salon reads, broken at random: told or left out, never a crash, never anything outside its folder.

``SALON_FUZZ_EXAMPLES`` sets how many broken files each kind sees (the suite's default is small).
"""

import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salon.chat.draft import Draft
from salon.claude.credentials import find_credentials
from salon.errors import SalonError
from salon.keymap import load_keys
from salon.paths import Paths
from salon.saved_prompts import load_saved_prompts
from salon.settings import load_settings
from salon.store.files import OperatingSystem
from salon.store.importing.importer import Importer
from salon.store.importing.shelf import Shelf
from salon.store.importing.sources import Origin
from salon.store.index import SearchIndex
from salon.store.library import FileLibrary
from salon.store.stash import Stash
from salon.themes import load_themes

_EXAMPLES = int(os.environ.get("SALON_FUZZ_EXAMPLES", "40"))
AN_ID = "01kancy2vpb3yjdrvqjxga6h00"
SPLICES = [b"\0", b"\xff", b"\xed\xa0\x80", b"[" * 3000, b'{"a":' * 3000, b"9" * 5000, b"1e999", b"-1", b"null", b"NaN"]
SPLICES += [
    b"../../x",
    b"\n",
    b'"',
    b"\\ud800",
    b"\x1b]0;hacked\x07",
    b"true",
    b"{}",
    b"[]",
    b'""',
    b"0x" + b"f" * 5000,
]


@st.composite
def mutations(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Some cuts, swaps and insertions, at places given as fractions of the file's length."""
    fraction = st.integers(0, 9_999)
    changes = draw(st.lists(st.tuples(fraction, fraction, st.sampled_from([*SPLICES, b""])), min_size=1, max_size=4))

    def mutate(data: bytes) -> bytes:
        for begins, removed, put_in in changes:
            at = begins * len(data) // 10_000
            data = data[:at] + put_in + data[at + removed % 40 :]
        return data

    return mutate


SESSION = (
    f'{{"v":1,"k":"head","id":"{AN_ID}","min":1}}\n{{"v":1,"k":"set","key":"title","value":"A title"}}\n'
    '{"v":1,"k":"msg","id":"a","parent":null,"role":"user","content":[{"type":"text","text":"words"}]}\n'
    '{"v":1,"k":"open","id":"b","parent":"a","model":"claude-x"}\n'
    '{"v":1,"k":"part","of":"b","n":0,"events":[{"type":"message_start","message":{"id":"m","content":[],'
    '"usage":{"input_tokens":1}}}]}\n'
    '{"v":1,"k":"close","of":"b","status":"complete","content":[{"type":"text","text":"x"}],"usage":{"output_tokens":1}}\n'
    '{"v":1,"k":"note","id":"c","of":"b","text":"mine"}\n{"v":1,"k":"leaf","of":"b"}\n'
).encode()
DRAFT = b'{"v":1,"text":"x [pasted #1: 3 lines]","pastes":["a"],"queued":[{"text":"q"}],"purpose":{"aim":"note"}}'
CHATGPT = (
    b'[{"title":"t","create_time":1.5,"current_node":"b","mapping":{"a":{"id":"a","parent":null,"children":["b"]},'
    b'"b":{"id":"b","parent":"a","message":{"author":{"role":"user"},"content":{"parts":["w"]},"create_time":2}}}}]'
)
TOML = b'theme = "salon-dark"\n[roles]\ntext = "#ffffff"\ncode.keyword = "ansi_blue"\n[chat]\nsend = ["ctrl+s"]\n'
PROMPTS = b'[[prompts]]\nname = "one"\ntext = """\n{{gap}}\n"""\n[[prompts]]\nname = "two"\ntext = "x"\n'


def in_places(root: Path) -> Paths:
    return Paths(root / "config", root / "state", root / "cache")


def library_with(root: Path, data: bytes) -> FileLibrary:
    library = FileLibrary(in_places(root))
    place = in_places(root).sessions / "2026-11" / f"{AN_ID}.jsonl"
    place.parent.mkdir(parents=True)
    place.write_bytes(data)
    return library


def read_session(root: Path, data: bytes) -> None:
    library = library_with(root, data)
    for session in library.list():
        library.read(session.id)
    index = SearchIndex(in_places(root))
    try:
        index.refresh()
        index.settle(10)
        index.find("words ")
    finally:
        index.close()


def read_draft(root: Path, data: bytes) -> None:
    library = library_with(root, SESSION)
    in_places(root).drafts.mkdir(parents=True)
    (in_places(root).drafts / f"{AN_ID}.json").write_bytes(data)
    assert isinstance(library.load_draft(AN_ID), Draft)


def read_stash(root: Path, data: bytes) -> None:
    file = root / "stash.json"
    file.write_bytes(b'{"v":1,"drafts":[' + data + b"]}")
    Stash(file, OperatingSystem(), file.parent).load()


def read_toml(root: Path, data: bytes) -> None:
    for name in ("themes", "prompts"):
        (root / name).mkdir()
        (root / name / "own.toml").write_bytes(data)
    (root / "file.toml").write_bytes(data)
    told = [load_settings(root / "file.toml", {})[1], load_keys(root / "file.toml", "")[1]]
    told += [load_themes([root / "themes"])[1], load_saved_prompts(root / "prompts")[1]]
    assert all(str(root) in sentence for problems in told for sentence in problems)


def read_credentials(root: Path, data: bytes) -> None:
    file = root / "credentials.toml"
    file.write_bytes(b'[keys]\n"127.0.0.1" = "' + data + b'"\n')
    find_credentials({"HOME": str(root)}, file, host="127.0.0.1")


def read_import(root: Path, data: bytes) -> None:
    paths = in_places(root)
    for name in ("conversations.json", f"{AN_ID}.jsonl", "x.zip"):
        (root / name).write_bytes(data)
        Importer(Shelf(FileLibrary(paths), paths), lambda _: True).run([root / name], Origin("auto"))


@cache
def a_cache(name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        read_session(Path(folder), SESSION)
        FileLibrary(in_places(Path(folder))).list()
        return (Path(folder) / "cache" / name).read_bytes()


def read_caches(root: Path, data: bytes) -> None:
    for name in ("listing.sqlite3", "search.sqlite3"):
        (root / "cache").mkdir(parents=True, exist_ok=True)
        (root / "cache" / name).write_bytes(data)
    read_session(root, SESSION)
    assert [session.id for session in FileLibrary(in_places(root)).list()] == [AN_ID]


KINDS: dict[str, tuple[Callable[[], bytes], Callable[[Path, bytes], None]]] = {
    "a session": (lambda: SESSION, read_session),
    "a draft": (lambda: DRAFT, read_draft),
    "what was put aside": (lambda: DRAFT, read_stash),
    "settings, keys, a theme": (lambda: TOML, read_toml),
    "saved prompts": (lambda: PROMPTS, read_toml),
    "the saved key": (lambda: b"sk-ant-key", read_credentials),
    "an export of ChatGPT": (lambda: CHATGPT, read_import),
    "a session from elsewhere": (lambda: SESSION, read_import),
    "the listing's cache": (lambda: a_cache("listing.sqlite3"), read_caches),
    "the index": (lambda: a_cache("search.sqlite3"), read_caches),
}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=_EXAMPLES, deadline=None, derandomize=_EXAMPLES == 40, suppress_health_check=list(HealthCheck))
@given(mutations())
def test_a_broken_file_is_told_or_left_out(kind: str, mutate: Callable[[bytes], bytes]) -> None:
    whole, read = KINDS[kind]
    with tempfile.TemporaryDirectory(prefix="salon-") as folder:
        root = Path(folder) / "root"
        root.mkdir()
        try:
            read(root, mutate(whole()))
        except SalonError as error:
            assert error.sentence()
        assert [path.name for path in Path(folder).iterdir()] == ["root"], "nothing is written outside"


@pytest.mark.parametrize("kind", ["settings, keys, a theme", "the saved key"])
def test_a_pipe_and_a_loop_of_links_hold_nothing_up(kind: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    with (tmp_path / "sparse.toml").open("wb") as sparse:
        sparse.truncate(1 << 40)
    for name in ("pipe.toml", "loop.toml", "sparse.toml"):
        file = tmp_path / name
        if kind == "the saved key":
            with pytest.raises(SalonError, match="cannot be read"):
                find_credentials({"HOME": str(tmp_path)}, file)
        else:
            assert load_settings(file, {})[1]
            assert load_keys(file, "")[1]
