"""The matches of a criterion in the order of a key that never changes, asked for between two of its moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import attrs

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.criteria.criteria import Comparison, Criterion, Operator, and_
from contacthub_orm.orm.criteria.expressions import Ordering
from contacthub_orm.orm.service.search import Page, Search
from contacthub_orm.orm.wire.conversion import dump_datetime, parse_datetime

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["MILLISECOND", "KeyOrder", "is_last"]

MILLISECOND: Final = timedelta(milliseconds=1)
"""The unit of the key: rows that differ by less are told apart by their ids."""


@attrs.frozen(eq=False)
class KeyOrder:
    """Pages of the matches of `criterion`, sorted by `key`, with `page_size` rows each unless told otherwise."""

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
        """A page of the rows with `low <= key < high`; without a bound there is none."""
        criterion = and_(self.criterion, *self._bounds(low, high))
        order = (Ordering(self.entity, (self.key,), descending),)
        size = self.page_size if size is None else size
        return self.send(Search(self.entity, criterion, order, number, size, self.fields))

    def _bounds(self, low: datetime | None, high: datetime | None) -> list[Comparison]:
        bounds = ((Operator.GTE, low), (Operator.LT, high))
        return [
            Comparison(self.entity, (self.key,), operator, dump_datetime(moment))
            for operator, moment in bounds
            if moment is not None
        ]

    def end(self, low: datetime) -> datetime:
        """Past the newest of the rows that there are now, of which the first is at `low`."""
        newest = self.fetch(size=1, descending=True).documents
        return max([low, *map(self.moment, newest)]) + MILLISECOND

    def moment(self, document: Document) -> datetime:
        """The key of a row, as bounds name it."""
        return whole_milliseconds(parse_datetime(document[self.key]))

    def identity(self, document: Document) -> str:
        found: str = document[self.entity.__resource__.id_key]
        return found

    def too_many(self, moment: datetime, page: Page) -> InvalidRequestError:
        """The refusal of rows that neither bounds nor pages can tell apart."""
        return InvalidRequestError(
            f"{page.total} or more {self.entity.__resource__.name} have the same {self.key} "
            f"({dump_datetime(moment)}), past what the service gives: narrow the query"
        )


def whole_milliseconds(moment: datetime) -> datetime:
    """The moment without what is less than a millisecond."""
    return moment - timedelta(microseconds=moment.microsecond % 1000)


def is_last(page: Page) -> bool:
    """Whether nothing comes after a first page; a total at the cap means "at least"."""
    return not page.documents or (len(page.documents) >= page.total and not page.capped)
