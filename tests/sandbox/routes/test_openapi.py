"""The sandbox describes itself."""

from __future__ import annotations

import requests

from contacthub_orm.reference.openapi import openapi
from contacthub_orm.sandbox import Sandbox


def address(sandbox: Sandbox) -> str:
    return sandbox.base_url.removesuffix("/hub/v1") + "/openapi.json"


def test_the_document_is_answered_to_everybody_with_the_address_and_ids_of_this_sandbox(
    sandbox: Sandbox,
) -> None:
    answer = requests.get(address(sandbox), timeout=10)

    assert answer.status_code == 200
    known = {"workspaceId": sandbox.workspace_id, "nodeId": sandbox.node_id}
    assert answer.json() == openapi(sandbox.base_url, known)


def test_the_document_holds_no_token(sandbox: Sandbox) -> None:
    assert sandbox.token not in requests.get(address(sandbox), timeout=10).text


def test_the_document_can_only_be_read(sandbox: Sandbox) -> None:
    assert requests.post(address(sandbox), timeout=10).status_code == 404
