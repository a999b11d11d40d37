"""A chat as JSON: our own records, which `salon import` reads back without loss."""

import json

from salon.store.exporting.selecting import Export
from salon.store.fields import whole_record
from salon.store.importing.salon_files import EXPORT_KEY, EXPORT_VERSION
from salon.store.records import Record, encode_json


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
    return f'{{{head}{encode_json({"t": export.title}).decode()[5:-1]}, "records": [\n{lines}\n]}}\n'
