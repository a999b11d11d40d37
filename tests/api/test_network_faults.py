"""No name, no answer, no trust, no proxy: what the real transport says of each, and what a person reads."""

import asyncio
import logging
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from api.fault_server import HELLO, Asked, FaultServer, Handler, Reply, refuses, sse, streams
from api.harness import CANARY, ask, client_for
from salon.errors import FaultKind


def sends(data: bytes) -> Handler:
    """Answers with these bytes, and closes."""

    async def handle(asked: Asked, reply: Reply) -> None:
        await reply.raw(data)
        raise ConnectionError

    return handle


def raising(problem: Exception) -> Callable[[], httpx2.AsyncBaseTransport]:
    def handle(request: httpx2.Request) -> httpx2.Response:
        raise problem

    return lambda: httpx2.MockTransport(handle)


Looked = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[object, ...]]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[[Looked | OSError], None]:
    """Have every name looked up lead to these addresses, or to nothing."""

    def say(found: Looked | OSError) -> None:
        def getaddrinfo(*_: object, **__: object) -> Looked:
            if isinstance(found, OSError):
                raise found
            return found

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return say


def over_6(port: int) -> Looked:
    return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0))]


def over_4(port: int) -> Looked:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@pytest.fixture
def nobodys_port() -> Iterator[int]:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        yield unused.getsockname()[1]


NO_NAME_SERVER = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
NO_SUCH_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.mark.parametrize(
    ("problem", "url", "sentence"),
    [
        (NO_NAME_SERVER, "https://api.anthropic.com", "Can't reach api.anthropic.com (no network?)."),
        (NO_SUCH_NAME, "https://gatway.example", "Can't reach gatway.example: nobody knows this name. Check base_url."),
    ],
)
async def test_a_name_that_cannot_be_looked_up(
    names: Callable[[Looked | OSError], None], problem: OSError, url: str, sentence: str
) -> None:
    names(problem)
    outcome = await ask(client_for(url))
    assert outcome.fault is not None
    assert (outcome.fault.sentence(), outcome.attempts) == (sentence, 3)


async def test_a_network_of_the_new_protocol_alone_that_refuses(
    names: Callable[[Looked | OSError], None], nobodys_port: int
) -> None:
    names(over_6(nobodys_port))
    outcome = await ask(client_for("https://gateway.example"))
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.UNREACHABLE
    assert outcome.fault.what.startswith("Can't reach gateway.example")
    assert outcome.attempts == 3


async def test_a_broken_new_protocol_beside_the_old_one_is_no_hindrance(
    names: Callable[[Looked | OSError], None], server: FaultServer, nobodys_port: int
) -> None:
    server.script(streams())
    names(over_6(nobodys_port) + over_4(server.port))
    assert (await ask(client_for(f"http://localhost:{server.port}"))).fault is None


async def test_a_local_server_that_is_not_running(nobodys_port: int) -> None:
    outcome = await ask(client_for(f"http://127.0.0.1:{nobodys_port}"))
    assert outcome.fault is not None
    assert outcome.fault.sentence() == f"Nothing answers at 127.0.0.1:{nobodys_port}. Is the server running?"
    assert outcome.attempts == 3


async def test_tls_that_fails_later_is_a_lost_connection_and_no_matter_of_trust() -> None:
    problem = httpx2.ReadError("")
    problem.__cause__ = ssl.SSLError(1, "[SSL] record layer failure")
    outcome = await ask(client_for("https://gateway.example", transport=raising(problem)))
    assert outcome.fault is not None
    assert outcome.fault.what == "gateway.example closed the connection without an answer."


