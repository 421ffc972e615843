"""What a person may demand by law: POST customers/{id}/forget and GET customers/{id}/export."""

from __future__ import annotations

import json
import logging

import pytest
import requests

from contacthub_orm.sandbox import Sandbox
from tests.sandbox.api import Api

ENVELOPE = {"message", "logref", "data", "errors"}
EMAIL = {"contacts": {"email": "a@b.it"}}
DUTIES = pytest.mark.parametrize(("method", "duty"), [("POST", "forget"), ("GET", "export")])


@pytest.fixture
def customer(api):
    return api.create(externalId="1", base={"firstName": "Ann", **EMAIL})


def forget(api, customer):
    answer = api.call("POST", f"/customers/{customer['id']}/forget")
    assert answer.status_code == 200, answer.text
    return answer


def export(api, customer):
    answer = api.get(f"/customers/{customer['id']}/export")
    assert answer.status_code == 200, answer.text
    return answer.json()


def link(api, customer, value):
    return api.post(f"/customers/{customer['id']}/sessions", {"value": value})


def event_of_session(api, value):
    return api.event(bringBackProperties={"type": "SESSION_ID", "value": value})


def found_events(api, **query):
    return api.get("/events", **query).json()["elements"]


def ids(elements):
    return [element["id"] for element in elements]


def called(name):
    """A query that SQLite cannot decide, so that its result is remembered."""
    condition = {"type": "atomic", "attribute": "base.firstName", "operator": "EQUALS", "value": name}
    return json.dumps({"query": {"type": "simple", "are": {"condition": condition}}})


def test_a_forgotten_customer_is_answered_200_with_an_empty_body(api, customer):
    answer = forget(api, customer)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_body_is_ignored(api, customer):
    assert api.post(f"/customers/{customer['id']}/forget", {"any": "thing"}).status_code == 200


def test_a_forgotten_customer_is_gone(api, customer):
    forget(api, customer)
    assert api.get(f"/customers/{customer['id']}").status_code == 404
    assert api.search()["elements"] == []


def test_forgetting_twice_is_answered_404(api, customer):
    forget(api, customer)
    assert api.call("POST", f"/customers/{customer['id']}/forget").status_code == 404


def test_a_deleted_customer_cannot_be_forgotten(api, customer):
    api.delete(f"/customers/{customer['id']}")
    assert api.call("POST", f"/customers/{customer['id']}/forget").status_code == 404


def test_no_search_finds_a_forgotten_customer_within_the_delay(api, customer, clock):
    api.sandbox.configure(search_delay=30)
    forget(api, customer)
    assert api.search()["page"]["totalElements"] == 0
    assert api.search(externalId="1")["elements"] == []
    assert api.search(query=called("Ann"))["elements"] == []


def test_earlier_versions_that_searches_still_see_are_forgotten(api, customer, clock):
    api.sandbox.configure(search_delay=30)
    api.patch(f"/customers/{customer['id']}", {"externalId": "2"})
    assert ids(api.search(externalId="1")["elements"]) == [customer["id"]]
    forget(api, customer)
    assert api.search()["elements"] == []


def test_a_version_that_no_search_has_seen_does_not_appear_later(api, clock):
    api.sandbox.configure(search_delay=30)
    forget(api, api.create(externalId="1"))
    clock.turn(30)
    assert api.search()["elements"] == []


@pytest.mark.parametrize("delay", [0, 30])
def test_a_remembered_result_does_not_give_a_forgotten_customer_back(api, customer, clock, delay):
    api.sandbox.configure(search_delay=delay)
    other = api.create(externalId="2", base={"firstName": "Bea"})
    clock.turn(delay)
    query = {"sort": "base.firstName,asc"}
    assert ids(api.search(**query)["elements"]) == [customer["id"], other["id"]]
    assert api.sandbox._service.search_results
    forget(api, customer)
    answer = api.search(**query)
    assert (ids(answer["elements"]), answer["page"]["totalElements"]) == ([other["id"]], 1)


