"""The rules of history, as tables: what of a path is sent, and what is asked for beside it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.chat.conversation import Message, Status
from salon.chat.model import ModelInfo
from salon.chat.request import (
    THINKING_DROPPED,
    build,
    continuation_prompt,
    mended,
    repaired,
)

MODEL = ModelInfo(
    id="claude-sonnet-5-5",
    max_output=128_000,
    thinking=frozenset({"adaptive"}),
    efforts=("low", "high"),
    caching=True,
)
THOUGHT = {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"}
REDACTED = {"type": "redacted_thinking", "data": "x"}
SEARCH = {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "x"}}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "s1", "content": []}
CALL = {"type": "tool_use", "id": "t1", "name": "look", "input": {}}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def chain(*messages: tuple[str, list[dict[str, Any]], Status, tuple[int, ...]]) -> list[Message]:
    path: list[Message] = []
    for number, (role, content, status, unfinished) in enumerate(messages):
        parent = path[-1].id if path else None
        path.append(
            Message(
                id=f"m{number}",
                parent=parent,
                role="user" if role == "user" else "assistant",
                content=tuple(content),
                status=status,
                unfinished=unfinished,
            )
        )
    return path


def user(words: str) -> tuple[str, list[dict[str, Any]], Status, tuple[int, ...]]:
    return ("user", [text(words)], Status.COMPLETE, ())


def answer(
    *blocks: dict[str, Any], status: Status = Status.COMPLETE, unfinished: tuple[int, ...] = ()
) -> tuple[str, list[dict[str, Any]], Status, tuple[int, ...]]:
    return ("assistant", list(blocks), status, unfinished)


def sent(*messages: tuple[str, list[dict[str, Any]], Status, tuple[int, ...]], **options: Any) -> list[Any]:
    body = build(chain(*messages), model=MODEL, **options).body
    return [(message["role"], message["content"]) for message in body["messages"]]


HISTORIES: list[tuple[str, list[Any], list[Any]]] = [
    ("one question", [user("a")], [("user", [text("a")])]),
    (
        "blocks go back as they came",
        [user("a"), answer(THOUGHT, REDACTED, SEARCH, FOUND, text("b ")), user("c")],
        [
            ("user", [text("a")]),
            ("assistant", [THOUGHT, REDACTED, SEARCH, FOUND, text("b ")]),
            ("user", [text("c")]),
        ],
    ),
    (
        "a refused turn leaves with its prompt",
        [user("a"), answer(text("b")), user("bad"), answer(text("I ca"), status=Status.REFUSED), user("c")],
        [("user", [text("a")]), ("assistant", [text("b")]), ("user", [text("c")])],
    ),
    (
        "a cut answer loses its unfinished thinking and its trailing blanks",
        [user("a"), answer(THOUGHT, text("b \n"), status=Status.INTERRUPTED, unfinished=(1,)), user("c")],
        [("user", [text("a")]), ("assistant", [THOUGHT, text("b")]), ("user", [text("c")])],
    ),
    (
        "unsigned thinking alone is no answer",
        [user("a"), answer(THOUGHT, status=Status.STOPPED, unfinished=(0,)), user("c")],
        [("user", [text("a")]), ("user", [text("c")])],
    ),
    (
        "nor is signed thinking alone",
        [user("a"), answer(THOUGHT, status=Status.STOPPED), user("c")],
        [("user", [text("a")]), ("user", [text("c")])],
    ),
    (
        "a tool use without its result is dropped",
        [user("a"), answer(text("b"), CALL), user("c")],
        [("user", [text("a")]), ("assistant", [text("b")]), ("user", [text("c")])],
    ),
    (
        "a server's tool use that was cut is dropped",
        [user("a"), answer(text("b"), SEARCH, status=Status.STOPPED, unfinished=(1,)), user("c")],
        [("user", [text("a")]), ("assistant", [text("b")]), ("user", [text("c")])],
    ),
    (
        "an empty answer and blank text are left out",
        [user("a"), answer(status=Status.ERROR), user("  "), answer(text(" \n")), user("c")],
        [("user", [text("a")]), ("user", [text("c")])],
    ),
    (
        "an answer stopped in blanks",
        [user("a"), answer(text("  "), status=Status.STOPPED, unfinished=(0,)), user("c")],
        [("user", [text("a")]), ("user", [text("c")])],
    ),
    (
        "lone surrogates are replaced, pairs joined",
        [user("a\ud800b \ud83d\ude00")],
        [("user", [text("a�b 😀")])],
    ),
]


@pytest.mark.parametrize(("name", "path", "history"), HISTORIES, ids=[row[0] for row in HISTORIES])
def test_what_of_a_path_is_sent(name: str, path: list[Any], history: list[Any]) -> None:
    assert sent(*path) == history


def test_blocks_are_not_copied_without_need() -> None:
    assert sent(user("a"), answer(THOUGHT, text("b")), user("c"))[1][1][0] is THOUGHT


def test_a_file_name_that_is_no_utf8_can_be_sent() -> None:
    source = {"type": "text", "media_type": "text/plain", "data": "x"}
    document = {"type": "document", "title": "caf\udce9.txt", "source": source}
    [(_, [block])] = sent(("user", [document], Status.COMPLETE, ()))
    assert block == {**document, "title": "caf\ufffd.txt"}
    assert block["source"] is source


@pytest.mark.parametrize("path", [[], [user(" ")], [user("a"), answer(text("b"))]])
def test_a_request_must_end_with_something_asked(path: list[Any]) -> None:
    with pytest.raises(ValueError, match="must be a user message"):
        sent(*path)


def test_a_refused_last_turn_cannot_be_sent_again_by_itself() -> None:
    with pytest.raises(ValueError, match="must be a user message"):
        sent(user("bad"), answer(status=Status.REFUSED))


def body_of(**options: Any) -> dict[str, Any]:
    options = {"model": MODEL, **options}
    return dict(build(chain(user("a")), **options).body)


def test_what_a_known_model_on_anthropics_host_is_asked_for() -> None:
    assert body_of(system="Be brief.", effort="high") == {
        "model": "claude-sonnet-5-5",
        "max_tokens": 32_000,
        "messages": [{"role": "user", "content": [text("a")]}],
        "system": "Be brief.",
        "thinking": {"type": "adaptive", "display": "summarized"},
        "output_config": {"effort": "high"},
        "cache_control": {"type": "ephemeral"},
    }


def test_what_an_unknown_model_or_host_is_asked_for() -> None:
    plain = {"max_tokens": 32_000, "messages": [{"role": "user", "content": [text("a")]}], "system": "s"}
    assert body_of(anthropic_host=False, effort="high", system="s") == {"model": "claude-sonnet-5-5", **plain}
    unknown = body_of(model=ModelInfo(id="qwen"), effort="high", system="s")
    assert unknown == {**plain, "model": "qwen", "max_tokens": 8192}


@pytest.mark.parametrize(
    ("options", "key", "value"),
    [
        ({"max_tokens": 100}, "max_tokens", 100),
        ({"model": ModelInfo(id="x", max_output=4096)}, "max_tokens", 4096),
        ({"show_thinking": False}, "thinking", {"type": "adaptive", "display": "omitted"}),
        ({"effort": "max"}, "output_config", None),
        ({"system": " \n"}, "system", None),
        ({"system": "a\udc00"}, "system", "a�"),
    ],
)
def test_settings(options: dict[str, Any], key: str, value: object) -> None:
    assert body_of(**options).get(key) == value


# Thinking is bound to what it was made after.


def talk(*prompts: str, system: str = "") -> list[Message]:
    """A path of prompts, each with an answer that thought, asked for one after the other as a session does."""
    path: list[Message] = []
    for number, words in enumerate(prompts):
        parent = path[-1].id if path else None
        path.append(Message(id=f"q{number}", parent=parent, role="user", content=(text(words),)))
        thought = {"type": "thinking", "thinking": f"Hm {number}.", "signature": f"s{number}"}
        asked = build(path, model=MODEL, system=system)
        path.append(
            Message(
                id=f"a{number}",
                parent=f"q{number}",
                role="assistant",
                content=(thought, text(f"answer {number}")),
                prefix=asked.prefix,
            )
        )
    return path


def signatures(path: list[Message], **options: Any) -> list[str]:
    """The signatures of the thinking that would go along with one more prompt."""
    more = Message(id="q", parent=path[-1].id, role="user", content=(text("more"),))
    messages = build([*path, more], model=MODEL, **options).body["messages"]
    return [block["signature"] for message in messages for block in message["content"] if "signature" in block]


def test_thinking_after_the_same_messages_goes_back() -> None:
    assert signatures(talk("a", "b", "c")) == ["s0", "s1", "s2"]
    assert signatures(talk("a", "b", system="Be brief."), system="Be brief.") == ["s0", "s1"]
    assert signatures(talk("a", "b"), system=" \n") == ["s0", "s1"]


def test_thinking_after_other_instructions_is_left_out_and_said() -> None:
    path = talk("a", "b", system="Be brief.")
    more = Message(id="q", parent="a1", role="user", content=(text("more"),))
    request = build([*path, more], model=MODEL, system="Be long.")
    assert request.body["messages"] == [
        {"role": "user", "content": [text("a")]},
        {"role": "assistant", "content": [text("answer 0")]},
        {"role": "user", "content": [text("b")]},
        {"role": "assistant", "content": [text("answer 1")]},
        {"role": "user", "content": [text("more")]},
    ]
    assert request.notices == (THINKING_DROPPED,)
    assert build(talk("a")[:1], model=MODEL, system="x").notices == ()


def test_thinking_after_a_message_that_was_deleted_is_left_out_and_before_it_stays() -> None:
    path = talk("a", "b", "c")
    assert signatures([*path[:2], *path[3:]]) == ["s0"]
    assert signatures([*path[:3], *path[4:]]) == ["s0"]
    assert signatures(path[2:]) == []


def test_thinking_that_was_made_after_a_deletion_goes_along_until_that_is_undone() -> None:
    whole = talk("a", "b")
    cut = whole[2:]
    question = Message(id="q2", parent="a1", role="user", content=(text("c"),))
    asked = build([*cut, question], model=MODEL)
    thought = {"type": "thinking", "thinking": "New.", "signature": "new"}
    new = Message(id="a2", parent="q2", role="assistant", content=(thought, text("d")), prefix=asked.prefix)
    assert signatures([*cut, question, new]) == ["new"]
    assert signatures([*whole, question, new]) == ["s0", "s1"]


def test_another_model_or_effort_changes_nothing_that_thinking_is_bound_to() -> None:
    path = talk("a")[:1]
    prefixes = {
        build(path, model=model, effort=effort, max_tokens=size).prefix
        for model, effort, size in ((MODEL, "low", 5), (MODEL, None, None), (ModelInfo(id="other"), "high", 7))
    }
    assert len(prefixes) == 1


def test_thinking_of_which_nobody_knows_what_was_before_it_goes_along() -> None:
    path = chain(user("a"), answer(THOUGHT, text("b"), REDACTED), user("c"))
    assert build(path, model=MODEL).body["messages"][1]["content"] == [THOUGHT, text("b"), REDACTED]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_other_content_has_another_fingerprint(value: Any) -> None:
    one, other = ({"type": "odd", "value": each} for each in (value, [value]))
    prefixes = [build(chain(("user", [block], Status.COMPLETE, ())), model=MODEL).prefix for block in (one, other)]
    assert prefixes[0] != prefixes[1]


def test_continuing_quotes_the_end_of_the_answer() -> None:
    prompt = continuation_prompt("x" * 500 + "the end \n")
    assert "It ended with:\n\n" + "x" * 193 + "the end\n\n" in prompt
    assert prompt.endswith("do not comment on the interruption.")


def test_a_refused_history_is_reduced_to_what_was_said() -> None:
    body = dict(build(chain(user("a"), answer(THOUGHT, SEARCH, FOUND, text("b")), user("c")), model=MODEL).body)
    mended_body = repaired(body)
    assert mended_body is not None
    assert mended_body["messages"][1]["content"] == [text("b")]
    assert mended_body["model"] == body["model"]
    assert repaired(mended_body) is None


@given(st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_sent(words: str) -> None:
    whole = mended(words)
    whole.encode()
    assert mended(whole) == whole
    assert words.isprintable() is False or whole == words or not words.isascii()


statuses = st.sampled_from(list(Status))
blocks = st.lists(st.sampled_from([THOUGHT, REDACTED, SEARCH, FOUND, CALL, text("b"), text(" "), text("\ud800")]))


@given(st.lists(st.tuples(blocks, statuses, st.lists(st.integers(0, 4))), max_size=6))
def test_no_history_breaks_the_rules(answers: list[tuple[list[dict[str, Any]], Status, list[int]]]) -> None:
    turns: list[Any] = []
    for content, status, unfinished in answers:
        turns += [user("q"), answer(*content, status=status, unfinished=tuple(unfinished))]
    messages = sent(*turns, user("last"))
    assert messages[-1] == ("user", [text("last")])
    for role, content in messages:
        assert content
        assert all(block.get("text", "x").strip() for block in content)
        used = {block["id"] for block in content if block["type"].endswith("tool_use")}
        results = {block["tool_use_id"] for block in content if block["type"].endswith("tool_result")}
        assert used <= results
        assert role == "user" or any(block["type"] not in ("thinking", "redacted_thinking") for block in content)


def test_a_schema_is_asked_for_beside_the_effort_and_of_any_host() -> None:
    schema = {"type": "object"}
    wanted = {"type": "json_schema", "schema": schema}
    model = ModelInfo(id="m", efforts=("low",))
    said = [Message(id="1", parent=None, role="user", content=({"type": "text", "text": "hi"},))]
    body = build(said, model=model, effort="low", schema=schema).body
    assert body["output_config"] == {"effort": "low", "format": wanted}
    body = build(said, model=model, effort="low", schema=schema, anthropic_host=False).body
    assert body["output_config"] == {"format": wanted}


@pytest.mark.parametrize(
    ("cache", "asked"),
    [("5m", {"type": "ephemeral"}), ("1h", {"type": "ephemeral", "ttl": "1h"}), ("", None)],
)
def test_the_cache_is_asked_for_at_the_top_and_nowhere_else(cache: str, asked: dict[str, str] | None) -> None:
    body = build(chain(user("a"), answer(THOUGHT, text("b")), user("c")), model=MODEL, system="s", cache=cache).body
    assert body.get("cache_control") == asked
    assert "cache_control" not in str(body["messages"])
    assert body["system"] == "s"
