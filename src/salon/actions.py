"""The one table of actions: bindings, help, notices and the README's keys are all made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from salon.words import tr, tr_later


class Place(StrEnum):
    """Where an action's keys work."""

    PROMPT = tr_later("In the prompt")
    EDITING = tr_later("Editing the prompt")
    CHAT = tr_later("In a chat")
    READING = tr_later("While reading")
    OPENED = tr_later("In an opened block")
    LIST = tr_later("In the list of chats")
    TREE = tr_later("In the tree")
    COMPARING = tr_later("Side by side")
    INSPECTING = tr_later("In the inspector")
    SETTINGS = tr_later("In the settings")
    EVERYWHERE = tr_later("Everywhere")


def meet(one: Place, other: Place) -> bool:
    """Whether the keys of two places work at the same time, so that they must differ."""
    if one is other or Place.EVERYWHERE in {one, other}:
        return True
    writing = {Place.PROMPT, Place.EDITING, Place.CHAT}
    return {one, other} <= writing or {one, other} == {Place.CHAT, Place.READING}


_chosen: dict[str, tuple[str, ...]] = {}


def use_keys(chosen: Mapping[str, tuple[str, ...]]) -> None:
    """Have these actions work with other keys than their own, for as long as the process lives.

    One terminal has one keyboard: what works where is asked in too many places to be handed to each of them.
    """
    _chosen.clear()
    _chosen.update(chosen)


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do. Keys have Textual's names, the best one first; a chord has blanks between its keys."""

    id: str
    default_keys: tuple[str, ...]
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
    def keys(self) -> tuple[str, ...]:
        """The keys that it works with: its own, or those that a preset or the person gave it."""
        return _chosen.get(self.id, self.default_keys)

    @property
    def key(self) -> str:
        """The first key as people write it; "" where there is none."""
        return next(iter(self.key_names()), "")

    def key_names(self) -> list[str]:
        """All keys as people write them."""
        own = self.keys == self.default_keys and self.shown
        return list(self.shown) if own else [key_name(key) for key in self.keys]


def _edit(id: str, keys: str, label: str, help: str, shown: tuple[str, ...] = ()) -> Action:  # noqa: A002 - as Action has it
    return Action(id, tuple(key.strip() for key in keys.split(",") if key), label, help, Place.EDITING, shown)


_EDITING = (
    _edit(
        "undo",
        "ctrl+underscore,ctrl+slash,ctrl+shift+minus,ctrl+x ctrl+u",
        tr("Undo"),
        tr("Undo the last change to the prompt; there is no limit."),
        ("Ctrl+_", "Ctrl+X Ctrl+U"),
    ),
    _edit("redo", "alt+r,ctrl+x ctrl+r", tr("Redo"), tr("Do it again.")),
    _edit("older_text", "alt+comma", tr("Older text"), tr("Go back in time, also to what was typed before an undo.")),
    _edit("newer_text", "alt+full_stop", tr("Newer text"), tr("Go forward in time.")),
    _edit("cursor_left", "left", tr("Left"), tr("Go one character to the left.")),
    _edit("cursor_right", "right", tr("Right"), tr("Go one character to the right.")),
    _edit("word_left", "alt+b,ctrl+left,alt+left", tr("Word left"), tr("Go to the beginning of the word.")),
    _edit("word_right", "alt+f,ctrl+right,alt+right", tr("Word right"), tr("Go to the end of the word.")),
    _edit("line_start", "ctrl+a,home", tr("Line start"), tr("Go to the beginning of the line.")),
    _edit("line_end", "ctrl+e,end", tr("Line end"), tr("Go to the end of the line.")),
    _edit("text_start", "alt+less_than_sign", tr("Beginning"), tr("Go to the beginning of the prompt.")),
    _edit("text_end", "alt+greater_than_sign", tr("End"), tr("Go to the end of the prompt.")),
    _edit(
        "delete_left",
        "backspace,ctrl+h,shift+backspace",
        tr("Delete left"),
        tr("Delete the character before the caret."),
        ("Backspace",),
    ),
    _edit("delete_right", "delete,ctrl+d", tr("Delete right"), tr("Delete the character at the caret.")),
    _edit(
        "kill_word_left", "alt+backspace,ctrl+backspace", tr("Kill word left"), tr("Kill to the beginning of the word.")
    ),
    _edit("kill_word_right", "alt+d,ctrl+delete,alt+delete", tr("Kill word right"), tr("Kill to the end of the word.")),
    _edit("kill_blank_word_left", "ctrl+w", tr("Kill left"), tr("Kill back to a blank, or what is selected.")),
    _edit("kill_to_end", "ctrl+k", tr("Kill to end"), tr("Kill to the end of the line, then the newline.")),
    _edit("kill_to_start", "ctrl+u", tr("Kill to start"), tr("Kill to the beginning of the line.")),
    _edit("yank", "ctrl+y", tr("Yank"), tr("Put in what was killed last.")),
    _edit("yank_pop", "alt+y", tr("Yank earlier"), tr("After a yank: put in what was killed before that.")),
    _edit("transpose", "ctrl+t", tr("Transpose"), tr("Swap two characters.")),
    _edit("transpose_words", "alt+t", tr("Transpose words"), tr("Swap two words.")),
    _edit("upcase_word", "alt+u", tr("Upper case"), tr("Write the word, or what is selected, in capitals.")),
    _edit("downcase_word", "alt+l", tr("Lower case"), tr("Write it in small letters.")),
    _edit("capitalize_word", "alt+c", tr("Capitalize"), tr("Begin the word with a capital.")),
    _edit(
        "find_character",
        "ctrl+right_square_bracket",
        tr("Find character"),
        tr("Go to the next place of the key pressed next."),
    ),
    _edit("set_mark", "ctrl+@,ctrl+space", tr("Set mark"), tr("Select from here on."), ("Ctrl+Space",)),
    _edit("exchange_mark", "ctrl+x ctrl+x", tr("Exchange"), tr("Go to the other end of the selection.")),
    _edit("select_left", "shift+left", tr("Select left"), tr("Select one character to the left.")),
    _edit("select_right", "shift+right", tr("Select right"), tr("Select one character to the right.")),
    _edit("select_up", "shift+up", tr("Select up"), tr("Select one row up.")),
    _edit("select_down", "shift+down", tr("Select down"), tr("Select one row down.")),
    _edit(
        "select_word_left",
        "ctrl+shift+left,alt+shift+left",
        tr("Select word left"),
        tr("Select to the word's beginning."),
    ),
    _edit(
        "select_word_right",
        "ctrl+shift+right,alt+shift+right",
        tr("Select word right"),
        tr("Select to the word's end."),
    ),
    _edit("select_line_start", "shift+home", tr("Select to start"), tr("Select to the beginning of the line.")),
    _edit("select_line_end", "shift+end", tr("Select to end"), tr("Select to the end of the line.")),
    _edit("select_all", "ctrl+x h", tr("Select all"), tr("Select the whole prompt.")),
    _edit("cut", "shift+delete", tr("Cut"), tr("Copy what is selected and take it out.")),
    _edit("paste", "ctrl+v,shift+insert", tr("Paste"), tr("Put in what was copied here.")),
)

