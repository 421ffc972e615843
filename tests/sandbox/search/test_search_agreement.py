"""SQLite's indexes and the evaluation in Python agree on every query."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacthub_orm.sandbox.routes import search
from contacthub_orm.sandbox.search.pushdown import EVERYTHING

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


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=queries, sort=st.sampled_from(ATTRIBUTES), direction=st.sampled_from(["asc", "desc"]))
def test_a_query_finds_the_same_with_and_without_the_indexes(api, monkeypatch, query, sort, direction):
    api.sandbox.reset()
    api.sandbox.seed(CUSTOMERS)
    asked = {"query": json.dumps({"query": query}), "sort": f"{sort},{direction}"}
    pushed = api.search(**asked)
    with monkeypatch.context() as patch:
        patch.setattr(search, "push_query", lambda _query: EVERYTHING)
        api.sandbox._service.search_results.clear()
        assert api.search(**asked) == pushed
