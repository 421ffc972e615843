"""Constructor arguments that are not attributes: the home of a new entity, and the template of its first values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.owner import Home
from contacthub_orm.orm.mapping.attributes import UNSET
from contacthub_orm.orm.mapping.mapped import contents
from contacthub_orm.orm.mapping.unknown_keys import refuse_unknown_keys
from contacthub_orm.orm.wire.conversion import copied

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.mapping.mapped import Mapped
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Bound", "Template", "bound", "template", "usual_values"]

T = TypeVar("T")


class Bound(Generic[T]):
    """The attribute for an entity's home, such as a library. The entity saves itself there while no session holds it."""

    name: str

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def field(self) -> Any:
        """Make the attrs field for the home in `__init__`; it may be passed by position."""
        import attrs  # here, since what only declares and reads has no use for it

        return attrs.field(default=UNSET)

    @overload
    def __get__(self, instance: None, owner: Any) -> Bound[T]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> T | None: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        state = state_of(instance)
        return state.place if state.owner is None else state.owner.session.bind

    def __set__(self, instance: object, value: T | None) -> None:
        if value is UNSET:
            return
        entity: Any = instance
        if value is not None and not isinstance(value, Home):
            raise TypeError(f"{type(entity).__name__}.{self.name} is a {self.name}, got {value!r}")
        state = state_of(entity)
        if state.owner is not None and state.owner.session.bind is not value:
            raise InvalidRequestError(f"{entity!r} is in a session, which has its {self.name} already")
        state.move_to(value)


class Template:
    """The argument for the first values of a new entity; the other arguments replace them.

    An entity made with a home but without a template starts with the declared template. An entity keeps the values and not
    the template, so it reads as an argument that was not passed, and `attrs.evolve` passes it on as such.
    """

    def __init__(self, usual: Document) -> None:
        self.usual = usual

    def field(self) -> Any:
        """Make the attrs field for the template in `__init__`."""
        import attrs  # as above

        return attrs.field(default=UNSET)

    def __get__(self, instance: object, owner: Any) -> Any:
        return self if instance is None else UNSET

    def __set__(self, instance: Any, value: Mapping[str, Any] | Mapped | None) -> None:
        if value is UNSET or value is None:
            # `leading_fields` makes sure that the home is set by now.
            value = self.usual if state_of(instance).home is not None else {}
        refuse_unknown_keys(type(instance), value)
        for key, item in contents(value).items():
            instance.__put__(key, copied(item))


def bound(*, default: None = None, kw_only: bool = False) -> Any:  # noqa: ARG001 - for type checkers
    """Declare the attribute for an entity's home.

    Args:
        default: None, written out, tells type checkers that a constructor may leave the home out.
        kw_only: False, written out, tells type checkers that a constructor may be passed the home by position.
    """
    return Bound()


def template(usual: Document, *, default: None = None, kw_only: bool = False) -> Any:  # noqa: ARG001 - as above
    """Declare the argument for the first values of a new entity.

    Args:
        usual: the template of an entity that is made with a home but without a template.
        default: None, written out, tells type checkers that a constructor may leave the template out.
        kw_only: False, written out, tells type checkers that a constructor may be passed the template by position.
    """
    return Template(usual)


def usual_values(entity: Entity) -> Document:
    """The values that a new entity with a home begins with if it is given no template."""
    usual = (
        one.usual for base in type(entity).__mro__ for one in vars(base).values() if isinstance(one, Template)
    )
    return next(usual, {})


def leading_fields(entity: type[Entity]) -> dict[str, Any]:
    """Make the fields that `__init__` sets before all others.

    The homes come first, because setting a template looks at the home. Otherwise the declared order holds.
    """
    found: dict[str, Bound[Any] | Template] = {}
    for base in reversed(entity.__mro__):
        found.update({name: one for name, one in vars(base).items() if isinstance(one, Bound | Template)})
    homes_first = sorted(found.items(), key=lambda item: isinstance(item[1], Template))
    return {name: one.field() for name, one in homes_first}
