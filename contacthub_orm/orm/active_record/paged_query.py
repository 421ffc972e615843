"""Queries without a session: rows are detached, and `all()` gives the first page."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import attrs

from contacthub_orm.orm.active_record.pages import PaginatedList
from contacthub_orm.orm.criteria.criteria import NEVER
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.query.checks import natural
from contacthub_orm.orm.query.query import BaseQuery
from contacthub_orm.orm.service.search import Page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from contacthub_orm.orm.criteria.criteria import Criterion
    from contacthub_orm.orm.service.search import Search

__all__ = ["PagedQuery"]

E = TypeVar("E", bound=Entity)


@attrs.frozen(eq=False)
class PagedQuery(BaseQuery[E]):
    """A query whose rows no session holds.

    `all()` and `page()` give a `PaginatedList`. Iterating reads all pages, some of them ahead of need. Every
    method that narrows gives a new query; nothing is sent until rows are asked for.

    `parameters` are further parameters of the service's own, sent with the search.
    """

    parameters: Mapping[str, str] = attrs.field(factory=dict)

    def filter(self, *criteria: Criterion, criterion: Criterion | None = None) -> Self:
        """Narrow the query: all criteria of all `filter` calls hold.

        Args:
            criteria: criteria on the entity.
            criterion: one more; the SDK's manual gives it by this name.

        Raises:
            CompileError: if an argument is not a criterion on the entity, or the query is a raw one.
        """
        return super().filter(*criteria, *(() if criterion is None else (criterion,)))

    where = filter

    def all(self) -> PaginatedList[E]:
        """The first page; the service chooses its size."""
        return self.page()

    def page(self, number: int = 0, size: int | None = None) -> PaginatedList[E]:
        """One page.

        Args:
            number: which page, counted from 0, as the service counts.
            size: the rows of a page; unless given, the service chooses it (10).

        Raises:
            CompileError: if an argument is not an integer in range, or the query has a limit, an offset or
                several sort keys.
        """
        self._check_can_be_paged()
        natural("page", number)
        if size is not None:
            natural("size", size, least=1)
        self.reader.before_asking()
        page = Page((), 0, number, size or 0) if self.condition == NEVER else self._fetched(number, size)
        return PaginatedList(self._results.of_page(page), page, self.page)

    def get(self, identity: str | tuple[str, str]) -> E | None:
        """The entity with this id, detached, or None if there is none."""
        with self.session.home.lend() as session:
            found: E | None = session.entities.get(self.entity, identity, self.defaults)
        return found

    def search_for(self, number: int, size: int | None) -> Search:
        """The search for one page, with the further parameters."""
        return attrs.evolve(super().search_for(number, size), parameters=self.parameters)

    def _fetched(self, number: int, size: int | None) -> Page:
        return self.fetch(self.search_for(number, size))
