"""A chat as a file: what is in it, what cannot get out of it, and the way back."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports import Shelves
from salon.chat.blocks import text_block
from salon.chat.conversation import Conversation, Message, Status, conversation_of
from salon.chat.model import ModelInfo
from salon.claude.models import known
from salon.errors import StoreError, UsageError
from salon.store.exporting import Format, Wanted, export, suggested_name, write_new
from salon.store.importing.planning import message_id
from salon.store.importing.salon_files import read_export
from salon.store.importing.shelf import Outcome, Shelf

SESSION = "01m827ksw711kva3g43txt7hcj"
USAGE = {"input_tokens": 1_000_000, "output_tokens": 1_000}


def said(own_id: str, parent: str | None, role: str, *blocks: Any, **more: Any) -> Message:
    content = tuple(text_block(block) if isinstance(block, str) else block for block in blocks)
    created = "2026-11-03T10:21:00.000Z"
    who: Any = role
    return Message(id=own_id, parent=parent, role=who, content=content, created=created, **more)


def chat() -> Conversation:
    thought = {"type": "thinking", "thinking": "It must scatter.", "signature": "c2ln"}
    search = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "sky"}}
    found = {"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"title": "Sky", "url": "https://a.b"}]}
    cited = {"type": "text", "text": "It *scatters*.", "citations": [{"url": "https://a.b", "title": "Sky"}]}
    picture = {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": "AA=="},
        "salon": {"name": "sky.png"},
    }
    messages = [
        said("a", None, "user", picture, "Why is the sky blue?"),
        said("b", "a", "assistant", thought, search, found, cited, model="claude-sonnet-5-5", usage=USAGE),
        said("c", "b", "user", "And on Mars?"),
        said("d", "a", "assistant", "Another answer", model="claude-sonnet-5-5", status=Status.STOPPED),
    ]
    return conversation_of(SESSION, messages, leaf="c", settings={"title": "The <sky>", "model": "m"})


def written(wanted_format: Format, conversation: Conversation | None = None, **wanted: Any) -> str:
    return export(conversation or chat(), Wanted(format=wanted_format, **wanted), known)


READABLE = [Format.MARKDOWN, Format.HTML, Format.TEXT]


@pytest.mark.parametrize("wanted_format", READABLE)
def test_a_readable_export_has_the_branch_with_names_dates_attachments_and_sources(wanted_format: Format) -> None:
    text = written(wanted_format)
    for words in (
        "Why is the sky blue?",
        "And on Mars?",
        "Picture: sky.png",
        "web_search",
        "https://a.b",
        "2026-11-03",
    ):
        assert words in text, words
    assert known("claude-sonnet-5-5").label in text
    for words in ("It must scatter.", "Another answer", "$"):
        assert words not in text, words


@pytest.mark.parametrize("wanted_format", READABLE)
def test_thinking_costs_and_other_branches_come_when_they_are_wanted(wanted_format: Format) -> None:
    text = written(wanted_format, thinking=True, costs=True, whole=True)
    for words in ("It must scatter.", "Another answer", "variant 2 of 2", "stopped", "1,000,000 tokens in", "$"):
        assert words in text, words
    assert "Another answer" in written(wanted_format, branch="d")
    assert "And on Mars?" not in written(wanted_format, branch="d")


def test_what_is_not_there_cannot_be_exported() -> None:
    with pytest.raises(UsageError, match="no message"):
        written(Format.TEXT, branch="zz")
    with pytest.raises(UsageError, match="nothing to export"):
        written(Format.TEXT, conversation_of(SESSION, ()))


def test_a_code_block_that_was_cut_does_not_swallow_the_rest_of_the_document() -> None:
    cut = conversation_of(
        SESSION,
        [
            said("a", None, "user", "Hi"),
            said("b", "a", "assistant", "````py\nx = 1\n```"),
            said("c", "b", "user", "Go on"),
        ],
    )
    text = written(Format.MARKDOWN, cut)
    assert "```\n````\n\n## You" in text


def test_a_result_with_fences_in_it_stays_in_its_own() -> None:
    result = {"type": "tool_result", "tool_use_id": "x", "content": "```\n# not a heading\n```"}
    text = written(Format.MARKDOWN, conversation_of(SESSION, [said("b", None, "assistant", result)]))
    assert "````\n```\n# not a heading\n```\n````" in text


class Seen(HTMLParser):
    """Every tag and attribute of a document."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))


