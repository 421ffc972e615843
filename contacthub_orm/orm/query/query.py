"""Queries: `session.query(Book).filter(Book.title == "Emma").all()`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import attrs

from contacthub_orm.errors import CompileError, InvalidRequestError
from contacthub_orm.orm.criteria.criteria import ALWAYS, NEVER
from contacthub_orm.orm.criteria.set_operations import service_condition
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.query.checks import natural
from contacthub_orm.orm.query.framed import Framed
from contacthub_orm.orm.query.results import Results
from contacthub_orm.orm.query.rows import Rows
from contacthub_orm.orm.query.single_rows import SingleRows
from contacthub_orm.orm.service.search import Search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contacthub_orm.orm.query.reader import Reader
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.service.search import Page
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["BaseQuery", "Query"]

E = TypeVar("E", bound=Entity)


@attrs.frozen(eq=False)
class BaseQuery(Framed, SingleRows[E]):
    """What all queries have in common: a statement, and the methods that ask it of a service.

    Each method that asks raises InvalidRequestError if the session is closed, CompileError if the service
    cannot be asked this, and what a request raises.
    """

    backend: Backend = attrs.field(kw_only=True, repr=False)
    reader: Reader = attrs.field(kw_only=True, repr=False)

    @property
    def place(self) -> str:
        """Where it asks; see `Backend.place`."""
        return self.backend.place

    @property
    def session(self) -> Any:
        """The session that asks."""
        return self.reader.session

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied: a query belongs to its session.

        Raises:
            InvalidRequestError: always.
        """
        raise InvalidRequestError(
            f"{self} belongs to its session: pickle the same as select({self.entity.__name__})"
        )

    # -- asking -------------------------------------------------------------------------------------------------------

    def __iter__(self) -> Iterator[E]:
        self.reader.before_asking()
        return iter(()) if self._finds_nothing else self._results.entities()

    def count(self) -> int:
        """How many entities match. No row is loaded, unless the query filters locally.

        Raises:
            InvalidRequestError: if there are more matches than the service counts, and they cannot be
                scanned.
        """
        self.reader.before_asking()
        if self._finds_nothing:
            return 0
        if self.local != ALWAYS:
            return sum(1 for _ in self)
        rows = max(self._total() - self.skipped, 0)
        return rows if self.limited is None else min(rows, self.limited)

    def exists(self) -> bool:
        """Whether anything matches. No row is loaded, unless the query filters locally."""
        self.reader.before_asking()
        if self._finds_nothing:
            return False
        if self.local != ALWAYS or not self.backend.counts_matches:
            return self.first() is not None
        return self.fetch(self.search_for(0, 0)).total > self.skipped

    def run_on(self, entities: Iterable[E]) -> list[E]:
        """Answer the query from objects in memory, unsaved changes included; the query itself is not sent.

        What the query asks of an entity that was loaded in part is loaded first.

        Raises:
            CompileError: if only the service can answer the query, such as a raw one.
        """
        if self.json is not None:
            raise CompileError("run_on: a raw query is for the service alone")
        asked = service_condition(self.condition)
        if asked is not None:
            raise CompileError(f"run_on: {self.criterion} {asked.why}: only the service can answer")
        return self._results.among(entities)

    def documents(self) -> Iterator[list[Document]]:
        """The documents of the rows as the service gave them, page by page; no entity is made of them."""
        self.reader.before_asking()
        return iter(()) if self._finds_nothing else self._results.rows()

    def explain(self) -> str:
        """How the query will be answered, in words."""
        if self.condition == NEVER:
            return f"{self}\nnothing can match, so nothing is asked"
        return self._results.explain()

    def fetch(self, search: Search) -> Page:
        """Send a search."""
        return self.reader.search(search)

    def load(self, documents: Sequence[Document]) -> list[E]:
        """The entities of some documents, loaded as the options of this query say."""
        return self.reader.load_rows(self, documents)

    # -- looking ------------------------------------------------------------------------------------------------------

    def compile(self) -> Any:
        """What the service is asked, as data: the parameters of the first page.

        Raises:
            CompileError: if the service cannot be asked this.
        """
        return self.backend.compile(self.search_for(0, None))

    def search_for(self, number: int, size: int | None) -> Search:
        """The search for one page.

        Args:
            number: which page, counted from 0.
            size: the rows of a page, or None for as many as the service chooses.
        """
        order = self.order[:1]
        return Search(self.entity, self.condition, order, number, size, self.fields, self.json)

    @property
    def fields(self) -> tuple[tuple[str, ...], ...]:
        """The paths to load: those of `load_only`, and those that reading the rows needs. Empty means all."""
        return self.fields_along(self.backend.scan_key(self.entity))

    @property
    def _results(self) -> Results[E]:
        return Results(self, self.reader)

    @property
    def _finds_nothing(self) -> bool:
        """Whether it is certain that nothing is found, so that nothing is asked."""
        return self.condition == NEVER or self.limited == 0

    def _total(self) -> int:
        if not self.backend.counts_matches:
            return sum(map(len, self._results.documents()))
        page = self.fetch(self.search_for(0, 0))
        if not page.capped:
            return page.total
        total = self._results.count()
        if total is None:
            raise InvalidRequestError(f"{self} matches {page.total} or more, past what the service counts")
        return total

    def _check_can_be_paged(self) -> None:
        """Refuse a query of which a single page would mean something else."""
        if self.limited is not None or self.skipped:
            raise CompileError(f"page: {self} has a limit or an offset, which a page is itself")
        if len(self.order) > 1:
            raise CompileError(
                f"page: {self} is sorted by several attributes, and the service cuts pages by the first alone"
            )


@attrs.frozen(eq=False)
class Query(BaseQuery[E]):
    """A query of a session, which holds the entities that it finds.

    Every method that narrows gives a new query; nothing is sent until rows are asked for. Iterating reads all
    pages.
    """

    def all(self) -> list[E]:
        """All rows, from all pages."""
        return Rows(self)

    def page(self, number: int, size: int) -> list[E]:
        """The rows of one page.

        Args:
            number: which page, counted from 0, as the service counts.
            size: the rows of a page.

        Raises:
            CompileError: if an argument is not an integer in range, or the query has a limit, an offset or
                several sort keys.
        """
        self._check_can_be_paged()
        search = self.search_for(natural("page", number), natural("size", size, least=1))
        self.reader.before_asking()
        return Rows() if self.condition == NEVER else Rows(self._results.of_page(self.fetch(search)))

    def get(self, identity: str | tuple[str, str]) -> E | None:
        """The entity with this id, or None if there is none; as `session.get`."""
        return self.reader.get(self.entity, identity, self.defaults)
