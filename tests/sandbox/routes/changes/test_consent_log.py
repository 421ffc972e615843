"""The consent log: GET consent-logs and consent-logs/{id}."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.api import Api

SMS = "consents.marketing.automatic.sms"


def log(api: Api, **query: Any) -> list[dict[str, Any]]:
    answer = api.get("/consent-logs", **{"sort": "id,asc", **query})
    assert answer.status_code == 200, answer.text
    return answer.json()["elements"]


def said(entries: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(entry["type"], entry.get("property"), entry.get("value")) for entry in entries]


def sms(**values: Any) -> dict[str, Any]:
    return {"marketing": {"automatic": {"sms": values}}}


def test_the_consents_of_a_new_customer_are_logged(api, clock):
    customer = api.create(externalId="1", consents=sms(status=True))
    (entry,) = log(api)
    assert entry == {
        "id": entry["id"],
        "customerId": customer["id"],
        "date": "2024-05-01T12:00:00.000+0000",
        "type": "CONSENT_CHANGED",
        "property": f"{SMS}.status",
        "value": "true",
        "sourceId": customer["sourceInfo"]["registeredBy"],
    }
    assert type(entry["id"]) is int


def test_each_kind_of_consent_has_its_type(api):
    consents = sms(status=True, limitation=False, objection=True)
    disclaimer = {"date": "2024-05-01T10:00:00Z", "version": "v1"}
    api.create(externalId="1", consents={"disclaimer": disclaimer, **consents})
    assert sorted(said(log(api))) == [
        ("CONSENT_CHANGED", f"{SMS}.status", "true"),
        ("CONSENT_OBJECTED", f"{SMS}.objection", "true"),
        ("CONSENT_RESTRICTED", f"{SMS}.limitation", "false"),
        ("DISCLAIMER_READ", "consents.disclaimer.date", "2024-05-01T10:00:00.000+0000"),
        ("DISCLAIMER_READ", "consents.disclaimer.version", "v1"),
    ]


def test_only_what_changes_is_logged_and_a_removal_has_no_value(api):
    path = f"/customers/{api.create(externalId='1', consents=sms(status=True, objection=True))['id']}"
    before = len(log(api))
    api.patch(path, {"consents": sms(status=False)})
    api.patch(path, {"consents": sms(status=False)})
    api.patch(path, {"externalId": "2"})
    api.patch(path, {"consents": sms(status=None)})
    assert said(log(api)[before:]) == [
        ("CONSENT_CHANGED", f"{SMS}.status", "false"),
        ("CONSENT_CHANGED", f"{SMS}.status", None),
    ]


def test_a_merge_and_a_replacement_are_logged(api):
    base = {"contacts": {"email": "a@b.it"}}
    customer = api.create(base=base, consents=sms(status=True))
    api.create(base=base, consents=sms(status=False))
    api.put(f"/customers/{customer['id']}", {"nodeId": api.sandbox.node_id, "base": base})
    assert [entry.get("value") for entry in log(api)] == ["true", "false", None]


def test_a_refused_write_logs_nothing(api):
    answer = api.post("/customers", {"nodeId": api.sandbox.node_id, "consents": sms(status=True), "base": 1})
    assert (answer.status_code, log(api)) == (400, [])


def test_export_and_forget_are_logged_and_the_log_outlives_the_customer(api):
    customer = api.create(externalId="1", consents=sms(status=True))["id"]
    api.get(f"/customers/{customer}/export")
    api.post(f"/customers/{customer}/forget", None)
    assert said(log(api, customerId=customer)) == [
        ("CONSENT_CHANGED", f"{SMS}.status", "true"),
        ("DATA_PORTABILITY_REQUESTED", None, None),
        ("FORCED_DELETE", None, None),
    ]


def test_one_entry_is_read_by_its_id(api):
    api.create(externalId="1", consents=sms(status=True))
    (entry,) = log(api)
    assert api.get(f"/consent-logs/{entry['id']}").json() == entry


@pytest.mark.parametrize("identity", ["7", "odd", "9" * 30, "\u0663"])
def test_an_unknown_entry_is_not_found(api, identity):
    answer = api.get(f"/consent-logs/{identity}")
    assert (answer.status_code, answer.json()["message"]) == (404, f"consent log not found {identity}")


def test_entries_are_filtered_by_customer_type_and_property(api):
    ann = api.create(externalId="1", consents=sms(status=True, objection=True))["id"]
    bea = api.create(externalId="2", consents={"profiling": {"online": {"status": True}}})["id"]
    assert len(log(api, customerId=ann)) == 2
    assert said(log(api, type="CONSENT_OBJECTED")) == [("CONSENT_OBJECTED", f"{SMS}.objection", "true")]
    for path in ("consents.profiling", "$.consents.profiling.online.status", "profiling.online"):
        assert [entry["customerId"] for entry in log(api, property=path)] == [bea]
    assert len(log(api, property="consents")) == 3
    assert log(api, property="consents.prof") == []
    assert log(api, customerId="unknown") == []


def test_entries_are_found_by_the_matching_properties(api):
    ann = api.create(base={"contacts": {"email": "a@b.it"}}, consents=sms(status=True))["id"]
    api.create(base={"contacts": {"email": "b@b.it"}}, consents=sms(status=True))
    for key in ({"base": {"contacts": {"email": "A@b.it"}}}, {"base.contacts.email": "a@b.it"}):
        assert [entry["customerId"] for entry in log(api, uniqueKey=json.dumps(key))] == [ann]
    assert log(api, uniqueKey='{"base.contacts.email": "c@b.it"}') == []


def test_days_are_inclusive(api, clock):
    path = f"/customers/{api.create(externalId='1', consents=sms(status=True))['id']}"
    clock.turn(24 * 60 * 60)
    api.patch(path, {"consents": sms(status=False)})
    values = lambda **query: [entry["value"] for entry in log(api, **query)]  # noqa: E731
    assert values(endDate="2024-05-01") == ["true"]
    assert values(startDate="2024-05-02") == ["false"]
    assert values(startDate="2024-05-01", endDate="2024-05-02") == ["true", "false"]
    assert values(endDate="2024-05-01T12:00:00.000+0000") == ["true"]
    assert values(endDate="2024-05-01T11:59:59Z") == []


def test_nodes_limit_the_log(api):
    api.create(externalId="1", consents=sms(status=True))
    assert len(log(api, nodes=f"{api.sandbox.node_id},{api.sandbox.node_id}")) == 1
    assert api.get("/consent-logs", nodes="unknown").status_code == 404


def test_the_newest_entry_comes_first_unless_told_otherwise(api, clock):
    path = f"/customers/{api.create(externalId='1', consents=sms(status=True))['id']}"
    clock.turn(1)
    api.patch(path, {"consents": sms(status=False)})
    newest_first = api.get("/consent-logs").json()["elements"]
    assert [entry["value"] for entry in newest_first] == ["false", "true"]
    assert [entry["value"] for entry in log(api, sort="date,asc")] == ["true", "false"]


def test_pages_can_be_asked_for(api):
    api.create(externalId="1", consents=sms(status=True, limitation=True, objection=True))
    answer = api.get("/consent-logs", sort="id,asc", size=2, page=1).json()
    assert answer["page"] == {"size": 2, "totalElements": 3, "totalPages": 2, "number": 1}
    assert answer["elements"] == log(api)[2:]


def test_all_that_is_wrong_with_the_parameters_is_said_at_once(api):
    answer = api.get("/consent-logs", startDate="soon", endDate="2024-13-01", type="odd", uniqueKey="[")
    assert answer.status_code == 400
    assert {error["path"] for error in answer.json()["errors"]} == {
        "startDate",
        "endDate",
        "type",
        "uniqueKey",
    }


def test_a_key_that_lacks_a_matching_property_is_refused(api):
    for key in ("{}", '{"base": 1, "base.contacts": 2}'):
        (error,) = api.get("/consent-logs", uniqueKey=key).json()["errors"]
        assert error["message"] == "uniqueKey lacks base.contacts.email"


def test_an_unknown_sort_is_refused(api):
    assert api.get("/consent-logs", sort="value").status_code == 400
