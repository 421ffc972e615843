"""Sessions for one call: where an entity without a session works when one of its own verbs, or a lazy read, is called.

Each call has a session of its own on the entity's home, so that it is planned, checked, sent, settled and taken in as any
other, and two threads with two entities do not meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.session.persistence_context import referred_to
from contacthub_orm.orm.session.session import Session

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity

__all__ = ["LentSession", "attached"]


class LentSession(Session):
    """A session for one call.

    What it holds at the end of the block is let go of, but for an entity whose write has an unknown outcome: that one stays
    here, so that its next call looks the write up before it sends anything. Where that finds another writer's document, the
    call raises StaleDataError, and the call after it writes over that.
    """

    lent = True

    def __exit__(self, *_: object) -> None:
        self._flusher.forget_conflicts()
        for entity in self._holdings:
            if id(entity) in self._flusher.unsettled:
                continue
            if entity._state.left is None:
                entity._state.home = self.home
            self.expunge(entity)
        if not self._flusher.unsettled:
            self.close()


@contextmanager
def attached(entity: Entity) -> Iterator[Session]:
    """The session in which a verb of an entity works, with the entity in it.

    It is the one that holds the entity, or what the entity refers to; else one that the home of either lends. Raises
    InvalidRequestError where there is neither.
    """
    with _session_for(entity) as session:
        if entity._state.session is not session:  # else adding would take a pending removal back
            session.add(entity)
        yield session


def _session_for(entity: Entity) -> AbstractContextManager[Session]:
    states = [one._state for one in (entity, *referred_to(entity))]
    session = next((state.session for state in states if state.session is not None), None)
    if session is not None:
        return session if session.lent else nullcontext(session)
    home = next((home for state in states if (home := state.home or state.left) is not None), None)
    if home is None:
        raise InvalidRequestError(f"{entity!r} belongs to no node: give it one, or add it to a session")
    return home.lend()
