"""The models of the demo, in the shape of `GET /v1/models` (anthropic 2.12, `types/model_info.py`)."""

from typing import Any

DEMO_MODEL = "salon-demo"
CAREFUL_MODEL = "salon-demo-careful"

EFFORTS = ("low", "medium", "high", "max")
"""The efforts of the careful model; the other has none."""
THINKING_TYPES = ("adaptive", "disabled")

CONTEXT_TOKENS = 200_000
OUTPUT_TOKENS = 32_000


def _supported(value: bool) -> dict[str, bool]:
    return {"supported": value}


def _capabilities(efforts: tuple[str, ...]) -> dict[str, Any]:
    effort = {name: _supported(name in efforts) for name in ("low", "medium", "high", "xhigh", "max")}
    types = ("adaptive", "between_tools", "disabled", "enabled")
    return {
        "batch": _supported(False),
        "citations": _supported(False),
        "code_execution": _supported(False),
        "context_management": _supported(False),
        "effort": {**effort, **_supported(bool(efforts))},
        "image_input": _supported(True),
        "pdf_input": _supported(True),
        "server_tools": {**_supported(False), "code_execution": _supported(False), "web_search": _supported(False)},
        "structured_outputs": _supported(False),
        "thinking": {**_supported(True), "types": {name: _supported(name in THINKING_TYPES) for name in types}},
    }


def _model(model_id: str, name: str, created: str, efforts: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": "model",
        "id": model_id,
        "display_name": name,
        "created_at": created,
        "lifecycle": "active",
        "deprecated_at": None,
        "retires_at": None,
        "line": None,
        "max_input_tokens": CONTEXT_TOKENS,
        "max_tokens": OUTPUT_TOKENS,
        "capabilities": _capabilities(efforts),
    }


MODELS: dict[str, dict[str, Any]] = {
    model["id"]: model
    for model in (
        _model(DEMO_MODEL, "Salon demo (scripted)", "2026-11-02T00:00:00Z", ()),
        _model(CAREFUL_MODEL, "Salon demo, careful (scripted)", "2026-11-01T00:00:00Z", EFFORTS),
    )
}
"""Newest first, by id."""


def model_page(limit: int, after_id: str | None, before_id: str | None) -> dict[str, Any]:
    """One page of the list, as the API cuts it."""
    ids = list(MODELS)
    start = ids.index(after_id) + 1 if after_id in ids else 0
    end = ids.index(before_id) if before_id in ids else len(ids)
    page = ids[start:end][:limit]
    return {
        "data": [MODELS[model_id] for model_id in page],
        "has_more": len(ids[start:end]) > limit,
        "first_id": page[0] if page else None,
        "last_id": page[-1] if page else None,
    }
