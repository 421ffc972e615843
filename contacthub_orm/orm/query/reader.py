"""What a query needs of whoever loads its rows; see `session/reading.py` for that of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contacthub_orm.orm.criteria.criteria import Criterion
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.query.query import BaseQuery
    from contacthub_orm.orm.service.search import Page, Search
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Reader"]

E = TypeVar("E", bound="Entity")


class Reader(Protocol):
    """Sends the searches of a query and turns documents into entities."""

    @property
    def session(self) -> Any:
        """The session that is read for, as `Query.session` shows it."""
        ...

    def before_asking(self) -> None:
        """Count one query, and flush first if the session flushes before queries.

        Raises:
            InvalidRequestError: if the session is closed.
        """
        ...

    def search(self, search: Search) -> Page:
        """Send one search. It may be called from several threads at once.

        Raises:
            InvalidRequestError: if the session is closed.
            CompileError: if the service cannot be asked this; nothing is sent.
        """
        ...

    def get(self, entity: type[E], identity: str | tuple[str, str], criterion: Criterion) -> E | None:
        """The entity with this id, or None if there is none that satisfies the criterion."""
        ...

    def load_rows(self, statement: BaseQuery[E], documents: Sequence[Document]) -> list[E]:
        """The entities of one page of documents, loaded as the options of the statement say."""
        ...

    def unpinned(self, entities: Iterable[E]) -> list[E]:
        """Those entities that the session itself does not keep alive."""
        ...

    def release(self, entities: Iterable[Entity]) -> None:
        """Stop keeping alive those entities that turn out to have no changes."""
        ...
