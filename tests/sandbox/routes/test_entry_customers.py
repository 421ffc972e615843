"""GET customers/{id}/entries: the customers of entry nodes that are one person."""

from __future__ import annotations

import pytest


def customer(api, node, email, **values):
    body = {"nodeId": node, "base": {"contacts": {"email": email}}, **values}
    return api.post("/customers", body).json()["id"]


def entries(api, identity, **query):
    answer = api.get(f"/customers/{identity}/entries", **{"page": 0, "size": 10, **query})
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["elements"]]


@pytest.fixture
def nodes(api):
    return api.sandbox.node_id, api.sandbox.add_node("Shop")


def test_without_an_aggregate_node_a_customer_is_its_only_entry(api, nodes):
    first, shop = nodes
    ann = customer(api, first, "a@b.it")
    customer(api, shop, "a@b.it")
    assert entries(api, ann) == [ann]


def test_an_aggregate_node_finds_the_same_person_in_its_entry_nodes(api, nodes):
    first, shop = nodes
    api.sandbox.add_aggregate_node("All")
    ann = customer(api, first, "a@b.it")
    same = customer(api, shop, "A@b.it")
    customer(api, shop, "b@b.it")
    assert entries(api, ann) == entries(api, same) == [ann, same]
    assert entries(api, ann, size=1, page=1) == [same]


def test_customers_without_matching_properties_match_nobody(api, nodes):
    first, shop = nodes
    api.sandbox.add_aggregate_node("All")
    ann = api.post("/customers", {"nodeId": first, "externalId": "1"}).json()["id"]
    api.post("/customers", {"nodeId": shop, "externalId": "1"})
    assert entries(api, ann) == [ann]


def test_page_and_size_are_required(api, nodes):
    ann = customer(api, nodes[0], "a@b.it")
    answer = api.get(f"/customers/{ann}/entries")
    assert answer.status_code == 400
    assert [error["path"] for error in answer.json()["errors"]] == ["page", "size"]


def test_an_unknown_customer_has_no_entries(api):
    assert api.get("/customers/unknown/entries", page=0, size=10).status_code == 404
