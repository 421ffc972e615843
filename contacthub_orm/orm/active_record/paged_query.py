"""A query without a session of its user's: rows are detached, and `all()` gives a page that can be turned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, TypeVar

import attrs

from contacthub_orm.orm.active_record.pages import PaginatedList
from contacthub_orm.orm.criteria.criteria import NEVER, Criterion
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.query.checks import check_can_be_paged, natural
from contacthub_orm.orm.query.query import Query
from contacthub_orm.orm.service.search import Page, Search

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PagedQuery"]

E = TypeVar("E", bound=Entity)


@attrs.frozen(eq=False)
class PagedQuery(Query[E]):
    """As `Query`, but `all()` and `page()` give a `PaginatedList`; iterating it still reads all pages, some ahead of need.

    `parameters` are further ones of the service's own for this search.
    """

    parameters: Mapping[str, str] = attrs.field(factory=dict)

    def filter(self, *criteria: Criterion, criterion: Criterion | None = None) -> Self:
        """As `Query.filter`; `criterion` is the one criterion by the name that the SDK's manual gives it."""
        return super().filter(*criteria, *(() if criterion is None else (criterion,)))

    where = filter

    def all(self) -> PaginatedList[E]:
        """The first page; the service says how large it is."""
        return self.page()

    def page(self, number: int = 0, size: int | None = None) -> PaginatedList[E]:
        """One page; pages are counted from 0. Without a size the service chooses it (10)."""
        check_can_be_paged(self)
        natural("page", number)
        if size is not None:
            natural("size", size, least=1)
        self._before_asking()
        page = Page((), 0, number, size or 0) if self.criterion == NEVER else self._fetched(number, size)
        rows = [row for row in self.load(page.documents) if self._passes(row)]
        return PaginatedList(rows, page, self.page)

    def get(self, identity: str | tuple[str, str]) -> E | None:
        """The entity with this id, None where there is none; detached."""
        home = self.session.home
        assert home is not None
        with home.lend() as session:
            found: E | None = session.get(self.entity, identity)
        return found

    def _fetched(self, number: int, size: int | None) -> Page:
        return self.fetch(self.search(number, size))

    def search(self, number: int, size: int | None) -> Search:
        return attrs.evolve(super().search(number, size), parameters=self.parameters)