ACTIONS: tuple[Action, ...] = (
    Action(
        "send",
        ("enter",),
        tr("Send"),
        tr("Send the prompt, or queue it while an answer arrives. In an empty prompt: do what the notice offers."),
        Place.PROMPT,
    ),
    Action(
        "newline",
        ("shift+enter", "ctrl+j", "alt+enter"),
        tr("New line"),
        tr("Start a new line. A backslash at the end of the line and Enter does the same in every terminal."),
        Place.PROMPT,
    ),
    Action(
        "recall_older",
        ("up",),
        tr("Earlier prompt"),
        tr("On the first line: bring an earlier prompt back; in an empty prompt first what is queued."),
        Place.PROMPT,
    ),
    Action(
        "edit_queued",
        ("alt+up",),
        tr("Edit queued"),
        tr("Bring the prompt that was queued last back into the empty box; Up does the same."),
        shown=("Alt+Up",),
    ),
    Action(
        "recall_newer", ("down",), tr("Later prompt"), tr("On the last line: go back towards the draft."), Place.PROMPT
    ),
    Action(
        "expand_paste",
        ("ctrl+g",),
        tr("Expand paste"),
        tr("Put the text of a folded paste into the prompt."),
        Place.PROMPT,
    ),
    Action(
        "edit_in_editor",
        ("ctrl+x ctrl+e", "alt+e", "f11"),
        tr("Editor"),
        tr("Write in your own editor ($VISUAL or $EDITOR). An answer that is arriving goes on."),
        Place.PROMPT,
        command="editor",
    ),
    *_EDITING,
    Action(
        "attach",
        ("alt+a",),
        tr("Attach"),
        tr("Attach a file, a folder as a list of its files, or an address of an image or PDF."),
        command="attach",
        argument="[path]",
    ),
    Action("preview", (), tr("Preview"), tr("Draw the last picture as the terminal can."), command="preview"),
    Action(
        "paste_image", ("alt+v",), tr("Paste image"), tr("Attach the picture on the clipboard."), command="paste-image"
    ),
    Action("remove_attachment", ("alt+x",), tr("Remove"), tr("Take out what was attached last."), command="detach"),
    Action("restore_attachment", ("alt+z",), tr("Attach again"), tr("Attach again what was taken out last.")),
    Action(
        "expand_attachment",
        ("alt+g",),
        tr("Expand attachment"),
        tr("Put the text of the last attached file into the prompt."),
        command="expand",
    ),
    Action(
        "make_smaller",
        ("alt+m",),
        tr("Make smaller"),
        tr("Make attached pictures as small as the API takes them."),
        command="shrink",
    ),
    Action(
        "switch_pasted_path",
        ("alt+k",),
        tr("Path or file"),
        tr("Have a pasted path be text instead of an attachment, or an attachment instead of text."),
        command="path",
    ),
    Action(
        "show_hidden",
        ("alt+i",),
        tr("Show hidden"),
        tr("Write out the hidden characters of the last paste, or leave them out again."),
        command="hidden",
    ),
    Action(
        "count_tokens",
        ("alt+n",),
        tr("Count"),
        tr("Have the server count the tokens that would be sent."),
        command="count",
    ),
    Action("stop", ("escape",), tr("Stop"), tr("Stop the answer and keep what came; close a notice."), shown=("Esc",)),
    Action("retry", ("f5",), tr("Retry"), tr("Ask for the last answer again. The first one is kept."), command="retry"),
    Action("continue", ("f6",), tr("Continue"), tr("Have an answer that was cut go on."), command="continue"),
    Action(
        "retry_now",
        ("f7",),
        tr("Try now"),
        tr("Do not wait: cut a countdown short, or stop the answer and send what is queued or typed."),
    ),
    Action(
        "show_details", ("f8",), tr("Details"), tr("Show the technical details of the last failure."), command="details"
    ),
    Action(
        "edit", ("f2",), tr("Edit"), tr("Change the last prompt: what is sent then stands beside it."), command="edit"
    ),
    Action(
        "previous_variant",
        ("alt+pageup",),
        tr("Variant before"),
        tr("Show the variant before, of the last message that has several."),
        shown=("Alt+PgUp",),
    ),
    Action(
        "next_variant",
        ("alt+pagedown",),
        tr("Variant after"),
        tr("Show the variant after, of the last message that has several."),
        shown=("Alt+PgDn",),
    ),
    Action(
        "retry_other",
        (),
        tr("Ask again with"),
        tr("Ask for the last answer again, of another model or with another effort, this once."),
        command="retry-with",
    ),
    Action(
        "compare",
        ("alt+q",),
        tr("Compare"),
        tr(
            "Ask two to four models, or one with several efforts, at once and side by side: what is in the "
            "prompt, or the last prompt again."
        ),
        command="compare",
    ),
    Action(
        "inspect",
        ("ctrl+x i",),
        tr("Inspect"),
        tr("Show the last answer in full, or the one that is read: request, response, usage, times, rate limits."),
        command="inspect",
    ),
    Action("note", (), tr("Note"), tr("Write a note below the last message; notes are never sent."), command="note"),
    Action("undelete", (), tr("Undo delete"), tr("Bring back what was deleted last."), command="undelete"),
    Action(
        "tree", ("alt+j",), tr("Tree"), tr("Show the whole conversation as a tree, and jump in it."), command="tree"
    ),
    Action(
        "pick_model",
        ("ctrl+l",),
        tr("Model"),
        tr("Choose another model for this chat."),
        command="model",
        argument="[model]",
    ),
    Action(
        "other_favourite",
        ("alt+w",),
        tr("Other model"),
        tr("Change to the other one of your two favourite models (the setting favourite_models)."),
        command="other-model",
    ),
    Action(
        "edit_system",
        (),
        tr("Edit system prompt"),
        tr("Write this chat's system prompt in your own editor."),
        command="edit-system",
    ),
    Action("open_billing", (), tr("Billing page"), tr("Open the page where credit is bought."), command="billing"),
    Action(
        "template",
        (),
        tr("Template"),
        tr("Start a new chat from a template."),
        command="template",
        argument="[name]",
    ),
    Action(
        "allow_once",
        ("alt+1",),
        tr("Once"),
        tr("Say yes to what is asked, this once: let the tool run, or have the answer although it passes a budget."),
        command="allow",
    ),
    Action(
        "allow_chat",
        ("alt+2",),
        tr("This chat"),
        tr("Let the tool run in this chat without asking; go on past the budget until the sum that is named."),
        command="allow-chat",
    ),
    Action(
        "allow_always",
        ("alt+3",),
        tr("Always"),
        tr("Let the tool run in every chat without asking."),
        command="allow-always",
    ),
    Action(
        "refuse_call",
        ("alt+4",),
        tr("No"),
        tr("Say no; words behind the command tell the model why its tool may not run."),
        command="refuse",
        argument="[why]",
    ),
    Action("show_call", ("alt+5",), tr("Arguments"), tr("Show all that the tool is given, page by page.")),
    Action(
        "search_web",
        ("alt+6",),
        tr("Web search"),
        tr("Let the model search the web and read pages in this chat, or not."),
        command="search-web",
        argument=tr("[on or off]"),
    ),
    Action(
        "run_code",
        (),
        tr("Run code"),
        tr("Let the model run code in a container of the server's, or not."),
        command="run-code",
        argument=tr("[on or off]"),
    ),
    Action(
        "tools",
        (),
        tr("Tools"),
        tr("Give this chat the tools of a server in config.toml, or take them away; alone: say what it has."),
        command="tools",
        argument="[server]",
    ),
    Action(
        "save_files",
        (),
        tr("Save files"),
        tr("Download the files that the model's code made in this chat, into a folder."),
        command="save-files",
        argument="[folder]",
    ),
    Action(
        "stash",
        ("alt+s",),
        tr("Put aside"),
        tr("Put the draft aside; in an empty prompt bring one back."),
        command="stash",
    ),
    Action(
        "history",
        ("ctrl+r",),
        tr("Earlier prompts"),
        tr("Search the prompts of all chats for one to use."),
        command="history",
    ),
    Action(
        "saved_prompt",
        ("alt+p",),
        tr("Saved prompts"),
        tr("Put a prompt that is kept for use again into the box."),
        command="prompt",
        argument="[name]",
    ),
    Action(
        "effort",
        (),
        tr("Effort"),
        tr("How hard the model thinks; with “once” behind the level, for the next answer alone."),
        command="effort",
        argument="level",
    ),
    Action(
        "costs", ("ctrl+x c",), tr("Costs"), tr("Show what answers, chats, days and models have cost."), command="costs"
    ),
    Action(
        "summarise",
        ("ctrl+x s",),
        tr("Summarise"),
        tr("Have the conversation summarised, and send the summary in its place; everything stays in the chat."),
        command="summarise",
    ),
    Action(
        "trim",
        ("ctrl+x d",),
        tr("Drop the oldest"),
        tr("Leave the oldest turns out of what is sent; they stay in the chat."),
        command="trim",
    ),
    Action("untrim", (), tr("Send all again"), tr("Send the turns again that were left out."), command="untrim"),
    Action(
        "fresh_chat",
        ("ctrl+x n",),
        tr("Fresh chat"),
        tr("Have the conversation summarised, and go on in a new chat that begins with the summary."),
        command="fresh-chat",
    ),
    Action("title", (), tr("Title"), tr("Give this chat another title."), command="title", argument="words"),
    Action(
        "system",
        (),
        tr("System prompt"),
        tr("What the model is told before a new chat."),
        command="system",
        argument="[words]",
    ),
    Action("change_key", ("f9",), tr("Key or server"), tr("Give another API key or server."), command="key"),
    Action("page_up", ("pageup",), tr("Page up"), tr("Scroll the conversation up."), shown=("PgUp",)),
    Action("page_down", ("pagedown",), tr("Page down"), tr("Scroll the conversation down."), shown=("PgDn",)),
    Action("to_top", ("ctrl+home",), tr("Beginning"), tr("Go to the beginning of the conversation.")),
    Action("to_end", ("ctrl+end",), tr("End"), tr("Go to the end of the conversation and follow it.")),
    Action(
        "toggle_thinking",
        ("alt+h", "ctrl+x ctrl+t"),
        tr("Thinking"),
        tr("Open or fold all thinking."),
        command="thinking",
    ),
    Action(
        "copy",
        ("ctrl+c",),
        tr("Copy or clear"),
        tr(
            "Copy what is selected, as the model wrote it; with nothing selected clear the prompt, which "
            "undo brings back."
        ),
    ),
    Action("copy_answer", ("f3",), tr("Copy answer"), tr("Copy the last answer as Markdown."), command="copy"),
    Action("copy_code", ("f4",), tr("Copy code"), tr("Copy the last code block, exactly."), command="copy-code"),
    Action("find", ("ctrl+f",), tr("Find"), tr("Search inside this conversation."), command="find"),
    Action(
        "read",
        ("shift+tab", "ctrl+up"),
        tr("Read"),
        tr("Go through the conversation block by block; the keys are under “While reading”."),
        command="read",
    ),
    Action(
        "new_chat",
        ("ctrl+n",),
        tr("New chat"),
        tr("Start a new chat; an answer that is arriving here goes on."),
        command="new",
    ),
    Action(
        "temporary_chat",
        (),
        tr("Temporary chat"),
        tr("Start a chat of which nothing is kept."),
        command="temporary",
    ),
    Action(
        "sidebar",
        ("ctrl+b",),
        tr("Sidebar"),
        tr("Show the chats at the left; from inside, hide them."),
        command="sidebar",
    ),
    Action("reload_chat", (), tr("Reload"), tr("Read the chat from disk again."), command="reload"),
    Action(
        "fork_chat", (), tr("Fork"), tr("Make a chat of your own from this branch, and go on there."), command="fork"
    ),
    Action(
        "open_chat",
        ("ctrl+o",),
        tr("Open chat"),
        tr("Open an earlier chat; an answer that is arriving goes on."),
        command="open",
    ),
    Action(
        "next_chat",
        ("f12",),
        tr("Next chat"),
        tr("Show the next of the chats whose answers are arriving or new."),
        command="next",
    ),
    Action(
        "export", (), tr("Export"), tr("Write this chat as Markdown, HTML, text or JSON, or copy it."), command="export"
    ),
    Action(
        "import",
        (),
        tr("Import"),
        tr("Take in chats of claude.ai, ChatGPT, Claude Code or another Salon."),
        command="import",
        argument="[path]",
    ),
    Action("search", ("ctrl+s",), tr("Search"), tr("Search everything ever said, in all chats."), command="search"),
    Action("previous_block", ("up", "k"), tr("Previous block"), tr("Go to the block above."), Place.READING),
    Action("next_block", ("down", "j"), tr("Next block"), tr("Go to the block below."), Place.READING),
    Action(
        "previous_message",
        ("left", "h"),
        tr("Previous message"),
        tr("Go to the beginning of the message."),
        Place.READING,
    ),
    Action("next_message", ("right", "l"), tr("Next message"), tr("Go to the next message."), Place.READING),
    Action("next_code", ("c",), tr("Next code"), tr("Go to the next code block."), Place.READING),
    Action("previous_code", ("C",), tr("Previous code"), tr("Go to the code block before."), Place.READING),
    Action("fold_block", ("space", "enter"), tr("Fold"), tr("Open or fold what is folded."), Place.READING),
    Action("fold_all", ("f",), tr("Fold all"), tr("Open or fold all thinking, tools and results."), Place.READING),
    Action("open_block", ("v",), tr("View"), tr("Show the block on a screen of its own, unwrapped."), Place.READING),
    Action(
        "scroll_right",
        ("greater_than_sign", "full_stop"),
        tr("Scroll right"),
        tr("Do not wrap the table or code, and move it sideways."),
        Place.READING,
        (">", "."),
    ),
    Action(
        "scroll_left",
        ("less_than_sign", "comma"),
        tr("Scroll left"),
        tr("Move it back; at its beginning, wrap it again."),
        Place.READING,
        ("<", ","),
    ),
    Action(
        "show_source",
        ("s",),
        tr("Source"),
        tr("Show a diagram, formula or table as it was written, or draw it again."),
        Place.READING,
    ),
    Action(
        "copy_block",
        ("y",),
        tr("Copy block"),
        tr("Copy the block: code as it is, all else as Markdown."),
        Place.READING,
    ),
    Action("copy_message", ("Y",), tr("Copy message"), tr("Copy the whole message as Markdown."), Place.READING),
    Action(
        "copy_tsv",
        ("t",),
        tr("Copy as TSV"),
        tr("Copy a table for a spreadsheet, its cells parted by tabs."),
        Place.READING,
    ),
    Action("copy_csv", ("T",), tr("Copy as CSV"), tr("Copy a table as comma-separated values."), Place.READING),
    Action("open_links", ("o",), tr("Links"), tr("Show where the block's links lead, and open one."), Place.READING),
    Action("quote_block", ("q",), tr("Quote"), tr("Put the block into the prompt as a quotation."), Place.READING),
    Action(
        "edit_message",
        ("e",),
        tr("Edit"),
        tr("Change the prompt or the note: a prompt that is sent then stands beside the earlier one."),
        Place.READING,
    ),
    Action("retry_message", ("r",), tr("Ask again"), tr("Ask for this answer again; this one is kept."), Place.READING),
    Action(
        "retry_with",
        ("R",),
        tr("Ask again with"),
        tr("Ask for this answer again, of another model or with another effort, this once."),
        Place.READING,
    ),
    Action(
        "flip_back",
        ("left_square_bracket",),
        tr("Variant before"),
        tr("Show the variant before this."),
        Place.READING,
        ("[",),
    ),
    Action(
        "flip",
        ("right_square_bracket",),
        tr("Variant after"),
        tr("Show the variant after this."),
        Place.READING,
        ("]",),
    ),
    Action(
        "branch_here",
        ("b",),
        tr("Continue from here"),
        tr("Write a prompt below this message; what follows it now is kept."),
        Place.READING,
    ),
    Action(
        "note_here", ("m",), tr("Note"), tr("Write a note below this message; notes are never sent."), Place.READING
    ),
    Action("delete_message", ("d",), tr("Delete"), tr("Delete this message, or this note, alone."), Place.READING),
    Action("delete_branch", ("D",), tr("Delete from here"), tr("Delete this message and all below it."), Place.READING),
    Action(
        "undo_delete",
        ("u",),
        tr("Undo delete"),
        tr("Bring back what was deleted last, also long after."),
        Place.READING,
    ),
    Action("fork_here", ("F",), tr("Fork"), tr("Make a chat of its own of all up to this message."), Place.READING),
    Action("find_next", ("n",), tr("Find next"), tr("Go to the next occurrence of what was searched."), Place.READING),
    Action("find_previous", ("N",), tr("Find previous"), tr("Go to the occurrence before."), Place.READING),
    Action("leave_reading", ("i",), tr("Write"), tr("Go back to the prompt; Esc does the same."), Place.READING),
    Action("opened_up", ("up", "k"), tr("Up"), tr("Go up by a row."), Place.OPENED),
    Action("opened_down", ("down", "j"), tr("Down"), tr("Go down by a row."), Place.OPENED),
    Action("opened_left", ("left", "h"), tr("Left"), tr("Go to the left."), Place.OPENED),
    Action("opened_right", ("right", "l"), tr("Right"), tr("Go to the right."), Place.OPENED),
    Action("opened_page_up", ("pageup",), tr("Page up"), tr("Go up by a page."), Place.OPENED),
    Action("opened_page_down", ("pagedown", "space"), tr("Page down"), tr("Go down by a page."), Place.OPENED),
    Action("opened_start", ("home", "g"), tr("Beginning"), tr("Go to the first row."), Place.OPENED),
    Action("opened_end", ("end", "G"), tr("End"), tr("Go to the last row."), Place.OPENED),
    Action("copy_opened", ("y", "ctrl+c"), tr("Copy"), tr("Copy what is shown, as it was written."), Place.OPENED),
    Action("copy_opened_tsv", ("t",), tr("Copy as TSV"), tr("Copy a table, its cells parted by tabs."), Place.OPENED),
    Action("copy_opened_csv", ("T",), tr("Copy as CSV"), tr("Copy a table, its cells parted by commas."), Place.OPENED),
    Action(
        "toggle_opened_source", ("s",), tr("Source"), tr("Show the block as it was written, or draw it."), Place.OPENED
    ),
    Action("close_opened", ("escape", "q", "v"), tr("Close"), tr("Back to the conversation."), Place.OPENED),
    Action("tree_up", ("up", "k"), tr("Up"), tr("Go up in the tree."), Place.TREE),
    Action("tree_down", ("down", "j"), tr("Down"), tr("Go down in the tree."), Place.TREE),
    Action("tree_left", ("left", "h"), tr("Variant before"), tr("Go to the variant before this."), Place.TREE),
    Action("tree_right", ("right", "l"), tr("Variant after"), tr("Go to the variant after this."), Place.TREE),
    Action("tree_page_up", ("pageup",), tr("Page up"), tr("Go up by a page of the tree."), Place.TREE),
    Action("tree_page_down", ("pagedown",), tr("Page down"), tr("Go down by a page of the tree."), Place.TREE),
    Action("tree_start", ("home", "g"), tr("Beginning"), tr("Go to the first message of the tree."), Place.TREE),
    Action("tree_end", ("end", "G"), tr("End"), tr("Go to the last message of the tree."), Place.TREE),
    Action("tree_fold", ("space",), tr("Fold"), tr("Hide what is below the message, or show it."), Place.TREE),
    Action("tree_go", ("enter",), tr("Go"), tr("Show the branch of the message, and the message in it."), Place.TREE),
    Action("tree_edit", ("e",), tr("Edit"), tr("Change the prompt or the note under the cursor."), Place.TREE),
    Action("tree_note", ("n", "m"), tr("Note"), tr("Write a note below the message under the cursor."), Place.TREE),
    Action(
        "tree_delete", ("d",), tr("Delete"), tr("Delete the message or the note under the cursor alone."), Place.TREE
    ),
    Action(
        "tree_delete_branch",
        ("D",),
        tr("Delete from here"),
        tr("Delete the message under the cursor and all below it."),
        Place.TREE,
    ),
    Action("tree_undo", ("u",), tr("Undo delete"), tr("Bring back what was deleted last in this chat."), Place.TREE),
    Action(
        "tree_fork",
        ("f", "F"),
        tr("Fork"),
        tr("Make a chat of its own of all up to the message under the cursor."),
        Place.TREE,
    ),
    Action("close_tree", ("escape", "q"), tr("Close"), tr("Back from the tree to the conversation."), Place.TREE),
    Action("inspect_up", ("up", "k"), tr("Up"), tr("Go up by a row of the inspector."), Place.INSPECTING),
    Action("inspect_down", ("down", "j"), tr("Down"), tr("Go down by a row of the inspector."), Place.INSPECTING),
    Action("inspect_page_up", ("pageup",), tr("Page up"), tr("Go up by a page of it."), Place.INSPECTING),
    Action("inspect_page_down", ("pagedown",), tr("Page down"), tr("Go down by a page of it."), Place.INSPECTING),
    Action("inspect_start", ("home", "g"), tr("Beginning"), tr("Go to its first row."), Place.INSPECTING),
    Action("inspect_end", ("end", "G"), tr("End"), tr("Go to its last row."), Place.INSPECTING),
    Action(
        "inspect_fold",
        ("space", "enter"),
        tr("Open"),
        tr("Open what is under the cursor, or fold it."),
        Place.INSPECTING,
    ),
    Action("inspect_fold_all", ("f",), tr("Open all"), tr("Open everything, or fold it."), Place.INSPECTING),
    Action("inspect_copy", ("y", "ctrl+c"), tr("Copy"), tr("Copy what is under the cursor."), Place.INSPECTING),
    Action("inspect_copy_all", ("Y",), tr("Copy all"), tr("Copy everything as JSON."), Place.INSPECTING),
    Action(
        "close_inspect",
        ("escape", "q"),
        tr("Close"),
        tr("Back from the inspector to the conversation."),
        Place.INSPECTING,
    ),
    Action("compare_left", ("left", "h"), tr("Left"), tr("Go to the answer at the left."), Place.COMPARING),
    Action("compare_right", ("right", "l"), tr("Right"), tr("Go to the answer at the right."), Place.COMPARING),
    Action("compare_up", ("up", "k"), tr("Up"), tr("Scroll the answer up."), Place.COMPARING),
    Action("compare_down", ("down", "j"), tr("Down"), tr("Scroll the answer down."), Place.COMPARING),
    Action("compare_page_up", ("pageup",), tr("Page up"), tr("Scroll up by a page."), Place.COMPARING),
    Action("compare_page_down", ("pagedown", "space"), tr("Page down"), tr("Scroll down by a page."), Place.COMPARING),
    Action("compare_start", ("home", "g"), tr("Beginning"), tr("Go to the beginning of the answer."), Place.COMPARING),
    Action("compare_end", ("end", "G"), tr("End"), tr("Go to the end of the answer and follow it."), Place.COMPARING),
    Action(
        "compare_keep",
        ("enter",),
        tr("Keep"),
        tr("Go on with this answer; the others stay beside it as variants. What still arrives is stopped."),
        Place.COMPARING,
    ),
    Action("compare_now", ("f7",), tr("Try now"), tr("Cut a countdown of this answer short."), Place.COMPARING),
    Action("compare_copy", ("y", "ctrl+c"), tr("Copy"), tr("Copy this answer as Markdown."), Place.COMPARING),
    Action(
        "compare_stop",
        ("escape",),
        tr("Stop all"),
        tr("Stop all answers and keep what came. When all have ended: go on with the first."),
        Place.COMPARING,
    ),
    Action(
        "mark_chat",
        ("tab",),
        tr("Mark"),
        tr("Mark the chat and go on to the next: what is done then is done with all that are marked."),
        Place.LIST,
    ),
    Action("mark_all", ("ctrl+a",), tr("Mark all"), tr("Mark all chats that were found, or none."), Place.LIST),
    Action("rename_chat", ("f2",), tr("Rename"), tr("Give the chat another title."), Place.LIST),
    Action(
        "tag_chat",
        ("f3",),
        tr("Tags"),
        tr("Change the tags, a word each; `tag:x` in the filter finds them."),
        Place.LIST,
    ),
    Action("pin_chat", ("f4",), tr("Pin"), tr("Have the chat stand first, or no longer."), Place.LIST),
    Action("archive_chat", ("f6",), tr("Archive"), tr("Leave the chat out of the list, or bring it back."), Place.LIST),
    Action(
        "trash_chat",
        ("f8",),
        tr("Trash"),
        tr("Throw the chat away; it stays in the trash. In the trash: remove it for ever."),
        Place.LIST,
    ),
    Action("undo_list", ("f7",), tr("Undo"), tr("Take back what was done last in the list."), Place.LIST),
    Action(
        "next_view",
        ("f9",),
        tr("View"),
        tr("Show the archived chats, then the trash, then the chats again."),
        Place.LIST,
    ),
    Action("leave_list", ("escape",), tr("Leave"), tr("Leave the list."), Place.LIST),
    Action(
        "pick_theme",
        ("f10",),
        tr("Theme"),
        tr("Choose other colours; each is shown while one chooses."),
        Place.EVERYWHERE,
        command="theme",
        argument="[theme]",
    ),
    Action(
        "manual",
        (),
        tr("Manual"),
        tr("Show a page of the manual."),
        command="manual",
        argument="[topic]",
    ),
    Action(
        "change_setting",
        ("enter",),
        tr("Change"),
        tr("Change the setting: switch it, choose, or write."),
        Place.SETTINGS,
    ),
    Action(
        "reset_setting",
        ("f8",),
        tr("Default"),
        tr("Take the setting out of config.toml, so that its default holds."),
        Place.SETTINGS,
    ),
    Action("leave_settings", ("escape",), tr("Leave"), tr("Leave the settings."), Place.SETTINGS),
    Action(
        "settings",
        ("ctrl+x ctrl+o",),
        tr("Settings"),
        tr("See and change the settings."),
        Place.EVERYWHERE,
        command="settings",
        argument="[words]",
    ),
    Action(
        "palette",
        ("ctrl+p",),
        tr("Everything"),
        tr("Find anything that Salon can do here by its name, and do it."),
        Place.EVERYWHERE,
        command="palette",
    ),
    Action(
        "help",
        ("f1",),
        tr("Help"),
        tr("Show the keys that work here and now, and all others."),
        Place.EVERYWHERE,
        command="help",
    ),
    Action(
        "help_reading", ("question_mark",), tr("Help"), tr("Show the keys of reading, and all others."), Place.READING
    ),
    Action(
        "help_opened",
        ("question_mark",),
        tr("Help"),
        tr("Show the keys of an opened block, and all others."),
        Place.OPENED,
    ),
    Action(
        "help_comparing",
        ("question_mark",),
        tr("Help"),
        tr("Show the keys of answers side by side, and all others."),
        Place.COMPARING,
    ),
    Action(
        "help_inspecting",
        ("question_mark",),
        tr("Help"),
        tr("Show the keys of the inspector, and all others."),
        Place.INSPECTING,
    ),
    Action("help_tree", ("question_mark",), tr("Help"), tr("Show the keys of the tree, and all others."), Place.TREE),
    Action("send_queued", (), tr("Send it"), tr("Send the first of the queued prompts.")),
    Action("open_link", (), tr("Open"), tr("Open the link that is shown.")),
    Action("suspend", ("ctrl+z",), tr("Suspend"), tr("Go back to the shell; fg brings Salon back."), Place.EVERYWHERE),
    Action(
        "toggle_mouse",
        ("alt+o",),
        tr("Mouse"),
        tr("Release the mouse, so that the terminal selects and opens links by itself, or take it back."),
        Place.EVERYWHERE,
        command="mouse",
    ),
    Action(
        "quit_and_print",
        ("ctrl+x ctrl+q",),
        tr("Quit and print"),
        tr("Quit, and print the conversation to the terminal's own scrollback."),
        Place.EVERYWHERE,
        command="quit-and-print",
    ),
    Action(
        "quit",
        ("ctrl+q",),
        tr("Quit"),
        tr("Quit. Everything is kept, the draft included."),
        Place.EVERYWHERE,
        command="quit",
    ),
)

