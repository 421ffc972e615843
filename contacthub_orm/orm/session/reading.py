"""Reading for a session: single documents, the rows of queries, and a count of how often it reads."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.detached import loaded
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.resource import Key, identity_of
from contacthub_orm.orm.service.fan_out import concurrently
from contacthub_orm.orm.wire.partial import pruned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from contacthub_orm.orm.criteria.criteria import Criterion
    from contacthub_orm.orm.entity.owner import Home
    from contacthub_orm.orm.entity.resource import Identity
    from contacthub_orm.orm.query.query import BaseQuery, Query
    from contacthub_orm.orm.query.relations import Related
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.service.search import Page, Search
    from contacthub_orm.orm.session.context.loading import Loader
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["DocumentReader", "EntityReader", "RowReader", "TooManyRequests", "declared_criterion"]

E = TypeVar("E", bound=Entity)


class TooManyRequests(UserWarning):
    """A session has read more often than `max_requests`, which looks like one request per row (N+1)."""


class DocumentReader:
    """Reads documents by id, and warns once if the session reads too often.

    Args:
        backend: the service.
        max_requests: gives the number of reads without a warning, or None for no limit.
    """

    def __init__(self, backend: Backend, max_requests: Callable[[], int | None]) -> None:
        self._backend = backend
        self._max_requests = max_requests
        self._reads = 0

    def fetch(self, entity: type[Entity], identity: str) -> Document | None:
        """Read the document with an id, or return None if there is none."""
        self.count(1, stacklevel=5)
        return self._backend.fetch(entity, identity)

    def fetch_all(self, entity: type[Entity], identities: Sequence[str]) -> list[Document | None]:
        """Read the documents with these ids concurrently, and return them in the same order."""
        documents = concurrently(
            lambda one: self._backend.fetch(entity, one), identities, self._backend.max_in_flight
        )
        self.count(len(identities), stacklevel=5)
        return documents

    def reread(self, entity: type[Entity], identity: str) -> Document:
        """Read the document of an entity that existed before.

        Raises:
            InvalidRequestError: if it no longer exists.
        """
        document = self.fetch(entity, identity)
        if document is None:
            raise InvalidRequestError(f"{entity.__name__} {identity} no longer exists")
        return document

    def count(self, reads: int, *, stacklevel: int = 4) -> None:
        """Count reads. A query counts once, however many pages it reads.

        Args:
            reads: how many there are.
            stacklevel: the number of frames up to the user's, for a warning.
        """
        before, self._reads = self._reads, self._reads + reads
        most = self._max_requests()
        if most is not None and before <= most < self._reads:
            warnings.warn(
                f"this session has read more than {most} times: "
                "is there one request per row where one query or get_many would do?",
                TooManyRequests,
                stacklevel=stacklevel,
            )


class EntityReader:
    """Gives the entities with given ids: those that the session holds, the others as they are read now.

    Args:
        context: the entities that the session holds.
        loader: what turns documents into entities that it holds.
        reader: reads the documents.
    """

    def __init__(self, context: PersistenceContext, loader: Loader, reader: DocumentReader) -> None:
        self._context = context
        self._loader = loader
        self._reader = reader

    def get(self, entity: type[E], identity: Identity, criterion: Criterion | None = None) -> E | None:
        """The entity with an id, or None if there is none that satisfies a criterion, if one is given; see `Session.get`."""
        self._context.check_class(entity)
        one = identity_of(entity, identity)
        known, held = self._held(entity, one)
        if known:
            return _admitted(held, criterion)
        return self._loaded(entity, one, self._reader.fetch(entity, one), criterion)

    def get_many(
        self, entity: type[E], identities: Iterable[Identity], criterion: Criterion | None = None
    ) -> list[E | None]:
        """The entities with these ids, in their order, None for one that fails a criterion; see `Session.get_many`."""
        self._context.check_class(entity)
        wanted = [identity_of(entity, identity) for identity in identities]
        looked_up = {one: self._held(entity, one) for one in wanted}
        # What is held is held weakly: it must be named here, or it may be gone by the time that the others are read.
        found = {one: _admitted(held, criterion) for one, (known, held) in looked_up.items() if known}
        missing = [one for one, (known, _) in looked_up.items() if not known]
        documents = self._reader.fetch_all(entity, missing)
        found |= {
            one: self._loaded(entity, one, document, criterion)
            for one, document in zip(missing, documents, strict=True)
        }
        return [found[one] for one in wanted]

    def _held(self, entity: type[E], identity: str) -> tuple[bool, E | None]:
        """Whether the session knows of an id, and the entity unless it is deleted."""
        key = Key(entity.__resource__.name, identity)
        held = self._context.identities.get(key)
        if held is None:
            return key in self._context.deleted_keys, None
        return True, None if state_of(held).deleted else self._loader.as_class(entity, held)

    def _loaded(
        self, entity: type[E], identity: str, document: Document | None, criterion: Criterion | None
    ) -> E | None:
        if document is None or (criterion is not None and not criterion.holds_for(document)):
            return None
        return self._loader.load(entity, document, identity=identity, current=True)


def _admitted(held: E | None, criterion: Criterion | None) -> E | None:
    """A held entity that satisfies a criterion as it stands in memory, else None."""
    if criterion is None:
        return held
    from contacthub_orm.orm.criteria.criteria import ALWAYS  # here, since few classes have a criterion

    return held if held is None or criterion is ALWAYS or criterion.matches(held) else None


def declared_criterion(entity: type[Entity]) -> Criterion | None:
    """What a class says of all its entities; None if nothing."""
    if not getattr(entity, "__default_criteria__", ()):  # what is no entity class is refused by who reads it
        return None
    from contacthub_orm.orm.query.default_criteria import default_criterion  # few classes have one

    return default_criterion(entity)


class ReadingSession(Protocol):
    """What reading and merging need of their session; see `Session`."""

    backend: Backend
    home: Home | None
    per_call: ClassVar[bool]
    entities: EntityReader

    def query(self, entity: type[E]) -> Query[E]:
        """A query for entities of a class."""
        ...


class RowReader:
    """What the queries of a session read with (see `Reader`).

    Args:
        session: the session.
        context: the entities that it holds.
        loader: what turns documents into entities that it holds.
        before_asking: called before each query.
    """

    def __init__(
        self,
        session: ReadingSession,
        context: PersistenceContext,
        loader: Loader,
        *,
        before_asking: Callable[[], None],
    ) -> None:
        self._session = session
        self._context = context
        self._loader = loader
        self.before_asking = before_asking

    @property
    def session(self) -> ReadingSession:
        """The session that is read for."""
        return self._session

    def search(self, search: Search) -> Page:
        """Send one search; see `Reader.search`."""
        self._context.check_open()
        return self._session.backend.search(search)

    def get(self, entity: type[E], identity: str | tuple[str, str], criterion: Criterion) -> E | None:
        """The entity with this id that satisfies a criterion; see `Reader.get`."""
        self._context.check_open()
        return self._session.entities.get(entity, identity, criterion)

    def unpinned(self, entities: Iterable[E]) -> list[E]:
        """The entities without changes that handed out no list: only the program keeps them alive."""
        return [entity for entity in entities if not self._context.is_pinned(entity)]

    def release(self, entities: Iterable[Entity]) -> None:
        """Compare the lists that entities have handed out; stop keeping alive those without changes."""
        for entity in entities:
            self._context.release(entity)

    def load_rows(self, statement: BaseQuery[E], documents: Sequence[Document]) -> list[E]:
        """The entities of one page of documents, loaded as the options of the statement say."""
        from contacthub_orm.orm.criteria.criteria import ALWAYS  # here, so that a program loads what it uses

        if statement.fields:
            documents = [pruned(document, statement.fields) for document in documents]
        if statement.tracks:
            rows = self._loader.load_all(statement.entity, documents, overwrite=statement.overwrites)
        else:
            rows = [self._untracked(statement.entity, document) for document in documents]
        if statement.defaults is not ALWAYS:
            # A search lags behind writes, and a row may have changes that no search knows yet.
            rows = [row for row in rows if statement.defaults.matches(row)]
        if statement.load_options:
            self._follow(statement, rows)
        return rows

    def _follow(self, statement: BaseQuery[E], rows: Sequence[E]) -> None:
        """Do what the options of a statement say of relations."""
        from contacthub_orm.orm.query.options import RaiseLoad, SelectIn  # as above

        for option in statement.load_options:
            if isinstance(option, SelectIn):
                self._load_related(rows, option.relation, tracks=statement.tracks)
            elif isinstance(option, RaiseLoad):
                for row in rows:
                    state_of(row).refuse_to_load(option.relation.name)

    def _untracked(self, entity: type[E], document: Document) -> E:
        """A detached entity that the session does not hold."""
        home = self._session.home
        if self._session.per_call:
            return loaded(entity, home, document)
        row = loaded(entity, None, document)
        state_of(row).detach(home)
        return row

    def _load_related(self, rows: Sequence[E], relation: Related[Entity], *, tracks: bool) -> None:
        """Load a relation of every row: requests are sent concurrently, entities are made in this thread."""
        queries = [relation.select_for(row, self._session) for row in rows]
        if not tracks:
            queries = [query.no_tracking() for query in queries]
        found = concurrently(self._documents, queries, self._session.backend.max_in_flight)
        for row, query, documents in zip(rows, queries, found, strict=True):
            related = self.load_rows(query, documents)
            state_of(row).relate(relation.name, related)
            if not tracks:
                _refer_back(related, row)

    def _documents(self, query: Query[Entity]) -> list[Document]:
        from contacthub_orm.orm.query.results import Results  # as above

        return [document for page in Results(query, self).documents() for document in page]


def _refer_back(related: Sequence[Entity], row: Entity) -> None:
    """Let related entities that no session holds refer to the row; those of a session find it by its id."""
    for one in related:
        for reference in one.__references__:
            if reference.target == row.__resource__.name:
                state_of(one).refer_to(reference.key, row)
