"""What is configured takes effect, and is what the configuration shows."""

from __future__ import annotations

import pytest

from contacthub_orm.sandbox import Sandbox
from contacthub_orm.sandbox.routes.configuration import entry_nodes
from contacthub_orm.sandbox.server.application import LOGGER
from tests.sandbox.api import Api


def refusal(answer):
    """The status and the first violation of a refused request."""
    error = answer.json()["errors"][0]
    return answer.status_code, error["path"], error["code"]


def entry(api, **fields):
    """Change the first entry node."""
    path = f"/configuration/nodes/entries/{api.sandbox.node_id}"
    body = api.get(path).json() | fields
    answer = api.put(path, body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def viewed_page(api, **fields):
    return {
        "customerId": fields.pop("customer"),
        "type": "viewedPage",
        "context": "WEB",
        "properties": {},
    } | fields


@pytest.fixture
def customer(api):
    return api.create(externalId="1")["id"]


def test_a_disabled_event_type_is_refused_until_it_is_enabled_again(api, customer):
    path = "/configuration/events/viewedPage/enabled"
    api.put(path, {"value": False})

    answer = api.post("/events", viewed_page(api, customer=customer))
    assert refusal(answer) == (400, "/type", "disabled")
    assert api.get("/configuration/events/viewedPage").json()["enabled"] is False

    api.put(path, {"value": True})
    assert api.post("/events", viewed_page(api, customer=customer)).status_code == 202


def test_the_old_route_disables_an_event_type_too(api, customer):
    api.put("/configuration/events/viewedPage", {"enabled": False})

    assert api.post("/events", viewed_page(api, customer=customer)).status_code == 400


def test_event_types_disabled_by_a_setting_are_shown_as_disabled(api):
    api.sandbox.configure(enabled_event_types=["viewedPage"])

    assert api.get("/configuration/events/viewedPage").json()["enabled"] is True
    assert api.get("/configuration/events/loggedIn").json()["enabled"] is False


def test_a_disabled_base_property_is_refused_in_every_write(api, customer):
    api.put("/configuration/properties/base/base.contacts.phone", {"enabled": False})
    base = {"contacts": {"phone": "1"}}

    assert refusal(api.patch(f"/customers/{customer}", {"base": base})) == (
        400,
        "/base/contacts/phone",
        "disabled",
    )
    answer = api.post("/customers", {"nodeId": api.sandbox.node_id, "base": base})
    assert refusal(answer) == (400, "/base/contacts/phone", "disabled")


def test_a_disabled_base_property_may_be_null_as_a_get_shows_it(api, customer):
    api.put("/configuration/customers/properties/base/base.dob/enabled", {"value": False})

    shown = api.customer(customer)

    assert api.put(f"/customers/{customer}", shown).status_code == 200


def test_both_routes_of_a_base_property_show_the_same_state(api):
    api.put("/configuration/customers/properties/base/base.dob/enabled", {"value": False})
    states = {
        one["name"]: one["enabled"] for one in api.get("/configuration/properties/base").json()["elements"]
    }

    assert states["base.dob"] is False
    assert states["base.firstName"] is True
    assert (
        "dob" not in api.get("/configuration/customers/properties").json()["properties"]["base"]["properties"]
    )


def test_a_property_that_identifies_customers_cannot_be_disabled(api):
    answer = api.put("/configuration/properties/base/base.contacts.email", {"enabled": False})

    assert refusal(answer) == (400, "/enabled", "mandatory")


def test_declared_extended_properties_are_enforced(api, customer):
    definitions = {
        "points": {"type": "integer"},
        "old": {"type": "string", "contactlabProperties": {"enabled": False}},
    }
    api.put("/configuration/properties/extended", definitions)
    path = f"/customers/{customer}"

    assert api.patch(path, {"extended": {"points": 5}}).status_code == 200
    assert refusal(api.patch(path, {"extended": {"points": "x"}})) == (400, "/extended/points", "type")
    assert refusal(api.patch(path, {"extended": {"colour": 1}})) == (
        400,
        "/extended/colour",
        "additionalProperties",
    )
    assert refusal(api.patch(path, {"extended": {"old": "x"}})) == (400, "/extended/old", "disabled")


@pytest.mark.parametrize(
    ("definition", "longest", "too_long"),
    [
        ({"type": "string"}, "x" * 255, "x" * 256),
        ({"type": "string", "contactlabProperties": {"maxLength": 3}}, "xxx", "xxxx"),
        ({"type": "array", "items": {"type": "string"}}, ["x" * 499, "x" * 500], ["x" * 500, "x" * 500]),
    ],
)
def test_declared_extended_properties_have_their_lengths(api, customer, definition, longest, too_long):
    api.put("/configuration/properties/extended", {"text": definition})
    path = f"/customers/{customer}"

    assert api.patch(path, {"extended": {"text": longest}}).status_code == 200
    assert refusal(api.patch(path, {"extended": {"text": too_long}})) == (400, "/extended/text", "maxLength")


def test_a_schema_that_a_setting_declares_is_what_the_configuration_shows(api):
    declared = {"points": {"type": "integer"}}
    api.sandbox.configure(extended_schema=declared)

    assert api.get("/configuration/properties/extended").json() == declared


def test_the_extended_properties_of_events_are_enforced(api, customer):
    api.put("/configuration/events/viewedPage/properties/extended", {"points": {"type": "integer"}})

    event = viewed_page(api, customer=customer, properties={"extended": {"points": "x"}})
    assert refusal(api.post("/events", event)) == (400, "/properties/extended/points", "type")
    event = viewed_page(api, customer=customer, properties={"extended": {"points": 1}})
    assert api.post("/events", event).status_code == 202
    schema = api.get("/configuration/events/viewedPage/properties").json()
    assert schema["properties"]["extended"]["properties"] == {"points": {"type": "integer"}}


def test_a_mandatory_property_is_demanded_of_post_put_and_patch(api):
    created = api.create(base={"lastName": "Wayne"})
    entry(api, mandatoryProperties=["base.lastName"])
    path = f"/customers/{created['id']}"

    answer = api.post("/customers", {"nodeId": api.sandbox.node_id, "externalId": "2"})
    assert refusal(answer) == (400, "/base/lastName", "required")
    assert api.patch(path, {"base": {"lastName": None}}).status_code == 400
    assert api.put(path, created | {"base": None}).status_code == 400


def test_customers_match_by_several_properties_together(api):
    entry(api, uniqueCustomer={"properties": ["base.lastName", "base.dob"], "caseSensitive": False})
    base = {"lastName": "Wayne", "dob": "1980-01-01"}
    first = api.create(base=base)

    assert api.create(base=base | {"lastName": "WAYNE"})["id"] == first["id"]
    assert api.create(base=base | {"dob": "1981-01-01"})["id"] != first["id"]
    assert api.create(base={"lastName": "Wayne"})["id"] != first["id"]


def test_a_new_matching_policy_applies_to_stored_customers(api):
    first = api.create(externalId="7")
    assert api.create(externalId="7")["id"] != first["id"]

    api.put(
        f"/configuration/nodes/entries/{api.sandbox.node_id}/unique-customer-matching-policy",
        {"properties": ["externalId"], "caseSensitive": False},
    )

    assert api.create(externalId="7")["id"] == first["id"]
    assert tuple(api.sandbox.settings.matching) == ("externalId",)


def test_the_configured_matching_policy_outlives_another_setting(api):
    entry(api, uniqueCustomer={"properties": ["externalId"], "caseSensitive": True})

    api.sandbox.configure(page_cap=5)

    assert entry(api)["uniqueCustomer"]["properties"] == ["externalId"]


def test_a_setting_leaves_the_rest_of_what_was_configured(api):
    entry(api, uniqueCustomer={"properties": ["externalId"], "caseSensitive": True})

    api.sandbox.configure(matching=["base.lastName"])

    assert entry(api)["uniqueCustomer"] == {"properties": ["base.lastName"], "caseSensitive": True}


def test_a_change_that_fails_half_way_changes_no_rule(api, monkeypatch):
    def fail(*_):
        raise RuntimeError

    changed = {"properties": ["externalId"], "caseSensitive": True}
    body = api.get(f"/configuration/nodes/entries/{api.sandbox.node_id}").json() | {"uniqueCustomer": changed}
    with monkeypatch.context() as patch:
        patch.setattr(entry_nodes, "refresh_customers", fail)
        patch.setattr(LOGGER, "disabled", True)
        assert api.put(f"/configuration/nodes/entries/{api.sandbox.node_id}", body).status_code == 500

    assert api.create(externalId="7")["id"] != api.create(externalId="7")["id"]
    assert entry(api)["uniqueCustomer"]["properties"] == ["base.contacts.email"]


def test_a_reset_restores_the_start_values(api):
    entry(api, uniqueCustomer={"properties": ["externalId"], "caseSensitive": True})

    api.sandbox.reset()

    assert entry(api)["uniqueCustomer"] == {"properties": ["base.contacts.email"], "caseSensitive": False}


def test_the_throttling_that_is_configured_answers_429_with_the_seconds_to_wait(api, clock):
    api.put("/configuration/throttling", {"maxRequestsPerMinute": 2})
    clock.turn(60)
    assert [api.get("/configuration").status_code for _ in range(2)] == [200, 200]

    clock.turn(45)
    refused = api.get("/configuration")

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "15")
    clock.turn(15)
    assert api.get("/configuration").status_code == 200


