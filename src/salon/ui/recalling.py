"""Bringing words back into the prompt: what was put aside, what was asked before, what is kept for use again."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from textual import work
from textual.message import Message as WidgetMessage

from salon.actions import BY_ID
from salon.chat.draft import Draft
from salon.chat.placeholders import filled, placeholders
from salon.errors import StoreError
from salon.guide import TOPICS, page
from salon.saved_prompts import SavedPrompt
from salon.templates import Template
from salon.ui.attaching import AttachingActions
from salon.ui.blockscreen import BlockScreen, OpenedBlock
from salon.ui.completion import Candidate
from salon.ui.form import FormScreen
from salon.ui.notice import NoticeText
from salon.ui.picker import PickerScreen, Row
from salon.untrusted import clean, clean_line
from salon.words import tr

Kept = TypeVar("Kept", SavedPrompt, Template)

EVERYTHING = 1_000_000
"""More prompts than anybody writes."""
SEARCHED = 4_000
"""Characters of an earlier prompt that are looked at while one types."""


class RecallingActions(AttachingActions):
    """A screen whose prompt remembers."""

    # putting aside

    @work(group="stash", exit_on_error=False)
    async def action_stash(self) -> None:
        """Put the draft aside, or bring one back into an empty prompt."""
        stash = self.drafting.library.stash()
        draft = replace(self.prompt.draft, queued=())
        try:
            if draft:
                await asyncio.to_thread(stash.push, draft)
                self.prompt.clear_sent(draft.text, draft.attachments)
                self.notice.show(_put_aside())
                return
            drafts = await asyncio.to_thread(stash.load)
            chosen = await self._chosen_of(drafts)
            if chosen is not None:
                self.prompt.set_draft(chosen)
                if self.notice.shown == _put_aside():
                    self.notice.show(None)
                await self.drafting.save()
                await asyncio.to_thread(stash.drop, chosen)
        except StoreError as error:
            self.notice.show(NoticeText(error.sentence(), (), "error"))

    async def _chosen_of(self, drafts: Sequence[Draft]) -> Draft | None:
        if not drafts:
            self.notice.show(NoticeText(tr("Nothing has been put aside."), (), "info"))
        if len(drafts) < 2:
            return next(iter(drafts), None)
        rows = [
            Row(str(number), clean_line(draft.text, 200) or tr("(attachments)")) for number, draft in enumerate(drafts)
        ]
        chosen = await self.app.push_screen_wait(PickerScreen(tr("What was put aside"), rows, ""))
        return None if chosen is None else drafts[int(chosen)]

    # what was asked before

    @work(group="history", exclusive=True, exit_on_error=False)
    async def action_history(self) -> None:
        """Search the prompts of all chats."""
        picker = PickerScreen(tr("Earlier prompts"), None, tr("No prompts yet."))
        shown = self.app.push_screen(picker, self._recall)
        library = self.drafting.library
        self._earlier = await asyncio.to_thread(library.prompts, EVERYTHING)
        rows = await asyncio.to_thread(_rows_of, self._earlier)
        await shown
        picker.show_rows(rows)

    _earlier: Sequence[str] = ()

    def _recall(self, chosen: str | None) -> None:
        if chosen is not None:
            self.prompt.insert(clean(self._earlier[int(chosen)]))

    # what is kept for use again

    @dataclass
    class TemplateChosen(WidgetMessage):
        """A new chat is to begin as a template says; `prompt` is its first prompt with the gaps filled in."""

        template: Template
        prompt: str

    @work(group="saved", exclusive=True, exit_on_error=False)
    async def action_template(self, name: str = "") -> None:
        """Start a new chat from a template."""
        templates, problems = await asyncio.to_thread(self._services.templates)
        template = await self._chosen_from(tr("Templates"), templates, problems, name, _row_of_template)
        if template is None:
            return
        values = await self._filled_in(template.name, template.prompt)
        if values is not None:
            self.post_message(self.TemplateChosen(template, filled(template.prompt, values)))

    @work(group="saved", exclusive=True, exit_on_error=False)
    async def action_saved_prompt(self, name: str = "") -> None:
        """Put a saved prompt into the box, its gaps filled in."""
        prompts, problems = await asyncio.to_thread(self._services.saved_prompts)
        prompt = await self._chosen_from(tr("Saved prompts"), prompts, problems, name, _row_of_prompt)
        if prompt is None:
            return
        values = await self._filled_in(prompt.name, prompt.text)
        if values is not None:
            self.prompt.insert(clean(filled(prompt.text, values)))

    async def _chosen_from(
        self, what: str, kept: Sequence[Kept], problems: Sequence[str], name: str, row_of: Callable[[Kept], Row]
    ) -> Kept | None:
        """The one with this name, or the one that the person chooses; what is wrong with files is said."""
        if problems:
            self.notice.show(NoticeText("\n".join(problems), (), "warning"))
        elif not kept:
            place = self._services.own_files
            self.notice.show(
                NoticeText(
                    tr("{what}: there are none yet. They are files in {place}.", what=what, place=place), (), "info"
                )
            )
        if not kept:
            return None
        if name:
            return next((each for each in kept if each.name == name), None)
        chosen = await self.app.push_screen_wait(PickerScreen(what, [row_of(each) for each in kept], ""))
        return next((each for each in kept if each.name == chosen), None)

    async def _filled_in(self, heading: str, text: str) -> dict[str, str] | None:
        gaps = placeholders(text)
        return await self.app.push_screen_wait(FormScreen(heading, gaps)) if gaps else {}

    def action_manual(self, topic: str = "") -> None:
        """Show a page of the manual, or choose one."""
        if not topic:
            rows = [Row(name, name, about) for name, about in TOPICS.items()]
            self.app.push_screen(PickerScreen(tr("Manual"), rows, ""), self._manual_chosen)
        elif topic in TOPICS:
            block = OpenedBlock.of_page(page(topic), self._services.settings.measure)
            self.app.push_screen(BlockScreen(block, self.transcript.painter))
        else:
            self.notice.show(
                NoticeText(tr("The manual has no page “{topic}”.", topic=clean_line(topic, 40)), (), "info")
            )

    def _manual_chosen(self, topic: str | None) -> None:
        if topic is not None:
            self.action_manual(topic)

    def choices_of(self, action: str) -> list[Candidate]:
        """What a command can take behind its name, where that can be listed."""
        if action == "saved_prompt":
            prompts, _ = self._services.saved_prompts()  # a few small files, and only once somebody types the command
            return [Candidate(prompt.name, clean_line(prompt.text, 80)) for prompt in prompts]
        if action == "manual":
            return [Candidate(name, about) for name, about in TOPICS.items()]
        if action == "template":
            templates, _ = self._services.templates()
            return [Candidate(template.name, _row_of_template(template).rest) for template in templates]
        return super().choices_of(action)


def _rows_of(prompts: Sequence[str]) -> list[Row]:
    return [Row(str(number), clean_line(text[:SEARCHED], SEARCHED)) for number, text in enumerate(prompts)]


def _row_of_prompt(prompt: SavedPrompt) -> Row:
    return Row(prompt.name, prompt.name, clean_line(prompt.text, 80))


def _row_of_template(template: Template) -> Row:
    told = (template.model, template.effort, "temporary" if template.temporary else "", template.prompt)
    return Row(template.name, template.name, clean_line(" · ".join(part for part in told if part), 100))


def _put_aside() -> NoticeText:
    return NoticeText(
        tr("Put aside. {stash_key} in an empty prompt brings it back.", stash_key=BY_ID["stash"].key), (), "info"
    )
