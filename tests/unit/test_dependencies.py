"""Few packages, each bounded and with its reason, and no other ones are imported."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from readme import PYPROJECT, dependencies

SOURCE = PYPROJECT.parent / "src" / "salon"


def declared() -> dict[str, list[str]]:
    project = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]
    return {"": project["dependencies"], **project["optional-dependencies"]}


def imported() -> set[str]:
    """The packages that the code imports anywhere, be it ever so late."""
    found: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"salon"}


def _name(requirement: str) -> str:
    return re.split(r"[<>=]", requirement)[0].lower().replace("_", "-")


def test_every_requirement_is_bounded_and_has_its_reason() -> None:
    reasons = dependencies()
    assert {extra: [need for need, _ in rows] for extra, rows in reasons.items()} == declared()
    for rows in reasons.values():
        for need, reason in rows:
            assert re.search(r"==|<", need), f"{need} has no upper bound"
            assert len(reason) > 4, f"{need} has no reason"


def test_nothing_else_is_imported() -> None:
    named = {_name(need) for needed in declared().values() for need in needed}
    distributions = packages_distributions()
    foreign = {
        package for package in imported() if not {_name(each) for each in distributions.get(package, [package])} & named
    }
    assert foreign == set()
