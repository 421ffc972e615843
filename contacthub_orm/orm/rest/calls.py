"""`Calls`: create, read, update and delete by plain calls, on the mechanism that sessions use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from contacthub_orm.errors import ArgumentError
from contacthub_orm.orm.active_record.active_record import replace_unread
from contacthub_orm.orm.entity.detached import from_document, get_reference, loaded
from contacthub_orm.orm.entity.resource import identity_of, split_identity
from contacthub_orm.orm.mapping.unknown_keys import refuse_unknown_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.orm.active_record.active_record import ActiveRecord
    from contacthub_orm.orm.entity.resource import Identity
    from contacthub_orm.orm.rest.service import RestService
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Calls"]

R = TypeVar("R", bound="ActiveRecord")


class Calls(Generic[R]):
    """The calls on the entities of one class. Each is one request, and gives entities that belong to no session.

    Args:
        service: where they are sent.
        entity: the class.
    """

    def __init__(self, service: RestService[Any], entity: type[R]) -> None:
        self.service = service
        self.entity = entity

    def create(self, attributes: Mapping[str, Any] | None = None, /, **values: Any) -> R:
        """Create an entity from its document, its attributes by name, or both.

        Raises:
            ValidationError: if a key is not declared or a value breaks a rule; nothing is sent.
            APIError: if the service refuses it.
            OutcomeUnknown: if the answer was lost. The entity is in no session: save it by `post()` to have it looked up.
        """
        made = from_document(self.entity, self.service, {**(attributes or {}), **values})
        return made.post()

    def get(self, identity: Identity, /) -> R:
        """Read the entity with an id; for one below another, the pair of both ids.

        Raises:
            NotFoundError: if there is none.
        """
        one = identity_of(self.entity, identity)
        return self._loaded(one, self.service.backend.read(self.entity, one))

    def update(self, attributes: Mapping[str, Any] | None = None, /, **values: Any) -> R:
        """Replace the whole document of an entity with this one, which has its id. Nothing is read before.

        Raises:
            ArgumentError: if there is no id.
            ValidationError: if a key is not declared or a value breaks a rule; nothing is sent.
            APIError: if the service refuses it, as NotFoundError if there is no such entity.
        """
        content = {**(attributes or {}), **values}
        own = content.pop(self.entity.__resource__.id_key, None)
        if own in (None, ""):
            raise ArgumentError(
                f"{self.entity.__resource__.id_key} is missing: it says which {self.entity.__name__} to update"
            )
        return self.replace(own, content)

    def replace(self, identity: Identity, content: Mapping[str, Any]) -> R:
        """Replace the whole document of the entity with an id; see `update`."""
        refuse_unknown_keys(self.entity, content)
        made = self._named(identity_of(self.entity, identity))
        for key, value in content.items():
            made[key] = value
        return replace_unread(made)

    def delete(self, identity: Identity, /) -> None:
        """Delete the entity with an id; for one below another, the pair of both ids.

        Raises:
            NotFoundError: if there is none.
        """
        self._named(identity_of(self.entity, identity)).delete()

    def _named(self, identity: str) -> R:
        """An entity of which the id alone is known, and taken to be all."""
        own = split_identity(identity)[-1] if self.entity.__parent__ is not None else identity
        return self._loaded(identity, {self.entity.__resource__.id_key: own})

    def _loaded(self, identity: str, document: Document) -> R:
        declared = self.entity.__parent__
        if declared is None:
            return loaded(self.entity, self.service, document)
        above = self.service.backend.entity_class(declared.target)
        parent = get_reference(above, self.service, split_identity(identity)[0])
        return loaded(self.entity, self.service, document, parent)
