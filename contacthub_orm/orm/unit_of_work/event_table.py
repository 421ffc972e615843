"""The domain events in a journal: an outbox, whose rows are written in the transactions of the commit that they belong to.

An event waits for the operation with its number, or with `NO_OPERATION` for the end of the commit. Once that is done it is
due: its row has no number, and stays until the event was handed over.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.orm.entity.domain_event import DomainEvent

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable

    from contacthub_orm.orm.service.plan import Operation

__all__ = ["NO_OPERATION", "EventTable", "WaitingEvent"]

NO_OPERATION: Final = -1
"""The number for an event whose entity has nothing to save."""

_WRITE: Final = """
insert or replace into event (id, operation, name, data, resource, identity, recorded_at) values (?, ?, ?, ?, ?, ?, ?)
"""
_READ: Final = "select operation, id, name, data, resource, identity, recorded_at from event"


@attrs.frozen(eq=False)
class WaitingEvent:
    """An event that a commit begins with.

    Attributes:
        event: the event.
        operation: the operation that it waits for, or None if its entity has nothing to save.
    """

    event: DomainEvent
    operation: Operation | None


class EventTable:
    """The table of events of an open journal.

    Args:
        connection: the journal's connection. Whoever calls has begun a transaction, or is reading.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def write(self, waiting: Iterable[WaitingEvent], number_of: Callable[[Operation], int]) -> None:
        """Write events that wait."""
        self._connection.executemany(
            _WRITE,
            [
                _row(one.event, NO_OPERATION if one.operation is None else number_of(one.operation))
                for one in waiting
            ],
        )

    def make_due(self, events: Iterable[DomainEvent]) -> None:
        """Record that events are to be handed over, whether they were written down before or not."""
        self._connection.executemany(_WRITE, [_row(event, None) for event in events])

    def drop_orphans(self) -> None:
        """Forget the events that wait for an operation which is not in the journal any more."""
        self._connection.execute(
            "delete from event where operation is not null and operation not in (select number from operation)"
        )

    def forget(self, identity: str) -> None:
        """Forget an event that was handed over."""
        self._connection.execute("delete from event where id = ?", (identity,))

    def due(self) -> list[DomainEvent]:
        """Return the events to be handed over, in the order in which they became due."""
        return [
            _event_of(row)
            for row in self._connection.execute(f"{_READ} where operation is null order by number")
        ]

    def waiting(self) -> list[tuple[int, DomainEvent]]:
        """Return the events that wait, each with the number of its operation or `NO_OPERATION`."""
        rows = self._connection.execute(f"{_READ} where operation is not null order by number")
        return [(row[0], _event_of(row)) for row in rows]


def _row(event: DomainEvent, operation: int | None) -> tuple[Any, ...]:
    return (
        event.id,
        operation,
        event.name,
        json.dumps(event.data),
        event.resource,
        event.identity,
        event.recorded_at.isoformat(),
    )


def _event_of(row: tuple[Any, ...]) -> DomainEvent:
    _, identifier, name, data, resource, identity, recorded_at = row
    return DomainEvent(
        identifier, name, resource, identity, datetime.fromisoformat(recorded_at), data=json.loads(data)
    )
