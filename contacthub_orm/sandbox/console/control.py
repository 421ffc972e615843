"""What the console may do with the sandbox that serves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contacthub_orm.sandbox.service.calls import Service
    from contacthub_orm.sandbox.service.faults import Fault
    from contacthub_orm.sandbox.service.recording import RequestLog
    from contacthub_orm.sandbox.service.workspaces import Workspaces

__all__ = ["Control"]


@dataclass(frozen=True)
class Control:
    """A sandbox, as its console sees it.

    Attributes:
        workspaces: its workspaces.
        log: the requests that it received.
        host: the address that it listens on.
        reset: deletes all data and restores the settings.
        set_faults: replaces the faults, and counts from 1 again.
        load: replaces all data by the content of a data file; raises a `SandboxError` if it is none.
    """

    workspaces: Workspaces
    log: RequestLog
    host: str
    reset: Callable[[], None]
    set_faults: Callable[[Sequence[Fault]], None]
    load: Callable[[bytes], None]

    @property
    def services(self) -> Mapping[str, Service]:
        """The workspaces by their ids, the first one first."""
        return self.workspaces.all()
