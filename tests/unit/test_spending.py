"""What all chats together cost: from the files on disk, by day, month and model, nothing twice."""

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from salon.chat import spending
from salon.chat.ids import new_id
from salon.chat.spending import Ledger, Spent
from salon.claude.models import known
from salon.commands.line import run
from salon.paths import Paths
from salon.store.library import FileLibrary
from salon.store.records import Record
from store_support import closed, file_of, opened, prompt


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    for name in ("config", "state", "cache"):
        monkeypatch.setenv(f"SALON_{name.upper()}_DIR", str(tmp_path / name))
    return Paths(tmp_path / "config", tmp_path / "state", tmp_path / "cache")


def answer(number: int, at: str, model: str, **usage: object) -> list[Record]:
    ended = closed(f"a{number}", "Yes.", model=model, usage=usage) | {"ts": f"{at}T12:00:00.000Z"}
    return [prompt(f"p{number}", None, "why"), opened(f"a{number}", f"p{number}"), ended]


def put(paths: Paths, *records: Record, place: str = "sessions/2026-11") -> str:
    session_id = new_id()
    folder = paths.config / place
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{session_id}.jsonl").write_bytes(file_of([{"k": "head", "id": session_id, "min": 1}, *records]))
    return session_id


def the_ledger(paths: Paths) -> Ledger:
    library = FileLibrary(paths)
    return spending.ledger([*library.list(), *library.trashed()], known)


