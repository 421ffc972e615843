"""Loading the rows of a query by its options."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Generic, TypeVar

from contacthub_orm.orm.entity.detached import loaded
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.query.options import RaiseLoad, SelectIn
from contacthub_orm.orm.query.results import rows_of
from contacthub_orm.orm.wire.partial import pruned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.orm.query.query import Query
    from contacthub_orm.orm.query.relations import Related
    from contacthub_orm.orm.session.loading import Loader
    from contacthub_orm.orm.session.session import Session
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Loading"]

E = TypeVar("E", bound=Entity)


class Loading(Generic[E]):
    """Turns the documents of one page into rows."""

    def __init__(self, session: Session, loader: Loader, query: Query[E]) -> None:
        self._session = session
        self._loader = loader
        self._query = query

    def rows(self, documents: Sequence[Document]) -> list[E]:
        """The entities, with what the options say loaded."""
        query = self._query
        if query.fields:
            documents = [pruned(document, query.fields) for document in documents]
        if query.tracks:
            rows = self._loader.load_all(query.entity, documents, overwrite=query.overwrites)
        else:
            rows = [self._untracked(document) for document in documents]
        for option in query.load_options:
            if isinstance(option, SelectIn):
                self._load_related(rows, option.relation)
            elif isinstance(option, RaiseLoad):
                for row in rows:
                    state_of(row).refuse_to_load(option.relation.name)
        return rows

    def _untracked(self, document: Document) -> E:
        """A detached entity that the session knows nothing of."""
        home = self._session.home
        if self._session.per_call:
            return loaded(self._query.entity, home, document)
        row = loaded(self._query.entity, None, document)
        state_of(row).detach(home)
        return row

    def _load_related(self, rows: Sequence[E], relation: Related[Entity]) -> None:
        """Ask for the relation of every row, concurrently; the entities are made in this thread."""
        queries = [relation.select_for(row, self._session) for row in rows]
        if not self._query.tracks:
            queries = [query.no_tracking() for query in queries]
        workers = min(self._session.backend.max_in_flight, len(queries))
        if workers > 1:
            with ThreadPoolExecutor(workers, thread_name_prefix="contacthub_orm") as pool:
                found = list(pool.map(_documents, queries))
        else:
            found = [_documents(query) for query in queries]
        for row, query, documents in zip(rows, queries, found, strict=True):
            related = query.load(documents)
            state_of(row).relate(relation.name, related)
            if not self._query.tracks:
                _refer_back(related, row)


def _refer_back(related: Sequence[Entity], row: Entity) -> None:
    """Have entities that no session holds lead back to the row, as those of a session do by their id."""
    for one in related:
        for reference in one.__references__:
            if reference.target == row.__resource__.name:
                state_of(one).refer_to(reference.key, row)


def _documents(query: Query[Entity]) -> list[Document]:
    return [document for page in rows_of(query).documents() for document in page]