def test_a_remembered_result_does_not_give_another_customer_in_its_place(api, customer):
    assert ids(api.search(query=called("Ann"))["elements"]) == [customer["id"]]
    forget(api, customer)
    api.create(externalId="2", base={"firstName": "Bea"})
    assert api.search(query=called("Ann"))["elements"] == []


def test_a_query_on_events_finds_no_forgotten_customer(api, customer):
    dated = {"type": "atomic", "attribute": "date", "operator": "IS_NOT_NULL"}
    did = {"event": {"name": "viewedPage"}, "condition": dated, "timeframe": dated}
    query = json.dumps({"query": {"type": "simple", "did": did}})
    api.event(customerId=customer["id"])
    assert ids(api.search(query=query)["elements"]) == [customer["id"]]
    forget(api, customer)
    assert api.search(query=query)["elements"] == []


@pytest.mark.parametrize("delay", [0, 30])
def test_the_events_go_with_their_customer(api, customer, clock, delay):
    event = api.event(customerId=customer["id"])
    api.sandbox.configure(search_delay=delay)
    forget(api, customer)
    assert api.get(f"/events/{event}").status_code == 404
    assert found_events(api) == []


def test_events_that_came_by_a_linked_session_go_too(api, customer):
    before = event_of_session(api, "s")
    link(api, customer, "s")
    after = event_of_session(api, "s")
    assert set(ids(found_events(api))) == {before, after}
    forget(api, customer)
    assert found_events(api) == []


def test_events_that_were_nobodys_before_the_delay_began_go_in_every_version(api, customer, clock):
    event_of_session(api, "s")
    api.sandbox.configure(search_delay=30)
    link(api, customer, "s")
    forget(api, customer)
    assert found_events(api) == []
    clock.turn(30)
    assert found_events(api) == []


def test_events_not_visible_yet_do_not_come_to_be(api, customer, clock):
    api.sandbox.configure(search_delay=30)
    link(api, customer, "s")
    events = [api.event(customerId=customer["id"]), event_of_session(api, "s")]
    forget(api, customer)
    clock.turn(30)
    assert found_events(api) == []
    assert [api.get(f"/events/{event}").status_code for event in events] == [404, 404]


def test_deleted_events_that_searches_still_see_go_too(api, customer, clock):
    event = api.event(customerId=customer["id"])
    api.sandbox.configure(search_delay=30)
    api.delete(f"/events/{event}")
    assert ids(found_events(api)) == [event]
    forget(api, customer)
    assert found_events(api) == []


def test_nobodys_events_under_a_linked_session_are_not_given_to_its_next_customer(api, customer):
    link(api, customer, "s")
    bring_back = {"type": "SESSION_ID", "value": "s", "nodeId": api.sandbox.node_id}
    api.sandbox.seed_events([{"type": "viewedPage", "context": "WEB", "bringBackProperties": bring_back}])
    forget(api, customer)
    link(api, api.create(externalId="2"), "s")
    assert found_events(api) == []


def test_the_sessions_go_with_their_customer(api, customer):
    session = link(api, customer, "s").json()
    forget(api, customer)
    assert api.get(f"/customers/{customer['id']}/sessions").status_code == 404
    assert api.get(f"/customers/{customer['id']}/sessions/{session['id']}").status_code == 404


def test_a_session_can_be_linked_to_somebody_else_afterwards(api, customer):
    link(api, customer, "s")
    forget(api, customer)
    assert link(api, api.create(externalId="2"), "s").status_code == 201


def test_other_customers_their_events_and_sessions_are_untouched(api, customer):
    other = api.create(externalId="2")
    event, nobodys = api.event(customerId=other["id"]), event_of_session(api, "nobody's")
    session = link(api, other, "t").json()
    link(api, customer, "s")
    forget(api, customer)
    assert api.customer(other) == other
    assert ids(api.search()["elements"]) == [other["id"]]
    assert set(ids(found_events(api))) == {event, nobodys}
    assert api.get(f"/customers/{other['id']}/sessions").json() == {"elements": [session]}


