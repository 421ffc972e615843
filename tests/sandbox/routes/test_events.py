"""The routes of events."""

from __future__ import annotations

import pytest


@pytest.fixture
def customer(api):
    return api.create(externalId="1")


def body(customer, **fields):
    return {"customerId": customer["id"], "type": "viewedPage", "context": "WEB", "properties": {}} | fields


def page(api, **query):
    answer = api.get("/events", **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(answer):
    return [event["id"] for event in answer["elements"]]


def test_a_new_event_is_answered_202_with_its_id_alone(api, customer):
    answer = api.post("/events", body(customer))
    assert answer.status_code == 202
    assert list(answer.json()) == ["id"]


def test_an_event_is_answered_with_all_its_keys(api, customer):
    identifier = api.event(
        customerId=customer["id"], properties={"url": "http://x.it"}, date="2024-01-01T10:00:00+01:00"
    )
    event = api.get(f"/events/{identifier}").json()
    client = event.pop("contextInfo")["client"]
    assert client["ip"] == "127.0.0.1"
    assert client["userAgent"].startswith("python-requests")
    assert event.pop("registeredAt") == event.pop("updatedAt")
    assert event == {
        "id": identifier,
        "customerId": customer["id"],
        "bringBackProperties": None,
        "type": "viewedPage",
        "properties": {"url": "http://x.it"},
        "context": "WEB",
        "date": "2024-01-01T09:00:00.000+0000",
        "origin": "NATIVE",
        "tracking": None,
        "version": 1,
    }


def test_the_date_is_that_of_the_request_unless_given(api, customer, clock):
    identifier = api.event(customerId=customer["id"])
    assert api.get(f"/events/{identifier}").json()["date"] == "2024-05-01T12:00:00.000+0000"


def test_a_given_client_is_kept(api, customer):
    identifier = api.event(customerId=customer["id"], contextInfo={"client": {"ip": "10.0.0.1"}})
    assert api.get(f"/events/{identifier}").json()["contextInfo"] == {"client": {"ip": "10.0.0.1"}}


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"customerId": None}, "/customerId"),
        ({"bringBackProperties": {"value": "s"}}, "/customerId"),
        ({"type": None}, "/type"),
        ({"type": "danced"}, "/type"),
        ({"type": ["viewedPage"]}, "/type"),
        ({"context": None}, "/context"),
        ({"context": "MOON"}, "/context"),
        ({"properties": None}, "/properties"),
        ({"properties": {"colour": "red"}}, "/properties"),
        ({"properties": {"url": 5}}, "/properties/url"),
        ({"properties": {"url": "nowhere"}}, "/properties/url"),
        ({"contextInfo": {"moon": 1}}, "/contextInfo"),
        ({"contextInfo": {"client": {"ip": "300.1.1.1"}}}, "/contextInfo/client/ip"),
        ({"date": "today"}, "/date"),
        ({"date": "2024-01-01"}, "/date"),
        ({"tracking": {"other": 1}}, "/tracking"),
        ({"unknown": 1}, ""),
        ({"id": "5"}, "/id"),
        ({"customerId": None, "bringBackProperties": {"type": "SESSION_ID"}}, "/bringBackProperties"),
        ({"customerId": None, "bringBackProperties": {"value": "x" * 256}}, "/bringBackProperties/value"),
        (
            {"customerId": None, "bringBackProperties": {"type": "externalId", "value": "1"}},
            "/bringBackProperties/type",
        ),
    ],
)
def test_an_event_that_breaks_a_rule_is_answered_400_with_its_path(api, customer, fields, path):
    answer = api.post("/events", body(customer, **fields))
    assert answer.status_code == 400
    assert answer.json()["message"] == "source event is not valid"
    assert path in [error["path"] for error in answer.json()["errors"]]


def test_extended_properties_and_those_of_the_newer_schemas_are_accepted(api, customer):
    properties = {"extended": {"a": 1}, "recipient": "x"}
    answer = api.post("/events", body(customer, type="campaignOpened", properties=properties))
    assert answer.status_code == 202, answer.text


def test_a_disabled_type_is_answered_400(api, customer):
    api.sandbox.configure(enabled_event_types=["loggedIn"])
    assert api.post("/events", body(customer)).status_code == 400
    assert api.post("/events", body(customer, type="loggedIn")).status_code == 202


