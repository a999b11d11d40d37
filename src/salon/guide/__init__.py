"""The manual: a page a topic, the same for `salon help TOPIC` and for the screen.

A page in the person's own language comes before the English one. In a page `{key:ACTION}` stands for the keys of an
action, and `{keys}`, `{settings}` or `{commands}` for a table.
"""

import re
from functools import cache
from importlib import resources

from salon.actions import BY_ID, key_table
from salon.arguments import COMMAND_WORDS
from salon.settings import settings_help
from salon.toml_text import did_you_mean
from salon.untrusted import clean
from salon.words import WORDS, tr

TOPICS: dict[str, str] = {
    "keys": tr("every key, by where it works"),
    "writing": tr("the prompt: lines, commands, files, attachments, drafts, the queue"),
    "reading": tr("scrolling, blocks, copying, links, search within a chat"),
    "chats": tr("branches, variants, notes, the list of chats, search, export and import"),
    "models": tr("models, effort, thinking, cost, and a model on your own machine"),
    "templates": tr("templates of new chats, and prompts kept for use again"),
    "settings": tr("every setting, and where it can be given"),
    "themes": tr("colours of your own"),
    "files": tr("where everything lies, and what a chat looks like on disk"),
    "accessible": tr("Salon in lines, for screen readers"),
    "serve": tr("Salon in a browser on this machine"),
    "scripting": tr("salon -p, its JSON, exit codes, completion"),
    "privacy": tr("what is sent where, and what is kept"),
    "language": tr("Salon in another language, and how to make one"),
    "trouble": tr("when something fails"),
}
"""The pages, and what each is about."""

_KEY = re.compile(r"\{key:(\w+)\}")


def index() -> str:
    """The list of topics, as Markdown."""
    rows = [f"| {topic} | {about} |" for topic, about in TOPICS.items()]
    return "\n".join([tr("# Salon's manual"), "", tr("| Topic | What it is about |"), "|---|---|", *rows])


def page(topic: str) -> str:
    """A page as Markdown; the list of topics for "". Raises `KeyError`, with a sentence, for a topic there is not."""
    wanted = topic.strip().lower()
    if not wanted:
        return index()
    if wanted not in TOPICS:
        raise KeyError(tr("There is no page “{topic}”.", topic=wanted[:40]) + did_you_mean(wanted, TOPICS))
    text = _KEY.sub(_keys_of, _written(wanted))
    tables = {"{keys}": key_table, "{settings}": _setting_table, "{commands}": _command_table}
    for mark, table in tables.items():
        if mark in text:
            text = text.replace(mark, table())
    return text


@cache
def _written(topic: str) -> str:
    translated = WORDS.file(f"guide/{topic}.md")
    if translated is not None:
        try:
            return clean(translated.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # a manual in English is better than none
            pass
    return resources.files("salon.guide").joinpath("pages", f"{topic}.md").read_text(encoding="utf-8")


def _keys_of(match: re.Match[str]) -> str:
    action = BY_ID[match[1]]
    names = [f"`{name}`" for name in action.key_names()] or [f"`/{action.command}`"]
    return tr("{one} or {other}", one=names[0], other=names[1]) if len(names) > 1 else names[0]


def _setting_table() -> str:
    rows = [
        f"| `{setting.name}` | `{setting.environment}` | `{setting.default}` | {setting.allowed} | {setting.help} |"
        for setting in settings_help()
    ]
    return "\n".join(
        [tr("| Setting | Environment | Default | Allowed | What it does |"), "|---|---|---|---|---|", *rows]
    )


def _command_table() -> str:
    rows = [f"| `salon {word}` | {what} |" for word, what in COMMAND_WORDS.items()]
    return "\n".join([tr("| Command | What it does |"), "|---|---|", *rows])
