"""The page of the manual on what of the API is covered: `python -m tools.coverage` writes `docs/coverage.md`."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.routing import compile_path

from contacthub_orm.contacthub.api.api import GROUPS
from contacthub_orm.contacthub.api.operation import operations_of
from contacthub_orm.reference import operations
from contacthub_orm.sandbox.server.table import ROUTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Handler

__all__ = ["PAGE", "handler_of", "page"]

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "coverage.md"
TESTS: Final = ROOT / "tests" / "sandbox"
SUBJECTS: Final = ("routes", "search")
"""The folders of tests whose subject is what an operation does."""

BASE: Final = "/hub/v1"
WORKSPACE: Final = "/workspaces/{workspaceId}"
FILLED: Final = "*"
METHODS: Final = ("get", "post", "put", "patch", "delete")
SOURCES: Final = {
    "swagger-1.51": "swagger 1.51",
    "seed-text": "reference 1.299.1",
    "sdk": "a published SDK",
    "inferred": "inferred",
}
HEAD: Final = """\
# Coverage of the API

What of the {total} operations of API 1.299.1 exists here. `python -m tools.coverage` writes this page, and a test says
when it is out of date.

- **path**: the source that states the path; *inferred* paths are guesses until somebody has seen them live.
- **client**: the typed call below `workspace.api` and `node.api`. The tests compare the request of every call with the
  facts: method, path, parameters, body.
- **sandbox**: the handler that answers, a module and a function of `contacthub_orm/sandbox/routes`. schemathesis sends
  generated requests to all of them and compares the answers with the [OpenAPI document](sandbox.md#openapi).
- **tests**: modules of `tests/sandbox` about what it does; openapi-core compares each answer that they get with the document.

{clients} of {total} operations have a call in the client, {handlers} of {total} are answered by the sandbox.
"""
COLUMNS: Final = ("operation", "path", "client", "sandbox", "tests")


def page() -> str:
    """The text of the page."""
    facts = operations()
    rows = [(operation["group"], _row(operation)) for operation in facts]
    counts = {
        "total": len(facts),
        "clients": sum(bool(row[2]) for _, row in rows),
        "handlers": sum(bool(row[3]) for _, row in rows),
    }
    parts = [HEAD.format(**counts)]
    for group in dict.fromkeys(group for group, _ in rows):
        lines = [COLUMNS, ("---",) * len(COLUMNS), *(row for name, row in rows if name == group)]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        parts.append(f"## {group.replace('_', ' ').capitalize()}\n\n{table}\n")
    return "\n".join(parts)


def handler_of(operation: dict[str, Any]) -> Handler | None:
    """The handler by which the sandbox answers an operation, or None if it has no route for it."""
    path = BASE + re.sub(r"\{\w+\}", "x", operation["path"])
    return next(
        (
            handler
            for method, template, handler in ROUTES
            if method == operation["method"] and compile_path(template)[0].match(path)
        ),
        None,
    )


def _row(operation: dict[str, Any]) -> tuple[str, ...]:
    name, provenance = operation["id"], operation["path_provenance"]
    source = SOURCES[provenance]
    handler = handler_of(operation)
    return (
        f"`{operation['method']} {operation['path'].removeprefix(WORKSPACE) or WORKSPACE}`",
        f"*{source}*" if provenance == "inferred" else source,
        f"`{_calls()[name]}`" if name in _calls() else "",
        f"`{_named(handler)}`" if handler is not None else "",
        ", ".join(f"`{module}`" for module in _tests_of(operation)) if handler is not None else "",
    )


@cache
def _calls() -> dict[str, str]:
    """The typed calls by the names of their operations."""
    return {name: f"{group}.{name}" for group, kind in GROUPS.items() for name in operations_of(kind)}


def _named(handler: Handler) -> str:
    return f"{handler.__module__.split('.routes.')[-1]}.{handler.__qualname__.split('.')[0]}"


def _tests_of(operation: dict[str, Any]) -> list[str]:
    """The modules that call an operation by the fixture `api`, whose paths begin below the workspace, or its group's."""
    method, path = operation["method"], operation["path"].removeprefix(WORKSPACE)
    return [
        name
        for name, module in _modules().items()
        if module.goes_over(operation["group"])
        or any(method == asked and module.may_mean(template, path) for asked, template in module.requests)
    ]


@cache
def _modules() -> dict[str, _Module]:
    return {
        str(path.relative_to(TESTS).with_suffix("")): _Module(path.read_text(encoding="utf-8"))
        for folder in SUBJECTS
        for path in sorted(TESTS.joinpath(folder).rglob("test_*.py"))
    }


class _Module:
    """A module of tests.

    Attributes:
        requests: the methods and paths that it asks for, with `FILLED` for what only a run knows.
    """

    def __init__(self, text: str) -> None:
        tree = ast.parse(text)
        self._constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
        self._reads_facts = any(
            isinstance(node, ast.ImportFrom)
            and any(alias.name in ("operations", "FACTS") for alias in node.names)
            for node in ast.walk(tree)
        )
        self._paths = {
            ast.unparse(node.targets[0]): node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
        }
        self.requests = set(self._requests_in(tree))

    def goes_over(self, group: str) -> bool:
        """Whether the module tests all operations of a group, which it takes from the facts."""
        return self._reads_facts and group in self._constants

    def may_mean(self, template: str, path: str) -> bool:
        """Whether a path that the module asks for can be an operation's, by the words that stand in the module."""
        ours, theirs = template.split("/"), path.split("/")
        return len(ours) == len(theirs) and all(
            one == other or other.startswith("{") or (FILLED in one and other in self._constants)
            for one, other in zip(ours, theirs, strict=True)
        )

    def _requests_in(self, tree: ast.Module) -> Iterator[tuple[str, str]]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                texts = [self._text(argument) for argument in node.args[:2]]
                if node.func.attr in METHODS and texts:
                    yield node.func.attr.upper(), texts[0]
                elif node.func.attr == "call" and len(texts) > 1:
                    yield from ((method, texts[1]) for method in self._methods(texts[0]))

    def _methods(self, text: str) -> list[str]:
        return (
            [text]
            if text != FILLED
            else [name.upper() for name in METHODS if name.upper() in self._constants]
        )

    def _text(self, node: ast.expr) -> str:
        if isinstance(node, ast.JoinedStr):
            return "".join(map(self._text, node.values))
        if isinstance(node, ast.Constant):
            return str(node.value)
        value = node.value if isinstance(node, ast.FormattedValue) else node
        known = self._paths.get(ast.unparse(value))
        return self._text(known) if isinstance(known, ast.JoinedStr) else FILLED


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
