"""Writes in doubt, whose answer was lost, and their resolutions."""

from __future__ import annotations

from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

import attrs

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.entity.sent_at import SentAt
    from contacthub_orm.orm.service.plan import Operation, Request
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["InDoubtWrite", "Resolution", "Verdict"]


class Verdict(StrEnum):
    """What the resolution of a write in doubt has found.

    Attributes:
        APPLIED: the write took effect.
        ABSENT: the write certainly did not take effect.
        CONFLICT: another writer has changed the entity.
        OPEN: it cannot be found out.
    """

    APPLIED = "applied"
    ABSENT = "absent"
    CONFLICT = "conflict"
    OPEN = "open"


@attrs.frozen(eq=False)
class InDoubtWrite:
    """A write whose answer was lost.

    Its entity carries it (`EntityState.in_doubt`), into another session and into a pickle, so that whoever saves the entity
    next looks the write up.

    Attributes:
        operation: the operation.
        request: the request as it was sent.
        first_sent: when it was first sent.
        last_sent: when it was last sent, or a later time.
        place: where it was sent; see `Backend.place`. None if that is known anyway.
        known: the identities that cannot be a creation's, as they were held before the send or created by others.
    """

    operation: Operation
    request: Request
    first_sent: SentAt
    last_sent: datetime
    place: str | None = None
    known: tuple[AbstractSet[Key], ...] = attrs.field(default=(), repr=False)

    @property
    def body(self) -> Document:
        """The body that was sent, empty for a deletion."""
        return self.request.body or {}

    def without_entity(self) -> InDoubtWrite:
        """The write as plain data, for a copy or a pickle of its entity."""
        resource = self.operation.entity.__resource__.name
        operation = attrs.evolve(
            self.operation, entity=cast("Any", None), request=self.request, after=(), folded=()
        )
        known = frozenset(key for key in chain(*self.known) if key.resource == resource)
        return attrs.evolve(self, operation=operation, known=(known,))

    def of_entity(self, entity: Entity) -> InDoubtWrite:
        """The write as that of the copy of its entity."""
        return attrs.evolve(self, operation=attrs.evolve(self.operation, entity=entity))


@attrs.frozen
class Resolution:
    """The resolution of a write in doubt.

    Attributes:
        verdict: what was found.
        document: the service's current document, or None if there is none.
    """

    verdict: Verdict
    document: Document | None = None
