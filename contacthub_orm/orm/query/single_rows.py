"""Single rows: what `first`, `one` and `one_or_none` make of the rows that a statement gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import attrs

from contacthub_orm.errors import MultipleResultsFound, NoResultFound
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.query.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

__all__ = ["SingleRows"]

E = TypeVar("E", bound=Entity)


@attrs.frozen(eq=False)
class SingleRows(Statement[E]):
    """A statement that gives its rows when it is iterated, or one of them."""

    def __iter__(self) -> Iterator[E]:
        raise NotImplementedError

    def first(self) -> E | None:
        """The first row, or None if there is none."""
        return next(iter(self._at_most(1)), None)

    def one(self) -> E:
        """The only row.

        Raises:
            NoResultFound: if there is no row.
            MultipleResultsFound: if there are several.
        """
        found = self.one_or_none()
        if found is None:
            raise NoResultFound(f"{self} found no {self.entity.__name__}")
        return found

    def one_or_none(self) -> E | None:
        """The only row, or None if there is none.

        Raises:
            MultipleResultsFound: if there are several.
        """
        rows = list(self._at_most(2))
        if len(rows) > 1:
            raise MultipleResultsFound(f"{self} found more than one {self.entity.__name__}")
        return rows[0] if rows else None

    def _at_most(self, count: int) -> Self:
        return self.limit(count if self.limited is None else min(self.limited, count))
