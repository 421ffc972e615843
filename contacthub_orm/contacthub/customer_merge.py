"""Two customers made one: what one of them lacks, the events and the sessions come from the other, which is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.entities.sub_resources import CustomerSession
from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm import inspect, object_session
from contacthub_orm.orm.entity.bodies import writable
from contacthub_orm.orm.mapping.baseline import elements
from contacthub_orm.orm.mapping.mapped import Mapped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.orm import Session

__all__ = ["merge_customers"]


def merge_customers(keep: Customer, give_up: Customer) -> list[Event]:
    """Make two customers one, as changes of their session: nothing is sent before its next commit.

    `keep` gets every value that it lacks and every element that its lists lack, its own values stay; it gets the sessions
    of the other, and a copy of each event, since the service does not move events. `give_up` is deleted, and its events
    with it. The commit can be planned, shown and rolled back like any other; it sends the delete last unless the delete
    frees a value that `keep` takes over.

    The events are found by a search, which lags behind writes by up to a minute.

    Args:
        keep: the customer that stays.
        give_up: the customer that goes.

    Returns:
        The copies of the events, which are new entities of the session.

    Raises:
        InvalidRequestError: if they are not two persistent customers of one session.
    """
    session = _session_of(keep, give_up)
    _fill(keep, writable(give_up, give_up.to_dict()))
    copies = [_copy(event, keep) for event in _events_of(session, give_up)]
    linked = [one for one in give_up.sessions if not inspect(one).deleted]
    moved = [CustomerSession(customer=keep, value=one.value) for one in linked]
    for one in linked:
        session.delete(one)
    session.delete(give_up)
    session.add_all([*copies, *moved])
    return copies


def _session_of(keep: Customer, give_up: Customer) -> Session:
    if not (isinstance(keep, Customer) and isinstance(give_up, Customer)):
        raise InvalidRequestError(f"merge_customers takes two customers, got {keep!r} and {give_up!r}")
    session = object_session(keep)
    if keep is give_up or session is None or session is not object_session(give_up):
        raise InvalidRequestError("merge_customers takes two different customers of one session")
    for one in (keep, give_up):
        state = inspect(one)
        if not state.persistent or one in session.deleted:
            raise InvalidRequestError(f"merge_customers: {one!r} is not stored, or is to be deleted")
    return session


def _events_of(session: Session, customer: Customer) -> list[Event]:
    """The stored events of a customer but for those to be deleted, and those that are still to be created."""
    stored = session.query(Event).filter(Event.customerId == customer.id).all()
    new = [one for one in session.new if isinstance(one, Event) and one.customer is customer]
    for one in new:
        session.expunge(one)
    return [*(one for one in stored if one not in session.deleted), *new]


def _copy(event: Event, customer: Customer) -> Event:
    """A new event with the values of another, but for those that name its customer or that the service sets."""
    copy = type(event)()
    own = {*copy.__read_only_keys__, "customerId", "bringBackProperties", "mode"}
    for key, value in event.to_dict().items():
        if key not in own and value is not None:
            copy.__put__(key, value)
    copy.customer = customer
    return copy


def _fill(target: Mapped, values: Mapping[str, Any]) -> None:
    """Give an object the values that it lacks; to a list, the elements that it lacks."""
    for key, value in values.items():
        held = target[key] if key in target else None  # noqa: SIM401 - it is no dict and has no `get`
        if isinstance(value, dict) and isinstance(held, Mapped):
            _fill(held, value)
        elif isinstance(value, list) and isinstance(held, list):
            known = {_identity(one) for one in held}
            found = elements(value, target.__keys__.get(key))
            held.extend(one for one in found if _identity(one) not in known)
        elif held is None and value is not None:
            target.__put__(key, value)


def _identity(element: Any) -> str:
    """What tells list elements apart: their id, if they have one, or else all of their content."""
    document = element.__json__() if isinstance(element, Mapped) else element
    own = document.get("id") if isinstance(document, dict) else None
    return repr(document) if own is None else f"id {own}"
