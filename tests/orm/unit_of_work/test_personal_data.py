"""Printed accounts of failures hold no value of a customer; the objects hold all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from contacthub_orm import CommitError, Customer, Session, recover
from contacthub_orm.errors import BadRequestError
from tests.support.world import Crash, World, abandon, customer, get, lost, seed

SECRET = "ada.secret"
ADDRESS = f"{SECRET}@example.com"


def refusal_with_values() -> BadRequestError:
    return BadRequestError(
        status=400,
        message=f"{ADDRESS} is taken",
        method="POST",
        url="customers",
        errors=[{"data": ADDRESS}],
        logref="ref-7",
    )


def test_a_commit_error_names_request_and_error_but_no_value(world: World) -> None:
    node = world.node()
    world.fault(node, 0, "before", refusal_with_values())
    with Session(node) as session, pytest.raises(CommitError) as caught:
        session.add(customer(SECRET))
        session.commit()
    (entry,) = caught.value.account
    assert caught.value.message.splitlines()[1:] == [
        "failed   POST customers  (BadRequestError, status 400, logref ref-7)"
    ]
    assert SECRET not in str(caught.value)
    assert ADDRESS in str(entry.request)


def crashed(world: World, path: Path, *, atomic: bool) -> str:
    """A commit that was killed after the first of its two writes; returns the id of the customer that it changes."""
    (identity,) = seed(world, "bruce")
    node = world.node()
    session = Session(node, journal=path)
    bruce = get(session, identity)
    world.fault(node, 1, "before", Crash())
    with pytest.raises(Crash), session.begin(atomic=atomic):
        bruce.extra = SECRET
        session.flush()
        session.add(customer(SECRET))
        if not atomic:
            session.flush()
    abandon(session)
    return identity


def test_a_printed_recovery_names_requests_but_no_value(world: World, tmp_path: Path) -> None:
    crashed(world, tmp_path / "journal", atomic=False)
    node = world.node()
    world.fault(node, 0, "before", refusal_with_values())
    report = recover(node, tmp_path / "journal")
    assert str(report) == "failed     POST customers  (BadRequestError, status 400, logref ref-7)"
    assert ADDRESS in str(report.failed[0].request)


def test_a_printed_undo_names_requests_but_no_value(world: World, tmp_path: Path) -> None:
    identity = crashed(world, tmp_path / "journal", atomic=True)
    assert str(recover(world.node(), tmp_path / "journal")).splitlines() == [
        f"confirmed  PATCH customers/{identity}",
        f"undone     PATCH customers/{identity}",
    ]


def test_an_undo_that_fails_names_the_error_but_not_its_text(world: World, tmp_path: Path) -> None:
    identity = crashed(world, tmp_path / "journal", atomic=True)
    node = world.node()
    world.fault(node, 0, "before", refusal_with_values())
    report = recover(node, tmp_path / "journal")
    assert str(report).splitlines() == [
        f"confirmed  PATCH customers/{identity}",
        f"not undone PATCH customers/{identity}  (BadRequestError, status 400, logref ref-7)",
    ]
    assert ADDRESS in str(report.undone[0].reason)


def test_what_stays_open_is_printed_without_values(world: World, tmp_path: Path) -> None:
    node = world.node(matching=None)
    session = Session(node, journal=tmp_path / "journal")
    world.fault(node, 0, "before", lost())
    with pytest.raises(CommitError) as caught:
        session.add(Customer(base={"contacts": {"email": ADDRESS}}))
        session.commit()
    abandon(session)
    assert SECRET not in str(caught.value)
