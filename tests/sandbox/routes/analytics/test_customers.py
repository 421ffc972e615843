"""Analytics about customers: totals, channels, when they came, changed and went."""

from __future__ import annotations

from typing import Any

from tests.sandbox.api import Api
from tests.sandbox.conftest import Clock
from tests.sandbox.routes.analytics.conftest import Figures, counted

ZERO = {"ADDED": {}, "UPDATED": {}, "DELETED": {}}


def updates(figures: Figures, subject: str = "customers", **query: Any) -> dict[str, dict[str, int]]:
    """What was added, updated and deleted on which day; of events, the pages viewed."""
    found = {}
    for kind in ("ADDED", "UPDATED", "DELETED"):
        series = figures(f"/{subject}/updates", type=kind, **query)
        found[kind] = counted(series[0]) if series else {}
    return found


def test_customers_are_counted_in_the_workspace_and_in_its_node(api: Api, figures: Figures) -> None:
    for name in "abc":
        api.create(externalId=name)

    assert figures("/customers/count") == figures("/customers/count", nodeId=api.sandbox.node_id)
    assert figures("/customers/count") == {
        "category": "CustomersSnapshot",
        "type": "keyValue",
        "values": [{"key": "total", "value": 3}],
    }
    assert api.get("/analytics/workspace").json() == {
        "id": api.sandbox.workspace_id,
        "name": "Sandbox",
        "status": "ENABLED",
        "customers": 3,
    }
    nodes = api.get("/analytics/nodes").json()
    assert [(node["id"], node["type"], node["customers"]) for node in nodes["elements"]] == [
        (api.sandbox.node_id, "ENTRY", 3)
    ]
    assert nodes["page"]["totalElements"] == 1


def test_a_channel_is_an_email_or_a_mobile_phone_of_the_contacts(api: Api, figures: Figures) -> None:
    api.sandbox.seed(
        {"base": {"contacts": contacts}}
        for contacts in (
            {"email": "a@example.com", "mobilePhone": "1"},
            {"email": "b@example.com", "phone": "1"},
            {"email": "c@example.com", "mobilePhone": ""},
            {"mobilePhone": "1"},
            {"phone": "1", "otherContacts": [{"type": "EMAIL", "value": "d@example.com"}]},
            None,
        )
    )
    assert figures("/customers/communication-channels") == {
        "category": "communicationChannels",
        "type": "keyValue",
        "values": [
            {"key": "emailMobile", "value": "1"},
            {"key": "emailOnly", "value": "2"},
            {"key": "mobileOnly", "value": "1"},
            {"key": "notReachable", "value": "2"},
        ],
    }


def test_a_customer_without_a_base_is_not_reachable(api: Api, figures: Figures) -> None:
    api.sandbox.configure(unset="null")
    api.create(externalId="1")
    values = figures("/customers/communication-channels")["values"]
    assert values[-1] == {"key": "notReachable", "value": "1"}


def test_days_are_those_of_the_workspaces_time_zone(api: Api, figures: Figures) -> None:
    api.sandbox.seed([{"registeredAt": "2024-01-31T22:59:59.999Z"}, {"registeredAt": "2024-01-31T23:00:00Z"}])
    (series,) = figures("/customers/creation-date", mode="DAILY")
    assert series["category"] == "addedCustomers"
    assert counted(series) == {"2024-01-31": 1, "2024-02-01": 1}


def test_weeks_begin_on_monday_and_months_on_their_first_day(api: Api, figures: Figures) -> None:
    api.sandbox.seed([{"registeredAt": "2024-02-25T12:00:00Z"}, {"registeredAt": "2024-02-26T12:00:00Z"}])
    assert counted(figures("/customers/creation-date", mode="WEEKLY")[0]) == {
        "2024-02-19": 1,
        "2024-02-26": 1,
    }
    assert counted(figures("/customers/creation-date")[0]) == {"2024-02-01": 2}


def test_periods_without_anything_are_listed_with_zero(figures: Figures) -> None:
    (series,) = figures("/customers/creation-date", start="2024-02-10T12:00:00Z")
    assert series["values"] == [
        {"datetime": "2024-02-01", "value": 0},
        {"datetime": "2024-03-01", "value": 0},
        {"datetime": "2024-04-01", "value": 0},
        {"datetime": "2024-05-01", "value": 0},
    ]


