"""`contacthub-orm sandbox`: a local server that runs until a signal stops it."""

from __future__ import annotations

import json
import signal
import threading
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from typing import Unpack

    from contacthub_orm.sandbox.service.settings import SettingsArguments

__all__ = ["sandbox"]

WAIT = 0.5


@click.command()
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
    help="SQLite file for data, ids and token; without it they are in memory.",
)
@click.option(
    "--uniqueness-policy",
    type=click.Choice(["MERGE", "BLOCK"]),
    default="MERGE",
    show_default=True,
    help="What a POST of a known customer does: update it, or answer 409.",
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
    "--page-cap",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    metavar="N",
    help="Largest number of elements that a search can match.",
)
def sandbox(host: str, port: int, data: str | None, **settings: Unpack[SettingsArguments]) -> None:
    """Serve a local, Contacthub-compatible API until SIGINT or SIGTERM.

    When it is ready, it prints one line of JSON with base_url, workspace_id, node_id and token.
    """
    from contacthub_orm.sandbox import SandboxError
    from contacthub_orm.sandbox.server.server import Sandbox, SandboxUnavailable

    told_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: told_to_stop.set())
    try:
        with Sandbox(data, host=host, port=port, **settings) as server:
            names = ("base_url", "workspace_id", "node_id", "token")
            click.echo(json.dumps({name: getattr(server, name) for name in names}))
            # On Windows, a wait without a limit keeps Ctrl-C from being seen.
            while not told_to_stop.wait(WAIT):
                pass
    except (SandboxError, SandboxUnavailable) as reason:
        raise click.ClickException(str(reason)) from None
    except OSError as error:
        raise click.ClickException(f"cannot listen on {host}:{port}: {error.strerror}") from None
