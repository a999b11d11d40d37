"""Errors in the API's own shape: status, type and message as its documentation has them (api/errors)."""

from typing import Any

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    411: "invalid_request_error",
    413: "request_too_large",
    429: "rate_limit_error",
    431: "invalid_request_error",
    500: "api_error",
    503: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}

SCRIPTED_MESSAGES = {
    400: "messages: this request was refused because the script was asked for an error 400",
    401: "invalid x-api-key",
    402: "Your credit balance is too low to access the Claude API (scripted).",
    403: "Your API key does not have permission to use the specified resource (scripted).",
    404: "model: salon-demo (scripted)",
    413: "Request exceeds the maximum size (scripted)",
    429: "This request would exceed the rate limit of your organization (scripted).",
    500: "Internal server error (scripted)",
    503: "Service unavailable (scripted)",
    504: "The request timed out (scripted)",
    529: "Overloaded",
}


class ApiError(Exception):
    """An answer that is an error; `headers` go with it."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


def error_body(error: ApiError, request_id: str) -> dict[str, Any]:
    """The JSON of an error, in a response and in an `error` event alike."""
    what = {"type": TYPES[error.status], "message": error.message, "details": None}
    return {"type": "error", "error": what, "request_id": request_id}
