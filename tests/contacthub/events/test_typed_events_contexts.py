"""`contextInfo` is made of the class of the event's context."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from contacthub_orm import CompletedOrder, Embedded, Event, Properties, Session, ViewedPage, embedded, inspect
from contacthub_orm.contacthub.events import (
    ClientInfo,
    ContextInfo,
    EcommerceContextInfo,
    MobileContextInfo,
    RetailContextInfo,
    SocialContextInfo,
    Store,
    StoreType,
    WebContextInfo,
)
from contacthub_orm.contacthub.events.contexts import CONTEXT_INFO
from contacthub_orm.contacthub.values.enums import EventContext, EventType
from contacthub_orm.orm.entity.validation import violations
from contacthub_orm.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running, running.workspace:
        yield running


@pytest.fixture(scope="module")
def bruce(sandbox: Sandbox) -> str:
    return sandbox.seed([{"externalId": "bruce"}])[0]


def test_every_context_has_a_class_of_its_own() -> None:
    assert set(CONTEXT_INFO) == set(EventContext)
    assert len(set(CONTEXT_INFO.values())) == len(EventContext)
    for context, cls in CONTEXT_INFO.items():
        assert context is not None
        assert cls.__name__ == f"{context.title().replace('_', '')}ContextInfo"
        assert issubclass(cls, ContextInfo)


@pytest.mark.parametrize("context", EventContext)
def test_it_is_loaded_as_the_class_of_its_context(
    sandbox: Sandbox, bruce: str, context: EventContext
) -> None:
    info = {"client": {"ip": "127.0.0.1"}, "user": {"id": "u1", "contacts": {"phone": "1"}}}
    with Session(sandbox.node) as session:
        page = ViewedPage(customerId=bruce, context=context, contextInfo=info)
        assert type(page.contextInfo) is CONTEXT_INFO[context]
        session.add(page)
        session.commit()
        identity = page.id
    assert identity is not None

    with Session(sandbox.node) as session:
        loaded = session.get(Event, identity)
        assert loaded is not None
        assert type(loaded.contextInfo) is CONTEXT_INFO[context]
        assert loaded.contextInfo.client.ip == "127.0.0.1"
        assert loaded.contextInfo.user.contacts.phone == "1"
        assert loaded.contextInfo == info
        assert inspect(loaded).changes() == {}
        loaded.contextInfo.client.ip = "127.0.0.2"
        assert inspect(loaded).changes() == {"contextInfo": {"client": {"ip": "127.0.0.2"}}}


def test_an_object_of_the_class_is_taken_as_it_is() -> None:
    info = RetailContextInfo(store=Store(id="s1", type=StoreType.FREE_STANDING))
    order = CompletedOrder(customerId="1", context=EventContext.RETAIL, contextInfo=info)

    assert order.contextInfo is info
    info.store.name = "Wayne's"
    assert inspect(order).changes()["contextInfo"] == {
        "store": {"id": "s1", "type": "FREE-STANDING", "name": "Wayne's"}
    }


def test_an_object_of_another_context_becomes_one_of_its_own() -> None:
    info = WebContextInfo(client=ClientInfo(ip="127.0.0.1"))
    order = CompletedOrder(context=EventContext.MOBILE, contextInfo=info)

    assert type(order.contextInfo) is MobileContextInfo
    assert order.contextInfo.client.ip == "127.0.0.1"
    assert order.contextInfo == info


def test_it_is_chosen_when_it_is_read_first() -> None:
    event = Event(customerId="1", type=EventType.VIEWED_PAGE)
    event.context = EventContext.SOCIAL

    assert type(event.contextInfo) is SocialContextInfo
    assert not event.contextInfo
    assert "contextInfo" not in inspect(event).changes()


@pytest.mark.parametrize("context", [None, "METAVERSE"])
def test_it_is_open_where_the_context_is_not_known(context: Any) -> None:
    event = Event(context=context, contextInfo={"world": "w1"})

    assert type(event.contextInfo) is Properties
    assert event.contextInfo["world"] == "w1"


def test_null_reads_as_an_empty_one() -> None:
    event = Event(context=EventContext.ECOMMERCE, contextInfo=None)

    assert type(event.contextInfo) is not Properties
    assert not event.contextInfo
    assert event.contextInfo.store.city is None
    assert event.to_dict()["contextInfo"] is None


def test_it_is_checked_before_it_is_sent() -> None:
    def broken(info: dict[str, Any]) -> list[str]:
        order = CompletedOrder(customerId="1", context=EventContext.RETAIL, contextInfo=info)
        return [f"{violation.path}: {violation.rule}" for violation in violations(order)]

    assert broken({"user": {"username": "al"}}) == ["CompletedOrder.contextInfo.user.id: is required"]
    assert broken({"store": {"type": "TENT"}}) != []
    assert broken({"client": {"localization": {"geo": {"lat": -91}}}}) == [
        "CompletedOrder.contextInfo.client.localization.geo.lat: must be between -90 and 90, got -91"
    ]
    assert broken({"store": {"geo": {"lat": 1}}}) == ["CompletedOrder.contextInfo.store.geo.lon: is required"]


def test_reading_an_absent_user_leaves_no_trace() -> None:
    order = CompletedOrder(
        customerId="1", context=EventContext.WEB, contextInfo={"client": {"ip": "127.0.0.1"}}
    )
    assert order.contextInfo.user.id is None

    assert violations(order) == []
    assert inspect(order).changes()["contextInfo"] == {"client": {"ip": "127.0.0.1"}}


def test_an_event_of_ones_own_may_have_a_class_of_its_own() -> None:
    class Shelf(EcommerceContextInfo):
        pass

    class ShelfEvent(Event):
        contextInfo: Embedded[Shelf] = embedded(default=None)

    assert type(ShelfEvent(context=EventContext.WEB).contextInfo) is Shelf


def test_on_the_class_any_path_continues_it() -> None:
    assert str(Event.contextInfo.client.ip) == "Event.contextInfo.client.ip"
