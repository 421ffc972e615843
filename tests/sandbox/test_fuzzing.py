"""Generated requests: the sandbox answers as the OpenAPI document says, and never with a failure of its own."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from contacthub_orm.sandbox import Sandbox
from tests.support.fuzzing import Fuzzed, fuzz

pytest.importorskip("schemathesis")

CASES = 100_000
AT_ONCE = 5
EXAMPLES = 160
SCENARIOS = 50


@pytest.mark.slow
def test_generated_requests_are_answered_as_the_document_says_and_reach_every_operation(
    tmp_path: Path,
) -> None:
    with Sandbox() as sandbox:
        found = fuzz(sandbox, tmp_path, "examples,fuzzing,stateful", examples=1, scenarios=5)

        assert found.passed, found.report
        assert not [request for request in sandbox.requests if (request.status or 0) >= 500]
        assert found.unreached == []


@pytest.mark.soak
def test_a_hundred_thousand_requests_are_answered_as_the_document_says_and_reach_every_operation(
    tmp_path: Path,
) -> None:
    """Several runs at once, each with its seed: each mostly waits for answers, and not for the processor."""

    def run(seed: int) -> tuple[Fuzzed, Counter[int | None]]:
        folder = tmp_path / str(seed)
        folder.mkdir()
        phases = "examples,coverage,stateful" if seed == 1 else "fuzzing,stateful"
        with Sandbox() as sandbox:
            found = fuzz(sandbox, folder, phases, EXAMPLES, SCENARIOS, seed)
            return found, Counter(request.status for request in sandbox.requests)

    answered: Counter[int | None] = Counter()
    seed = 1
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while answered.total() < CASES:
            for found, statuses in pool.map(run, range(seed, seed + AT_ONCE)):
                assert found.passed, found.report
                assert found.unreached == []
                assert not [status for status in statuses if status is None or status >= 500]
                answered += statuses
            seed += AT_ONCE
    print(f"{answered.total()} requests of {seed - 1} seeds: {dict(sorted(answered.items()))}")
