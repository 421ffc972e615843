"""Looking something up again and again until a deadline, since the service shows what it has taken in only later."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from contacthub_orm.orm.entity.entity_state import state_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["attempts", "fetch_settled"]


def attempts(
    backend: Backend, deadline: datetime, *, pause: float, longest_pause: float = inf
) -> Iterator[bool]:
    """Yield for every attempt whether it is the last one. The last attempt begins at the deadline or later.

    Args:
        backend: the service, whose clock is used.
        deadline: when to stop.
        pause: the seconds after the first attempt. Each pause is twice as long as the one before.
        longest_pause: the seconds of the longest pause.
    """
    while not (is_last := backend.now() >= deadline):
        yield is_last
        left = (deadline - backend.now()).total_seconds()
        backend.sleep(min(pause, max(left, 0.0)))
        pause = min(pause * 2, longest_pause)
    yield is_last


def fetch_settled(
    backend: Backend, entity: Entity, known: Document | None, taken_in: datetime, settle: timedelta
) -> Document | None:
    """Read an entity until it is found, or until it is certain that there is none.

    What the service has taken in lately may appear only later, so within the settle time "not found" proves nothing.

    Args:
        backend: the service.
        entity: the entity.
        known: a document of it, which may tell since when the service has it.
        taken_in: when the service had taken it in at the latest, by our clock.
        settle: the settle time.
    """
    told = backend.existed_at(known) if known is not None else None
    since = taken_in if told is None else min(told, taken_in)
    for _ in attempts(backend, since + settle, pause=0.25, longest_pause=5.0):
        document = backend.fetch(type(entity), state_of(entity).known_key.id)
        if document is not None:
            return document
    return None
