"""Keyset pagination: the matches of a criterion, sorted by a key, between two bounds.

The key is an instant. A scan counts it in whole milliseconds, in the direction in which it reads: the position of a
row is the milliseconds since 1970, or their negative if the newest row comes first. So bounds and splits are plain
numbers, and the same code reads either way.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import attrs

from contacthub_orm.errors import InvalidRequestError, TransportError
from contacthub_orm.orm.criteria.criteria import Comparison, Criterion, and_
from contacthub_orm.orm.criteria.expressions import Ordering
from contacthub_orm.orm.criteria.operators import Operator
from contacthub_orm.orm.service.search import Page, ScanKey, Search
from contacthub_orm.orm.wire.conversion import dump_datetime, parse_datetime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["FRUITLESS_READINGS", "Keyset", "disagreement", "is_last"]

FRUITLESS_READINGS: Final = 3
"""How often pages are read without a new row and without fewer matches, before the total counts as wrong."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_DAY: Final = timedelta(days=1) // _MILLISECOND


@attrs.frozen(eq=False)
class Keyset:
    """The matches of `criterion`, sorted by `key`, in pages of `page_size` rows unless told otherwise.

    `send` sends a search; it may be called from several threads.
    """

    send: Callable[[Search], Page]
    entity: type[Entity]
    criterion: Criterion
    key: ScanKey
    page_size: int
    fields: tuple[tuple[str, ...], ...] = ()

    def between(self, low: int | None, high: int | None) -> Keyset:
        """The rows at the positions `low <= position < high` alone; None does not bound."""
        return attrs.evolve(self, criterion=and_(self.criterion, *self._bounds(low, high)))

    def fetch(
        self,
        low: int | None = None,
        high: int | None = None,
        number: int = 0,
        *,
        size: int | None = None,
    ) -> Page:
        """Fetch a page of the rows at the positions `low <= position < high`; None does not bound."""
        # Nothing is said of the order if the rows are read in the service's own.
        order = () if self.key.newest_first else (Ordering(self.entity, (self.key.name,)),)
        size = self.page_size if size is None else size
        if low is not None and self._instant(low) is None:
            return Page((), 0, number, size)
        criterion = and_(self.criterion, *self._bounds(low, high))
        page = self.send(Search(self.entity, criterion, order, number, size, self.fields))
        for row in (*page.documents[:1], *page.documents[-1:]):
            at = self.position(row)
            if (low is not None and at < low) or (high is not None and at >= high):
                raise nonsense(
                    self.entity, f"a row has a {self.key.name} outside of the range that was asked for"
                )
        return page

    def _bounds(self, low: int | None, high: int | None) -> Iterator[Comparison]:
        """The bounds on the key. Read from the newest on, both are inclusive, as a filter by dates has them."""
        if self.key.newest_first:
            high = None if high is None else high - 1
            bounds = ((Operator.LTE, low), (Operator.GTE, high))
        else:
            bounds = ((Operator.GTE, low), (Operator.LT, high))
        for operator, position in bounds:
            instant = None if position is None else self._instant(position)
            if instant is not None:
                yield Comparison(self.entity, (self.key.name,), operator, dump_datetime(instant))

    def end(self, low: int) -> int:
        """A position past the last row. `low` is that of the first row."""
        if not self.key.newest_first:
            order = (Ordering(self.entity, (self.key.name,), descending=True),)
            newest = self.send(
                Search(self.entity, self.criterion, order, size=1, fields=self.fields)
            ).documents
            return max([low, *map(self.position, newest)]) + 1
        span = _DAY
        while self.fetch(low + span, size=0).total:
            span *= 2
        return low + span

    def position(self, document: Document) -> int:
        """The position of a row: its key, rounded down to a millisecond, as bounds name it.

        Raises:
            TransportError: if the row has no such key.
        """
        try:
            milliseconds = (parse_datetime(document[self.key.name]) - _EPOCH) // _MILLISECOND
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
            raise nonsense(self.entity, f"a row has no {self.key.name} that is an instant") from None
        return -milliseconds if self.key.newest_first else milliseconds

    def identity(self, document: Document) -> str:
        """The id of a row."""
        found: str = document[self.entity.__resource__.id_key]
        return found

    def too_many(self, position: int, page: Page) -> InvalidRequestError:
        """The error for more rows at one key than pages can reach; bounds cannot tell them apart."""
        instant = self._instant(position)
        at = "the same instant" if instant is None else dump_datetime(instant)
        return InvalidRequestError(
            f"{page.total} or more {self.entity.__resource__.name} have the same {self.key.name} "
            f"({at}), past what the service gives: narrow the query"
        )

    def _instant(self, position: int) -> datetime | None:
        """The instant at a position; None past the last that there is, where no row can be."""
        milliseconds = -position if self.key.newest_first else position
        try:
            return _EPOCH + milliseconds * _MILLISECOND
        except OverflowError:
            return None


def nonsense(entity: type[Entity], reason: str) -> TransportError:
    """The error for rows that make no sense."""
    return TransportError(reason, method="GET", url=entity.__resource__.name)


def disagreement(entity: type[Entity], total: int, found: int) -> TransportError:
    """The error for pages that never hold as many rows as they say there are. Rows that were read before are right."""
    return nonsense(entity, f"the pages say that there are {total} matches, and hold {found}")


def is_last(page: Page) -> bool:
    """Whether no row comes after those of a first page; a total at the cap means "at least"."""
    return not page.documents or (len(page.documents) >= page.total and not page.capped)
