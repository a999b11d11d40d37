"""Keys: where they are found, where they are kept, and that nothing prints them."""

import errno
import os
import pickle
from pathlib import Path

import pytest

from salon.claude.credentials import (
    Credentials,
    Secret,
    find_credentials,
    forget_key,
    hosts_of_keys,
    key_typed_in,
    redact,
    save_key,
    warn_if_readable_by_others,
)
from salon.errors import CredentialsError, StoreError

KEY = "sk-ant-api03-canary-5d1c77-wXyZ"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "salon" / "credentials.toml"


def found(environ: dict[str, str], file: Path, host: str = "api.anthropic.com") -> tuple[str, str, str] | None:
    home = {"HOME": str(file.parent)}
    credentials = find_credentials(home | environ, file, host=host)
    return (credentials.kind, credentials.secret.reveal(), credentials.source) if credentials else None


ORDER: list[tuple[dict[str, str], tuple[str, str, str] | None]] = [
    ({}, None),
    ({"ANTHROPIC_API_KEY": "a", "CLAUDE_API_KEY": "b"}, ("api_key", "a", "env ANTHROPIC_API_KEY")),
    ({"ANTHROPIC_API_KEY": " \n", "CLAUDE_API_KEY": " b\n"}, ("api_key", "b", "env CLAUDE_API_KEY")),
    ({"ANTHROPIC_AUTH_TOKEN": "t", "ANTHROPIC_PROFILE": "p"}, ("auth_token", "t", "env ANTHROPIC_AUTH_TOKEN")),
    ({"ANTHROPIC_PROFILE": "work"}, ("profile", "", "profile work")),
    (
        {"ANTHROPIC_IDENTITY_TOKEN": "j", "ANTHROPIC_FEDERATION_RULE_ID": "f", "ANTHROPIC_ORGANIZATION_ID": "o"},
        ("profile", "", "workload identity"),
    ),
    ({"ANTHROPIC_IDENTITY_TOKEN": "j", "ANTHROPIC_ORGANIZATION_ID": "o"}, None),
]


@pytest.mark.parametrize(("environ", "expected"), ORDER)
def test_the_order(environ: dict[str, str], expected: tuple[str, str, str] | None, file: Path) -> None:
    assert found(environ, file) == expected


def test_the_sdks_profiles_on_disk(tmp_path: Path, file: Path) -> None:
    place = {"ANTHROPIC_CONFIG_DIR": str(tmp_path / "a")}
    configs = tmp_path / "a" / "configs"
    configs.mkdir(parents=True)
    assert found(place, file) is None
    (configs / "default.json").write_text("{}")
    assert found(place, file) == ("profile", "", "profile default")
    (tmp_path / "a" / "active_config").write_text("team\n")
    assert found(place, file) is None
    (configs / "team.json").write_text("{}")
    assert found(place, file) == ("profile", "", "profile team")


def test_a_saved_key_is_for_its_host_only(file: Path) -> None:
    save_key(file, Secret(KEY), "api.anthropic.com")
    save_key(file, Secret("other-key"), "gateway.example:8443")
    assert found({}, file) == ("api_key", KEY, f"saved in {file}")
    assert found({}, file, "gateway.example:8443") == ("api_key", "other-key", f"saved in {file}")
    assert found({}, file, "gateway.example") is None
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert forget_key(file, "api.anthropic.com")
    assert not forget_key(file, "never.saved")
    assert hosts_of_keys(file) == ["gateway.example:8443"]
    assert found({}, file) is None
    assert found({}, file, "gateway.example:8443") is not None


@pytest.mark.parametrize("content", [f'keys = ["{KEY}', "\xff".encode("latin-1").decode("latin-1"), f"a={KEY}"])
def test_a_damaged_file_is_said_and_not_quoted(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content, encoding="latin-1")
    with pytest.raises(CredentialsError) as caught:
        find_credentials({"HOME": "/nowhere"}, file)
    assert "cannot be read: it is not valid TOML." in caught.value.what
    assert KEY not in caught.value.what
    assert caught.value.__suppress_context__
    with pytest.raises(CredentialsError):
        save_key(file, Secret("x"), "h")
    assert file.read_text(encoding="latin-1") == content


@pytest.mark.parametrize("content", ["", "keys = 3", "[keys]\nh = 7\n'api.anthropic.com' = ' '"])
def test_a_file_without_keys(file: Path, content: str) -> None:
    file.parent.mkdir()
    file.write_text(content)
    assert found({}, file) is None


def test_a_full_disk_leaves_the_old_key(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_key(file, Secret(KEY), "api.anthropic.com")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"was not saved in .*: No space left on device"):
        save_key(file, Secret("new"), "api.anthropic.com")
    assert found({}, file) == ("api_key", KEY, f"saved in {file}")
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_key_that_others_can_read(file: Path) -> None:
    assert warn_if_readable_by_others(file) == ""
    save_key(file, Secret(KEY), "h")
    assert warn_if_readable_by_others(file) == ""
    file.chmod(0o644)
    assert warn_if_readable_by_others(file).endswith(f"the key in {file}. To close it: chmod 600 '{file}'")


def test_a_secret_is_not_shown() -> None:
    secret = Secret(KEY)
    credentials = Credentials("api_key", secret, "env X")
    for shown in (str(secret), repr(secret), f"{secret}", repr(credentials), str(vars(type(secret)))):
        assert KEY not in shown
    assert (secret == Secret(KEY), secret == KEY, bool(secret), bool(Secret(""))) == (True, False, True, False)
    assert len({secret, Secret(KEY)}) == 1
    with pytest.raises(TypeError):
        pickle.dumps(secret)


@pytest.mark.parametrize(("key", "ending"), [(KEY, "wXyZ"), ("short", ""), ("", "")])
def test_the_ending(key: str, ending: str) -> None:
    assert Credentials("api_key", Secret(key), "x").ending == ending


def test_redaction() -> None:
    odd = Credentials("api_key", Secret("odd-key-1"), "x")
    assert redact("the odd-key-1 and sk-ant-api03-AbC_d-9 and Authorization: Bearer x.y/z= end", odd) == (
        "the *** and *** and Authorization: *** end"
    )
    assert redact("nothing here", Credentials("profile", Secret(""), "x")) == "nothing here"


def test_typing_a_key_in() -> None:
    assert key_typed_in(f"  {KEY}\n").secret.reveal() == KEY
    for wrong in ("", "  ", "two words", "schlüssel", "a\x1bb"):
        with pytest.raises(CredentialsError):
            key_typed_in(wrong)
