"""Updates: what a service tells of the writes of everybody, as data."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs

from contacthub_orm.orm.entity.resource import Key

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Change", "Synced", "Update"]


class Change(StrEnum):
    """What an update did to an entity."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


@attrs.frozen
class Update:
    """One write of an entity, by whomever.

    Attributes:
        change: what was done.
        entity: the class of the entity.
        document: the document that the write made; of a deletion the last one, or no more than the id.
    """

    change: Change
    entity: type[Entity]
    document: Document

    @property
    def id(self) -> str:
        """The id of the entity."""
        return self.entity.__resource__.id_in(self.document)

    @property
    def key(self) -> Key:
        """The entity's key."""
        return Key(self.entity.__resource__.name, self.id)


@attrs.frozen
class Synced:
    """What `Session.sync` did to the entities that the session holds.

    Attributes:
        changed: those that show newer values now, under the unsaved changes.
        deleted: those that somebody deleted. The session has let go of them, except of those with unsaved changes: to
            flush these fails, until they are expunged.
    """

    changed: list[Entity]
    deleted: list[Entity]
