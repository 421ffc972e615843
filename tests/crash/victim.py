"""A process that dies: `python -m tests.crash.victim '{"do": "commit", "journal": ..., "phase": ..., "number": ..., ...}'`.

It commits the scenario, or recovers its journal, on the sandbox that the environment names, and kills itself with SIGKILL
at the given point; without a phase it comes to its end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contacthub_orm import DomainEvent, Session, Workspace, drain_events, recover
from tests.crash import scenario
from tests.crash.crash_points import CrashingTransport, CrashPoint, crashing


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _note_in(path: str) -> Callable[[DomainEvent], None]:
    """A handler that appends the id of each event to a file, which survives the process."""

    def note(event: DomainEvent) -> None:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{event.id}\n")

    return note


def main(task: dict[str, Any]) -> None:
    """Do what the task says."""
    workspace = Workspace.from_env(max_in_flight=task["in_flight"])
    transport = CrashingTransport(
        workspace.base_url, os.environ["CONTACTHUB_TOKEN"], settings=workspace.transport.settings
    )
    workspace.close()
    workspace.transport = transport
    node = workspace.get_node(matching=["base.contacts.email"])
    with crashing(transport, CrashPoint(task["phase"], task["number"], _die)):
        if task["do"] == "recover":
            recover(node, task["journal"], settle=task["settle"])
            return
        if task["do"] == "drain":
            drain_events(task["journal"], _note_in(task["handed_over"]))
            return
        with Session(node, journal=task["journal"]) as session:
            if task["do"] == "commit with events":
                session.on_commit(_note_in(task["handed_over"]))
            if task["do"] == "atomic":
                with session.begin(atomic=True):
                    scenario.fill(session, atomic=True)
            else:
                scenario.fill(session)
                if task["do"] == "commit with events":
                    scenario.record_all(session)
                session.commit()
    workspace.close()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
