"""`contacthub-orm api`: any operation of the API."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

import attrs
import click

from contacthub_orm.cli.terminal.connection import Target, node_options
from contacthub_orm.cli.terminal.output import format_option, json_text, print_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.contacthub.api.operation import Operation

__all__ = ["api"]


@click.command()
@click.argument("name", metavar="[OPERATION]", required=False)
@click.argument("arguments", metavar="[ARGUMENT=VALUE]...", nargs=-1)
@click.option(
    "--body", metavar="JSON", help="The document to send: JSON, @FILE, or - for the standard input."
)
@click.option("--describe", is_flag=True, help="Say what the operation does and takes, and send nothing.")
@click.option("--all", "every", is_flag=True, help="The elements of all pages of an answer.")
@click.option(
    "--workspace",
    "whole",
    is_flag=True,
    help="Do not fill in the node where the operation can do without.",
)
@format_option("json")
@node_options(sandbox=True)
def api(
    target: Target,
    *,
    name: str | None,
    arguments: tuple[str, ...],
    body: str | None,
    describe: bool,
    every: bool,
    whole: bool,
    form: str,
) -> None:
    """Call an OPERATION of the API; without one, list all.

    Arguments have the names of the Python call, which --describe shows. Values are texts, numbers, true and false, instants
    in ISO 8601, and JSON for lists. What the operation writes is written at once.

    \b
    Examples:
      contacthub-orm api | grep tag
      contacthub-orm api get_customer --describe
      contacthub-orm api get_customer customerId=7b7a3f5e-8f4e-4f6c-9ad8
      contacthub-orm api list_customers size=50 --all --format csv
      contacthub-orm api create_customer --body '{"externalId": "1"}'
    """
    operations = _operations()
    if name is None:
        rows = [
            {"operation": f"{group}.{one.name}", "method": one.method, "path": one.path}
            for one, group in operations.values()
        ]
        print_rows(rows, "table" if form == "json" and sys.stdout.isatty() else form, list(rows[0]))
        return
    declared, group = _operation(name, operations)
    if describe:
        _describe(declared, group)
        return
    given = _arguments(declared, arguments, body)
    with target.node() as node:
        called = node.workspace.api if whole else node.api
        answer = getattr(getattr(called, group), declared.name)(**given)
        _show(answer, form, every=every)


def _operations() -> dict[str, tuple[Operation, str]]:
    """The operations by name, each with the name of its group."""
    from contacthub_orm.contacthub.api.api import GROUPS
    from contacthub_orm.contacthub.api.operation import operations_of

    return {
        name: (declared, group)
        for group, found in GROUPS.items()
        for name, declared in operations_of(found).items()
    }


def _operation(name: str, operations: Mapping[str, tuple[Operation, str]]) -> tuple[Operation, str]:
    from contacthub_orm.suggestions import suggestion

    found = operations.get(name.rpartition(".")[2])
    if found is None or name not in (found[0].name, f"{found[1]}.{found[0].name}"):
        raise click.UsageError(f"there is no operation {name!r}{suggestion(name, operations)}")
    return found


def _arguments(declared: Operation, given: Sequence[str], body: str | None) -> dict[str, Any]:
    """The arguments of the call."""
    from contacthub_orm.suggestions import suggestion

    found: dict[str, Any] = {}
    for one in given:
        key, equals, text = one.partition("=")
        if not equals:
            raise click.UsageError(f"{one!r}: expected ARGUMENT=VALUE")
        if key not in declared.hints or key == "body":
            raise click.UsageError(
                f"{declared.name} has no argument {key!r}{suggestion(key, declared.hints)}"
            )
        found[key] = _value(declared.hints[key], key, text)
    if body is not None:
        if "body" not in declared.hints:
            raise click.UsageError(f"{declared.name} sends no document: it has no --body")
        found["body"] = _json(_content(body), "--body")
    missing = [
        key
        for key, parameter in declared.signature.parameters.items()
        if key != "self" and parameter.default is inspect.Parameter.empty and key not in found
    ]
    if missing:
        raise click.UsageError(f"{declared.name} needs {', '.join(missing)}; --describe says more")
    return found


def _content(body: str) -> str:
    if body == "-":
        return sys.stdin.read()
    if not body.startswith("@"):
        return body
    try:
        return Path(body[1:]).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"--body {body}: {error}") from None


def _json(text: str, place: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{place}: not JSON: {error}") from None


def _value(hint: Any, key: str, text: str) -> Any:
    """A text as a value of the argument's type."""
    kinds = _kinds(hint)
    if datetime in kinds or date in kinds:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            raise click.UsageError(
                f"{key}={text}: expected an instant such as 2026-11-01T08:00:00Z"
            ) from None
    is_text = any(isinstance(one, type) and issubclass(one, str | Enum) for one in kinds)
    return text if is_text or not kinds else _json(text, f"{key}={text}")


def _kinds(hint: Any) -> list[Any]:
    """The classes that values of a type may have; those of literals are their values'."""
    origin = get_origin(hint)
    if origin is None:
        return [] if hint in (Any, type(None)) else [hint]
    if origin is list or origin is dict:
        return [origin]
    if any(isinstance(one, str | int) for one in get_args(hint)):
        return [type(one) for one in get_args(hint)]
    return [kind for one in get_args(hint) for kind in _kinds(one)]


def _describe(declared: Operation, group: str) -> None:
    click.echo(f"{group}.{declared.name}{declared.signature}".replace("(self, ", "(").replace("(self)", "()"))
    click.echo(f"{declared.method} {declared.path}{'  (no document states this path)' * declared.inferred}")
    click.echo(f"\n{inspect.cleandoc(declared.function.__doc__ or '')}")


def _show(answer: Any, form: str, *, every: bool) -> None:
    from contacthub_orm.contacthub.api.answers import Pages

    if isinstance(answer, Pages):
        rows: Any = map(_plain, answer if every else answer.elements)
    elif isinstance(answer, list):
        rows = map(_plain, answer)
    else:
        document = _plain(answer)
        if form == "json" or not isinstance(document, dict):
            click.echo(json_text(document, indent=2))
            return
        rows = [document]
    if form != "json":
        rows = list(rows)
        columns = list(dict.fromkeys(key for row in rows for key in row)) if rows else ["(empty)"]
        print_rows(rows, form, columns)
    else:
        print_rows(rows, form, [])


def _plain(answer: Any) -> Any:
    """An answer as JSON has it: without the fields that did not come."""
    if isinstance(answer, list | tuple):
        return [_plain(one) for one in answer]
    if isinstance(answer, Mapping):
        return {str(key): _plain(one) for key, one in answer.items()}
    if attrs.has(type(answer)):
        told = {one.name: getattr(answer, one.name) for one in attrs.fields(type(answer))}
        unknown = told.pop("unknown", {})
        return {key: _plain(one) for key, one in {**told, **unknown}.items() if one is not None}
    return answer.isoformat() if isinstance(answer, date) else answer
