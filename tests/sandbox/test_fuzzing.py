"""Generated requests: the sandbox answers as the OpenAPI document says, and never with a failure of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from contacthub_orm.sandbox import Sandbox
from tests.support.fuzzing import ANSWERED, fuzz

pytest.importorskip("schemathesis")

CASES = 100_000


@pytest.mark.slow
def test_generated_requests_are_answered_as_the_document_says(tmp_path: Path) -> None:
    with Sandbox() as sandbox:
        found = fuzz(sandbox, tmp_path, "fuzzing,stateful", examples=1, scenarios=5)

        assert found.passed, found.report
        assert not [request for request in sandbox.requests if (request.status or 0) >= 500]


@pytest.mark.soak
def test_a_hundred_thousand_requests_are_answered_as_the_document_says_and_reach_every_operation(
    tmp_path: Path,
) -> None:
    sent = 0
    unreached = set(ANSWERED)
    for seed in range(1, CASES):
        with Sandbox() as sandbox:
            phases = "examples,coverage,fuzzing,stateful" if seed == 1 else "fuzzing,stateful"
            found = fuzz(sandbox, tmp_path, phases, examples=100, scenarios=100, seed=seed)

            assert found.passed, found.report
            assert not [request for request in sandbox.requests if (request.status or 0) >= 500]
            sent += len(sandbox.requests)
        unreached &= set(found.unreached)
        if sent >= CASES:
            break
    assert unreached == set()
