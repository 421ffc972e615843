"""Keyset pagination: the matches of a criterion, sorted by a key that never changes, between two bounds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import attrs

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.criteria.criteria import Comparison, Criterion, and_
from contacthub_orm.orm.criteria.expressions import Ordering
from contacthub_orm.orm.criteria.operators import Operator
from contacthub_orm.orm.service.search import Page, Search
from contacthub_orm.orm.wire.conversion import dump_datetime, parse_datetime

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["MILLISECOND", "Keyset", "is_last", "whole_milliseconds"]

MILLISECOND: Final = timedelta(milliseconds=1)
"""The resolution of bounds: rows whose keys differ by less are told apart by their ids."""


@attrs.frozen(eq=False)
class Keyset:
    """The matches of `criterion`, sorted by `key`, in pages of `page_size` rows unless told otherwise.

    `send` sends a search; it may be called from several threads. The key is an instant, such as that of
    registration.
    """

    send: Callable[[Search], Page]
    entity: type[Entity]
    criterion: Criterion
    key: str
    page_size: int
    fields: tuple[tuple[str, ...], ...] = ()

    def fetch(
        self,
        low: datetime | None = None,
        high: datetime | None = None,
        number: int = 0,
        *,
        size: int | None = None,
        descending: bool = False,
    ) -> Page:
        """Fetch a page of the rows with `low <= key < high`; a bound that is None does not bound."""
        criterion = and_(self.criterion, *self._bounds(low, high))
        order = (Ordering(self.entity, (self.key,), descending),)
        size = self.page_size if size is None else size
        return self.send(Search(self.entity, criterion, order, number, size, self.fields))

    def _bounds(self, low: datetime | None, high: datetime | None) -> list[Comparison]:
        bounds = ((Operator.GTE, low), (Operator.LT, high))
        return [
            Comparison(self.entity, (self.key,), operator, dump_datetime(bound))
            for operator, bound in bounds
            if bound is not None
        ]

    def end(self, low: datetime) -> datetime:
        """Fetch the newest row, and give a bound just past its key. `low` is the key of the first row."""
        newest = self.fetch(size=1, descending=True).documents
        return max([low, *map(self.instant, newest)]) + MILLISECOND

    def instant(self, document: Document) -> datetime:
        """The key of a row, rounded down to a millisecond, as bounds name it."""
        return whole_milliseconds(parse_datetime(document[self.key]))

    def identity(self, document: Document) -> str:
        """The id of a row."""
        found: str = document[self.entity.__resource__.id_key]
        return found

    def too_many(self, instant: datetime, page: Page) -> InvalidRequestError:
        """The error for more rows at one key than pages can reach; bounds cannot tell them apart."""
        return InvalidRequestError(
            f"{page.total} or more {self.entity.__resource__.name} have the same {self.key} "
            f"({dump_datetime(instant)}), past what the service gives: narrow the query"
        )


def whole_milliseconds(instant: datetime) -> datetime:
    """The instant, rounded down to a millisecond."""
    return instant - timedelta(microseconds=instant.microsecond % 1000)


def is_last(page: Page) -> bool:
    """Whether no row comes after those of a first page; a total at the cap means "at least"."""
    return not page.documents or (len(page.documents) >= page.total and not page.capped)
