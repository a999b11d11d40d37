"""Files of the command line, with the screen and without."""

import json

from attached_files import png
from home import Home
from terminal import quit_quietly


def test_print_sends_files_along(home: Home) -> None:
    (home.root / "shot.png").write_bytes(png(640, 480, padding=9_000))
    (home.root / "notes.md").write_text("# Notes")
    shot, notes = str(home.root / "shot.png"), str(home.root / "notes.md")
    outcome = home.run("--demo", "-p", "echo seen", "--attach", shot, "-a", notes)
    assert (outcome.code, outcome.out, outcome.err) == (0, "seen\n", "")
    (session,) = (home.root / "config" / "demo" / "sessions").rglob("*.jsonl")
    records = map(json.loads, session.read_text().splitlines())
    content = next(record["content"] for record in records if record["k"] == "msg")
    assert [block["type"] for block in content] == ["image", "document", "text"]
    digest = content[0]["source"]["sha256"]
    blob = home.root / "config" / "demo" / "blobs" / digest[:2] / digest
    assert blob.read_bytes() == (home.root / "shot.png").read_bytes()
    assert blob.stat().st_mode & 0o077 == 0


def test_without_saving_nothing_of_a_file_stays(home: Home) -> None:
    (home.root / "shot.png").write_bytes(png(640, 480, padding=9_000))
    outcome = home.run("--demo", "--no-save", "-p", "echo seen", "-a", str(home.root / "shot.png"))
    assert (outcome.code, outcome.out) == (0, "seen\n")
    assert not list((home.root / "config").rglob("blobs"))


def test_a_file_that_is_missing_is_told_before_anything_is_asked(home: Home) -> None:
    outcome = home.run("--demo", "-p", "echo seen", "-a", "/nothing.png")
    assert outcome.code == 1
    assert outcome.out == ""
    assert "“/nothing.png” cannot be attached: there is no such file." in outcome.err
    assert home.chats() == []


def test_a_file_that_is_more_than_the_api_takes_is_told(home: Home) -> None:
    (home.root / "wide.png").write_bytes(png(9_000, 1))
    outcome = home.run("--demo", "-p", "echo seen", "-a", str(home.root / "wide.png"))
    assert outcome.code == 1
    assert "9000 × 1 pixels; a side may have 8000" in outcome.err


def test_the_screen_opens_with_a_file(home: Home) -> None:
    (home.root / "shot.png").write_bytes(png(640, 480))
    with home.start("--demo", "--attach", str(home.root / "shot.png")) as terminal:
        terminal.until("shot.png · image 640×480").send("echo seen\r")
        terminal.until("▎ shot.png").until("▎ echo seen").until("Ready")
        quit_quietly(terminal)
