"""The client around the stream: built late and once, models and tokens of all sorts of servers, keys kept."""

import asyncio
import logging
import subprocess
import sys
import traceback
import warnings
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from api.fault_server import FaultServer, api_error, refuses, streams
from api.harness import CANARY, KEY, REQUEST, ask, client_for
from salon.chat.turn import Client, Request
from salon.claude.client import ApiClient
from salon.claude.credentials import Credentials, Secret
from salon.errors import Fault, FaultKind


def test_it_is_the_client_that_a_turn_wants() -> None:
    client: Client = ApiClient(KEY)
    assert client is not None


def test_nothing_heavy_is_imported_before_it_is_prepared() -> None:
    modules = sorted(path.stem for path in Path("src/salon/claude").glob("*.py") if path.stem != "__init__")
    imports = "; ".join(f"import salon.claude.{name}" for name in modules)
    code = (
        f"import sys; {imports}; from salon.claude.client import ApiClient; ApiClient(None, 'http://localhost:1');"
        "print([n for n in ('anthropic', 'httpx2', 'pydantic', 'textual') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_all_who_wait_share_one_preparation() -> None:
    client = client_for("http://127.0.0.1:9")
    await asyncio.gather(*(client.prepare() for _ in range(5)))
    built = client._sdk
    await client.prepare()
    assert client._sdk is built
    await client.aclose()


async def test_a_closed_client_can_be_used_again(server: FaultServer) -> None:
    server.script(streams())
    client = client_for(server.url)
    assert (await ask(client)).fault is None  # which closes it
    assert (await ask(client)).fault is None


async def test_closing_while_it_is_being_prepared() -> None:
    client = client_for("http://127.0.0.1:9")
    preparing = asyncio.ensure_future(client.prepare())
    await asyncio.sleep(0)
    await client.aclose()
    await preparing


async def test_the_key_in_the_header_that_a_gateway_wants(server: FaultServer) -> None:
    server.script(streams())
    await ask(client_for(server.url, key_header="x-api-key"))
    assert server.asked[0].headers["x-api-key"] == CANARY
    assert "authorization" not in server.asked[0].headers


async def test_a_token_goes_as_bearer(server: FaultServer) -> None:
    server.script(streams())
    await ask(client_for(server.url, Credentials("auth_token", Secret("tok-1"), "env ANTHROPIC_AUTH_TOKEN")))
    assert server.asked[0].headers["authorization"] == "Bearer tok-1"


async def test_without_credentials_no_key_of_the_environment_is_sent(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", CANARY)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")
    server.script(streams())
    assert (await ask(client_for(server.url, None))).fault is None
    assert CANARY not in str(server.asked)
    assert "authorization" not in server.asked[0].headers


async def test_a_profile_signs_in_and_signs_in_again_after_a_401(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ANTHROPIC_FEDERATION_RULE_ID", "fdrl_1")
    monkeypatch.setenv("ANTHROPIC_ORGANIZATION_ID", "8a1f3a52-0000-4000-8000-000000000000")
    monkeypatch.setenv("ANTHROPIC_IDENTITY_TOKEN", "jwt.jwt.jwt")
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("ANTHROPIC_API_KEY", " ")
    first = {"access_token": "short-lived-1", "expires_in": 3600, "token_type": "bearer"}
    second = {**first, "access_token": "short-lived-2"}
    unauthorized = refuses(401, api_error("authentication_error"))
    server.script(refuses(200, first), unauthorized, refuses(200, second), streams())
    outcome = await ask(client_for(server.url, Credentials("profile", Secret(""), "workload identity")))
    assert outcome.fault is None
    assert [retry.reason for retry in outcome.retries] == ["The sign-in had run out and is renewed."]
    sent = [asked.headers.get("authorization", "") for asked in server.asked if asked.path == "/v1/messages"]
    assert sent == ["Bearer short-lived-1", "Bearer short-lived-2"]


async def test_a_profile_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("ANTHROPIC_PROFILE", "work")
    outcome = await ask(client_for("http://127.0.0.1:9", Credentials("profile", Secret(""), "profile work")))
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.REJECTED_KEY
    assert outcome.fault.what.startswith("The saved sign-in (profile work) cannot be used: ")


async def test_old_models_do_not_warn(server: FaultServer, capfd: pytest.CaptureFixture[str]) -> None:
    server.script(streams())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        await ask(client_for(server.url), Request({**REQUEST.body, "model": "claude-sonnet-4-5"}))
    assert [str(warning.message) for warning in caught] == []
    assert capfd.readouterr().err == ""


async def test_the_key_is_nowhere_to_be_found(
    server: FaultServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("ANTHROPIC_API_KEY", CANARY)
    seen: list[str] = []
    for status in (400, 401, 403, 404, 413, 429, 500):
        server.script(refuses(status, api_error("api_error", f"you sent Bearer {CANARY}")))
        client = client_for(server.url)
        outcome = await ask(client)
        assert outcome.fault is not None
        seen += [
            repr(outcome),
            repr(outcome.fault.to_record()),
            repr(client),
            repr(vars(client)),
            repr(client._circumstances()),
            *traceback.TracebackException.from_exception(outcome.fault, capture_locals=True).format(),
        ]
    assert CANARY not in "".join(seen)
    assert CANARY not in caplog.text
    assert "Hello?" not in caplog.text


ANTHROPIC_MODEL: dict[str, Any] = {
    "type": "model",
    "id": "claude-sonnet-5-5",
    "display_name": "Claude Sonnet 5.5",
    "created_at": "2026-09-28T00:00:00Z",
    "max_input_tokens": 900_000,
    "max_tokens": 64_000,
    "capabilities": {
        "effort": {"supported": True, "low": {"supported": True}, "xhigh": {"supported": True}, "max": None},
        "thinking": {"supported": True, "types": {"adaptive": {"supported": True}, "disabled": {"supported": False}}},
    },
}


async def test_models_of_anthropic_page_by_page(server: FaultServer) -> None:
    page = {"data": [ANTHROPIC_MODEL], "has_more": True, "first_id": "x", "last_id": "claude-sonnet-5-5"}
    last = {"data": [{"id": "claude-new-9", "display_name": "Claude New 9"}], "has_more": False, "last_id": "y"}
    server.script(refuses(200, page), refuses(200, last))
    client = client_for(server.url)
    sonnet, new = await client.list_models()
    await client.aclose()
    assert (sonnet.context, sonnet.max_output) == (900_000, 64_000)
    assert sonnet.efforts == ("low", "xhigh")
    assert sonnet.thinking == {"adaptive"}
    assert sonnet.prices[0].input == Decimal(2)
    assert (new.id, new.label, new.prices, new.context) == ("claude-new-9", "Claude New 9", (), None)
    assert [asked.path for asked in server.asked] == [
        "/v1/models?limit=1000",
        "/v1/models?after_id=claude-sonnet-5-5&limit=1000",
    ]


LISTS: list[tuple[int, object, list[str]]] = [
    (
        200,
        {"object": "list", "data": [{"id": "qwen", "object": "model", "owned_by": "llamacpp"}], "models": []},
        ["qwen"],
    ),
    (200, {"data": [{"id": ""}, {"name": "x"}, "y", {"id": 3}, {"id": "ok"}, {"id": "ok"}]}, ["ok"]),
    (200, [{"id": "bare"}], ["bare"]),
    (200, {"data": None}, []),
    (200, 7, []),
    (404, {"detail": "Not Found"}, []),
    (405, "", []),
]


@pytest.mark.parametrize(("status", "body", "ids"), LISTS)
async def test_models_of_other_servers(server: FaultServer, status: int, body: object, ids: list[str]) -> None:
    server.script(refuses(status, body))
    client = client_for(server.url)
    assert [model.id for model in await client.list_models()] == ids
    await client.check()
    await client.aclose()


async def test_models_that_are_a_web_page(server: FaultServer) -> None:
    server.script(refuses(200, "<html>", "text/html"))
    client = client_for(server.url)
    with pytest.raises(Fault) as caught:
        await client.list_models()
    await client.aclose()
    assert caught.value.kind is FaultKind.NOT_THE_API


async def test_checking_a_bad_key(server: FaultServer) -> None:
    server.script(refuses(401, api_error("authentication_error")))
    client = client_for(server.url)
    with pytest.raises(Fault) as caught:
        await client.check()
    await client.aclose()
    assert caught.value.kind is FaultKind.REJECTED_KEY
    assert caught.value.__cause__ is None
    assert server.asked[0].path == "/v1/models?limit=1"


@pytest.mark.parametrize(
    ("status", "body", "tokens"),
    [(200, {"input_tokens": 42}, 42), (200, {}, None), (200, [], None), (404, {"detail": "Not Found"}, None)],
)
async def test_counting_tokens(server: FaultServer, status: int, body: object, tokens: int | None) -> None:
    server.script(refuses(status, body))
    client = client_for(server.url)
    assert await client.count_tokens(REQUEST) == tokens
    await client.aclose()
    assert server.asked[0].path == "/v1/messages/count_tokens"
    assert server.asked[0].json() == {"model": "claude-sonnet-5-5", "messages": REQUEST.body["messages"]}


# Files that code made.


async def test_a_file_is_downloaded_with_its_name(server: FaultServer) -> None:
    server.script(
        refuses(200, {"id": "file_1", "filename": "out.csv", "size_bytes": 3}), refuses(200, b"1,2", "text/csv")
    )
    assert await client_for(server.url).download("file_1", 10) == ("out.csv", b"1,2")
    assert [asked.path for asked in server.asked] == ["/v1/files/file_1", "/v1/files/file_1/content"]


@pytest.mark.parametrize("said", [3, 30])
async def test_a_file_that_is_too_large_is_refused_whatever_it_claims(server: FaultServer, said: int) -> None:
    about = {"id": "file_1", "filename": "out.csv", "size_bytes": said}
    server.script(refuses(200, about), refuses(200, b"x" * 30, "text/csv"))
    with pytest.raises(Fault, match="larger than"):
        await client_for(server.url).download("file_1", 10)


async def test_a_file_that_is_gone_is_a_fault(server: FaultServer) -> None:
    server.script(refuses(404, api_error("not_found_error")))
    with pytest.raises(Fault):
        await client_for(server.url).download("file_1", 10)
