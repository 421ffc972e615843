"""Per-call sessions: the session in which an entity without one runs a verb of its own, or a lazy load.

Each call has a session of its own on the entity's home. So it is planned, validated, sent, resolved and reconciled like
any other flush, and two threads with two entities share no session.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.constructor_fields import Bound
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.references import referred_to
from contacthub_orm.orm.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.orm.entity.entity import Entity

__all__ = ["CallSession", "session_for"]


class CallSession(Session):
    """A session for one call.

    At the end of its block it detaches its entities, except those with a write in doubt. Such an entity stays in the
    session, so that its next call looks the write up before it sends anything. If another writer has changed the entity
    meanwhile, that call raises StaleDataError, and the call after it overwrites the other writer's change.
    """

    per_call = True

    def __exit__(self, *_: object) -> None:
        self._in_doubt.give_up_conflicts()
        for entity in self._context:
            if entity in self._in_doubt:
                continue
            state = state_of(entity)
            if state.last_home is None:  # asked before `expunge`, which sets it
                state.live_at(self.home)
            self.expunge(entity)
        if not self._in_doubt:
            self.close()


@contextmanager
def session_for(entity: Entity) -> Iterator[Session]:
    """Open the session in which a verb of an entity runs, with the entity in it.

    It is the session of the entity, or of an entity that it refers to. If there is none, it is a per-call session on
    the home of one of them.

    Raises:
        InvalidRequestError: if none of them has a session or a home.
    """
    with _found_session(entity) as session:
        if state_of(entity).owner is not session.owner:  # adding it again would undo a scheduled deletion
            session.add(entity)
        yield session


def _found_session(entity: Entity) -> AbstractContextManager[Session]:
    states = [state_of(one) for one in (entity, *referred_to(entity))]
    owner = next((state.owner for state in states if state.owner is not None), None)
    if owner is not None:
        held: Session = owner.session
        return held if held.per_call else nullcontext(held)
    home: Any = next((state.place for state in states if state.place is not None), None)
    if home is None:
        raise InvalidRequestError(
            f"{entity!r} belongs to no {_home_of(entity)}: give it one, or add it to a session"
        )
    return CallSession(home)


def _home_of(entity: Entity) -> str:
    """What the home of an entity is called: the name of its attribute, or of one of what it refers to."""
    bases = (base for one in (entity, *referred_to(entity)) for base in type(one).__mro__)
    names = (name for base in bases for name, value in vars(base).items() if isinstance(value, Bound))
    return next(names, "home")
