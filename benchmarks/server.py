"""The sandbox in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Server", "serving"]


@dataclass(frozen=True, slots=True)
class Server:
    """The address of the server, the credentials for it, and the number of its process."""

    base_url: str
    workspace_id: str
    node_id: str
    token: str
    process: int

    @property
    def customers_url(self) -> str:
        """The URL of the customers."""
        return f"{self.base_url}/workspaces/{self.workspace_id}/customers"

    @property
    def events_url(self) -> str:
        """The URL of the events."""
        return f"{self.base_url}/workspaces/{self.workspace_id}/events"

    def customer_url(self, identity: str) -> str:
        """The URL of the customer with an id."""
        return f"{self.customers_url}/{identity}"


@contextmanager
def serving(
    latency: float, data: Path | None = None, uniqueness_policy: str | None = None
) -> Iterator[Server]:
    """Run `contacthub-orm sandbox --latency SECONDS [--data FILE] [--uniqueness-policy MERGE|BLOCK]` during a block."""
    command = "from contacthub_orm.cli.main import main; main()"
    arguments = [sys.executable, "-c", command, "sandbox", "--latency", str(latency)]
    if data is not None:
        arguments += ["--data", str(data)]
    if uniqueness_policy is not None:
        arguments += ["--uniqueness-policy", uniqueness_policy]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline()) | {"process": process.pid}
            yield Server(**{field.name: told[field.name] for field in fields(Server)})
        finally:
            process.terminate()
