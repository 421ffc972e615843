"""The verbs of `AsyncSession` do what those of `Session` do, in threads that are not the loop's."""

from __future__ import annotations

import threading

import anyio
import pytest

from contacthub_orm import Customer, InvalidRequestError, OperationNotPermitted, Session, select, signals
from contacthub_orm.asyncio import AsyncSession
from contacthub_orm.errors import CommitError, NoResultFound, ValidationError

pytestmark = pytest.mark.anyio


def last_names(node) -> list[str]:
    with Session(node) as session:
        return sorted(customer.base.lastName for customer in session.query(Customer))


async def test_what_is_read_changed_and_committed_is_at_the_service(node, ids):
    async with AsyncSession(node) as session:
        customer = await session.get(Customer, ids[0])
        customer.base.lastName = "Wayne"
        session.add(Customer(externalId="new", base={"lastName": "Prince"}))
        account = await session.commit()
    assert len(account.entries) == 2
    assert last_names(node) == ["Kent", "Kent", "Prince", "Wayne"]


async def test_requests_are_sent_in_other_threads(node, ids):
    threads = set()

    def note(transport, **_):
        threads.add(threading.get_ident())

    with signals.before_request.connected_to(note):
        async with AsyncSession(node) as session:
            await session.get(Customer, ids[0])
            await session.query(Customer).all()
    assert threads
    assert threading.get_ident() not in threads


async def test_a_block_commits_at_its_end(node, ids):
    async with AsyncSession(node) as session, session.begin():
        (await session.get(Customer, ids[0])).base.lastName = "Wayne"
    assert last_names(node) == ["Kent", "Kent", "Wayne"]


async def test_an_exception_rolls_a_block_back(node, ids):
    async with AsyncSession(node) as session:
        customer = await session.get(Customer, ids[0])
        with pytest.raises(LookupError):
            async with session.begin():
                customer.base.lastName = "Wayne"
                raise LookupError
        assert customer.base.lastName == "Kent"
        assert not session.dirty


async def test_an_atomic_block_undoes_what_it_has_sent(node, ids):
    async with AsyncSession(node) as session:
        with pytest.raises(LookupError):
            async with session.begin(atomic=True):
                (await session.get(Customer, ids[0])).base.lastName = "Wayne"
                await session.flush()
                assert "Wayne" in last_names(node)
                raise LookupError
    assert last_names(node) == ["Kent"] * 3


async def test_the_error_of_a_commit_carries_its_account(node):
    async with AsyncSession(node) as session:
        session.add(Customer(externalId="1", base={"contacts": {"email": "no address"}}))
        with pytest.raises(ValidationError):
            await session.commit()
        session.expunge_all()
        session.add(Customer(externalId="2"))
        with signals.before_request.connected_to(_refuse), pytest.raises(CommitError) as caught:
            await session.commit()
    assert len(caught.value.account.entries) == 1
    assert session.account is caught.value.account


def _refuse(transport, **request):
    if request["method"] == "POST":
        raise InvalidRequestError("refused")


async def test_rows_are_read_by_async_for_and_by_all(node, ids):
    async with AsyncSession(node) as session:
        query = session.query(Customer).filter(Customer.base.lastName == "Kent")
        found = [customer.id async for customer in query]
        assert sorted(found) == sorted(ids)
        assert {customer.id for customer in await query.all()} == set(ids)
        assert await query.count() == 3
        assert await query.exists()
        assert (await query.first()).id in ids
        assert len(await query.page(0, 2)) == 2
        assert (await query.get(ids[0])).id == ids[0]
        with pytest.raises(NoResultFound):
            await query.filter(Customer.externalId == "none").one()


async def test_a_page_of_rows_is_one_hop(node, contacthub_sandbox):
    contacthub_sandbox.seed([{"externalId": str(number)} for number in range(120)])
    async with AsyncSession(node) as session:
        hops = []
        original = session.turns.run

        async def counting(*args):
            hops.append(args)
            return await original(*args)

        session.turns.run = counting
        found = [customer async for customer in session.query(Customer)]
        assert (len(found), len(hops)) == (120, 3)  # pages of 50


