"""`Entity`: a mapped object with an identity of its own, and the references between entities."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, dataclass_transform, overload
from urllib.parse import quote, unquote

import attrs

from contacthub_orm.errors import InvalidRequestError, Violation
from contacthub_orm.orm.criteria.criteria import ALWAYS, Criterion
from contacthub_orm.orm.entity.constructor_fields import bound, leading_fields, template
from contacthub_orm.orm.entity.entity_state import EntityState, Key
from contacthub_orm.orm.mapping.attributes import UNSET, attr, copied, embedded
from contacthub_orm.orm.mapping.baseline import apply_edits, changes
from contacthub_orm.orm.mapping.mapped import Mapped, _new, _set_state, at_hand, render
from contacthub_orm.orm.mapping.object_state import root_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from contacthub_orm.orm.session.session import Session
    from contacthub_orm.orm.wire.documents import Document

__all__ = [
    "Entity",
    "EntityState",
    "Key",
    "Parent",
    "Reference",
    "Resource",
    "joined_identity",
    "parent",
    "reference",
    "split_identity",
]

E = TypeVar("E", bound="Entity")
T = TypeVar("T")


@attrs.frozen
class Resource:
    """A collection of the service that holds entities of one kind.

    `name` is its path segment, `version_keys` the document keys that tell a newer document from an older one, the
    first that both documents hold decides; `always` the keys that every whole document of the service has, so that one
    without them is taken for a part; `patches` whether a part of an entity can be updated, else it is replaced;
    `personal` whether the service exports and erases all that it holds of one.
    """

    name: str
    id_key: str = "id"
    version_keys: tuple[str, ...] = ("version", "updatedAt")
    always: tuple[str, ...] = ()
    patches: bool = True
    personal: bool = False


class Reference(Generic[T]):
    """An attribute that holds another entity and stands for its id in the document.

    The referenced entity may be new: its id is put in when it has one, and it is created first.
    """

    name: str

    def __init__(self, key: str, target: str) -> None:
        self.key = key
        self.target = target

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def field(self) -> Any:
        """The attrs field that stands for this reference in `__init__`."""
        return attrs.field(default=UNSET, kw_only=True)

    @overload
    def __get__(self, instance: None, owner: Any) -> Reference[T]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> T | None: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        state: EntityState = instance._state
        held = (state.references or {}).get(self.key)
        identity = self._identity(instance)
        if held is not None and (identity is None or (held._state.key or ("", None))[1] == identity):
            return held
        if identity is None:
            return None
        with _reader(instance, self.name) as session:
            return session._get_resource(self.target, identity)

    def __set__(self, instance: object, value: T | None) -> None:
        if value is UNSET:
            return
        assert isinstance(instance, Entity)
        state = instance._state
        if value is None:
            if state.references is not None:
                state.references.pop(self.key, None)
            instance[self.key] = None
            return
        if not isinstance(value, Entity) or value.__resource__.name != self.target:
            raise TypeError(
                f"{type(instance).__name__}.{self.name} holds an entity of {self.target}, got {value!r}"
            )
        self._refuse_two(instance, value)
        if state.references is None:
            state.references = {}
        state.references[self.key] = value
        if value._state.key is not None:
            instance[self.key] = value._state.key[1]
        elif self._identity(instance) is not None:
            instance[self.key] = None
        state.touch(instance)

    def _refuse_two(self, instance: Entity, value: Entity) -> None:
        """An id that was given beside the entity must be the entity's; else one of them would be lost."""
        given = self._identity(instance)
        if given is None or self.key in (instance._state.references or {}) or instance._state.key is not None:
            return
        if value._state.key is None or value._state.key[1] != given:
            raise InvalidRequestError(
                f"{type(instance).__name__}.{self.key} is {given!r}, but {self.name} is {value!r}: give one of them"
            )

    def _identity(self, instance: Mapped) -> Any:
        """The id that the document holds, None where there is none."""
        try:
            return instance[self.key]
        except KeyError:
            return None


class Parent(Generic[T]):
    """An attribute that holds the entity below which this one lives, whose id is part of its routes.

    `path` are the keys of the parent's collection that shows the same elements, empty where there is none.
    """

    name: str

    def __init__(self, target: str, path: tuple[str, ...] = ()) -> None:
        self.target = target
        self.path = path

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def field(self) -> Any:
        """The attrs field that stands for the parent in `__init__`; it alone may be given by place."""
        return attrs.field(default=UNSET)

    @overload
    def __get__(self, instance: None, owner: Any) -> Parent[T]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> T | None: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        state: EntityState = instance._state
        if state.parent is not None or state.key is None:
            return state.parent
        with _reader(instance, self.name) as session:
            return session._get_resource(self.target, split_identity(state.key[1])[0])

    def __set__(self, instance: object, value: T | None) -> None:
        if value is UNSET:
            return
        assert isinstance(instance, Entity)
        if value is not None and (not isinstance(value, Entity) or value.__resource__.name != self.target):
            raise TypeError(
                f"{type(instance).__name__}.{self.name} holds an entity of {self.target}, got {value!r}"
            )
        if instance._state.key is not None and value is not instance._state.parent:
            raise InvalidRequestError(f"{instance!r} lives below its {self.name} and cannot be moved")
        instance._state.parent = value


def _reader(instance: Entity, name: str) -> AbstractContextManager[Session]:
    """The session to load an attribute with. Raises InvalidRequestError where there is none."""
    reader = instance._state.reader()
    if reader is None:
        raise InvalidRequestError(f"{type(instance).__name__}.{name} cannot be loaded: no session holds it")
    return reader


