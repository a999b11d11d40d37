"""Bringing words back into the prompt: what was put aside, what was asked before, what is kept for use again."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from textual import work

from salon.actions import BY_ID
from salon.chat.placeholders import filled, placeholders
from salon.chat.session import Draft
from salon.errors import StoreError
from salon.ui.attaching import AttachingActions
from salon.ui.completion import Candidate
from salon.ui.form import FormScreen
from salon.ui.notice import NoticeText
from salon.ui.picker import PickerScreen, Row
from salon.untrusted import clean, clean_line

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
                self.prompt.clear_sent(draft.text)
                told = f"Put aside. {BY_ID['stash'].key} in an empty prompt brings it back."
                self.notice.show(NoticeText(told, (), "info"))
                return
            drafts = await asyncio.to_thread(stash.load)
            chosen = await self._chosen_of(drafts)
            if chosen is not None:
                self.prompt.set_draft(chosen)
                await self.drafting.save()
                await asyncio.to_thread(stash.drop, chosen)
        except StoreError as error:
            self.notice.show(NoticeText(error.sentence(), (), "error"))

    async def _chosen_of(self, drafts: Sequence[Draft]) -> Draft | None:
        if not drafts:
            self.notice.show(NoticeText("Nothing has been put aside.", (), "info"))
        if len(drafts) < 2:
            return next(iter(drafts), None)
        rows = [Row(str(number), clean_line(draft.text, 200)) for number, draft in enumerate(drafts)]
        chosen = await self.app.push_screen_wait(PickerScreen("What was put aside", rows, ""))
        return None if chosen is None else drafts[int(chosen)]

    # what was asked before

    @work(group="history", exclusive=True, exit_on_error=False)
    async def action_history(self) -> None:
        """Search the prompts of all chats."""
        picker = PickerScreen("Earlier prompts", None, "No prompts yet.")
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

    @work(group="saved", exclusive=True, exit_on_error=False)
    async def action_saved_prompt(self, name: str = "") -> None:
        """Put a saved prompt into the box, its gaps filled in."""
        prompts, problems = await asyncio.to_thread(self._services.saved_prompts)
        if problems:
            self.notice.show(NoticeText("\n".join(problems), (), "warning"))
        if not prompts:
            place = f"Put Markdown files into {self._services.prompts_directory} to have them here."
            self.notice.show(NoticeText(f"There are no saved prompts. {place}", (), "info"))
            return
        if not name:
            rows = [Row(prompt.name, prompt.name, clean_line(prompt.text, 80)) for prompt in prompts]
            chosen = await self.app.push_screen_wait(PickerScreen("Saved prompts", rows, ""))
        else:
            chosen = name
        prompt = next((prompt for prompt in prompts if prompt.name == chosen), None)
        if prompt is None:
            return
        gaps = placeholders(prompt.text)
        values = await self.app.push_screen_wait(FormScreen(prompt.name, gaps)) if gaps else {}
        if values is not None:
            self.prompt.insert(clean(filled(prompt.text, values)))

    def choices_of(self, action: str) -> list[Candidate]:
        """What a command can take behind its name, where that can be listed."""
        if action == "saved_prompt":
            prompts, _ = self._services.saved_prompts()  # a few small files, and only once somebody types the command
            return [Candidate(prompt.name, clean_line(prompt.text, 80)) for prompt in prompts]
        return super().choices_of(action)


def _rows_of(prompts: Sequence[str]) -> list[Row]:
    return [Row(str(number), clean_line(text[:SEARCHED], SEARCHED)) for number, text in enumerate(prompts)]
