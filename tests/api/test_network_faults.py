"""No name, no answer, no trust, no proxy: what the real transport says of each, and what a person reads."""

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from api.fault_server import FaultServer, refuses, streams
from api.harness import CANARY, ask, client_for
from salon.errors import FaultKind


def raising(problem: Exception) -> Callable[[], httpx2.AsyncBaseTransport]:
    def handle(request: httpx2.Request) -> httpx2.Response:
        raise problem

    return lambda: httpx2.MockTransport(handle)


def caused(problem: Exception, cause: BaseException) -> Exception:
    problem.__cause__ = cause
    return problem


def unknown_name() -> socket.gaierror:
    return socket.gaierror(socket.EAI_NONAME, "Name or service not known")


CONNECT = [
    (httpx2.ConnectError(""), "https://api.anthropic.com", "Can't reach api.anthropic.com (no network?)."),
    (
        caused(httpx2.ConnectError(""), unknown_name()),
        "https://api.anthropic.com",
        "Can't reach api.anthropic.com (no network?).",
    ),
    (
        caused(httpx2.ConnectError(""), unknown_name()),
        "https://gatway.example",
        "Can't reach gatway.example (no network?). Nobody knows this name. Check base_url.",
    ),
    (
        caused(httpx2.ConnectError(""), ExceptionGroup("", [OSError(101, "x"), ConnectionRefusedError()])),
        "https://gateway.example",
        "Can't reach gateway.example (no network?). The connection was refused.",
    ),
    (
        httpx2.ConnectTimeout(""),
        "https://api.anthropic.com",
        "Can't reach api.anthropic.com (no network?). It did not answer within 10 s.",
    ),
]


@pytest.mark.parametrize(("problem", "url", "sentence"), CONNECT)
async def test_nobody_answers(problem: Exception, url: str, sentence: str) -> None:
    outcome = await ask(client_for(url, transport=raising(problem)))
    assert outcome.fault is not None
    assert outcome.fault.sentence() == sentence
    assert outcome.fault.kind is FaultKind.UNREACHABLE
    assert outcome.fault.transient
    assert outcome.attempts == 3


async def test_a_local_server_that_is_not_running() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        outcome = await ask(client_for(f"http://127.0.0.1:{port}"))
    assert outcome.fault is not None
    assert outcome.fault.sentence() == f"Nothing answers at 127.0.0.1:{port}. Is the server running?"
    assert outcome.fault.actions == ("retry", "edit_base_url")
    assert outcome.attempts == 3


def certificate_error(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, message)
    error.verify_code, error.verify_message = code, message
    return error


TLS = [
    (9, "certificate is not yet valid", "the certificate of api.anthropic.com is not valid yet. Check your computer's"),
    (
        10,
        "certificate has expired",
        "the certificate of api.anthropic.com is out of date. Check your computer's clock.",
    ),
    (19, "self-signed certificate in certificate chain", "self-signed certificate in certificate chain. On a company"),
    (62, "Hostname mismatch", "the certificate is not api.anthropic.com's."),
]


@pytest.mark.parametrize(("code", "message", "sentence"), TLS)
async def test_the_server_cannot_prove_who_it_is(code: int, message: str, sentence: str) -> None:
    problem = caused(httpx2.ConnectError(message), certificate_error(code, message))
    outcome = await ask(client_for("https://api.anthropic.com", transport=raising(problem)))
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.UNTRUSTED_TLS
    assert outcome.fault.sentence().startswith(f"The connection is not trusted: {sentence}")
    assert outcome.attempts == 1


TROUBLE_OF_A_CONNECTION = [
    (httpx2.ConnectError(""), ssl.SSLEOFError(8, "eof"), "Can't reach gateway.example (no network?). It closed the"),
    (httpx2.ReadError(""), ssl.SSLError(1, "[SSL] record layer failure"), "gateway.example closed the connection"),
]


@pytest.mark.parametrize(("problem", "cause", "sentence"), TROUBLE_OF_A_CONNECTION)
async def test_a_connection_that_ends_inside_tls_is_no_matter_of_trust(
    problem: Exception, cause: ssl.SSLError, sentence: str
) -> None:
    outcome = await ask(client_for("https://gateway.example", transport=raising(caused(problem, cause))))
    assert outcome.fault is not None
    assert outcome.fault.sentence().startswith(sentence)
    assert outcome.attempts == 3


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


async def test_a_proxy_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        proxy = f"127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv("https_proxy", f"http://me:secret@{proxy}")
        outcome = await ask(client_for("https://api.anthropic.com"))
    assert outcome.fault is not None
    assert outcome.fault.sentence() == f"Can't reach the proxy {proxy}."
    assert outcome.fault.kind is FaultKind.PROXY


async def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch, server: FaultServer) -> None:
    server.script(refuses(407, "", "text/plain"))
    monkeypatch.setenv("https_proxy", server.url)
    outcome = await ask(client_for("https://api.anthropic.com"))
    assert outcome.fault is not None
    assert outcome.fault.what == f"The proxy 127.0.0.1:{server.port} refused the connection."
    assert server.asked[0].line.startswith("CONNECT api.anthropic.com:443")
    assert CANARY not in str(server.asked)


async def test_a_server_on_this_machine_is_asked_without_the_proxy(
    monkeypatch: pytest.MonkeyPatch, server: FaultServer
) -> None:
    server.script(streams())
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:1")
    assert (await ask(client_for(server.url))).fault is None


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed_and_the_chat_is_not_sent_again(server: FaultServer, status: int) -> None:
    server.script(refuses(status, "", "text/plain", location=f"http://localhost:{server.port}/elsewhere"))
    outcome = await ask(client_for(server.url))
    assert outcome.fault is not None
    assert outcome.fault.kind is FaultKind.REDIRECTED
    assert [asked.path for asked in server.asked] == ["/v1/messages"]


async def test_a_key_with_a_line_break_never_shows() -> None:
    from salon.claude.credentials import Credentials, Secret

    broken = Credentials("api_key", Secret(CANARY + "\nX"), "env ANTHROPIC_API_KEY")
    outcome = await ask(client_for("http://127.0.0.1:9", broken))
    assert outcome.fault is not None
    assert outcome.fault.sentence() == (
        "The API key (from env ANTHROPIC_API_KEY) contains characters that cannot be sent. Copy it again."
    )
    assert outcome.attempts == 1
    assert outcome.fault.__cause__ is None
    assert outcome.fault.__context__ is None


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
