"""Every operation of analytics answers with the status and the shape of the facts, and the client reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from contacthub_orm.reference import enum, models, operations
from tests.sandbox.api import Api

FACTS = {facts["id"]: facts for facts in operations() if facts["group"] == "analytics"}
START, END = datetime(2024, 4, 10, tzinfo=UTC), datetime(2024, 5, 1, tzinfo=UTC)
KINDS: dict[str, type] = {"string": str, "integer": int, "boolean": bool, "object": dict}

each_operation = pytest.mark.parametrize("name", FACTS)


@pytest.fixture
def customer(api: Api) -> str:
    """A customer with an event of each kind that analytics look at."""
    found: str = api.create(base={"contacts": {"email": "ada@example.com"}}, externalId="1")["id"]
    api.patch(f"/customers/{found}", {"externalId": "2"})
    amount = {"total": 12.5, "revenue": 10}
    for context in ("ECOMMERCE", "RETAIL"):
        api.event(type="completedOrder", context=context, customerId=found, properties={"amount": amount})
    api.event(customerId=found, date="2024-04-20T10:00:00Z")
    return found


def arguments(name: str, api: Api, customer: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "start": START,
        "end": END.replace(hour=23),
        "nodeId": api.sandbox.node_id,
        "customerId": customer,
    }
    facts = FACTS[name]
    found = {}
    for one in [*facts["path_params"], *facts["query"]]:
        if one["name"] != "workspaceId":
            found[one["name"]] = values.get(one["name"]) or one["default"]
    return found


def answered(name: str, api: Api, customer: str) -> Any:
    path = FACTS[name]["path"].removeprefix("/workspaces/{workspaceId}")
    values = arguments(name, api, customer)
    query = {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in values.items()
        if f"{{{key}}}" not in path
    }
    answer = api.get(path.format(**values), **query)
    assert answer.status_code == FACTS[name]["success"], answer.text
    return answer.json()


def check_model(model: str, found: dict[str, Any]) -> None:
    fields = models()[model]["fields"]
    assert found.keys() <= fields.keys()
    for key, value in found.items():
        kind, choices = fields[key]["type"], fields[key].get("enum")
        assert value is None or isinstance(value, KINDS.get(kind, list)), (key, value)
        assert choices is None or value in enum(choices.removeprefix("$"))
    for value in found.get("values", []):
        assert value.keys() in ({"datetime", "value"}, {"key", "value"})


@each_operation
def test_an_operation_has_the_status_and_the_shape_of_the_facts(name: str, api: Api, customer: str) -> None:
    response = FACTS[name]["response"]

    found = answered(name, api, customer)

    if "page_of" in response:
        assert found.keys() == {"elements", "page"}
        assert found["elements"]
        assert found["page"].keys() >= models()[response["page"]]["fields"].keys()
        for element in found["elements"]:
            assert element.keys() == models()[response["page_of"]]["fields"].keys()
            check_model(response["page_of"], element)
        return
    fields = response["fields"]
    assert found.keys() == fields.keys()
    if "data" not in fields:
        assert all(isinstance(found[key], KINDS[field["type"]]) for key, field in fields.items())
        return
    assert found["parameters"].keys() == set(fields["parameters"]["fields"])
    if fields["data"]["type"] == "array":
        assert found["data"]
        for element in found["data"]:
            check_model(fields["data"]["items"], element)
    else:
        check_model(fields["data"]["type"], found["data"])


@each_operation
def test_the_client_reads_the_same_and_meets_nothing_unknown(name: str, api: Api, customer: str) -> None:
    expected = answered(name, api, customer)

    found = getattr(api.sandbox.workspace.api.analytics, name)(**arguments(name, api, customer))

    if "page_of" in FACTS[name]["response"]:
        assert [known(element) for element in found] == expected["elements"]
    else:
        assert known(found) == expected


def known(record: Any) -> Any:
    """What a record says, without the fields that did not come."""
    if isinstance(record, list):
        return [known(one) for one in record]
    if not attrs.has(type(record)):
        return record
    assert record.unknown == {}
    values = attrs.asdict(record, recurse=False, filter=lambda field, _: field.name != "unknown")
    return {name: known(value) for name, value in values.items() if value is not None or name == "send"}


def test_each_operation_says_the_default_of_each_parameter(api: Api, customer: str) -> None:
    for facts in FACTS.values():
        path = facts["path"].removeprefix("/workspaces/{workspaceId}").format(customerId=customer)
        effective = api.get(path).json().get("parameters", {})
        for one in facts["query"]:
            if "default" in one:
                assert effective[one["name"]] == one["default"], facts["id"]


@pytest.mark.parametrize(
    ("path", "start"),
    [
        ("/customers/{}/events", "2023-05-01T12:00:00.000+0000"),
        ("/customers/{}/buying-behaviors", "2023-05-01T12:00:00.000+0000"),
        ("/customers/creation-date", "2023-05-01T12:00:00.000+0000"),
        ("/customers/updates", "2024-04-01T12:00:00.000+0000"),
        ("/events/updates", "2024-04-01T12:00:00.000+0000"),
        ("/events", "2024-04-01T12:00:00.000+0000"),
        ("/events/kpi/purchases", "2024-04-01T12:00:00.000+0000"),
        ("/events/kpi/ecommerce", "2024-04-01T12:00:00.000+0000"),
        ("/events/kpi/web", "2024-04-01T12:00:00.000+0000"),
    ],
)
def test_without_a_range_it_is_the_last_year_or_the_last_month(
    path: str, start: str, api: Api, customer: str
) -> None:
    effective = api.get("/analytics" + path.format(customer)).json()["parameters"]

    assert effective["start"] == start
    assert effective["end"] == "2024-05-01T12:00:00.000+0000"


def test_no_figure_is_asked_without_a_token(api: Api, customer: str) -> None:
    del api.headers["Authorization"]
    for facts in FACTS.values():
        path = facts["path"].removeprefix("/workspaces/{workspaceId}").format(customerId=customer)
        assert api.get(path).status_code == 401


def test_the_workspace_is_called_as_its_configuration_says(api: Api) -> None:
    assert api.put("/configuration", {"name": "A shop"}).status_code == 200
    assert api.get("/analytics/workspace").json()["name"] == "A shop"


def test_amounts_have_the_configured_currency(api: Api) -> None:
    assert api.put("/configuration", {"currency": "JPY"}).status_code == 200
    kpis = api.get("/analytics/events/kpi/purchases").json()["data"]
    assert {one["currency"] for one in kpis if one.get("type") == "currency"} <= {"JPY"}
    assert "JPY" in str(kpis)


@pytest.mark.parametrize("path", ["events/kpi/web", "events/updates", "customers/creation-date"])
def test_a_workspace_without_a_time_zone_counts_by_that_of_the_reference(path: str, api: Api) -> None:
    before = api.get(f"/analytics/{path}").json()

    assert api.put("/configuration", {"timezone": None}).json()["timezone"] is None

    assert api.get(f"/analytics/{path}").json() == before
