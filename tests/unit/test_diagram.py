"""Mermaid fences as text, drawn in a process of its own."""

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from rich.cells import cell_len

from salon.markdown import diagram

FLOWCHART = "graph LR\n  A[Start] --> B[Stop]\n"


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    diagram._drawn.cache_clear()
    yield
    diagram._drawn.cache_clear()


def test_a_flowchart() -> None:
    assert diagram.draw(FLOWCHART, 40) == [
        "┌───────┐    ┌──────┐",
        "│ Start ├───►│ Stop │",
        "└───────┘    └──────┘",
    ]


@pytest.mark.parametrize(
    "source",
    [
        "sequenceDiagram\n  Alice->>Bob: Hello\n",
        "%% a comment\nflowchart TD\n  A --> B",
        "---\ntitle: T\n---\ngraph TD\n  A --> B",
        "stateDiagram-v2\n  [*] --> Idle\n",
        "classDiagram\n  Animal <|-- Dog\n",
        'pie title Pets\n  "Dogs" : 3\n  "Cats" : 2\n',
        "erDiagram\n  A ||--o{ B : has\n",
    ],
)
def test_other_diagrams(source: str) -> None:
    lines = diagram.draw(source, 100)
    assert lines
    assert all(cell_len(line) <= 100 and line.isprintable() for line in lines)
    assert lines[0].strip()
    assert lines[-1].strip()


def test_a_diagram_that_is_too_wide_is_not_drawn() -> None:
    assert diagram.draw(FLOWCHART, 20) is None
    assert diagram.draw(FLOWCHART, 21) is not None


@pytest.mark.parametrize("source", ["", "Hello", "graphics\n A", "C4Context\n Person(a, b)", "sankey-beta\n a,b,3"])
def test_what_termaid_does_not_know_is_not_drawn(source: str) -> None:
    assert not diagram.can_draw(source)
    assert diagram.draw(source, 80) is None


def test_a_source_that_is_too_long_is_not_drawn() -> None:
    assert diagram.draw(FLOWCHART + " " * diagram.MAX_SOURCE, 80) is None


def test_nothing_a_terminal_obeys_comes_through() -> None:
    lines = diagram.draw('graph TD\n  A["\x1b[31mred\u202e"] --> B\x07', 80)
    assert lines is not None
    assert all(line.isprintable() for line in lines)


def test_a_drawing_that_would_eat_the_memory_is_given_up() -> None:
    many = " & ".join(f"A{index}" for index in range(12))
    assert diagram.draw(f"graph TD\n  {many} --> {many.replace('A', 'B')}", 80) is None


def test_a_drawing_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "TIMEOUT", 0.001)
    assert diagram.draw(FLOWCHART, 80) is None


def test_without_a_process_there_is_no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: Any, **__: Any) -> None:
        raise OSError

    monkeypatch.setattr(subprocess, "run", none_left)
    assert diagram.draw(FLOWCHART, 80) is None


def test_without_termaid_there_is_no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram, "is_available", lambda: False)
    assert not diagram.can_draw(FLOWCHART)
    assert diagram.draw(FLOWCHART, 80) is None
