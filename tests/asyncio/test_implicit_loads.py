"""What would send a request in the loop's thread is refused, and the message names a call that helps."""

from __future__ import annotations

import pytest

from contacthub_orm import Customer, Event, ImplicitLoadError, Session, load_only, signals
from contacthub_orm.asyncio import AsyncSession

pytestmark = pytest.mark.anyio


@pytest.fixture
def event_id(node, ids) -> str:
    with Session(node) as session:
        event = Event(
            customer=session.get(Customer, ids[0]),
            type="searched",
            context="WEB",
            properties={"keyword": "x"},
        )
        session.add(event)
        session.commit()
    with Session(node) as session:
        return session.query(Event).filter(Event.customerId == ids[0]).one().id


@pytest.fixture(autouse=True)
def requests():
    """The requests that are sent."""
    sent = []

    def note(transport, **request):
        sent.append(request["path"])

    with signals.before_request.connected_to(note):
        yield sent


async def test_a_relation(node, ids, event_id, requests):
    async with AsyncSession(node) as session:
        customer = await session.get(Customer, ids[0])
        requests.clear()
        with pytest.raises(ImplicitLoadError, match=r"await session\.load\(entity, attribute\)"):
            customer.events.all()
        assert not requests
        assert [event.id for event in await session.load(customer, "events")] == [event_id]
        requests.clear()
        assert [event.id for event in customer.events] == [event_id]
        assert not requests
        assert [event.id async for event in session.query(customer.events.query)] == [event_id]


async def test_a_reference(node, ids, event_id, requests):
    async with AsyncSession(node) as session:
        event = await session.get(Event, event_id)
        with pytest.raises(
            ImplicitLoadError, match=rf"await session.load\(.*session.get\(Customer, '{ids[0]}'\)"
        ):
            _ = event.customer
        assert (await session.load(event, "customer")).id == ids[0]
        requests.clear()
        assert event.customer.base.lastName == "Kent"
        assert not requests


async def test_an_expired_entity(node, ids):
    async with AsyncSession(node, expire_on_commit=True) as session:
        customer = await session.get(Customer, ids[0])
        customer.base.lastName = "Wayne"
        await session.commit()
        with pytest.raises(ImplicitLoadError, match=r"await session\.load\(entity\) before"):
            _ = customer.base.lastName
        await session.load(customer)
        assert customer.base.lastName == "Wayne"


async def test_what_a_partial_load_left_out(node, ids):
    async with AsyncSession(node) as session:
        query = session.query(Customer).options(load_only(Customer.externalId))
        customer = await query.filter(Customer.externalId == "0").one()
        with pytest.raises(ImplicitLoadError, match=r"await session\.load\(entity\) before"):
            _ = customer.base.lastName
        assert await session.load(customer, "base.lastName") == "Kent"
        assert customer.base.lastName == "Kent"


async def test_loading_an_entity_whole_completes_a_partial_one(node, ids):
    async with AsyncSession(node) as session:
        query = session.query(Customer).options(load_only(Customer.externalId))
        customer = await query.filter(Customer.externalId == "0").one()
        assert (await session.load(customer)).base.lastName == "Kent"


async def test_entities_below(node, ids):
    async with AsyncSession(node) as session:
        customer = await session.get(Customer, ids[0])
        with pytest.raises(ImplicitLoadError, match=r'await session\.load\(entity, "sessions"\)'):
            _ = customer.sessions
        assert await session.load(customer, "sessions") == ()


@pytest.mark.parametrize(
    "verb",
    [
        lambda session, customer: session.commit(),
        lambda session, customer: session.flush(),
        lambda session, customer: session.export(customer),
        lambda session, customer: customer.patch(),
        lambda session, customer: session.query(Customer).all(),
        lambda session, customer: session.get(Customer, "1"),
        lambda session, customer: session.refresh(customer),
    ],
    ids=["commit", "flush", "export", "patch", "query", "get", "refresh"],
)
async def test_verbs_of_the_session_below(node, ids, verb, requests):
    async with AsyncSession(node) as session:
        customer = await session.get(Customer, ids[0])
        customer.base.lastName = "Wayne"
        requests.clear()
        with pytest.raises(ImplicitLoadError, match="await session"):
            verb(session.sync_session, customer)
        assert not requests
        assert session.dirty == [customer]
        await session.run_sync(lambda held: verb(held, customer))


async def test_iterating_a_query_without_async(node):
    async with AsyncSession(node) as session:
        with pytest.raises(ImplicitLoadError, match="async for"):
            list(session.query(Customer))


async def test_an_attribute_that_does_not_exist_is_named(node, ids):
    async with AsyncSession(node) as session:
        customer = await session.get(Customer, ids[0])
        with pytest.raises(AttributeError, match="evnts"):
            await session.load(customer, "evnts")
