"""A server's refusal as it came, and where in it to look for what.

Shapes of error bodies: Anthropic's `{"type": "error", "error": {"type", "message", "details"}, "request_id"}`,
llama-server's and LiteLLM's `{"error": {"code", "message", "type"}}`, `{"error": "text"}`, FastAPI's `{"detail": ...}`,
and the HTML of whatever stands in between. Status 200 means an `error` event inside a stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """A server's refusal as it came: status, headers, and the body as JSON or as text."""

    status: int
    headers: Mapping[str, str]
    body: object

    @property
    def error(self) -> Mapping[str, Any]:
        """The part of a JSON body that describes the error; empty where there is none."""
        if not isinstance(self.body, Mapping):
            return {}
        error = self.body.get("error")
        if isinstance(error, Mapping):
            return error
        text = error if isinstance(error, str) else self.body.get("message")
        return {"message": text} if isinstance(text, str) else {}

    @property
    def type(self) -> str:
        """The error's type, "" where it has none."""
        kind = self.error.get("type")
        return kind if isinstance(kind, str) else ""

    @property
    def message(self) -> str:
        """What the server says, raw; never what is not JSON."""
        message = self.error.get("message")
        return message if isinstance(message, str) else ""

    @property
    def code(self) -> str:
        """`error.details.error_code`, which names the cause."""
        details = self.error.get("details")
        code = details.get("error_code") if isinstance(details, Mapping) else None
        return code if isinstance(code, str) else ""

    @property
    def request_id(self) -> str:
        """The request's id, from the header or the body."""
        inside = self.body.get("request_id") if isinstance(self.body, Mapping) else None
        return self.headers.get("request-id") or (inside if isinstance(inside, str) else "")

    @property
    def is_html(self) -> bool:
        """Whether a web page came in place of an answer."""
        if "html" in self.headers.get("content-type", "").lower() and self.status != 200:
            return True
        return isinstance(self.body, str) and self.body.lstrip()[:1] == "<"
