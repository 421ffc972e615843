"""The paths of the mapper's own requests, and those that a workspace overrides."""

from __future__ import annotations

import pytest

from contacthub_orm import CommitError, Customer, InvalidRequestError, NotFoundError, Session, Workspace
from contacthub_orm.contacthub.backend.routes import Routes
from contacthub_orm.sandbox import Sandbox

ERASE = {"forget_customer": "/workspaces/{workspaceId}/persons/{customerId}/erase-{customerId}"}


def test_a_path_is_the_documented_one() -> None:
    assert Routes("w", {}).url("GET", ("customers", "a/b")) == "workspaces/w/customers/a%2Fb"


def test_an_overridden_path_takes_the_values_of_the_documented_one() -> None:
    routes = Routes("w", ERASE)
    assert routes.url("POST", ("customers", "é/1", "forget")) == (
        "workspaces/w/persons/%C3%A9%2F1/erase-%C3%A9%2F1"
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ("customers", "1", "forget")),
        ("POST", ("customers", "1", "sessions")),
        ("POST", ("customers", "forget")),
        ("POST", ("events", "1", "forget")),
    ],
)
def test_no_other_request_takes_it(method: str, path: tuple[str, ...]) -> None:
    assert Routes("w", ERASE).url(method, path) == "/".join(("workspaces", "w", *path))


def test_what_cannot_be_a_step_is_refused() -> None:
    with pytest.raises(InvalidRequestError, match="cannot be a segment"):
        Routes("w", ERASE).url("POST", ("customers", "", "forget"))


def test_sessions_and_nodes_use_the_overridden_paths(contacthub_sandbox: Sandbox) -> None:
    [identity] = contacthub_sandbox.seed([{"externalId": "1"}])
    paths = {**ERASE, "export_customer": "/workspaces/{workspaceId}/customers/{customerId}/dump"}
    with Workspace(
        contacthub_sandbox.workspace_id, contacthub_sandbox.token, contacthub_sandbox.base_url, paths=paths
    ) as workspace:
        node = workspace.get_node(contacthub_sandbox.node_id)
        session = Session(node)
        customer = session.query(Customer).one()
        session.forget(customer)
        with pytest.raises(CommitError):
            session.commit()
        assert contacthub_sandbox.requests[-1].path.endswith(f"/persons/{identity}/erase-{identity}")
        with pytest.raises(NotFoundError):
            session.export(customer)
        assert contacthub_sandbox.requests[-1].path.endswith(f"/customers/{identity}/dump")
