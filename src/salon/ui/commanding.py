"""Typing what to do: commands behind a slash, files behind an `@`, and the list that completes both."""

import asyncio

from textual import work

from salon.actions import BY_ID, Place
from salon.chat.session import Session
from salon.fuzzy import best
from salon.ui.caching import CachingActions
from salon.ui.completion import Candidate, CompletionList, How
from salon.ui.mentions import FileNames, mention_before, mention_of
from salon.ui.notice import NoticeText
from salon.ui.services import Services
from salon.ui.slash import COMMANDS, command_candidates, typed_command
from salon.untrusted import clean_line
from salon.words import tr

LONGEST_TITLE = 80
ONCE = "once"
"""Behind a level of effort: for the next answer alone."""


class CommandingActions(CachingActions):
    """A screen whose prompt takes commands."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._files = FileNames(services.list_files)
        self._taken_literally = ""
        """The beginning of a command or of a file's name that the person closed the list for."""
        self._completed = ""
        """The text that the list was made for."""
        self._listed: tuple[str, list[Candidate]] = ("", [])
        """The command whose argument is being typed, and what it can take: some of it lies in files."""

    @property
    def completions(self) -> CompletionList:
        """The list above the prompt."""
        return self.query_one(CompletionList)

    # completing

    def lend_key(self, key: str) -> bool:
        """Let what completes the prompt use a key; whether it did."""
        text = self.prompt.text
        if self.completions.is_open and text.startswith("/") and text != self._completed:
            self.complete_prompt()  # typed fast, the key is here before the list has heard of the last letters
        return self.completions.take_key(key)

    def complete_prompt(self) -> None:
        """Show what could be meant by what stands before the caret."""
        text = self._completed = self.prompt.text
        if self._taken_literally and not text.startswith(self._taken_literally):
            self._taken_literally = ""
        typed = None if self._taken_literally else typed_command(text)
        if typed is None:
            self._listed = ("", [])
        row, column = self.prompt.cursor_location
        mention = mention_before(self.prompt.document.get_line(row)[:column])
        if typed is not None and typed.argument is not None and typed.name == BY_ID["attach"].command:
            self._complete_path(typed.argument)
        elif typed is not None:
            self.completions.show(self._command_candidates(typed.name, typed.argument))
        elif mention is not None and not self._taken_literally:
            self._complete_mention(mention.removeprefix('"'))
        else:
            self.workers.cancel_group(self, "mention")
            self.completions.close()

    def close_completions(self) -> bool:
        """Take what is typed as it stands; whether a list was open."""
        if not self.completions.close():
            return False
        self._taken_literally = self.prompt.get_text_range((0, 0), self.prompt.cursor_location)
        return True

    @work(group="mention", exclusive=True, exit_on_error=False)
    async def _complete_mention(self, letters: str) -> None:
        self.completions.show(await self._files.find(letters))

    @work(group="mention", exclusive=True, exit_on_error=False)
    async def _complete_path(self, typed: str) -> None:
        found = await asyncio.to_thread(self._services.attacher.complete, typed)
        self.completions.show([Candidate(path, label=clean_line(path, 200)) for path in found])

    def _command_candidates(self, name: str, argument: str | None) -> list[Candidate]:
        if argument is None:
            self._listed = ("", [])
            return command_candidates(name)
        if name not in COMMANDS:
            return []
        if self._listed[0] != name:
            self._listed = (name, self.choices_of(COMMANDS[name].id))
        choices = self._listed[1]
        if not argument:
            return choices
        by_label = {choice.label or choice.value: choice for choice in choices}
        return [by_label[label] for label in best(argument, by_label, len(by_label))]

    def choices_of(self, action: str) -> list[Candidate]:
        """What a command can take behind its name, where that can be listed."""
        session, connection = self.session, self.connection
        if action == "pick_model" and connection is not None:
            models = self._services.connector.models_of(connection)
            return [Candidate(model.id, clean_line(model.label, 60), clean_line(model.id, 60)) for model in models]
        if action == "effort" and session is not None:
            return [Candidate(level) for level in session.parameters.model.efforts]
        if action == "pick_theme":
            return [Candidate(theme.name, theme.label) for theme in self._services.themes]
        return []

    def on_completion_list_accepted(self, event: CompletionList.Accepted) -> None:
        """Write on, or do what was chosen."""
        typed = typed_command(self.prompt.text)
        if typed is None:
            self._put_mention(event.value, event.how)
        elif typed.argument is None:
            self._take_command(event.value, event.how)
        elif event.how == "tab":
            self._write(f"/{typed.name} {event.value}")
        else:
            self.run_command(typed.name, event.value)

    def _take_command(self, name: str, how: How) -> None:
        action = COMMANDS[name]
        if how == "tab" or action.needs_argument:
            self._write(f"/{name} " if action.argument else f"/{name}")
        else:
            self.run_command(name, "")

    def _put_mention(self, path: str, how: How) -> None:
        row, column = self.prompt.cursor_location
        letters = mention_before(self.prompt.document.get_line(row)[:column])
        if letters is None:
            return
        into_folder = path.endswith("/") and how == "tab"
        written = mention_of(path).rstrip('"') if into_folder else f"{mention_of(path)} "
        self.prompt.replace(written, (row, column - len(letters)), (row, column))
        if not into_folder:
            self.completions.close()
            self.file_named(path)

    def file_named(self, path: str) -> None:
        """A file, or a folder with a slash at its end, was named in the prompt."""
        raise NotImplementedError

    def _write(self, text: str) -> None:
        self.prompt.replace(text, (0, 0), self.prompt.document.end)
        self.prompt.move_cursor(self.prompt.document.end)

    # commands

    def takes_command(self, text: str) -> bool:
        """Do what the prompt says, if that is a command and not meant literally; whether it was one."""
        typed = None if self._taken_literally else typed_command(text.rstrip())
        if typed is None or typed.name not in COMMANDS:
            return False
        action = COMMANDS[typed.name]
        if action.needs_argument and not typed.argument:
            self._write(f"/{typed.name} ")
        else:
            self.run_command(typed.name, (typed.argument or "").strip())
        return True

    def run_command(self, name: str, argument: str) -> None:
        """Run a command; its words leave the prompt."""
        self.completions.close()
        self._write("")
        action = COMMANDS[name]
        target = self.app if action.place is Place.EVERYWHERE else self
        method = getattr(target, f"action_{action.id}")
        self.call_later(method, *([argument] if action.argument and argument else []))

    def show_totals(self) -> None:
        """Write what is used, and with which effort, into the status bar: an effort for once has gone now."""
        super().show_totals()
        self.show_effort()

    def show_effort(self) -> None:
        """Say in the status bar how hard the model is to think, where that is not as it would by itself."""
        session = self.session
        self.status_bar.update(effort="" if session is None else effort_in_words(session))

    @work(group="effort", exclusive=True, exit_on_error=False)
    async def action_effort(self, words: str = "") -> None:
        """Have the model think harder, or less, from now on, or with “once” for the next answer alone."""
        session = self.session
        if session is None:
            return
        model = session.parameters.model
        level, _, rest = words.partition(" ")
        once = rest.strip() == ONCE
        if level not in model.efforts or (rest and not once):
            known = (
                tr("It has {efforts}.", efforts=", ".join(model.efforts))
                if model.efforts
                else tr("It has no levels of effort.")
            )
            self.notice.show(
                NoticeText(
                    tr("{label} cannot do that. {known}", label=clean_line(model.label, 40), known=known), (), "info"
                )
            )
            return
        if level != session.asked_next.effort and not await self.may_lose_cache(
            session,
            tr("With another effort they have to be read anew"),
            tr("Effort {level}{more}", level=level, more=tr(" once") if once else ""),
        ):
            return
        if once:
            session.effort_once = level
            self.show_effort()
            self.notice.show(NoticeText(tr("Effort {level} for the next answer alone.", level=level), (), "info"))
            return
        session.adopt_effort(level)
        if session.conversation.messages:
            await session.set("effort", level)
        self.show_effort()
        self.notice.show(NoticeText(tr("Effort {level} from the next prompt on.", level=level), (), "info"))

    def action_title(self, words: str = "") -> None:
        """Give the chat another title."""
        title = clean_line(words, LONGEST_TITLE)
        if self.session is None or not title:
            return
        self._set_title(self.session, title)
        self.notice.show(NoticeText(tr("This chat is called “{title}” now.", title=title), (), "info"))

    def system_is_settled(self) -> bool:
        """Whether the chat has begun, so that its system prompt cannot be changed any more; says so."""
        if self.session is None or not self.session.conversation.messages:
            return False
        sentence = tr("A chat that has begun keeps its system prompt, because its thinking is bound to it.")
        self.notice.show(
            NoticeText(tr("{sentence} A new chat can have another.", sentence=sentence), ("new_chat",), "info")
        )
        return True

    @work(group="title", exit_on_error=False)
    async def _set_title(self, session: Session, title: str) -> None:
        await session.set("title", title)
        self.post_message(self.TitleChanged())

    def action_system(self, words: str = "") -> None:
        """Tell the model something before a new chat; without words say what it is told."""
        session = self.session
        if session is None:
            return
        if words and self.system_is_settled():
            return
        if words:
            session.wish(system=words)
            session.adopt(session.parameters)
        told = clean_line(session.parameters.system, 300)
        sentence = (
            tr("The system prompt of this chat: {told}", told=told) if told else tr("This chat has no system prompt.")
        )
        self.notice.show(NoticeText(sentence, (), "info"))


def effort_in_words(session: Session) -> str:
    """With which effort the next answer is asked for; "" where the model would take it by itself, or none is sent."""
    asked = session.asked_next
    if not asked.anthropic_host or asked.effort not in asked.model.efforts:
        return ""
    if session.effort_once:
        return tr("effort {effort_once} once", effort_once=session.effort_once)
    return tr("effort {effort}", effort=asked.effort) if asked.effort != asked.model.default_effort else ""
