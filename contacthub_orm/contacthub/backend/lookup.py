"""Looking up creations whose answer was lost.

A customer is found by its matching properties, and, since the search lags, judged by what a GET says now. An event is
found by customer, type and date, which is always set when it is planned; equal events are told apart by count alone.
Nothing registered before the first send can be ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.orm import Entity, Page, Search, and_
from contacthub_orm.orm.criteria.criteria import Comparison, Criterion, Operator
from contacthub_orm.orm.unit_of_work.in_doubt import Finding, Unsettled, Verdict
from contacthub_orm.orm.wire.conversion import parse_datetime
from contacthub_orm.orm.wire.equivalence import holds_submitted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from contacthub_orm.contacthub.backend.matching_policy import MatchingPolicy
    from contacthub_orm.orm.entity.entity import Key
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["find_created"]

_SKEW: Final = timedelta(seconds=2)
"""How exactly the service's clock is known, from the `Date` of its answers."""

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

    def service_time(self, moment: datetime) -> datetime:
        """What the service's clock showed at a moment of ours."""
        ...

    def below(self, path: tuple[str, ...]) -> Sequence[Document]:
        """All documents of a collection below a customer."""
        ...


def find_created(
    reader: Reader, policy: MatchingPolicy, writes: Sequence[Unsettled], known: AbstractSet[Key]
) -> list[Finding]:
    """A finding for each creation, in order; see `Backend.find_created`.

    What was submitted with more values chooses first: a document of it also holds what one with fewer values submitted,
    and not the other way round.
    """
    taken = set(known)
    once = _Once(reader)
    chosen = sorted(writes, key=lambda write: -_values_in(write.body))
    found = {write: _find(once, policy, write, taken) for write in chosen}
    return [found[write] for write in writes]


def _values_in(value: Any) -> int:
    """How many values a document holds at any depth."""
    if isinstance(value, dict | list):
        return sum(map(_values_in, value.values() if isinstance(value, dict) else value))
    return value is not None


class _Once:
    """A reader that asks each thing once: the look-ups of one commit are much alike."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._pages: dict[tuple[type[Entity], str, int], Page] = {}
        self._documents: dict[str, Document | None] = {}
        self.page_size = reader.page_size

    def search(self, search: Search) -> Page:
        key = (search.entity, str(search.criterion), search.page)
        if key not in self._pages:
            self._pages[key] = self._reader.search(search)
        return self._pages[key]

    def fetch(self, entity: type[Entity], identity: str) -> Document | None:
        if identity not in self._documents:
            self._documents[identity] = self._reader.fetch(entity, identity)
        return self._documents[identity]

    def service_time(self, moment: datetime) -> datetime:
        return self._reader.service_time(moment)

    def below(self, path: tuple[str, ...]) -> Sequence[Document]:
        return self._reader.below(path)


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
    since = _since(reader, write)
    for document in _current(reader, policy, write, taken):
        if holds_submitted(document, _submitted(write)):
            taken.add(("customers", document["id"]))
            return Finding(Verdict.APPLIED, document)
        if values is not None and _written_since(document, since):
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


def _matching(policy: MatchingPolicy, values: tuple[Any, ...] | None, since: datetime) -> Search:
    """Customers with the same matching values, or, where there are none, those registered since the first send."""
    criteria: list[Criterion]
    if values is not None:
        criteria = [
            Comparison(Customer, tuple(path.split(".")), Operator.EQUALS, value)
            for path, value in zip(policy.properties, values, strict=True)
        ]
    else:
        criteria = [Customer.registeredAt >= since]
    return Search(Customer, and_(*criteria), size=50)


def _current(reader: Reader, policy: MatchingPolicy, write: Unsettled, taken: set[Key]) -> Iterator[Document]:
    """The customers that a creation may have made or changed, as a GET gives them now.

    A search that lags still finds one whose matching values were changed meanwhile; where that was our own doing, as when
    one commit moves a value from one customer to another, it is no trace of the creation.
    """
    values = policy.values(write.body)
    since = _since(reader, write)
    for found in _all(reader, _matching(policy, values, since)):
        if values is None and not _is_free(found, write, since, taken):
            continue
        document = reader.fetch(Customer, found["id"])
        if document is None:
            continue
        moved = policy.unique_value(document) != policy.unique_value(write.body)
        if values is None or not moved or ("customers", document["id"]) not in taken:
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
    since = _since(reader, write)
    for document in _all(reader, Search(Event, and_(*criteria), size=50)):
        if _is_free(document, write, since, taken) and holds_submitted(document, body):
            taken.add(("events", document["id"]))
            return Finding(Verdict.APPLIED, document)
    return Finding(Verdict.ABSENT)


def _since(reader: Reader, write: Unsettled) -> datetime:
    """The earliest moment, by the service's clock, at which the write can have taken effect."""
    return reader.service_time(write.first_sent) - _SKEW


def _is_free(document: Document, write: Unsettled, since: datetime, taken: set[Key]) -> bool:
    """Whether nobody else accounts for it and it came into being after the first send."""
    key = (write.operation.entity.__resource__.name, document["id"])
    return key not in taken and _moment(document, "registeredAt") >= since


def _written_since(document: Document, since: datetime) -> bool:
    return any(_moment(document, key) >= since for key in _CREATION_ORDER if document.get(key))


def _moment(document: Document, key: str) -> datetime:
    return parse_datetime(document[key])
