r"""A web API with one session per request: FastAPI in an event loop, `AsyncSession` below.

CONTACTHUB_WORKSPACE_ID=... CONTACTHUB_TOKEN=... CONTACTHUB_NODE_ID=... \
    uvicorn --factory examples.async_api:from_environment
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

from contacthub_orm import ConflictError, Customer, Node, ValidationError, Workspace
from contacthub_orm.asyncio import AsyncSession


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    """The session of one request. It is closed at the request's end, also if the client has gone away."""
    async with AsyncSession(request.app.state.node) as session:
        yield session


OpenSession = Annotated[AsyncSession, Depends(open_session)]


def application(node: Node) -> FastAPI:
    app = FastAPI()
    app.state.node = node
    app.get("/customers")(search)
    app.get("/customers/{customer_id}")(show)
    app.post("/customers", status_code=201)(register)
    app.patch("/customers/{customer_id}")(rename)
    app.exception_handler(ValidationError)(invalid)
    app.exception_handler(ConflictError)(conflict)
    return app


async def search(last_name: str, session: OpenSession) -> list[dict[str, Any]]:
    query = (
        session.query(Customer).filter(Customer.base.lastName == last_name).order_by(Customer.base.firstName)
    )
    return [shown(customer) async for customer in query]


async def show(customer_id: str, session: OpenSession) -> dict[str, Any]:
    customer = await found(customer_id, session)
    events = await session.load(customer, "events")
    return {**shown(customer), "events": [event.type for event in events]}


async def register(base: dict[str, Any], session: OpenSession) -> dict[str, Any]:
    customer = Customer(base=base)
    session.add(customer)
    await session.save(customer)
    return shown(customer)


async def rename(customer_id: str, changes: dict[str, Any], session: OpenSession) -> dict[str, Any]:
    customer = await found(customer_id, session)
    async with session.begin():
        customer.base.lastName = changes["lastName"]
    return shown(customer)


async def found(customer_id: str, session: AsyncSession) -> Customer:
    customer = await session.get(Customer, customer_id)
    if customer is None:
        raise HTTPException(404, f"no customer {customer_id}")
    return customer


def shown(customer: Customer) -> dict[str, Any]:
    return {"id": customer.id, "firstName": customer.base.firstName, "lastName": customer.base.lastName}


async def invalid(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 422)


async def conflict(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 409)


def from_environment() -> FastAPI:
    return application(Workspace.from_env().get_node(os.environ["CONTACTHUB_NODE_ID"]))
