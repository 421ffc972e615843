"""A verb that has begun ends, whatever becomes of its task."""

from __future__ import annotations

import asyncio

import anyio
import pytest

from contacthub_orm import Customer, Session
from contacthub_orm.asyncio import AsyncSession
from contacthub_orm.orm import Outcome

pytestmark = pytest.mark.anyio


def external_ids(node) -> list[str]:
    with Session(node) as session:
        return sorted(customer.externalId for customer in session.query(Customer))


async def test_a_commit_under_way_ends_and_keeps_its_account(node, hold):
    session = AsyncSession(node)
    session.add(Customer(externalId="1"))
    with hold("POST") as held, anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(_cancel, held, scope)
            await session.commit()
            await anyio.lowlevel.checkpoint()
            pytest.fail("not cancelled after the commit")
    assert scope.cancelled_caught
    assert [entry.outcome for entry in session.account.entries] == [Outcome.DONE]
    assert external_ids(node) == ["1"]
    assert not session.new
    await session.close()


async def _cancel(held, scope):
    await anyio.to_thread.run_sync(held.begun)
    scope.cancel()
    held.go.set()


@pytest.mark.parametrize("times", [1, 3])
async def test_so_it_does_if_asyncio_itself_cancels_the_task(node, hold, anyio_backend, times):
    if anyio_backend != "asyncio":
        pytest.skip("trio has no such cancellation")
    session = AsyncSession(node)
    session.add(Customer(externalId="1"))
    with hold("POST") as held:
        task = asyncio.create_task(session.commit())
        await anyio.to_thread.run_sync(held.begun)
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0.01)
        assert not task.done()
        held.go.set()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert [entry.outcome for entry in session.account.entries] == [Outcome.DONE]
    assert external_ids(node) == ["1"]
    session.add(Customer(externalId="2"))
    await session.commit()  # the next verb has its turn
    await session.close()
    assert external_ids(node) == ["1", "2"]


async def test_a_timeout_of_asyncio_waits_for_the_commit(node, hold, anyio_backend):
    if anyio_backend != "asyncio":
        pytest.skip("trio has no such timeouts")
    async with AsyncSession(node) as session:
        session.add(Customer(externalId="1"))
        with hold("POST") as held, pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                asyncio.get_running_loop().call_later(0.05, held.go.set)
                await session.commit()
        assert session.account.succeeded


async def test_a_verb_that_waits_for_its_turn_does_not_begin(node, hold):
    async with AsyncSession(node) as session:
        session.add(Customer(externalId="1"))
        with hold("POST") as held:
            async with anyio.create_task_group() as group:
                group.start_soon(session.commit)
                await anyio.to_thread.run_sync(held.begun)
                with anyio.move_on_after(0.01) as scope:
                    await session.run_sync(lambda _: pytest.fail("it began"))
                assert scope.cancelled_caught
                held.go.set()


async def test_reading_rows_is_cancelled_between_two_pages(node, contacthub_sandbox):
    contacthub_sandbox.seed([{"externalId": str(number)} for number in range(120)])
    read = []
    async with AsyncSession(node) as session:
        with anyio.CancelScope() as scope:
            async for row in session.query(Customer):
                read.append(row)
                scope.cancel()
    assert scope.cancelled_caught
    assert len(read) == 50


async def test_a_cancelled_block_rolls_back(node):
    async with AsyncSession(node) as session:
        with anyio.CancelScope() as scope:
            async with session.begin():
                session.add(Customer(externalId="1"))
                scope.cancel()
                await anyio.lowlevel.checkpoint()
        assert scope.cancelled_caught
        assert not session.new
    assert external_ids(node) == []


async def test_a_cancelled_atomic_block_undoes_what_it_has_sent(node):
    async with AsyncSession(node) as session:
        with anyio.CancelScope() as scope:
            async with session.begin(atomic=True):
                session.add(Customer(externalId="1"))
                await session.flush()
                assert external_ids(node) == ["1"]
                scope.cancel()
                await anyio.lowlevel.checkpoint()
        assert scope.cancelled_caught
    assert external_ids(node) == []


async def test_a_cancelled_task_closes_its_session(node):
    with anyio.CancelScope() as scope:
        async with AsyncSession(node) as session:
            scope.cancel()
            await anyio.lowlevel.checkpoint()
    with pytest.raises(Exception, match="closed"):
        session.add(Customer())


async def test_a_verb_that_was_cancelled_before_its_thread_began_does_not_begin(node, monkeypatch):
    from contacthub_orm.asyncio import turns

    async def waiting_for_a_thread(*_, **__):
        await anyio.sleep_forever()

    async with AsyncSession(node) as session:
        with monkeypatch.context() as patched:
            patched.setattr(turns.to_thread, "run_sync", waiting_for_a_thread)
            with anyio.fail_after(5), anyio.move_on_after(0.01) as scope:
                await session.run_sync(lambda _: pytest.fail("it began"))
        assert scope.cancelled_caught
        assert await session.query(Customer).count() == 0
