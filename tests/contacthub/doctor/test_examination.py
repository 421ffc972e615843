"""What the client assumes of a workspace, and what it reads of its configuration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from contacthub_orm import AuthenticationError, NotSent, Workspace
from contacthub_orm.contacthub.doctor import Report, examine, settings_text
from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Sandbox
from tests.support.stub_service import Reply, stub_service


def found(report: Report) -> dict[str, tuple[str, str]]:
    return {one.subject: (one.source, one.found) for one in report.findings}


def test_the_matching_policy_and_what_is_mandatory_are_read(contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.configure(
        matching=("externalId", "base.contacts.email"),
        case_sensitive=True,
        mandatory=("base.lastName",),
        uniqueness_policy="BLOCK",
    )

    report = examine(contacthub_sandbox.node)

    assert found(report)["policy"] == ("read", "BLOCK")
    assert found(report)["matching"] == ("read", "externalId, base.contacts.email; case matters")
    assert found(report)["mandatory"] == ("read", "base.lastName")
    assert {request.method for request in contacthub_sandbox.requests} == {"GET"}
    assert report.matching is not None
    assert report.matching.uniqueness == "BLOCK"


def test_what_the_token_may_not_read_is_assumed() -> None:
    refusing = stub_service(lambda *_: (403, {"message": "not for you"}))
    with refusing as stub, Workspace("W", stub.token, stub.base_url) as workspace:
        report = examine(workspace.get_node("N"))

    assert found(report)["policy"][0] == "assumed"
    assert found(report)["policy"][1].startswith("MERGE (403")
    assert found(report)["matching"][1].startswith("base.contacts.email (403 not for you")
    assert found(report)["budget"][1].startswith("the client sets no limit (")
    assert found(report)["page"] == ("assumed", "50 customers or events")
    assert report.matching is None


def test_budget_and_payload_sizes_are_read_where_there_are_routes() -> None:
    def answer(_: str, target: str, __: Any) -> Reply | None:
        if target.endswith("/throttling"):
            return 200, {"maxRequestsPerMinute": 600}
        if target.endswith("/payload-size"):
            return 200, {"viewedPage": {"maxBytes": 9}, "loggedIn": {"maxBytes": 64 * 1024}}
        return None

    own = {"requests_per_minute": 700}
    with stub_service(answer) as stub, Workspace("W", stub.token, stub.base_url, own) as workspace:
        report = examine(workspace.get_node("N"))

    assert found(report)["budget"] == ("read", "600 requests a minute; the client sends at most 700 a minute")
    assert found(report)["payload"][0] == "read"
    assert "viewedPage 9" in found(report)["payload"][1]


def test_the_difference_of_the_clocks_is_told(contacthub_sandbox: Sandbox) -> None:
    behind = ManualClock(datetime(2024, 1, 1, tzinfo=UTC))
    sandbox = contacthub_sandbox
    with Workspace(sandbox.workspace_id, sandbox.token, sandbox.base_url, clock=behind) as workspace:
        report = examine(workspace.get_node(sandbox.node_id))

    assert found(report)["clock"][1].endswith(" s ahead")
    assert found(examine(sandbox.node))["clock"] == ("read", "as the service's, to two seconds")


def test_a_wrong_token_or_a_service_that_is_not_there_is_an_error(contacthub_sandbox: Sandbox) -> None:
    sandbox = contacthub_sandbox
    wrong = Workspace(sandbox.workspace_id, "wrong", sandbox.base_url)
    nowhere = Workspace("W", "t", "http://127.0.0.1:9/hub/v1", {"retries": 1})
    with wrong, pytest.raises(AuthenticationError):
        examine(wrong.get_node(sandbox.node_id))
    with nowhere, pytest.raises(NotSent):
        examine(nowhere.get_node("N"))


def test_the_settings_file_gives_the_same_workspace_back_without_the_token(
    contacthub_sandbox: Sandbox, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacthub_sandbox.configure(matching=("externalId",), case_sensitive=True, uniqueness_policy="BLOCK")
    for name, value in contacthub_sandbox.environment.items():
        monkeypatch.setenv(name, value)
    path = {"get_throttling": "/workspaces/{workspaceId}/configuration/limit"}
    with Workspace.from_env(paths=path, requests_per_minute=90) as workspace:
        node = workspace.get_node()
        text = settings_text(node, examine(node))

    (tmp_path / "contacthub.ini").write_text(text)
    assert contacthub_sandbox.token not in text
    with Workspace.from_ini_file(tmp_path / "contacthub.ini") as again:
        policy = again.get_node().backend._matching
        assert (policy.properties, policy.case_sensitive, policy.uniqueness) == (
            ("externalId",),
            True,
            "BLOCK",
        )
        assert again.paths == path
        assert again.transport.settings.requests_per_minute == 90
        assert again.base_url == workspace.base_url
