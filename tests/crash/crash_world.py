"""A world in which commits and recoveries crash, with a disk that survives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import Session, Workspace
from contacthub_orm.contacthub import Node
from tests.crash import scenario
from tests.crash.crash_points import CrashingTransport, CrashPoint, Disk, crashing
from tests.support.world import Crash, World

OPERATIONS = 73
"""How many operations the scenario's commit is made of."""


def sampled(points: list[tuple[Any, ...]], *, every: int) -> list[Any]:
    """Every n-th point, and the others marked for the long run.

    `every` is chosen so that each phase is among the points of a short run.
    """
    return [
        pytest.param(*point, marks=() if index % every == 0 else pytest.mark.soak)
        for index, point in enumerate(points)
    ]


class CrashWorld:
    """A world and a disk: runs work that crashes, and recovers it."""

    def __init__(self, around: World, folder: Path) -> None:
        self.world = around
        self.disk = Disk(folder)
        self._transports: list[CrashingTransport] = []

    def node(self) -> Node:
        """A node with a crashing transport of its own; one request at a time, so that their order is known."""
        sandbox = self.world.sandbox
        workspace = Workspace(
            sandbox.workspace_id,
            sandbox.token,
            sandbox.base_url,
            settings={"max_in_flight": 1},
            clock=self.world.clock,
        )
        transport = CrashingTransport(
            workspace.base_url, sandbox.token, settings=workspace.transport.settings, clock=self.world.clock
        )
        workspace.close()
        workspace.transport = transport
        self._transports.append(transport)
        return workspace.get_node(sandbox.node_id, matching=["base.contacts.email"])

    def dies(self, phase: str, number: int, work: Callable[[Node], object]) -> bool:
        """Do some work and crash at a point of it; False if the work ends before that point."""

        def strike() -> None:
            self.disk.freeze()
            raise Crash

        node = self.node()
        transport = self._transports[-1]
        try:
            with crashing(transport, CrashPoint(phase, number, strike)):
                work(node)
        except Crash:
            return True
        return False

    def commit(self, node: Node) -> None:
        with Session(node, journal=self.disk.journal) as session:
            scenario.fill(session)
            session.commit()

    def commit_atomically(self, node: Node, *, refused: bool = False) -> None:
        with Session(node, journal=self.disk.journal) as session, session.begin(atomic=True):
            scenario.fill(session, atomic=True, refused=refused)

    def flush_and_commit_atomically(self, node: Node) -> None:
        """A block that flushes, changes some of the same customers once more and creates others, and then commits."""
        with Session(node, journal=self.disk.journal) as session, session.begin(atomic=True):
            scenario.fill(session, atomic=True)
            for one in session.deleted:
                session.add(one)  # nothing brings back what is deleted
            session.flush()
            scenario.fill_again(session)

    def state(self, *, versions: bool = True) -> scenario.State:
        """What the service holds, once all of it is to be seen."""
        self.world.clock.advance(120)
        return scenario.state(self.world.node(), versions=versions)

    def close(self) -> None:
        for transport in self._transports:
            transport.close()
