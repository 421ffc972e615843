"""Domain events: what a program records about an entity, to be handed over once the entity is saved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import attrs

from contacthub_orm.orm.wire.conversion import dump

__all__ = ["DomainEvent", "Recorded"]


@attrs.define(eq=False)
class Recorded:
    """An event that waits with its entity.

    Attributes:
        event: the program's object.
        id: tells the event from all others, also after a crash.
        recorded_at: when it was recorded.
        in_doubt: whether it was sent along with a write whose outcome is unknown.
        undone: whether its change was undone here while the write was in doubt, so that only that write can bring it about.
        over: whether it waits no more: its operation was done, or will never be.
    """

    event: object
    id: str = attrs.field(factory=lambda: uuid4().hex)
    recorded_at: datetime = attrs.field(factory=lambda: datetime.now(UTC))
    in_doubt: bool = False
    undone: bool = False
    over: bool = False

    def anew(self) -> Recorded:
        """The same event of another entity."""
        return Recorded(self.event)


@attrs.frozen(eq=False)
class DomainEvent:
    """An event of an entity, as it is handed over.

    Attributes:
        id: tells the event from all others. It stays the same if the event is handed over again.
        name: the name of the class of what was recorded, such as "PointsEarned".
        resource: the name of the entity's resource.
        identity: the entity's id; joined to its parent's for an entity below another.
        recorded_at: when it was recorded.
        event: the object that was recorded, or None if the event was read from a journal.
    """

    id: str
    name: str
    resource: str
    identity: str | None
    recorded_at: datetime
    event: Any = None
    _data: Any = attrs.field(default=None, repr=False, alias="data")

    @property
    def data(self) -> Any:
        """What was recorded as JSON: an object for an attrs class, a dataclass or a dict.

        Raises:
            ValidationError: if it has no JSON form; with a journal it has one.
        """
        return self._data if self.event is None else dump(self.event)
