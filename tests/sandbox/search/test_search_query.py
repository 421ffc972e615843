"""The `query` parameter of GET customers."""

from __future__ import annotations

import json

import pytest

CUSTOMERS = [
    {
        "id": "b",
        "externalId": "bruce",
        "base": {
            "firstName": "Bruce",
            "lastName": "Wayne",
            "dob": "1990-12-12",
            "contacts": {"email": "bruce@wayne.com"},
            "jobs": [
                {"id": "1", "companyName": "Wayne", "startDate": "2010-01-01"},
                {"id": "2", "companyName": "JLA"},
            ],
        },
        "extended": {
            "points": 10,
            "vip": True,
            "since": "2020-01-01T10:00:00+01:00",
            "code": "7",
            "sizes": [1, 2],
        },
        "tags": {"manual": ["rich", "night"]},
        "registeredAt": "2020-01-01T00:00:00Z",
    },
    {
        "id": "c",
        "externalId": "clark",
        "base": {"firstName": "clark", "dob": "1985-06-01", "contacts": {"phone": "1"}},
        "extended": {"points": 20.5, "vip": False, "since": "2021-01-01", "code": 7},
        "tags": {"auto": ["day"]},
        "registeredAt": "2020-02-01T00:00:00Z",
    },
    {"id": "d", "externalId": "diana", "extended": {"points": 0}, "registeredAt": "2020-03-01T00:00:00.500Z"},
    {"id": "e", "base": {"firstName": ""}, "enabled": False, "registeredAt": "2020-04-01T00:00:00Z"},
]
ALL = "bcde"


def atomic(attribute, operator, *value):
    condition = {"type": "atomic", "attribute": attribute, "operator": operator}
    return condition | ({"value": value[0]} if value else {})


def composite(conjunction, *conditions):
    return {"type": "composite", "conjunction": conjunction, "conditions": list(conditions)}


def simple(condition, **more):
    return {"type": "simple", "are": {"condition": condition}, **more}


def combined(conjunction, *queries):
    return {"type": "combined", "conjunction": conjunction, "queries": list(queries)}