BY_ID = {action.id: action for action in ACTIONS}

_NAMES = {
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "escape": "Esc",
    "underscore": "_",
    "slash": "/",
    "backslash": "\\",
    "comma": ",",
    "full_stop": ".",
    "minus": "-",
    "plus": "Plus",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "question_mark": "?",
    "exclamation_mark": "!",
    "semicolon": ";",
    "colon": ":",
    "at": "@",
    "number_sign": "#",
}


def key_name(key: str) -> str:
    """Textual's `ctrl+home` as people write it: Ctrl+Home. A letter alone is itself: `c` and `C` are two keys."""
    if " " in key:
        return " ".join(map(key_name, key.split(" ")))
    if len(key) == 1:
        return key
    return "+".join(
        _NAMES.get(part, part.upper() if len(part) <= 3 and part[1:].isdigit() else part.capitalize())
        for part in key.split("+")
    )


_ARROWS = {"↑": "up", "↓": "down", "←": "left", "→": "right"}
_KEYS = {"Esc", "Enter", "Tab", "Space", "Backspace", "Delete", "Insert", "Home", "End", "PgUp", "PgDn"}
_BY_NAME = {name: key for key, name in _NAMES.items()}


def textual_key(name: str) -> str:
    """What `key_name` makes of a key, turned back; "" for words that name none."""
    if " " in name:
        keys = [textual_key(part) for part in name.split(" ")]
        return " ".join(keys) if all(keys) else ""
    *modifiers, base = name.split("+") if len(name) > 1 else [name]
    if not {*modifiers} <= {"Ctrl", "Alt", "Shift"}:
        return ""
    if base in _ARROWS:
        key = _ARROWS[base]
    elif base in _KEYS or base in {"Up", "Down", "Left", "Right"} or base in _BY_NAME:
        key = _BY_NAME.get(base, base.lower())
    elif len(base) == 1:
        key = base.lower() if modifiers else base
    else:
        key = base.lower() if base[0] == "F" and base[1:].isdigit() else ""
    return "+".join([*(modifier.lower() for modifier in modifiers), key]) if key else ""


def key_table() -> str:
    """The keys as a Markdown table, for the README."""
    rows = [tr("| Where | Keys | What |"), "|---|---|---|"]
    for place in Place:
        for action in ACTIONS:
            if action.place is place and action.keys:
                keys = tr(" or ").join(f"`{name}`" for name in action.key_names())
                rows.append(f"| {tr(place.value)} | {keys} | {action.help} |")
    return "\n".join(rows)
