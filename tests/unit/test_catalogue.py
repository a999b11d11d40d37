"""What is known of models: the server's word, kept for a day, over the table; a person's prices over all."""

from decimal import Decimal
from pathlib import Path

import pytest

from fakes import FakeClient
from salon.catalogue import FRESH_SECONDS, Catalogue
from salon.chat.model import ModelInfo
from salon.claude.models import DEFAULT_MODEL, from_api, known, known_models, to_api
from salon.claude.prices import Prices, load_prices
from salon.errors import Fault, FaultKind
from salon.store.modellists import ModelLists
from salon.ui.services import Connection
from salon.wiring import Options, build

NEW = ModelInfo(
    id="claude-next",
    name="Claude Next",
    context=2_000_000,
    max_output=64_000,
    thinking=frozenset({"adaptive"}),
    efforts=("low", "max"),
    caching=True,
    abilities=frozenset({"image_input", "compaction"}),
    server_tools=frozenset({"web_search", "web_fetch"}),
    deprecated="2027-01-02",
    retires="2027-06-30",
)


class Server(FakeClient):
    """Offers models and counts how often it was asked."""

    def __init__(self, *offered: ModelInfo) -> None:
        super().__init__()
        self.offered = list(offered)
        self.asked = 0
        self.down = False

    async def list_models(self) -> list[ModelInfo]:
        self.asked += 1
        if self.down:
            raise Fault(FaultKind.UNREACHABLE, "No network.")
        return self.offered


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def catalogue(folder: Path, clock: Clock | None = None, prices: Prices | None = None) -> Catalogue:
    return Catalogue(ModelLists(folder / "cache" / "models.json"), prices or {}, clock or Clock())


async def test_before_a_server_was_asked_the_table_serves_and_nobody_waits_for_the_server(tmp_path: Path) -> None:
    server = Server(NEW)
    models, connection = catalogue(tmp_path), Connection(client=server)
    assert await models.learn(connection, "claude-opus-5-5") == ""
    assert server.asked == 0
    assert list(models.offered(connection)) == list(known_models())
    assert "own table" in models.as_of(connection)


async def test_a_model_that_nobody_knows_is_asked_for_before_the_first_request(tmp_path: Path) -> None:
    server = Server(NEW)
    models = catalogue(tmp_path)
    await models.learn(Connection(client=server), "claude-next")
    assert models.info("claude-next").efforts == ("low", "max")
    assert server.asked == 1


async def test_what_a_server_said_is_kept_with_its_date_and_read_by_the_next_run(tmp_path: Path) -> None:
    server, clock = Server(NEW, known("claude-haiku-5-5")), Clock()
    assert await catalogue(tmp_path, clock).refresh(Connection(client=server))
    later = catalogue(tmp_path, clock)
    connection = Connection(client=server)
    assert list(later.offered(connection)) == [NEW, known("claude-haiku-5-5")]
    assert "2023-11-1" in later.as_of(connection)
    assert not await later.refresh(connection)
    clock.now += FRESH_SECONDS + 1
    assert not await later.refresh(connection), "nothing is new"
    assert server.asked == 2


def test_an_entry_that_is_written_reads_the_same() -> None:
    for model in (*known_models(), NEW):
        assert from_api(to_api(model)) == model


async def test_a_server_that_does_not_answer_leaves_what_was_known(tmp_path: Path) -> None:
    server, clock = Server(NEW), Clock()
    models, connection = catalogue(tmp_path, clock), Connection(client=server)
    await models.refresh(connection)
    server.down, clock.now = True, clock.now + 2 * FRESH_SECONDS
    assert not await models.refresh(connection)
    assert list(models.offered(connection)) == [NEW]


async def test_another_server_is_asked_once_before_the_first_request_and_its_first_model_is_used(
    tmp_path: Path,
) -> None:
    server = Server(ModelInfo(id="qwen"), ModelInfo(id="llama"))
    connection = Connection(client=server, host="localhost:8080")
    models = catalogue(tmp_path)
    assert await models.learn(connection, "") == "qwen"
    assert await models.learn(connection, "llama") == ""
    assert server.asked == 1
    assert await catalogue(tmp_path).learn(connection, "") == "qwen"
    assert server.asked == 1
    server.offered = [ModelInfo(id="mistral")]
    assert await models.refresh(connection), "what a local server has loaded changes, so it is asked every time"
    assert [info.id for info in models.offered(connection)] == ["mistral"]
    assert list(models.offered(Connection(client=server))) == list(known_models()), "lists are the hosts' own"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"": 3}', b'{"": {"at": "x", "models": [1, {}]}}', b"[" * 50_000])
async def test_a_damaged_cache_is_no_cache(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "models.json").write_bytes(content)
    models, connection = catalogue(tmp_path), Connection(client=Server(NEW))
    assert list(models.offered(connection)) == list(known_models())
    assert await models.refresh(connection)
    assert list(catalogue(tmp_path).offered(connection)) == [NEW]


