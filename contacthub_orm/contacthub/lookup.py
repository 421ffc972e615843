"""Looking up creations whose answer was lost.

A customer is found by its matching properties, and, since the search lags, judged by what a GET says now. An event is
found by customer, type and date, which is always set when it is planned; equal events are told apart by count alone.
Nothing registered before the first send can be ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from contacthub_orm.contacthub.customer import Customer
from contacthub_orm.contacthub.event import Event
from contacthub_orm.orm import Entity, Page, Search, and_
from contacthub_orm.orm.conversion import parse_datetime
from contacthub_orm.orm.criteria import Comparison, Criterion, Operator
from contacthub_orm.orm.equivalence import holds_submitted
from contacthub_orm.orm.settlement import Finding, Unsettled, Verdict

if TYPE_CHECKING:
    from contacthub_orm.contacthub.matching_policy import MatchingPolicy
    from contacthub_orm.orm.documents import Document
    from contacthub_orm.orm.entity import Key

__all__ = ["find_created"]

_SKEW: Final = timedelta(seconds=1)
"""How far the service's clock may be behind ours; more only costs a certainty, never a second write."""

_CREATION_ORDER: Final = ("registeredAt", "updatedAt")


class Reader(Protocol):
    """What a look-up reads with."""

    @property
    def page_size(self) -> int:
        """The largest page."""
        ...

    def search(self, search: Search) -> Page:
        """One page of a search."""
        ...

    def fetch(self, entity: type[Entity], identity: str) -> Document | None:
        """A document by its id."""
        ...

    def below(self, path: tuple[str, ...]) -> Sequence[Document]:
        """All documents of a collection below a customer."""
        ...


def find_created(
    reader: Reader, policy: MatchingPolicy, writes: Sequence[Unsettled], known: AbstractSet[Key]
) -> list[Finding]:
    """A finding for each creation, in order; see `Backend.find_created`."""
    taken = set(known)
    return [_find(reader, policy, write, taken) for write in writes]


def _find(reader: Reader, policy: MatchingPolicy, write: Unsettled, taken: set[Key]) -> Finding:
    entity = write.operation.entity
    if isinstance(entity, Customer):
        return _find_customer(reader, policy, write, taken)
    if isinstance(entity, Event):
        return _find_event(reader, write, taken)
    return _find_below(reader, write)


def _find_customer(reader: Reader, policy: MatchingPolicy, write: Unsettled, taken: set[Key]) -> Finding:
    values = policy.values(write.body)
    changed: Document | None = None
    for document in _current(reader, _matching(policy, values, write)):
        if holds_submitted(document, _submitted(write)) and (
            values is not None or _is_free(document, write, taken)
        ):
            taken.add(("customers", document["id"]))
            return Finding(Verdict.APPLIED, document)
        if values is not None and _written_since(document, write.first_sent):
            changed = document
    if changed is not None:
        return Finding(Verdict.CONFLICT, changed)
    return Finding(Verdict.ABSENT if policy.certain else Verdict.OPEN)


def _find_below(reader: Reader, write: Unsettled) -> Finding:
    """An element is there under the id we chose, or it is not; a session is in its customer's list."""
    for document in reader.below(write.request.path):
        if holds_submitted(document, write.body):
            return Finding(Verdict.APPLIED, document)
    return Finding(Verdict.ABSENT)


def _submitted(write: Unsettled) -> Document:
    """What the body says, but for the passwords that a service may keep to itself."""
    return {key: value for key, value in write.body.items() if key != "nodeId"}


def _matching(policy: MatchingPolicy, values: tuple[Any, ...] | None, write: Unsettled) -> Search:
    """Customers with the same matching values, or, where there are none, those registered since the first send."""
    criteria: list[Criterion]
    if values is not None:
        criteria = [
            Comparison(Customer, tuple(path.split(".")), Operator.EQUALS, value)
            for path, value in zip(policy.properties, values, strict=True)
        ]
    else:
        criteria = [Customer.registeredAt >= write.first_sent - _SKEW]
    return Search(Customer, and_(*criteria), size=50)


def _current(reader: Reader, search: Search) -> Iterator[Document]:
    """The documents of a search as a GET gives them now."""
    for found in _all(reader, search):
        document = reader.fetch(Customer, found["id"])
        if document is not None:
            yield document


def _all(reader: Reader, search: Search) -> Iterator[Document]:
    number = 0
    while True:
        page = reader.search(Search(search.entity, search.criterion, search.order, number, search.size))
        yield from page.documents
        number += 1
        if number * page.size >= page.total or not page.documents:
            return


def _find_event(reader: Reader, write: Unsettled, taken: set[Key]) -> Finding:
    body = write.body
    criteria: list[Criterion] = [Event.type == body["type"]]
    if body.get("customerId"):
        criteria.append(Event.customerId == body["customerId"])
    if body.get("date"):
        criteria.append(Event.date.between(body["date"], body["date"]))
    for document in _all(reader, Search(Event, and_(*criteria), size=50)):
        if _is_free(document, write, taken) and holds_submitted(document, body):
            taken.add(("events", document["id"]))
            return Finding(Verdict.APPLIED, document)
    return Finding(Verdict.ABSENT)


def _is_free(document: Document, write: Unsettled, taken: set[Key]) -> bool:
    """Whether nobody else accounts for it and it came into being after the first send."""
    key = (write.operation.entity.__resource__.name, document["id"])
    return key not in taken and _moment(document, "registeredAt") >= write.first_sent - _SKEW


def _written_since(document: Document, moment: datetime) -> bool:
    return any(_moment(document, key) >= moment - _SKEW for key in _CREATION_ORDER if document.get(key))


def _moment(document: Document, key: str) -> datetime:
    return parse_datetime(document[key])
