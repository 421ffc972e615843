"""References between entities: by an id in the document (`Reference`) or by the parent's id in the route (`Parent`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.attributes import UNSET

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.owner import Owner

__all__ = ["Parent", "Reference", "attach", "hang_again", "link_name", "parent", "reference", "referred_to"]

T = TypeVar("T")


class Reference(Generic[T]):
    """An attribute that holds another entity, whose id is in the document.

    The referenced entity may be new: then the session creates it first and puts in its id.
    """

    name: str

    def __init__(self, key: str, target: str) -> None:
        self.key = key
        self.target = target

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def field(self) -> Any:
        """Make the attrs field for the reference in `__init__`."""
        import attrs  # here, since what only declares and reads has no use for it

        given = attrs.Converter(self._given, takes_self=True)
        return attrs.field(default=UNSET, kw_only=True, converter=given)

    def _given(self, value: Any, instance: Any) -> Any:
        """What a constructor is given; refused beside the id of another entity, since one of them would be lost."""
        if value is UNSET or value is None:
            return UNSET
        target, identity = _checked(instance, self.name, self.target, value), self._identity(instance)
        if identity is not None and state_of(target).identity != identity:
            raise InvalidRequestError(
                f"{type(instance).__name__}.{self.key} is {identity!r}, but {self.name} is {target!r}: "
                "give one of them"
            )
        return target

    @overload
    def __get__(self, instance: None, owner: Any) -> Reference[T]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> T | None: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        held = state_of(instance).reference(self.key)
        identity = self._identity(instance)
        if held is not None and (identity is None or state_of(held).identity == identity):
            return held
        if identity is None:
            return None
        with _owner(instance, self.name) as reader:
            return reader.get_resource(self.target, identity)

    def __set__(self, instance: Any, value: T | None) -> None:
        if value is UNSET:
            return
        state = state_of(instance)
        former = state.reference(self.key)
        if former is not None:
            state_of(former).no_longer_holds(instance)
        if value is None:
            state.stop_referring(self.key)
            instance[self.key] = None
            return
        target = _checked(instance, self.name, self.target, value)
        state.refer_to(self.key, target)
        _hang(instance, target)
        identity = state_of(target).identity
        if identity is not None:
            instance[self.key] = identity
        elif self._identity(instance) is not None:
            instance[self.key] = None
        state.touch(instance)

    def _identity(self, instance: Entity) -> Any:
        """The id that the document holds, or None."""
        try:
            return instance[self.key]
        except KeyError:
            return None


class Parent(Generic[T]):
    """An attribute that holds the entity below which this one lives; the parent's id is part of its routes.

    Args:
        target: the resource of the parent.
        path: the keys of the parent's collection that has the same elements, empty if there is none.
    """

    name: str

    def __init__(self, target: str, path: tuple[str, ...] = ()) -> None:
        self.target = target
        self.path = path

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def field(self) -> Any:
        """Make the attrs field for the parent in `__init__`; it alone may be passed by position."""
        import attrs  # as above

        return attrs.field(default=UNSET)

    @overload
    def __get__(self, instance: None, owner: Any) -> Parent[T]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> T | None: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        state = state_of(instance)
        if state.parent is not None or state.key is None:
            return state.parent
        with _owner(instance, self.name) as reader:
            return reader.get_resource(self.target, state.key.parent_id)

    def __set__(self, instance: Any, value: T | None) -> None:
        if value is UNSET:
            return
        parent = None if value is None else _checked(instance, self.name, self.target, value)
        state = state_of(instance)
        if state.key is not None and parent is not state.parent:
            raise InvalidRequestError(f"{instance!r} lives below its {self.name} and cannot be moved")
        if state.parent is not None:
            state_of(state.parent).no_longer_holds(instance)
        state.live_below(parent)
        if parent is not None:
            _hang(instance, parent)


def _hang(entity: Entity, root: Entity) -> None:
    """Let a new entity hang on a new one, so that a session takes it in with that.

    What refers to a saved entity is added by itself, or appended to a relation of that: an object that was only made would
    otherwise be sent.
    """
    if state_of(root).key is None and state_of(entity).key is None and state_of(entity).owner is None:
        state_of(root).attach(entity)


def hang_again(entity: Entity) -> None:
    """Let a new entity that a session has let go hang again on the new ones that it refers to."""
    for root in referred_to(entity):
        _hang(entity, root)


def link_name(entity: type[Entity], root: Entity) -> str | None:
    """The name of the one reference or parent that a class declares for entities such as this, or None."""
    resource = root.__resource__.name
    above = entity.__parent__
    links = [*entity.__references__, *(() if above is None else (above,))]
    names = [one.name for one in links if one.target == resource]
    return names[0] if len(names) == 1 else None


def attach(entity: Entity, root: Entity, name: str) -> None:
    """Make an entity refer to another by the reference or parent of that name, and hang on it while no session has it."""
    setattr(entity, name, root)
    if state_of(entity).key is None and state_of(entity).owner is None:
        state_of(root).attach(entity)


def referred_to(entity: Entity) -> list[Entity]:
    """Return the entities that an entity refers to: its parent and its references."""
    state = state_of(entity)
    found = list((state.references or {}).values())
    return found if state.parent is None else [state.parent, *found]


def _checked(instance: Entity, name: str, target: str, value: Any) -> Entity:
    """The value, which must be an entity of the target resource."""
    resource = getattr(type(value), "__resource__", None)
    if resource is None or resource.name != target:
        raise TypeError(f"{type(instance).__name__}.{name} holds an entity of {target}, got {value!r}")
    entity: Entity = value
    return entity


def _owner(instance: Entity, name: str) -> AbstractContextManager[Owner]:
    """Who loads an attribute.

    Raises:
        InvalidRequestError: if the entity has neither a session nor a home.
    """
    reader = state_of(instance).reader()
    if reader is None:
        raise InvalidRequestError(f"{type(instance).__name__}.{name} cannot be loaded: no session holds it")
    return reader


def parent(
    target: str,
    path: tuple[str, ...] = (),
    *,
    default: None = None,  # noqa: ARG001 - for type checkers
    kw_only: bool = False,  # noqa: ARG001 - for type checkers
) -> Any:
    """Declare the entity below which this one lives.

    Args:
        target: the resource of the parent.
        path: the keys of the parent's collection that has the same elements, empty if there is none.
        default: None, written out, tells type checkers that a constructor may leave the parent out.
        kw_only: False, written out, tells type checkers that a constructor may be passed the parent by position.
    """
    return Parent(target, path)


def reference(key: str, target: str, *, default: None = None) -> Any:  # noqa: ARG001 - for type checkers
    """Declare a reference to another entity.

    For example `book: Reference[Book] = reference("bookId", "books", default=None)`.

    Args:
        key: the JSON key that holds the id.
        target: the resource of the entities referred to.
        default: None, written out, tells type checkers that a constructor may leave the reference out.
    """
    return Reference(key, target)
