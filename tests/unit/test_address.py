"""A key is sent over https, or to this machine, and nowhere else."""

import pytest

from salon.claude.address import Address, check_base_url, find_base_url, host_of, is_anthropic, is_loopback
from salon.errors import UsageError

GOOD = [
    ("https://api.anthropic.com", "https://api.anthropic.com"),
    (" https://api.anthropic.com/ ", "https://api.anthropic.com"),
    ("https://api.anthropic.com/v1", "https://api.anthropic.com"),
    ("https://gateway.example/claude/v1/", "https://gateway.example/claude"),
    ("https://gateway.example:8443/claude", "https://gateway.example:8443/claude"),
    ("https://gateway.example/v10", "https://gateway.example/v10"),
    ("http://localhost:8080", "http://localhost:8080"),
    ("http://127.1.2.3", "http://127.1.2.3"),
    ("http://[::1]:9/v1", "http://[::1]:9"),
]
BAD = [
    ("", "not a web address"),
    ("localhost:8080", "not a web address"),
    ("ftp://x", "not a web address"),
    ("https://", "not a web address"),
    ("https:///v1", "not a web address"),
    ("https://a b", "not a web address"),
    ("https://x:port", "not a web address"),
    ("https://x:0", "not a web address"),
    ("https://[::1", "not a web address"),
    ("https://аpi.anthropic.com", "not a web address"),
    ("http://api.anthropic.com", "not encrypted"),
    ("http://localhost.example", "not encrypted"),
    ("http://10.0.0.1", "not encrypted"),
    ("http://127.0.0.1.example", "not encrypted"),
    ("https://key@host", "user name"),
    ("https://api.anthropic.com:secret@evil.example", "user name"),
    ("https://me:secret@host:port", "not a web address"),
    ("https://host/?x=1", "end with its path"),
    ("https://host/#x", "end with its path"),
]


@pytest.mark.parametrize(("url", "checked"), GOOD)
def test_an_address_that_can_be_used(url: str, checked: str) -> None:
    assert check_base_url(url) == checked
    assert check_base_url(checked) == checked


@pytest.mark.parametrize(("url", "why"), BAD)
def test_an_address_that_cannot(url: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        check_base_url(url)
    assert "secret" not in caught.value.sentence()


def test_the_command_line_wins_over_the_environment_and_that_over_the_settings() -> None:
    environ = {"ANTHROPIC_BASE_URL": "https://env.example"}
    setting = "https://set.example"
    assert find_base_url(environ, option="https://opt.example", setting=setting) == Address(
        "https://opt.example", "--base-url"
    )
    assert find_base_url(environ, setting=setting) == Address("https://env.example", "env ANTHROPIC_BASE_URL")
    assert find_base_url({"ANTHROPIC_BASE_URL": " "}, setting=setting) == Address("https://set.example", "settings")
    assert find_base_url({}) is None


def test_hosts() -> None:
    assert host_of("https://Gateway.Example:8443/x") == "gateway.example:8443"
    assert is_anthropic("api.anthropic.com")
    assert is_anthropic("API.anthropic.com:443")
    assert not is_anthropic("api.anthropic.com.evil.example")
    assert not is_anthropic("evilanthropic.com")
    assert is_loopback("LOCALHOST")
    assert not is_loopback("localhost.evil")
