"""Whoever follows the links of the OpenAPI document and sends its examples reaches every operation of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contacthub_orm.reference.openapi import openapi
from contacthub_orm.sandbox import Sandbox
from tests.support.api_document import check_answer
from tests.support.fuzzing import ANSWERED
from tests.support.walker import Walker


@pytest.fixture(scope="module")
def walked() -> Iterator[tuple[Sandbox, Walker]]:
    with Sandbox() as sandbox:
        known = {"workspaceId": sandbox.workspace_id, "nodeId": sandbox.node_id}
        yield sandbox, Walker(sandbox, openapi(sandbox.base_url, known))


@pytest.mark.parametrize("name", ANSWERED)
def test_an_operation_is_reached_by_links_and_examples(name: str, walked: tuple[Sandbox, Walker]) -> None:
    sandbox, walker = walked
    sandbox.reset()
    for needed in ("create_customer", "create_source"):  # what the log of consents and Send are about
        walker.call(needed)

    answer = walker.call(name)

    assert answer.status_code == ANSWERED[name]["success"], answer.text
    assert bool(answer.content) == ("empty" not in ANSWERED[name]["response"])
    check_answer(answer)
