"""The rows of bulk jobs: what they write, and what is refused."""

from __future__ import annotations

import pytest


def outcomes(rows):
    return [row["status"] for row in rows]


def test_an_upsert_creates_and_updates_customers_by_the_matching_properties(api, jobs):
    known = api.create(externalId="1", base={"firstName": "Ann", "contacts": {"email": "a@b.it"}})
    rows = jobs.run("base.contacts.email,base.lastName\na@b.it,Smith\nb@b.it,Jones\n")
    assert outcomes(rows) == ["UPDATED", "CREATED"]
    assert rows[0]["id"] == known["id"]
    base = api.customer(known)["base"]
    assert (base["firstName"], base["lastName"]) == ("Ann", "Smith")
    assert api.customer(rows[1]["id"])["base"]["lastName"] == "Jones"


def test_an_upsert_updates_whatever_the_uniqueness_policy(api, jobs):
    api.sandbox.configure(uniqueness_policy="BLOCK")
    api.create(base={"contacts": {"email": "a@b.it"}})
    assert outcomes(jobs.run("base.contacts.email,externalId\na@b.it,2\n")) == ["UPDATED"]


def test_an_upsert_with_an_id_changes_that_customer(api, jobs):
    known = api.create(externalId="1")
    rows = jobs.run(f"id,externalId\n{known['id']},2\nunknown,3\n")
    assert outcomes(rows) == ["UPDATED", "FAILED"]
    assert rows[1]["message"] == "customer not found unknown"
    assert api.customer(known)["externalId"] == "2"


def test_an_insert_refuses_what_is_known(api, jobs):
    known = api.create(base={"contacts": {"email": "a@b.it"}})
    rows = jobs.run("base.contacts.email\na@b.it\nb@b.it\n", operation="INSERT")
    assert outcomes(rows) == ["FAILED", "CREATED"]
    assert rows[0]["message"] == f"Conflict with exiting customer {known['id']}"
    assert api.customer(known)["version"] == 1


def test_a_deletion_finds_customers_by_id_matching_properties_or_external_id(api, jobs):
    by_id = api.create(externalId="1")
    by_email = api.create(base={"contacts": {"email": "a@b.it"}})
    by_external_id = api.create(externalId="3")
    content = f"id,base.contacts.email,externalId\n{by_id['id']},,\n,a@b.it,\n,,3\n,,4\n"
    rows = jobs.run(content, operation="DELETE")
    deleted = [by_id["id"], by_email["id"], by_external_id["id"]]
    assert [(row["status"], row["id"]) for row in rows] == [
        *(("DELETED", identity) for identity in deleted),
        ("FAILED", ""),
    ]
    assert [api.get(f"/customers/{identity}").status_code for identity in deleted] == [404, 404, 404]


def test_cells_take_the_types_of_the_schema(api, jobs):
    api.sandbox.configure(extended_schema={"points": {"type": "integer"}, "vip": {"type": "boolean"}})
    content = (
        "externalId,enabled,consents.profiling.online.status,extended.points,extended.vip,"
        "base.address.geo.lat,base.address.geo.lon,tags.manual,base.dob,extra\n"
        '007,FALSE,true,12,True,45.5,9,"[""a"",""b""]",1980-01-02,true\n'
    )
    (row,) = jobs.run(content)
    customer = api.customer(row["id"])
    assert customer["externalId"] == "007"
    assert customer["enabled"] is False
    assert customer["consents"]["profiling"]["online"]["status"] is True
    assert customer["extended"] == {"points": 12, "vip": True}
    assert customer["base"]["address"]["geo"] == {"lat": 45.5, "lon": 9}
    assert customer["tags"]["manual"] == ["a", "b"]
    assert (customer["base"]["dob"], customer["extra"]) == ("1980-01-02", "true")


def test_an_empty_cell_sets_nothing(api, jobs):
    known = api.create(base={"firstName": "Ann", "contacts": {"email": "a@b.it"}})
    jobs.run("base.contacts.email,base.firstName,base.lastName\na@b.it,,Smith\n")
    assert api.customer(known)["base"]["firstName"] == "Ann"


def test_a_row_that_breaks_rules_fails_with_all_its_reasons_and_the_others_go_on(api, jobs):
    job = jobs.upload("externalId,base.dob,consents.profiling.online.status\n1,odd,maybe\n2,,\n")
    first, second = jobs.results(job)
    assert (first["status"], first["id"], second["status"]) == ("FAILED", "", "CREATED")
    assert "/base/dob: " in first["message"]
    assert "/consents/profiling/online/status: " in first["message"]
    found = jobs.get(job)
    counts = (found["processedEntities"], found["failedEntities"], found["totalEntities"])
    assert (found["status"], counts) == ("PROCESSED", (1, 1, 2))
    assert [one["externalId"] for one in api.search()["elements"]] == ["2"]


