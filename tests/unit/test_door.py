"""Who may come in to `salon serve`: tokens, cookies, addresses and origins, one by one."""

import pytest

from salon.serving.door import Asked, Door, Verdict
from salon.serving.memory import TerminalMemory

HERE = "127.0.0.1:8000"


def asked(door: Door, **shown: object) -> Asked:
    told: dict[str, object] = {"hosts": [HERE], "origins": [], "path": door.path}
    return Asked(**(told | shown))  # type: ignore[arg-type]


def token_of(link: str) -> str:
    return link.partition("?token=")[2]


def test_a_link_opens_once() -> None:
    door = Door(HERE)
    link = door.link()
    assert link.startswith(f"http://{HERE}{door.path}?token=")
    assert len(link) < 77  # it stands in a terminal of 80 columns
    assert door.judge(asked(door, token=token_of(link))) is Verdict.TOKEN_TAKEN
    assert door.judge(asked(door, token=token_of(link))) is Verdict.STRANGER


def test_a_new_link_replaces_one_that_was_not_used() -> None:
    door = Door(HERE)
    first, second = door.link(), door.link()
    assert door.judge(asked(door, token=token_of(first))) is Verdict.STRANGER
    assert door.judge(asked(door, token=token_of(second))) is Verdict.TOKEN_TAKEN


def test_everybody_who_came_in_stays() -> None:
    door = Door(HERE)
    cookies = [door.new_cookie(), door.new_cookie()]
    assert {door.judge(asked(door, cookie=cookie)) for cookie in cookies} == {Verdict.ADMITTED}
    assert door.judge(asked(door, path=f"{door.path}ws/tab", cookie=cookies[0])) is Verdict.ADMITTED


@pytest.mark.parametrize("cookie", [None, "", "x", "ä", "\udcff"])
@pytest.mark.parametrize("token", [None, "", "x", "ä", "\udcff"])
def test_strangers_stay_outside(token: str | None, cookie: str | None) -> None:
    door = Door(HERE)
    assert door.judge(asked(door, token=token, cookie=cookie)) is Verdict.STRANGER
    door.link()
    door.new_cookie()
    assert door.judge(asked(door, token=token, cookie=cookie)) is Verdict.STRANGER


def test_a_good_cookie_is_not_enough_elsewhere() -> None:
    door = Door(HERE)
    cookie = door.new_cookie()
    for path in ("/", "/ws/tab", door.path[:-1], f"/{door.path}", door.path.swapcase()):
        assert door.judge(asked(door, path=path, cookie=cookie)) is Verdict.STRANGER
    for hosts in ([], ["salon.example"], ["127.0.0.1"], ["127.0.0.1:8001"], ["localhost:8000"], [HERE, HERE]):
        assert door.judge(asked(door, hosts=hosts, cookie=cookie)) is Verdict.ELSEWHERE
    for origin in ("null", "http://127.0.0.1:8001", "https://127.0.0.1:8000", "http://localhost:8000", "http://a.b"):
        assert door.judge(asked(door, origins=[origin], cookie=cookie)) is Verdict.ELSEWHERE
        assert door.judge(asked(door, origins=[door.origin, origin], cookie=cookie)) is Verdict.ELSEWHERE


def test_who_wants_to_talk_names_an_origin() -> None:
    door = Door(HERE)
    cookie = door.new_cookie()
    assert door.judge(asked(door, talks=True, cookie=cookie)) is Verdict.ELSEWHERE
    assert door.judge(asked(door, talks=True, cookie=cookie, origins=[door.origin])) is Verdict.ADMITTED


def test_a_refused_request_does_not_use_the_token_up() -> None:
    door = Door(HERE)
    token = token_of(door.link())
    assert door.judge(asked(door, token=token, hosts=["evil.example"])) is Verdict.ELSEWHERE
    assert door.judge(asked(door, token=token, origins=["http://evil.example"])) is Verdict.ELSEWHERE
    assert door.judge(asked(door, token=token, path=f"{door.path}page.js")) is Verdict.STRANGER
    assert door.judge(asked(door, token=token)) is Verdict.TOKEN_TAKEN


WRITTEN = (
    b"\x1b[?1049h\x1b[?1000;1006h\x1b]11;?\x07\x1b[?25l\x1b]2;A chat\x07text \xc3\xa4\x07\x1b[?1000l"
    b"\x1b[38;2;1;2;3m\x1b]0;Another \xc3\xa4\x1b\\"
)


@pytest.mark.parametrize("size", [1, 2, 3, 7, len(WRITTEN)])
def test_a_terminal_is_remembered_however_the_output_is_cut(size: int) -> None:
    memory = TerminalMemory()
    for start in range(0, len(WRITTEN), size):
        memory.feed(WRITTEN[start : start + size])
    assert memory.modes() == b"\x1b[?1049h\x1b[?1006h\x1b[?25l\x1b[?1000l"
    assert (memory.title, memory.bells) == ("Another ä", 1)
