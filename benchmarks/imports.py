"""The time that imports of the library add to `import requests`, each in a new interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.harness import Row, interleaved, milliseconds

__all__ = ["rows"]

_ROUNDS: Final = 11
_BOUND: Final = 0.06
_SCRIPT: Final = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"
_REQUESTS: Final = "import requests"
_PACKAGE: Final = "import contacthub_orm"
_SESSION: Final = "from contacthub_orm import Customer, Session, Workspace"


def rows() -> list[Row]:
    """The fastest of some rounds each. The first round is not measured; it compiles the modules into a temporary cache."""
    with TemporaryDirectory() as cache:
        package, session, requests = interleaved(
            _ROUNDS,
            lambda: _seconds(f"{_REQUESTS}; {_PACKAGE}", cache),
            lambda: _seconds(f"{_REQUESTS}; {_SESSION}", cache),
            lambda: _seconds(_REQUESTS, cache),
        )
    return [
        _row("imports", _PACKAGE, package, requests),
        _row("imports_session", _SESSION, session, requests),
    ]


def _row(name: str, statement: str, ours: list[float], theirs: list[float]) -> Row:
    more = min(ours) - min(theirs)
    return Row(
        name,
        f"{statement}, above {_REQUESTS}",
        milliseconds(min(ours)),
        f"{_REQUESTS}: {milliseconds(min(theirs))}",
        f"+{milliseconds(more)}",
        f"<= +{milliseconds(_BOUND)}",
        more <= _BOUND,
    )


def _seconds(statement: str, cache: str) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = cache
    command = [sys.executable, "-c", _SCRIPT.format(statement)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(done.stdout)
