"""Rows: the list of entities that a query returns, which a notebook shows as a table."""

from __future__ import annotations

from typing import TypeVar

from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.mapping.mapped import render
from contacthub_orm.orm.service.tables import document_table

__all__ = ["Rows"]

E = TypeVar("E", bound=Entity)


class Rows(list[E]):
    """A list of entities. A slice, a sum and a `copy()` of it are plain lists."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """The table that a notebook shows: what is loaded, without a request."""
        return document_table(render(entity) for entity in self)
