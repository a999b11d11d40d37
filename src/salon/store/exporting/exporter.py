"""The call that makes a text of a conversation."""

from salon.chat.attachments import Blobs
from salon.chat.conversation import Conversation
from salon.errors import UsageError
from salon.store.exporting.selecting import Export, Format, ModelInfoOf, Wanted, selected
from salon.words import tr


def export(conversation: Conversation, wanted: Wanted, model_info: ModelInfoOf, blobs: Blobs | None = None) -> str:
    """The chat in the format that is wanted; as JSON with the attachments that are in `blobs`.

    Raises `UsageError` for a branch that is not there, or where there is nothing to say.
    """
    chosen = Export(conversation, selected(conversation, wanted), wanted, model_info, blobs)
    if not chosen.said:
        raise UsageError(tr("There is nothing to export yet."))
    match wanted.format:
        case Format.MARKDOWN:
            from salon.store.exporting.markdown import markdown

            return markdown(chosen)
        case Format.HTML:
            from salon.store.exporting.html import html

            return html(chosen)
        case Format.TEXT:
            from salon.store.exporting.plain import plain

            return plain(chosen)
        case Format.JSON:
            from salon.store.exporting.records import records

            return records(chosen)
