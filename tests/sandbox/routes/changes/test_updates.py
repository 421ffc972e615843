"""The update stream: GET updates and updates/last-offset."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm.sandbox import Sandbox
from contacthub_orm.sandbox.storage import updates as stream
from tests.sandbox.api import Api

DAY = 24 * 60 * 60


def read(api: Api, **query: Any) -> dict[str, Any]:
    answer = api.get("/updates", **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The operations, with the kind and the id of what they changed."""
    return [
        (update["operation"], update["entity"]["type"], update["entity"]["data"]["id"])
        for update in answer["updates"]
    ]


def last(api: Api, **query: Any) -> int:
    return api.get("/updates/last-offset", **query).json()["lastOffset"]


def test_every_write_of_customers_and_events_appears_in_order(api):
    ann = api.create(externalId="1")["id"]
    api.patch(f"/customers/{ann}", {"externalId": "2"})
    event = api.event(customerId=ann)
    api.patch(f"/events/{event}", {"properties": {"title": "t"}})
    api.post(f"/customers/{ann}/likes", {"id": "l", "category": "c", "name": "n"})
    api.put(f"/customers/{ann}", {"nodeId": api.sandbox.node_id, "externalId": "3"})
    api.delete(f"/events/{event}")
    api.delete(f"/customers/{ann}")
    assert told(read(api)) == [
        ("CREATE", "CUSTOMER", ann),
        ("UPDATE", "CUSTOMER", ann),
        ("CREATE", "EVENT", event),
        ("UPDATE", "EVENT", event),
        ("UPDATE", "CUSTOMER", ann),
        ("UPDATE", "CUSTOMER", ann),
        ("DELETE", "EVENT", event),
        ("DELETE", "CUSTOMER", ann),
    ]


def test_an_update_holds_the_version_that_it_made(api):
    customer = api.create(externalId="1")
    changed = api.patch(f"/customers/{customer['id']}", {"externalId": "2"}).json()
    api.delete(f"/customers/{customer['id']}")
    data = [update["entity"]["data"] for update in read(api)["updates"]]
    assert data == [customer, changed, changed]


def test_a_customer_that_goes_takes_its_events_before_it(api):
    ann = api.create(externalId="1")["id"]
    event = api.event(customerId=ann)
    offset = last(api)
    api.delete(f"/customers/{ann}")
    assert told(read(api, offset=offset)) == [("DELETE", "EVENT", event), ("DELETE", "CUSTOMER", ann)]


def test_a_session_that_is_linked_updates_its_events(api):
    event = api.event(bringBackProperties={"type": "SESSION_ID", "value": "s"})
    ann = api.create(externalId="1")["id"]
    offset = last(api)
    api.post(f"/customers/{ann}/sessions", {"value": "s"})
    (update,) = read(api, offset=offset)["updates"]
    assert (update["operation"], update["entity"]["data"]["id"]) == ("UPDATE", event)
    assert update["entity"]["data"]["customerId"] == ann


def test_a_customer_made_by_an_event_is_created_before_the_event(api):
    event = api.event(bringBackProperties={"type": "EXTERNAL_ID", "value": "9"})
    owner = api.get(f"/events/{event}").json()["customerId"]
    assert told(read(api)) == [("CREATE", "CUSTOMER", owner), ("CREATE", "EVENT", event)]


def test_what_changes_nothing_and_what_is_refused_make_no_update(api):
    ann = api.create(externalId="1")["id"]
    offset = last(api)
    api.patch(f"/customers/{ann}", {"externalId": "1"})
    assert api.patch(f"/customers/{ann}", {"base": {"dob": "odd"}}).status_code == 400
    assert api.post("/events", {"type": "odd"}).status_code == 400
    assert read(api, offset=offset) == {"nextOffset": offset, "updates": []}


def test_a_seed_is_not_news(api):
    api.sandbox.seed([{"externalId": "1"}])
    assert read(api) == {"nextOffset": 0, "updates": []}


def test_the_search_delay_does_not_hold_updates_back(api, clock):
    api.sandbox.configure(search_delay=30)
    ann = api.create(externalId="1")["id"]
    api.patch(f"/customers/{ann}", {"externalId": "2"})
    api.delete(f"/customers/{ann}")
    assert [operation for operation, _, _ in told(read(api))] == ["CREATE", "UPDATE", "DELETE"]


def test_following_the_next_offset_gives_each_update_once(api):
    made = [api.create(externalId=str(number))["id"] for number in range(5)]
    found: list[str] = []
    offset = 0
    while page := read(api, offset=offset, size=2):
        if not page["updates"]:
            break
        found += [update["entity"]["data"]["id"] for update in page["updates"]]
        offset = page["nextOffset"]
    assert found == made
    assert offset == last(api)