@pytest.mark.parametrize("delay", [0, 30])
def test_events_of_the_customer_who_had_the_session_before_stay(api, customer, clock, delay):
    before = api.create(externalId="2")
    event = event_of_session(api, "s")
    api.sandbox.configure(search_delay=delay)
    session = link(api, before, "s").json()
    api.delete(f"/customers/{before['id']}/sessions/{session['id']}")
    link(api, customer, "s")
    forget(api, customer)
    assert api.get(f"/events/{event}").json()["customerId"] == before["id"]


def test_the_same_email_makes_a_new_customer(api, customer):
    forget(api, customer)
    again = api.create(base=EMAIL)
    assert (again["id"] == customer["id"], again["version"], again["externalId"]) == (False, 1, None)


def test_an_event_of_the_same_external_id_makes_a_new_customer(api, customer):
    forget(api, customer)
    event = api.event(bringBackProperties={"type": "EXTERNAL_ID", "value": "1"})
    owner = api.get(f"/events/{event}").json()["customerId"]
    assert owner not in (None, customer["id"])


@pytest.mark.parametrize("delay", [0, 30])
def test_nothing_but_ids_is_left_in_the_tables(tmp_path, http, delay):
    path = tmp_path / "sandbox.sqlite"
    with Sandbox(path, search_delay=delay) as sandbox:
        api = Api(sandbox, http)
        customer = api.create(externalId="the-external-id", base=EMAIL)
        early = event_of_session(api, "the-session")
        link(api, customer, "the-session")
        events = [early, event_of_session(api, "the-session"), api.event(customerId=customer["id"])]
        api.patch(f"/customers/{customer['id']}", {"base": {"firstName": "The-name"}})
        gone = api.event(customerId=customer["id"], properties={"title": "The-title"})
        if not delay:  # events that do not exist yet cannot be deleted
            api.delete(f"/events/{gone}")
        events.append(gone)
        traces = ["the-external-id", "a@b.it", "the-session", "The-name", "The-title"]
        ids = [customer["id"], *events]
        assert [trace for trace in traces if trace not in dump(sandbox)] == []
        forget(api, customer)
        assert [trace for trace in traces if trace in dump(sandbox)] == []
        # The update stream tells those who hold a copy what to drop.
        updates = api.get("/updates").json()["updates"]
        told = [(update["operation"], update["entity"]["data"]) for update in updates]
        assert sorted(told, key=str) == sorted((("DELETE", {"id": one}) for one in ids), key=str)


def dump(sandbox):
    """All that the tables hold, as SQL."""
    return "\n".join(sandbox._service.store._raw.iterdump())


def test_forgetting_is_logged_with_the_id_alone(api, customer, caplog):
    with caplog.at_level(logging.INFO, logger="contacthub_orm.sandbox"):
        forget(api, customer)
    [record] = [record for record in caplog.records if record.name == "contacthub_orm.sandbox"]
    assert (record.levelname, record.getMessage()) == ("INFO", f"customer {customer['id']} was forgotten")


def test_a_refused_forgetting_is_not_logged(api, caplog):
    with caplog.at_level(logging.INFO, logger="contacthub_orm.sandbox"):
        api.call("POST", "/customers/5/forget")
    assert [record for record in caplog.records if record.name == "contacthub_orm.sandbox"] == []


def test_an_export_holds_the_customer_and_its_events_as_they_are_read(api, customer):
    event = api.event(customerId=customer["id"], properties={"url": "http://x.it"})
    api.event(customerId=api.create(externalId="2")["id"])
    assert export(api, customer) == {
        "customer": api.customer(customer),
        "events": [api.get(f"/events/{event}").json()],
    }


def test_an_export_without_events_has_an_empty_list(api, customer):
    assert export(api, customer) == {"customer": customer, "events": []}


def test_an_export_holds_all_sixty_events_the_newest_first(api, customer):
    events = [
        api.event(customerId=customer["id"], date=f"2024-01-01T00:{n:02}:00Z", properties={"title": str(n)})
        for n in range(60)
    ]
    assert ids(export(api, customer)["events"]) == events[::-1]


