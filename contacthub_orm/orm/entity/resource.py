"""Resources and identities: the collection that an entity belongs to, and its id there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from contacthub_orm.errors import InvalidRequestError

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Identity", "Key", "Resource", "identity_of", "joined_identity", "split_identity"]

Identity = str | tuple[str, str]
"""How a caller names an entity: by its id, or by the pair of the parent's id and its own."""


class Resource(NamedTuple):
    """A collection of the service that holds entities of one kind.

    Attributes:
        name: the collection's path segment.
        id_key: the document key of the id.
        version_keys: the document keys that tell a newer document from an older one. The first key that both documents
            have decides.
        always: the keys that every whole document of the service has. A document without one of them is partial.
        patches: whether the service can update single values of an entity. Otherwise a change replaces the whole
            document.
        personal: whether the service exports, and erases on demand, all data of one entity.
    """

    name: str
    id_key: str = "id"
    version_keys: tuple[str, ...] = ("version", "updatedAt")
    always: tuple[str, ...] = ()
    patches: bool = True
    personal: bool = False

    def id_in(self, document: Document) -> str:
        """The id in a document of the service, as text: some services number their entities."""
        return str(document[self.id_key])


class Key(NamedTuple):
    """The identity of an entity: the name of its resource and its id."""

    resource: str
    id: str

    @property
    def parent_id(self) -> str:
        """The id of the entity above, for an entity that lives below another."""
        return split_identity(self.id)[0]


def joined_identity(*parts: str) -> str:
    """Join the parent's id and an own id into the identity of an entity that lives below another."""
    return "/".join(quote(part, safe="") for part in parts)


def split_identity(identity: str) -> tuple[str, ...]:
    """Split an identity into its ids, the parent's first."""
    return tuple(map(unquote, identity.split("/")))


def identity_of(entity: type[Entity], identity: Identity) -> str:
    """Check an id from a caller, and return it in the form of `Key.identity`.

    Args:
        entity: the class that the id belongs to.
        identity: the id, or the pair of the parent's id and its own.

    Raises:
        InvalidRequestError: if it is not a non-empty string, or, for an entity that lives below another, not a pair of
            non-empty strings.
    """
    parts = identity if isinstance(identity, tuple) else (identity,)
    expected = 1 if entity.__parent__ is None else 2
    if len(parts) != expected or not all(isinstance(part, str) and part for part in parts):
        what = (
            "a string that is not empty"
            if expected == 1
            else "the parent's id and its own, a tuple of two strings"
        )
        raise InvalidRequestError(f"the id of {entity.__name__} is {what}, got {identity!r}")
    return parts[0] if expected == 1 else joined_identity(*parts)