@pytest.fixture
def found(api):
    """The ids that a query finds, in alphabetical order."""
    api.sandbox.seed(CUSTOMERS)

    def search(query):
        answer = api.search(query=json.dumps({"name": "", "query": query}), sort="id,asc")
        assert answer["page"]["totalElements"] == len(answer["elements"])
        return "".join(customer["id"] for customer in answer["elements"])

    return search


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (atomic("base.firstName", "EQUALS", "Bruce"), "b"),
        (atomic("base.firstName", "EQUALS", "bruce"), ""),
        (atomic("base.firstName", "EQUALS", ""), "e"),
        (atomic("base.firstName", "NOT_EQUALS", "Bruce"), "cde"),
        (atomic("base.firstName", "GT", "Bruce"), "c"),
        (atomic("base.firstName", "LTE", "Bruce"), "be"),
        (atomic("base.firstName", "IS_NULL"), "d"),
        (atomic("base.firstName", "IS_NOT_NULL"), "bce"),
        (atomic("base.firstName", "IN", ["Bruce", "clark"]), "bc"),
        (atomic("base.firstName", "NOT_IN", ["Bruce", "clark"]), "de"),
        (atomic("base.firstName", "IN", []), ""),
        (atomic("base.firstName", "NOT_IN", []), ALL),
        (atomic("base.firstName", "BETWEEN", ["A", "Bruce"]), "b"),
        (atomic("unknown.path", "IS_NULL"), ALL),
        (atomic("unknown.path", "EQUALS", "x"), ""),
    ],
)
def test_text_is_compared_by_code_point(found, condition, ids):
    assert found(simple(condition)) == ids


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (atomic("extended.points", "EQUALS", 10), "b"),
        (atomic("extended.points", "EQUALS", 0), "d"),
        (atomic("extended.points", "EQUALS", "10"), ""),
        (atomic("extended.points", "NOT_EQUALS", "10"), ALL),
        (atomic("extended.points", "GT", 0), "bc"),
        (atomic("extended.points", "GT", "0"), ""),
        (atomic("extended.points", "LTE", "0"), "bcd"),
        (atomic("extended.points", "GT", True), "bcd"),
        (atomic("extended.code", "GT", 1000), "b"),
        (atomic("extended.code", "BETWEEN", [7, "6"]), "c"),
        (atomic("extended.points", "LT", 10.5), "bd"),
        (atomic("extended.points", "BETWEEN", [10, 20.5]), "bc"),
        (atomic("extended.code", "EQUALS", 7), "c"),
        (atomic("extended.vip", "EQUALS", True), "b"),
        (atomic("extended.vip", "EQUALS", False), "c"),
        (atomic("extended.vip", "EQUALS", 1), ""),
        (atomic("extended.vip", "GTE", False), "bc"),
        (atomic("extended.vip", "GT", False), "b"),
        (atomic("extended.vip", "LT", 0), "bc"),
        (atomic("base.firstName", "GT", 0), "bce"),
        (atomic("enabled", "EQUALS", False), "e"),
        (atomic("version", "EQUALS", 1), ALL),
    ],
)
def test_values_of_different_kinds_are_never_equal_and_ordered_by_kind(found, condition, ids):
    assert found(simple(condition)) == ids


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (atomic("base.dob", "EQUALS", "1990-12-12"), "b"),
        (atomic("base.dob", "EQUALS", "1990-12-12T00:00:00Z"), "b"),
        (atomic("base.dob", "LT", "1990-12-12T00:00:00.001+0000"), "bc"),
        (atomic("base.dob", "GT", "1990-12-12T01:00:00+01:00"), ""),
        (atomic("base.dob", "BETWEEN", ["1985-06-01", "1990-12-12"]), "bc"),
        (atomic("base.dob", "EQUALS", "once"), ""),
        (atomic("base.dob", "NOT_EQUALS", "1990-12-12"), "cde"),
        (atomic("registeredAt", "EQUALS", "2020-02-01"), "c"),
        (atomic("registeredAt", "GTE", "2020-03-01T00:00:00.500+0000"), "de"),
        (atomic("registeredAt", "GT", "2020-03-01T00:00:00.500Z"), "e"),
        (atomic("registeredAt", "LT", "2020-02-01T01:00:00+01:00"), "b"),
        (atomic("registeredAt", "GTE", 1580515200000), "cde"),
        (atomic("registeredAt", "GTE", "soon"), ""),
        (atomic("registeredAt", "LT", "soon"), ALL),
        (atomic("registeredAt", "GT", True), ALL),
        (atomic("registeredAt", "BETWEEN", [False, "2020-02-01T00:00:00"]), "bc"),
        (atomic("registeredAt", "IN", ["2020-01-01", "2020-04-01T00:00:00Z"]), "be"),
        (atomic("registeredAt", "BETWEEN", ["2020-01-01", "2020-02-01"]), "bc"),
        (atomic("registeredAt", "IS_NULL"), ""),
        (atomic("extended.since", "EQUALS", "2020-01-01T09:00:00Z"), "b"),
        (atomic("extended.since", "GT", "2020-06-01"), "c"),
        (atomic("extended.since", "IN", ["2020-01-01T09:00:00Z", "then"]), "b"),
        (atomic("extended.since", "BETWEEN", ["1", "2020-01-01T10:00:00.000+01:00"]), "b"),
        (atomic("base.jobs.startDate", "LTE", "2010-01-01T00:00:00Z"), "b"),
    ],
)
def test_dates_are_compared_by_the_instant_they_stand_for(found, condition, ids):
    assert found(simple(condition)) == ids


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (atomic("id", "EQUALS", "b"), "b"),
        (atomic("id", "IN", ["b", "d", 5]), "bd"),
        (atomic("id", "NOT_EQUALS", "b"), "cde"),
        (atomic("externalId", "EQUALS", "clark"), "c"),
        (atomic("externalId", "EQUALS", 5), ""),
        (atomic("externalId", "NOT_EQUALS", 5), ALL),
        (atomic("externalId", "NOT_EQUALS", "clark"), "bde"),
        (atomic("externalId", "NOT_IN", ["clark", "bruce"]), "de"),
        (atomic("externalId", "IS_NULL"), "e"),
        (atomic("externalId", "GT", "c"), "cd"),
        (atomic("externalId", "LT", 5), ""),
        (atomic("externalId", "GT", 5), "bcd"),
        (atomic("externalId", "BETWEEN", [True, "bruce"]), "b"),
        (atomic("externalId", "BETWEEN", ["bruce", "clark"]), "bc"),
        (atomic("base.contacts.email", "EQUALS", "bruce@wayne.com"), "b"),
        (atomic("base.contacts.email", "EQUALS", "BRUCE@wayne.com"), ""),
        (atomic("base.contacts.email", "IS_NULL"), "cde"),
        (atomic("base.contacts.email", "IS_NOT_NULL"), "b"),
    ],
)
def test_indexed_attributes_follow_the_same_rules(found, condition, ids):
    assert found(simple(condition)) == ids


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (atomic("tags.manual", "IN", "rich"), "b"),
        (atomic("tags.manual", "IN", ["rich", "poor"]), "b"),
        (atomic("tags.manual", "NOT_IN", "rich"), "cde"),
        (atomic("tags.manual", "EQUALS", "night"), "b"),
        (atomic("tags.manual", "IS_NULL"), "cde"),
        (atomic("tags.manual", "IS_NOT_NULL"), "b"),
        (atomic("base.jobs.companyName", "EQUALS", "JLA"), "b"),
        (atomic("base.jobs.companyName", "NOT_EQUALS", "JLA"), "cde"),
        (atomic("base.jobs.id", "IS_NULL"), "cde"),
        (atomic("extended.sizes", "GTE", 2), "b"),
        (atomic("base.firstName", "IN", "Bruce"), "b"),
        (atomic("base.firstName", "IN", "ruc"), ""),
    ],
)
def test_a_list_attribute_stands_for_each_of_its_elements(found, condition, ids):
    assert found(simple(condition)) == ids


