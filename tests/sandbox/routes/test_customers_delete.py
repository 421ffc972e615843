"""GET and DELETE customers/{id}."""

from __future__ import annotations


def test_a_deleted_customer_is_answered_200_with_an_empty_body(api):
    customer = api.create(externalId="1")
    answer = api.delete(f"/customers/{customer['id']}", nodeId=api.sandbox.node_id)
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_deleted_customer_is_gone(api):
    customer = api.create(externalId="1")
    api.delete(f"/customers/{customer['id']}")
    assert api.get(f"/customers/{customer['id']}").status_code == 404
    assert api.search()["elements"] == []


def test_deleting_twice_is_answered_404(api):
    customer = api.create(externalId="1")
    api.delete(f"/customers/{customer['id']}")
    assert api.delete(f"/customers/{customer['id']}").status_code == 404


def test_the_events_go_with_their_customer(api):
    customer, other = api.create(externalId="1"), api.create(externalId="2")
    gone, kept = api.event(customerId=customer["id"]), api.event(customerId=other["id"])
    api.delete(f"/customers/{customer['id']}")
    assert api.get(f"/events/{gone}").status_code == 404
    assert api.get(f"/events/{kept}").status_code == 200


def test_a_session_is_free_again_once_its_customer_is_gone(api):
    customer, other = api.create(externalId="1"), api.create(externalId="2")
    api.post(f"/customers/{customer['id']}/sessions", {"value": "s"})
    api.delete(f"/customers/{customer['id']}")
    assert api.post(f"/customers/{other['id']}/sessions", {"value": "s"}).status_code == 201


def test_an_email_is_free_again_once_its_customer_is_gone(api):
    customer = api.create(base={"contacts": {"email": "a@b.it"}})
    api.delete(f"/customers/{customer['id']}")
    assert api.create(base={"contacts": {"email": "a@b.it"}})["id"] != customer["id"]


def test_an_unknown_customer_is_answered_404_with_the_envelope(api):
    answer = api.get("/customers/5")
    assert answer.status_code == 404
    assert set(answer.json()) == {"message", "logref", "data", "errors"}
