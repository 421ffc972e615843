"""A load that is killed at any point goes on: each row is written once, and each file becomes one job."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import Customer, JournalError, Session, ViewedPage
from contacthub_orm.contacthub.bulk import chunks, load
from contacthub_orm.contacthub.bulk.journal import LoadJournal
from contacthub_orm.errors import BulkSaveError
from contacthub_orm.orm.service.bulk_load import BulkAccount, Reject
from tests.contacthub.bulk.death import Death
from tests.support.world import World

pytestmark = pytest.mark.slow

ROWS: list[dict[str, Any]] = [
    {"base.contacts.email": "a@example.com", "base.firstName": "a"},
    {"base.contacts.email": "b@example.com", "base.dob": "yesterday"},
    {"base.contacts.email": "c@example.com", "tags.manual": ["c"]},
    {"base.contacts.email": "d@example.com"},
    {"base.contacts.email": "e@example.com", "tags.manual": ["e"]},
]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "MAX_ROWS", 3)
    monkeypatch.setattr(load, "JOB_IS_WORTH", 1)


@pytest.fixture
def death(monkeypatch: pytest.MonkeyPatch) -> Death:
    return Death(monkeypatch)


def save(world: World, rows: Any, journal: Path, **options: Any) -> tuple[BulkAccount, list[Reject]]:
    rejects: list[Reject] = []
    account = world.node().bulk_save(rows, journal=journal, on_error=rejects.append, **options)
    return account, rejects


def held(world: World) -> dict[str, int]:
    """The versions of the customers by e-mail: one that was written once has the first."""
    found = world.sandbox.node.query(Customer).all()
    return {str(one.base.contacts.email): one.version or 0 for one in found}


def jobs(world: World) -> int:
    return world.sandbox.node.api.bulk_jobs.list_bulk_jobs().total


def has_ended(world: World, path: Path) -> bool:
    """Whether nothing of a load was left to do: its last step is that the journal forgets it."""
    journal = LoadJournal(path, None, create=True)
    try:
        return bool(held(world)) and journal.meta("strategy") is None
    finally:
        journal.close()


def kill_at(world: World, death: Death, journal: Path, step: int, delay: int) -> bool:
    """Kill a load at a step, and let it go on; return whether it had come to its end before."""
    world.sandbox.reset()
    world.sandbox.configure(bulk_job_delay=delay)
    account = None
    with death.after(step):
        account, _ = save(world, ROWS, journal)
    if account is not None or has_ended(world, journal):
        return True
    account, rejects = save(world, ROWS, journal)
    assert (account.rows, account.open, account.rejected) == (5, 0, 1), step
    assert [one.number for one in rejects] == [2], step
    assert held(world) == {f"{name}@example.com": 1 for name in "acde"}, step
    assert jobs(world) == 2, step
    return False


@pytest.mark.parametrize("delay", [0, 1])
def test_a_load_that_is_killed_writes_each_row_once(
    world: World, death: Death, tmp_path: Path, delay: int
) -> None:
    """Every seventh step, without a delay from the first one and with it from the fourth."""
    steps = itertools.count(3 * delay, 7)
    ended = next(step for step in steps if kill_at(world, death, tmp_path / f"load-{step}", step, delay))
    assert ended > 40


@pytest.mark.soak
@pytest.mark.parametrize("delay", [0, 1])
def test_a_load_that_is_killed_at_any_step_writes_each_row_once(
    world: World, death: Death, tmp_path: Path, delay: int
) -> None:
    steps = itertools.count()
    ended = next(step for step in steps if kill_at(world, death, tmp_path / f"load-{step}", step, delay))
    assert ended > 40


def test_a_load_that_is_killed_again_and_again_ends(world: World, death: Death, tmp_path: Path) -> None:
    for _ in range(20):
        account = None
        with death.after(25):
            account, _ = save(world, ROWS, tmp_path / "load")
        if account is not None:
            break
    assert account is not None
    assert account.created == 4
    assert held(world) == {f"{name}@example.com": 1 for name in "acde"}
    assert jobs(world) == 2


def test_entities_have_the_ids_of_rows_that_were_saved_before_the_kill(
    world: World, death: Death, tmp_path: Path
) -> None:
    for step in (8, 14, 20, 26):
        world.sandbox.reset()

        def people() -> list[Customer]:
            return [Customer(externalId=name) for name in "abcd"]

        with death.after(step):
            save(world, people(), tmp_path / f"load-{step}")
        rows = people()
        save(world, rows, tmp_path / f"load-{step}")
        stored = {one.externalId: one.id for one in world.sandbox.node.query(Customer).all()}
        assert {one.externalId: one.id for one in rows} == stored, step


def test_events_that_were_saved_before_the_kill_have_the_date_that_was_sent(
    world: World, death: Death, tmp_path: Path
) -> None:
    bruce = world.sandbox.node.add_customer(externalId="b")
    for step in (10, 18):

        def views() -> list[ViewedPage]:
            return [
                ViewedPage(customerId=bruce.id, context="WEB", properties={"url": f"https://e.com/{n}"})
                for n in range(5)
            ]

        with death.after(step):
            save(world, views(), tmp_path / f"load-{step}")
        world.clock.sleep(3_600)
        rows = views()
        with Session(world.node()) as session:
            session.bulk_save(rows, journal=tmp_path / f"load-{step}")
            assert session.dirty == []
            stored = {one.id: one.date for one in world.sandbox.node.get_events(bruce.id)}
            assert {one.id: one.date for one in rows}.items() <= stored.items()
    assert len(stored) == 10


def test_other_rows_than_those_of_the_load_are_refused(world: World, death: Death, tmp_path: Path) -> None:
    with death.after(20):
        save(world, ROWS, tmp_path / "load")
    before = jobs(world)
    with pytest.raises(JournalError, match="other rows"):
        save(world, [{"externalId": "x"}, *ROWS[1:]], tmp_path / "load")
    assert jobs(world) == before


def test_other_options_than_those_of_the_load_are_refused(world: World, death: Death, tmp_path: Path) -> None:
    with death.after(20):
        save(world, ROWS, tmp_path / "load")
    with pytest.raises(JournalError, match="upsert_by"):
        save(world, ROWS, tmp_path / "load", upsert_by="base.contacts.email")


def test_a_journal_whose_load_has_ended_takes_the_next_load(world: World, tmp_path: Path) -> None:
    save(world, ROWS, tmp_path / "load")
    account, _ = save(world, [{"externalId": "x"}], tmp_path / "load")
    assert (account.rows, account.created) == (1, 1)


def test_the_journal_of_another_node_is_refused(world: World, death: Death, tmp_path: Path) -> None:
    save(world, ROWS, tmp_path / "load")
    other = world.sandbox.workspace.get_node("another")
    with pytest.raises(JournalError, match="is the journal of"):
        other.bulk_save(ROWS, journal=tmp_path / "load")


def test_the_journal_of_a_session_is_refused(world: World, tmp_path: Path) -> None:
    with Session(world.node(), journal=tmp_path / "session"):
        pass
    with pytest.raises(JournalError, match="is no journal"):
        save(world, ROWS, tmp_path / "session")


def test_a_load_that_stopped_at_a_refused_row_goes_on_after_it(world: World, tmp_path: Path) -> None:
    rows = [ROWS[0], {"id": 7}, *ROWS[2:]]
    with pytest.raises(BulkSaveError) as stopped:
        world.node().bulk_save(rows, journal=tmp_path / "load")
    assert (stopped.value.account.rows, stopped.value.account.open) == (3, 2)
    account, rejects = save(world, rows, tmp_path / "load")
    assert (account.rows, account.created, account.rejected) == (5, 4, 1)
    assert [one.number for one in rejects] == [2]


def test_a_load_that_read_everything_has_ended_though_a_row_was_refused(world: World, tmp_path: Path) -> None:
    with pytest.raises(BulkSaveError):
        world.node().bulk_save(ROWS, journal=tmp_path / "load")
    account, _ = save(world, [{"externalId": "x"}], tmp_path / "load")
    assert account.created == 1
