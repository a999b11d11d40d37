"""A request that refers to blobs becomes one that the API takes: whole, or without what is not there any more."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from salon.chat.attachments import Blobs, blob_of, of_block, resolved
from salon.chat.blocks import Block, kind_of, text_block
from salon.chat.exchange import elided
from salon.chat.turn import Request
from salon.errors import StoreError
from salon.untrusted import clean_line
from salon.words import tr


def refers_to_attachments(request: Request) -> bool:
    """Whether anything in the request is an attachment as sessions keep it."""
    return any("salon" in block for message in request.body["messages"] for block in message["content"])


def with_attachments(request: Request, blobs: Blobs | None) -> Request:
    """The request with the content of every attachment in it; blocks for as long as the disk takes.

    An attachment that is missing or damaged is replaced by a line that says so to the model, and is told in `notices`
    and in `lost`.
    """
    notices: dict[str, None] = {}
    lost: set[str] = set()

    def sent(block: Block) -> Block:
        if "salon" not in block and not blob_of(block):
            return block
        digest = blob_of(block)
        try:
            return resolved(block, _content(blobs, digest) if digest else b"")
        except StoreError as error:
            name = _name(block)
            notices.setdefault(tr("“{name}” is left out of what is sent. {what}", name=name, what=error.what))
            lost.add(digest)
            return text_block(f"[The attached {kind_of(block)} “{name}” is not available any more.]")

    messages = [{**message, "content": list(map(sent, message["content"]))} for message in request.body["messages"]]
    body: Mapping[str, Any] = {**request.body, "messages": messages}
    told = (*request.notices, *notices)
    return replace(request, body=body, shown=elided(body), notices=told, lost=frozenset(lost))


def _content(blobs: Blobs | None, digest: str) -> bytes:
    if blobs is None:
        raise StoreError(tr("This chat was opened without its attachments."))
    return blobs.get(digest)


def _name(block: Block) -> str:
    attachment = of_block(block)
    return clean_line(attachment.name if attachment is not None else "", 60) or tr("an attachment")
