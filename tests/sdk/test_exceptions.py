"""The manual's chapter "Exception handling", and what is left of an object after an error."""

from __future__ import annotations

import pickle
import re
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from contacthub_orm import (
    APIError,
    ConflictError,
    Customer,
    Education,
    Event,
    NotFoundError,
    OperationNotPermitted,
    OutcomeUnknown,
    Properties,
    ServerError,
    Workspace,
)
from contacthub_orm.contacthub import Node
from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Fault, Sandbox
from tests.support.server import Server

UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    """The id of the one customer there is."""
    [found] = contacthub_sandbox.seed(
        [{"externalId": "1", "base": {"firstName": "Ada", "contacts": {"email": "ada@example.com"}}}]
    )
    return found


@pytest.fixture
def clock(contacthub_sandbox: Sandbox) -> ManualClock:
    """The time of sandbox and client: a wait turns it."""
    clock = ManualClock()
    contacthub_sandbox.configure(clock=clock.now)
    return clock


@pytest.fixture
def timed(contacthub_sandbox: Sandbox, clock: ManualClock) -> Iterator[Node]:
    """The sandbox's node by a client that waits on the clock."""
    with Workspace(
        contacthub_sandbox.workspace_id, contacthub_sandbox.token, contacthub_sandbox.base_url, clock=clock
    ) as workspace:
        yield workspace.get_node(contacthub_sandbox.node_id, matching=["base.contacts.email"])


def conflict(sandbox: Sandbox) -> APIError:
    """The error of a customer that another one is in the way of, as older workspaces answer it."""
    sandbox.configure(uniqueness_policy="BLOCK")
    with pytest.raises(APIError) as caught:
        sandbox.node.add_customer(base={"contacts": {"email": "ada@example.com"}})
    return caught.value


def writes(sandbox: Sandbox) -> list[tuple[str, Any]]:
    """Method and body of what was sent to change something."""
    return [(request.method, request.body) for request in sandbox.requests if request.method != "GET"]


def logged_in(node: Node, identity: str) -> Event:
    return Event(node=node, customerId=identity, type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB)


# -- the error of an answer -------------------------------------------------------------------------------------------


