"""Ordered queries on a service whose pages and totals do not agree, and rows that leave while they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contacthub_orm import Customer, Session, TransportError, Workspace
from contacthub_orm.http import Answer, Transport
from contacthub_orm.sandbox import Sandbox

Change = Callable[[dict[str, Any]], dict[str, Any]]


class LyingTransport(Transport):
    """A transport that changes each page before anybody looks at it."""

    change: Change

    def send(self, method: str, path: str, *, objection: Any = None, **request: Any) -> Answer:
        answer = super().send(method, path, **request)
        body = self.change(answer.body)
        reason = objection(body)
        if reason is not None:
            raise TransportError(reason, method=method, url=path)
        return Answer(answer.status, answer.headers, body)


def lying(sandbox: Sandbox, change: Change) -> Session:
    workspace = Workspace(
        sandbox.workspace_id, sandbox.token, sandbox.base_url
    )  # the sandbox's own is all tests'
    workspace.transport = LyingTransport(workspace.base_url, sandbox.token)
    workspace.transport.change = change
    return Session(workspace.get_node(sandbox.node_id))


def seed(sandbox: Sandbox, count: int) -> list[str]:
    return sandbox.seed([{"externalId": f"{i:03}", "base": {"firstName": "old"}} for i in range(count)])


def page(body: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {**body, "page": {**body["page"], **values}}


def test_rows_that_leave_an_ordered_query_while_it_is_read_lose_none(contacthub_sandbox: Sandbox) -> None:
    seed(contacthub_sandbox, 130)
    session = Session(contacthub_sandbox.node)

    found = []
    for customer in (
        session.query(Customer).filter(Customer.base.firstName == "old").order_by(Customer.externalId)
    ):
        found.append(customer.externalId)
        customer.base.firstName = "new"
        session.commit()

    assert sorted(found) == [f"{i:03}" for i in range(130)]


def test_a_total_that_no_reading_finds_ends_in_an_error_after_the_rows(contacthub_sandbox: Sandbox) -> None:
    ids = seed(contacthub_sandbox, 60)
    session = lying(contacthub_sandbox, lambda body: page(body, totalElements=70))
    contacthub_sandbox.clear_requests()

    found = []
    with pytest.raises(TransportError, match="there are 70 matches, and hold 60"):
        for customer in session.query(Customer).order_by(Customer.externalId):
            found.append(customer.id)

    assert sorted(found) == sorted(ids)
    assert len(contacthub_sandbox.requests) == 8  # two pages, read four times


@pytest.mark.parametrize("values", [{"number": 7}, {"size": 20}])
def test_a_page_that_was_not_asked_for_is_refused(
    contacthub_sandbox: Sandbox, values: dict[str, int]
) -> None:
    seed(contacthub_sandbox, 3)
    session = lying(contacthub_sandbox, lambda body: page(body, **values))

    with pytest.raises(TransportError, match="was asked for"):
        session.query(Customer).order_by(Customer.externalId).all()


def test_a_scan_whose_rows_lack_the_key_ends_in_an_error(contacthub_sandbox: Sandbox) -> None:
    seed(contacthub_sandbox, 60)
    session = lying(
        contacthub_sandbox,
        lambda body: {**body, "elements": [{**one, "registeredAt": None} for one in body["elements"]]},
    )

    with pytest.raises(TransportError, match="no registeredAt that is an instant"):
        session.query(Customer).all()
