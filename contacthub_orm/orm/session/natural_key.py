"""Natural keys: the properties by whose values an entity is recognised that has no id yet.

Values are compared as the service compares them. Where it ignores case, a search may still tell `Ada` from `ada`: the usual
spellings of a text are asked for, and what a search finds is compared here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from contacthub_orm.errors import ArgumentError, Violation
from contacthub_orm.orm.criteria.criteria import Comparison, Criterion, Operator, and_, or_
from contacthub_orm.orm.criteria.expressions import (
    EmbeddedExpression,
    Expression,
    is_expression,
    owner_of,
    path_of,
)
from contacthub_orm.orm.mapping.attributes import Attr, Embedded
from contacthub_orm.orm.mapping.domain.synonyms import Synonym
from contacthub_orm.orm.wire.conversion import unsendable
from contacthub_orm.orm.wire.ordering import comparable, folded
from contacthub_orm.orm.wire.paths import value_at
from contacthub_orm.orm.wire.types import is_list
from contacthub_orm.suggestions import unknown_attribute

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["KeyPaths", "NaturalKey", "Values"]

KeyPath: TypeAlias = "str | Expression[Any] | EmbeddedExpression"
KeyPaths: TypeAlias = "KeyPath | Sequence[KeyPath]"
"""What `merge(key=)` takes: a path such as `"base.contacts.email"` or an attribute of the class, or several of these."""

Values: TypeAlias = tuple[Any, ...]
"""The wire values at the paths of a natural key, none of them missing."""

_WITHOUT_IT = "a natural key must not be missing or blank, or all rows without one would be one entity"


@attrs.frozen(eq=False)
class NaturalKey:
    """A natural key of a class.

    Attributes:
        entity: the class.
        paths: the paths of its properties, as JSON keys.
        backend: the service, which says where it ignores case.
    """

    entity: type[Entity]
    paths: tuple[tuple[str, ...], ...]
    backend: Backend
    _case: dict[tuple[str, ...], bool] = attrs.field(factory=dict, init=False, eq=False, repr=False)

    @classmethod
    def of(cls, entity: type[Entity], key: KeyPaths, backend: Backend) -> NaturalKey:
        """The natural key that a user names.

        Raises:
            ArgumentError: if it names no property, or one that the class does not declare or that is a list or an object.
        """
        named = [key] if isinstance(key, str) or not isinstance(key, Sequence) else list(key)
        if not named:
            raise ArgumentError("key: names no property")
        return cls(entity, tuple(dict.fromkeys(_path(entity, one) for one in named)), backend)

    def __str__(self) -> str:
        return ", ".join(".".join(path) for path in self.paths)

    def values(self, document: Document | None) -> Values | None:
        """The values of a document, or None if one is missing or is no single value."""
        values = tuple(value_at(document, path) for path in self.paths)
        return None if any(map(_is_missing, values)) else values

    def violations(self, document: Document, place: str = "") -> Iterable[Violation]:
        """The reasons why a document has no such key; `place` is what their paths begin with."""
        for path in self.paths:
            value = value_at(document, path)
            rule = _WITHOUT_IT if _is_missing(value) else unsendable(value)
            if rule is not None:
                yield Violation(place + ".".join(path), value, rule)

    def folded(self, values: Values) -> Hashable:
        """The values without regard to case: equal for all that any service can take for the same."""
        return tuple(map(folded, values))

    def same(self, one: Values, other: Values) -> bool:
        """Whether the service takes the values for the same."""
        return all(map(self._is_same, self.paths, one, other))

    def _is_same(self, path: tuple[str, ...], one: Any, other: Any) -> bool:
        if comparable(one) == comparable(other):
            return True
        return folded(one) == folded(other) and self._ignores_case(path)

    def _ignores_case(self, path: tuple[str, ...]) -> bool:
        """What the backend says; it may have to ask the service, so once is enough."""
        if path not in self._case:
            self._case[path] = self.backend.ignores_case(self.entity, path)
        return self._case[path]

    def criterion(self, wanted: Iterable[Values]) -> Criterion:
        """The criterion of all entities that may have one of the keys; what it finds is to be compared."""
        if len(self.paths) == 1:
            spelled = dict.fromkeys(
                one for (value,) in wanted for one in self._spellings(self.paths[0], value)
            )
            return self._is_one_of(self.paths[0], list(spelled))
        return or_(
            *(
                and_(
                    *(
                        self._is_one_of(path, self._spellings(path, value))
                        for path, value in zip(self.paths, values, strict=True)
                    )
                )
                for values in wanted
            )
        )

    def _is_one_of(self, path: tuple[str, ...], values: list[Any]) -> Criterion:
        if len(values) == 1:
            return Comparison(self.entity, path, Operator.EQUALS, values[0])
        return Comparison(self.entity, path, Operator.IN, values)

    def _spellings(self, path: tuple[str, ...], value: Any) -> list[Any]:
        """The value, and for a text whose case may not matter also its usual spellings."""
        if not isinstance(value, str) or not self.backend.may_ignore_case(self.entity, path):
            return [value]
        name, at, domain = value.lower().partition("@")
        return list(dict.fromkeys([value, value.lower(), value.upper(), f"{name.title()}{at}{domain}"]))


def _is_missing(value: Any) -> bool:
    return value is None or isinstance(value, list | dict) or (isinstance(value, str) and not value.strip())


def _path(entity: type[Entity], named: Any) -> tuple[str, ...]:
    """The JSON keys of a property that is named by a path or by an attribute of the class."""
    if is_expression(named):
        if not issubclass(entity, owner_of(named)):
            raise ArgumentError(f"key: {named} is not an attribute of {entity.__name__}")
        return _declared_path(entity, path_of(named))
    if isinstance(named, str) and named and all(named.split(".")):
        return _declared_path(entity, tuple(named.split(".")))
    raise ArgumentError(
        f"key: expected a path such as 'base.contacts.email' or an attribute of {entity.__name__}, got {named!r}"
    )


def _declared_path(entity: type[Entity], steps: tuple[str, ...]) -> tuple[str, ...]:
    """Follow JSON keys or Python names through the declared attributes, to a value or into what declares nothing."""
    target: Any = entity
    if isinstance(own := entity.__own_names__.get(steps[0]), Synonym):
        steps = (*own.keys, *steps[1:])
    path: list[str] = []
    for place, step in enumerate(steps):
        attribute = target.__keys__.get(step) or target.__attributes__.get(step)
        where = ".".join((entity.__name__, *path))
        if attribute is None:
            if target.__open__:
                return (*path, *steps[place:])
            raise ArgumentError(f"key: {unknown_attribute(where, step, target.__attributes__)}")
        path.append(attribute.key)
        is_last = place == len(steps) - 1
        if isinstance(attribute, Embedded) and not is_last:
            target = attribute.target
        elif isinstance(attribute, Embedded) or (isinstance(attribute, Attr) and is_list(attribute.declared)):
            raise ArgumentError(f"key: {where}.{step} is not a single value, by which an entity can be found")
        elif not is_last:
            raise ArgumentError(f"key: {where}.{step} has no attributes, got {steps[place + 1]!r} below it")
    return tuple(path)
