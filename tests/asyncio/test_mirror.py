"""`AsyncMirror` and `AsyncUpdates` tell what `Mirror` and `UpdateStream` tell."""

from __future__ import annotations

import anyio
import pytest

from contacthub_orm import Customer, ImplicitLoadError, Session
from contacthub_orm.asyncio import AsyncMirror, AsyncSession, AsyncUpdates
from contacthub_orm.errors import ArgumentError, InvalidRequestError

pytestmark = pytest.mark.anyio


def rename(node, identity: str, name: str) -> None:
    with Session(node) as session, session.begin():
        session.get(Customer, identity).base.lastName = name


@pytest.fixture
def ids(node) -> list[str]:
    """Three customers of which the stream tells."""
    with Session(node) as session:
        customers = [Customer(externalId=str(number), base={"lastName": "Kent"}) for number in range(3)]
        session.add_all(customers)
        session.commit()
        return [customer.id for customer in customers]


async def test_a_mirror_is_pulled_and_asked(node, ids, tmp_path):
    async with AsyncMirror(node, tmp_path / "mirror.db") as mirror:
        await mirror.pull()
        query = mirror.query(Customer).filter(Customer.base.lastName == "Kent")
        assert sorted([one.id async for one in query]) == sorted(ids)
        assert {one.id for one in await query.all()} == set(ids)
        assert (await query.count(), await query.exists()) == (3, True)
        assert (await mirror.get(Customer, ids[0])).base.lastName == "Kent"
        assert (await query.filter(Customer.externalId == "0").one()).id == ids[0]
        assert await mirror.run_sync(lambda held: held.query(Customer).count()) == 3
        rename(node, ids[0], "Wayne")
        await mirror.verify()
        assert await query.count() == 2
        with pytest.raises(ImplicitLoadError, match="async for"):
            list(query)


async def test_what_enters_and_leaves_is_watched(node, ids, tmp_path):
    seen = []
    async with AsyncMirror(node, tmp_path / "mirror.db") as mirror:
        await mirror.pull()
        query = mirror.query(Customer).filter(Customer.base.lastName == "Wayne")
        with anyio.fail_after(20):
            async with anyio.create_task_group() as group:
                group.start_soon(_rename_later, node, ids[0])
                async for sighting in mirror.watch(query, poll=0.01):
                    seen.append((sighting.kind, sighting.id))
                    break
    assert seen == [("enters", ids[0])]


async def _rename_later(node, identity):
    await anyio.sleep(0.05)
    await anyio.to_thread.run_sync(rename, node, identity, "Wayne")


async def test_following_is_cancelled_at_once(node, ids, tmp_path):
    async with AsyncMirror(node, tmp_path / "mirror.db") as mirror:
        with anyio.move_on_after(0.2) as scope:
            async for _ in mirror.follow(poll=600):
                pass
        assert scope.cancelled_caught
        assert await mirror.query(Customer).count() == 3


async def test_a_mirror_is_open_in_its_block_alone(node, tmp_path):
    mirror = AsyncMirror(node, tmp_path / "mirror.db")
    with pytest.raises(InvalidRequestError, match="async with"):
        await mirror.pull()
    async with mirror:
        await mirror.pull()
    with pytest.raises(InvalidRequestError, match="async with"):
        mirror.query(Customer)


async def test_updates_are_told_and_go_on_from_their_offset(node, ids):
    updates = AsyncUpdates(node, None, Customer)
    assert sorted([update.document["id"] async for update in updates]) == sorted(ids)
    rename(node, ids[0], "Wayne")
    later = AsyncUpdates(node, updates.offset, Customer)
    assert [page.updates[-1].document["id"] async for page in later.pages()] == [ids[0]]


async def test_updates_are_taken_in_by_a_session(node, ids):
    async with AsyncSession(node) as session:
        customer = await session.get(Customer, ids[0])
        offset = await anyio.to_thread.run_sync(node.update_offset)
        rename(node, ids[0], "Wayne")
        await session.sync([update async for update in AsyncUpdates(node, offset)])
        assert customer.base.lastName == "Wayne"


async def test_a_wait_for_updates_is_cancelled_and_goes_on(node, ids):
    updates = AsyncUpdates(node, poll=0.01)
    for _ in ids:
        await anext(updates)
    with anyio.move_on_after(0.05) as scope:
        await anext(updates)
    assert scope.cancelled_caught
    rename(node, ids[0], "Wayne")
    with anyio.fail_after(20):
        assert (await anext(updates)).document["id"] == ids[0]
    updates.stop()
    assert [update async for update in updates] == []


async def test_a_wrong_argument_is_refused_at_once(node):
    with pytest.raises(ArgumentError, match="poll"):
        AsyncUpdates(node, poll=0)