def test_the_throttling_of_a_setting_is_what_the_configuration_shows(api):
    api.sandbox.configure(max_requests_per_minute=500)

    assert api.get("/configuration/throttling").json() == {"maxRequestsPerMinute": 500}


def test_an_event_larger_than_configured_is_answered_413(api, customer):
    api.put("/configuration/payload-size", {"viewedPage": {"maxBytes": 200}})
    long_one = viewed_page(api, customer=customer, properties={"title": "x" * 200})

    assert api.post("/events", long_one).status_code == 413
    assert api.post("/events", long_one | {"type": "formCompiled", "properties": {}}).status_code == 202
    assert api.post("/events", viewed_page(api, customer=customer)).status_code == 202


@pytest.fixture
def by_age(api, clock, customer):
    """Two events by their age; the clock stands at 1 May 2024."""
    dates = {"old": "2024-01-15T00:00:00Z", "new": "2024-04-15T00:00:00Z"}
    return {api.event(customerId=customer, date=date): age for age, date in dates.items()}


@pytest.fixture
def found(api, customer, by_age):
    return lambda: {
        by_age[event["id"]] for event in api.get("/events", customerId=customer).json()["elements"]
    }


def test_an_expired_event_is_not_found_and_not_read(api, by_age, found):
    api.put("/configuration/retention-policy", {"viewedPage": {"months": 3}})

    assert found() == {"new"}
    assert {age: api.get(f"/events/{event}").status_code for event, age in by_age.items()} == {
        "old": 404,
        "new": 200,
    }


