"""A mistake of Salon's own: three lines for the person, the rest in the log, and no secret anywhere."""

from home import Home
from terminal import assert_left_as_found

CANARY = "sk-ant-canary-0123456789abcdef"
APP = """
import os, sys
from pathlib import Path
import salon.ui
from salon.wiring import Options, build
from salon.ui.app import SalonApp
from salon.ui.services import Opening

class Broken(SalonApp):
    CSS_PATH = Path(salon.ui.__file__).with_name("salon.tcss")

    def on_mount(self):
        # Textual runs the on_mount of every class; calling the one above would open two chats.
        secret_local = os.environ["ANTHROPIC_API_KEY"]
        def fail(text=secret_local):
            words_in_the_prompt = self.chat.prompt.text
            if words_in_the_prompt.endswith("crash"):
                raise RuntimeError("the mistake")
        self.set_interval(0.02, fail)

house = build(Options(demo=True))
app = Broken(house.services(), Opening())
try:
    app.run()
finally:
    house.close()
sys.exit(app.return_code)
"""


def test_a_crash_is_three_lines_and_a_log(home: Home) -> None:
    program = home.root / "broken.py"
    program.write_text(APP, encoding="utf-8")
    with home.start_program(str(program), ANTHROPIC_API_KEY=CANARY) as terminal:
        terminal.until("A new chat with").send("echo one\r")
        terminal.until("▎ echo one").until("Ready").send("my words before the ")
        terminal.until("> my words before the").read_for(0.7)  # longer than a draft takes to be on disk
        terminal.screen.reset()
        terminal.send("crash")
        assert terminal.wait_exit() == 1
        assert_left_as_found(terminal)
        after = terminal.raw[terminal.raw.rindex(b"\x1b[?1049l") :].decode()
    assert [line.split("(")[0].strip() for line in after.splitlines() if "Salon ended" in line]
    told = " ".join(after.split())
    assert "Salon ended because of a mistake of its own (RuntimeError)." in told
    assert "salon -c` brings them back" in told
    assert str(home.paths.log_file) in told.replace(" ", "").replace("\n", "")
    for secret in (CANARY, "secret_local", "Traceback", "the mistake", "my words"):
        assert secret not in after
    log = home.log()
    assert "RuntimeError: the mistake" in log
    assert "in fail" in log
    for secret in (CANARY, "secret_local =", "my words"):
        assert secret not in log
    assert home.prompts() == ["echo one"]
    (draft,) = home.drafts()
    assert draft.text.startswith("my words before the")


def test_a_key_is_neither_shown_nor_logged_nor_kept(home: Home) -> None:
    keys = {
        name: f"{CANARY}{number}" for number, name in enumerate(("ANTHROPIC_API_KEY", "CLAUDE_API_KEY", "MY_PROXY"))
    }
    told = {**keys, "ANTHROPIC_LOG": "debug", "HTTPS_PROXY": f"http://user:{keys['MY_PROXY']}@127.0.0.1:1"}
    outcome = home.run("-p", "hello", "--base-url", "http://127.0.0.1:1", typed="", cold=False, **told)
    assert outcome.code == 1
    assert CANARY not in outcome.out + outcome.err
    for file in home.root.rglob("*"):
        assert not file.is_file() or CANARY.encode() not in file.read_bytes(), file
