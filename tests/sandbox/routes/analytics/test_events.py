"""Analytics about events: how many of each type, when, where and whose."""

from __future__ import annotations

from tests.sandbox.api import Api
from tests.sandbox.conftest import Clock
from tests.sandbox.routes.analytics.conftest import Figures, counted


def test_each_type_in_each_context_has_a_series_by_the_date_of_the_events(api: Api, figures: Figures) -> None:
    customer = api.create(externalId="1")["id"]
    for context, date in (("WEB", "2024-04-10"), ("WEB", "2024-04-10"), ("MOBILE", "2024-04-12")):
        api.event(customerId=customer, context=context, date=f"{date}T10:00:00Z")
    api.event(customerId=customer, type="loggedIn", date="2024-04-11T10:00:00Z")

    series = figures("/events")

    assert [(one["category"], one["context"], counted(one)) for one in series] == [
        ("loggedIn", "WEB", {"2024-04-11": 1}),
        ("viewedPage", "MOBILE", {"2024-04-12": 1}),
        ("viewedPage", "WEB", {"2024-04-10": 2}),
    ]
    assert {len(one["values"]) for one in series} == {31}
    assert [one["context"] for one in figures("/events", context="MOBILE")] == ["MOBILE"]


def test_an_event_without_a_customer_counts(api: Api, figures: Figures) -> None:
    api.event(bringBackProperties={"type": "SESSION_ID", "value": "s"})
    assert counted(figures("/events")[0]) == {"2024-05-01": 1}


def test_added_events_count_on_the_day_that_they_arrived(api: Api, clock: Clock, figures: Figures) -> None:
    customer = api.create(externalId="1")["id"]
    event = api.event(customerId=customer, date="2021-01-01T10:00:00Z")
    clock.turn(86_400)
    api.patch(f"/events/{event}", {"properties": {"title": "x"}})

    (added,) = figures("/events/updates")
    (updated,) = figures("/events/updates", type="UPDATED")
    assert (added["category"], counted(added)) == ("viewedPage", {"2024-05-01": 1})
    assert (updated["category"], counted(updated)) == ("viewedPage", {"2024-05-02": 1})
    assert figures("/events/updates", type="DELETED") == []


def test_an_event_counts_once_its_delay_is_over_and_once_only(
    api: Api, clock: Clock, figures: Figures
) -> None:
    customer = api.create(externalId="1")["id"]
    api.sandbox.configure(search_delay=60)
    event = api.event(customerId=customer)
    assert figures("/events") == []
    clock.turn(60)
    assert counted(figures("/events")[0]) == {"2024-05-01": 1}
    api.patch(f"/events/{event}", {"properties": {"title": "x"}})
    assert counted(figures("/events")[0]) == {"2024-05-01": 1}
    clock.turn(60)
    assert counted(figures("/events")[0]) == {"2024-05-01": 1}


def test_a_customers_events_are_counted_by_type_as_strings(api: Api, figures: Figures) -> None:
    ada, bob = (api.create(externalId=name)["id"] for name in ("ada", "bob"))
    api.event(customerId=ada, date="2024-04-10T10:00:00Z")
    api.event(customerId=ada, context="MOBILE", date="2024-04-11T10:00:00Z")
    api.event(customerId=ada, type="loggedIn", date="2023-04-11T10:00:00Z")
    api.event(customerId=bob)

    (series,) = figures(f"/customers/{ada}/events", mode="MONTHLY")

    assert series["category"] == "viewedPage"
    assert series["values"][-2:] == [
        {"datetime": "2024-04-01", "value": "2"},
        {"datetime": "2024-05-01", "value": "0"},
    ]
    assert len(series["values"]) == 13


def test_the_day_on_which_the_clocks_change_has_its_own_length(api: Api, figures: Figures) -> None:
    customer = api.create(externalId="1")["id"]
    for moment in ("30T22:59:59", "30T23:00:00", "31T21:59:59", "31T22:00:00"):
        api.event(customerId=customer, date=f"2024-03-{moment}Z")

    (series,) = figures("/events", start="2024-03-01T00:00:00Z")

    assert counted(series) == {"2024-03-30": 1, "2024-03-31": 2, "2024-04-01": 1}
