"""The two forms of what is not set: objects of nulls, which every SDK reads, and null."""

from __future__ import annotations

import json

import pytest

from contacthub_orm.sandbox import Sandbox
from tests.sandbox.api import Api

OBJECTS = ("contacts", "address", "credential", "socialProfile")


@pytest.fixture
def nulls(http):
    with Sandbox(unset="null") as sandbox:
        yield Api(sandbox, http)


def leaves(value):
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in leaves(item)]
    return [value]


def test_base_and_its_objects_are_objects_of_nulls_where_they_are_unset(api):
    base = api.create(externalId="1")["base"]
    assert all(isinstance(base[name], dict) for name in OBJECTS)
    assert base["address"]["geo"] == {"lat": None, "lon": None}
    assert all(leaf in (None, []) for leaf in leaves(base))


def test_every_route_shows_the_same_objects(api):
    customer = api.create(externalId="1", tags={"manual": ["x"]})
    assert api.customer(customer) == api.search()["elements"][0] == customer
    assert api.get(f"/customers/{customer['id']}/export").json()["customer"] == customer
    changed = api.patch(f"/customers/{customer['id']}", {"base": None, "extra": "x"}).json()
    assert changed["base"] == customer["base"]
    put = api.put(f"/customers/{customer['id']}", {"nodeId": api.sandbox.node_id, "externalId": "1"}).json()
    assert put["base"] == customer["base"]


def test_a_seeded_customer_and_one_with_few_fields_show_objects_too(api):
    [identifier] = api.sandbox.seed([{"externalId": "1"}])
    assert api.customer(identifier)["base"]["contacts"]["email"] is None
    [found] = api.search(fields="externalId")["elements"]
    assert found["base"]["contacts"]["email"] is None


def test_objects_inside_the_elements_of_lists_stay_null(api):
    [subscription] = api.create(base={"subscriptions": [{"id": "1"}]})["base"]["subscriptions"]
    assert subscription["subscribeContext"] is None


def test_an_object_of_nulls_counts_as_missing_in_a_query(api):
    api.create(externalId="1")
    atom = {"type": "atomic", "attribute": "base.contacts", "operator": "IS_NULL"}
    query = json.dumps({"query": {"type": "simple", "are": {"condition": atom}}})
    assert len(api.search(query=query)["elements"]) == 1


def test_writing_back_what_was_read_makes_no_new_version(api):
    customer = api.create(externalId="1")
    assert api.patch(f"/customers/{customer['id']}", {"base": customer["base"]}).json()["version"] == 1
    assert api.put(f"/customers/{customer['id']}", customer).json()["version"] == 1


def test_with_nulls_an_unset_base_and_unset_contacts_are_null(nulls):
    assert nulls.create(externalId="1")["base"] is None
    assert nulls.create(base={"firstName": "x"})["base"]["contacts"] is None
    assert [found["base"] for found in nulls.search(fields="externalId")["elements"]] == [None, None]


@pytest.mark.parametrize("form", ["object", "null"])
def test_an_empty_extended_is_null(api, form):
    api.sandbox.configure(unset=form)
    customer = api.create(externalId="1", extended={})
    assert customer["extended"] is None
    changed = api.patch(f"/customers/{customer['id']}", {"extended": {"a": 1}}).json()
    assert changed["extended"] == {"a": 1}
    assert api.patch(f"/customers/{customer['id']}", {"extended": {"a": None}}).json()["extended"] is None


def test_another_form_is_refused(api):
    with pytest.raises(ValueError, match="unset is object or null"):
        api.sandbox.configure(unset="absent")


@pytest.mark.parametrize("direction", ["DESC", "Desc", "desc"])
def test_the_direction_of_a_sort_is_read_in_any_case(api, direction):
    for name in ("1", "2"):
        api.create(externalId=name)
    found = api.search(sort=f"externalId,{direction}")["elements"]
    assert [customer["externalId"] for customer in found] == ["2", "1"]
    assert api.get("/events", sort=f"date,{direction}").status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_of_the_authorization_is_read_in_any_case(api, scheme):
    api.headers = {"Authorization": f"{scheme} {api.sandbox.token}"}
    assert api.get("/configuration").status_code == 200
    api.headers = {"Authorization": f"{scheme} {api.sandbox.token.upper()}x"}
    assert api.get("/configuration").status_code == 401