@asynccontextmanager
async def https_server(certificate: Path) -> AsyncIterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(close, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate that vouches for itself, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    key, signed = tmp_path / "key.pem", tmp_path / "signed.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=x"
    subprocess.run([*command.split(), "-keyout", str(key), "-out", str(signed)], check=True, capture_output=True)
    key.write_bytes(key.read_bytes() + signed.read_bytes())
    return key


async def test_a_certificate_that_nobody_signed(certificate: Path) -> None:
    async with https_server(certificate) as port:
        outcome = await ask(client_for(f"https://127.0.0.1:{port}"))
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.UNTRUSTED_TLS
    assert outcome.fault.sentence().startswith("The connection is not trusted: self")
    assert outcome.fault.now == "On a company network set SSL_CERT_FILE."


async def test_https_to_a_server_that_speaks_http() -> None:
    def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    outcome = await ask(client_for(f"https://{host}"))
    server.close()
    assert outcome.fault is not None
    assert outcome.fault.sentence() == f"{host} does not speak https. Check base_url."
    assert outcome.attempts == 1


PROXIES = [
    (
        {"HTTPS_PROXY": "socks5://me:secret@proxy.example:1080"},
        "HTTPS_PROXY=socks5://proxy.example:1080 cannot be used: SOCKS proxies need the package socksio (pip install "
        "'httpx2[socks]').",
        FaultKind.PROXY,
    ),
    (
        {"ALL_PROXY": "gopher://proxy.example"},
        "ALL_PROXY=gopher://proxy.example cannot be used: Unknown scheme for proxy URL URL('gopher://proxy.example').",
        FaultKind.PROXY,
    ),
    (
        {"SSL_CERT_FILE": "/nowhere/ca.pem"},
        "SSL_CERT_FILE=/nowhere/ca.pem cannot be used: no such file or directory.",
        FaultKind.UNTRUSTED_TLS,
    ),
]


@pytest.mark.parametrize(("environment", "sentence", "kind"), PROXIES)
async def test_a_client_that_cannot_be_built(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    environment: dict[str, str],
    sentence: str,
    kind: FaultKind,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    client = client_for("https://api.anthropic.com")
    outcome = await ask(client)
    assert outcome.fault is not None
    assert (outcome.fault.sentence(), outcome.fault.kind) == (sentence, kind)
    assert outcome.attempts == 1
    assert "secret" not in repr(outcome.fault)
    for name in environment:
        monkeypatch.delenv(name)
    await client.prepare()  # what failed once can be tried again
    await client.aclose()
    assert capfd.readouterr().err == ""


async def test_a_certificate_file_without_a_certificate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing of use")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    outcome = await ask(client_for("https://api.anthropic.com"))
    assert outcome.fault is not None
    assert outcome.fault.sentence().endswith("ca.pem cannot be used: it holds no certificate.")


async def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch, nobodys_port: int) -> None:
    proxy = f"127.0.0.1:{nobodys_port}"
    monkeypatch.setenv("https_proxy", f"http://me:secret@{proxy}")
    outcome = await ask(client_for("https://api.anthropic.com"))
    assert outcome.fault is not None
    assert outcome.fault.sentence() == f"Can't reach the proxy {proxy}."
    assert outcome.fault.kind is FaultKind.PROXY


async def test_a_proxy_that_refuses_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch, server: FaultServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server.script(refuses(407, "", "text/plain"))
    monkeypatch.setenv("https_proxy", f"http://me:hunter2%40x@127.0.0.1:{server.port}")
    outcome = await ask(client_for("https://api.anthropic.com"))
    assert outcome.fault is not None
    assert outcome.fault.what == f"The proxy 127.0.0.1:{server.port} refused the connection."
    assert server.asked[0].line.startswith("CONNECT api.anthropic.com:443")
    assert CANARY not in str(server.asked)
    assert "hunter2" not in caplog.text + repr(outcome)


async def test_a_server_on_this_machine_is_asked_without_the_proxy(
    monkeypatch: pytest.MonkeyPatch, server: FaultServer
) -> None:
    server.script(streams())
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:1")
    assert (await ask(client_for(server.url))).fault is None


NOT_HTTP = [
    b"\x00\x01\x02 nonsense\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nx: a\x00b\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
    sse(*HELLO),
]


@pytest.mark.parametrize("sent", NOT_HTTP, ids=range(len(NOT_HTTP)))
async def test_bytes_that_are_not_http(server: FaultServer, sent: bytes) -> None:
    server.script(sends(sent))
    outcome = await ask(client_for(server.url))
    assert outcome.fault is not None
    assert (outcome.fault.kind, outcome.attempts) == (FaultKind.GARBLED, 3)


async def test_headers_with_control_characters_do_no_harm(server: FaultServer) -> None:
    odd = b"\x1b]0;pwned\x07\x9b31m\xe2\x80\xae"
    server.script(sends(b"HTTP/1.1 200 " + odd + b"\r\nrequest-id: " + odd + b"\r\n\r\n" + sse(*HELLO)))
    outcome = await ask(client_for(server.url))
    assert outcome.fault is None
    assert outcome.connected[0].request_id.isprintable()


@pytest.mark.parametrize("location", [b"http://[", b"http://evil\x9b31m.example/\x1b[31m", b"", b"//", b"?"])
async def test_a_redirection_to_nowhere(server: FaultServer, location: bytes) -> None:
    server.script(sends(b"HTTP/1.1 307 X\r\ncontent-length: 0\r\nlocation: " + location + b"\r\n\r\n"))
    outcome = await ask(client_for(server.url))
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.REDIRECTED
    assert outcome.fault.sentence().isprintable()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed_and_the_chat_is_not_sent_again(server: FaultServer, status: int) -> None:
    server.script(refuses(status, "", "text/plain", location=f"http://localhost:{server.port}/elsewhere"))
    outcome = await ask(client_for(server.url))
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.REDIRECTED
    assert [asked.path for asked in server.asked] == ["/v1/messages"]


async def test_a_lone_surrogate_is_said_to_be_unsendable() -> None:
    from salon.chat.turn import Request

    request = Request({"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "\ud800"}]})
    outcome = await ask(client_for("http://127.0.0.1:9"), request)
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.BAD_REQUEST
    assert outcome.fault.what == "The message contains a character that cannot be sent."


async def test_an_unforeseen_failure_is_internal_and_logged_without_the_key(caplog: pytest.LogCaptureFixture) -> None:
    outcome = await ask(client_for("https://api.anthropic.com", transport=raising(RuntimeError(f"odd {CANARY}"))))
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.INTERNAL
    assert "RuntimeError: odd ***" in caplog.text
    assert CANARY not in caplog.text + repr(outcome.fault)
