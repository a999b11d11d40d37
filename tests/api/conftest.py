"""What the tests of the API share."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from api.fault_server import FaultServer, running

_OF_THE_ENVIRONMENT = (
    *("ANTHROPIC_API_KEY", "CLAUDE_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_PROFILE", "ANTHROPIC_BASE_URL"),
    *("ANTHROPIC_CONFIG_DIR", "ANTHROPIC_CUSTOM_HEADERS", "ANTHROPIC_LOG", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, proxy or address of the machine's own reaches a test."""
    for variable in _OF_THE_ENVIRONMENT:
        monkeypatch.delenv(variable, raising=False)


@pytest_asyncio.fixture
async def server() -> AsyncIterator[FaultServer]:
    """A server on the loopback that does what the test says."""
    async with running() as fault_server:
        yield fault_server