async def test_leaving_the_loop_early_leaves_no_thread_behind(node, contacthub_sandbox):
    contacthub_sandbox.seed([{"externalId": str(number)} for number in range(200)])
    before = set(threading.enumerate())
    async with AsyncSession(node) as session:
        async for _ in session.query(Customer).order_by(Customer.externalId):
            break
    assert not [one for one in set(threading.enumerate()) - before if one.name.startswith("contacthub_orm")]


async def test_statements_are_awaited_as_with_sqlalchemy(node, ids):
    statement = select(Customer).where(Customer.base.lastName == "Kent").order_by(Customer.externalId)
    async with AsyncSession(node) as session:
        assert [one.externalId for one in (await session.scalars(statement)).all()] == ["0", "1", "2"]
        assert [one.externalId async for one in await session.stream_scalars(statement)] == ["0", "1", "2"]
        assert (await session.scalar(statement)).externalId == "0"
        result = await session.execute(statement.limit(1))
        assert result.scalar_one().externalId == "0"
        assert result.one() == (result.scalar(),)


async def test_a_fork_is_tried_and_merged_back(node, ids):
    async with AsyncSession(node) as session:
        customer = await session.get(Customer, ids[0])
        async with await session.fork() as fork:
            fork.counterpart(customer).base.lastName = "Wayne"
            assert "Wayne" in str(await fork.plan())
            await fork.merge_back()
        assert customer.base.lastName == "Wayne"
        assert session.dirty == [customer]


async def test_the_verbs_of_two_tasks_take_turns(node, ids):
    async with AsyncSession(node) as session, anyio.create_task_group() as group:
        for identity in ids:
            group.start_soon(session.get, Customer, identity)
    async with AsyncSession(node) as session:
        most, under_way = 0, 0

        def verb(_):
            nonlocal most, under_way
            under_way += 1
            most = max(most, under_way)
            under_way -= 1

        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(session.run_sync, verb)
    assert most == 1


async def test_what_would_disturb_the_verb_of_another_task_is_refused(node, hold):
    async with AsyncSession(node) as session:
        session.add(Customer(externalId="1"))
        with hold("POST") as held:
            async with anyio.create_task_group() as group:
                group.start_soon(session.commit)
                await anyio.to_thread.run_sync(held.begun)
                with pytest.raises(InvalidRequestError, match="at work for another task"):
                    session.add(Customer(externalId="2"))
                held.go.set()


async def test_sessions_of_a_workspace_share_its_threads_and_no_others(node, contacthub_sandbox):
    first, second = AsyncSession(node), AsyncSession(node)
    other = AsyncSession(contacthub_sandbox.add_workspace("Shop").node)
    limiters = [session.turns.limiter for session in (first, second, other)]
    assert limiters[0] is limiters[1]
    assert limiters[2] is not limiters[0]
    assert limiters[0].total_tokens == node.workspace.transport.settings.pool_size


async def test_no_more_verbs_run_at_once_than_the_limiter_lets_through(node):
    limiter = anyio.CapacityLimiter(1)
    sessions = [AsyncSession(node, limiter=limiter) for _ in range(3)]
    most = []

    async def run(session):
        await session.run_sync(lambda _: most.append(limiter.borrowed_tokens))

    async with anyio.create_task_group() as group:
        for session in sessions:
            group.start_soon(run, session)
    assert most == [1, 1, 1]


async def test_relations_are_appended_to_without_a_request(node, ids):
    async with AsyncSession(node) as session:
        customer = await session.get(Customer, ids[0])
        with pytest.raises(OperationNotPermitted):
            customer.events.append(customer)


async def test_a_closed_session_is_refused(node):
    async with AsyncSession(node) as session:
        pass
    with pytest.raises(InvalidRequestError, match="closed"):
        await session.get(Customer, "1")