def test_an_api_error_is_an_http_error_of_requests(contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(requests.exceptions.HTTPError) as caught:
        contacthub_sandbox.node.get_customer(id="nobody")

    assert isinstance(caught.value, APIError)


def test_the_message_of_an_api_error_has_the_documented_form(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    error = conflict(contacthub_sandbox)

    assert re.match(
        rf"Status code: 409\. Message: Conflict with exiting customer {identity}\. Errors: \[\]\. "
        rf"Data: \{{.*{identity}.*\}}\. Logref: {UUID}",
        str(error),
    )


def test_an_api_error_has_what_the_server_said(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    error = conflict(contacthub_sandbox)

    plain = requests.post(
        f"{contacthub_sandbox.base_url}/workspaces/{contacthub_sandbox.workspace_id}/customers",
        json=contacthub_sandbox.requests[-1].body,
        headers={"Authorization": f"Bearer {contacthub_sandbox.token}"},
        timeout=10,
    )
    said = plain.json()
    assert error.status == plain.status_code == 409
    assert (error.message, error.errors, error.data) == (said["message"], said["errors"], said["data"])
    assert re.fullmatch(UUID, error.logref or "")


def test_an_api_error_names_the_request(contacthub_sandbox: Sandbox, identity: str) -> None:
    error = conflict(contacthub_sandbox)

    workspace = f"{contacthub_sandbox.base_url}/workspaces/{contacthub_sandbox.workspace_id}"
    assert (error.method, error.url) == ("POST", f"{workspace}/customers")


def test_an_error_of_invalid_data_lists_what_is_wrong(contacthub_sandbox: Sandbox, server: Server) -> None:
    contacthub_sandbox.configure(mandatory=["base.lastName"])

    with pytest.raises(APIError) as caught:
        contacthub_sandbox.node.add_customer(base={"firstName": "Ada"})

    assert caught.value.status == 400
    [item] = caught.value.errors
    assert item["path"] == "/base/lastName"
    assert server.customers() == []


def test_an_unknown_token_is_a_401(contacthub_sandbox: Sandbox, identity: str) -> None:
    with Workspace(contacthub_sandbox.workspace_id, "wrong-token", contacthub_sandbox.base_url) as workspace:
        node = workspace.get_node(contacthub_sandbox.node_id)

        with pytest.raises(APIError) as caught:
            node.get_customer(id=identity)

    assert caught.value.status == 401
    assert caught.value.message == "The client is not authorized to access the API"
    assert "wrong-token" not in "".join(traceback.format_exception(caught.value))


def test_a_customer_that_is_not_there_is_a_404(contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(APIError) as caught:
        contacthub_sandbox.node.get_customer(id="nobody")

    assert isinstance(caught.value, NotFoundError)
    assert (caught.value.status, caught.value.method) == (404, "GET")


def test_a_customer_that_is_there_already_is_a_409_under_block(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    error = conflict(contacthub_sandbox)

    assert isinstance(error, ConflictError)
    assert error.conflicting_id == identity
    assert [one["id"] for one in server.customers()] == [identity]


def test_a_customer_object_that_is_there_already_is_a_409_under_block(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.configure(uniqueness_policy="BLOCK")
    customer = Customer(
        node=contacthub_sandbox.node, base=Properties(contacts=Properties(email="ada@example.com"))
    )

    with pytest.raises(APIError) as caught:
        customer.post()

    assert (caught.value.status, customer.id) == (409, None)
    assert len(server.customers()) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422, 423, 429, 500, 502, 503])
def test_every_answer_that_is_no_success_is_an_api_error(
    contacthub_sandbox: Sandbox, timed: Node, identity: str, status: int
) -> None:
    contacthub_sandbox.faults = [Fault.status(status, method="GET")]

    with pytest.raises(APIError, match=rf"^Status code: {status}\. Message: ") as caught:
        timed.get_customer(id=identity)

    assert caught.value.status == status


def test_the_token_is_nowhere_in_an_api_error(contacthub_sandbox: Sandbox, identity: str) -> None:
    error = conflict(contacthub_sandbox)

    shown = [str(error), repr(error), "".join(traceback.format_exception(error)), repr(vars(error))]
    assert all("409" in one or "Conflict" in one for one in shown)
    assert not any(contacthub_sandbox.token in one for one in shown)
    assert contacthub_sandbox.token.encode() not in pickle.dumps(error)
    assert (error.request, error.response) == (None, None)


def test_the_token_is_nowhere_in_the_error_of_a_lost_answer(
    contacthub_sandbox: Sandbox, timed: Node, identity: str
) -> None:
    contacthub_sandbox.faults = [Fault.cut_after(method="POST", path="events", nth=1)]

    with pytest.raises(OutcomeUnknown) as caught:
        logged_in(timed, identity).post()

    error = caught.value
    shown = [str(error), repr(error), "".join(traceback.format_exception(error)), repr(vars(error))]
    assert not any(contacthub_sandbox.token in one for one in shown)
    assert (error.method, error.url.rsplit("/", 1)[1]) == ("POST", "events")
    assert (error.request, error.response) == (None, None)


def test_a_write_answered_by_a_5xx_is_an_api_error_whose_outcome_is_unknown(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    contacthub_sandbox.faults = [Fault.status(503, method="PATCH", nth=1)]

    with pytest.raises(APIError) as caught:
        contacthub_sandbox.node.update_customer(identity, extra="gold")

    assert isinstance(caught.value, ServerError)
    assert isinstance(caught.value, OutcomeUnknown)
    assert (caught.value.status, str(caught.value).split(".")[0]) == (503, "Status code: 503")


def test_a_failed_operation_raises_the_one_error_and_no_group(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    customer = contacthub_sandbox.node.get_customer(identity)
    customer.extra = "x"
    contacthub_sandbox.faults = [Fault.status(403, method="PATCH")]

    with pytest.raises(APIError) as caught:
        customer.patch()

    assert not isinstance(caught.value, ExceptionGroup)


# -- what is not permitted --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [OperationNotPermitted, ValueError])
def test_changing_a_list_that_can_only_be_read_is_not_permitted(
    contacthub_sandbox: Sandbox, identity: str, kind: type[Exception]
) -> None:
    customers = contacthub_sandbox.node.get_customers()
    events = customers[0].get_events()

    with pytest.raises(kind, match="can only be read"):
        customers.append(customers[0])
    with pytest.raises(kind, match="can only be read"):
        events.append(Event())

    assert (len(customers), len(events)) == (1, 0)


# -- an answer that is lost -------------------------------------------------------------------------------------------


def test_an_event_whose_answer_was_lost_is_not_made_twice_by_a_second_post(
    contacthub_sandbox: Sandbox, timed: Node, server: Server, identity: str
) -> None:
    contacthub_sandbox.faults = [Fault.cut_after(method="POST", path="events", nth=1)]
    event = logged_in(timed, identity)

    with pytest.raises(OutcomeUnknown):
        event.post()
    event.post()

    assert [one["id"] for one in server.events(identity)] == [event.id]
    assert len(writes(contacthub_sandbox)) == 1


def test_an_event_whose_answer_was_lost_is_found_also_where_it_is_stored_late(
    contacthub_sandbox: Sandbox, timed: Node, clock: ManualClock, server: Server, identity: str
) -> None:
    contacthub_sandbox.configure(
        search_delay=45, faults=[Fault.cut_after(method="POST", path="events", nth=1)]
    )
    event = logged_in(timed, identity)

    with pytest.raises(OutcomeUnknown):
        event.post()
    event.post()

    assert len(writes(contacthub_sandbox)) == 1
    clock.advance(120)
    assert [one["id"] for one in server.events(identity)] == [event.id]


def test_an_event_that_did_not_arrive_is_made_once_by_a_second_post(
    contacthub_sandbox: Sandbox, timed: Node, server: Server, identity: str
) -> None:
    contacthub_sandbox.faults = [Fault.cut_before(method="POST", path="events", nth=1)]
    event = logged_in(timed, identity)

    with pytest.raises(OutcomeUnknown):
        event.post()
    event.post()

    assert [one["id"] for one in server.events(identity)] == [event.id]


def test_a_customer_whose_answer_was_lost_is_not_made_twice_by_a_second_post(
    contacthub_sandbox: Sandbox, timed: Node, server: Server
) -> None:
    contacthub_sandbox.faults = [Fault.cut_after(method="POST", path="/customers", nth=1)]
    customer = Customer(node=timed, base=Properties(contacts=Properties(email="bob@example.com")))

    with pytest.raises(OutcomeUnknown):
        customer.post()
    customer.post()

    assert [(one["id"], one["version"]) for one in server.customers()] == [(customer.id, 1)]


def test_an_education_whose_answer_was_lost_is_not_made_twice_by_a_second_post(
    contacthub_sandbox: Sandbox, timed: Node, server: Server, identity: str
) -> None:
    contacthub_sandbox.faults = [Fault.cut_after(method="POST", path="customers/*/educations", nth=1)]
    education = Education(customer=timed.get_customer(identity), id="e1", schoolName="Home")

    with pytest.raises(OutcomeUnknown):
        education.post()
    education.post()

    stored = server.get(f"customers/{identity}")
    assert [one["id"] for one in stored["base"]["educations"]] == ["e1"]
    assert len(writes(contacthub_sandbox)) == 1


def test_a_put_whose_answer_was_lost_takes_effect_once(
    contacthub_sandbox: Sandbox, timed: Node, server: Server, identity: str
) -> None:
    contacthub_sandbox.faults = [Fault.cut_after(method="PUT", nth=1)]
    customer = timed.get_customer(identity)
    customer.extra = "x"

    with pytest.raises(OutcomeUnknown):
        customer.put()
    customer.put()

    stored = server.get(f"customers/{identity}")
    assert (stored["extra"], stored["base"]["firstName"], stored["version"]) == ("x", "Ada", 2)


# -- an object after an error -----------------------------------------------------------------------------------------


def test_an_edit_survives_a_failed_patch_and_a_later_one_sends_it(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    contacthub_sandbox.configure(uniqueness_policy="BLOCK")
    [other] = contacthub_sandbox.seed([{"base": {"contacts": {"email": "taken@example.com"}}}])
    customer = contacthub_sandbox.node.get_customer(identity)
    customer.base.contacts.email = "taken@example.com"

    with pytest.raises(APIError, match="Conflict with exiting customer"):
        customer.patch()
    kept = customer.base.contacts.email
    contacthub_sandbox.node.delete_customer(id=other)
    customer.patch()

    assert kept == "taken@example.com"
    assert server.get(f"customers/{identity}")["base"]["contacts"]["email"] == "taken@example.com"


def test_an_edit_after_a_failed_patch_goes_with_the_earlier_one(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    customer = contacthub_sandbox.node.get_customer(identity)
    customer.extra = "x"
    customer.tags.manual.append("vip")
    contacthub_sandbox.faults = [Fault.status(403, method="PATCH", nth=1)]

    with pytest.raises(APIError):
        customer.patch()
    customer.base.lastName = "Lovelace"
    customer.patch()

    stored = server.get(f"customers/{identity}")
    assert (stored["extra"], stored["base"]["lastName"]) == ("x", "Lovelace")
    assert stored["tags"]["manual"] == ["vip"]


def test_the_mutation_tracker_after_a_failed_patch_holds_the_edit(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    customer = contacthub_sandbox.node.get_customer(identity)
    customer.extra = "x"
    contacthub_sandbox.faults = [Fault.status(403, method="PATCH", nth=1)]

    with pytest.raises(APIError):
        customer.patch()

    assert customer.get_mutation_tracker() == {"id": identity, "extra": "x"}


def test_a_failed_put_does_not_make_the_next_patch_a_put(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    customer = contacthub_sandbox.node.get_customer(identity)
    customer.extra = "x"
    contacthub_sandbox.faults = [Fault.status(403, method="PUT", nth=1)]

    with pytest.raises(APIError):
        customer.put()
    contacthub_sandbox.clear_requests()
    customer.patch()

    assert writes(contacthub_sandbox) == [("PATCH", {"extra": "x"})]
    assert server.get(f"customers/{identity}")["extra"] == "x"


def test_a_failed_put_of_an_education_can_be_done_again(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    education = contacthub_sandbox.node.add_education(identity, id="e1", schoolName="Home")
    education.schoolName = "Abroad"
    contacthub_sandbox.faults = [Fault.status(403, method="PUT", nth=1)]

    with pytest.raises(APIError):
        education.put()
    education.put()

    [stored] = server.get(f"customers/{identity}")["base"]["educations"]
    assert stored["schoolName"] == "Abroad"


def test_a_failed_deletion_leaves_the_customer_usable(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    customer = contacthub_sandbox.node.get_customer(identity)
    customer.extra = "x"
    contacthub_sandbox.faults = [Fault.status(403, method="DELETE", nth=1)]

    with pytest.raises(APIError):
        customer.delete()
    customer.base.lastName = "Lovelace"
    customer.patch()

    stored = server.get(f"customers/{identity}")
    assert (stored["extra"], stored["base"]["lastName"]) == ("x", "Lovelace")


def test_a_failed_deletion_can_be_done_again(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    customer = contacthub_sandbox.node.get_customer(identity)
    contacthub_sandbox.faults = [Fault.status(403, method="DELETE", nth=1)]

    with pytest.raises(APIError):
        customer.delete()
    customer.delete()

    assert server.status(f"customers/{identity}") == 404


def test_a_failed_deletion_leaves_an_education_usable(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    education = contacthub_sandbox.node.add_education(identity, id="e1", schoolName="Home")
    contacthub_sandbox.faults = [Fault.status(403, method="DELETE", nth=1)]

    with pytest.raises(APIError):
        education.delete()
    education.schoolName = "Abroad"
    education.put()

    [stored] = server.get(f"customers/{identity}")["base"]["educations"]
    assert (stored["id"], stored["schoolName"]) == ("e1", "Abroad")


def test_a_failed_post_can_be_done_again(contacthub_sandbox: Sandbox, server: Server) -> None:
    customer = Customer(node=contacthub_sandbox.node, externalId="2", base={"firstName": "Bob"})
    contacthub_sandbox.faults = [Fault.status(403, method="POST", nth=1)]

    with pytest.raises(APIError):
        customer.post()
    customer.post()

    assert [(one["id"], one["externalId"]) for one in server.customers()] == [(customer.id, "2")]


def test_a_failed_event_can_be_posted_again(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    event = logged_in(contacthub_sandbox.node, identity)
    contacthub_sandbox.faults = [Fault.status(403, method="POST", nth=1)]

    with pytest.raises(APIError):
        event.post()
    event.post()

    assert [one["id"] for one in server.events(identity)] == [event.id]
