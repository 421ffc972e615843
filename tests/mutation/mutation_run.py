"""Runs the tests that should notice a mutant, each mutant in a process of its own."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.mutation.mutants import Mutant, mutants

ROOT: Final = Path(__file__).parents[2]
SUBJECTS: Final = [
    *sorted((ROOT / "contacthub_orm/orm/unit_of_work").glob("[!_]*.py")),
    ROOT / "contacthub_orm/contacthub/backend/lookup.py",
]
TESTS: Final = ["tests/orm/unit_of_work", "tests/contacthub/backend", "tests/crash/test_atomic.py"]
SECONDS: Final = 120


def sample(number: int, seed: int) -> list[Mutant]:
    """Choose some mutants of all, the same for the same seed."""
    found = [mutant for path in SUBJECTS for mutant in mutants(path)]
    return random.Random(seed).sample(found, min(number, len(found)))


def is_noticed(mutant: Mutant) -> bool:
    """Whether a test fails with a mutant, or does not end."""
    module = ".".join(mutant.path.relative_to(ROOT).with_suffix("").parts)
    with tempfile.NamedTemporaryFile("w", suffix=".py", encoding="utf-8") as file:
        file.write(mutant.source)
        file.flush()
        environment = {**os.environ, "MUTATED_MODULE": module, "MUTATED_SOURCE": file.name}
        command = [
            *(sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "tests.mutation.mutant_loader"),
            *("-p", "no:cacheprovider", "-m", "not soak", *TESTS),
        ]
        try:
            ended = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return True
    return ended.returncode != 0
