"""What type checkers know of asynchronous sessions; `assert_type` fails in the checker."""

from __future__ import annotations

from typing import Any, assert_type

from contacthub_orm import Account, Customer, Event, Node, select
from contacthub_orm.asyncio import AsyncMirror, AsyncQuery, AsyncSession, AsyncUpdates, ScalarResult


async def verbs(node: Node, customer: Customer) -> None:
    async with AsyncSession(node) as session, session.begin(atomic=True) as block:
        assert_type(block, AsyncSession)
        assert_type(await session.get(Customer, "1"), Customer | None)
        assert_type(await session.get_many(Customer, ["1"]), list[Customer | None])
        assert_type(await session.merge(customer, key="externalId"), Customer)
        assert_type(await session.merge_all([customer]), list[Customer])
        assert_type(await session.load(customer), Customer)
        assert_type(await session.load(customer, "events"), Any)
        assert_type(await session.commit(), Account)
        await session.get("1", Customer)  # type: ignore[arg-type]  # pyright: ignore
        await session.commit(atomics=True)  # type: ignore[call-arg]  # pyright: ignore


async def queries(session: AsyncSession) -> None:
    query = session.query(Customer).filter(Customer.base.lastName == "Wayne").order_by(Customer.externalId)
    assert_type(query, AsyncQuery[Customer])
    assert_type(await query.limit(3).all(), list[Customer])
    assert_type(await query.first(), Customer | None)
    assert_type(await query.count(), int)
    async for customer in query:
        assert_type(customer, Customer)
        assert_type(session.query(customer.events.query), AsyncQuery[Event])
    assert_type(await session.scalars(select(Customer)), ScalarResult[Customer])
    assert_type(await session.scalar(select(Customer)), Customer | None)
    assert_type((await session.execute(select(Customer))).all(), list[tuple[Customer]])
    async for one in await session.stream_scalars(select(Customer)):
        assert_type(one, Customer)


async def mirrors(node: Node) -> None:
    async with AsyncMirror(node, "mirror.db") as mirror:
        assert_type(await mirror.query(Customer).all(), list[Customer])
        async for sighting in mirror.watch(mirror.query(Customer)):
            assert_type(sighting.entity, Customer | None)
    updates = AsyncUpdates(node)
    async for update in updates:
        print(update.document)
