"""`Sandbox(strict=True)` refuses all that the reference refuses; the default follows live clients."""

from __future__ import annotations

import pytest


@pytest.fixture(params=[False, True], ids=["default", "strict"])
def strict(request, sandbox):
    sandbox.configure(strict=request.param)
    return request.param


def test_a_unique_property_is_required_on_create(api, strict):
    answer = api.post("/customers", {"nodeId": api.sandbox.node_id, "externalId": "1"})

    assert answer.status_code == (400 if strict else 201)
    if strict:
        [error] = answer.json()["errors"]
        assert (error["path"], error["message"]) == (
            "/base/contacts/email",
            "unique customer property is required",
        )


def test_a_unique_property_is_required_of_a_put(api, strict):
    customer = api.create(externalId="1", base={"contacts": {"email": "a@x.it"}})

    answer = api.put(f"/customers/{customer['id']}", customer | {"base": None})

    assert answer.status_code == (400 if strict else 200)


def test_subscribed_is_required_of_a_subscription(api, strict):
    customer = api.create(externalId="1", base={"contacts": {"email": "a@x.it"}})
    path = f"/customers/{customer['id']}/subscriptions"

    answer = api.post(path, {"id": "news"})
    assert answer.status_code == (400 if strict else 201)
    assert api.post(path, {"id": "other", "subscribed": False}).status_code == 201


def test_the_id_is_required_of_a_subscription_that_is_put(api, strict):
    customer = api.create(
        externalId="1", base={"contacts": {"email": "a@x.it"}, "subscriptions": [{"id": "news"}]}
    )

    answer = api.put(f"/customers/{customer['id']}/subscriptions/news", {"subscribed": True})

    assert answer.status_code == (400 if strict else 200)


def test_extended_properties_are_declared(api, strict):
    body = {
        "nodeId": api.sandbox.node_id,
        "base": {"contacts": {"email": "a@x.it"}},
        "extended": {"points": 1},
    }

    assert api.post("/customers", body).status_code == (400 if strict else 201)
    api.put("/configuration/properties/extended", {"points": {"type": "integer"}})
    assert api.post("/customers", body).status_code == 201


def test_extended_properties_of_events_are_declared(api, strict):
    customer = api.create(base={"contacts": {"email": "a@x.it"}})
    event = {
        "customerId": customer["id"],
        "type": "viewedPage",
        "context": "WEB",
        "properties": {"extended": {"a": 1}},
    }

    assert api.post("/events", event).status_code == (400 if strict else 202)


def test_a_filter_of_events_has_a_single_value(api, strict):
    assert api.get("/events", type="viewedPage,loggedIn").status_code == (400 if strict else 200)
    assert api.get("/events", type="viewedPage").status_code == 200


def test_an_event_has_properties_in_both_readings(api, strict):
    customer = api.create(base={"contacts": {"email": "a@x.it"}})
    event = {"customerId": customer["id"], "type": "viewedPage", "context": "WEB"}

    assert api.post("/events", event).status_code == 400
    assert api.post("/events", event | {"properties": {}}).status_code == 202
