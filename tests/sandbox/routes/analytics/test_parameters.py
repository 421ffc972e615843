"""What analytics refuse: all violations of a request together, in the documented shape."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.api import Api

UPDATES = "/analytics/events/updates"


def violations(api: Api, path: str, **query: Any) -> dict[str, str]:
    """The rules that were broken, by parameter."""
    answer = api.get(path, **query)
    assert answer.status_code == 400, answer.text
    assert answer.json().keys() == {"message", "logref", "data", "errors"}
    return {error["path"]: error["code"] for error in answer.json()["errors"]}


def test_all_violations_are_told_together(api: Api) -> None:
    assert violations(api, UPDATES, type="CHANGED", start="yesterday", end="2024-13-01T00:00:00Z") == {
        "type": "enum",
        "start": "date-time",
        "end": "date-time",
    }
    assert violations(
        api, UPDATES, type="added", start="2024-05-01T00:00:00Z", end="2024-04-01T00:00:00Z"
    ) == {
        "type": "enum",
        "start": "range",
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/customers/creation-date", "mode"),
        ("/customers/updates", "type"),
        ("/events/updates", "type"),
        ("/events", "context"),
        ("/events/kpi/purchases", "type"),
    ],
)
def test_a_value_outside_the_enumeration_is_refused(path: str, name: str, api: Api) -> None:
    assert violations(api, f"/analytics{path}", **{name: "odd"}) == {name: "enum"}


@pytest.mark.parametrize(
    "start", ["2024-04-01", "2024-04-01T00:00:00", "1711929600000", "0001-01-01T00:00:00Z"]
)
def test_a_bound_that_is_no_moment_is_refused(start: str, api: Api) -> None:
    assert violations(api, "/analytics/events/kpi/web", start=start) == {"start": "date-time"}


def test_a_start_after_the_end_is_refused_also_if_the_end_is_now(api: Api) -> None:
    assert violations(api, "/analytics/events/kpi/web", start="2024-05-01T12:00:00.001Z") == {
        "start": "range"
    }
    assert api.get("/analytics/events/kpi/web", start="2024-05-01T12:00:00.000Z").status_code == 200


@pytest.mark.parametrize(
    ("path", "query", "first"),
    [
        ("/events", {}, "2023-05-01T12:00:00"),
        ("/customers/creation-date", {"mode": "DAILY"}, "2023-05-01T12:00:00"),
        ("/customers/updates", {"type": "UPDATED"}, "2023-05-01T12:00:00"),
        ("/customers/updates", {"type": "DELETED"}, "2024-04-01T12:00:00"),
        ("/events/updates", {"type": "DELETED"}, "2024-04-01T12:00:00"),
    ],
)
def test_a_range_is_refused_from_a_millisecond_more_than_the_longest(
    path: str, query: dict[str, str], first: str, api: Api
) -> None:
    assert api.get(f"/analytics{path}", start=f"{first}Z", **query).status_code == 200
    earlier = f"{first[:11]}11:59:59.999Z"
    assert violations(api, f"/analytics{path}", start=earlier, **query) == {"start": "range"}


def test_indicators_have_no_longest_range(api: Api) -> None:
    for name in ("purchases", "ecommerce", "web"):
        answer = api.get(
            f"/analytics/events/kpi/{name}", start="0004-01-01T00:00:00Z", end="9990-01-01T00:00:00Z"
        )
        assert answer.status_code == 200


def test_the_parameters_are_checked_before_the_customer_and_the_node_are_looked_up(api: Api) -> None:
    assert violations(api, "/analytics/customers/nobody/events", mode="odd") == {"mode": "enum"}
    assert violations(api, "/analytics/events", context="odd", nodeId="nowhere") == {"context": "enum"}


@pytest.mark.parametrize(
    "path", ["/customers/count", "/customers/communication-channels", "/events/kpi/ecommerce"]
)
def test_an_unknown_node_is_answered_404(path: str, api: Api) -> None:
    answer = api.get(f"/analytics{path}", nodeId="nowhere")
    assert (answer.status_code, answer.json()["message"]) == (404, "node not found nowhere")


@pytest.mark.parametrize("path", ["events", "buying-behaviors"])
def test_an_unknown_customer_is_answered_404(path: str, api: Api) -> None:
    answer = api.get(f"/analytics/customers/nobody/{path}")
    assert (answer.status_code, answer.json()["message"]) == (404, "customer not found nobody")


def test_an_empty_parameter_is_none(api: Api) -> None:
    answer = api.get("/analytics/events", start="", end="", context="", nodeId="")
    assert answer.json()["parameters"] == {
        "context": "ALL",
        "start": "2024-04-01T12:00:00.000+0000",
        "end": "2024-05-01T12:00:00.000+0000",
        "nodeId": None,
    }


def test_a_bound_may_be_in_any_zone(api: Api) -> None:
    effective = api.get("/analytics/events", start="2024-04-30T23:00:00+05:30").json()["parameters"]
    assert effective["start"] == "2024-04-30T17:30:00.000+0000"
