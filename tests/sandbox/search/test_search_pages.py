"""GET customers: pages, order, fields, the cap, and the delay of the index."""

from __future__ import annotations

import json

import pytest


def seed(api, count, **fields):
    return api.sandbox.seed(
        {
            "id": f"{n:04}",
            "externalId": str(n % 3),
            "registeredAt": f"2020-01-01T00:{n // 60:02}:{n % 60:02}Z",
            **fields,
        }
        for n in range(count)
    )


def ids(answer):
    return [customer["id"] for customer in answer["elements"]]


def named(name):
    condition = {"type": "atomic", "attribute": "base.firstName", "operator": "EQUALS", "value": name}
    return json.dumps({"query": {"type": "simple", "are": {"condition": condition}}})


def registered(first, last):
    conditions = [
        {"type": "atomic", "attribute": "registeredAt", "operator": "GTE", "value": first},
        {"type": "atomic", "attribute": "registeredAt", "operator": "LT", "value": last},
    ]
    composite = {"type": "composite", "conjunction": "and", "conditions": conditions}
    return json.dumps({"query": {"type": "simple", "are": {"condition": composite}}})


def test_an_empty_node_gives_an_empty_page(api):
    assert api.search() == {
        "elements": [],
        "page": {
            "size": 10, "totalElements": 0, "totalUnfilteredElements": 0, "totalPages": 0, "number": 0,
            "maxElements": 10_000, "maxPages": 1000,
        },
    }  # fmt: skip


def test_pages_count_from_zero_and_follow_one_another(api):
    expected = seed(api, 25)
    pages = [api.search(sort="registeredAt,asc", page=number) for number in range(3)]
    assert [identifier for page in pages for identifier in ids(page)] == expected
    assert [page["page"]["number"] for page in pages] == [0, 1, 2]
    assert pages[0]["page"]["totalPages"] == 3
    assert pages[0]["page"]["totalElements"] == 25


def test_a_page_after_the_last_is_empty_and_echoes_its_number(api):
    seed(api, 3)
    answer = api.search(page=1)
    assert (answer["elements"], answer["page"]["number"]) == ([], 1)


def test_the_size_is_at_most_fifty(api):
    seed(api, 60)
    assert len(api.search(size=50)["elements"]) == 50
    assert api.get("/customers", nodeId=api.sandbox.node_id, size=51).status_code == 400


def test_a_size_of_zero_gives_only_the_totals(api):
    seed(api, 3)
    answer = api.search(size=0)
    assert (answer["elements"], answer["page"]["totalElements"], answer["page"]["totalPages"]) == ([], 3, 0)


@pytest.mark.parametrize(
    "query", [{"page": "-1"}, {"page": "x"}, {"size": "1.5"}, {"sort": "id,up"}, {"sort": ",asc"}]
)
def test_a_malformed_page_or_sort_is_answered_400(api, query):
    answer = api.get("/customers", nodeId=api.sandbox.node_id, **query)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, next(iter(query)))


def test_a_search_without_node_is_answered_400(api):
    assert api.get("/customers").status_code == 400


def test_an_unknown_node_is_answered_404(api):
    answer = api.get("/customers", nodeId="other")
    assert (answer.status_code, answer.json()["message"]) == (404, "node not found other")


def test_the_latest_change_comes_first(api, clock):
    first, second = api.create(externalId="1"), api.create(externalId="2")
    clock.turn(1)
    api.patch(f"/customers/{first['id']}", {"extra": "x"})
    assert ids(api.search()) == [first["id"], second["id"]]


def test_external_id_is_an_exact_filter(api):
    seed(api, 7)
    answer = api.search(externalId="1", sort="id,asc")
    assert ids(answer) == ["0001", "0004"]
    assert answer["page"]["totalUnfilteredElements"] == 7
    assert api.search(externalId="x")["elements"] == []


@pytest.mark.parametrize("sort", ["base.lastName", "externalId", "base.contacts.email"])
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_customers_without_the_value_come_last_in_either_direction(api, sort, direction):
    api.sandbox.seed([{"id": "none"}, *(
        {"id": name, "externalId": name, "base": {"lastName": name, "contacts": {"email": f"{name}@x.it"}}}
        for name in ("a", "c", "b")
    )])  # fmt: skip
    expected = ["a", "b", "c"] if direction == "asc" else ["c", "b", "a"]
    assert ids(api.search(sort=f"{sort},{direction}")) == [*expected, "none"]


def test_sorting_without_a_direction_ascends(api):
    api.sandbox.seed({"id": name, "base": {"lastName": name}} for name in "bca")
    assert ids(api.search(sort="base.lastName")) == ["a", "b", "c"]


def test_equal_values_follow_one_another_by_id(api):
    api.sandbox.seed({"id": name, "externalId": "x", "base": {"lastName": "x"}} for name in "bca")
    for sort in ("externalId", "base.lastName"):
        assert ids(api.search(sort=f"{sort},asc")) == ["a", "b", "c"]
        assert ids(api.search(sort=f"{sort},desc")) == ["c", "b", "a"]