def test_events_of_the_same_date_are_exported_in_the_order_of_a_search(api, customer, clock):
    for _ in range(5):
        api.event(customerId=customer["id"])
    assert export(api, customer)["events"] == found_events(api, customerId=customer["id"])


def test_more_events_than_the_cap_of_searches_are_exported(api, customer):
    api.sandbox.configure(page_cap=2)
    for _ in range(3):
        api.event(customerId=customer["id"])
    assert len(export(api, customer)["events"]) == 3


def test_an_export_holds_the_events_of_linked_sessions(api, customer):
    event = event_of_session(api, "s")
    link(api, customer, "s")
    assert ids(export(api, customer)["events"]) == [event]


def test_an_export_leaves_out_an_event_until_its_delay_is_over(api, customer, clock):
    api.sandbox.configure(search_delay=30)
    event = api.event(customerId=customer["id"])
    assert export(api, customer)["events"] == []
    clock.turn(30)
    assert ids(export(api, customer)["events"]) == [event]


def test_an_export_holds_the_latest_versions_within_the_delay(api, customer, clock):
    changed, deleted = (api.event(customerId=customer["id"]) for _ in range(2))
    of_session = event_of_session(api, "s")
    api.sandbox.configure(search_delay=30)
    api.patch(f"/customers/{customer['id']}", {"externalId": "2"})
    api.patch(f"/events/{changed}", {"properties": {"title": "x"}})
    api.delete(f"/events/{deleted}")
    link(api, customer, "s")
    exported = export(api, customer)
    assert exported["customer"]["externalId"] == "2"
    in_order = sorted([changed, of_session], reverse=True)
    assert exported["events"] == [api.get(f"/events/{event}").json() for event in in_order]


def test_an_export_changes_nothing(api, customer):
    export(api, customer)
    assert api.customer(customer) == customer


@DUTIES
def test_an_unknown_customer_is_answered_404_with_the_envelope(api, method, duty):
    answer = api.call(method, f"/customers/5/{duty}")
    assert (answer.status_code, set(answer.json())) == (404, ENVELOPE)
    assert answer.json()["message"] == "customer not found 5"


def test_a_forgotten_customer_cannot_be_exported(api, customer):
    forget(api, customer)
    assert api.get(f"/customers/{customer['id']}/export").status_code == 404


@DUTIES
def test_an_unknown_token_is_answered_401_and_does_nothing(api, customer, method, duty):
    url = f"{api.root}/customers/{customer['id']}/{duty}"
    answer = requests.request(method, url, headers={"Authorization": "Bearer other"}, timeout=10)
    assert (answer.status_code, set(answer.json())) == (401, ENVELOPE)
    assert api.customer(customer) == customer


@pytest.mark.parametrize(
    ("method", "duty"),
    [
        (method, duty)
        for duty, allowed in (("forget", "POST"), ("export", "GET"))
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if method != allowed
    ],
)
def test_another_method_is_answered_405(api, customer, method, duty):
    answer = api.call(method, f"/customers/{customer['id']}/{duty}")
    assert (answer.status_code, set(answer.json())) == (405, ENVELOPE)
    assert api.customer(customer) == customer


@pytest.mark.parametrize("name", ["forget", "export"])
def test_an_element_with_the_name_of_a_duty_is_reached_by_its_own_route(api, customer, name):
    like = {"id": name, "category": "c", "name": "n", "createdTime": "2024-01-01T00:00:00Z"}
    assert api.post(f"/customers/{customer['id']}/likes", like).status_code == 200
    assert api.get(f"/customers/{customer['id']}/likes/{name}").json()["id"] == name
    assert api.post(f"/customers/{customer['id']}/likes/{name}", {}).status_code == 405
    assert api.delete(f"/customers/{customer['id']}/likes/{name}").status_code == 200
    assert api.customer(customer)["id"] == customer["id"]
