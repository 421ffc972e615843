"""Options of a query: which paths and which related entities are loaded with the rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.expressions import EmbeddedExpression, Expression, unknown_attribute
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.mapping.attributes import Embedded
from contacthub_orm.orm.query.relations import Related

__all__ = ["LoadOnly", "Option", "RaiseLoad", "SelectIn", "load_only", "raiseload", "selectinload"]


@attrs.frozen
class LoadOnly:
    """Only some paths are loaded; reading another loads the rest of that entity."""

    paths: tuple[tuple[str, ...], ...]
    owners: tuple[type, ...] = ()
    argument: str = "load_only"

    @classmethod
    def of(cls, argument: str, paths: Iterable[Any]) -> LoadOnly:
        """The option for paths that were named in an argument. Raises CompileError for what is no path."""
        named = list(paths)
        if not named:
            raise CompileError(f"{argument}: names no path")
        owners = (one._owner for one in named if isinstance(one, Expression | EmbeddedExpression))
        return cls(tuple(_path(argument, one) for one in named), tuple(owners), argument)

    def check(self, entity: type[Entity]) -> None:
        """Raise CompileError where a path is not one of the entity's."""
        for owner in self.owners:
            if not issubclass(entity, owner):
                raise CompileError(
                    f"{self.argument}: an attribute of {owner.__name__} is not one of {entity.__name__}"
                )
        for path in self.paths:
            _check_path(f"{self.argument}: {entity.__name__}", entity, path)


def _check_path(place: str, entity: type[Entity], path: tuple[str, ...]) -> None:
    """Follow a path through what is declared, to its end or to an object that declares nothing."""
    target: Any = entity
    for index, key in enumerate(path):
        attribute = target.__keys__.get(key)
        if attribute is None:
            if target.__open__:
                return
            raise unknown_attribute(place, key, target.__keys__)
        place = f"{place}.{key}"
        if index == len(path) - 1:
            return
        if not isinstance(attribute, Embedded):
            raise CompileError(
                f"{place} is loaded whole: nothing below it can be asked for, got {path[index + 1]!r}"
            )
        target = attribute.target


@attrs.frozen
class SelectIn:
    """A relation is loaded for all rows of a page, concurrently."""

    relation: Any  # a Related; a checker that saw that would take it for a descriptor of this class

    def check(self, entity: type[Entity]) -> None:
        """Raise CompileError where the relation is not the entity's."""
        _check_relation("selectinload", self.relation, entity)


@attrs.frozen
class RaiseLoad:
    """A relation may not be loaded."""

    relation: Any  # a Related; a checker that saw that would take it for a descriptor of this class

    def check(self, entity: type[Entity]) -> None:
        """Raise CompileError where the relation is not the entity's."""
        _check_relation("raiseload", self.relation, entity)


Option = LoadOnly | SelectIn | RaiseLoad


def load_only(*paths: Any) -> LoadOnly:
    """Load only these paths, named as texts or as attributes: `load_only("base.firstName", Customer.externalId)`."""
    return LoadOnly.of("load_only", paths)


def selectinload(relation: Any) -> SelectIn:
    """Load a relation for a whole page of rows, with one request a row, concurrently."""
    return SelectIn(_relation("selectinload", relation))


def raiseload(relation: Any) -> RaiseLoad:
    """Have a relation raise InvalidRequestError instead of loading."""
    return RaiseLoad(_relation("raiseload", relation))


def _path(argument: str, named: Any) -> tuple[str, ...]:
    if isinstance(named, Expression | EmbeddedExpression):
        return named._path
    if isinstance(named, str) and named and all(named.split(".")):
        return tuple(named.split("."))
    raise CompileError(f"{argument}: expected a path such as 'base.firstName' or an attribute, got {named!r}")


def _relation(function: str, relation: Any) -> Related[Any]:
    if not isinstance(relation, Related):
        raise CompileError(f"{function}: expected a relation such as Customer.events, got {relation!r}")
    return relation


def _check_relation(function: str, relation: Related[Any], entity: type[Entity]) -> None:
    if not issubclass(entity, relation.owner):
        raise CompileError(f"{function}: {relation} is not a relation of {entity.__name__}")
