"""Rows: how the pages of a query are read, in which order and how far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cmp_to_key
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.criteria.criteria import ALWAYS
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.query.options import SelectIn
from contacthub_orm.orm.scan.keyset import KeyOrder
from contacthub_orm.orm.scan.scan import count, scan
from contacthub_orm.orm.service.search import Page
from contacthub_orm.orm.wire.documents import Document
from contacthub_orm.orm.wire.evaluator import order, value_at

if TYPE_CHECKING:
    from contacthub_orm.orm.criteria.expressions import Ordering
    from contacthub_orm.orm.query.query import Query

__all__ = ["Rows", "rows_of"]

E = TypeVar("E", bound=Entity)


def rows_of(query: Query[E]) -> Rows[E]:
    """The rows of a query."""
    return Rows(query)


@attrs.frozen(eq=False)
class Rows(Generic[E]):
    """Reads a query: as a scan where no order, limit or offset is asked for, else as one search."""

    query: Query[E]

    def entities(self) -> Iterator[E]:
        """The entities, page by page."""
        query = self.query
        end = None if query.limited is None else query.skipped + query.limited
        found = (entity for page in self._loaded() for entity in page if query._passes(entity))
        return islice(found, query.skipped, end)

    def _loaded(self) -> Iterator[list[E]]:
        """The entities of the pages; with `yield_per` what a page brought is let go when the next is asked for."""
        seen: set[str] | None = None if self.scans else set()
        for documents in self.documents():
            if seen is not None:
                documents = self._new(documents, seen)
            page = self.query.load(documents)
            brought = self.query.session._unpinned(page)
            yield page
            if self.query.batch is not None:
                self.query.session._release(brought)

    def _new(self, documents: Iterable[Document], seen: set[str]) -> list[Document]:
        """Pages cut by number may repeat a row that moved."""
        id_key = self.query.entity.__resource__.id_key
        fresh = [one for one in documents if one[id_key] not in seen]
        seen.update(one[id_key] for one in fresh)
        return fresh

    def documents(self) -> Iterator[list[Document]]:
        """The documents, page by page, as the service gives them."""
        if self.scans:
            return scan(self._key_order, self._max_in_flight)
        pages = (list(page.documents) for page in self._numbered_pages())
        return self._tie_sorted(pages) if len(self.query.order) > 1 else pages

    # -- scans --------------------------------------------------------------------------------------------------------

    @property
    def scans(self) -> bool:
        """Whether all matches are wanted in no particular order, so that they can be scanned."""
        query = self.query
        unordered = not query.order and query.limited is None and not query.skipped and query.json is None
        return unordered and query.session.backend.scan_key(query.entity) is not None

    @property
    def _key_order(self) -> KeyOrder:
        query = self.query
        key = query.session.backend.scan_key(query.entity)
        assert key is not None
        return KeyOrder(query.fetch, query.entity, query.criterion, key, self._page_size, query.fields)

    @property
    def _max_in_flight(self) -> int:
        """One, where each page sets off requests of its own, which are then as many as may be under way."""
        loads_relations = any(isinstance(option, SelectIn) for option in self.query.load_options)
        return 1 if loads_relations else self.query.session.backend.max_in_flight

    def count(self) -> int | None:
        """The number of matches past the cap, summed over windows; None where the entities cannot be scanned."""
        query = self.query
        if query.json is not None or query.session.backend.scan_key(query.entity) is None:
            return None
        return count(self._key_order)

    # -- one search ---------------------------------------------------------------------------------------------------

    @property
    def _page_size(self) -> int:
        largest = self.query.session.backend.page_size
        return largest if self.query.batch is None else min(self.query.batch, largest)

    @property
    def _wanted(self) -> int | None:
        """How many rows of the search are needed at most."""
        query = self.query
        if query.limited is None or query.local != ALWAYS or len(query.order) > 1:
            return None
        return query.skipped + query.limited

    def _numbered_pages(self) -> Iterator[Page]:
        """The pages in turn, the next one fetched while one is consumed."""
        wanted = self._wanted
        size = self._page_size if wanted is None else min(self._page_size, wanted)
        page = self.query.fetch(self.query.search(0, size))
        if page.capped and (wanted is None or wanted > page.total):
            raise InvalidRequestError(
                f"{self.query} matches {page.total} or more, past what the service gives for one search: "
                f"narrow it{self._way_out}"
            )
        rows = page.total if wanted is None else min(page.total, wanted)
        last = -(-rows // max(page.size, 1)) - 1
        concurrent = self.query.session.backend.max_in_flight > 1
        with _Prefetch(self.query, size, concurrent=concurrent) as prefetch:
            while page.documents:
                if page.number < last:
                    prefetch.begin(page.number + 1)
                yield page
                if page.number >= last:
                    return
                page = prefetch.result()

    @property
    def _way_out(self) -> str:
        """What keeps the query from being a scan, which has no such end."""
        query = self.query
        if query.json is not None or query.session.backend.scan_key(query.entity) is None:
            return ""
        asked = {"order_by": query.order, "limit": query.limited is not None, "offset": query.skipped}
        return f", or leave out {' and '.join(name for name, given in asked.items() if given)} to scan it"

    # -- order --------------------------------------------------------------------------------------------------------

    def _tie_sorted(self, pages: Iterable[list[Document]]) -> Iterator[list[Document]]:
        """Rows that are equal by the service's sort key, sorted by the other keys."""
        alike = _comparison(self.query.order[:1])
        among = cmp_to_key(_comparison(self.query.order[1:]))
        tied: list[Document] = []
        for document in (one for page in pages for one in page):
            if tied and alike(tied[0], document) != 0:
                yield sorted(tied, key=among)
                tied = []
            tied.append(document)
        yield sorted(tied, key=among)

    def sorted(self, entities: list[E]) -> list[E]:
        """Entities in memory, in the order of the query."""
        place = cmp_to_key(_comparison(self.query.order))
        return sorted(entities, key=lambda entity: place(entity.__json__()))

    def explain(self) -> str:
        """How the query is answered, in words."""
        query = self.query
        backend = query.session.backend
        lines = [str(query)]
        if self.scans:
            lines.append(
                f"a scan along {backend.scan_key(query.entity)}, pages of {self._page_size}, "
                f"up to {backend.max_in_flight} at once"
            )
        else:
            lines.append(f"one search, pages of {self._page_size}, the next fetched while one is read")
        if len(query.order) > 1:
            lines.append(
                "sorted by " + ", ".join(key.attribute for key in query.order[1:]) + " in this process"
            )
        if query.local != ALWAYS:
            lines.append(f"filtered in this process by {query.local}")
        lines.append(f"asked: {query.compile()}")
        return "\n".join(lines)


def _comparison(keys: Iterable[Ordering]) -> Callable[[Document, Document], int]:
    """What compares two documents by several keys, nulls last whichever way a key runs."""
    orderings = list(keys)

    def compare(one: Document, other: Document) -> int:
        for key in orderings:
            left, right = value_at(one, key.path), value_at(other, key.path)
            if left is None or right is None:
                found = int(left is None) - int(right is None)
            else:
                found = -order(left, right) if key.descending else order(left, right)
            if found:
                return found
        return 0

    return compare


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
            self._future = self._pool.submit(self._query.fetch, self._query.search(number, self._size))

    def result(self) -> Page:
        if self._future is not None:
            return self._future.result()
        return self._query.fetch(self._query.search(self._number, self._size))

    def __enter__(self) -> _Prefetch:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
