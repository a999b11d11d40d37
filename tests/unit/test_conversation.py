"""A tree of messages in which nothing is overwritten."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salon.chat.blocks import text_block
from salon.chat.conversation import (
    Conversation,
    Message,
    Role,
    Status,
    add,
    at,
    conversation_of,
    path,
    prompts,
    select,
    siblings,
    status_of_reason,
    with_settings,
)


def said(an_id: str, parent: str | None, role: Role = "user", text: str = "", seam: str = "") -> Message:
    return Message(id=an_id, parent=parent, role=role, content=(text_block(text or an_id),), seam=seam)


TREE = conversation_of(
    "s",
    [
        said("q1", None),
        said("a1", "q1", "assistant"),
        said("a2", "q1", "assistant"),
        said("q2", "a2"),
        said("a3", "q2", "assistant"),
        said("q2b", "a2", text="edited"),
    ],
)


def ids(conversation: Conversation, leaf: str | None = None) -> list[str]:
    return [message.id for message in path(conversation, leaf)]


def test_the_last_message_written_is_the_leaf() -> None:
    assert TREE.leaf == "q2b"
    assert ids(TREE) == ["q1", "a2", "q2b"]


def test_another_leaf_shows_another_path() -> None:
    assert ids(TREE, "a3") == ["q1", "a2", "q2", "a3"]
    assert ids(at(TREE, "a1")) == ["q1", "a1"]


def test_a_leaf_that_is_not_there_falls_back_to_the_last_message() -> None:
    assert conversation_of("s", [said("q1", None)], leaf="gone").leaf == "q1"
    assert conversation_of("s", [], leaf="gone").leaf is None


def test_siblings_are_the_variants_oldest_first() -> None:
    assert siblings(TREE, "a2") == ("a1", "a2")
    assert siblings(TREE, "q2b") == ("q2", "q2b")
    assert siblings(TREE, "q1") == ("q1",)


def test_selecting_a_variant_goes_to_its_newest_leaf() -> None:
    assert select(TREE, "a1").leaf == "a1"
    assert select(TREE, "a2").leaf == "q2b"
    assert select(TREE, "q2").leaf == "a3"


def test_adding_leaves_the_earlier_conversation_alone() -> None:
    more = add(TREE, said("a4", "q2b", "assistant"))
    assert ids(more) == ["q1", "a2", "q2b", "a4"]
    assert TREE.leaf == "q2b"
    assert "a4" not in TREE.messages
    assert TREE.children.get("q2b") is None


def test_adding_the_same_message_again_replaces_it() -> None:
    more = add(TREE, said("q2b", "a2", text="again"))
    assert siblings(more, "q2b") == ("q2", "q2b")
    assert more.messages["q2b"].text == "again"


def test_adding_one_by_one_is_the_same_as_all_at_once() -> None:
    grown = conversation_of("s", [])
    for message in TREE.messages.values():
        grown = add(grown, message)
    assert grown == TREE


def test_only_the_persons_own_words_on_the_path_are_prompts() -> None:
    conversation = conversation_of(
        "s", [said("q1", None), said("a1", "q1", "assistant"), said("q2", "a1", seam="continue"), said("q3", "q2")]
    )
    assert list(prompts(conversation)) == ["q1", "q3"]


def test_settings_are_replaced_one_by_one() -> None:
    changed = with_settings(with_settings(TREE, title="one", model="m"), title="two")
    assert changed.settings == {"title": "two", "model": "m"}
    assert changed.title == "two"
    assert TREE.title == ""


@pytest.mark.parametrize("title", [None, 7, ["x"]])
def test_a_title_that_is_no_text_is_none(title: object) -> None:
    assert with_settings(TREE, title=title).title == ""


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("end_turn", Status.COMPLETE),
        ("stop_sequence", Status.COMPLETE),
        ("tool_use", Status.COMPLETE),
        ("pause_turn", Status.COMPLETE),
        ("never heard of", Status.COMPLETE),
        (None, Status.COMPLETE),
        ("", Status.COMPLETE),
        ("max_tokens", Status.MAX_TOKENS),
        ("model_context_window_exceeded", Status.MAX_TOKENS),
        ("refusal", Status.REFUSED),
    ],
)
def test_a_stop_reason_becomes_a_status(reason: str | None, status: Status) -> None:
    assert status_of_reason(reason) is status


NAMES = st.sampled_from("abcdef")


@given(st.lists(st.tuples(NAMES, st.none() | NAMES), max_size=8, unique_by=lambda pair: pair[0]), st.none() | NAMES)
@settings(max_examples=150, deadline=None)
def test_no_tree_however_wrong_hangs_or_breaks(pairs: list[tuple[str, str | None]], leaf: str | None) -> None:
    """Parents may be missing, later, the message itself, or a circle."""
    conversation = conversation_of("s", [said(name, parent) for name, parent in pairs], leaf=leaf)
    assert (conversation.leaf in conversation.messages) == bool(pairs)
    for name, _ in pairs:
        shown = ids(conversation, name)
        assert shown[-1] == name
        assert len(set(shown)) == len(shown)
        assert name in siblings(conversation, name)
        assert select(conversation, name).leaf in conversation.messages
