"""What of a conversation is sent once it was summarised, compacted or shortened: exact JSON."""

from typing import Any

import pytest

from salon.chat import room
from salon.chat.conversation import Message, Status
from salon.chat.model import ModelInfo
from salon.chat.request import COMPACTION_BETA, build

MODEL = ModelInfo(id="m", max_output=1000, thinking=frozenset({"adaptive"}), caching=True)
COMPACTING = ModelInfo(id="m", max_output=1000, abilities=frozenset({"compaction"}))
BLOCK = {"type": "compaction", "content": "They like bread.", "signature": "c2ln", "encrypted_content": "eA=="}
THOUGHT = {"type": "thinking", "thinking": "", "signature": "c2ln"}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def says(role: str, *blocks: dict[str, Any] | str, **fields: Any) -> dict[str, Any]:
    content = tuple(text(block) if isinstance(block, str) else block for block in blocks)
    return {"role": role, "content": content, **fields}


def path_of(*messages: dict[str, Any]) -> list[Message]:
    return [
        Message(id=f"m{number}", parent=f"m{number - 1}" if number else None, **message)
        for number, message in enumerate(messages)
    ]


def history(path: list[Message], model: ModelInfo = MODEL, **options: Any) -> list[tuple[str, list[Any]]]:
    return [(said["role"], said["content"]) for said in build(path, model=model, **options).body["messages"]]


TALK = [says("user", "a"), says("assistant", THOUGHT, "b"), says("user", "c"), says("assistant", "d")]
ASKED = says("user", room.SUMMARY_PROMPT, seam=room.SUMMARY)


def test_a_summary_is_asked_for_with_everything_before_it() -> None:
    sent = history(path_of(*TALK, ASKED))
    assert len(sent) == 5
    assert sent[1] == ("assistant", [THOUGHT, text("b")]), "thinking goes back verbatim, empty as it may be"
    assert sent[-1] == ("user", [text(room.SUMMARY_PROMPT)])


def test_from_a_summary_on_it_is_sent_in_place_of_what_it_is_about() -> None:
    path = path_of(
        *TALK, ASKED, says("assistant", "Bread."), says("user", "e"), says("assistant", "f"), says("user", "g")
    )
    lead = "This is a summary of our conversation so far, in place of its messages:\n\nBread."
    assert history(path) == [
        ("user", [text(lead), text("e")]),
        ("assistant", [text("f")]),
        ("user", [text("g")]),
    ]


@pytest.mark.parametrize("ending", [{"status": Status.STOPPED}, {"status": Status.ERROR}, {"status": Status.REFUSED}])
def test_half_a_summary_replaces_nothing(ending: dict[str, Any]) -> None:
    path = path_of(*TALK, ASKED, says("assistant", "Bre", **ending), says("user", "e"))
    assert history(path)[0] == ("user", [text("a")])


def test_a_compaction_is_asked_for_by_parameter_and_beta() -> None:
    path = path_of(*TALK, says("user", room.SUMMARY_PROMPT, seam=room.COMPACTION))
    request = build(path, model=COMPACTING, compact=True)
    assert request.body["compaction"] == {"type": "summarize"}
    assert request.betas == (COMPACTION_BETA,)
    assert request.body["messages"][-1] == {"role": "assistant", "content": [text("d")]}


def test_its_block_goes_back_first_and_verbatim_with_the_beta() -> None:
    asked = says("user", room.SUMMARY_PROMPT, seam=room.COMPACTION)
    path = path_of(*TALK, asked, says("assistant", BLOCK, stop_reason="compaction"), says("user", "e"))
    request = build(path, model=COMPACTING)
    assert request.body["messages"] == [
        {"role": "assistant", "content": [BLOCK]},
        {"role": "user", "content": [text("e")]},
    ]
    assert request.betas == (COMPACTION_BETA,)
    assert "compaction" not in request.body


