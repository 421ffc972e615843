"""Loader options: which paths and which related entities are loaded with the rows of a query."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

import attrs

from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.expressions import is_expression, owner_of, path_of
from contacthub_orm.orm.criteria.values import CompositeExpression, parts_of
from contacthub_orm.orm.mapping.attributes import Embedded
from contacthub_orm.orm.query.relations import Related
from contacthub_orm.suggestions import unknown_attribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.mapping.domain.own_names import OwnName

__all__ = ["LoadOnly", "LoaderOption", "RaiseLoad", "SelectIn", "load_only", "raiseload", "selectinload"]


class LoaderOption(ABC):
    """What `Query.options` takes: `load_only(...)`, `selectinload(...)` or `raiseload(...)`."""

    __slots__ = ()

    sends_requests: ClassVar[bool] = False
    """Whether loading a page of rows sends requests of its own."""

    @abstractmethod
    def check(self, entity: type[Entity]) -> None:
        """Check that the option fits a class.

        Raises:
            CompileError: if it names something that is not the class's.
        """


@attrs.frozen
class LoadOnly(LoaderOption):
    """Loads only some paths of the rows; reading another path loads the rest of that entity."""

    paths: tuple[tuple[str, ...], ...]
    owners: tuple[type, ...] = ()
    argument: str = "load_only"

    @classmethod
    def of(cls, argument: str, paths: Iterable[Any]) -> LoadOnly:
        """The option for some paths.

        Args:
            argument: the name of the argument that holds the paths, for messages.
            paths: strings such as `"base.firstName"`, or attributes of the class.

        Raises:
            CompileError: if there is no path, or one is neither a path nor an attribute.
        """
        named = [one for path in paths for one in _named(path)]
        if not named:
            raise CompileError(f"{argument}: names no path")
        owners = tuple(owner_of(one) for one in named if is_expression(one))
        return cls(tuple(_path(argument, one) for one in named), owners, argument)

    def paths_of(self, entity: type[Entity]) -> list[tuple[str, ...]]:
        """The paths of a class, those that its own names stand for in place of the names."""
        names = entity.__own_names__
        return [one for path in self.paths for one in _own_paths(names, path)]

    def check(self, entity: type[Entity]) -> None:
        """Check that every path is one of the class.

        Raises:
            CompileError: if one is not.
        """
        for owner in self.owners:
            if not issubclass(entity, owner):
                raise CompileError(
                    f"{self.argument}: an attribute of {owner.__name__} is not one of {entity.__name__}"
                )
        for path in self.paths_of(entity):
            _check_path(f"{self.argument}: {entity.__name__}", entity, path)


def _named(named: Any) -> Iterable[Any]:
    """The paths of a composite, or the one path that is named."""
    return parts_of(named) if isinstance(named, CompositeExpression) else (named,)


def load_only(*paths: Any) -> LoadOnly:
    """Load only these paths: `load_only("publisher.name", Book.title)`.

    Args:
        paths: strings or attributes.

    Raises:
        CompileError: if there is no path, or one is neither a path nor an attribute.
    """
    return LoadOnly.of("load_only", paths)


@attrs.frozen
class SelectIn(LoaderOption):
    """Loads a relation for all rows of a page, concurrently."""

    sends_requests: ClassVar[bool] = True

    relation: Any  # a Related; a checker that saw that would take it for a descriptor of this class

    def check(self, entity: type[Entity]) -> None:
        """Check that the relation is one of the class.

        Raises:
            CompileError: if it is not.
        """
        _check_relation("selectinload", self.relation, entity)


@attrs.frozen
class RaiseLoad(LoaderOption):
    """Forbids to load a relation."""

    relation: Any  # a Related; a checker that saw that would take it for a descriptor of this class

    def check(self, entity: type[Entity]) -> None:
        """Check that the relation is one of the class.

        Raises:
            CompileError: if it is not.
        """
        _check_relation("raiseload", self.relation, entity)


def selectinload(relation: Any) -> SelectIn:
    """Load a relation with each page of rows: one request for each row, sent concurrently.

    Raises:
        CompileError: if the argument is not a relation.
    """
    return SelectIn(_relation("selectinload", relation))


def raiseload(relation: Any) -> RaiseLoad:
    """Let a relation raise InvalidRequestError instead of loading.

    Raises:
        CompileError: if the argument is not a relation.
    """
    return RaiseLoad(_relation("raiseload", relation))


def _own_paths(names: Mapping[str, OwnName], path: tuple[str, ...]) -> Iterable[tuple[str, ...]]:
    own = names.get(path[0])
    return (path,) if own is None or not own.paths() else ((*keys, *path[1:]) for keys in own.paths())


def _path(argument: str, named: Any) -> tuple[str, ...]:
    if is_expression(named):
        return path_of(named)
    if isinstance(named, str) and named and all(named.split(".")):
        return tuple(named.split("."))
    raise CompileError(f"{argument}: expected a path such as 'base.firstName' or an attribute, got {named!r}")


def _check_path(place: str, entity: type[Entity], path: tuple[str, ...]) -> None:
    """Follow a path through the declared attributes, to its end or to an object that declares nothing."""
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


def _relation(function: str, relation: Any) -> Related[Any]:
    if not isinstance(relation, Related):
        raise CompileError(f"{function}: expected a relation such as Author.books, got {relation!r}")
    return relation


def _check_relation(function: str, relation: Related[Any], entity: type[Entity]) -> None:
    if not issubclass(entity, relation.owner):
        raise CompileError(f"{function}: {relation} is not a relation of {entity.__name__}")
