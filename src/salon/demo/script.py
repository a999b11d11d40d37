"""Which answer a prompt gets: pure functions from the prompt's text to the steps of a script.

The longer texts lie in `answers/`, one Markdown file each. In such a file a line ``<!-- here -->`` marks the place
where something happens to the answer: it is cut, it stalls, or it reaches its limit; and ``{key:stop}`` is the key of
an action, as the table of actions has it.
"""

import re
from collections.abc import Callable
from functools import cache
from importlib import resources

from salon.actions import BY_ID
from salon.demo.long_answer import long_answer
from salon.demo.steps import Cut, End, Fail, Say, Script, Stall, Step, Think, Wait

LONGEST_COMMAND = 6
"""A prompt of more words is somebody's own text, whatever words it has in it."""

FAILURES: dict[int, Fail] = {
    400: Fail(400),
    401: Fail(401),
    402: Fail(402),
    403: Fail(403),
    404: Fail(404),
    413: Fail(413),
    429: Fail(429, times=1, retry_after=5),
    500: Fail(500),
    503: Fail(503),
    504: Fail(504),
    529: Fail(529, times=2),
}
"""The statuses that `error NNN` knows. Those with `times` pass, so that a retry can be seen to succeed."""

_ECHO = re.compile(r"\s*echo(?:\s+this\s*:|\s*:|\s+|$)(?P<text>.*)", re.IGNORECASE | re.DOTALL)
_ERROR = re.compile(r"error\D{0,3}(?P<status>\d{3})(?P<always>\s+always)?\b")
_KEY = re.compile(r"\{key:(\w+)\}")
_MARK = "\n<!-- here -->\n"


def script_for(prompt: str, attachments: int = 0) -> Script:
    """The script that answers `prompt`, the text of the last message of the person; the same for the same prompt."""
    if echo := _ECHO.fullmatch(prompt):
        return (Say(echo["text"].strip() or "There was nothing to echo."),)
    words = re.findall(r"[\w-]+", prompt.lower())
    if len(words) <= LONGEST_COMMAND:
        if error := _ERROR.search(prompt.lower()):
            return _error(int(error["status"]), always=bool(error["always"]))
        for word in words:
            if (name := _NAMES.get(word)) is not None:
                return _SCRIPTS[name]()
    return _default(prompt, attachments)


@cache
def answer_text(name: str) -> str:
    """The text of `answers/NAME.md`, with every `{key:ACTION}` replaced by the keys of that action."""
    text = resources.files("salon.demo").joinpath("answers", f"{name}.md").read_text(encoding="utf-8")
    return _KEY.sub(lambda match: " or ".join(f"`{key}`" for key in BY_ID[match[1]].key_names()), text)


def _plain(name: str) -> Callable[[], Script]:
    return lambda: (Say(answer_text(name)),)


def _interrupted(name: str, *what: Step) -> Callable[[], Script]:
    """The answer with `what` happening at its mark."""

    def script() -> Script:
        before, _, after = answer_text(name).partition(_MARK)
        return (Say(before), *what, Say(after))

    return script


def _thinking() -> Script:
    thought, _, answer = answer_text("thinking").partition(_MARK)
    return (Think(thought.strip()), Say(answer))


def _slow() -> Script:
    return (Wait(8), Say(answer_text("slow"), per_second=6))


def _long() -> Script:
    return (Say(long_answer(), lengths=(12, 36)),)


def _refuse() -> Script:
    details = {
        "type": "refusal",
        "category": "general_harms",
        "explanation": "The demo's script was asked to show a refusal, and this is one.",
    }
    return (End("refusal", details), Say(answer_text("refuse")))


def _error(status: int, *, always: bool) -> Script:
    failure = FAILURES.get(status)
    if failure is None:
        known = ", ".join(map(str, FAILURES))
        return (Say(f"The script has no error {status}. It knows {known}; type `error 529`, for example."),)
    if always:
        failure = Fail(status, retry_after=failure.retry_after)
    tries = "once" if failure.times == 1 else f"{failure.times} times"
    success = f"The server failed with status {status} {tries}, and this attempt went through. Nothing was lost."
    return (failure, Say(success))


def _error_list() -> Script:
    rows = "\n".join(
        f"- `error {status}`" + (f" (passes after {failure.times})" if failure.times else "")
        for status, failure in FAILURES.items()
    )
    return (Say(f"Name a status and the server answers with it:\n\n{rows}\n\nAdd `always` and it never passes.\n"),)


def _default(prompt: str, attachments: int) -> Script:
    words = len(prompt.split())
    quoted = " ".join(prompt.split()[:24])
    if len(quoted) > 160:
        quoted = quoted[:160]
    shown = quoted + (" …" if len(quoted) < len(" ".join(prompt.split())) else "")
    wrote = f"You wrote {words} {'word' if words == 1 else 'words'}:\n\n> {shown}\n\n" if words else ""
    files = (
        f"There {'was 1 attachment' if attachments == 1 else f'were {attachments} attachments'}; "
        if attachments
        else ""
    )
    apology = f"{files}a script cannot look at it.\n\n" if attachments else ""
    return (Say("I am a script, not Claude, so I cannot answer that. " + wrote + apology + answer_text("default")),)


_SCRIPTS: dict[str, Callable[[], Script]] = {
    "tour": _plain("tour"),
    "markdown": _plain("markdown"),
    "code": _plain("code"),
    "table": _plain("table"),
    "thinking": _thinking,
    "long": _long,
    "slow": _slow,
    "error": _error_list,
    "overload": _interrupted("overload", Fail(529)),
    "drop": _interrupted("drop", Cut()),
    "stall": _interrupted("stall", Stall()),
    "limit": _interrupted("limit", End("max_tokens")),
    "refuse": _refuse,
}
_NAMES = {name: name for name in _SCRIPTS} | {
    "help": "tour",
    "md": "markdown",
    "diff": "code",
    "tables": "table",
    "think": "thinking",
    "errors": "error",
    "overloaded": "overload",
    "disconnect": "drop",
    "hang": "stall",
    "max_tokens": "limit",
    "refusal": "refuse",
}
