"""A notice offers what would help, and only what would do something."""

import re
from pathlib import Path
from typing import Any

import pytest

import salon.claude
from salon.actions import ACTIONS, BY_ID, Place
from salon.chat.conversation import Message, Status, conversation_of
from salon.ui.app import SalonApp
from salon.ui.chat import ChatScreen
from salon.ui.notice import NoticeText, keys_line
from salon.ui.presenting import details_of, fault_actions, notice_after, variant_of
from ui.looks import answer_message


def failed(status: Status = Status.ERROR, *texts: str, **fault: Any) -> Message:
    content = [{"type": "text", "text": text} for text in texts]
    return answer_message(*content, status=status, fault={"what": "Overloaded.", "now": "Wait."} | fault)


def test_an_answer_that_simply_ended_needs_no_notice() -> None:
    assert notice_after(answer_message({"type": "text", "text": "x"}), can_continue=False) is None


def test_below_a_failed_answer_which_says_why_is_said_that_the_work_is_safe_and_what_to_press() -> None:
    notice = notice_after(failed(actions=["retry"], details={"status": 529}), can_continue=False)
    assert notice == NoticeText("Your message is saved. Wait.", ("retry", "show_details"), "error", "status: 529")


@pytest.mark.parametrize("status", [Status.STOPPED, Status.INTERRUPTED, Status.MAX_TOKENS])
def test_a_cut_answer_can_be_continued(status: Status) -> None:
    notice = notice_after(failed(status, "three words came"), can_continue=True)
    assert notice is not None
    assert notice.actions[:2] == ("continue", "retry")
    assert notice.sentence == "The 3 words above are kept."


@pytest.mark.parametrize("status", [Status.STOPPED, Status.INTERRUPTED, Status.MAX_TOKENS])
def test_an_answer_cut_before_its_first_word_can_only_be_asked_for_again(status: Status) -> None:
    notice = notice_after(failed(status), can_continue=False)
    assert notice is not None
    assert "continue" not in notice.actions
    assert notice.sentence == "Your message is saved."


def test_what_would_do_nothing_is_not_offered() -> None:
    actions = ["continue", "no_such_action", "__class__", "show_details"]
    assert fault_actions(failed(actions=actions), can_continue=False) == ("retry",)
    assert fault_actions(failed(actions=["edit_base_url", "show_details"])) == ("change_key",)
    assert fault_actions(failed(actions="retry")) == ("retry",)
    assert fault_actions(failed(actions=[["x"], None, 7])) == ("retry",)


def test_details_are_one_clean_line() -> None:
    message = answer_message(
        status=Status.ERROR,
        fault={"details": {"status": 500, "host\x1b": "evil\n\x1b[31m", "empty": ""}},
        request_id="req_1",
        stop_details={"category": "x"},
    )
    assert (
        details_of(message) == 'status: 500 · host␛: evil ␛[31m · request_id: req_1 · stop_details: {"category": "x"}'
    )
    assert details_of(answer_message(fault={"details": "odd"})) == ""


def test_everything_that_a_fault_may_advise_can_be_done_or_is_left_out() -> None:
    sources = "".join(path.read_text() for path in Path(salon.claude.__path__[0]).glob("*.py"))
    advised = set(re.findall(r'"([a-z_]+)"', " ".join(re.findall(r"actions ?= ?\(([^)]*)\)", sources))))
    assert "retry" in advised
    for action in advised:
        for offered in fault_actions(failed(actions=[action], details={"status": 1})):
            assert hasattr(ChatScreen, f"action_{offered}"), offered


def test_every_key_of_the_table_does_something() -> None:
    for action in ACTIONS:
        if action.place is Place.CHAT:
            assert hasattr(ChatScreen, f"action_{action.id}"), action.id
        elif action.place is Place.EVERYWHERE:
            assert hasattr(SalonApp, f"action_{action.id}"), action.id


def test_the_first_action_has_enter_and_the_others_their_keys() -> None:
    line = keys_line(NoticeText("x", ("continue", "retry", "open_billing", "unknown")))
    assert line == "\nEnter or F6 continue · F5 retry · Esc closes this"
    assert keys_line(NoticeText("x", ("open_billing", "retry"))) == "\nEnter billing page · F5 retry · Esc closes this"
    assert keys_line(NoticeText("x")) == "\nEsc closes this."
    assert keys_line(NoticeText("x", (), "info")) == ""


def test_a_notice_with_stop_does_not_also_say_that_esc_closes_it() -> None:
    assert keys_line(NoticeText("x", ("retry_now", "stop"))) == "\nEnter or F7 try now · Esc stop"
    assert keys_line(NoticeText("x", ("stop",), "info")) == "\nEnter or Esc stop"


def test_attempts_that_failed_before_anything_came_are_no_variants() -> None:
    prompt = Message(id="p", parent=None, role="user")
    told = {"type": "text", "text": "x"}
    answers = [
        answer_message(told, message_id="a"),
        answer_message(message_id="b", status=Status.ERROR),
        answer_message(told, message_id="c"),
    ]
    conversation = conversation_of("s", [prompt, *answers])
    assert [variant_of(conversation, answer) for answer in answers] == [(1, 2), (2, 3), (2, 2)]
    assert variant_of(conversation, answer_message(message_id="not there")) == (1, 1)


def test_actions_are_found_by_their_id() -> None:
    assert all(BY_ID[action.id] is action for action in ACTIONS)
