"""Looking up creations whose answer was lost.

A customer is found by its matching properties. The search lags, so a GET then tells what the customer holds now. An event
is found by its customer, type and date; a planned event always has a date. Equal events differ only in number. Nothing
that was registered before we first sent the request can be ours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol

from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.orm import Entity, Page, Search, and_
from contacthub_orm.orm.criteria.criteria import Comparison, Criterion, Operator
from contacthub_orm.orm.entity.resource import Key
from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite, Resolution, Verdict
from contacthub_orm.orm.wire.conversion import parse_datetime
from contacthub_orm.orm.wire.equivalence import holds_submitted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from contacthub_orm.contacthub.backend.matching_policy import MatchingPolicy
    from contacthub_orm.orm.entity.sent_at import SentAt
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["find_created", "told_time", "was_registered_since"]

_SKEW: Final = timedelta(seconds=2)
"""The precision to which the `Date` header of its answers tells the service's clock."""

_PAGE_SIZE: Final = 50

_TIMESTAMPS: Final = ("registeredAt", "updatedAt")


class Reader(Protocol):
    """The reads that a look-up needs."""

    @property
    def page_size(self) -> int:
        """The largest page."""
        ...

    def search(self, search: Search) -> Page:
        """One page of a search."""
        ...

    def fetch(self, entity: type[Entity], identity: str) -> Document | None:
        """The document of the entity with this identity, or None if there is none."""
        ...

    def service_time(self, sent: SentAt) -> datetime:
        """What the service's clock showed at a send."""
        ...

    def below(self, path: tuple[str, ...]) -> Sequence[Document]:
        """All documents of a collection below a customer."""
        ...


def find_created(
    reader: Reader, policy: MatchingPolicy, writes: Sequence[InDoubtWrite], known: AbstractSet[Key]
) -> list[Resolution]:
    """A finding for each creation, in order; see `Backend.find_created`.

    The creation with the most values chooses a document first: its document may also hold all values of a creation with
    fewer, but not the other way round.
    """
    taken = set(known)
    once = _Once(reader)
    chosen = sorted(writes, key=lambda write: -_values_in(write.body))
    found = {write: _find(once, policy, write, taken) for write in chosen}
    return [found[write] for write in writes]


def _values_in(value: Any) -> int:
    """The number of values in a document, at any depth."""
    if isinstance(value, dict | list):
        return sum(map(_values_in, value.values() if isinstance(value, dict) else value))
    return value is not None


class _Once:
    """A reader that sends each request once: the look-ups of one commit are much alike."""

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

    def service_time(self, sent: SentAt) -> datetime:
        return self._reader.service_time(sent)

    def below(self, path: tuple[str, ...]) -> Sequence[Document]:
        return self._reader.below(path)


def _find(reader: Reader, policy: MatchingPolicy, write: InDoubtWrite, taken: set[Key]) -> Resolution:
    entity = write.operation.entity
    if type(entity).__parent__ is not None:
        return _find_below(reader, write)
    if isinstance(entity, Customer):
        return _find_customer(reader, policy, write, taken)
    return _find_event(reader, write, taken)


def _find_customer(
    reader: Reader, policy: MatchingPolicy, write: InDoubtWrite, taken: set[Key]
) -> Resolution:
    values = policy.values(write.body)
    changed: Document | None = None
    since = _since(reader, write)
    for document in _current(reader, policy, write, taken):
        if holds_submitted(document, _submitted(write)):
            taken.add(Key("customers", document["id"]))
            return Resolution(Verdict.APPLIED, document)
        if values is not None and _was_written_since(document, since):
            changed = document
    if changed is not None:
        return Resolution(Verdict.CONFLICT, changed)
    return Resolution(Verdict.ABSENT if policy.certain else Verdict.OPEN)


def _find_below(reader: Reader, write: InDoubtWrite) -> Resolution:
    """A sub-resource is in its customer's collection, or the creation had no effect."""
    for document in reader.below(write.request.path):
        if holds_submitted(document, write.body):
            return Resolution(Verdict.APPLIED, document)
    return Resolution(Verdict.ABSENT)


def _submitted(write: InDoubtWrite) -> Document:
    """The values of the customer that was submitted, without its node."""
    return {key: value for key, value in write.body.items() if key != "nodeId"}


def _matching(policy: MatchingPolicy, values: tuple[Any, ...] | None, since: datetime) -> Search:
    """The search for customers with the same matching values; without values, for those registered since the first send."""
    criteria: list[Criterion]
    if values is not None:
        criteria = [
            Comparison(Customer, tuple(path.split(".")), Operator.EQUALS, value)
            for path, value in zip(policy.properties, values, strict=True)
        ]
    else:
        criteria = [Customer.registeredAt >= since - _SKEW]
    return Search(Customer, and_(*criteria), size=_PAGE_SIZE)


def _current(
    reader: Reader, policy: MatchingPolicy, write: InDoubtWrite, taken: set[Key]
) -> Iterator[Document]:
    """The customers that a creation may have made or changed, as a GET returns them now.

    Because the search lags, it still finds a customer whose matching values have changed since. If we changed them
    ourselves, as when one commit moves a value from one customer to another, this is no trace of the creation.
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


def _find_event(reader: Reader, write: InDoubtWrite, taken: set[Key]) -> Resolution:
    body = write.body
    criteria: list[Criterion] = [Event.type == body["type"]]
    if body.get("customerId"):
        criteria.append(Event.customerId == body["customerId"])
    if body.get("date"):
        criteria.append(Event.date.between(body["date"], body["date"]))
    since = _since(reader, write)
    for document in _all(reader, Search(Event, and_(*criteria), size=_PAGE_SIZE)):
        if _is_free(document, write, since, taken) and holds_submitted(document, body):
            taken.add(Key("events", document["id"]))
            return Resolution(Verdict.APPLIED, document)
    return Resolution(Verdict.ABSENT)


def _since(reader: Reader, write: InDoubtWrite) -> datetime:
    """The earliest time, by the service's clock, at which the write can have taken effect."""
    return reader.service_time(write.first_sent)


def _is_free(document: Document, write: InDoubtWrite, since: datetime, taken: set[Key]) -> bool:
    """Whether no other write accounts for the document and it was registered after the first send."""
    key = (write.operation.entity.__resource__.name, document["id"])
    return key not in taken and was_registered_since(document, since)


def was_registered_since(document: Document, since: datetime) -> bool:
    """Whether a document tells that it was registered at an instant of the service's clock or later."""
    return _is_since(document.get("registeredAt"), since)


def _was_written_since(document: Document, since: datetime) -> bool:
    return any(_is_since(document.get(key), since) for key in _TIMESTAMPS)


def told_time(document: Document) -> datetime | None:
    """When a document was registered or, if it does not tell that, updated; None if it tells neither."""
    return next((one for key in _TIMESTAMPS if (one := _instant(document.get(key))) is not None), None)


def _is_since(timestamp: Any, since: datetime) -> bool:
    """Whether a timestamp is an instant and, to the precision of the clock, not before another."""
    instant = _instant(timestamp)
    return instant is not None and instant >= since - _SKEW


def _instant(timestamp: Any) -> datetime | None:
    try:
        return parse_datetime(timestamp)
    except (TypeError, ValueError):
        return None
