"""Searches and pages of documents, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contacthub_orm.orm.criteria.criteria import Criterion
    from contacthub_orm.orm.criteria.expressions import Ordering
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Page", "ScanKey", "Search"]


@attrs.frozen
class ScanKey:
    """The property along which all matches of a search are read, in parts.

    Its values are instants with milliseconds, and a search can filter by it, both bounds included.

    Attributes:
        name: the name of the property.
        newest_first: whether the rows are read from the newest to the oldest, in the service's own order.
        fixed: whether the value of a row never changes.
    """

    name: str
    newest_first: bool = False
    fixed: bool = True


@attrs.frozen
class Search:
    """A search for one page.

    Attributes:
        entity: the class of the entities.
        criterion: the condition that they must meet.
        order: the sort order, the most significant key first.
        page: the number of the page, from 0.
        size: the number of documents of a page, or None for the service's default.
        fields: the paths to load, empty for whole documents.
        raw: a query in the service's own form, used in place of the criterion, or None.
        parameters: further query parameters of the service.
        after: what the page before gave as its `next`, None for the first page.
    """

    entity: type[Entity]
    criterion: Criterion
    order: tuple[Ordering, ...] = ()
    page: int = 0
    size: int | None = None
    fields: tuple[tuple[str, ...], ...] = ()
    raw: Any = None
    parameters: Mapping[str, str] = attrs.field(factory=dict)
    after: Any = None


@attrs.frozen
class Page:
    """One page of documents.

    Attributes:
        documents: the documents of the page.
        total: the number of all matches, or of those known so far if the service does not count
            (`Backend.counts_matches`).
        number: the number of the page, from 0.
        size: the number of documents that a full page has.
        capped: whether there may be more matches than `total`.
        unfiltered: the number of documents without any criterion, or None if the service does not tell.
        next: if the service does not count, what the next page is asked with (`Search.after`), None after the last.
    """

    documents: Sequence[Document]
    total: int
    number: int
    size: int
    capped: bool = False
    unfiltered: int | None = None
    next: Any = None
