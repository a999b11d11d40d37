"""Signatures of thinking blocks: opaque to a client, and proof to the server that it sends back what it got.

The real API refuses a thinking block whose text was changed, and drops without a word one that another model signed;
so does this one. Nothing secret is signed, and a session of last week must still be accepted: a digest is enough.
"""

import base64
import hashlib

_PREFIX = b"salon-demo-thinking:"


def sign(thinking: str) -> str:
    """The signature that goes with `thinking`."""
    digest = hashlib.sha256(thinking.encode("utf-8", "surrogatepass")).digest()
    return base64.b64encode(_PREFIX + digest).decode("ascii")


def is_forged(thinking: str, signature: str) -> bool:
    """Whether the signature is one of ours and was made for another text.

    Where thinking was not shown its text is empty, and there is nothing to compare.
    """
    ours = signature.startswith(base64.b64encode(_PREFIX[:18]).decode("ascii"))
    return ours and thinking != "" and signature != sign(thinking)
