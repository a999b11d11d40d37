"""Every kind of file that Salon reads: where it lies, a sound one, and all that Salon does with it."""

import asyncio
import io
import json
import socket
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from exports import claude_chat, code_lines, gpt_chat
from salon.catalogue import Catalogue
from salon.chat import conversation as tree
from salon.chat import spending
from salon.chat.draft import Draft
from salon.chat.model import ModelInfo
from salon.chat.permission import Decision, Gatekeeper, Permission
from salon.chat.request import build
from salon.chat.tools import ToolCall
from salon.claude.credentials import find_credentials, save_key
from salon.claude.prices import load_prices
from salon.commands.place_checks import place_findings
from salon.errors import SalonError
from salon.headless import schema_in
from salon.keymap import load_keys
from salon.mcp.config import load_servers
from salon.mcp.servers import McpServers
from salon.paths import Paths
from salon.saved_prompts import load_saved_prompts
from salon.settings import load_settings
from salon.store.allowed_tools import AllowedTools
from salon.store.attaching import FileAttacher
from salon.store.exporting.exporter import export
from salon.store.exporting.selecting import Format, Wanted
from salon.store.files import OperatingSystem
from salon.store.importing.importer import Importer
from salon.store.importing.shelf import Shelf
from salon.store.index import SearchIndex
from salon.store.library import FileLibrary
from salon.store.modellists import ModelLists
from salon.store.settings_file import FileSettings
from salon.store.unused import unused_blobs
from salon.store.uses import FileUses
from salon.templates import load_templates
from salon.themes import ThemeFiles
from salon.words import load

