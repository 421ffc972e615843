"""What a bulk load asks of a session: what saves an entity, and to take in that the service has saved it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from contacthub_orm.errors import ValidationError
from contacthub_orm.orm.entity.bodies import body_of
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.references import referred_to
from contacthub_orm.orm.entity.validation import checked
from contacthub_orm.orm.service.plan import Verb
from contacthub_orm.orm.wire.conversion import copied
from contacthub_orm.orm.wire.documents import apply_patch
from contacthub_orm.orm.wire.partial import PartialDocument

if TYPE_CHECKING:
    from collections.abc import Collection

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.service.plan import Request
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.context.reconciliation import Reconciliation
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["SessionIntake"]


@attrs.frozen(eq=False)
class SessionIntake:
    """The intake of a session.

    Attributes:
        settle: the session's settle time, in seconds.
        checks_version: whether the session checks versions before it updates, which a job does not.
    """

    _backend: Backend
    _context: PersistenceContext
    _reconciliation: Reconciliation
    settle: float
    checks_version: bool

    def write_of(self, entity: Entity) -> tuple[Verb, Request] | str | None:
        """What saves an entity: the verb and the request. Why nothing can, in a clause; None if nothing has changed."""
        state = state_of(entity)
        verb = Verb.CREATE if state.key is None else Verb.UPDATE
        objection = self._objection(entity, verb)
        if objection is not None:
            return objection
        broken, known = checked(entity)
        if broken:
            return str(ValidationError(broken))
        body = self._with_references(entity, copied(body_of(entity) if known is None else known))
        if verb is Verb.UPDATE and not body:
            return None
        return verb, self._backend.request(verb, entity, body)

    def _objection(self, entity: Entity, verb: Verb) -> str | None:
        """Why the entity is not for a bulk load."""
        state = state_of(entity)
        objections = {
            "belongs to another session: expunge it there first": state.owner
            not in (None, self._context.owner),
            "is to be deleted: commit that": state.deleted,
            "has an earlier write whose outcome is unknown: commit it": state.in_doubt is not None,
            "is to be replaced as a whole: commit it": state.replace,
            "is in a session that checks versions, which a job does not: commit it": verb is Verb.UPDATE
            and self.checks_version,
            "refers to one that is not saved: save that first": any(
                state_of(one).key is None for one in referred_to(entity)
            ),
        }
        return next((f"the entity {reason}" for reason, holds in objections.items() if holds), None)

    def _with_references(self, entity: Entity, body: Document) -> Document:
        for key, target in (state_of(entity).references or {}).items():
            if body.get(key) is None and state_of(entity).key is None:
                body[key] = state_of(target).known_key.id
        return body

    def take_in(self, entity: Entity, body: Document, identity: str | None, unsure: Collection[str]) -> None:
        """The service has saved an entity, and says at most its id: what else it holds is read when it is asked for.

        Args:
            entity: the entity.
            body: what was sent.
            identity: the id; without one the session lets go of a new entity, which it would create once more.
            unsure: the keys of `body` that may differ from what was sent, and are read again.
        """
        state = state_of(entity)
        if identity is None and state.key is None:
            if state.owner is not None:
                self._context.detach(entity)
            return
        verb = Verb.CREATE if state.key is None else Verb.UPDATE
        if state.owner is None:
            self._context.add(entity)
        is_new = verb is Verb.CREATE
        sure = {key: value for key, value in body.items() if key not in unsure}
        told: Document = _partial({**sure, entity.__resource__.id_key: identity})
        document = told if is_new else apply_patch(state.baseline or {}, body)
        self._reconciliation.take_in_write(verb, entity, body, document)
        self._context.let_go(entity)


def _partial(document: Document) -> PartialDocument:
    """A document of which the service may hold more, at every depth."""
    return PartialDocument(
        {key: _partial(value) if isinstance(value, dict) else value for key, value in document.items()}
    )
