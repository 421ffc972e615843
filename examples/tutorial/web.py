"""The fifth chapter: a page for the shop assistants. Each request has a session of its own.

uvicorn --factory examples.tutorial.web:from_environment
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from contacthub_orm import CommitError, Session, Workspace, sessionmaker

from .shop import IS_GOOD_CUSTOMER, Member

PAGE = """<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Members</title>
<h1>Members</h1><table><tr><th>Number<th>Name<th>Points<th></tr>{rows}</table>"""

ROW = """<tr><td>{number}<td>{name}<td>{points}<td><form method="post" action="/members/{number}/orders">
<input name="order" aria-label="Order"><input name="total" aria-label="Total"><button>Buy</button></form></tr>"""


def members(session: Session) -> str:
    rows = [
        ROW.format(
            number=escape(one.externalId or ""),
            name=escape(one.base.firstName or ""),
            points=one.extended.points or 0,
        )
        for one in session.query(Member).order_by(Member.externalId).limit(50)
    ]
    return PAGE.format(rows="".join(rows))


def buy(session: Session, number: str, order: str, total: float) -> None:
    member = session.query(Member).filter_by(externalId=number).one()
    member.buy(order, total)
    session.commit()


def good_customers(session: Session) -> list[str]:
    return [one.externalId or "" for one in session.query(Member).filter(IS_GOOD_CUSTOMER)]


def create_app(sessions: sessionmaker) -> Starlette:
    async def within(use_case: Callable[..., Any], *arguments: Any) -> Any:
        """Run a use case with a session of its own, in a thread: a session blocks."""

        def work() -> Any:
            with sessions() as session:
                return use_case(session, *arguments)

        return await run_in_threadpool(work)

    async def show(_: Request) -> Response:
        return HTMLResponse(await within(members))

    async def order(request: Request) -> Response:
        form = parse_qs((await request.body()).decode())
        await within(buy, request.path_params["number"], form["order"][0], float(form["total"][0]))
        return RedirectResponse("/", 303)

    async def good(_: Request) -> Response:
        return JSONResponse(await within(good_customers))

    async def not_saved(_: Request, error: Exception) -> Response:
        return JSONResponse({"error": f"not saved: {type(error).__name__}"}, 502)

    return Starlette(
        routes=[
            Route("/", show),
            Route("/members/{number}/orders", order, methods=["POST"]),
            Route("/good-customers", good),
        ],
        exception_handlers={CommitError: not_saved},
    )


def from_environment() -> Starlette:
    return create_app(sessionmaker(Workspace.from_env().get_node()))