def test_pages_of_a_query_without_an_index_follow_one_another(api):
    expected = seed(api, 25, base={"firstName": "x"})
    pages = [api.search(query=named("x"), sort="registeredAt,asc", page=number) for number in range(3)]
    assert [identifier for page in pages for identifier in ids(page)] == expected


def test_a_write_is_seen_by_the_next_page(api):
    [first, *_] = seed(api, 3, base={"firstName": "x"})
    assert api.search(query=named("x"))["page"]["totalElements"] == 3
    api.patch(f"/customers/{first}", {"base": {"firstName": "y"}})
    assert api.search(query=named("x"))["page"]["totalElements"] == 2


@pytest.mark.parametrize("query", [None, "x"])
@pytest.mark.parametrize("sort", ["registeredAt,asc", "base.firstName"])
def test_nothing_is_found_beyond_the_cap(api, query, sort):
    api.sandbox.configure(page_cap=25)
    expected = seed(api, 40, base={"firstName": "x"})
    query = {"sort": sort} | ({"query": named(query)} if query else {})
    pages = [api.search(page=number, **query) for number in range(4)]
    assert [identifier for page in pages for identifier in ids(page)] == expected[:25]
    assert {page["page"]["totalElements"] for page in pages} == {25}
    assert (pages[0]["page"]["maxElements"], pages[0]["page"]["maxPages"]) == (25, 3)


def test_a_window_of_registration_is_half_open(api):
    seed(api, 30)
    answer = api.search(
        query=registered("2020-01-01T00:00:05Z", "2020-01-01T00:00:08Z"), sort="registeredAt,asc"
    )
    assert ids(answer) == ["0005", "0006", "0007"]


def test_fields_leave_the_other_keys_without_a_value(api):
    api.create(
        externalId="1",
        base={"firstName": "B", "lastName": "W", "likes": [{"id": "1"}]},
        extended={"a": 1, "b": 2},
    )
    [customer] = api.search(fields="base.firstName,extended.a")["elements"]
    assert customer["id"] is not None
    assert (customer["base"]["firstName"], customer["base"]["lastName"], customer["base"]["likes"]) == (
        "B",
        None,
        [],
    )
    assert (customer["externalId"], customer["version"], customer["extended"]) == (None, None, {"a": 1})


def test_fields_of_an_unset_object_are_null(api):
    api.create(externalId="1")
    [customer] = api.search(fields="base.contacts.email,tags")["elements"]
    assert (customer["base"]["contacts"]["email"], customer["tags"]) == (None, None)


def test_a_search_sees_the_old_version_until_the_delay_is_over(api, clock):
    api.sandbox.configure(search_delay=30)
    customer = api.create(externalId="1", extra="old")
    assert api.search()["elements"] == []
    assert api.customer(customer)["extra"] == "old"
    clock.turn(30)
    assert [found["extra"] for found in api.search()["elements"]] == ["old"]
    api.patch(f"/customers/{customer['id']}", {"extra": "new"})
    assert [found["extra"] for found in api.search()["elements"]] == ["old"]
    assert api.customer(customer)["extra"] == "new"
    clock.turn(30)
    assert [found["extra"] for found in api.search()["elements"]] == ["new"]


def test_each_version_has_its_own_delay(api, clock):
    api.sandbox.configure(search_delay=30)
    customer = api.create(externalId="1", extra="a")
    clock.turn(20)
    api.patch(f"/customers/{customer['id']}", {"extra": "b"})
    clock.turn(20)
    assert [found["extra"] for found in api.search()["elements"]] == ["a"]
    clock.turn(20)
    assert [found["extra"] for found in api.search()["elements"]] == ["b"]


def test_a_deleted_customer_is_found_until_the_delay_is_over(api, clock):
    api.sandbox.seed([{"id": "1"}])
    api.sandbox.configure(search_delay=30)
    api.delete("/customers/1")
    assert ids(api.search()) == ["1"]
    assert api.get("/customers/1").status_code == 404
    clock.turn(30)
    assert ids(api.search()) == []


def test_writes_after_the_delay_was_switched_off_are_seen_at_once(api, clock):
    api.sandbox.configure(search_delay=30)
    customer = api.create(externalId="1", extra="a")
    api.sandbox.configure(search_delay=0)
    api.patch(f"/customers/{customer['id']}", {"extra": "b"})
    assert [found["extra"] for found in api.search()["elements"]] == ["b"]


def test_a_customer_is_matched_before_searches_see_it(api, clock):
    api.sandbox.configure(search_delay=30)
    body = {"base": {"contacts": {"email": "a@b.it"}}}
    assert api.create(**body)["id"] == api.create(**body)["id"]


def test_a_query_without_an_index_follows_the_delay(api, clock):
    api.sandbox.configure(search_delay=30)
    api.create(base={"firstName": "x"})
    assert api.search(query=named("x"))["elements"] == []
    clock.turn(30)
    assert len(api.search(query=named("x"))["elements"]) == 1
