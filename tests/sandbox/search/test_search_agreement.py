"""SQLite's indexes and the evaluation in Python agree on every query."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacthub_orm.sandbox.search import compiling
from contacthub_orm.sandbox.search.pushdown import EVERYTHING, Pushdown
from contacthub_orm.sandbox.storage import values as value_columns
from tests.support.examples import examples

TEXTS = ["a", "b", "B", "", "a@x.it", "b@x.it", "2020-01-02"]
TIMES = ["2020-01-01", "2020-01-02T00:00:00Z", "2020-01-02T00:00:00.001+0000", "2020-01-03T01:00:00+01:00"]
ATTRIBUTES = [
    "id",
    "externalId",
    "base.contacts.email",
    "registeredAt",
    "updatedAt",
    "nodeId",
    "base.firstName",
]
CUSTOMERS = [
    {"id": "a", "externalId": "a", "base": {"firstName": "a"}, "registeredAt": "2020-01-01T00:00:00Z"},
    {
        "id": "b",
        "externalId": "",
        "base": {"contacts": {"email": "a@x.it"}},
        "registeredAt": "2020-01-02T00:00:00Z",
    },
    {"id": "B", "base": {"contacts": {"email": "b@x.it"}}, "registeredAt": "2020-01-02T00:00:00.001Z"},
    {"id": "c", "externalId": "2020-01-02", "extra": "x", "registeredAt": "2020-01-03T00:00:00Z"},
]

values = st.sampled_from([*TEXTS, *TIMES, "2020-01-02T00:00:00", 0, 1577836800000, 10**30, 1.5, True, False])
attributes = st.sampled_from(ATTRIBUTES)


def atomic(operators, value):
    return st.builds(
        lambda attribute, operator, value: {
            "type": "atomic",
            "attribute": attribute,
            "operator": operator,
            **({} if value is None else {"value": value}),
        },
        attributes,
        st.sampled_from(operators),
        value,
    )


atomics = st.one_of(
    atomic(["EQUALS", "NOT_EQUALS", "GT", "GTE", "LT", "LTE"], values),
    atomic(["IN", "NOT_IN"], st.lists(values, max_size=3)),
    atomic(["BETWEEN"], st.lists(values, min_size=2, max_size=2)),
    atomic(["IS_NULL", "IS_NOT_NULL"], st.none()),
)
conditions = st.recursive(
    atomics,
    lambda inner: st.builds(
        lambda conjunction, parts: {"type": "composite", "conjunction": conjunction, "conditions": parts},
        st.sampled_from(["and", "or"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=5,
)
simples = st.builds(lambda condition: {"type": "simple", "are": {"condition": condition}}, conditions)
queries = st.recursive(
    simples,
    lambda inner: st.builds(
        lambda conjunction, parts: {"type": "combined", "conjunction": conjunction, "queries": parts},
        st.sampled_from(["INTERSECT", "UNION", "EXCEPT"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=4,
)


WORTHWHILE, NEVER = 0, 10**9

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([10**15, 10**16, 2**53 + 1, 2**63, 2**64, 10**30, -(10**20)]),
    st.sampled_from(
        [0.1, -0.0, 1.0, 12.5, 0.30000000000000004, 1e-7, 1e22, 5e-324, 1.7976931348623157e308, -1e300]
    ),
    st.sampled_from(
        ["", "a", "B", "b", "a\x00b", "\u00e9", "\uffff", "\U0001f600", 'a"b', "a\\b", "10", "true"]
    ),
    st.sampled_from([*TIMES, "2020-02-30", "0000-01-01", "2020-01-01T24:00:00Z", "1969-12-31T23:59:59.500Z"]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=2),
)
trees = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2)
    ),
    max_leaves=4,
)
PATHS = [
    "extended.x",
    "extended.x.a",
    "extended.y",
    "base.firstName",
    "base.dob",
    "base.educations.schoolName",
    "tags.manual",
    "extended.z",
]
targets = scalars.filter(lambda value: value is not None)
value_atomics = st.one_of(
    st.tuples(st.sampled_from(["EQUALS", "NOT_EQUALS", "GT", "GTE", "LT", "LTE"]), targets),
    st.tuples(st.sampled_from(["IN", "NOT_IN"]), st.lists(targets, max_size=3)),
    st.tuples(st.just("BETWEEN"), st.lists(targets, min_size=2, max_size=2)),
    st.tuples(st.sampled_from(["IS_NULL", "IS_NOT_NULL"]), st.none()),
)


def customer(x, y, name, day, schools, numbers):
    educations = [{"id": str(at), "schoolName": school} for at, school in enumerate(schools)]
    return {
        "base": {"firstName": name, "dob": day, "educations": educations},
        "extended": {"x": x, "y": y, "z": numbers},
        "tags": {"manual": schools},
        "registeredAt": "2020-01-01T00:00:00Z",
    }


documents = st.builds(
    customer,
    trees,
    scalars,
    st.sampled_from([None, "a", "b", "a\x00b"]),
    st.sampled_from([None, "1990-01-31", "2000-02-29"]),
    st.lists(st.sampled_from(["a", "b", "B", ""]), max_size=2),
    st.one_of(scalars, st.lists(scalars, max_size=3)),
)


@pytest.fixture
def answered(api, monkeypatch):
    """Gives the ids that a search finds by columns of values, and those without."""

    def both(asked):
        found = []
        for least, walks in ((WORTHWHILE, 0), (WORTHWHILE, 500), (NEVER, 0)):
            monkeypatch.setattr(value_columns, "WORTHWHILE", least)
            for name in ("NEAR", "FAR"):
                monkeypatch.setattr(compiling, name, walks)
            api.sandbox._service.search_results.clear()
            answer = api.search(**asked)
            found.append(([one["id"] for one in answer["elements"]], answer["page"]["totalElements"]))
        at_once, walked, plain = found
        assert at_once == walked
        return walked, plain

    return both


EXAMPLES = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@pytest.mark.slow
@settings(max_examples=100, **EXAMPLES)
@given(st.lists(documents, min_size=1, max_size=6), st.sampled_from(PATHS), value_atomics, st.booleans())
def test_a_value_inside_the_documents_is_compared_as_the_documents_are(
    api, answered, seeded, path, compared, negated
):
    api.sandbox.reset()
    api.sandbox.seed(seeded)
    operator, value = compared
    condition = {"type": "atomic", "attribute": path, "operator": operator}
    part = {"type": "simple", "are": {"condition": condition | ({} if value is None else {"value": value})}}
    everyone = {
        "type": "simple",
        "are": {"condition": {"type": "atomic", "attribute": "id", "operator": "IS_NOT_NULL"}},
    }
    query = {"type": "combined", "conjunction": "EXCEPT", "queries": [everyone, part]} if negated else part
    indexed, plain = answered({"query": json.dumps({"query": query})})
    assert indexed == plain


LISTS = ["extended.x", "extended.z", "tags.manual", "base.educations.schoolName"]


@pytest.mark.slow
@examples(60, **EXAMPLES)
@given(
    st.lists(documents, min_size=2, max_size=4),
    st.lists(documents, min_size=2, max_size=2),
    st.sampled_from(LISTS),
    value_atomics,
    st.sampled_from([1, 10_000]),
)
def test_lists_are_found_as_they_are_after_writes(
    api, monkeypatch, answered, seeded, written, path, compared, sparse
):
    monkeypatch.setattr(compiling, "SPARSE", sparse)
    api.sandbox.reset()
    first, second, *_ = api.sandbox.seed(seeded)
    operator, value = compared
    condition = {"type": "atomic", "attribute": path, "operator": operator}
    condition |= {} if value is None else {"value": value}
    other = {"type": "atomic", "attribute": "tags.manual", "operator": "IN", "value": ["a", "b"]}
    both = {"type": "composite", "conjunction": "and", "conditions": [condition, other]}
    asked = [
        {"query": json.dumps({"query": {"type": "simple", "are": {"condition": one}}})}
        for one in (condition, both)
    ]
    for one in asked:
        answered(one)  # makes the tables
    stored = api.get(f"/customers/{first}").json()
    body = {"nodeId": stored["nodeId"]} | without_time(written[0])
    assert api.put(f"/customers/{first}", body).status_code == 200
    api.delete(f"/customers/{second}")
    api.create(**without_time(written[1]))
    for one in asked:
        indexed, plain = answered(one)
        assert indexed == plain


def without_time(document):
    return {name: value for name, value in document.items() if name != "registeredAt"}


@examples(25, **EXAMPLES)
@given(st.lists(documents, min_size=1, max_size=6), st.sampled_from(PATHS), st.sampled_from(["asc", "desc"]))
def test_a_value_inside_the_documents_sorts_as_the_documents_do(api, answered, seeded, path, direction):
    api.sandbox.reset()
    api.sandbox.seed(seeded)
    indexed, plain = answered({"sort": f"{path},{direction}"})
    assert indexed == plain


EVENTS = st.builds(
    lambda owner, kind, day, title, pages: {
        "customerId": owner,
        "type": kind,
        "context": "WEB",
        "date": day,
        "properties": {"title": title} if kind == "viewedPage" else {},
        "contextInfo": {"client": {"pages": pages}},
    },
    st.sampled_from(["a", "b", "B", None]),
    st.sampled_from(["viewedPage", "loggedIn"]),
    st.sampled_from(["2020-01-01T00:00:00Z", "2020-01-03T00:00:00Z"]),
    st.sampled_from(["x", "y"]),
    st.one_of(st.sampled_from(["x", "y"]), st.lists(st.sampled_from(["x", "y"]), max_size=2)),
)


@pytest.mark.slow
@settings(max_examples=60, **EXAMPLES)
@given(
    st.lists(EVENTS.filter(lambda event: event["customerId"]), max_size=5),
    atomic(["EQUALS", "NOT_EQUALS", "GTE"], st.sampled_from(["x", "y"])),
    st.sampled_from(
        ["properties.title", "date", "customerId", "type", "properties.other", "contextInfo.client.pages"]
    ),
    atomic(["LT", "GT"], st.sampled_from(TIMES)),
    st.sampled_from(["UNION", "INTERSECT", "EXCEPT"]),
    st.sampled_from([1, 10_000]),
)
def test_what_customers_did_is_found_by_columns_as_without(
    api, monkeypatch, answered, events, condition, path, timeframe, conjunction, sparse
):
    monkeypatch.setattr(compiling, "SPARSE", sparse)
    api.sandbox.reset()
    api.sandbox.seed(CUSTOMERS)
    api.sandbox.seed_events(events)
    did = {
        "event": {"name": "viewedPage"},
        "condition": condition | {"attribute": path},
        "timeframe": timeframe | {"attribute": "date"},
    }
    everyone = {"type": "atomic", "attribute": "id", "operator": "NOT_EQUALS", "value": "b"}
    parts = [{"type": "simple", "are": {"condition": everyone}}, {"type": "simple", "did": did}]
    query = {"type": "combined", "conjunction": conjunction, "queries": parts}
    indexed, plain = answered({"query": json.dumps({"query": query})})
    assert indexed == plain


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries, sort=st.sampled_from(ATTRIBUTES), direction=st.sampled_from(["asc", "desc"]))
def test_a_query_finds_the_same_with_and_without_the_indexes(api, monkeypatch, query, sort, direction):
    api.sandbox.reset()
    api.sandbox.seed(CUSTOMERS)
    asked = {"query": json.dumps({"query": query}), "sort": f"{sort},{direction}"}
    pushed = api.search(**asked)
    with monkeypatch.context() as patch:
        patch.setattr(Pushdown, "query", lambda _self, _query: EVERYTHING)
        api.sandbox._service.search_results.clear()
        assert api.search(**asked) == pushed