AN_ID = "01kancy2vpb3yjdrvqjxga6h00"
HOST = "127.0.0.1"
CONTENT = b"what was attached"
DIGEST = sha256(CONTENT).hexdigest()
Look = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One of them. `look` does with it what Salon does; it may raise `SalonError`, which is told, and nothing else."""

    place: str
    whole: Callable[[], bytes]
    look: Look
    prepare: Look = lambda root: None
    """Puts what belongs to it beside it, before the file itself is there."""


def in_places(root: Path) -> Paths:
    return Paths(root / "config", root / "state", root / "cache")


def told_of(root: Path, problems: Sequence[str]) -> None:
    """Every sentence names the file that it is about."""
    assert [sentence for sentence in problems if str(root) not in sentence] == []


# chats

ATTACHED = {"type": "text", "source": {"type": "blob", "sha256": DIGEST, "media_type": "text/plain", "name": "a.txt"}}
RECORDS: list[dict[str, Any]] = [
    {"v": 1, "k": "head", "id": AN_ID, "min": 1},
    {"v": 1, "k": "set", "key": "title", "value": "A title"},
    {"v": 1, "k": "msg", "id": "a", "parent": None, "role": "user", "content": [{"type": "text", "text": "words"}]},
    {"v": 1, "k": "open", "id": "b", "parent": "a", "model": "claude-x"},
    {
        "v": 1,
        "k": "part",
        "of": "b",
        "n": 0,
        "events": [{"type": "message_start", "message": {"id": "m", "content": [], "usage": {"input_tokens": 1}}}],
    },
    {
        "v": 1,
        "k": "close",
        "of": "b",
        "status": "complete",
        "content": [{"type": "text", "text": "x"}, {"type": "tool_use", "id": "t", "name": "n", "input": {"a": 1}}],
        "usage": {"output_tokens": 1},
    },
    {"v": 1, "k": "note", "id": "c", "of": "b", "text": "mine"},
    {"v": 1, "k": "leaf", "of": "b"},
]
SESSION = "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in RECORDS).encode()
DRAFT = b'{"v":1,"text":"x [pasted #1: 3 lines]","pastes":["a"],"queued":[{"text":"q"}],"purpose":{"aim":"note"}}'
MONTH = "config/sessions/2026-11"


def put_session(root: Path) -> None:
    file = root / MONTH / f"{AN_ID}.jsonl"
    file.parent.mkdir(parents=True)
    file.write_bytes(SESSION)


def read_chats(root: Path) -> None:
    """Lists, searches, reads, exports, counts and asks about every chat."""
    library = FileLibrary(in_places(root))
    sessions = [*library.list(), *library.trashed()]
    spending.days(spending.ledger(sessions, lambda model: ModelInfo(id=model)))
    library.prompts()
    index = SearchIndex(in_places(root))
    try:
        index.refresh()
        index.settle(10)
        index.find("words ")
    finally:
        index.close()
    for session in library.list():
        conversation = library.read(session.id)
        for each in Format:
            export(conversation, Wanted(format=each), lambda model: ModelInfo(id=model), library.blobs)
        for message in conversation.messages.values():
            if message.role == "user" and message.text.strip():
                build(tree.path(conversation, message.id), model=ModelInfo(id="m"))


def change_chat(root: Path) -> None:
    """Opens it and writes to it, throws it away and takes it back."""
    library = FileLibrary(in_places(root))
    conversation, log = library.open(AN_ID)
    try:
        log.append({"k": "set", "key": "title", "value": "another"})
    finally:
        assert asyncio.run(log.close()) or conversation.notices
    for act in (library.compact, library.fork, library.trash, library.restore):
        with suppress(SalonError):
            act(AN_ID)
    library.list()


def read_again(root: Path) -> None:
    """What is kept of it in the caches is of the sound file; this is what became of that."""
    read_chats(root)
    file = root / MONTH / f"{AN_ID}.jsonl"
    if not file.is_symlink() and file.is_file() and file.stat().st_size < 10_000_000:
        data = file.read_bytes()
        for content in (SESSION, SESSION + data, data):
            file.write_bytes(content)
            read_chats(root)


def use_trash(root: Path) -> None:
    library = FileLibrary(in_places(root))
    for session in library.trashed():
        library.restore(session.id)
    read_chats(root)


def use_draft(root: Path) -> None:
    library = FileLibrary(in_places(root))
    library.list()
    assert isinstance(library.load_draft(AN_ID), Draft)
    library.save_draft(AN_ID, Draft("new"))


def use_stash(root: Path) -> None:
    stash = FileLibrary(in_places(root)).stash()
    stash.load()
    stash.push(Draft("new"))


def use_blob(root: Path) -> None:
    library = FileLibrary(in_places(root))
    unused_blobs(in_places(root))
    with suppress(SalonError):
        assert library.blobs.get(DIGEST) == CONTENT
    assert library.blobs.put(CONTENT) == DIGEST
    assert library.blobs.get(DIGEST) == CONTENT, "what was damaged is whole again"


def use_lock(root: Path) -> None:
    paths = in_places(root)
    list(place_findings(paths, FileLibrary(paths), paths.log_file))
    _, log = FileLibrary(paths).open(AN_ID)
    asyncio.run(log.close())


# caches


@cache
def a_cache(name: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        put_session(root)
        read_chats(root)
        return (root / "cache" / name).read_bytes()


def use_caches(root: Path) -> None:
    read_chats(root)
    assert [session.id for session in FileLibrary(in_places(root)).list()] == [AN_ID]
    paths = in_places(root)
    list(place_findings(paths, FileLibrary(paths), paths.log_file))


MODELS = {HOST: {"at": "2026-11-23T00:00:00Z", "models": [{"id": "claude-x", "display_name": "X", "max_tokens": 9}]}}


def use_models(root: Path) -> None:
    lists = ModelLists(in_places(root).models_file)
    Catalogue(lists, {}).info("claude-x")
    lists.load(HOST)
    lists.save(HOST, MODELS[HOST]["models"], 1.0)  # type: ignore[arg-type]


def use_uses(root: Path) -> None:
    uses = FileUses(OperatingSystem(), in_places(root).uses_file)
    uses.load()
    uses.note("search")
    uses.save()
    assert 0 <= uses.count("search") <= 9


def use_log(root: Path) -> None:
    paths = in_places(root)
    for finding in place_findings(paths, FileLibrary(paths), paths.log_file):
        assert finding.topic


# what a person writes

SETTINGS = b'theme = "salon-dark"\nmax_tokens = 900\nweb_allowed = "a.example"\n[mcp.files]\ncommand = ["x"]\n'
SERVERS = b'[mcp.files]\ncommand = ["x", "y"]\nenv = { LANG = "C" }\nallow = ["*"]\ntimeout = 5\n[mcp.web]\nurl = "https://x"\n'
KEYS = b'[chat]\nsend = ["ctrl+s"]\nquit = "f10"\n'
THEME = b'name = "own"\nlabel = "Own"\ndark = true\n[roles]\ntext = "#ffffff"\ncode.keyword = "ansi_blue"\n'
TEMPLATE = b'name = "Review"\nmodel = "claude-x"\nsystem = "s"\nprompt = "Review {{file}}."\ntemporary = false\n'
PROMPTS = b'[[prompts]]\nname = "one"\ntext = """\n{{gap}}\n"""\n[[prompts]]\nname = "two"\ntext = "x"\n'
PRICES = b'["claude-x"]\ninput = 1.8\noutput = 9\n[m]\ntiers = [{ up_to = 100_000, input = 0.1, output = 1 }]\n'


def use_settings(root: Path) -> None:
    file = in_places(root).settings_file
    told_of(root, load_settings(file, {})[1])
    FileSettings(file, {}).keep("theme", "salon-light")


def use_servers(root: Path) -> None:
    configs, problems = load_servers(in_places(root).settings_file, {"PATH": "/bin"})
    told_of(root, problems)
    McpServers(configs)


def use_credentials(root: Path) -> None:
    file = in_places(root).credentials_file
    found = find_credentials({"HOME": str(root)}, file, host=HOST)
    assert "sk-ant-key" not in repr(found)
    if found is not None:
        save_key(file, found.secret, HOST)


def use_schema(root: Path) -> None:
    assert isinstance(schema_in(root / "schema.json"), dict)


def a_translation() -> bytes:
    from babel.messages import Catalog
    from babel.messages.mofile import write_mo

    catalogue, made = Catalog(locale="de"), io.BytesIO()
    catalogue.add("Settings", "Einstellungen")
    catalogue.add(("{n} chat", "{n} chats"), ("{n} Chat", "{n} Chats"))
    write_mo(made, catalogue)
    return made.getvalue()


def use_translation(root: Path) -> None:
    words = load({"SALON_LANGUAGE": "de"}, lambda: (root / "config" / "locale",))
    told_of(root, [problem for problem in words.problems if not problem.startswith("SALON_LANGUAGE")])
    assert words.tr("Settings").isprintable()
    for number in (0, 1, 2, 5):
        assert words.plural("{n} chat", "{n} chats", number)


def use_profile(root: Path) -> None:
    find_credentials({"HOME": str(root)}, root / "none.toml", host=HOST)


def use_allowed(root: Path) -> None:
    """What a person allowed holds for the server it was said of, and is kept beside what was there."""
    allowed = AllowedTools(in_places(root).allowed_tools_file, in_places(root).locks)
    configs, _ = load_servers(in_places(root).settings_file, {})
    servers = McpServers(configs, allowed.load(), allowed.add)
    asyncio.run(_always(servers))


async def _always(servers: McpServers) -> None:
    async def ask(_: ToolCall) -> Decision:
        return Decision(Permission.ALWAYS)

    result = await Gatekeeper(servers, ask).call(ToolCall("1", "files__read", {}))
    assert result.is_error, "there is no such program"
    await servers.aclose()


def put_servers(root: Path) -> None:
    (root / "config").mkdir()
    (root / "config" / "config.toml").write_bytes(b'[mcp.files]\ncommand = ["/nothing/of/the/kind"]\n')


# what others have written


def use_import(root: Path) -> None:
    paths = in_places(root)
    Importer(Shelf(FileLibrary(paths), paths), lambda _: True).run([root / "given"])


def an_archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("conversations.json", json.dumps([gpt_chat()]))
        archive.writestr("users.json", "[]")
    return packed.getvalue()


def use_attachment(root: Path) -> None:
    blobs = FileLibrary(in_places(root)).blobs
    attacher = FileAttacher(root / "given")
    file = next(iter((root / "given").iterdir()))
    made = attacher.attach(blobs, file.name)
    for act in (lambda: attacher.text_of(blobs, made), lambda: attacher.mosaic(blobs, made, 4, 4)):
        with suppress(SalonError):
            act()


def a_picture() -> bytes:
    from PIL import Image

    drawn = io.BytesIO()
    Image.new("RGB", (5, 4), "red").save(drawn, "PNG")
    return drawn.getvalue()


PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
SCHEMA = b'{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}'
HELD = json.dumps({"pid": 1, "host": socket.gethostname(), "started": "x"}).encode()
EXPORTED = [{"salon": 1, "id": "s", "records": RECORDS[2:]}]

KINDS: dict[str, Kind] = {
    "a session": Kind(f"{MONTH}/{AN_ID}.jsonl", lambda: SESSION, read_chats),
    "a session that is written to": Kind(f"{MONTH}/{AN_ID}.jsonl", lambda: SESSION, change_chat),
    "a copy of a session": Kind(f"{MONTH}/{AN_ID} (1).jsonl", lambda: SESSION, change_chat, put_session),
    "what follows in a session": Kind(f"{MONTH}/{AN_ID}.jsonl", lambda: SESSION, read_again),
    "a session in the trash": Kind(f"config/trash/{AN_ID}.jsonl", lambda: SESSION, use_trash),
    "a draft in the trash": Kind(f"config/trash/{AN_ID}.json", lambda: DRAFT, use_trash),
    "a draft": Kind(f"config/drafts/{AN_ID}.json", lambda: DRAFT, use_draft, put_session),
    "what was put aside": Kind("config/stash.json", lambda: b'{"v":1,"drafts":[' + DRAFT + b"]}", use_stash),
    "a blob": Kind(f"config/blobs/{DIGEST[:2]}/{DIGEST}", lambda: CONTENT, use_blob, put_session),
    "a lock": Kind(f"state/locks/{AN_ID}.lock", lambda: HELD, use_lock, put_session),
    "the log": Kind("state/salon.log", lambda: b"2026-11-23 00:00:00,000 ERROR salon: x\n" * 9, use_log),
    "the listing's cache": Kind("cache/listing.sqlite3", lambda: a_cache("listing.sqlite3"), use_caches, put_session),
    "the index": Kind("cache/search.sqlite3", lambda: a_cache("search.sqlite3"), use_caches, put_session),
    "lists of models": Kind("cache/models.json", lambda: json.dumps(MODELS).encode(), use_models),
    "counts for hints": Kind("state/uses.json", lambda: b'{"search": 3, "copy": 1}', use_uses),
    "settings": Kind("config/config.toml", lambda: SETTINGS, use_settings),
    "tool servers": Kind("config/config.toml", lambda: SERVERS, use_servers),
    "allowed tools": Kind(
        "config/allowed-tools.txt", lambda: b"files__read 0123456789abcdef\n", use_allowed, put_servers
    ),
    "keys": Kind(
        "config/keys.toml", lambda: KEYS, lambda root: told_of(root, load_keys(in_places(root).keys_file, "")[1])
    ),
    "a theme": Kind(
        "config/themes/own.toml",
        lambda: THEME,
        lambda root: told_of(root, ThemeFiles([in_places(root).themes]).read()[1]),
    ),
    "a template": Kind(
        "config/templates/own.toml",
        lambda: TEMPLATE,
        lambda root: told_of(root, load_templates(in_places(root).templates)[1]),
    ),
    "saved prompts": Kind(
        "config/prompts/own.toml",
        lambda: PROMPTS,
        lambda root: told_of(root, load_saved_prompts(in_places(root).prompts)[1]),
    ),
    "a saved prompt": Kind(
        "config/prompts/own.md",
        lambda: b"Review {{file}}.\n",
        lambda root: told_of(root, load_saved_prompts(in_places(root).prompts)[1]),
    ),
    "prices": Kind(
        "config/prices.toml", lambda: PRICES, lambda root: told_of(root, load_prices(in_places(root).prices_file)[1])
    ),
    "the saved key": Kind(
        "config/credentials.toml", lambda: f'[keys]\n"{HOST}" = "sk-ant-key"\n'.encode(), use_credentials
    ),
    "the SDK's profile": Kind(".config/anthropic/active_config", lambda: b"work\n", use_profile),
    "a translation": Kind("config/locale/de/LC_MESSAGES/salon.mo", a_translation, use_translation),
    "a schema": Kind("schema.json", lambda: SCHEMA, use_schema),
    "an export of ChatGPT": Kind("given/conversations.json", lambda: json.dumps([gpt_chat()]).encode(), use_import),
    "an export of claude.ai": Kind(
        "given/conversations.json", lambda: json.dumps([claude_chat()]).encode(), use_import
    ),
    "a session of Claude Code": Kind(
        "given/s.jsonl", lambda: "".join(json.dumps(line) + "\n" for line in code_lines()).encode(), use_import
    ),
    "an export of Salon": Kind("given/chat.json", lambda: json.dumps(EXPORTED).encode(), use_import),
    "a session from elsewhere": Kind(f"given/{AN_ID}.jsonl", lambda: SESSION, use_import),
    "an archive": Kind("given/export.zip", an_archive, use_import),
    "a picture to attach": Kind("given/x.png", a_picture, use_attachment),
    "a PDF to attach": Kind("given/x.pdf", lambda: PDF, use_attachment),
    "a text to attach": Kind("given/x.txt", lambda: b"some words\n", use_attachment),
}