STRUCTURE = "html head meta title style body header main article details summary div span"
WORDS = "h1 h2 h3 h4 h5 h6 p b pre code a ol ul li em strong s blockquote table thead tbody tr th td hr br"
HARMLESS = {*STRUCTURE.split(), *WORDS.split()}

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>)",
    "[x](vbscript:x)",
    '<https://ok.example/"onmouseover=alert(1)>',
    '[a](https://x.example/" onclick="alert(1))',
    "</style><script>x</script>",
    "\x1b]0;owned\x07 \u202egnp.exe",
    "| a |\n|:-:|\n| <b>x</b> |",
    "&lt;script&gt; &#60;script&#62;",
]


def assert_safe(source: str) -> None:
    for tag, attributes in Seen(source).tags:
        assert tag in HARMLESS, tag
        for name, value in attributes.items():
            assert not name.startswith("on") and name not in {"src", "style"}, (tag, name)
            if name == "href":
                assert value.startswith(("http://", "https://", "mailto:")), value
                assert "noreferrer" in attributes["rel"]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", source)


@given(st.lists(st.sampled_from(HOSTILE) | st.text(), min_size=1, max_size=4).map("\n".join))
@settings(max_examples=60, deadline=None)
def test_nothing_in_a_chat_becomes_more_than_text_and_harmless_links_in_html(words: str) -> None:
    source = {"type": "text", "text": words, "citations": [{"url": words, "title": words}]}
    tool = {"type": "tool_use", "id": "t", "name": words, "input": {words: words}}
    thought = {"type": "thinking", "thinking": words}
    document = {"type": "document", "title": words, "source": {}}
    messages = [
        said("a", None, "user", document, words),
        said("b", "a", "assistant", thought, source, tool, model=words),
    ]
    hostile = conversation_of(SESSION, messages, settings={"title": words})
    assert_safe(written(Format.HTML, hostile, thinking=True))


def test_the_html_lets_nothing_be_fetched_or_run() -> None:
    policies = [
        attributes["content"]
        for tag, attributes in Seen(written(Format.HTML)).tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies[0].startswith("default-src 'none'; style-src 'sha256-")


# the way back

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=6,
)
BLOCKS = st.one_of(
    TEXTS.map(text_block),
    st.builds(
        lambda kind, rest: rest | {"type": kind},
        st.sampled_from(["thinking", "tool_use", "image", "odd"]),
        st.dictionaries(TEXTS, JSON_VALUES, max_size=3),
    ),
)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    messages: list[Message] = []
    for number in range(draw(st.integers(1, 8))):
        parent = draw(st.sampled_from([None, *(message.id for message in messages)]))
        answers = draw(st.booleans())
        content = tuple(draw(st.lists(BLOCKS, max_size=3)))
        created = f"2026-11-22T10:00:{number:02}.000Z"
        if not answers:
            seam = draw(st.sampled_from(["", "continue"]))
            messages.append(
                Message(id=f"m{number}", parent=parent, role="user", content=content, created=created, seam=seam)
            )
            continue
        messages.append(
            Message(
                id=f"m{number}",
                parent=parent,
                role="assistant",
                content=content,
                created=created,
                status=draw(st.sampled_from([status for status in Status if status is not Status.OPEN])),
                model=draw(TEXTS),
                stop_reason=draw(st.none() | st.just("end_turn")),
                usage=draw(st.just({}) | st.just(USAGE)),
                request_id=draw(TEXTS),
                fault=draw(st.none() | st.just({"what": "It failed.", "kind": "dropped"})),
                unfinished=draw(st.just(()) | st.just((0,))),
                extra=draw(st.dictionaries(TEXTS.filter(lambda key: key != "status"), JSON_VALUES, max_size=2)),
                source=draw(st.sampled_from(["", "chatgpt"])),
                timing=draw(st.just({}) | st.just({"total": 1.5})),
            )
        )
    return conversation_of(
        SESSION,
        messages,
        leaf=draw(st.sampled_from([message.id for message in messages])),
        settings={"title": draw(TEXTS.filter(str.strip)), "system": "Be kind.", "tags": ["a"]},
    )


