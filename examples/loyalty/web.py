"""The web API: each request is one unit of work, and so has a session of its own.

uvicorn --factory examples.loyalty.web:from_environment
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from contacthub_orm import CommitError, Workspace, sessionmaker

from . import services
from .adapters import SessionUnitOfWork
from .domain import NotEnoughPointsError, Reward
from .ports import UnitOfWork

STATUS: dict[type[Exception], int] = {
    services.UnknownCardError: 404,
    services.CardTakenError: 409,
    NotEnoughPointsError: 409,
    ValueError: 422,
    CommitError: 502,
}


def create_app(start: Callable[[], UnitOfWork]) -> Starlette:
    """The application.

    Args:
        start: gives the unit of work of a request. The work runs in a thread of its own: a session blocks, and threads may
            share a node, but no session.
    """

    async def enrol(request: Request) -> JSONResponse:
        body = await request.json()
        await run_in_threadpool(services.enrol, start(), body["card"], body["firstName"])
        return JSONResponse({"card": body["card"]}, 201)

    async def earn(request: Request) -> JSONResponse:
        body = await request.json()
        points = await run_in_threadpool(services.earn, start(), request.path_params["card"], body["points"])
        return JSONResponse({"points": points})

    async def take(request: Request) -> JSONResponse:
        reward = Reward(**await request.json())
        points = await run_in_threadpool(services.take, start(), request.path_params["card"], reward)
        return JSONResponse({"points": points})

    async def gold(_: Request) -> JSONResponse:
        return JSONResponse({"cards": await run_in_threadpool(services.gold_cards, start())})

    routes = [
        Route("/members", enrol, methods=["POST"]),
        Route("/members/gold", gold),
        Route("/members/{card}/points", earn, methods=["POST"]),
        Route("/members/{card}/rewards", take, methods=["POST"]),
    ]
    handlers: dict[Any, Any] = {error: _refusal(status) for error, status in STATUS.items()}
    return Starlette(routes=routes, exception_handlers=handlers)


def _refusal(status: int) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
    async def refuse(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": f"{type(error).__name__}: {error}"}, status)

    return refuse


def from_environment() -> Starlette:
    """The application on the node that the CONTACTHUB_* variables name."""
    sessions = sessionmaker(Workspace.from_env().get_node())
    return create_app(lambda: SessionUnitOfWork(sessions))
