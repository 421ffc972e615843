"""Queries: generative and immutable, `session.query(Customer).filter(Customer.base.lastName == "Wayne")`."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from contacthub_orm.errors import CompileError, InvalidRequestError, MultipleResultsFound, NoResultFound
from contacthub_orm.orm.backend import Page, Search
from contacthub_orm.orm.criteria import ALWAYS, NEVER, Criterion, and_
from contacthub_orm.orm.entity import Entity
from contacthub_orm.orm.expressions import Expression, Ordering, unknown_attribute

if TYPE_CHECKING:
    from contacthub_orm.orm.session import Session

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

    def filter(self, *criteria: Criterion) -> Query[E]:
        """Narrow the query: all criteria of all `filter` calls hold."""
        for criterion in criteria:
            self._check(criterion)
        return attrs.evolve(self, criterion=and_(self.criterion, *criteria))

    where = filter

    def filter_by(self, **values: Any) -> Query[E]:
        """Narrow the query by equality of attributes of the entity itself: `filter_by(externalId="42")`."""
        for name in values:
            if name not in self.entity.__attributes__:
                raise unknown_attribute(self.entity.__name__, name, self.entity.__attributes__)
        return self.filter(*(getattr(self.entity, name) == value for name, value in values.items()))

    def order_by(self, *keys: Any) -> Query[E]:
        """Sort by attributes, or by their `asc()` or `desc()`."""
        return attrs.evolve(self, order=(*self.order, *(self._ordering(key) for key in keys)))

    def limit(self, count: int) -> Query[E]:
        """At most `count` rows."""
        return attrs.evolve(self, limited=_natural("limit", count))

    def offset(self, count: int) -> Query[E]:
        """Leave out the first `count` rows."""
        return attrs.evolve(self, skipped=_natural("offset", count))

    def populate_existing(self) -> Query[E]:
        """Let the rows overwrite unsaved changes of entities that the session already holds."""
        return attrs.evolve(self, overwrites=True)

    def all(self) -> list[E]:
        """All rows, from all pages."""
        return list(self)

    def first(self) -> E | None:
        """The first row, None where there is none."""
        return next(iter(self.limit(1)), None)

    def one(self) -> E:
        """The only row. Raises NoResultFound or MultipleResultsFound."""
        found = self.one_or_none()
        if found is None:
            raise NoResultFound(f"{self} found no {self.entity.__name__}")
        return found

    def one_or_none(self) -> E | None:
        """The only row, None where there is none. Raises MultipleResultsFound."""
        rows = self.limit(2).all()
        if len(rows) > 1:
            raise MultipleResultsFound(f"{self} found more than one {self.entity.__name__}")
        return rows[0] if rows else None

    def count(self) -> int:
        """How many entities match; no row is loaded."""
        if self.criterion == NEVER:
            return 0
        page = self._page(0, size=1)
        if page.capped:
            raise InvalidRequestError(f"{self} matches {page.total} or more, past what the service counts")
        rows = max(page.total - self.skipped, 0)
        return rows if self.limited is None else min(rows, self.limited)

    def exists(self) -> bool:
        """Whether anything matches; no row is loaded."""
        return self.criterion != NEVER and self._page(0, size=1).total > self.skipped

    def get(self, identity: str | tuple[str, str]) -> E | None:
        """The entity with this id, as `session.get`."""
        return self.session.get(self.entity, identity)

    def page(self, number: int, size: int) -> list[E]:
        """One page; pages are counted from 0, as the service counts them."""
        if self.criterion == NEVER:
            return []
        return self._load(self._page(_natural("page", number), _natural("size", size)))

    def compile(self) -> Any:
        """What the service is asked, as data."""
        return self.session.backend.compile(self._search(0, None))

    def __iter__(self) -> Iterator[E]:
        self.session._check_open()
        if self.session.autoflush:
            self.session._autoflush()
        return self._rows() if self.criterion != NEVER and self.limited != 0 else iter(())

    def _rows(self) -> Iterator[E]:
        """The rows of the pages, without the rows to skip and those past the limit."""
        wanted = None if self.limited is None else self.skipped + self.limited
        place = 0
        seen: set[str] = set()
        for page in self._pages(wanted):
            for entity in self._load(page):
                place += 1
                key = entity._state.key
                if place > self.skipped and key is not None and key[1] not in seen:
                    seen.add(key[1])
                    yield entity
                if wanted is not None and place >= wanted:
                    return

    def _pages(self, wanted: int | None) -> Iterator[Page]:
        """The pages in turn, the next one fetched while one is consumed."""
        size = self.session.backend.page_size
        size = size if wanted is None else min(size, wanted)
        page = self._page(0, size)
        if page.capped and (wanted is None or wanted > page.total):
            raise InvalidRequestError(
                f"{self} matches {page.total} or more, past what the service gives for one search: narrow it"
            )
        last = -(-(page.total if wanted is None else min(page.total, wanted)) // max(page.size, 1)) - 1
        with _Prefetch(self, size, concurrent=self.session.backend.max_in_flight > 1) as prefetch:
            while page.documents:
                if page.number < last:
                    prefetch.begin(page.number + 1)
                yield page
                if page.number >= last:
                    return
                page = prefetch.result()

    def _page(self, number: int, size: int | None) -> Page:
        self.session._check_open()
        self.session._count_reads(1)
        return self.session.backend.search(self._search(number, size))

    def _search(self, number: int, size: int | None) -> Search:
        return Search(self.entity, self.criterion, self.order, number, size)

    def _load(self, page: Page) -> list[E]:
        return self.session._load_all(self.entity, page.documents, overwrite=self.overwrites)

    def _check(self, criterion: object) -> None:
        if not isinstance(criterion, Criterion):
            raise CompileError(
                f"filter: expected a criterion such as {self.entity.__name__}.id == x, got {criterion!r}"
            )
        for comparison in criterion.comparisons():
            if not issubclass(self.entity, comparison.owner):
                raise CompileError(
                    f"{comparison}: {comparison.owner.__name__}.{comparison.attribute} is not an attribute of "
                    f"{self.entity.__name__}"
                )

    def _ordering(self, key: Any) -> Ordering:
        ordering = key.asc() if isinstance(key, Expression) else key
        if not isinstance(ordering, Ordering):
            raise CompileError(f"order_by: expected an attribute or its asc() or desc(), got {key!r}")
        if not issubclass(self.entity, ordering.owner):
            raise CompileError(
                f"order_by: {ordering.attribute} is not an attribute of {self.entity.__name__}"
            )
        return ordering

    def __str__(self) -> str:
        return f"query({self.entity.__name__}).filter({self.criterion})"


class _Prefetch:
    """Fetches one page ahead in a thread of its own, or, with one request in flight, when it is asked for."""

    def __init__(self, query: Query[Any], size: int, *, concurrent: bool) -> None:
        self._query = query
        self._size = size
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="contacthub_orm") if concurrent else None
        self._number = 0
        self._future: Future[Page] | None = None

    def begin(self, number: int) -> None:
        self._number = number
        if self._pool is not None:
            self._future = self._pool.submit(self._query._page, number, self._size)

    def result(self) -> Page:
        if self._future is not None:
            return self._future.result()
        return self._query._page(self._number, self._size)

    def __enter__(self) -> _Prefetch:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def _natural(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise CompileError(f"{name}: expected a whole number that is not negative, got {value!r}")
    return value