# prices


def prices(folder: Path, text: str) -> tuple[Prices, list[str]]:
    file = folder / "prices.toml"
    file.write_text(text)
    return load_prices(file)


def test_a_persons_price_wins_and_the_cache_prices_follow_from_it(tmp_path: Path) -> None:
    own, problems = prices(tmp_path, '["claude-opus-5-5"]\ninput = 3\noutput = 12.5\nweb_search = 0.02\n')
    assert problems == []
    (price,) = catalogue(tmp_path, prices=own).info("claude-opus-5-5").prices
    assert (price.input, price.output, price.web_search) == (Decimal(3), Decimal("12.5"), Decimal("0.02"))
    assert (price.cache_read, price.cache_write_5m, price.cache_write_1h) == (
        Decimal("0.3"),
        Decimal("3.75"),
        Decimal(6),
    )


def test_a_price_may_have_tiers(tmp_path: Path) -> None:
    text = "mine.tiers = [{ up_to = 100_000, input = 1, output = 2 }, { input = 3, output = 4, cache_read = 0.5 }]"
    own, problems = prices(tmp_path, text)
    assert problems == []
    assert [(tier.up_to, tier.input) for tier in own["mine"]] == [(100_000, Decimal(1)), (None, Decimal(3))]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("m = 3", "must be a table"),
        ("[m]\ninput = 3", "needs input and output"),
        ("[m]\ninput = -1\noutput = 2", "number of dollars"),
        ("[m]\ninput = nan\noutput = 2", "number of dollars"),
        ("[m]\ninput = 1\noutput = true", "number of dollars"),
        ("[m]\ninput = 1\nouput = 2", 'Did you mean "output"?'),
        ("[m]\ninput = 1\noutput = 2\nup_to = 70_000", "multiple of 50,000"),
        ("m.tiers = []", "list of tables"),
        ("m.tiers = [3]", "must be a table"),
        ("m.tiers = [{ input = 1, output = 1 }, { input = 1, output = 1 }]", "in order"),
        (
            "m.tiers = [{ up_to = 100_000, input = 1, output = 1 }, { up_to = 50_000, input = 1, output = 1 }]",
            "in order",
        ),
    ],
)
def test_what_is_no_price_is_told_with_its_line_and_left_out(tmp_path: Path, text: str, why: str) -> None:
    own, problems = prices(tmp_path, f"{text}\n[good]\ninput = 1\noutput = 2\n")
    assert list(own) == ["good"]
    (problem,) = problems
    assert why in problem
    assert "line 1" in problem


def test_no_file_is_no_problem(tmp_path: Path) -> None:
    assert load_prices(tmp_path / "none.toml") == ({}, [])


async def test_another_server_is_asked_for_the_first_of_its_own_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in every later chat, and for its title: Salon's own choice is Anthropic's alone."""
    for name in ("config", "state", "cache"):
        monkeypatch.setenv(f"SALON_{name.upper()}_DIR", str(tmp_path / name))
    monkeypatch.setattr("salon.wiring.start_logging", lambda _paths: "")  # the log is the whole process's
    house = build(Options(), {"SALON_TITLES": "always"})
    local = Connection(client=Server(ModelInfo(id="qwen"), ModelInfo(id="llama")), host="localhost")
    assert house.parameters(local, "").model.id == DEFAULT_MODEL, "nobody has asked it yet"
    await house.learn_models(local)
    assert house.parameters(local, "").model.id == "qwen"
    assert house.title_model(local) == "qwen"
    assert house.parameters(local, "llama").model.id == "llama"
    assert house.parameters(Connection(client=Server(NEW)), "").model.id == DEFAULT_MODEL
    house.close()


async def test_domains_in_the_settings_bound_what_a_new_chat_may_look_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("config", "state", "cache"):
        monkeypatch.setenv(f"SALON_{name.upper()}_DIR", str(tmp_path / name))
    monkeypatch.setattr("salon.wiring.start_logging", lambda _paths: "")  # the log is the whole process's
    settings = {"SALON_WEB_SEARCH": "on", "SALON_WEB_ALLOWED": "a.example, b.example", "SALON_WEB_MAX_USES": "3"}
    house = build(Options(), settings)
    tools = {each["name"]: each for each in house.parameters(Connection(client=Server(NEW)), "").tools}
    assert tools["web_search"]["allowed_domains"] == ["a.example", "b.example"]
    assert tools["web_fetch"]["max_uses"] == 3
    house.close()
    house = build(Options(), {"SALON_WEB_SEARCH": "on", "SALON_WEB_BLOCKED": "ads.example"})
    search, fetch = house.parameters(Connection(client=Server(NEW)), "").tools
    assert search["blocked_domains"] == fetch["blocked_domains"] == ["ads.example"]
    assert "allowed_domains" not in search
    house.close()