@pytest.mark.parametrize(
    ("attribute", "ids"),
    [("base", "d"), ("base.contacts", "de"), ("tags", "de"), ("extended", "e"), ("consents", ALL)],
)
def test_an_object_is_null_when_nothing_in_it_is_set(found, attribute, ids):
    assert found(simple(atomic(attribute, "IS_NULL"))) == ids
    assert sorted(found(simple(atomic(attribute, "IS_NOT_NULL"))) + ids) == list(ALL)


def test_an_object_of_nulls_is_null(api):
    api.create(base={})
    query = {"query": simple(atomic("base", "IS_NULL"))}
    assert api.search(query=json.dumps(query))["page"]["totalElements"] == 1


FIRST, LAST = atomic("base.firstName", "IS_NOT_NULL"), atomic("registeredAt", "GTE", "2020-02-01")
ID = atomic("id", "IN", ["b", "c"])


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (simple(composite("and", FIRST, LAST)), "ce"),
        (
            simple(composite("or", atomic("id", "EQUALS", "d"), atomic("base.firstName", "EQUALS", "Bruce"))),
            "bd",
        ),
        (simple(composite("and", LAST, composite("or", ID, atomic("externalId", "IS_NULL")))), "ce"),
        (simple(composite("and", FIRST)), "bce"),
        (combined("INTERSECT", simple(FIRST), simple(LAST)), "ce"),
        (combined("UNION", simple(ID), simple(atomic("base.firstName", "EQUALS", ""))), "bce"),
        (combined("UNION", simple(ID)), "bc"),
        (combined("EXCEPT", simple(FIRST), simple(LAST)), "b"),
        (combined("EXCEPT", simple(LAST), simple(FIRST)), "d"),
        (combined("EXCEPT", simple(LAST), simple(ID), simple(atomic("id", "EQUALS", "e"))), "d"),
        (combined("EXCEPT", simple(LAST), combined("UNION", simple(ID), simple(FIRST))), "d"),
        (combined("INTERSECT", simple(LAST), combined("EXCEPT", simple(LAST), simple(ID))), "de"),
    ],
)
def test_conditions_and_queries_combine(found, query, ids):
    assert found(query) == ids


@pytest.fixture
def orders(api):
    """Bruce bought twice, Clark once, Diana looked."""
    order = {"type": "completedOrder", "context": "ECOMMERCE"}
    products = [{"id": "p", "type": "sale", "price": 1, "quantity": 1}]
    api.sandbox.seed_events(
        [
            order | {"customerId": "b", "date": "2024-01-05T00:00:00Z", "properties": {"orderId": "1", "type": "sale", "products": products}},
            order | {"customerId": "c", "date": "2023-01-05T00:00:00Z", "properties": {"orderId": "2", "type": "sale", "products": products}},
            {"type": "viewedPage", "context": "WEB", "customerId": "d", "date": "2024-01-05T00:00:00Z", "properties": {}},
        ]
    )  # fmt: skip


