"""A process that loads and kills itself: `python -m tests.contacthub.bulk.victim JOURNAL METHOD PATH-END before|after`."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from contacthub_orm import Workspace
from contacthub_orm.contacthub.bulk import chunks
from contacthub_orm.http import Transport

ROWS = [{"externalId": str(number), "base.contacts.email": f"p{number}@example.com"} for number in range(200)]


def main(journal: str, method: str, ending: str, phase: str) -> None:
    """Load, and die at the first request with the method and the end of the path."""
    send = Transport.send

    def deadly(self: Transport, used: str, path: str, **request: Any) -> Any:
        strikes = used == method and ending in path
        if strikes and phase == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = send(self, used, path, **request)
        if strikes:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    Transport.send = deadly  # type: ignore[method-assign]
    chunks.MAX_ROWS = 80  # type: ignore[misc]
    Workspace.from_env().get_node().bulk_save(ROWS, journal=journal)


if __name__ == "__main__":
    main(*sys.argv[1:])
