"""The example with FastAPI: each request has a session of its own, which its end closes."""

from __future__ import annotations

import anyio
import pytest

from contacthub_orm import Customer, Session
from contacthub_orm.asyncio import AsyncSession

pytest.importorskip("fastapi", reason="of the group with asyncio")
httpx = pytest.importorskip("httpx", reason="of the group with asyncio")
pytestmark = pytest.mark.anyio


@pytest.fixture
async def client(node):
    from examples.async_api import application

    transport = httpx.ASGITransport(application(node))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as found:
        yield found


async def test_a_customer_is_registered_shown_and_renamed(client, node):
    made = await client.post("/customers", json={"firstName": "Clark", "lastName": "Kent"})
    assert made.status_code == 201
    where = f"/customers/{made.json()['id']}"
    assert (await client.patch(where, json={"lastName": "Kal-El"})).json()["lastName"] == "Kal-El"
    assert (await client.get(where)).json() == {
        "id": made.json()["id"], "firstName": "Clark", "lastName": "Kal-El", "events": [],
    }  # fmt: skip
    with Session(node) as session:
        assert session.query(Customer).one().base.lastName == "Kal-El"


async def test_customers_are_found(client, ids):
    found = await client.get("/customers", params={"last_name": "Kent"})
    assert {one["id"] for one in found.json()} == set(ids)


async def test_what_is_missing_and_what_is_invalid_have_their_status(client):
    assert (await client.get("/customers/none")).status_code == 404
    refused = await client.post("/customers", json={"contacts": {"email": "no address"}})
    assert refused.status_code == 422
    assert "email" in refused.json()["detail"]


async def test_many_requests_at_once_have_a_session_each_and_close_it(client, ids, monkeypatch):
    opened, closed = [], []
    enter, leave = AsyncSession.__aenter__, AsyncSession.close

    async def entering(self):
        opened.append(self)
        return await enter(self)

    async def closing(self):
        closed.append(self)
        await leave(self)

    monkeypatch.setattr(AsyncSession, "__aenter__", entering)
    monkeypatch.setattr(AsyncSession, "close", closing)
    async with anyio.create_task_group() as group:
        for number in range(30):
            group.start_soon(client.get, f"/customers/{ids[number % 3]}")
    assert len(set(opened)) == 30
    assert set(closed) == set(opened)