def joined_identity(*parts: str) -> str:
    """The identity of an entity that lives below another: both ids in one text."""
    return "/".join(quote(part, safe="") for part in parts)


def split_identity(identity: str) -> tuple[str, ...]:
    """The ids in an identity, the parent's first."""
    return tuple(map(unquote, identity.split("/")))


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
        path: the keys of the parent's collection that shows the same elements.
        default: None, written out, tells type checkers that a constructor may leave the parent out.
        kw_only: False, written out, tells type checkers that a constructor may be given the parent by place.
    """
    return Parent(target, path)


def reference(key: str, target: str, *, default: None = None) -> Any:  # noqa: ARG001 - for type checkers
    """Declare a reference: `book: Reference[Book] = reference("bookId", "books", default=None)`.

    Args:
        key: the JSON key that holds the id.
        target: the resource of the entities referred to.
        default: None, written out, tells type checkers that a constructor may leave the reference out.
    """
    return Reference(key, target)


@dataclass_transform(
    kw_only_default=True,
    eq_default=False,
    field_specifiers=(attr, embedded, reference, parent, bound, template),
)
class Entity(Mapped):
    """An object with an identity: `class Book(Entity, resource=Resource("books"))`.

    A new entity is transient until a session holds it. Entities compare by identity, as plain objects do.
    """

    __slots__ = ()

    __resource__: ClassVar[Resource]
    __references__: ClassVar[tuple[Reference[Any], ...]] = ()
    __parent__: ClassVar[Parent[Any] | None] = None

    if TYPE_CHECKING:

        @property
        def _state(self) -> EntityState: ...

    def __init_subclass__(cls, resource: Resource | None = None, **options: Any) -> None:
        if resource is not None:
            cls.__resource__ = resource
        cls.__references__ = tuple(
            value
            for base in reversed(cls.__mro__)
            for value in vars(base).values()
            if isinstance(value, Reference)
        )
        parents = [value for value in vars(cls).values() if isinstance(value, Parent)]
        if parents:
            cls.__parent__ = parents[0]
        super().__init_subclass__(**options)

    @classmethod
    def _leading_fields(cls) -> dict[str, Any]:
        return leading_fields(cls)

    @classmethod
    def _further_fields(cls) -> dict[str, Any]:
        fields = {reference.name: reference.field() for reference in cls.__references__}
        if cls.__parent__ is not None:
            fields[cls.__parent__.name] = cls.__parent__.field()
        return fields

    def __attrs_pre_init__(self) -> None:
        _set_state(self, EntityState(None))

    @classmethod
    def _bound(cls: type[E], raw: Document | None, owner: Mapped | None = None) -> E:  # noqa: ARG003
        self = _new(cls)
        _set_state(self, EntityState(raw))
        return self

    @classmethod
    def _class_for(cls: type[E], document: Document) -> type[E]:  # noqa: ARG003 - a polymorphic class looks at it
        """The class that a document of this resource is loaded as."""
        return cls

    @classmethod
    def _own_criterion(cls) -> Criterion:
        """What holds of every entity of this class and not of the whole resource: its queries start from it."""
        return ALWAYS

    def _identity_in(self, document: Document) -> str:
        """The identity that a document of the service gives this entity."""
        own: str = document[self.__resource__.id_key]
        parent = self._state.parent
        if parent is None:
            return own
        assert parent._state.key is not None
        return joined_identity(parent._state.key[1], own)

    @classmethod
    def _held_in_list(cls, elements: list[Any], holder: Mapped, key: str) -> None:
        """What stands in the list that the class declares has an identity below the list's entity; verbs work on it."""
        root, declared = root_of(holder), cls.__parent__
        if declared is None or not isinstance(root, Entity) or root.__resource__.name != declared.target:
            return
        if declared.path[-1:] == (key,) and at_hand(root, declared.path[:-1]) is holder:
            for index, element in enumerate(elements):
                if isinstance(element, cls):  # what was malformed was left as it is
                    elements[index] = element._below(root)

    def _below(self: E, above: Entity) -> E:
        """The entity that is an element of `above`: this one, or a copy of it where it lives below another."""
        element, own = self, (self._state.raw or {}).get(self.__resource__.id_key)
        if self._state.parent is not None and self._state.parent is not above:
            element = type(self)._bound(self._state.raw)
        state = element._state
        if state.session is None and above._state.key is not None and own is not None:
            state.parent, state.deleted = above, False
            state.key = (self.__resource__.name, joined_identity(above._state.key[1], own))
        return element

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled or copied it is detached: with its baseline and its unsaved changes, in no session."""
        state = self._state
        edits = render(self) if state.key is None else changes(self)
        links = (state.references, state.parent)
        return _made_again, (type(self), state.key, deepcopy(state.raw), copied(edits), *links)

    def to_dict(self) -> Document:
        """The wire document as it stands, unsaved edits included; a copy, yours to change."""
        document: Document = copied(render(self))
        return document

    def _violations(self) -> Iterable[Violation]:
        """Rules between attributes that what would be sent breaks; a subclass adds its own."""
        return ()

    def __repr__(self) -> str:
        key = self._state.key
        return f"<{type(self).__name__} {key[1] if key is not None else 'transient'}>"


def _made_again(
    cls: type[E],
    key: Key | None,
    raw: Document | None,
    edits: Document,
    references: dict[str, Entity] | None,
    parent: Entity | None,
) -> E:
    made = cls._bound(raw)
    state = made._state
    state.key, state.references, state.parent = key, references, parent
    apply_edits(made, edits)
    return made
