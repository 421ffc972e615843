"""Sessions for one call: where an entity without a session works when one of its own verbs, or a lazy read, is called.

Each call has a session of its own on the entity's home. So it is planned, checked, sent, settled and taken in like any
other, and two threads with two entities do not meet.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.references import referred_to
from contacthub_orm.orm.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.orm.entity.entity import Entity

__all__ = ["CallSession", "session_for"]


class CallSession(Session):
    """A session for one call.

    At the end of its block it lets go of what it holds, except for an entity with a write in doubt. That one stays here,
    so that its next call looks the write up before it sends anything. If that finds another writer's document, the call
    raises StaleDataError, and the call after it writes over that.
    """

    per_call = True

    def __exit__(self, *_: object) -> None:
        self._in_doubt.give_up_conflicts()
        for entity in self._context:
            if entity in self._in_doubt:
                continue
            state = state_of(entity)
            if state.last_home is None:
                state.live_at(self.home)
            self.expunge(entity)
        if not self._in_doubt:
            self.close()


@contextmanager
def session_for(entity: Entity) -> Iterator[Session]:
    """The session in which a verb of an entity works, with the entity in it.

    It is the one that holds the entity, or what the entity refers to; otherwise a session for this call on the home of
    either.

    Raises:
        InvalidRequestError: if there is neither a session nor a home.
    """
    with _found_session(entity) as session:
        if state_of(entity).owner is not session.owner:  # otherwise adding would take a pending removal back
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
        raise InvalidRequestError(f"{entity!r} belongs to no node: give it one, or add it to a session")
    return CallSession(home)
