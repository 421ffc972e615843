"""What the answer to a creation must show to prove that the entity is new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contacthub_orm import Customer, Event
from contacthub_orm.orm.entity.sent_at import SentAt
from contacthub_orm.orm.wire.conversion import dump_datetime
from tests.support.world import World

SENT = datetime(2024, 1, 1, tzinfo=UTC)
AT_ONCE = SENT + timedelta(milliseconds=20)
LATER = SENT + timedelta(seconds=1)
BEFORE = SENT - timedelta(seconds=10)


def proves(
    world: World,
    registered: datetime | None,
    updated: datetime | None,
    *,
    policy: Any = "MERGE",
    ahead: float = 0,
    entity: type[Customer | Event] = Customer,
) -> bool:
    """Whether an answer with these times proves a creation that was sent at `SENT` by our clock."""
    workspace = world.node().workspace
    node = workspace.get_node(world.sandbox.node_id, matching=["base.contacts.email"], policy=policy)
    times = {"registeredAt": registered, "updatedAt": updated}
    document = {"id": "1"} | {key: dump_datetime(one) for key, one in times.items() if one is not None}
    return node.backend.proves_creation(entity, document, SentAt(SENT, timedelta(seconds=ahead)))


def test_a_customer_that_was_registered_since_the_send_and_not_updated_is_new(world: World) -> None:
    assert proves(world, AT_ONCE, AT_ONCE)


@pytest.mark.parametrize("policy", ["MERGE", "BLOCK"])
def test_a_customer_that_was_registered_before_the_send_is_not_new(world: World, policy: str) -> None:
    assert not proves(world, BEFORE, BEFORE, policy=policy)


def test_a_customer_that_was_updated_since_may_have_been_merged(world: World) -> None:
    assert not proves(world, AT_ONCE, LATER)


def test_a_node_that_blocks_merges_nothing(world: World) -> None:
    assert proves(world, AT_ONCE, LATER, policy="BLOCK")


@pytest.mark.parametrize("policy", ["MERGE", "BLOCK"])
def test_an_answer_without_times_proves_nothing(world: World, policy: str) -> None:
    assert not proves(world, None, None, policy=policy)
    assert not proves(world, None, AT_ONCE, policy=policy)


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_the_send_is_told_by_the_services_clock(world: World, ahead: float) -> None:
    offset = timedelta(seconds=ahead)
    assert proves(world, AT_ONCE + offset, AT_ONCE + offset, ahead=ahead)
    assert not proves(world, BEFORE + offset, BEFORE + offset, ahead=ahead)


def test_the_date_header_tells_the_services_clock_to_two_seconds(world: World) -> None:
    assert proves(world, SENT - timedelta(seconds=2), SENT - timedelta(seconds=2))


def test_an_event_never_existed_before(world: World) -> None:
    assert proves(world, None, None, entity=Event)


def test_only_a_document_with_equal_times_is_as_created(world: World) -> None:
    backend = world.node().backend
    assert backend.is_as_created({"registeredAt": "a", "updatedAt": "a"})
    assert not backend.is_as_created({"registeredAt": "a", "updatedAt": "b"})
    assert not backend.is_as_created({"id": "1"})
