"""The time that `import contacthub_orm` adds to `import requests`, each in a new interpreter."""

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
_SCRIPT: Final = "import time; t = time.perf_counter(); import {}; print(time.perf_counter() - t)"


def rows() -> list[Row]:
    """The fastest of some rounds each. The first round is not measured; it compiles the modules into a temporary cache."""
    with TemporaryDirectory() as cache:
        ours, theirs = interleaved(
            _ROUNDS, lambda: _seconds("contacthub_orm", cache), lambda: _seconds("requests", cache)
        )
    more = min(ours) - min(theirs)
    return [
        Row(
            "imports",
            "import contacthub_orm, above import requests",
            milliseconds(min(ours)),
            f"import requests: {milliseconds(min(theirs))}",
            f"+{milliseconds(more)}",
            f"<= +{milliseconds(_BOUND)}",
            more <= _BOUND,
        )
    ]


def _seconds(module: str, cache: str) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = cache
    command = [sys.executable, "-c", _SCRIPT.format(module)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(done.stdout)