def test_both_bounds_belong_to_the_range(api: Api, figures: Figures) -> None:
    moments = [
        "2024-03-01T09:59:59.999Z",
        "2024-03-01T10:00:00Z",
        "2024-03-01T11:00:00Z",
        "2024-03-01T11:00:00.001Z",
    ]
    api.sandbox.seed({"registeredAt": moment} for moment in moments)
    (series,) = figures("/customers/creation-date", start=moments[1], end=moments[2], mode="DAILY")
    assert counted(series) == {"2024-03-01": 2}


def test_a_change_counts_once_on_the_day_of_the_last_one(api: Api, clock: Clock, figures: Figures) -> None:
    customer = api.create(externalId="1")["id"]
    assert updates(figures) == ZERO | {"ADDED": {"2024-05-01": 1}}
    for name in "abc":
        clock.turn(86_400)
        api.patch(f"/customers/{customer}", {"extended": {"name": name}})

    assert updates(figures) == {"ADDED": {"2024-05-01": 1}, "UPDATED": {"2024-05-04": 1}, "DELETED": {}}


def test_a_deleted_customer_and_its_events_still_count_as_added(
    api: Api, clock: Clock, figures: Figures
) -> None:
    customer = api.create(externalId="1")["id"]
    api.event(customerId=customer)
    clock.turn(86_400)
    api.delete(f"/customers/{customer}")

    expected = {"ADDED": {"2024-05-01": 1}, "UPDATED": {}, "DELETED": {"2024-05-02": 1}}
    assert updates(figures) == expected
    assert updates(figures, "events") == expected
    assert figures("/customers/count")["values"][0]["value"] == 0
    assert counted(figures("/customers/creation-date")[0]) == {}


def test_a_forgotten_customer_and_its_events_count_as_deleted(
    api: Api, clock: Clock, figures: Figures
) -> None:
    customer = api.create(externalId="1")["id"]
    api.event(customerId=customer)
    clock.turn(86_400)
    api.post(f"/customers/{customer}/forget", None)

    expected = {"ADDED": {"2024-05-01": 1}, "UPDATED": {}, "DELETED": {"2024-05-02": 1}}
    assert updates(figures) == expected
    assert updates(figures, "events") == expected


def test_a_deleted_event_that_is_forgotten_later_counts_once(
    api: Api, clock: Clock, figures: Figures
) -> None:
    customer = api.create(externalId="1")["id"]
    event = api.event(customerId=customer)
    api.sandbox.configure(search_delay=60)
    api.delete(f"/events/{event}")
    api.post(f"/customers/{customer}/forget", None)
    clock.turn(60)

    assert updates(figures, "events")["DELETED"] == {"2024-05-01": 1}


def test_figures_wait_for_the_search_delay(api: Api, clock: Clock, figures: Figures) -> None:
    api.sandbox.configure(search_delay=60)
    customer = api.create(externalId="1", base={"contacts": {"email": "a@example.com"}})["id"]
    assert updates(figures) == ZERO
    assert figures("/customers/count")["values"][0]["value"] == 0
    clock.turn(60)
    assert updates(figures) == ZERO | {"ADDED": {"2024-05-01": 1}}

    api.patch(f"/customers/{customer}", {"base": {"contacts": {"email": None}}})
    channels = [value["value"] for value in figures("/customers/communication-channels")["values"]]
    assert channels == ["0", "1", "0", "0"]
    clock.turn(60)
    channels = [value["value"] for value in figures("/customers/communication-channels")["values"]]
    assert channels == ["0", "0", "0", "1"]

    api.delete(f"/customers/{customer}")
    assert updates(figures)["DELETED"] == {}
    assert figures("/customers/count")["values"][0]["value"] == 1
    clock.turn(60)
    assert updates(figures) == {"ADDED": {"2024-05-01": 1}, "UPDATED": {}, "DELETED": {"2024-05-01": 1}}
    assert figures("/customers/count")["values"][0]["value"] == 0


def test_a_reset_forgets_what_was_deleted(api: Api, clock: Clock, figures: Figures) -> None:
    api.delete(f"/customers/{api.create(externalId='1')['id']}")
    api.sandbox.reset()
    api.sandbox.configure(clock=clock)
    assert updates(figures) == ZERO
