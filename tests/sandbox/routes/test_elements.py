"""The routes of educations, likes, jobs and subscriptions."""

from __future__ import annotations

import pytest

SAMPLES = {
    "educations": {"id": "1", "schoolName": "Gotham", "startYear": 1990},
    "likes": {"id": "1", "name": "bats"},
    "jobs": {"id": "1", "companyName": "Wayne", "startDate": "2010-01-01"},
    "subscriptions": {"id": "1", "subscribed": True, "name": "News"},
}
each_collection = pytest.mark.parametrize("collection", SAMPLES)


@pytest.fixture
def customer(api):
    return api.create(externalId="1")


@each_collection
def test_an_added_element_is_answered_and_shows_in_the_customer(api, customer, collection):
    answer = api.post(f"/customers/{customer['id']}/{collection}", SAMPLES[collection])
    assert answer.status_code == (201 if collection == "subscriptions" else 200)
    assert answer.json().items() >= SAMPLES[collection].items()
    changed = api.customer(customer)
    assert changed["base"][collection] == [answer.json()]
    assert changed["version"] == 2


@each_collection
def test_an_element_is_read_by_its_id(api, customer, collection):
    added = api.post(f"/customers/{customer['id']}/{collection}", SAMPLES[collection]).json()
    assert api.get(f"/customers/{customer['id']}/{collection}/1").json() == added


@each_collection
def test_a_put_replaces_the_other_properties_and_may_leave_out_the_id(api, customer, collection):
    api.post(f"/customers/{customer['id']}/{collection}", SAMPLES[collection])
    body = {"subscribed": False} if collection == "subscriptions" else {}
    answer = api.put(f"/customers/{customer['id']}/{collection}/1", body)
    assert answer.status_code == 200
    unset = {name: value for name, value in answer.json().items() if value not in (None, [])}
    assert unset == {"id": "1"} | body


@each_collection
def test_a_deleted_element_is_answered_200_and_gone(api, customer, collection):
    path = f"/customers/{customer['id']}/{collection}"
    api.post(path, SAMPLES[collection])
    api.post(path, SAMPLES[collection] | {"id": "2"})
    answer = api.delete(f"{path}/1")
    assert (answer.status_code, answer.content) == (200, b"")
    assert [element["id"] for element in api.customer(customer)["base"][collection]] == ["2"]


@each_collection
def test_an_id_that_is_there_is_answered_409(api, customer, collection):
    path = f"/customers/{customer['id']}/{collection}"
    api.post(path, SAMPLES[collection])
    answer = api.post(path, SAMPLES[collection])
    assert (answer.status_code, answer.json()["data"]) == (409, None)


@each_collection
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_element_is_answered_404(api, customer, collection, method):
    body = SAMPLES[collection] if method == "PUT" else None
    assert api.call(method, f"/customers/{customer['id']}/{collection}/1", body).status_code == 404


@each_collection
def test_an_unknown_customer_is_answered_404(api, collection):
    assert api.post(f"/customers/5/{collection}", SAMPLES[collection]).status_code == 404


@pytest.mark.parametrize(
    ("collection", "body"),
    [
        ("likes", {"name": "x"}),
        ("likes", {"id": "1", "name": "x" * 256}),
        ("likes", {"id": "1", "createdTime": "today"}),
        ("educations", {"id": "1", "startYear": "1990"}),
        ("educations", {"id": "1", "schoolType": "NURSERY"}),
        ("jobs", {"id": "1", "startDate": "2010-01-01T00:00:00Z"}),
        ("subscriptions", {"id": "x" * 256, "subscribed": True}),
    ],
)
def test_an_element_that_breaks_a_rule_is_answered_400(api, customer, collection, body):
    assert api.post(f"/customers/{customer['id']}/{collection}", body).status_code == 400


def test_a_put_with_another_id_is_answered_400(api, customer):
    api.post(f"/customers/{customer['id']}/likes", SAMPLES["likes"])
    assert api.put(f"/customers/{customer['id']}/likes/1", {"id": "2"}).status_code == 400


def test_an_id_may_hold_a_slash_and_a_blank(api, customer):
    api.post(f"/customers/{customer['id']}/likes", {"id": "a/b c"})
    assert api.get(f"/customers/{customer['id']}/likes/a%2Fb%20c").json()["id"] == "a/b c"


def test_the_contexts_of_a_subscription_are_kept(api, customer):
    body = {"id": "1", "subscribed": True, "subscribeContext": {"ip": "10.0.0.1"}}
    answer = api.post(f"/customers/{customer['id']}/subscriptions", body).json()
    assert answer["subscribeContext"] == {"ip": "10.0.0.1", "userAgent": None}
    assert answer["unsubscribeContext"] is None


@pytest.mark.parametrize("body", [{"id": "1"}, {"id": "1", "subscribed": None}])
def test_a_subscription_without_subscribed_is_the_same_on_its_route_and_inside_the_customer(api, body):
    inside = api.create(base={"subscriptions": [body]})
    alone = api.create(externalId="1")
    answer = api.post(f"/customers/{alone['id']}/subscriptions", body)
    assert answer.status_code == 201
    assert [answer.json()] == api.customer(alone)["base"]["subscriptions"] == inside["base"]["subscriptions"]
    assert answer.json()["subscribed"] is None
    assert api.put(f"/customers/{alone['id']}/subscriptions/1", {"name": "x"}).status_code == 200
