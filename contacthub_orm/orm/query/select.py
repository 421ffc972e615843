"""Statements as values: `select(Book).where(Book.title == "Emma")`, which a session is given to ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

import attrs

from contacthub_orm.orm.criteria.sql_habits import ON_STATEMENTS
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.query.checks import check_queryable
from contacthub_orm.orm.query.default_criteria import default_criterion
from contacthub_orm.orm.query.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contacthub_orm.orm.query.query import Query
    from contacthub_orm.orm.service.backend import Backend

__all__ = ["Result", "Select", "select", "statement_on"]

E = TypeVar("E", bound=Entity)


@attrs.frozen(eq=False)
class Select(Statement[E]):
    """What is asked about entities of one class, as a value without a session.

    It is narrowed and combined as a query is, equals what asks the same, and can be hashed, pickled and kept. Give it to
    `session.scalars()`, `session.scalar()` or `session.execute()`.
    """

    function: ClassVar[str] = "select"
    habits: ClassVar[Mapping[str, str]] = ON_STATEMENTS

    def __eq__(self, other: object) -> bool:
        return self._asked == other._asked if isinstance(other, Select) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.entity, str(self)))

    @property
    def _asked(self) -> tuple[Any, ...]:
        """What makes two statements the same. Texts tell apart what Python takes for equal: 1, 1.0 and True."""
        values = tuple(getattr(self, field.name) for field in attrs.fields(type(self)))
        raw = json.dumps(self.json, sort_keys=True, default=repr)
        return (*values, str(self.criterion), str(self.local), str(self.defaults), raw)


def select(entity: type[E]) -> Select[E]:
    """A statement that asks for the entities of a class: `session.scalars(select(Book)).all()`.

    Raises:
        InvalidRequestError: if the argument is not the class of entities that can be searched.
    """
    return statement_on("select", entity)


def statement_on(function: str, entity: type[E], backend: Backend | None = None) -> Select[E]:
    """The statement for all entities of a class.

    Args:
        function: what the user has called, for messages.
        entity: the class.
        backend: the service, if it is known.

    Raises:
        InvalidRequestError: if it is not the class of entities that can be searched.
    """
    check_queryable(function, entity, backend)
    return Select(entity, entity._own_criterion(), defaults=default_criterion(entity))


class Result(Generic[E]):
    """What `session.execute` gives: rows that are tuples of one entity, as SQLAlchemy's are.

    Nothing is sent until rows are asked for; each method asks anew, and raises what the same one of a query does.

    Args:
        query: the query that is asked.
    """

    def __init__(self, query: Query[E]) -> None:
        self._query = query

    def scalars(self) -> Query[E]:
        """The entities themselves, as `session.scalars` gives them."""
        return self._query

    def __iter__(self) -> Iterator[tuple[E]]:
        return ((entity,) for entity in self._query)

    def all(self) -> list[tuple[E]]:
        """All rows, from all pages."""
        return list(self)

    def first(self) -> tuple[E] | None:
        """The first row, or None if there is none."""
        found = self._query.first()
        return None if found is None else (found,)

    def one(self) -> tuple[E]:
        """The only row."""
        return (self._query.one(),)

    def one_or_none(self) -> tuple[E] | None:
        """The only row, or None if there is none."""
        found = self._query.one_or_none()
        return None if found is None else (found,)

    def scalar(self) -> E | None:
        """The entity of the first row, or None if there is no row."""
        return self._query.first()

    def scalar_one(self) -> E:
        """The only entity."""
        return self._query.one()

    def scalar_one_or_none(self) -> E | None:
        """The only entity, or None if there is none."""
        return self._query.one_or_none()
