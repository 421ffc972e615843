"""`contacthub-orm quickstart`: a tour on a sandbox of its own; each step shows its code and its requests."""

from __future__ import annotations

import inspect
import io
import json
import textwrap
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

import click

from contacthub_orm import Customer, Event, Node, Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console
    from rich.table import Table

    from contacthub_orm import Sandbox
    from contacthub_orm.sandbox.service.recording import ReceivedRequest

__all__ = ["quickstart"]


def create(node: Node) -> None:
    """Create customers and their orders in one commit.

    An order refers to a customer that has no id yet. The plan creates customers first and fills in their ids.
    """
    people = [
        ("C-1", "Ada", "Moretti", "Italy", "ada@example.com"),
        ("C-2", "Bruno", "Keller", "Germany", "bruno@example.com"),
        ("C-3", "Clara", "Moretti", "Italy", None),
    ]
    orders = [
        ("C-1", "O-1", 120.5),
        ("C-1", "O-2", 60.0),
        ("C-2", "O-3", 19.5),
        ("C-3", "O-4", 300.0),
    ]

    with Session(node) as session, session.begin():
        customers = {}
        for number, first, last, country, email in people:
            customer = customers[number] = Customer(externalId=number)
            customer.base.firstName, customer.base.lastName = first, last
            customer.base.address.country = country
            if email:
                customer.base.contacts.email = email
        for number, order, total in orders:
            session.add(
                Event(
                    customer=customers[number],
                    type=Event.TYPES.COMPLETED_ORDER,
                    context=Event.CONTEXTS.ECOMMERCE,
                    properties={"orderId": order, "amount": {"total": total}},
                )
            )
        print(session.plan())


def query(node: Node) -> None:
    """Query with Python operators, which become the service's query language; `compile()` shows it."""
    with Session(node) as session:
        morettis = session.query(Customer).filter(
            Customer.base.lastName == "Moretti",
            Customer.base.contacts.email.is_not(None),
        )
        print(morettis.compile()["query"])
        for customer in morettis:
            base = customer.base
            print(customer.externalId, base.firstName, base.contacts.email)


def change(node: Node) -> None:
    """Change customers in a with-block, which commits at its end.

    Only the changed paths are sent, in one PATCH for each changed customer.
    """
    with Session(node) as session:
        with session.begin():
            lives_in_italy = Customer.base.address.country == "Italy"
            for customer in session.query(Customer).filter(lives_in_italy):
                customer.base.locale = "it_IT"
                if customer.externalId == "C-1":
                    customer.tags.manual.append("vip")
                    customer.base.address.city = "Torino"
            print(session.plan())
        print(session.account)


def read_back(node: Node) -> None:
    """Read the customers back: a new session holds nothing, so these figures come from the server."""
    with Session(node) as session:
        customers = session.query(Customer).order_by(Customer.externalId).all()
        is_order = Event.type == Event.TYPES.COMPLETED_ORDER
        orders = session.query(Event).filter(is_order).all()
    total = sum(order.properties.amount.total for order in orders)
    print(f"{len(customers)} customers, {len(orders)} orders, {total:.2f} in total")
    for customer in customers:
        base, city = customer.base, customer.base.address.city
        tags = customer.tags.manual
        print(customer.externalId, base.firstName, base.locale, city, tags)


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
