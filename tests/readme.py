"""The parts of the README that are made from the code; `python tests/readme.py` writes them anew."""

import re
from pathlib import Path

from salon.actions import ACTIONS
from salon.settings import settings_help

README = Path(__file__).parent.parent / "README.md"
PYPROJECT = README.with_name("pyproject.toml")


FIRST_KEYS = (
    *("send", "newline", "stop", "retry", "continue", "edit", "retry_now", "pick_model", "attach", "edit_in_editor"),
    *("read", "find", "search", "new_chat", "open_chat", "tree", "copy", "stash", "history", "palette", "help", "quit"),
)
"""The actions that the first ten minutes need; all of them are in the manual."""
FIRST_SETTINGS = (
    *("theme", "model", "system", "effort", "thinking", "keys", "base_url", "sidebar", "titles", "web_search"),
    *("budget_day", "notify"),
)


def key_table() -> str:
    """The keys to begin with as a Markdown table."""
    chosen = [action for wanted in FIRST_KEYS for action in ACTIONS if action.id == wanted]
    rows = [f"| {' or '.join(f'`{name}`' for name in action.key_names())} | {action.help} |" for action in chosen]
    return "\n".join(["| Keys | What |", "|---|---|", *rows])


def settings_table() -> str:
    """The settings that most people look for as a Markdown table."""
    rows = ["| Setting | Default | Allowed | What it does |", "|---|---|---|---|"]
    rows += [
        f"| `{row.name}` | `{row.default}` | {row.allowed} | {row.help} |"
        for row in settings_help()
        if row.name in FIRST_SETTINGS
    ]
    return "\n".join(rows)


def dependencies() -> dict[str, list[tuple[str, str]]]:
    """Every requirement in pyproject.toml and the reason beside it, by extra; "" are those that everybody has."""
    found: dict[str, list[tuple[str, str]]] = {}
    section = None
    for line in PYPROJECT.read_text("utf-8").partition("\n[project.scripts]")[0].splitlines():
        if begins := re.fullmatch(r"(\w+) = \[", line):
            section = "" if begins[1] == "dependencies" else begins[1]
        elif line == "]":
            section = None
        elif section is not None and (row := re.fullmatch(r'    "([^"]+)",(?:\s+# (.+?),?)?', line)):
            found.setdefault(section, []).append((row[1], row[2] or ""))
    return {section: rows for section, rows in found.items() if section != "classifiers"}


def dependency_table() -> str:
    """What an installation brings along as a Markdown table; what only tests and checks need is left out."""
    rows = ["| Package | Extra | What for |", "|---|---|---|"]
    for extra, needed in dependencies().items():
        if extra not in {"test", "dev"}:
            rows += [f"| `{need}` | {f'`{extra}`' if extra else ''} | {reason} |" for need, reason in needed]
    return "\n".join(rows)


def with_made_parts(readme: str) -> str:
    """The README with its made parts as the code has them now."""
    for name, made in (
        ("keys", key_table()),
        ("settings", settings_table()),
        ("dependencies", dependency_table()),
    ):
        readme = re.sub(
            rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- /{name} -->)",
            lambda match, made=made: f"{match[1]}\n{made}\n\n{match[2]}",  # type: ignore[misc]
            readme,
            flags=re.DOTALL,
        )
    return readme


if __name__ == "__main__":
    README.write_text(with_made_parts(README.read_text("utf-8")), "utf-8")
