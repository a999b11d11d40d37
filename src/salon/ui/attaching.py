"""Attaching: by path, by paste, from the clipboard; taking out, making smaller, checking before it is sent."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from textual import work

from salon.actions import BY_ID
from salon.chat import limits
from salon.chat.attachments import Attachment, Blobs, Kind, attachments_of
from salon.chat.limits import TooMuch
from salon.errors import SalonError
from salon.hidden import hidden_in
from salon.ui.attachscreen import AttachScreen
from salon.ui.counting import CountingActions
from salon.ui.described import described
from salon.ui.notice import NoticeText
from salon.ui.picturescreen import PictureScreen
from salon.ui.prompt import Prompt
from salon.ui.services import Services
from salon.untrusted import clean_line
from salon.words import tr


@dataclass(frozen=True, slots=True)
class _FromPaste:
    """A paste that was taken for files: the text as it was pasted, and what became of it."""

    text: str
    paths: tuple[str, ...]
    attachments: tuple[Attachment, ...] = ()
    """Empty while it stands in the prompt as text."""


class AttachingActions(CountingActions):
    """A screen whose prompt carries attachments."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._removed: Attachment | None = None
        self._from_paste: _FromPaste | None = None
        self._busy = 0
        self._send_when_attached = False

    @property
    def _blobs(self) -> Blobs:
        return self.drafting.library.blobs

    # taking in

    def attach_paths(self, paths: Sequence[str]) -> None:
        """Attach what paths or addresses mean; what cannot be attached is told, the others are."""
        attacher = self._services.attacher
        self._take_in([partial(attacher.attach, self._blobs, path) for path in paths])

    def action_preview(self) -> None:
        """Draw the last attached picture, or the last one of the conversation."""
        said = [message.content for message in (self.session.path if self.session is not None else ())]
        pictures = [each for content in said for each in attachments_of(content) if each.is_image]
        pictures += [each for each in self.prompt.attachments if each.is_image]
        if not pictures:
            self.notice.show(NoticeText(tr("There is no picture here."), (), "info"))
            return
        picture = pictures[-1]
        if picture.url:
            self.notice.show(NoticeText(tr("This picture is at an address; Salon never fetches it."), (), "info"))
            return
        draw = partial(self._services.attacher.mosaic, self._blobs, picture)
        self.app.push_screen(PictureScreen(described(picture), draw))

    def file_named(self, path: str) -> None:
        """Attach what was named in the prompt, so that the model sees it."""
        self.attach_paths([path])

    def _take_in(self, readers: Sequence[Callable[[], Attachment]]) -> None:
        self._busy += 1
        self._read_all(readers)

    @work(group="attach", exit_on_error=False)
    async def _read_all(self, readers: Sequence[Callable[[], Attachment]]) -> None:
        try:
            read, problems = await self._read(readers)
            self.prompt.attach(*read)
            self._tell(read, problems)
            self._send_when_attached = self._send_when_attached and not problems
        finally:
            self._one_attached()

    async def _read(self, readers: Sequence[Callable[[], Attachment]]) -> tuple[list[Attachment], list[str]]:
        read: list[Attachment] = []
        problems: list[str] = []
        for reader in readers:
            try:
                read.append(await asyncio.to_thread(reader))
            except SalonError as error:
                problems.append(error.sentence())
        return read, problems

    def _tell(self, read: Sequence[Attachment], problems: Sequence[str]) -> None:
        if problems:
            self.notice.show(NoticeText(" ".join(problems), (), "warning"))
            return
        if any(max(each.pixels or (0,)) > limits.LONGEST_SIDE for each in read):
            sentence = tr(
                "A side of a picture may have {longest_side} pixels; this one is too long.",
                longest_side=limits.LONGEST_SIDE,
            )
            self.notice.show(NoticeText(sentence, ("make_smaller", "remove_attachment"), "warning", by_key=True))

    def wait_for_attachments(self) -> bool:
        """Have the prompt sent as soon as everything is attached; whether there is something to wait for."""
        self._send_when_attached = self._busy > 0
        return self._send_when_attached

    def _one_attached(self) -> None:
        """Something was read; what was waiting for it is sent."""
        self._busy -= 1
        if self._send_when_attached and not self._busy:
            self._send_when_attached = False
            self.prompt.submit()

    def action_attach(self, path: str = "") -> None:
        """Attach a file, a folder or an address; without one ask for it."""
        if path:
            self.attach_paths([path])
        else:
            self.app.push_screen(AttachScreen(self._services.attacher.complete), self._path_chosen)

    def _path_chosen(self, path: str | None) -> None:
        if path is not None:
            self.attach_paths([path])

    def action_paste_image(self) -> None:
        """Attach the picture on the clipboard."""
        self._take_in([partial(self._services.attacher.attach_clipboard, self._blobs)])

    def on_prompt_attachments_changed(self, event: Prompt.AttachmentsChanged) -> None:
        """Show what the prompt carries now."""
        self.attachment_bar.show(event.attachments)
        self.drafting.edited()
        self.estimate_soon()

    # pastes

    def on_prompt_pasted(self, event: Prompt.Pasted) -> None:
        """Say what was hidden in a paste, and take a paste of nothing but paths for the files."""
        if hidden := hidden_in(event.text):
            sentence = tr("The paste had {sentence}; they are left out.", sentence=hidden.sentence())
            self.notice.show(NoticeText(sentence, ("show_hidden",), "warning", by_key=True))
        self._busy += 1
        self._recognise(event.text, event.box)

    @work(group="attach", exit_on_error=False)
    async def _recognise(self, text: str, box: str) -> None:
        try:
            await self._take_for_files(text, box)
        finally:
            self._one_attached()

    async def _take_for_files(self, text: str, box: str) -> None:
        attacher = self._services.attacher
        paths = tuple(await asyncio.to_thread(attacher.files_in, text))
        if not paths:
            return
        self._from_paste = _FromPaste(box, paths)
        if any(path.endswith("/") for path in paths) or not await self._become_attachments():
            sentence = tr("That is the path of a folder or file here.")
            self.notice.show(NoticeText(sentence, ("switch_pasted_path",), "info", by_key=True))

    async def _become_attachments(self, *, folders: bool = False) -> bool:
        """Have the pasted paths be attachments; whether they could be, and are files where no folder is wanted."""
        pasted, attacher = self._from_paste, self._services.attacher
        if pasted is None:
            return False
        read, problems = await self._read([partial(attacher.attach, self._blobs, path) for path in pasted.paths])
        if problems or (not folders and any(each.kind is Kind.FOLDER for each in read)):
            if folders:
                self.notice.show(NoticeText(" ".join(problems), (), "warning"))
            return False
        if not self.prompt.replace_text(pasted.text, ""):
            return False
        self.prompt.attach(*read)
        self._from_paste = _FromPaste(pasted.text, pasted.paths, tuple(read))
        names = ", ".join(clean_line(each.name, 40) for each in read[:3])
        sentence = tr(
            "Attached {names}{more}, as the pasted path says.",
            names=names,
            more=tr(" and more") if len(read) > 3 else "",
        )
        self.notice.show(NoticeText(sentence, ("switch_pasted_path",), "info", by_key=True))
        return True

    @work(group="attach", exit_on_error=False)
    async def action_switch_pasted_path(self) -> None:
        """Have a pasted path be text instead of an attachment, or the other way round."""
        pasted = self._from_paste
        if pasted is None:
            return
        if pasted.attachments:
            self.prompt.detach(*pasted.attachments)
            self.prompt.type(pasted.text)
            self._from_paste = _FromPaste(pasted.text, pasted.paths)
            self.notice.show(NoticeText(tr("The path stands as text."), (), "info"))
        else:
            await self._become_attachments(folders=True)

    def action_show_hidden(self) -> None:
        """Write out what was hidden in the last paste, or leave it out again."""
        shown = self.prompt.switch_hidden()
        if shown is not None:
            sentence = (
                tr("The hidden characters are written out.") if shown else tr("The hidden characters are left out.")
            )
            self.notice.show(
                NoticeText(
                    tr(
                        "{sentence} {show_hidden_key} turns that back.",
                        sentence=sentence,
                        show_hidden_key=BY_ID["show_hidden"].key,
                    ),
                    (),
                    "info",
                )
            )

    # taking out

    def action_remove_attachment(self) -> None:
        """Take out what was attached last."""
        if not self.prompt.attachments:
            return
        self._removed = self.prompt.attachments[-1]
        self.prompt.detach(self._removed)
        name = clean_line(self._removed.name, 60)
        self.notice.show(
            NoticeText(
                tr("“{name}” is not attached any more.", name=name), ("restore_attachment",), "info", by_key=True
            )
        )

    def action_restore_attachment(self) -> None:
        """Attach again what was taken out last."""
        if self._removed is not None:
            self.prompt.attach(self._removed)
            self._removed = None
            self.notice.show(None)

    @work(group="attach", exit_on_error=False)
    async def action_expand_attachment(self) -> None:
        """Put the text that was attached last into the prompt."""
        texts = [each for each in self.prompt.attachments if each.kind in {Kind.TEXT, Kind.FOLDER}]
        if not texts:
            self.notice.show(NoticeText(tr("No text is attached that could be put into the prompt."), (), "info"))
            return
        try:
            text = await asyncio.to_thread(self._services.attacher.text_of, self._blobs, texts[-1])
        except SalonError as error:
            self.notice.show(NoticeText(error.sentence(), (), "warning"))
            return
        self.prompt.detach(texts[-1])
        self.prompt.insert_folded(text)

    @work(group="attach", exclusive=True, exit_on_error=False)
    async def action_make_smaller(self) -> None:
        """Make the pictures that are too large as small as the API takes them."""
        session = self.session
        if session is None:
            return
        attached = self.prompt.attachments
        images = [each for each in (*limits.attached_in(session.path), *attached) if each.is_image]
        side = limits.longest_side(len(images))
        try:
            session.check("", attached)
        except TooMuch as refusal:
            if refusal.oversized and not any(max(each.pixels or (0,)) > side for each in refusal.oversized):
                side = limits.LONGEST_SIDE_AMONG_MANY  # it is the bytes
        large = [each for each in attached if each.is_image and max(each.pixels or (0,)) > side]
        attacher = self._services.attacher
        read, problems = await self._read([partial(attacher.make_smaller, self._blobs, each, side) for each in large])
        for before, after in zip(large, read, strict=False):
            self.prompt.exchange(before, after)
        if problems:
            self.notice.show(NoticeText(" ".join(problems), (), "warning"))
        elif read:
            self.notice.show(NoticeText(tr("No side has more than {side} pixels now.", side=side), (), "info"))

    # before sending

    def is_refused(self, text: str, attachments: Sequence[Attachment]) -> bool:
        """Whether the API would refuse this; then it is said why, and everything stays where it is."""
        if self.session is None:
            return False
        try:
            self.session.check(text, attachments)
        except TooMuch as refusal:
            mine = [each for each in refusal.oversized if each in attachments]
            actions = (("make_smaller",) if mine else ()) + (("remove_attachment",) if attachments else ())
            self.notice.show(
                NoticeText(
                    tr("{sentence} Nothing was sent.", sentence=refusal.sentence()), actions, "warning", by_key=True
                )
            )
            return True
        return False