def test_the_bill_of_two_months_worked_by_hand(paths: Paths) -> None:
    put(
        paths,
        *answer(1, "2026-10-31", "claude-opus-5-5", input_tokens=1_000, output_tokens=2_000),
        # 1,000 x $4 + 2,000 x $20 = 4,000 + 40,000 = 44,000 millionths of a dollar: $0.044
        *answer(2, "2026-11-01", "claude-haiku-5-5", input_tokens=90_000, output_tokens=1_000),
        # a prompt of up to 100k: 90,000 x $0.10 + 1,000 x $0.50 = 9,000 + 500 = $0.0095
        *answer(3, "2026-11-01", "claude-haiku-5-5", input_tokens=110_000, output_tokens=1_000),
        # above: 110,000 x $0.50 + 1,000 x $2.50 = 55,000 + 2,500 = $0.0575
    )
    put(
        paths,
        *answer(
            4,
            "2026-11-02",
            "claude-opus-5-5",
            input_tokens=500,
            cache_read_input_tokens=100_000,
            cache_creation_input_tokens=2_000,
            cache_creation={"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 2_000},
            output_tokens=100,
            server_tool_use={"web_search_requests": 2},
        ),
        # 500 x $4 + 100,000 x $0.20 + 2,000 x $8 + 100 x $20 = 2,000 + 20,000 + 16,000 + 2,000 = $0.04
        # 2 searches x $0.01 = $0.02
    )
    entries = the_ledger(paths)
    assert {day: spent.cost for day, spent in spending.days(entries).items()} == {
        "2026-11-02": Decimal("0.06"),
        "2026-11-01": Decimal("0.067"),
        "2026-10-31": Decimal("0.044"),
    }
    assert {month: spent.cost for month, spent in spending.months(entries).items()} == {
        "2026-11": Decimal("0.127"),
        "2026-10": Decimal("0.044"),
    }
    assert {model: spent.cost for model, spent in spending.models(entries).items()} == {
        "claude-opus-5-5": Decimal("0.104"),
        "claude-haiku-5-5": Decimal("0.067"),
    }
    assert spending.total(entries) == Spent(303_500, 4_100, 2, Decimal("0.171"))


def test_requests_beside_the_answers_are_in_the_bill(paths: Paths) -> None:
    title = {"k": "charge", "for": "title", "model": "claude-haiku-5-5", "ts": "2026-11-03T12:00:00.000Z"}
    usage = {"input_tokens": 2_000, "output_tokens": 10}
    session_id = put(
        paths,
        *answer(1, "2026-11-03", "claude-opus-5-5", input_tokens=1_000, output_tokens=100),
        # 1,000 x $4 + 100 x $20 = 6,000 millionths of a dollar
        title | {"usage": usage},
        # 2,000 x $0.10 + 10 x $0.50 = 205 millionths
    )
    assert spending.total(the_ledger(paths)) == Spent(3_000, 110, 0, Decimal("0.006205"))
    library = FileLibrary(paths)
    assert library.list()[0].model == "claude-opus-5-5", "who gave the title did not answer"
    conversation, _log = library.view(session_id)
    assert [(each.purpose, each.model, each.usage) for each in conversation.charges] == [
        ("title", "claude-haiku-5-5", usage)
    ]
    library.fork(session_id)
    assert spending.total(the_ledger(paths)).cost == Decimal("0.006205"), "a fork did not ask for the title"


def test_requests_of_one_answer_are_summed_by_their_own_sizes(paths: Paths) -> None:
    one = {"input_tokens": 80_000, "output_tokens": 100}
    sums = {"input_tokens": 160_000, "output_tokens": 200}
    put(paths, *answer(1, "2026-11-01", "claude-haiku-5-5", **sums, requests=[one, one]))
    # each a prompt of up to 100k: 160,000 x $0.10 + 200 x $0.50 = 16,100 millionths
    assert spending.total(the_ledger(paths)) == Spent(160_000, 200, 0, Decimal("0.0161"))


def test_a_fork_does_not_cost_what_it_was_made_of_once_more(paths: Paths) -> None:
    session_id = put(paths, *answer(1, "2026-11-01", "claude-opus-5-5", input_tokens=1_000, output_tokens=100))
    library = FileLibrary(paths)
    before = spending.total(the_ledger(paths))
    forked = library.fork(session_id)
    assert spending.total(the_ledger(paths)) == before
    summary = next(each for each in library.list() if each.id == forked)
    assert summary.usage, "the chat itself still says what its answers cost"


def test_what_was_imported_was_charged_to_somebody_else(paths: Paths) -> None:
    ended = answer(1, "2026-11-01", "claude-opus-5-5", input_tokens=1_000)
    put(paths, *ended[:2], ended[2] | {"source": "claude"})
    assert the_ledger(paths) == {}


def test_what_is_in_the_trash_has_cost_all_the_same(paths: Paths) -> None:
    put(paths, *answer(1, "2026-11-01", "claude-opus-5-5", input_tokens=1_000_000))
    (session,) = FileLibrary(paths).list()
    FileLibrary(paths).trash(session.id)
    assert spending.total(the_ledger(paths)).cost == Decimal(4)


def test_a_model_without_a_price_makes_the_sum_a_lower_bound(paths: Paths) -> None:
    put(
        paths,
        *answer(1, "2026-11-01", "qwen", input_tokens=10),
        *answer(2, "2026-11-01", "claude-opus-5-5", input_tokens=1_000_000),
    )
    assert spending.days(the_ledger(paths))["2026-11-01"] == Spent(1_000_010, 0, 0, Decimal(4), unpriced=True)
    assert spending.models(the_ledger(paths))["qwen"].cost is None


def test_only_files_that_have_changed_are_read_again(paths: Paths) -> None:
    session_id = put(paths, *answer(1, "2026-11-01", "claude-opus-5-5", input_tokens=1_000_000))
    the_ledger(paths)
    place = paths.sessions / "2026-11" / f"{session_id}.jsonl"
    times = place.stat()
    content = place.read_bytes()
    place.write_bytes(b"x" * len(content))
    os.utime(place, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert spending.total(the_ledger(paths)).cost == Decimal(4)


# salon cost


def test_the_command_says_it_to_a_person(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    put(
        paths,
        *answer(1, "2026-10-31", "claude-opus-5-5", input_tokens=500_000, output_tokens=1_000),
        *answer(2, "2026-11-01", "qwen\x1b", input_tokens=2_000),
    )
    assert run(["cost"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "2026-11-01       unknown  2k in, 0 out"
    assert told[1] == "2026-10-31         $2.02  500k in, 1k out"
    assert told[2].startswith("in all           ≥ $2.02")
    assert run(["cost", "--by", "model", "2026-10"]) == 0
    assert capsys.readouterr().out.startswith("claude-opus-5-5         $2.02")


def test_the_command_says_it_to_a_program_at_a_persons_own_prices(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    put(paths, *answer(1, "2026-11-01", "qwen", input_tokens=1_000_000, output_tokens=1_000_000))
    paths.prices_file.write_text("[qwen]\ninput = 0.5\noutput = 1.5\n")
    assert run(["cost", "--by", "month", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "month": "2026-11",
        "usd": 2.0,
        "at_least": False,
        "input_tokens": 1_000_000,
        "output_tokens": 1_000_000,
        "web_searches": 0,
    }


def test_nothing_asked_costs_nothing(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["cost"]) == 0
    assert "Nothing has been asked yet." in capsys.readouterr().out


def test_a_period_without_answers_and_words_that_are_none_are_told_apart(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    put(paths, *answer(1, "2026-11-01", "qwen", input_tokens=2_000))
    assert run(["cost", "2025"]) == 0
    assert capsys.readouterr().out == "Nothing was asked in 2025.\n"
    for words in ("yesterday", "2026-1", "20261101"):
        with pytest.raises(SystemExit) as left:
            run(["cost", words])
        assert left.value.code == 2
        assert "a year, a month or a day" in capsys.readouterr().err
