"""A sandbox of Notihub whose time the tests turn, and environments on it whose transports fail on demand."""

from __future__ import annotations

from typing import Any

from contacthub_orm.http import ManualClock
from contacthub_orm.notihub import Environment
from contacthub_orm.notihub import environment as module
from contacthub_orm.sandbox import NotihubSandbox
from tests.support.world import FaultyTransport, lost


class NotihubWorld:
    """A sandbox, a clock and environments whose transports fail on demand."""

    def __init__(self, sandbox: NotihubSandbox, clock: ManualClock) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self.environments: list[Environment] = []

    def environment(self, **changed: Any) -> Environment:
        keys = {
            "public_key": self.sandbox.public_key,
            "secret_key": self.sandbox.secret_key,
            "client_id": self.sandbox.client_id,
            "client_secret": self.sandbox.client_secret,
            "base_url": self.sandbox.base_url,
            "settings": {"max_in_flight": 1},
            "clock": self.clock,
        }
        plain, module.Transport = module.Transport, FaultyTransport  # type: ignore[misc]
        try:
            found = Environment(**{**keys, **changed})
        finally:
            module.Transport = plain  # type: ignore[misc]
        self.environments.append(found)
        return found

    def fault(
        self, environment: Environment, number: int, phase: str, error: BaseException | None = None
    ) -> None:
        """Have the `number`-th write from now (from 0) fail."""
        transport = environment.transport
        assert isinstance(transport, FaultyTransport)
        transport.faults[transport.writes + number] = (phase, error or lost())

    def requests(self) -> list[str]:
        """What the sandbox was asked, without the exchange of keys; emptied by looking."""
        found = [f"{one.method} {one.path}" for one in self.sandbox.requests if one.path != "/token/"]
        self.sandbox.clear_requests()
        return found

    def close(self) -> None:
        for environment in self.environments:
            environment.close()