@given(conversations())
@settings(max_examples=80, deadline=None)
def test_json_out_and_in_again_is_the_same_chat(tmp_path_factory: Any, conversation: Conversation) -> None:
    folder = tmp_path_factory.mktemp("round")
    library = Shelves(folder)
    foreign = read_export(json.loads(written(Format.JSON, conversation, whole=True)))
    shelved = Shelf(library, library.paths).put(foreign)
    assert (shelved.outcome, shelved.messages) == (Outcome.NEW, len(conversation.messages))
    back = library.read(shelved.session_id)
    ids = {own_id: message_id(foreign, own_id) for own_id in conversation.messages}
    expected = {
        ids[own_id]: replace(message, id=ids[own_id], parent=ids.get(message.parent or ""))
        for own_id, message in conversation.messages.items()
    }
    assert dict(back.messages) == expected
    assert list(back.messages) == list(expected)
    assert back.leaf == ids[conversation.leaf or ""]
    assert {key: value for key, value in back.settings.items() if key != "source"} == {
        **conversation.settings,
        "title": conversation.title[:300],
    }


def test_attachments_go_along_in_json_and_damaged_ones_are_told(tmp_path: Path) -> None:
    here, there = Shelves(tmp_path / "here"), Shelves(tmp_path / "there")
    digest = here.blobs.put(b"a picture" * 1_000)
    picture = {"type": "image", "source": {"type": "salon_blob", "sha256": digest, "media_type": "image/png"}}
    text = export(
        conversation_of(SESSION, [said("a", None, "user", picture)]), Wanted(format=Format.JSON), known, here.blobs
    )
    Shelf(there, there.paths).put(read_export(json.loads(text)))
    assert there.blobs.get(digest) == b"a picture" * 1_000
    bent = json.loads(text)
    bent["blobs"] = {digest: "AAAA", "../../x": "AAAA"}
    foreign = read_export(bent)
    assert (foreign.blobs, foreign.skipped["damaged attachments"]) == ({}, 2)


def test_a_file_from_elsewhere_sets_nothing_that_acts(tmp_path: Path) -> None:
    evil = conversation_of(
        SESSION,
        [said("a", None, "user", "Hi")],
        settings={"title": "T", "tools": ["shell"], "base_url": "https://evil.example"},
    )
    library = Shelves(tmp_path)
    shelved = Shelf(library, library.paths).put(read_export(json.loads(written(Format.JSON, evil))))
    settings = library.read(shelved.session_id).settings
    assert settings.keys() == {"title", "source"}
    assert settings["source"]["settings"] == {"tools": ["shell"], "base_url": "https://evil.example"}


# files


def test_an_export_never_writes_over_anything(tmp_path: Path) -> None:
    place = tmp_path / "chat.md"
    assert write_new(place, "one") == place
    assert write_new(place, "two") == tmp_path / "chat-2.md"
    (tmp_path / "chat-3.md").symlink_to(tmp_path / "elsewhere")
    assert write_new(place, "four") == tmp_path / "chat-4.md"
    assert place.read_text() == "one"
    assert not (tmp_path / "elsewhere").exists()
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("chat*.md") if not path.is_symlink()} == {0o600}
    assert not list(tmp_path.glob(".salon-*"))
    with pytest.raises(StoreError, match="no folder"):
        write_new(tmp_path / "nowhere" / "x.md", "text")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Why is the sky blue?", "why-is-the-sky-blue.md"),
        ("../../etc/passwd", "etc-passwd.md"),
        ("CON", "chat.md"),
        ("\x1b[2J", "2j.md"),
        ("", "chat.md"),
        ("日本語", "日本語.md"),
        ("a" * 200, "a" * 80 + ".md"),
    ],
)
def test_a_title_becomes_a_file_name_that_is_no_path(title: str, name: str) -> None:
    assert suggested_name(title, "md") == name


def test_an_unknown_model_has_its_own_name_and_no_price() -> None:
    only = conversation_of(SESSION, [said("b", None, "assistant", "Hi", model="gpt-5", usage=USAGE)])
    text = export(only, Wanted(costs=True), lambda model_id: ModelInfo(id=model_id))
    assert "gpt-5" in text and "$" not in text
