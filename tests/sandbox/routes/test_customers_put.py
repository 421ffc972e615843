"""PUT customers/{id}."""

from __future__ import annotations


def put(api, customer, body, **query):
    answer = api.put(f"/customers/{customer['id']}", {"nodeId": api.sandbox.node_id} | body, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_the_body_omits_is_unset(api):
    customer = api.create(
        externalId="1", base={"firstName": "Bruce", "lastName": "Wayne"}, extra="x", enabled=False
    )
    changed = put(api, customer, {"base": {"firstName": "B"}})
    assert (changed["base"]["firstName"], changed["base"]["lastName"]) == ("B", None)
    assert (changed["externalId"], changed["extra"], changed["enabled"]) == (None, None, True)


def test_id_and_registration_stay(api):
    customer = api.create(externalId="1")
    changed = put(api, customer, {"externalId": "2"})
    for name in ("id", "intId", "registeredAt"):
        assert changed[name] == customer[name]


def test_what_a_get_gave_may_be_put_back(api):
    base = {"dob": "1990-12-12", "likes": [{"id": "1", "createdTime": "2020-01-01T00:00:00Z"}]}
    customer = api.create(
        base=base, tags={"auto": ["a"]}, consents={"softSpam": {"email": {"status": False}}}
    )
    assert put(api, customer, api.customer(customer)) == customer


def test_a_customer_without_anything_may_be_put_back(api):
    [identifier] = api.sandbox.seed([{}])
    customer = api.customer(identifier)
    assert put(api, customer, customer) == customer


def test_stored_subscriptions_stay_unless_strict(api):
    customer = api.create(base={"subscriptions": [{"id": "1", "name": "a"}, {"id": "2"}]})
    body = {"base": {"subscriptions": [{"id": "1", "subscribed": True}]}}
    found = [(s["id"], s["name"]) for s in put(api, customer, body)["base"]["subscriptions"]]
    assert found == [("1", "a"), ("2", None)]
    strict = put(api, customer, body, mode="STRICT")["base"]["subscriptions"]
    assert [(s["id"], s["name"]) for s in strict] == [("1", None)]


def test_a_body_without_base_keeps_only_the_subscriptions(api):
    customer = api.create(base={"firstName": "B", "subscriptions": [{"id": "1"}]})
    base = put(api, customer, {"externalId": "1"})["base"]
    assert (base["firstName"], len(base["subscriptions"])) == (None, 1)


def test_a_body_without_node_is_answered_400(api):
    customer = api.create(externalId="1")
    answer = api.put(f"/customers/{customer['id']}", {"externalId": "2"})
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (400, "/nodeId")


def test_a_missing_mandatory_property_is_answered_400(api):
    api.sandbox.configure(mandatory=("base.lastName",))
    customer = api.create(base={"lastName": "Wayne"})
    body = {"nodeId": api.sandbox.node_id, "externalId": "1"}
    assert api.put(f"/customers/{customer['id']}", body).status_code == 400


def test_taking_the_email_of_another_customer_is_answered_409(api):
    api.create(base={"contacts": {"email": "a@b.it"}})
    customer = api.create(externalId="1")
    body = {"nodeId": api.sandbox.node_id, "base": {"contacts": {"email": "a@b.it"}}}
    assert api.put(f"/customers/{customer['id']}", body).status_code == 409


def test_an_unknown_customer_is_answered_404(api):
    assert api.put("/customers/5", {"nodeId": api.sandbox.node_id}).status_code == 404
