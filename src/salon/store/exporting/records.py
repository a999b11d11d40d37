"""A chat as JSON: our own records, which `salon import` reads back without loss."""

import base64
import json
import logging

from salon.chat.attachments import blob_of
from salon.errors import StoreError
from salon.store.exporting.selecting import Export
from salon.store.fields import whole_record
from salon.store.importing.salon_files import EXPORT_KEY, EXPORT_VERSION
from salon.store.records import Record, encode_json

logger = logging.getLogger(__name__)


def records(export: Export) -> str:
    """The whole document: thinking and usage always, because what is left out cannot be imported."""
    conversation = export.conversation
    here = {each.message.id for each in export.said}
    ordered = [message for message in conversation.messages.values() if message.id in here]
    found: list[Record] = [{"k": "set", "key": key, "value": value} for key, value in conversation.settings.items()]
    found += [whole_record(message) for message in ordered]
    leaf = conversation.leaf if export.wanted.whole and conversation.leaf in here else export.said[-1].message.id
    found.append({"k": "leaf", "of": leaf})
    # Through the encoder of session files, which writes what JSON or UTF-8 cannot hold.
    lines = ",\n".join(encode_json(record).decode() for record in found)
    head = f'"{EXPORT_KEY}": {EXPORT_VERSION}, "id": {json.dumps(conversation.id)}, "title": '
    title = encode_json({"t": export.title}).decode()[5:-1]
    return f'{{{head}{title}, "records": [\n{lines}\n], "blobs": {json.dumps(_contents(export))}}}\n'


def _contents(export: Export) -> dict[str, str]:
    """The contents of the attachments, base64 by SHA-256; what is lost here cannot be sent along."""
    found: dict[str, str] = {}
    if export.blobs is None:
        return found
    digests = dict.fromkeys(blob_of(block) for each in export.said for block in each.message.content)
    for digest in filter(None, digests):
        try:
            found[digest] = base64.b64encode(export.blobs.get(digest)).decode()
        except StoreError as error:
            logger.warning("An attachment is not in the export: %s", error)
    return found