def test_an_event_expires_as_time_passes(api, clock, found):
    api.put("/configuration/retention-policy", {"viewedPage": {"months": 3}})
    clock.turn(90 * 24 * 3600)

    assert found() == set()


def test_a_node_has_a_period_of_its_own(api, found):
    api.put("/configuration/retention-policy", {"viewedPage": {"months": 3}})
    node = f"/configuration/nodes/entries/{api.sandbox.node_id}/retention-policy"
    api.put(node, {"viewedPage": {"months": 12}})

    assert found() == {"old", "new"}


def test_nothing_expires_at_a_node_whose_retention_is_off(api, found):
    api.put("/configuration/retention-policy", {"viewedPage": {"months": 3}})
    api.put(f"/configuration/nodes/entries/{api.sandbox.node_id}/retention-policy/state", {"enabled": False})

    assert found() == {"old", "new"}
    (node,) = api.get("/configuration/nodes").json()["elements"]
    assert node["retentionState"] is False


def test_an_export_has_no_expired_event(api, by_age, customer):
    api.put("/configuration/retention-policy", {"viewedPage": {"months": 1}})

    export = api.get(f"/customers/{customer}/export").json()

    assert [by_age[event["id"]] for event in export["events"]] == ["new"]


def test_the_status_counts_valid_and_expired_events(api, by_age):
    api.put("/configuration/retention-policy", {"viewedPage": {"months": 3}})

    assert api.get("/configuration/retention-policy/status").json() == {
        api.sandbox.node_id: {
            "viewedPage": {
                "months": 3,
                "total": 2,
                "valid": 1,
                "expired": 1,
                "oldestDate": "2024-01-15T00:00:00.000+0000",
            }
        }
    }


def test_an_emptied_node_has_neither_customers_nor_events(api, customer):
    event = api.event(customerId=customer)
    path = f"/configuration/nodes/entries/{api.sandbox.node_id}/empty"

    answer = api.session.post(api.root + path, params={"eventsOnly": "true"}, headers=api.headers, timeout=10)
    assert (answer.status_code, answer.content) == (200, b"")
    assert api.get(f"/events/{event}").status_code == 404
    assert api.get(f"/customers/{customer}").status_code == 200

    api.session.post(api.root + path, headers=api.headers, timeout=10)
    assert api.get(f"/customers/{customer}").status_code == 404
    assert api.search()["elements"] == []


def test_a_suspended_workspace_answers_403_until_it_is_enabled(api):
    url = f"{api.root}/status"
    api.session.put(url, json={"status": "SUSPENDED"}, headers=api.headers, timeout=10)

    assert api.get("/customers", nodeId=api.sandbox.node_id).status_code == 403

    api.session.put(url, json={"status": "ENABLED"}, headers=api.headers, timeout=10)
    assert api.get("/customers", nodeId=api.sandbox.node_id).status_code == 200


def test_a_refused_change_leaves_the_rules_as_they_were(api):
    path = f"/configuration/nodes/entries/{api.sandbox.node_id}"
    body = api.get(path).json() | {"uniqueCustomer": {"properties": ["externalId", "base.nothing"]}}

    assert api.put(path, body).status_code == 400

    assert entry(api)["uniqueCustomer"]["properties"] == ["base.contacts.email"]


def test_the_configuration_is_kept_in_the_data_file(http, tmp_path):
    with Sandbox(tmp_path / "data") as sandbox:
        api = Api(sandbox, http)
        entry(api, uniqueCustomer={"properties": ["externalId"], "caseSensitive": True})
        token = sandbox.add_source("Shop", {sandbox.node_id: "R"})
    with Sandbox(tmp_path / "data") as sandbox:
        api = Api(sandbox, http)
        assert entry(api)["uniqueCustomer"]["properties"] == ["externalId"]
        api.headers = {"Authorization": f"Bearer {token}"}
        assert api.search()["elements"] == []
    with Sandbox(tmp_path / "data", matching=["base.lastName"]) as sandbox:
        assert entry(Api(sandbox, http))["uniqueCustomer"]["properties"] == ["base.lastName"]
