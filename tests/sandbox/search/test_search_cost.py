"""What a search costs where a node has many customers: SQLite finds its matches by an index, and reads no more rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from contacthub_orm.sandbox import Sandbox
from contacthub_orm.sandbox.search import compiling, scanning
from contacthub_orm.sandbox.storage import values
from tests.sandbox.analytics.test_cost import plan, statements
from tests.sandbox.api import Api

SIZE = 300


def condition(attribute: str, operator: str, value: Any) -> dict[str, Any]:
    return {"type": "atomic", "attribute": attribute, "operator": operator, "value": value}


def are(attribute: str, operator: str, value: Any) -> dict[str, Any]:
    return {"type": "simple", "are": {"condition": condition(attribute, operator, value)}}


def did(title: str) -> dict[str, Any]:
    every = condition("date", "GTE", "2020-01-01T00:00:00Z")
    event = {"name": "viewedPage"}
    return {
        "type": "simple",
        "did": {
            "event": event,
            "condition": condition("properties.title", "EQUALS", title),
            "timeframe": every,
        },
    }


def asked(query: dict[str, Any]) -> dict[str, str]:
    return {"query": json.dumps({"query": query})}


@pytest.fixture(scope="module")
def large(http) -> Iterator[Api]:
    with Sandbox() as sandbox:
        ids = sandbox.seed(
            {
                "externalId": f"{number}",
                "base": {"firstName": f"n{number // 3}", "dob": f"19{number % 100:02}-01-01"},
                "extended": {"points": number, "vip": number % 2 == 0},
                "tags": {"manual": [f"t{number // 3}"]},
            }
            for number in range(SIZE)
        )
        sandbox.seed_events(
            {
                "customerId": ids[number],
                "type": "viewedPage",
                "context": "WEB",
                "date": "2021-01-01T00:00:00Z",
                "properties": {"title": f"p{number // 3}"},
            }
            for number in range(SIZE)
        )
        yield Api(sandbox, http)


SEARCHES = [
    are("base.firstName", "EQUALS", "n7"),
    are("base.dob", "BETWEEN", ["1970-01-01", "1970-12-31"]),
    are("extended.points", "GT", SIZE - 4),
    are("externalId", "EQUALS", "7"),
    are("tags.manual", "IN", "t7"),
    did("p7"),
]


@pytest.mark.parametrize("query", SEARCHES)
def test_few_matches_are_the_only_documents_that_are_read(large, monkeypatch, query):
    read = []
    monkeypatch.setattr(scanning, "decode", lambda text: read.append(text) or json.loads(text))
    assert len(large.search(**asked(query))["elements"]) in (1, 3)
    assert len(read) <= 3


@pytest.mark.parametrize(
    "path", ["externalId", "base.contacts.email", "base.firstName", "extended.points", "updatedAt"]
)
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_an_index_gives_the_order(large, path, direction):
    store = large.sandbox._service.store
    large.search(sort=f"{path},{direction}")
    with statements(store) as found:
        large.search(sort=f"{path},{direction}")
    ordered = [(one, given) for one, given in found if "ORDER BY" in one]
    lines = [line for one, given in ordered for line in plan(store, one, given)]
    assert lines
    assert not any("TEMP B-TREE" in line for line in lines)


def test_pages_of_an_aggregate_node_are_merged_from_the_indexes_of_its_nodes(large):
    sandbox = large.sandbox
    other = sandbox.add_node("other")
    sandbox.seed([{"externalId": f"{number}b"} for number in range(3)], node=other)
    both = sandbox.add_aggregate_node("both")
    found = large.get("/customers", nodeId=both, sort="externalId,asc", size=5).json()
    assert [one["externalId"] for one in found["elements"]] == ["0", "0b", "1", "10", "100"]
    assert found["page"]["totalElements"] == SIZE + 3
    second = large.get("/customers", nodeId=both, sort="externalId,asc", size=2, page=1).json()
    assert [one["externalId"] for one in second["elements"]] == ["1", "10"]


def test_only_the_first_search_makes_an_index(large):
    query = asked(are("extended.vip", "EQUALS", True))
    made = []
    for _ in range(2):
        with statements(large.sandbox._service.store) as found:
            large.search(**query)
        made.append(sum(statement.startswith("CREATE INDEX") for statement, _ in found))
    assert made == [1, 0]


def test_the_number_of_indexes_is_limited(large, monkeypatch):
    monkeypatch.setattr(values, "MAX_INDEXES", 3)
    for number in range(5):
        large.search(**asked(are(f"extended.p{number}", "EQUALS", 1)))
    store = large.sandbox._service.store
    with store.transaction() as connection:
        rows = connection.exec_driver_sql("PRAGMA index_list(customers)")
        assert sum(" by " in row.name for row in rows) == 3


def test_a_small_node_gets_no_index(api):
    api.create(externalId="1", base={"firstName": "a"})
    with statements(api.sandbox._service.store) as found:
        assert len(api.search(**asked(are("base.firstName", "EQUALS", "a")))["elements"]) == 1
    assert not any("INDEX" in statement for statement, _ in found)


def test_a_restarted_sandbox_has_the_indexes_and_finds_what_was_written_since(tmp_path, http):
    query = asked(are("base.firstName", "EQUALS", "a"))
    path = tmp_path / "sandbox.sqlite"
    with Sandbox(path) as sandbox:
        sandbox.seed({"base": {"firstName": "a" if number == 7 else "b"}} for number in range(SIZE))
        assert len(Api(sandbox, http).search(**query)["elements"]) == 1
    with Sandbox(path) as sandbox:
        api = Api(sandbox, http)
        made = api.create(externalId="new", base={"firstName": "a"})
        with statements(sandbox._service.store) as found:
            assert len(api.search(**query)["elements"]) == 2
        api.patch(f"/customers/{made['id']}", {"base": {"firstName": "b"}})
        assert len(api.search(**query)["elements"]) == 1
    assert not any(statement.startswith("CREATE INDEX") for statement, _ in found)


def test_an_index_of_a_request_that_failed_is_made_again(large, monkeypatch):
    query = asked(are("extended.failed", "EQUALS", 1))
    with monkeypatch.context() as patch:
        patch.setattr("contacthub_orm.sandbox.routes.search._decided", lambda *_: 1 / 0)
        assert large.get("/customers", nodeId=large.sandbox.node_id, **query).status_code == 500
    assert large.search(**query)["elements"] == []


def test_a_node_is_counted_again_after_something_was_removed(api):
    ids = api.sandbox.seed({"externalId": f"{number}"} for number in range(5))
    api.sandbox.configure(page_cap=4)
    assert [api.search()["page"]["totalElements"] for _ in range(2)] == [4, 4]
    for identifier in ids[:2]:
        api.delete(f"/customers/{identifier}")
    assert api.search()["page"]["totalElements"] == 3


def test_a_node_is_counted_again_when_a_removal_becomes_visible(api, clock):
    ids = api.sandbox.seed({"externalId": f"{number}"} for number in range(5))
    api.sandbox.configure(page_cap=4, search_delay=30)
    for identifier in ids[:2]:
        api.delete(f"/customers/{identifier}")
    assert api.search()["page"]["totalElements"] == 4
    clock.turn(30)
    assert api.search()["page"]["totalElements"] == 3


def test_matches_beyond_the_cap_are_counted_again_when_enough_was_written(api, monkeypatch):
    monkeypatch.setattr(values, "WORTHWHILE", 0)
    ids = api.sandbox.seed({"base": {"firstName": "a"}} for _ in range(7))
    api.sandbox.configure(page_cap=4)
    query = asked(are("base.firstName", "EQUALS", "a"))
    found = [api.search(**query)["page"]["totalElements"]]
    counted = []
    for identifier in ids[:4]:
        api.patch(f"/customers/{identifier}", {"base": {"firstName": "b"}})
        with statements(api.sandbox._service.store) as made:
            found.append(api.search(**query)["page"]["totalElements"])
        counted.append(sum(statement.startswith("SELECT count(*)") for statement, _ in made))
    assert found == [4, 4, 4, 4, 3]
    assert counted[:3] == [0, 0, 0]


def test_matches_that_come_late_in_the_order_are_found_without_a_look_at_all_customers(large, monkeypatch):
    """A walk in the order gives up, and SQLite finds the matches by their index."""
    monkeypatch.setattr(compiling, "NEAR", 20)
    monkeypatch.setattr(compiling, "FAR", 0)
    query = asked(are("extended.points", "GTE", SIZE - 100))
    found = large.search(**query, sort="extended.points,asc")
    assert [one["extended"]["points"] for one in found["elements"]] == list(range(SIZE - 100, SIZE - 90))
    assert found["page"]["totalElements"] == 100


def test_a_common_tag_is_found_in_the_order_of_the_customers(large):
    found = large.search(**asked(are("tags.manual", "NOT_IN", "t0")), sort="externalId,asc")
    assert [one["externalId"] for one in found["elements"][:3]] == ["10", "100", "101"]
    assert found["page"]["totalElements"] == SIZE - 3
