"""Searches and pages as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contacthub_orm.orm.criteria.criteria import Criterion
    from contacthub_orm.orm.criteria.expressions import Ordering
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Page", "Search"]


@attrs.frozen
class Search:
    """A search as data: which entities, under which criterion, in which order, which page and which paths of them.

    `raw` is a query in the service's own form, in place of the criterion; `parameters` are further ones of its own.
    """

    entity: type[Entity]
    criterion: Criterion
    order: tuple[Ordering, ...] = ()
    page: int = 0
    size: int | None = None
    fields: tuple[tuple[str, ...], ...] = ()
    raw: Any = None
    parameters: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen
class Page:
    """One page of documents.

    `total` counts all matches, `capped` says that there may be more than that; `unfiltered` counts what there is without
    any criterion, where the service tells.
    """

    documents: Sequence[Document]
    total: int
    number: int
    size: int
    capped: bool = False
    unfiltered: int | None = None