@pytest.mark.parametrize(
    "content",
    [
        "externalId,base.odd\n1,x\n",
        "externalId,base.firstName\n1\n",
        "nodeId,externalId\nunknown,1\n",
        "id.x,externalId.y\n1,2\n",
        "base\ntext\n",
        "tags.manual,externalId\n[,1\n",
        f"externalId,extra\n1,{'x' * 70_000}\n",
        "base.firstName\n\ud7ff\n,\n",
    ],
)
@pytest.mark.parametrize("operation", ["UPSERT", "INSERT", "DELETE"])
def test_odd_rows_fail_and_harm_nothing(api, jobs, content, operation):
    rows = jobs.run(content, operation=operation)
    assert rows[-1]["status"] == "FAILED"
    assert rows[-1]["message"]


def test_rows_are_in_the_update_stream_and_in_the_consent_log(api, jobs):
    (row,) = jobs.run("externalId,consents.profiling.online.status\n1,true\n")
    (update,) = api.get("/updates").json()["updates"]
    (entry,) = api.get("/consent-logs").json()["elements"]
    assert (update["operation"], update["entity"]["data"]["id"]) == ("CREATE", row["id"])
    assert entry["customerId"] == row["id"]


def test_events_are_inserted_changed_and_deleted(api, jobs):
    customer = api.create(externalId="1")["id"]
    event = {"entity": "EVENT", "eventType": "viewedPage"}
    content = f"customerId,context,date,properties.title\n{customer},WEB,2024-01-02T03:04:05Z,Home\n"
    (made,) = jobs.run(content, operation="INSERT", **event)
    assert made["status"] == "CREATED"
    stored = api.get(f"/events/{made['id']}").json()
    assert (stored["customerId"], stored["type"], stored["properties"]) == (
        customer,
        "viewedPage",
        {"title": "Home"},
    )
    assert stored["date"] == "2024-01-02T03:04:05.000+0000"

    rows = jobs.run(f"id,properties.title\n{made['id']},Cart\n", **event)
    assert outcomes(rows) == ["UPDATED"]
    assert api.get(f"/events/{made['id']}").json()["properties"] == {"title": "Cart"}

    rows = jobs.run(f"id\n{made['id']}\nunknown\n", operation="DELETE", **event)
    assert outcomes(rows) == ["DELETED", "FAILED"]
    assert api.get(f"/events/{made['id']}").status_code == 404


def test_events_find_their_customers_by_external_id(api, jobs):
    customer = api.create(externalId="1")["id"]
    content = "bringBackProperties.type,bringBackProperties.value,context\nEXTERNAL_ID,1,WEB\n"
    (row,) = jobs.run(content, entity="EVENT", eventType="viewedPage")
    assert api.get(f"/events/{row['id']}").json()["customerId"] == customer


def test_numbers_of_events_take_the_types_of_their_schema(api, jobs):
    customer = api.create(externalId="1")["id"]
    content = (
        "customerId,context,contextInfo.store.id,properties.orderId,properties.type,properties.storeCode,"
        "properties.amount.total,properties.products\n"
        f'{customer},RETAIL,s1,007,sale,001,12.5,"[{{""id"":""p"",""sku"":""s"",""name"":""n"",""price"":1}}]"\n'
    )
    (row,) = jobs.run(content, entity="EVENT", eventType="completedOrder")
    properties = api.get(f"/events/{row['id']}").json()["properties"]
    assert (properties["orderId"], properties["amount"]["total"]) == ("007", 12.5)
    assert properties["products"][0]["price"] == 1


@pytest.mark.parametrize("operation", ["UPSERT", "INSERT", "DELETE"])
@pytest.mark.parametrize(
    "content",
    ["customerId,context\nunknown,WEB\n", "context\nWEB\n", "id.x,properties\n1,odd\n", "type\nodd\n"],
)
def test_odd_events_fail(jobs, content, operation):
    (row,) = jobs.run(content, operation=operation, entity="EVENT", eventType="viewedPage")
    assert row["status"] == "FAILED"


def test_the_search_delay_holds_what_a_job_wrote_back(api, jobs, clock):
    api.sandbox.configure(search_delay=30, bulk_job_delay=10)
    jobs.upload("externalId\n1\n")
    clock.turn(30)
    assert api.search()["elements"] == []
    clock.turn(30)
    assert len(api.search()["elements"]) == 1
