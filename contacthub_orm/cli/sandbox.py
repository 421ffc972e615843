"""`contacthub-orm sandbox`: a local server that runs until a signal stops it."""

from __future__ import annotations

import json
import signal
import threading
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from typing import Any

    from contacthub_orm.sandbox.server.local_server import LocalServer

__all__ = ["sandbox"]

WAIT = 0.5

BOTH = ("service", "host", "port", "data", "latency", "search_delay", "max_requests_per_minute")
"""The options that Notihub has, too."""

PRINTED = {
    "contacthub": ("base_url", "workspace_id", "node_id", "token", "console_url"),
    "notihub": ("base_url", "public_key", "secret_key", "client_id", "client_secret"),
}


@click.command()
@click.option(
    "--service",
    type=click.Choice(list(PRINTED)),
    default="contacthub",
    show_default=True,
    help="Whose API to serve.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--data",
    metavar="FILE",
    help="SQLite file for data, ids, and token or keys; without it they are in memory.",
)
@click.option(
    "--console/--no-console",
    default=None,
    help="Serve pages for people below /console, without a token; by default if the host is on loopback. "
    "Contacthub only.",
)
@click.option(
    "--uniqueness-policy",
    type=click.Choice(["MERGE", "BLOCK"]),
    default="MERGE",
    show_default=True,
    help="What a POST of a known customer does: update it, or answer 409. Contacthub only.",
)
@click.option(
    "--matching",
    multiple=True,
    metavar="PATH",
    help="A property that identifies customers, by default base.contacts.email; may be repeated. Contacthub only.",
)
@click.option(
    "--case-sensitive",
    is_flag=True,
    help="Let matching distinguish upper and lower case. Contacthub only.",
)
@click.option(
    "--mandatory",
    multiple=True,
    metavar="PATH",
    help="A property that every customer must have; may be repeated. Contacthub only.",
)
@click.option(
    "--enabled-event-type",
    "enabled_event_types",
    multiple=True,
    metavar="TYPE",
    help="A type of events that is accepted, by default all; may be repeated. Contacthub only.",
)
@click.option(
    "--unset",
    type=click.Choice(["object", "null"]),
    default="object",
    show_default=True,
    help="What customers show for base, and for an object in it, that is not set. Contacthub only.",
)
@click.option(
    "--latency",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Time that passes before each answer.",
)
@click.option(
    "--search-delay",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Time until a search sees a write.",
)
@click.option(
    "--bulk-job-delay",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Time that a bulk job stays in each status before PROCESSED. Contacthub only.",
)
@click.option(
    "--max-requests-per-minute",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Budget of requests, after which the answer is 429; 0 sets no limit.",
)
@click.option(
    "--default-page-size",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    metavar="N",
    help="Elements in a page if a request does not say. Contacthub only.",
)
@click.option(
    "--max-page-size",
    type=click.IntRange(min=1),
    default=50,
    show_default=True,
    metavar="N",
    help="Largest number of elements in a page. Contacthub only.",
)
@click.option(
    "--page-cap",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    metavar="N",
    help="Largest number of elements that a search can match. Contacthub only.",
)
@click.option(
    "--node",
    "nodes",
    multiple=True,
    metavar="NAME",
    help="A further entry node; may be repeated. Contacthub only.",
)
@click.option(
    "--aggregate-node",
    metavar="NAME",
    help="An aggregate node, which shows what all entry nodes hold. Contacthub only.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Refuse all that the reference refuses, even what live clients send. Contacthub only.",
)
@click.option(
    "--people",
    "invented",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Begin with so many invented people and their orders, unless there are customers already. Contacthub only.",
)
def sandbox(service: str, host: str, port: int, data: str | None, *, invented: int, **_settings: Any) -> None:
    """Serve a local API, compatible with Contacthub or Notihub, until SIGINT or SIGTERM.

    When it is ready, it prints one line of JSON: of Contacthub with base_url, workspace_id, node_id, token and console_url
    (null without a console), and if it has more than one node, with the ids of the nodes by their names; of Notihub with base_url, public_key, secret_key,
    client_id and client_secret.

    \b
    Examples:
      contacthub-orm sandbox --port 8123 --data crm.db
      contacthub-orm sandbox --people 1000
    """
    from contacthub_orm.sandbox import SandboxError
    from contacthub_orm.sandbox.server.local_server import SandboxUnavailable

    told_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told_to_stop.set())
    try:
        with _server(service, data, {"host": host, "port": port, **_given(service)}) as server:
            if invented:
                _seed(server, invented)
            said = {name: getattr(server, name) for name in PRINTED[service]}
            nodes = getattr(server, "nodes", {})
            click.echo(json.dumps(said | ({"nodes": nodes} if len(nodes) > 1 else {})))
            # On Windows, a wait without a limit keeps Ctrl-C from being seen.
            while not told_to_stop.wait(WAIT):
                pass
    except (SandboxError, SandboxUnavailable, ValueError) as reason:
        raise click.ClickException(str(reason)) from None
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from None


def _given(service: str) -> dict[str, Any]:
    """The settings on the command line. The others are left to the data file, which may keep them.

    Raises:
        click.UsageError: if the service has no such setting.
    """
    context = click.get_current_context()
    given: dict[str, Any] = {}
    for option in context.command.params:
        name = option.name or ""
        if context.get_parameter_source(name) is click.core.ParameterSource.DEFAULT:
            continue
        if service != "contacthub" and name not in BOTH:
            raise click.UsageError(f"{option.opts[0]} is not for {service}")
        if name not in ("service", "host", "port", "data", "invented"):
            given[name] = context.params[name]
    return given


def _seed(server: Any, invented: int) -> None:
    """Put people into an empty sandbox; a data file that has customers keeps what it has."""
    from contacthub_orm import Customer
    from contacthub_orm.sandbox import people

    with server.workspace:
        if not server.node.query(Customer).exists():
            server.seed(people(invented))


def _server(service: str, data: str | None, options: dict[str, Any]) -> LocalServer[Any, Any]:
    from contacthub_orm.sandbox import NotihubSandbox, Sandbox

    if service != "contacthub":
        return NotihubSandbox(data, **options)
    aggregate_node = options.pop("aggregate_node", None)
    server = Sandbox(data, **options)
    if aggregate_node is not None and aggregate_node not in server.nodes:
        server.add_aggregate_node(aggregate_node)
    return server
