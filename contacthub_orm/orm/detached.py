"""Entities without a session: where they work when one of their own verbs, or a lazy read, is called.

Each call has a session of its own on the entity's home, so that it is planned, checked, sent, settled and taken in as any
other, and two threads with two entities do not meet. Objects made here are new ones: no identity map outlives a call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

from contacthub_orm.errors import InvalidRequestError, OperationNotPermitted
from contacthub_orm.orm.attributes import Embedded, copied
from contacthub_orm.orm.conversion import dump
from contacthub_orm.orm.entity import Entity
from contacthub_orm.orm.holdings import referred_to
from contacthub_orm.orm.mapped import Mapped, render, take_baseline
from contacthub_orm.orm.partial import PartialDocument
from contacthub_orm.orm.session import Session
from contacthub_orm.orm.tracking import creation

if TYPE_CHECKING:
    from contacthub_orm.orm.binds import Home
    from contacthub_orm.orm.documents import Document

__all__ = ["LentSession", "attached", "from_document", "identify", "loaded", "referred", "stand_for"]

E = TypeVar("E", bound=Entity)


class LentSession(Session):
    """A session for one call.

    What it holds at the end of the block is let go of, but for an entity whose write has an unknown outcome: that one stays
    here, so that its next call looks the write up before it sends anything.
    """

    lent = True

    def __exit__(self, *_: object) -> None:
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


def loaded(entity: type[E], home: Home | None, document: Document, parent: Entity | None = None) -> E:
    """The detached entity of a document that the service gave."""
    made = entity._class_for(document)._bound(document)
    made._state.parent = parent
    made._state.key = (entity.__resource__.name, made._identity_in(document))
    made._state.home = home
    return made


def from_document(entity: type[E], home: Home | None, values: Mapping[str, Any]) -> E:
    """The detached entity that a document with an id stands for, unchanged; without an id a new entity with its values."""
    if values.get(entity.__resource__.id_key) is not None:
        return loaded(entity, home, dump(values))
    made = entity._made(values)
    made._state.home = home
    return made


def referred(
    entity: type[E],
    home: Home,
    identity: str,
    changes: Mapping[str, Any] | None = None,
    *,
    parent: Entity | None = None,
    known: Mapping[str, Any] | None = None,
) -> E:
    """The entity that the service knows by this id, of which nothing was loaded, with unsaved changes.

    Nothing is sent. What is read of it is loaded then; `known` are values that it is known to have.
    """
    outline = _outline(entity, changes or {})
    outline.update(known or {}, **{entity.__resource__.id_key: identity})
    made = loaded(entity, home, outline, parent)
    _write(made, changes or {})
    return made


def _outline(mapped: type[Mapped], changes: Mapping[str, Any]) -> PartialDocument:
    """A document in which the objects that changes lead through are there, and nothing is known of them."""
    found = PartialDocument()
    for key, value in changes.items():
        attribute = mapped.__keys__.get(key)
        target = attribute.target if isinstance(attribute, Embedded) else None
        content = _content(value)
        if content is not None:
            found[key] = _outline(target or Mapped, content)
        elif value is None and target is not None:
            found[key] = PartialDocument()  # something must be there for null to remove
    return found


def _write(mapped: Mapped, changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        content = _content(value)
        if content is None:
            mapped[key] = copied(value)
        else:
            _write(mapped[key], content)


def _content(value: Any) -> Mapping[str, Any] | None:
    if isinstance(value, Mapped):
        return render(value)
    return value if isinstance(value, Mapping) else None


def identify(entity: Entity, verb: str) -> None:
    """Have a new entity that was given an id stand for the one that the service knows by it.

    Raises OperationNotPermitted where it has no id, or lives below an entity that has none.
    """
    if entity._state.key is not None:
        return
    own = render(entity).get(entity.__resource__.id_key)
    above = entity._state.parent
    if own is None or (entity.__parent__ is not None and (above is None or above._state.key is None)):
        raise OperationNotPermitted(f"{entity!r} is not saved, so {verb}() has nothing to work on: post() it")
    stand_for(entity, own)


def stand_for(entity: Entity, identity: str) -> None:
    """Have a new entity stand for the one that the service knows by this id; what it holds are changes of that.

    What it was not given is not known, and what is empty says nothing.
    """
    own = {entity.__resource__.id_key: identity}
    known: Document = _known(render(entity), creation(entity)) if entity.__resource__.patches else {}
    fixed = (one.key for one in entity.__attributes__.values() if one.create_only)
    known.update({key: entity[key] for key in fixed if key in entity}, **own)
    take_baseline(entity, known)
    entity._state.key = (entity.__resource__.name, entity._identity_in(own))


def _known(whole: Document, said: Document) -> PartialDocument:
    """A baseline that differs from `whole` by what is `said`: it holds the rest, which is empty."""
    found = PartialDocument()
    for key, value in whole.items():
        if key not in said:
            found[key] = value
        elif isinstance(value, dict):
            found[key] = _known(value, said[key] or {})
    return found
