"""What `AsyncSession.load` does in its worker thread: it reads what an attribute needs, so that the loop need not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.orm import Entity, selectinload
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.references import Parent, Reference
from contacthub_orm.orm.query.relations import Related
from contacthub_orm.orm.wire.partial import is_partial

if TYPE_CHECKING:
    from contacthub_orm.orm import Session

__all__ = ["load"]


def load(session: Session, entity: Entity, attribute: str | None) -> Any:
    """Load an entity whole, or one of its attributes, and return it.

    Args:
        session: the session that holds the entity.
        entity: the entity.
        attribute: its name, with dots for one of an embedded object; None for all that the document holds.

    Raises:
        AttributeError: if there is no such attribute.
    """
    if attribute is None:
        entity.__json__()
        if is_partial(state_of(entity).baseline):
            session.owner.load_rest(entity)
        return entity
    declared = getattr(type(entity), attribute, None) if "." not in attribute else None
    if isinstance(declared, Related) and state_of(entity).key is not None:
        return _related(session, entity, declared)
    value: Any = entity
    for name in attribute.split("."):
        value = getattr(value, name)
    if isinstance(value, Entity):
        _hold(entity, declared, value)
    return value


def _related(session: Session, entity: Entity, relation: Related[Any]) -> list[Any]:
    """Load a relation as `selectinload` does, so that reading it later sends nothing."""
    query = session.query(type(entity)).without_criteria().options(selectinload(relation))
    query.load([state_of(entity).baseline or {}])
    found: list[Any] = getattr(entity, relation.name).all()
    return found


def _hold(entity: Entity, declared: Any, value: Entity) -> None:
    """Let an entity keep what it refers to, which the session holds only weakly."""
    if isinstance(declared, Reference):
        state_of(entity).refer_to(declared.key, value)
    elif isinstance(declared, Parent):
        state_of(entity).live_below(value)