def test_an_unknown_customer_is_answered_404(api):
    assert api.post("/events", body({"id": "5"})).status_code == 404


def test_an_unknown_node_is_answered_404(api, customer):
    bring_back = {"value": "s", "nodeId": "other"}
    assert (
        api.post("/events", body(customer, customerId=None, bringBackProperties=bring_back)).status_code
        == 404
    )


def test_an_event_of_a_session_has_no_customer_until_the_session_is_linked(api, customer):
    identifier = api.event(bringBackProperties={"type": "SESSION_ID", "value": "s"})
    assert api.get(f"/events/{identifier}").json()["customerId"] is None
    api.post(f"/customers/{customer['id']}/sessions", {"value": "s"})
    event = api.get(f"/events/{identifier}").json()
    assert event["customerId"] == customer["id"]
    assert event["bringBackProperties"] == {"type": "SESSION_ID", "value": "s", "nodeId": api.sandbox.node_id}


def test_an_event_of_a_linked_session_belongs_to_its_customer(api, customer):
    api.post(f"/customers/{customer['id']}/sessions", {"value": "s"})
    identifier = api.event(bringBackProperties={"value": "s"})
    assert api.get(f"/events/{identifier}").json()["customerId"] == customer["id"]


def test_an_event_of_a_known_external_id_belongs_to_its_customer(api, customer):
    identifier = api.event(bringBackProperties={"type": "EXTERNAL_ID", "value": "1"})
    assert api.get(f"/events/{identifier}").json()["customerId"] == customer["id"]


def test_an_event_of_an_unknown_external_id_makes_a_customer_with_a_base(api):
    identifier = api.event(bringBackProperties={"type": "EXTERNAL_ID", "value": "new"})
    customer = api.customer(api.get(f"/events/{identifier}").json()["customerId"])
    assert customer["externalId"] == "new"
    assert customer["base"]["contacts"]["email"] is None


def test_an_event_comes_to_be_when_the_delay_is_over(api, customer, clock):
    api.sandbox.configure(search_delay=30)
    identifier = api.event(customerId=customer["id"])
    assert api.get(f"/events/{identifier}").status_code == 404
    assert api.delete(f"/events/{identifier}").status_code == 404
    assert page(api)["elements"] == []
    clock.turn(30)
    assert api.get(f"/events/{identifier}").status_code == 200
    assert ids(page(api)) == [identifier]


def test_navigation_gives_the_neighbours_of_the_same_customer(api, customer):
    other = api.create(externalId="2")
    first, middle, last = (
        api.event(customerId=customer["id"], date=f"2024-01-0{day}T00:00:00Z") for day in (1, 2, 3)
    )
    api.event(customerId=other["id"], date="2024-01-02T01:00:00Z")
    event = api.get(f"/events/{middle}", nav="CUSTOMER").json()
    assert (event["prev"], event["next"]) == (first, last)
    assert api.get(f"/events/{first}", nav="CUSTOMER").json()["prev"] is None
    assert "prev" not in api.get(f"/events/{middle}").json()


def test_events_come_newest_first_in_pages_of_ten(api, customer):
    days = [api.event(customerId=customer["id"], date=f"2024-01-{day:02}T00:00:00Z") for day in range(1, 13)]
    assert ids(page(api)) == days[:1:-1]
    assert ids(page(api, page=1)) == days[1::-1]
    assert page(api)["page"]["totalElements"] == 12


def test_events_are_sorted_by_date_either_way_and_by_nothing_unknown(api, customer):
    early = api.event(customerId=customer["id"], date="2024-01-01T00:00:00Z")
    late = api.event(customerId=customer["id"], date="2024-01-02T00:00:00Z")
    assert ids(page(api, sort="date,asc")) == [early, late]
    assert api.get("/events", sort="properties.url").status_code == 400


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"type": "viewedPage"}, "a"),
        ({"type": "viewedPage,loggedIn"}, "ab"),
        ({"context": "MOBILE"}, "b"),
        ({"context": "WEB,MOBILE"}, "ab"),
        ({"mode": "PASSIVE"}, "c"),
        ({"mode": "ACTIVE"}, "ab"),
        ({"dateFrom": "2024-01-02T00:00:00Z"}, "bc"),
        ({"dateTo": "2024-01-02T00:00:00.000+0000"}, "ab"),
        ({"dateFrom": "2024-01-02", "dateTo": "2024-01-02"}, "b"),
        ({"customerId": "unknown"}, ""),
        ({"type": "searched"}, ""),
    ],
)
def test_events_are_filtered(api, customer, query, found):
    kinds = {
        "a": ("viewedPage", "WEB"),
        "b": ("loggedIn", "MOBILE"),
        "c": ("campaignSent", "DIGITAL_CAMPAIGN"),
    }
    api.sandbox.seed_events(
        {
            "id": name,
            "customerId": customer["id"],
            "type": kind,
            "context": context,
            "date": f"2024-01-0{day}T00:00:00Z",
        }
        for day, (name, (kind, context)) in enumerate(kinds.items(), 1)
    )
    assert "".join(ids(page(api, sort="date,asc", nodeId=api.sandbox.node_id, **query))) == found


