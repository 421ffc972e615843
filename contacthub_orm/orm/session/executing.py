"""What a session does with statements: `session.scalars(select(Book)).all()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.entity import Entity

if TYPE_CHECKING:
    from contacthub_orm.orm.query.query import Query
    from contacthub_orm.orm.query.relations import Asker
    from contacthub_orm.orm.query.select import Result, Select

__all__ = ["Executing"]

E = TypeVar("E", bound=Entity)


class Executing:
    """The methods of a session that take statements. Each is a query of the session: nothing else asks the service."""

    def scalars(self: Asker, statement: Select[E]) -> Query[E]:
        """The entities that a statement asks for, as a query of this session; nothing is sent until rows are asked for.

        `session.scalars(select(Book).where(...)).all()`, or `.first()`, `.one()`, `.count()`, or iteration.

        Raises:
            InvalidRequestError: if the argument is not a `select(...)`, or the session is closed.
        """
        return _bound(self, "scalars", statement)

    def scalar(self: Asker, statement: Select[E]) -> E | None:
        """The first entity that a statement asks for, or None if there is none.

        Raises:
            InvalidRequestError: as for `scalars`.
        """
        return _bound(self, "scalar", statement).first()

    def execute(self: Asker, statement: Select[E]) -> Result[E]:
        """The rows that a statement asks for, each a tuple of one entity; nothing is sent until rows are asked for.

        Raises:
            InvalidRequestError: as for `scalars`.
        """
        from contacthub_orm.orm.query.select import Result  # here, so that a program loads what it uses

        return Result(_bound(self, "execute", statement))


def _bound(session: Asker, method: str, statement: Select[E]) -> Query[E]:
    """The query of a session that asks what a statement says."""
    import attrs  # as above

    from contacthub_orm.orm.query.select import Select
    from contacthub_orm.orm.query.statement import Statement, parts_of

    if isinstance(statement, Statement) and not isinstance(statement, Select):
        raise InvalidRequestError(
            f"{method}() takes select(...); {statement} is a query already: call its all()"
        )
    if not isinstance(statement, Select):
        raise InvalidRequestError(
            f"{method}() takes select(...), got {statement!r}: change entities with add_all(), delete() and their "
            "attributes, and commit() sends that in batches"
        )
    return attrs.evolve(session.query(statement.entity), **parts_of(statement))
