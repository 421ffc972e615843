"""`contacthub-orm quickstart`: a tour on a sandbox of its own; each step shows its code and its requests."""

from __future__ import annotations

import inspect
import io
import json
import textwrap
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console
    from rich.table import Table

    from contacthub_orm import Node, Sandbox
    from contacthub_orm.sandbox.service.recording import ReceivedRequest

__all__ = ["quickstart"]


PATH = 20
"""How much of the path of a request is shown."""

BESIDE = PATH + len("PATCH ") + len("  status  ") + 2
"""What the table of requests has beside the column of what was sent."""

NEXT = """\
- README.md: the tour, and what differs from SQLAlchemy.
- docs/: quickstart.md, mapping.md, queries.md.
- examples/chinook.py: a whole shop in one commit; a second run writes nothing.
- contacthub-orm --help: ask, export, import, merge duplicates, a Python prompt.
- contacthub-orm sandbox: this server by itself, for any client.
- The pytest fixtures contacthub_sandbox and contacthub_session: for your tests.
- Workspace.from_env().get_node(): your account instead, by the variables
  CONTACTHUB_WORKSPACE_ID, CONTACTHUB_TOKEN and CONTACTHUB_NODE_ID."""


@click.command()
def quickstart() -> None:
    """Create, query and change customers on a sandbox, and show the requests that were sent.

    \b
    Example:
      contacthub-orm quickstart
    """
    from contacthub_orm.cli.tour import change, create, query, read_back
    from contacthub_orm.sandbox.server.server import Sandbox, SandboxUnavailable

    try:
        from rich.console import Console
    except ImportError:
        raise click.ClickException(
            'the quick start needs rich; install it with: pip install "contacthub_orm[sandbox,cli]"'
        ) from None
    try:
        sandbox = Sandbox()
    except SandboxUnavailable as missing:
        raise click.ClickException(str(missing)) from None
    console = Console(highlight=False)
    with sandbox, sandbox.workspace:
        console.print(f"A Contacthub-compatible server runs at {sandbox.base_url}, in this process.")
        for number, step in enumerate((create, query, change, read_back), 1):
            _run(console, sandbox, number, step)
    console.print()
    console.rule("Where to go next", align="left")
    console.print(NEXT)


def _run(console: Console, sandbox: Sandbox, number: int, step: Callable[[Node], None]) -> None:
    """Run one step; show its code, its output, and the requests that the server received."""
    from rich.syntax import Syntax

    prose, code = _prose_and_code(step)
    console.print()
    console.rule(f"{number}. {step.__name__.replace('_', ' ').capitalize()}", align="left")
    console.print(prose, end="\n\n")
    console.print(Syntax(code, "python", theme="ansi_dark", background_color="default", word_wrap=True))
    printed = io.StringIO()
    sandbox.clear_requests()
    with redirect_stdout(printed):
        step(sandbox.node)
    console.print("\nprints", style="bold")
    for line in printed.getvalue().splitlines():
        for part in textwrap.wrap(line, console.width - 1, subsequent_indent="    "):
            console.print(part, markup=False, style="green")
    console.print("\nand the server received", style="bold")
    console.print(_table(sandbox.requests, console.width))


def _prose_and_code(step: Callable[[Node], None]) -> tuple[str, str]:
    """A function's docstring as one line, and the source of its body."""
    prose = inspect.getdoc(step) or ""
    body = inspect.getsource(step).split('"""', 2)[2]
    return " ".join(prose.split()), textwrap.dedent(body).strip("\n")


def _table(received: list[ReceivedRequest], width: int) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title in ("request", "status", "what was sent"):
        table.add_column(title, overflow="fold")
    for request in received:
        path = "/".join(request.path.split("/")[5:])
        line = f"{request.method} {_cut(path, PATH)}"
        table.add_row(line, str(request.status), Text(_cut(_sent(request), width - BESIDE)))
    return table


def _sent(request: ReceivedRequest) -> str:
    """The body, or the parameters of a request without one."""
    if request.body is not None:
        return json.dumps(request.body)
    return "&".join(f"{key}={value}" for key, value in request.query.items() if key != "nodeId")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(width - 3, 0)]}..."