def bought(condition, timeframe):
    return {"event": {"name": "completedOrder"}, "condition": condition, "timeframe": timeframe}


ANY_ORDER = atomic("properties.orderId", "IS_NOT_NULL")
THIS_YEAR = atomic("date", "BETWEEN", ["2024-01-01T00:00:00Z", "2024-12-31T23:59:59Z"])
EVER = atomic("date", "IS_NOT_NULL")


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"type": "simple", "did": bought(ANY_ORDER, EVER)}, "bc"),
        ({"type": "simple", "did": bought(ANY_ORDER, THIS_YEAR)}, "b"),
        ({"type": "simple", "did": bought(atomic("properties.orderId", "EQUALS", "2"), EVER)}, "c"),
        (simple(atomic("id", "EQUALS", "c"), did=bought(ANY_ORDER, EVER)), "c"),
        (simple(atomic("id", "EQUALS", "d"), did=bought(ANY_ORDER, EVER)), ""),
        (
            combined(
                "EXCEPT",
                simple(atomic("id", "IS_NOT_NULL")),
                {"type": "simple", "did": bought(ANY_ORDER, EVER)},
            ),
            "de",
        ),
    ],
)
def test_conditions_on_events_hold_for_customers_with_such_an_event(found, orders, query, ids):
    assert found(query) == ids


def test_inner_names_and_missing_container_names_are_accepted(api):
    query = {"query": combined("UNION", simple(ID) | {"name": "query"}) | {"name": "x"}}
    assert api.search(query=json.dumps(query))["elements"] == []


@pytest.mark.parametrize(
    "query",
    [
        "not json",
        "[]",
        "{}",
        simple(FIRST) | {"are": {}},
        simple(FIRST) | {"other": 1},
        simple(FIRST | {"other": 1}),
        {"type": "simple"},
        {"type": "odd"},
        combined("AND", simple(FIRST)),
        combined("UNION"),
        simple(composite("AND", FIRST)),
        simple(composite("and")),
        simple(atomic("id", "LIKE", "x")),
        simple(atomic("id", "EQUALS")),
        simple(atomic("id", "EQUALS", None)),
        simple(atomic("id", "EQUALS", ["x"])),
        simple(atomic("id", "EQUALS", {"x": 1})),
        simple(atomic("id", "IN", [None])),
        simple(atomic("id", "BETWEEN", ["x"])),
        simple(atomic("id", "BETWEEN", ["x", "y", "z"])),
        simple(atomic("", "EQUALS", "x")),
        {"type": "simple", "did": {"event": {"name": "completedOrder"}}},
    ],
)
def test_a_malformed_query_is_answered_400(api, query):
    text = query if isinstance(query, str) else json.dumps({"name": "", "query": query})
    answer = api.get("/customers", nodeId=api.sandbox.node_id, query=text)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("malformed query")
    assert answer.json()["errors"][0]["path"].startswith("query")


def test_a_query_nested_too_deeply_is_answered_400(api):
    condition = FIRST
    for _ in range(200):
        condition = composite("and", condition)
    query = json.dumps({"query": simple(condition)})
    assert api.get("/customers", nodeId=api.sandbox.node_id, query=query).status_code == 400


def test_a_query_with_very_many_values_is_answered(found):
    assert found(simple(atomic("id", "IN", [str(number) for number in range(2000)] + ["c"]))) == "c"


def test_brackets_may_stand_raw_in_the_query_string(api):
    api.sandbox.seed(CUSTOMERS)
    text = (
        json.dumps({"query": simple(ID)}, separators=(",", ":"))
        .replace('"', "%22")
        .replace("{", "%7B")
        .replace("}", "%7D")
    )
    url = f"{api.root}/customers?nodeId={api.sandbox.node_id}&sort=id,asc&query={text}"
    assert "[" in url
    assert len(api.session.get(url, headers=api.headers, timeout=10).json()["elements"]) == 2
