"""What the exclusion filters of an aggregate node hide from a token that reads through it alone."""

from __future__ import annotations

import pytest

from tests.sandbox.api import Api

SECRET = {"base": {"lastName": "Secret"}, "consents": {"disclaimer": {"date": None, "version": "1"}}}
OPEN = {"base": {"lastName": "Wayne"}, "consents": {"disclaimer": {"date": None, "version": "1"}}}
FILTER = {"property": "base.lastName", "value": "Sec", "pattern": "START_WITH"}


@pytest.fixture
def filtered(api):
    node = api.sandbox.add_aggregate_node("Filtered")
    assert (
        api.put(f"/configuration/nodes/aggregates/{node}", {"exclusionFilters": [FILTER]}).status_code == 200
    )
    return node


@pytest.fixture
def reader(api, filtered, http):
    return reading(api, http, {"Filtered": "R"})


def reading(api, http, nodes):
    reader = Api(api.sandbox, http)
    reader.headers = {"Authorization": f"Bearer {api.sandbox.add_source('Reader', nodes)}"}
    return reader


def told(reader, **query):
    """The ids in the update stream."""
    answer = reader.get("/updates", offset=0, **query)
    assert answer.status_code == 200, answer.text
    return {update["entity"]["data"]["id"] for update in answer.json()["updates"]}


def test_a_hidden_customer_is_404_and_so_is_all_below_it(api, reader):
    hidden, shown = api.create(**SECRET)["id"], api.create(**OPEN)["id"]
    for end in ("", "/export", "/sessions", "/entries?page=0&size=10"):
        assert reader.get(f"/customers/{hidden}{end}").status_code == 404, end
        assert reader.get(f"/customers/{shown}{end}").status_code == 200, end


def test_its_events_are_404(api, reader):
    hidden, shown = (api.event(customerId=api.create(**one)["id"]) for one in (SECRET, OPEN))
    assert reader.get(f"/events/{hidden}").status_code == 404
    assert reader.get(f"/events/{shown}").status_code == 200


def test_events_without_a_customer_are_read(api, reader):
    session = {"type": "SESSION_ID", "value": "s", "nodeId": api.sandbox.node_id}
    event = api.event(bringBackProperties=session)
    assert reader.get(f"/events/{event}").status_code == 200
    assert event in told(reader)
    assert [one["id"] for one in reader.get("/events").json()["elements"]] == [event]


def test_searches_by_the_entry_node_hide_it_too(api, reader):
    hidden, shown = api.create(**SECRET)["id"], api.create(**OPEN)["id"]
    [seen, _] = (api.event(customerId=one) for one in (shown, hidden))
    node = api.sandbox.node_id
    query = '{"name":"q","query":{"type":"simple","name":"q","are":{"condition":{"type":"atomic","attribute":"base.firstName","operator":"IS_NULL"}}}}'
    assert [one["id"] for one in reader.get("/customers", nodeId=node).json()["elements"]] == [shown]
    for one in (api, reader):
        expected = {shown} if one is reader else {shown, hidden}
        answer = one.get("/customers", nodeId=node, query=query, sort="base.firstName")
        assert {customer["id"] for customer in answer.json()["elements"]} == expected, answer.text
    assert [one["id"] for one in reader.get("/events", nodeId=node).json()["elements"]] == [seen]
    assert [one["id"] for one in reader.get("/events").json()["elements"]] == [seen]


@pytest.mark.parametrize("end", ["", "filtered", "entry"])
def test_the_update_stream_does_not_tell_of_it(api, reader, filtered, end):
    hidden, shown = api.create(**SECRET)["id"], api.create(**OPEN)["id"]
    hidden_event, shown_event = (api.event(customerId=one) for one in (hidden, shown))
    query = {"": {}, "filtered": {"nodeId": filtered}, "entry": {"nodeId": api.sandbox.node_id}}[end]
    assert told(reader, **query) == {shown, shown_event}
    assert told(api) == {hidden, shown, hidden_event, shown_event}
    for one in (hidden, shown):
        api.delete(f"/customers/{one}")
    assert told(reader, **query) == {shown, shown_event}
    assert reader.get("/updates/last-offset", **query).json()["lastOffset"] > 0


def test_the_stream_of_the_node_hides_it_from_the_first_token_too(api, filtered):
    hidden, shown = api.create(**SECRET)["id"], api.create(**OPEN)["id"]
    assert told(api, nodeId=filtered) == {shown}
    assert told(api) == {hidden, shown}


def test_each_version_is_judged_by_what_it_says(api, reader):
    customer = api.create(**SECRET)["id"]
    api.patch(f"/customers/{customer}", {"base": {"lastName": "Wayne"}})
    [update] = reader.get("/updates", offset=0).json()["updates"]
    assert (update["operation"], update["entity"]["data"]["base"]["lastName"]) == ("UPDATE", "Wayne")
    assert reader.get(f"/customers/{customer}").status_code == 200


def test_the_consent_log_does_not_tell_of_it(api, reader, filtered):
    hidden, shown = api.create(**SECRET)["id"], api.create(**OPEN)["id"]
    for query in ({}, {"nodes": filtered}, {"nodes": api.sandbox.node_id}):
        entries = reader.get("/consent-logs", **query).json()["elements"]
        assert {entry["customerId"] for entry in entries} == {shown}
    [entry] = api.get("/consent-logs", customerId=hidden).json()["elements"]
    assert reader.get(f"/consent-logs/{entry['id']}").status_code == 404


@pytest.mark.parametrize("nodes", [{"Filtered": "R", "Sandbox": "R"}, {"Filtered": "R", "Unfiltered": "R"}])
def test_another_way_to_the_node_shows_it(api, filtered, http, nodes):
    api.sandbox.add_aggregate_node("Unfiltered")
    hidden = api.create(**SECRET)["id"]
    reader = reading(api, http, nodes)
    assert reader.get(f"/customers/{hidden}").status_code == 200
    assert told(reader) == {hidden}
    assert told(reader, nodeId=filtered) == set()


def test_two_filtered_nodes_hide_what_both_hide(api, filtered, http):
    other = api.sandbox.add_aggregate_node("Other")
    one = {"property": "base.lastName", "value": "t", "pattern": "CONTAINS"}
    api.put(f"/configuration/nodes/aggregates/{other}", {"exclusionFilters": [one]})
    reader = reading(api, http, {"Filtered": "R", "Other": "R"})
    names = ("Secret", "Secundus", "Kent")
    both, first, second = (api.create(externalId=name, base={"lastName": name})["id"] for name in names)
    assert [reader.get(f"/customers/{one}").status_code for one in (both, first, second)] == [404, 200, 200]
    assert told(reader) == {first, second}


def test_who_may_write_at_the_entry_node_writes_to_it(api, filtered, http):
    hidden = api.create(**SECRET)["id"]
    writer = reading(api, http, {"Filtered": "R", "Sandbox": "W"})
    assert writer.get(f"/customers/{hidden}").status_code == 404
    assert writer.patch(f"/customers/{hidden}", {"extra": "x"}).status_code == 200


def test_without_filters_the_node_shows_all_again(api, reader, filtered):
    hidden = api.create(**SECRET)["id"]
    api.put(f"/configuration/nodes/aggregates/{filtered}", {"exclusionFilters": []})
    assert reader.get(f"/customers/{hidden}").status_code == 200
