"""Queries: generative and immutable, `session.query(Customer).filter(Customer.base.lastName == "Wayne")`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar

import attrs

from contacthub_orm.errors import CompileError, InvalidRequestError, MultipleResultsFound, NoResultFound
from contacthub_orm.orm.criteria.criteria import ALWAYS, NEVER, Criterion, and_
from contacthub_orm.orm.criteria.expressions import Ordering, unknown_attribute
from contacthub_orm.orm.criteria.set_operations import SetOperation, asks_for_events, combined
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.query.checks import (
    check_can_be_combined,
    check_can_be_paged,
    check_criterion,
    natural,
    ordering_of,
)
from contacthub_orm.orm.query.options import LoadOnly, Option, RaiseLoad, SelectIn
from contacthub_orm.orm.query.results import rows_of
from contacthub_orm.orm.service.search import Page, Search
from contacthub_orm.orm.wire.partial import load_paths

if TYPE_CHECKING:
    from contacthub_orm.orm.session.session import Session

__all__ = ["Query"]

E = TypeVar("E", bound=Entity)


@attrs.frozen(eq=False)
class Query(Generic[E]):
    """A question to the service. Every method gives a new query; nothing is sent until rows are asked for."""

    session: Session = attrs.field(repr=False)
    entity: type[E]
    criterion: Criterion = ALWAYS
    order: tuple[Ordering, ...] = ()
    limited: int | None = None
    skipped: int = 0
    overwrites: bool = False
    tracks: bool = True
    batch: int | None = None
    local: Criterion = ALWAYS
    load_options: tuple[Option, ...] = ()
    json: Any = None

    # -- narrowing and ordering ---------------------------------------------------------------------------------------

    def filter(self, *criteria: Criterion) -> Self:
        """Narrow the query: all criteria of all `filter` calls hold."""
        for criterion in criteria:
            check_criterion(self.entity, criterion)
        if criteria and self.json is not None:
            raise CompileError("filter: a raw query cannot be narrowed; write the condition into it")
        return attrs.evolve(self, criterion=and_(self.criterion, *criteria))

    where = filter

    def filter_by(self, **values: Any) -> Self:
        """Narrow the query by equality of attributes of the entity itself: `filter_by(externalId="42")`."""
        for name in values:
            if name not in self.entity.__attributes__:
                raise unknown_attribute(self.entity.__name__, name, self.entity.__attributes__)
        return self.filter(*(getattr(self.entity, name) == value for name, value in values.items()))

    def filter_locally(self, *criteria: Criterion) -> Self:
        """Narrow the rows in this process, for what the service cannot be asked; every other row is still read."""
        for criterion in criteria:
            check_criterion(self.entity, criterion)
            if asks_for_events(criterion):
                raise CompileError(f"filter_locally: {criterion} asks for events, which the rows do not tell")
        return attrs.evolve(self, local=and_(self.local, *criteria))

    def order_by(self, *keys: Any) -> Self:
        """Sort by attributes, or by their `asc()` or `desc()`; null comes last.

        The service sorts by the first; rows that are equal there are sorted by the others in this process.
        """
        return attrs.evolve(self, order=(*self.order, *(ordering_of(self.entity, key) for key in keys)))

    def limit(self, count: int) -> Self:
        """At most `count` rows."""
        return attrs.evolve(self, limited=natural("limit", count))

    def offset(self, count: int) -> Self:
        """Leave out the first `count` rows."""
        return attrs.evolve(self, skipped=natural("offset", count))

    def distinct(self, *_: Any) -> NoReturn:
        """Refused: every row is one entity, so no two are alike."""
        raise CompileError(f"distinct: the rows of {self} are entities, of which no two are the same")

    # -- set operations -----------------------------------------------------------------------------------------------

    def intersect(self, *others: Query[E]) -> Self:
        """What this query and all others find, as one query (INTERSECT)."""
        return self._combined(SetOperation.INTERSECT, others)

    def union(self, *others: Query[E]) -> Self:
        """What this query or any other finds, as one query (UNION)."""
        return self._combined(SetOperation.UNION, others)

    def except_(self, *others: Query[E]) -> Self:
        """What this query finds and no other does, as one query (EXCEPT)."""
        return self._combined(SetOperation.EXCEPT, others)

    def __and__(self, other: Query[E]) -> Self:
        return self.intersect(other) if isinstance(other, Query) else NotImplemented

    def __or__(self, other: Query[E]) -> Self:
        return self.union(other) if isinstance(other, Query) else NotImplemented

    def __sub__(self, other: Query[E]) -> Self:
        return self.except_(other) if isinstance(other, Query) else NotImplemented

    def _combined(self, operation: SetOperation, others: Iterable[Query[E]]) -> Self:
        queries: tuple[Query[E], ...] = (self, *others)
        for query in queries:
            if not isinstance(query, Query):
                raise CompileError(f"{operation}: expected a query, got {query!r}")
            check_can_be_combined(operation, self, query)
        criterion = combined(operation, *(query.criterion for query in queries))
        return attrs.evolve(self, criterion=criterion)

    # -- how rows are loaded ------------------------------------------------------------------------------------------

    def options(self, *options: Option) -> Self:
        """Say what is loaded: `load_only(...)`, `selectinload(...)`, `raiseload(...)`."""
        for option in options:
            if not isinstance(option, LoadOnly | SelectIn | RaiseLoad):
                raise CompileError(f"options: expected load_only, selectinload or raiseload, got {option!r}")
            option.check(self.entity)
        return attrs.evolve(self, load_options=(*self.load_options, *options))

    def populate_existing(self) -> Self:
        """Let the rows overwrite unsaved changes of entities that the session already holds."""
        return attrs.evolve(self, overwrites=True)

    def no_tracking(self) -> Self:
        """Give detached entities that the session does not hold: for reading much and changing nothing."""
        return attrs.evolve(self, tracks=False)

    def yield_per(self, count: int) -> Self:
        """Iterate in pages of `count` rows and stop keeping a page alive when the next is begun, changed rows excepted."""
        return attrs.evolve(self, batch=max(natural("yield_per", count), 1))

    def raw(self, json: Any) -> Self:
        """Ask with a query in the service's own form (the document of the `query` parameter), as it is."""
        if self.criterion != ALWAYS:
            raise CompileError(f"raw: {self} has criteria already; a raw query stands alone")
        if not isinstance(json, Mapping):
            raise CompileError(f"raw: expected the query as an object, as json.loads gives it, got {json!r}")
        return attrs.evolve(self, json=json)

    # -- asking -------------------------------------------------------------------------------------------------------

    def all(self) -> list[E]:
        """All rows, from all pages."""
        return list(self)

    def first(self) -> E | None:
        """The first row, None where there is none."""
        return next(iter(self._at_most(1)), None)

    def one(self) -> E:
        """The only row. Raises NoResultFound or MultipleResultsFound."""
        found = self.one_or_none()
        if found is None:
            raise NoResultFound(f"{self} found no {self.entity.__name__}")
        return found

    def one_or_none(self) -> E | None:
        """The only row, None where there is none. Raises MultipleResultsFound."""
        rows = list(self._at_most(2))
        if len(rows) > 1:
            raise MultipleResultsFound(f"{self} found more than one {self.entity.__name__}")
        return rows[0] if rows else None

    def _at_most(self, count: int) -> Self:
        return self.limit(count if self.limited is None else min(self.limited, count))

    def count(self) -> int:
        """How many entities match; no row is loaded."""
        self._before_asking()
        if self.criterion == NEVER or self.limited == 0:
            return 0
        if self.local != ALWAYS:
            return sum(1 for _ in self)
        rows = max(self._total() - self.skipped, 0)
        return rows if self.limited is None else min(rows, self.limited)

    def _total(self) -> int:
        page = self.fetch(self.search(0, 0))
        if not page.capped:
            return page.total
        total = rows_of(self).count()
        if total is None:
            raise InvalidRequestError(f"{self} matches {page.total} or more, past what the service counts")
        return total

    def exists(self) -> bool:
        """Whether anything matches; no row is loaded."""
        self._before_asking()
        if self.criterion == NEVER or self.limited == 0:
            return False
        if self.local != ALWAYS:
            return self.first() is not None
        return self.fetch(self.search(0, 0)).total > self.skipped

    def get(self, identity: str | tuple[str, str]) -> E | None:
        """The entity with this id, as `session.get`."""
        return self.session.get(self.entity, identity)

    def page(self, number: int, size: int) -> list[E]:
        """One page; pages are counted from 0, as the service counts them."""
        check_can_be_paged(self)
        search = self.search(natural("page", number), natural("size", size, least=1))
        self._before_asking()
        if self.criterion == NEVER:
            return []
        return [row for row in self.load(self.fetch(search).documents) if self._passes(row)]

    def __iter__(self) -> Iterator[E]:
        self._before_asking()
        if self.criterion == NEVER or self.limited == 0:
            return iter(())
        return rows_of(self).entities()

    def run_on(self, entities: Iterable[E]) -> list[E]:
        """The query answered from objects in memory, unsaved changes included; nothing is sent.

        Raises CompileError for conditions on events and raw queries, which only the service can answer.
        """
        if self.json is not None:
            raise CompileError("run_on: a raw query is for the service alone")
        if asks_for_events(self.criterion):
            raise CompileError(f"run_on: {self.criterion} asks for events, which only the service can answer")
        entities = list(entities)
        for one in entities:
            load_paths(one, (key.path for key in self.order))
        found = [one for one in entities if self.criterion.matches(one) and self._passes(one)]
        found = rows_of(self).sorted(found)
        end = None if self.limited is None else self.skipped + self.limited
        return found[self.skipped : end]

    # -- looking ------------------------------------------------------------------------------------------------------

    def compile(self) -> Any:
        """What the service is asked, as data: the parameters of the first page."""
        return self.session.backend.compile(self.search(0, None))

    def explain(self) -> str:
        """How the query will be answered, in words."""
        if self.criterion == NEVER:
            return f"{self}\nnothing can match, so nothing is asked"
        return rows_of(self).explain()

    def __str__(self) -> str:
        told = "raw" if self.json is not None else str(self.criterion)
        parts = [f"query({self.entity.__name__})"]
        if told != str(ALWAYS):
            parts.append(f"filter({told})")
        if self.local != ALWAYS:
            parts.append(f"filter_locally({self.local})")
        if self.order:
            parts.append(f"order_by({', '.join(map(str, self.order))})")
        if self.limited is not None:
            parts.append(f"limit({self.limited})")
        if self.skipped:
            parts.append(f"offset({self.skipped})")
        return ".".join(parts)

    # -- for the rows -------------------------------------------------------------------------------------------------

    def search(self, number: int, size: int | None) -> Search:
        """One page of this query as a search."""
        order = self.order[:1]
        return Search(self.entity, self.criterion, order, number, size, self.fields, self.json)

    def fetch(self, search: Search) -> Page:
        """Send a search."""
        self.session._check_open()
        return self.session.backend.search(search)

    @property
    def fields(self) -> tuple[tuple[str, ...], ...]:
        """The paths that `load_only` names, with those that the session needs."""
        chosen = [
            path for option in self.load_options if isinstance(option, LoadOnly) for path in option.paths
        ]
        if not chosen:
            return ()
        resource = self.entity.__resource__
        needed = [
            (resource.id_key,),
            *((key,) for key in resource.version_keys),
            *((key,) for key in self._scanned()),
        ]
        local = [comparison.path for comparison in self.local.comparisons()]
        return tuple(dict.fromkeys([*needed, *chosen, *local, *(key.path for key in self.order)]))

    def _scanned(self) -> list[str]:
        key = self.session.backend.scan_key(self.entity)
        return [] if key is None else [key]

    def load(self, documents: Any) -> list[E]:
        """The entities of documents, by the options of this query."""
        return self.session._load_rows(self, documents)

    def _passes(self, entity: E) -> bool:
        return self.local == ALWAYS or self.local.matches(entity)

    def _before_asking(self) -> None:
        self.session._check_open()
        self.session._count_reads(1)
        if self.session.autoflush:
            self.session._autoflush()
