"""The one table of actions: bindings, help, notices and the README's keys are all made from it."""

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where an action's keys work."""

    PROMPT = "In the prompt"
    CHAT = "In a chat"
    READING = "While reading"
    OPENED = "In an opened block"
    EVERYWHERE = "Everywhere"


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do. `keys` are Textual's names, the best one first."""

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    place: Place = Place.CHAT
    shown: tuple[str, ...] = ()
    """How the keys are written for people, where Textual's names would puzzle them."""
    command: str = ""
    """What is typed behind a slash to do it; "" for what only a key or a notice does."""
    argument: str = ""
    """What a command takes behind its name, in a word; in brackets where it can be left out."""

    @property
    def needs_argument(self) -> bool:
        """Whether the command means nothing by itself."""
        return bool(self.argument) and not self.argument.startswith("[")

    @property
    def key(self) -> str:
        """The first key as people write it; "" where there is none."""
        return next(iter(self.key_names()), "")

    def key_names(self) -> list[str]:
        """All keys as people write them."""
        return list(self.shown) or [key_name(key) for key in self.keys]


ACTIONS: tuple[Action, ...] = (
    Action(
        "send",
        ("enter",),
        "Send",
        "Send the prompt, or queue it while an answer arrives. In an empty prompt: do what the notice offers.",
        Place.PROMPT,
    ),
    Action(
        "newline",
        ("shift+enter", "ctrl+j", "alt+enter"),
        "New line",
        "Start a new line. A backslash at the end of the line and Enter does the same in every terminal.",
        Place.PROMPT,
    ),
    Action(
        "recall_older",
        ("up",),
        "Earlier prompt",
        "On the first line: bring an earlier prompt back; in an empty prompt first what is queued.",
        Place.PROMPT,
    ),
    Action(
        "edit_queued",
        ("alt+up",),
        "Edit queued",
        "Bring the prompt that was queued last back into the empty box; Up does the same.",
        shown=("Alt+Up",),
    ),
    Action("recall_newer", ("down",), "Later prompt", "On the last line: go back towards the draft.", Place.PROMPT),
    Action(
        "expand_paste", ("ctrl+g",), "Expand paste", "Put the text of a folded paste into the prompt.", Place.PROMPT
    ),
    Action("undo", ("ctrl+z",), "Undo", "Undo the last change to the prompt.", Place.PROMPT),
    Action("redo", ("ctrl+y",), "Redo", "Do it again.", Place.PROMPT),
    Action("stop", ("escape",), "Stop", "Stop the answer and keep what came; close a notice.", shown=("Esc",)),
    Action("retry", ("f5",), "Retry", "Ask for the last answer again. The first one is kept.", command="retry"),
    Action("continue", ("f6",), "Continue", "Have an answer that was cut go on.", command="continue"),
    Action(
        "retry_now",
        ("f7",),
        "Try now",
        "Do not wait: cut the countdown short, or stop the answer and send what is queued or typed.",
    ),
    Action("show_details", ("f8",), "Details", "Show the technical details of the last failure.", command="details"),
    Action("edit", ("f2",), "Edit", "Change the last prompt: what is sent then stands beside it.", command="edit"),
    Action(
        "pick_model", ("ctrl+l",), "Model", "Choose another model for this chat.", command="model", argument="[model]"
    ),
    Action("open_billing", (), "Billing page", "Open the page where credit is bought.", command="billing"),
    Action("effort", (), "Effort", "How hard the model thinks.", command="effort", argument="level"),
    Action("title", (), "Title", "Give this chat another title.", command="title", argument="words"),
    Action(
        "system", (), "System prompt", "What the model is told before a new chat.", command="system", argument="[words]"
    ),
    Action("change_key", ("f9",), "Change key", "Give another API key or server.", command="key"),
    Action("page_up", ("pageup",), "Page up", "Scroll the conversation up.", shown=("PgUp",)),
    Action("page_down", ("pagedown",), "Page down", "Scroll the conversation down.", shown=("PgDn",)),
    Action("to_top", ("ctrl+home",), "Beginning", "Go to the beginning of the conversation."),
    Action("to_end", ("ctrl+end",), "End", "Go to the end of the conversation and follow it."),
    Action("toggle_thinking", ("ctrl+t",), "Thinking", "Open or fold all thinking.", command="thinking"),
    Action("copy", ("ctrl+c",), "Copy", "Copy what is selected, as the model wrote it."),
    Action("copy_answer", ("f3",), "Copy answer", "Copy the last answer as Markdown.", command="copy"),
    Action("copy_code", ("f4",), "Copy code", "Copy the last code block, exactly.", command="copy-code"),
    Action("find", ("ctrl+f",), "Find", "Search inside this conversation.", command="find"),
    Action(
        "read",
        ("shift+tab", "ctrl+up"),
        "Read",
        "Go through the conversation block by block; the keys are under “While reading”.",
        command="read",
    ),
    Action(
        "new_chat", ("ctrl+n",), "New chat", "Start a new chat; an answer that is arriving here goes on.", command="new"
    ),
    Action(
        "open_chat",
        ("ctrl+o",),
        "Open chat",
        "Open an earlier chat; an answer that is arriving goes on.",
        command="open",
    ),
    Action(
        "next_chat",
        ("f12",),
        "Next chat",
        "Show the next of the chats whose answers are arriving or new.",
        command="next",
    ),
    Action("previous_block", ("up", "k"), "Previous block", "Go to the block above.", Place.READING),
    Action("next_block", ("down", "j"), "Next block", "Go to the block below.", Place.READING),
    Action("previous_message", ("left", "h"), "Previous message", "Go to the beginning of the message.", Place.READING),
    Action("next_message", ("right", "l"), "Next message", "Go to the next message.", Place.READING),
    Action("next_code", ("c",), "Next code", "Go to the next code block.", Place.READING),
    Action("previous_code", ("C",), "Previous code", "Go to the code block before.", Place.READING),
    Action("fold_block", ("space", "enter"), "Fold", "Open or fold what is folded.", Place.READING),
    Action("open_block", ("v",), "View", "Show the block on a screen of its own, unwrapped.", Place.READING),
    Action(
        "scroll_right",
        ("greater_than_sign", "full_stop"),
        "Scroll right",
        "Do not wrap the table or code, and move it sideways.",
        Place.READING,
        (">", "."),
    ),
    Action(
        "scroll_left",
        ("less_than_sign", "comma"),
        "Scroll left",
        "Move it back; at its beginning, wrap it again.",
        Place.READING,
        ("<", ","),
    ),
    Action(
        "show_source",
        ("s",),
        "Source",
        "Show a diagram, formula or table as it was written, or draw it again.",
        Place.READING,
    ),
    Action("copy_block", ("y",), "Copy block", "Copy the block: code as it is, all else as Markdown.", Place.READING),
    Action("copy_message", ("Y",), "Copy message", "Copy the whole message as Markdown.", Place.READING),
    Action(
        "copy_tsv", ("t",), "Copy as TSV", "Copy a table for a spreadsheet, its cells parted by tabs.", Place.READING
    ),
    Action("copy_csv", ("T",), "Copy as CSV", "Copy a table as comma-separated values.", Place.READING),
    Action("open_links", ("o",), "Links", "Show where the block's links lead, and open one.", Place.READING),
    Action("quote_block", ("q",), "Quote", "Put the block into the prompt as a quotation.", Place.READING),
    Action("find_next", ("n",), "Find next", "Go to the next occurrence of what was searched.", Place.READING),
    Action("find_previous", ("N",), "Find previous", "Go to the occurrence before.", Place.READING),
    Action("leave_reading", ("i",), "Write", "Go back to the prompt; Esc does the same.", Place.READING),
    Action("opened_up", ("up", "k"), "Up", "Go up by a row.", Place.OPENED),
    Action("opened_down", ("down", "j"), "Down", "Go down by a row.", Place.OPENED),
    Action("opened_left", ("left", "h"), "Left", "Go to the left.", Place.OPENED),
    Action("opened_right", ("right", "l"), "Right", "Go to the right.", Place.OPENED),
    Action("opened_page_up", ("pageup",), "Page up", "Go up by a page.", Place.OPENED),
    Action("opened_page_down", ("pagedown", "space"), "Page down", "Go down by a page.", Place.OPENED),
    Action("opened_start", ("home", "g"), "Beginning", "Go to the first row.", Place.OPENED),
    Action("opened_end", ("end", "G"), "End", "Go to the last row.", Place.OPENED),
    Action("copy_opened", ("y", "ctrl+c"), "Copy", "Copy what is shown, as it was written.", Place.OPENED),
    Action("copy_opened_tsv", ("t",), "Copy as TSV", "Copy a table, its cells parted by tabs.", Place.OPENED),
    Action("copy_opened_csv", ("T",), "Copy as CSV", "Copy a table, its cells parted by commas.", Place.OPENED),
    Action("toggle_opened_source", ("s",), "Source", "Show the block as it was written, or draw it.", Place.OPENED),
    Action("close_opened", ("escape", "q", "v"), "Close", "Back to the conversation.", Place.OPENED),
    Action(
        "next_theme",
        ("f10",),
        "Theme",
        "Change to the next theme.",
        Place.EVERYWHERE,
        command="theme",
        argument="[theme]",
    ),
    Action("help", ("f1",), "Help", "Show the keys.", Place.EVERYWHERE, command="help"),
    Action("send_queued", (), "Send it", "Send the first of the queued prompts."),
    Action("open_link", (), "Open", "Open the link that is shown."),
    Action(
        "quit", ("ctrl+q",), "Quit", "Quit. Everything is kept, the draft included.", Place.EVERYWHERE, command="quit"
    ),
)

BY_ID = {action.id: action for action in ACTIONS}

_NAMES = {"pageup": "PgUp", "pagedown": "PgDn", "escape": "Esc"}


def key_name(key: str) -> str:
    """Textual's `ctrl+home` as people write it: Ctrl+Home. A letter alone stays as it is: y and Y are two keys."""
    if len(key) == 1:
        return key
    return "+".join(
        _NAMES.get(part, part.upper() if len(part) <= 3 and part[1:].isdigit() else part.capitalize())
        for part in key.split("+")
    )


def key_table() -> str:
    """The keys as a Markdown table, for the README."""
    rows = ["| Where | Keys | What |", "|---|---|---|"]
    for place in Place:
        for action in ACTIONS:
            if action.place is place and action.keys:
                keys = " or ".join(f"`{name}`" for name in action.key_names())
                rows.append(f"| {place.value} | {keys} | {action.help} |")
    return "\n".join(rows)