@pytest.mark.parametrize(
    "query", [{"type": "danced"}, {"context": "MOON"}, {"mode": "LAZY"}, {"dateFrom": "today"}]
)
def test_a_malformed_filter_is_answered_400(api, query):
    assert api.get("/events", **query).status_code == 400


def test_events_of_one_customer_only(api, customer):
    other = api.create(externalId="2")
    api.event(customerId=other["id"])
    mine = api.event(customerId=customer["id"])
    assert ids(page(api, customerId=customer["id"])) == [mine]


def test_a_patch_changes_what_it_names_and_is_answered_202(api, customer):
    identifier = api.event(customerId=customer["id"], properties={"url": "http://x.it", "title": "x"})
    answer = api.patch(
        f"/events/{identifier}", {"properties": {"title": "y", "url": None}, "date": "2024-01-01T00:00:00Z"}
    )
    assert (answer.status_code, answer.content) == (202, b"")
    event = api.get(f"/events/{identifier}").json()
    assert event["properties"] == {"title": "y"}
    assert event["date"] == "2024-01-01T00:00:00.000+0000"
    assert event["version"] == 2
    assert event["updatedAt"] > event["registeredAt"]


def test_a_patch_with_null_empties_properties_and_context(api, customer):
    identifier = api.event(customerId=customer["id"], properties={"title": "x"})
    api.patch(f"/events/{identifier}", {"properties": None, "contextInfo": None})
    event = api.get(f"/events/{identifier}").json()
    assert (event["properties"], event["contextInfo"]) == ({}, None)


@pytest.mark.parametrize(
    "change",
    [
        {"type": "loggedIn"},
        {"context": "IOT"},
        {"customerId": "5"},
        {"properties": {"colour": "red"}},
        {"unknown": 1},
    ],
)
def test_a_patch_that_breaks_a_rule_is_answered_400(api, customer, change):
    identifier = api.event(customerId=customer["id"])
    assert api.patch(f"/events/{identifier}", change).status_code == 400


def test_a_put_replaces_the_event_and_is_answered_202_with_it(api, customer):
    identifier = api.event(
        customerId=customer["id"], properties={"title": "x"}, tracking={"ga": {"utm_source": "y"}}
    )
    answer = api.put(
        f"/events/{identifier}", body(customer, context="MOBILE", properties={"url": "http://x.it"})
    )
    assert answer.status_code == 202
    event = answer.json()
    assert (event["context"], event["properties"], event["tracking"]) == (
        "MOBILE",
        {"url": "http://x.it"},
        None,
    )
    assert event == api.get(f"/events/{identifier}").json()


def test_what_a_get_gave_may_be_put_back(api, customer):
    identifier = api.event(
        bringBackProperties={"type": "EXTERNAL_ID", "value": "1"}, properties={"title": "x"}
    )
    event = api.get(f"/events/{identifier}").json()
    assert api.put(f"/events/{identifier}", event).json() == event


@pytest.mark.parametrize("change", [{"customerId": None}, {"type": "loggedIn"}, {"properties": None}])
def test_a_put_that_breaks_a_rule_is_answered_400(api, customer, change):
    identifier = api.event(customerId=customer["id"])
    assert api.put(f"/events/{identifier}", body(customer, **change)).status_code == 400


def test_a_deleted_event_is_answered_204_and_gone(api, customer):
    identifier = api.event(customerId=customer["id"])
    assert api.delete(f"/events/{identifier}").status_code == 204
    assert api.get(f"/events/{identifier}").status_code == 404
    assert api.delete(f"/events/{identifier}").status_code == 404