@pytest.mark.parametrize("options", [{"model": MODEL}, {"model": COMPACTING, "anthropic_host": False}])
def test_whoever_does_not_take_the_block_back_is_told_its_words(options: dict[str, Any]) -> None:
    asked = says("user", room.SUMMARY_PROMPT, seam=room.COMPACTION)
    path = path_of(*TALK, asked, says("assistant", BLOCK, stop_reason="compaction"), says("user", "e"))
    request = build(path, **options)
    (said,) = request.body["messages"]
    assert said["content"][0]["text"].endswith("They like bread.")
    assert request.betas == ()


def test_a_compaction_that_made_no_summary_leaves_the_conversation_as_it_is() -> None:
    asked = says("user", room.SUMMARY_PROMPT, seam=room.COMPACTION)
    empty = says("assistant", {"type": "compaction", "content": None}, stop_reason="compaction")
    assert history(path_of(*TALK, asked, empty, says("user", "e")))[0] == ("user", [text("a")])


def test_what_is_left_out_is_not_sent_and_nobody_is_told_about_the_thinking_every_time() -> None:
    path = path_of(*TALK, says("user", "e"), says("assistant", THOUGHT, "f", prefix="other"), says("user", "g"))
    request = build(path, model=MODEL, beginnings=["m2", "gone"])
    assert [said["content"] for said in request.body["messages"]] == [
        [text("c")], [text("d")], [text("e")], [text("f")], [text("g")]
    ]  # fmt: skip
    assert request.notices == ()
    assert build(path, model=MODEL).notices != ()


def test_a_summary_stays_when_turns_after_it_are_left_out() -> None:
    path = path_of(
        *TALK, ASKED, says("assistant", "Bread."), says("user", "e"), says("assistant", "f"), says("user", "g")
    )
    ((role, content),) = history(path, beginnings=["m8"])
    assert role == "user"
    assert [block["text"][-6:] for block in content] == ["Bread.", "g"]


# where to begin


def turns(*usages: int) -> list[Message]:
    path = []
    for number, used in enumerate(usages):
        usage = {"input_tokens": used - 100, "output_tokens": 100}
        path += [says("user", f"p{number}"), says("assistant", f"a{number}", usage=usage)]
    return path_of(*path, says("user", "last"))


def test_the_beginning_is_found_by_the_usage_that_the_api_reported() -> None:
    # 190,000 of 200,000 used and half of the window wanted: at least 90,000 must go. Before the prompt m4 there are
    # 80,000, before m6 120,000.
    path = turns(20_000, 80_000, 120_000, 190_000)
    assert room.used_by(path) == 190_000
    assert room.shorter_beginning(path, 190_000, 200_000) == "m6"


def test_at_least_the_last_prompt_stays() -> None:
    assert room.shorter_beginning(turns(100_000, 900_000), 2_000_000, 200_000) == "m4"


def test_a_single_turn_cannot_be_shorter() -> None:
    assert room.shorter_beginning(path_of(says("user", "a")), 300_000, 200_000) is None


def test_without_usage_the_characters_decide() -> None:
    path = path_of(*(says("user" if number % 2 == 0 else "assistant", "x" * 1000) for number in range(9)))
    assert room.shorter_beginning(path, 100_000, 100_000) == "m6"


def test_what_the_api_said_when_it_refused_counts_before_the_usage() -> None:
    assert room.used_by(turns(5_000), {"details": {"used": 210_000, "limit": 200_000}}) == 210_000
    assert room.used_by(turns(5_000), {"details": {"used": "x"}}) == 5_000


def test_results_of_tools_are_never_parted_from_their_calls() -> None:
    result = {"type": "tool_result", "tool_use_id": "t", "content": "3"}
    call = {"type": "tool_use", "id": "t", "name": "count", "input": {}}
    path = path_of(
        says("user", "a"), says("assistant", call), says("user", result), says("assistant", "b"), says("user", "c")
    )
    assert room.shorter_beginning(path, 300_000, 100_000) == "m4"