def test_an_entity_is_followed_without_the_others(api):
    ann = api.create(externalId="1")["id"]
    event = api.event(customerId=ann)
    api.patch(f"/customers/{ann}", {"externalId": "2"})
    page = read(api, entity="EVENT")
    assert told(page) == [("CREATE", "EVENT", event)]
    assert page["nextOffset"] == last(api) > last(api, entity="EVENT")
    assert read(api, entity="EVENT", offset=page["nextOffset"])["updates"] == []


def test_a_node_is_followed(api):
    api.create(externalId="1")
    assert len(read(api, nodeId=api.sandbox.node_id)["updates"]) == 1
    assert last(api, nodeId=api.sandbox.node_id) == last(api)
    for path in ("/updates", "/updates/last-offset"):
        answer = api.get(path, nodeId="unknown")
        assert (answer.status_code, answer.json()["message"]) == (404, "node not found unknown")


def test_a_time_finds_the_first_update_since(api, clock):
    api.create(externalId="1")
    clock.turn(60)
    second = api.create(externalId="2")["id"]
    since = int(clock.time.timestamp() * 1000)
    assert told(read(api, timestamp=since)) == [("CREATE", "CUSTOMER", second)]
    later = read(api, timestamp=since + 1)
    assert later == {"nextOffset": last(api), "updates": []}


def test_an_offset_makes_the_time_moot(api, clock):
    api.create(externalId="1")
    assert len(read(api, offset=0, timestamp=2**50)["updates"]) == 1


def test_an_offset_of_before_a_reset_is_corrected(api):
    api.create(externalId="1")
    assert read(api, offset=500) == {"nextOffset": 1, "updates": []}


def test_a_size_of_nothing_moves_nobody_on(api):
    api.create(externalId="1")
    assert read(api, size=0) == {"nextOffset": 0, "updates": []}
    assert read(api, size=0, offset=last(api)) == {"nextOffset": last(api), "updates": []}


def test_fifty_updates_come_unless_told_otherwise(api):
    for number in range(51):
        api.create(externalId=str(number))
    assert len(read(api)["updates"]) == 50
    assert len(read(api, size=4000)["updates"]) == 51


def test_all_that_is_wrong_with_the_parameters_is_said_at_once(api):
    answer = api.get("/updates", size=4001, offset="x", timestamp=-1, entity="odd")
    assert answer.status_code == 400
    assert {error["path"] for error in answer.json()["errors"]} == {"size", "offset", "timestamp", "entity"}


@pytest.mark.parametrize("number", ["9" * 30, "1.5", "+1", "\u0661"])
def test_odd_numbers_are_refused(api, number):
    assert api.get("/updates", offset=number).status_code == 400


def test_updates_expire_after_a_week_but_for_the_newest(api, clock):
    api.create(externalId="1")
    clock.turn(7 * DAY)
    assert len(read(api)["updates"]) == 1
    second = api.create(externalId="2")["id"]
    clock.turn(1)
    assert told(read(api)) == [("CREATE", "CUSTOMER", second)]
    clock.turn(8 * DAY)
    newest = last(api)
    assert told(read(api)) == [("CREATE", "CUSTOMER", second)]
    api.create(externalId="3")
    assert last(api) == newest + 1


def test_the_stream_keeps_a_bounded_number_of_updates(api, monkeypatch):
    monkeypatch.setattr(stream, "CAPACITY", 5)
    monkeypatch.setattr(stream, "SLACK", 3)
    api.sandbox.reset()
    made = [api.create(externalId=str(number))["id"] for number in range(12)]
    kept = [identity for _, _, identity in told(read(api))]
    assert kept == made[-len(kept) :]
    assert 5 <= len(kept) <= 5 + 3


def test_of_large_documents_the_stream_keeps_fewer(api, monkeypatch):
    monkeypatch.setattr(stream, "MAX_SIZE", 100_000)
    monkeypatch.setattr(stream, "PARTS", 10)
    made = [api.create(externalId=str(number), extra="x" * 8_000)["id"] for number in range(30)]
    kept = [identity for _, _, identity in told(read(api))]
    assert kept == made[-len(kept) :]
    assert 5 < len(kept) < 15


def test_the_stream_survives_in_the_data_file(tmp_path, http):
    path = tmp_path / "sandbox.sqlite"
    with Sandbox(path) as sandbox:
        first = Api(sandbox, http).create(externalId="1")["id"]
    with Sandbox(path) as sandbox:
        api = Api(sandbox, http)
        second = api.create(externalId="2")["id"]
        assert [identity for _, _, identity in told(read(api))] == [first, second]


def test_a_reset_starts_the_stream_anew(api):
    api.create(externalId="1")
    api.sandbox.reset()
    assert (last(api), read(api)["updates"]) == (0, [])
    api.create(externalId="1")
    assert last(api) == 1
