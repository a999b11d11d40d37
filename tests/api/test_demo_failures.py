"""What the demo does on request when things go wrong, and what it does not let a client do."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anthropic
import httpx2
import pytest

from salon.demo.models import DEMO_MODEL
from salon.demo.script import FAILURES, answer_text
from salon.demo.server import DemoServer

CONTINUE = "Your previous response was interrupted. Continue exactly from there."


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with DemoServer(pace=0, request_limit=100_000) as running:
        yield running


@pytest.fixture
async def client(server: DemoServer) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with connect(server) as connected:
        yield connected


def connect(server: DemoServer, **options: Any) -> anthropic.AsyncAnthropic:
    return anthropic.AsyncAnthropic(base_url=server.base_url, api_key=server.api_key, max_retries=0, **options)


def asked(text: str) -> list[Any]:
    return [{"role": "user", "content": text}]


async def ask(client: anthropic.AsyncAnthropic, messages: list[Any]) -> anthropic.types.Message:
    async with client.messages.stream(model=DEMO_MODEL, max_tokens=16_000, messages=messages) as stream:
        return await stream.get_final_message()


def text_of(message: anthropic.types.Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


async def text_until_it_breaks(
    client: anthropic.AsyncAnthropic, prompt: str, error: type[Exception]
) -> tuple[str, Exception]:
    pieces: list[str] = []
    with pytest.raises(error) as broken:
        async with client.messages.stream(model=DEMO_MODEL, max_tokens=16_000, messages=asked(prompt)) as stream:
            async for piece in stream.text_stream:
                pieces.append(piece)  # noqa: PERF401 -- what came before the error is wanted
    return "".join(pieces), broken.value


@pytest.mark.parametrize("status", FAILURES)
async def test_a_named_status_is_the_real_error(client: anthropic.AsyncAnthropic, status: int) -> None:
    with pytest.raises(anthropic.APIStatusError) as failed:
        await ask(client, asked(f"error {status}"))
    error = failed.value
    assert error.status_code == status
    assert error.type is not None and error.type.endswith(("_error", "_large"))
    assert error.request_id is not None and error.request_id.startswith("req_")
    assert error.api_message


async def test_an_overload_passes_at_the_third_attempt(client: anthropic.AsyncAnthropic) -> None:
    for _ in range(2):
        with pytest.raises(anthropic.OverloadedError):
            await ask(client, asked("Error 529!"))
    assert "went through" in text_of(await ask(client, asked("Error 529!")))
    with pytest.raises(anthropic.OverloadedError):
        await ask(client, asked("Error 529!"))


async def test_a_rate_limit_says_how_long_to_wait() -> None:
    async with DemoServer(pace=0.5) as server, connect(server) as client:
        with pytest.raises(anthropic.RateLimitError) as failed:
            await ask(client, asked("error 429"))
    assert failed.value.response.headers["retry-after"] == "2"
    assert failed.value.response.headers["anthropic-ratelimit-requests-remaining"] == "49"


async def test_an_error_can_be_made_to_stay(server: DemoServer) -> None:
    async with connect(server) as client:
        for _ in range(4):
            with pytest.raises(anthropic.OverloadedError):
                await ask(client, asked("error 529 always"))


async def test_an_error_without_a_known_number_is_explained(client: anthropic.AsyncAnthropic) -> None:
    assert "`error 529`" in text_of(await ask(client, asked("error")))
    assert "no error 418" in text_of(await ask(client, asked("error 418")))


@pytest.mark.parametrize(
    ("name", "error"),
    [("drop", httpx2.RemoteProtocolError), ("stall", httpx2.ReadTimeout), ("overload", anthropic.APIStatusError)],
)
async def test_a_broken_answer_is_continued_exactly(server: DemoServer, name: str, error: type[Exception]) -> None:
    async with connect(server, timeout=httpx2.Timeout(5, read=0.2)) as client:
        half, failed = await text_until_it_breaks(client, name, error)
        if isinstance(failed, anthropic.APIStatusError):
            assert (failed.status_code, failed.type) == (200, "overloaded_error")
        messages = [*asked(name), {"role": "assistant", "content": half}, *asked(CONTINUE)]
        rest = await ask(client, messages)
    assert half + text_of(rest) == answer_text(name).replace("\n<!-- here -->\n", "")
    assert rest.stop_reason == "end_turn"


async def test_a_broken_answer_breaks_without_streaming_too(server: DemoServer) -> None:
    async with connect(server, timeout=httpx2.Timeout(5, read=0.2)) as client:
        for name, error in (
            ("drop", anthropic.APIConnectionError),
            ("stall", anthropic.APITimeoutError),
            ("overload", anthropic.OverloadedError),
        ):
            with pytest.raises(error):
                await client.messages.create(model=DEMO_MODEL, max_tokens=1_000, messages=asked(name))


async def test_a_slow_answer_sends_pings_while_it_waits(server: DemoServer) -> None:
    async with httpx2.AsyncClient() as plain:
        body = {"model": DEMO_MODEL, "max_tokens": 1_000, "messages": asked("slow"), "stream": True}
        async with plain.stream(
            "POST", f"{server.base_url}/v1/messages", json=body, headers={"x-api-key": server.api_key}
        ) as response:
            lines = [line async for line in response.aiter_lines()]
    kinds = [json.loads(line[6:])["type"] for line in lines if line.startswith("data: ")]
    assert response.headers["transfer-encoding"] == "chunked"
    assert kinds[:6] == ["message_start", "ping", "ping", "ping", "ping", "ping"]
    assert kinds[6:8] == ["content_block_start", "content_block_delta"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]


async def test_a_client_that_leaves_takes_nothing_with_it() -> None:
    async with DemoServer(pace=1) as server, connect(server) as client:
        begun = asyncio.Event()

        async def read() -> None:
            async with client.messages.stream(
                model=DEMO_MODEL, max_tokens=16_000, messages=asked("long"), system="x"
            ) as stream:
                async for _ in stream:
                    begun.set()

        reading = [asyncio.create_task(read()) for _ in range(3)]
        await begun.wait()
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)
        assert (await client.models.retrieve(DEMO_MODEL)).id == DEMO_MODEL


async def test_stopping_ends_streams_that_are_under_way() -> None:
    server = DemoServer(pace=1)
    await asyncio.to_thread(server.start)
    async with connect(server) as client:
        with pytest.raises(httpx2.TransportError):
            async with client.messages.stream(model=DEMO_MODEL, max_tokens=9_000, messages=asked("long")) as stream:
                async for _ in stream:
                    await asyncio.to_thread(server.stop)
    server.stop()


def test_stopping_what_never_started_is_no_error() -> None:
    DemoServer().stop()


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "wrong"}, {"authorization": "Bearer sk-ant-demo-"}])
async def test_nobody_without_the_key_gets_in(server: DemoServer, headers: dict[str, str]) -> None:
    async with httpx2.AsyncClient(base_url=server.base_url, headers=headers) as plain:
        for response in (await plain.get("/v1/models"), await plain.post("/v1/messages", content=b"x" * 200_000)):
            assert response.status_code == 401
            assert response.json()["error"]["type"] == "authentication_error"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("POST", "/v1/complete", 404),
        ("GET", "/v1/messages", 405),
        ("DELETE", "/v1/models", 405),
        ("GET", "/v1/models?limit=0", 400),
        ("GET", "/v1/models/%2e%2e", 404),
        ("GET", "/v1/models", 200),
    ],
)
async def test_routes_that_do_not_exist_say_so(server: DemoServer, method: str, path: str, status: int) -> None:
    async with httpx2.AsyncClient(base_url=server.base_url, headers={"x-api-key": server.api_key}) as plain:
        response = await plain.request(method, path)
    assert response.status_code == status
    assert response.json()["type" if status != 200 else "first_id"] in ("error", DEMO_MODEL)


async def test_a_request_that_is_too_large_is_told_so(client: anthropic.AsyncAnthropic) -> None:
    with pytest.raises(anthropic.ContentTooLargeError):
        await ask(client, asked("x" * 1_000_000))
    assert text_of(await ask(client, asked("echo still here"))) == "still here"


GOOD = {"model": DEMO_MODEL, "max_tokens": 10, "messages": [{"role": "user", "content": "x"}]}


@pytest.mark.parametrize(
    "change",
    [
        {"max_tokens": None},
        {"max_tokens": True},
        {"max_tokens": 10**9},
        {"temperature": 1},
        {"messages": []},
        {"messages": "x"},
        {"messages": [{"role": "user", "content": ""}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": " \n"}]}]},
        {"messages": [{"role": "robot", "content": "x"}]},
        {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "prefill"}]},
        {"messages": [{"role": "user", "content": [{"type": "thinking", "thinking": "x"}]}]},
        {"messages": [{"role": "user", "content": [{"text": "x"}]}]},
        {"messages": [{"role": "user", "content": [{"type": "text", "text": 1}]}]},
        {"thinking": {"type": "enabled", "budget_tokens": 2000}},
        {"thinking": "on"},
        {"output_config": {"effort": "high"}},
        {"output_config": {"effort": "supported"}},
    ],
)
async def test_a_request_that_the_api_would_refuse_is_refused(server: DemoServer, change: dict[str, object]) -> None:
    async with httpx2.AsyncClient(base_url=server.base_url, headers={"x-api-key": server.api_key}) as plain:
        response = await plain.post("/v1/messages", json=GOOD | change)
    assert response.status_code == 400
    assert response.json()["error"]["type"] == "invalid_request_error"


async def test_odd_values_that_the_api_takes_are_taken(server: DemoServer) -> None:
    odd = {"system": 5, "metadata": {"user_id": "x"}, "output_config": {}, "tools": []}
    async with httpx2.AsyncClient(base_url=server.base_url, headers={"x-api-key": server.api_key}) as plain:
        assert (await plain.post("/v1/messages?beta=true", json=GOOD | odd)).status_code == 200


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"hello\r\n\r\n", b"400"),
        (b"GET /v1/models HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"GET http://[ HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nx: " + b"y" * 70_000 + b"\r\n\r\n", b"431"),
        (b"POST /v1/messages HTTP/1.1\r\nx-api-key: KEY\r\ntransfer-encoding: chunked\r\n\r\n", b"411"),
        (b"POST /v1/messages HTTP/1.1\r\nx-api-key: KEY\r\ncontent-length: -1\r\n\r\n", b"400"),
        (b"POST /v1/messages HTTP/1.1\r\nx-api-key: KEY\r\ncontent-length: 2\r\n\r\n{]", b"400"),
        (b"POST /v1/messages HTTP/1.1\r\nx-api-key: KEY\r\ncontent-length: 4\r\n\r\n[[]]", b"400"),
    ],
)
async def test_what_is_not_http_or_not_json_is_refused(server: DemoServer, sent: bytes, status: bytes) -> None:
    answer = await exchange(server, sent.replace(b"KEY", server.api_key.encode()))
    assert answer.startswith(b"HTTP/1.1 " + status)
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["type"] == "error"


async def test_a_client_may_ask_before_it_sends_its_body(server: DemoServer) -> None:
    head = "POST /v1/messages HTTP/1.1\r\nx-api-key: {}\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n{{}}"
    assert (await exchange(server, head.format(server.api_key).encode())).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")


async def exchange(server: DemoServer, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.base_url.rpartition(":")[2]))
    writer.write(sent)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer
