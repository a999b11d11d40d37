"""The parts of the README that are made from the code; `python tests/readme.py` writes them anew."""

import re
from pathlib import Path

from salon.actions import key_table
from salon.settings import settings_help

README = Path(__file__).parent.parent / "README.md"


def settings_table() -> str:
    """The settings as a Markdown table."""
    rows = ["| Setting | Default | Allowed | What it does |", "|---|---|---|---|"]
    rows += [f"| `{row.name}` | `{row.default}` | {row.allowed} | {row.help} |" for row in settings_help()]
    return "\n".join(rows)


def with_made_parts(readme: str) -> str:
    """The README with its made parts as the code has them now."""
    for name, made in (("keys", key_table()), ("settings", settings_table())):
        readme = re.sub(
            rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- /{name} -->)",
            lambda match, made=made: f"{match[1]}\n{made}\n\n{match[2]}",  # type: ignore[misc]
            readme,
            flags=re.DOTALL,
        )
    return readme


if __name__ == "__main__":
    README.write_text(with_made_parts(README.read_text("utf-8")), "utf-8")
