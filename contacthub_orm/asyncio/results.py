"""Results of `select()` statements that were read already, with the methods that SQLAlchemy's results have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from contacthub_orm.errors import MultipleResultsFound, NoResultFound
from contacthub_orm.orm import Entity
from contacthub_orm.orm.query.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["RowResult", "ScalarResult"]

E = TypeVar("E", bound=Entity)


class ScalarResult(Generic[E]):
    """The entities that a statement found, all read: its methods send nothing.

    Args:
        statement: the text of the statement.
        entities: what it found.
    """

    def __init__(self, statement: str, entities: list[E]) -> None:
        self._statement = statement
        self._entities = entities

    def __iter__(self) -> Iterator[E]:
        return iter(self._entities)

    def all(self) -> list[E]:
        """All entities."""
        return Rows(self._entities)

    def first(self) -> E | None:
        """The first entity, or None if there is none."""
        return self._entities[0] if self._entities else None

    def one_or_none(self) -> E | None:
        """The only entity, or None if there is none.

        Raises:
            MultipleResultsFound: if there are several.
        """
        if len(self._entities) > 1:
            raise MultipleResultsFound(f"{self._statement} found {len(self._entities)} entities")
        return self.first()

    def one(self) -> E:
        """The only entity.

        Raises:
            NoResultFound: if there is none.
            MultipleResultsFound: if there are several.
        """
        found = self.one_or_none()
        if found is None:
            raise NoResultFound(f"{self._statement} found nothing")
        return found


class RowResult(Generic[E]):
    """The rows that a statement found, each a tuple of one entity; all are read, and the methods send nothing.

    Args:
        scalars: the entities.
    """

    def __init__(self, scalars: ScalarResult[E]) -> None:
        self._scalars = scalars

    def scalars(self) -> ScalarResult[E]:
        """The entities themselves."""
        return self._scalars

    def __iter__(self) -> Iterator[tuple[E]]:
        return ((entity,) for entity in self._scalars)

    def all(self) -> list[tuple[E]]:
        """All rows."""
        return list(self)

    def first(self) -> tuple[E] | None:
        """The first row, or None if there is none."""
        return next(iter(self), None)

    def one(self) -> tuple[E]:
        """The only row; raises as `ScalarResult.one` does."""
        return (self._scalars.one(),)

    def one_or_none(self) -> tuple[E] | None:
        """The only row, or None; raises as `ScalarResult.one_or_none` does."""
        found = self._scalars.one_or_none()
        return None if found is None else (found,)

    def scalar(self) -> E | None:
        """The entity of the first row, or None if there is no row."""
        return self._scalars.first()

    def scalar_one(self) -> E:
        """The only entity; raises as `ScalarResult.one` does."""
        return self._scalars.one()

    def scalar_one_or_none(self) -> E | None:
        """The only entity, or None; raises as `ScalarResult.one_or_none` does."""
        return self._scalars.one_or_none()
