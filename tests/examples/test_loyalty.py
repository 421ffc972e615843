"""The example of an application: its domain alone, its services on fakes and on a session, its endpoints over ASGI."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from contacthub_orm import AddedReward, Session, select, sessionmaker
from contacthub_orm.sandbox import Fault, Sandbox
from examples.loyalty import adapters, domain, services, web
from examples.loyalty.fakes import FakeUnitOfWork
from examples.loyalty.ports import UnitOfWork

MUG = domain.Reward("mug", 60)
MOST_GLUE = 60


# -- the domain: no session, no fake ----------------------------------------------------------------------------------


def test_a_member_earns_points() -> None:
    member = domain.Member.enrolled("1", "Ada")
    member.earn(70)
    member.earn(30)

    assert member.points == 100
    assert not domain.IS_GOLD.matches(member)
    member.earn(900)
    assert domain.IS_GOLD.matches(member)


def test_a_member_takes_a_reward_which_is_an_event() -> None:
    member = domain.Member.enrolled("1", "Ada")
    member.earn(100)
    member.take(MUG)

    [event] = member.events
    assert member.points == 40
    assert member.extended.latest == domain.Reward("mug", 60)
    assert isinstance(event, AddedReward)
    assert event.properties.rewardTypeId == "mug"


def test_a_reward_that_costs_too_much_changes_nothing() -> None:
    member = domain.Member.enrolled("1", "Ada")
    with pytest.raises(domain.NotEnoughPointsError):
        member.take(MUG)

    assert member.points == 0
    assert list(member.events) == []


# -- the services: one suite, on the fake and on a session ------------------------------------------------------------


@pytest.fixture(params=["fake", "session"])
def start(request: pytest.FixtureRequest) -> Callable[[], UnitOfWork]:
    """Begins units of work that see what earlier ones have committed."""
    if request.param == "fake":
        work = FakeUnitOfWork()
        return lambda: work
    sandbox: Sandbox = request.getfixturevalue("contacthub_sandbox")
    sessions = sessionmaker(sandbox.node)
    return lambda: adapters.SessionUnitOfWork(sessions)


def test_what_one_use_case_commits_the_next_one_sees(start: Callable[[], UnitOfWork]) -> None:
    services.enrol(start(), "1", "Ada")
    services.enrol(start(), "2", "Bob")

    assert services.earn(start(), "1", 1100) == 1100
    assert services.take(start(), "1", MUG) == 1040
    assert services.gold_cards(start()) == ["1"]


def test_a_card_is_given_once(start: Callable[[], UnitOfWork]) -> None:
    services.enrol(start(), "1", "Ada")
    with pytest.raises(services.CardTakenError):
        services.enrol(start(), "1", "Bob")
    with pytest.raises(services.UnknownCardError):
        services.earn(start(), "2", 1)


def test_a_use_case_that_fails_commits_nothing() -> None:
    work = FakeUnitOfWork(domain.Member.enrolled("1", "Ada"))
    with pytest.raises(domain.NotEnoughPointsError):
        services.take(work, "1", MUG)
    assert not work.committed


def test_the_aggregate_is_stored_as_a_whole(contacthub_sandbox: Sandbox, contacthub_session: Session) -> None:
    sessions = sessionmaker(contacthub_sandbox.node)
    services.enrol(adapters.SessionUnitOfWork(sessions), "1", "Ada")
    services.earn(adapters.SessionUnitOfWork(sessions), "1", 100)
    services.take(adapters.SessionUnitOfWork(sessions), "1", MUG)

    stored = contacthub_session.scalars(select(domain.Member)).one()
    assert stored.extended.latest == MUG
    assert [event.type for event in stored.events] == ["addedReward"]


# -- the endpoints ----------------------------------------------------------------------------------------------------


def call(app: Starlette, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send one request to an ASGI application; the status and the JSON of its answer."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": json.dumps(body).encode(), "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], json.loads(b"".join(one.get("body", b"") for one in sent[1:]))


@pytest.fixture
def app(contacthub_sandbox: Sandbox) -> Starlette:
    sessions = sessionmaker(contacthub_sandbox.node)
    return web.create_app(lambda: adapters.SessionUnitOfWork(sessions))


def test_the_endpoints_answer(app: Starlette) -> None:
    assert call(app, "POST", "/members", {"card": "1", "firstName": "Ada"}) == (201, {"card": "1"})
    assert call(app, "POST", "/members/1/points", {"points": 1100}) == (200, {"points": 1100})
    assert call(app, "POST", "/members/1/rewards", {"name": "mug", "cost": 60}) == (200, {"points": 1040})
    assert call(app, "GET", "/members/gold") == (200, {"cards": ["1"]})


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/members", {"card": "1", "firstName": "Bob"}, 409),
        ("/members/2/points", {"points": 1}, 404),
        ("/members/1/points", {"points": 0}, 422),
        ("/members/1/rewards", {"name": "car", "cost": 10_000}, 409),
    ],
)
def test_what_the_domain_refuses_has_a_status(app: Starlette, path: str, body: Any, status: int) -> None:
    call(app, "POST", "/members", {"card": "1", "firstName": "Ada"})
    answered, document = call(app, "POST", path, body)

    assert answered == status
    assert document["error"]


def test_a_commit_that_fails_is_a_bad_gateway(app: Starlette, contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.faults = [Fault.status(403, method="POST")]
    status, document = call(app, "POST", "/members", {"card": "1", "firstName": "Ada"})

    assert status == 502
    assert "CommitError" in document["error"]


def test_the_page_shows_the_glue() -> None:
    page = (Path(__file__).parents[2] / "docs" / "applications.md").read_text(encoding="utf-8")
    for adapter in (adapters.SessionMembers, adapters.SessionUnitOfWork):
        assert inspect.getsource(adapter).rstrip() in page


def test_the_glue_is_short() -> None:
    code = Path(adapters.__file__).read_text(encoding="utf-8").splitlines()
    assert len([line for line in code if line.strip()]) < MOST_GLUE
