"""Declared attributes: `Attr[T]` for a value, `Embedded[T]` for an embedded object.

Both are non-data descriptors. The first read converts the baseline's value and leaves it in the instance's
`__dict__`, so later reads never come here; writes are seen by `Mapped.__setattr__`. Read on the class they give a
query expression.
"""

from __future__ import annotations

import inspect
import json
import sys
import types
import typing
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, overload

import attrs

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.orm.criteria.expressions import DynamicExpression, EmbeddedExpression, Expression
from contacthub_orm.orm.mapping.object_state import object_state
from contacthub_orm.orm.wire.conversion import Load, dump, loader, without_none
from contacthub_orm.orm.wire.documents import MISSING, is_empty, same
from contacthub_orm.orm.wire.partial import lacks
from contacthub_orm.orm.wire.types import element_type, is_object

if TYPE_CHECKING:
    from contacthub_orm.orm.mapping.mapped import Mapped

__all__ = ["UNSET", "Attr", "Attribute", "Embedded", "attr", "embedded"]

T = TypeVar("T")

Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]


class _Unset:
    """What an argument of a constructor is when it was not given."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Any = _Unset()


_SCALARS = frozenset((str, int, float, bool, type(None)))


class Attribute:
    """What every declared attribute is: its Python name, its JSON key, its declared type and its rules."""

    name: str
    owner: type
    plain: bool = False

    def __init__(
        self,
        *,
        default: Any = None,
        key: str | None = None,
        read_only: bool = False,
        create_only: bool = False,
        derived: bool = False,
        required: bool = False,
        validator: Validator | None = None,
        repr: bool = True,
    ) -> None:
        self.default = UNSET if default is None else default
        self._key = key
        self.read_only = read_only or derived
        self.derived = derived
        self.create_only = create_only
        self.required = required
        self.validator = validator
        self.repr = repr

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.key = self._key or name
        self.owner = owner
        frame = sys._getframe(1)
        self._scope = frame.f_locals if frame.f_locals is not frame.f_globals else None

    def field(self) -> Any:
        """The attrs field that stands for this attribute in `__init__`; every object gets a default of its own."""
        default = self.default if self.default is UNSET else attrs.Factory(partial(deepcopy, self.default))
        return attrs.field(default=default, kw_only=True, metadata={"attribute": self})

    @cached_property
    def declared(self) -> Any:
        """The declared type: T of `Attr[T]` or `Embedded[T]`, resolved on first use."""
        annotation = inspect.get_annotations(self.owner).get(self.name, Any)
        holder = types.SimpleNamespace(__annotations__={self.name: annotation})
        namespace = {**vars(typing), **vars(sys.modules[self.owner.__module__])}
        try:
            hints = typing.get_type_hints(holder, namespace, dict(self._scope or {}))
        except NameError as error:
            raise ConfigurationError(
                f"{self.owner.__name__}.{self.name}: {error} in its annotation"
            ) from None
        self._scope = None
        arguments = typing.get_args(hints[self.name])
        return arguments[0] if arguments else Any

    def expression(self, owner: type, path: tuple[str, ...]) -> Any:
        """The query expression for this attribute at `path` below `owner`."""
        raise NotImplementedError

    def accept(self, instance: Mapped, value: Any) -> Any:
        """The value as it is kept after an assignment."""
        raise NotImplementedError


class Attr(Attribute, Generic[T]):
    """A value of type T: `lastName: Attr[str | None] = attr(default=None)`."""

    def __init__(self, *, converter: Callable[[Any], Any] | None = None, **rules: Any) -> None:
        super().__init__(**rules)
        self.converter = converter

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> Expression[T]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> T: ...
        def __get__(self, instance: object | None, owner: Any) -> Any: ...
        def __set__(self, instance: object, value: T) -> None: ...

    else:

        def __get__(self, instance, owner):
            if instance is None:
                return self.expression(owner, (self.key,))
            state = object_state(instance)
            raw = state.baseline
            wire = raw.get(self.key) if raw is not None else None
            if wire is None and lacks(raw, self.key):
                wire = state.complete(instance, self.key)
            if self.plain and wire.__class__ in _SCALARS:
                instance.__dict__[self.name] = wire
                return wire
            value = instance.__dict__[self.name] = self.read(wire)
            if isinstance(value, (list, dict)):
                state.hand_out(instance)
                self.place(instance, value)
            return value

    @cached_property
    def load(self) -> Load | None:
        return loader(self.declared)

    @cached_property
    def plain(self) -> bool:  # type: ignore[override]  # resolved on first use, since the declared type is
        """Whether this is a scalar that is kept as it is on the wire."""
        return without_none(self.declared) in _SCALARS and self.converter is None

    @cached_property
    def container(self) -> Callable[[], Any] | None:
        """What an absent value reads as: a new list or dict where one is declared, else None."""
        kind = without_none(self.declared)
        kind = typing.get_origin(kind) or kind
        return kind if kind in (list, dict) else None

    def read(self, wire: Any) -> Any:
        """The typed value of a wire value; containers are copies, so that the baseline is never handed out."""
        if wire is None:
            return self.container() if self.container is not None else None
        if self.load is None:
            return copied(wire)
        if self.container is list and isinstance(wire, list):
            return [_read(self._load_element, element) for element in wire]
        return _read(self.load, wire)

    def place(self, instance: Mapped, value: list[Any] | dict[str, Any]) -> None:
        """Tell the class of a list's elements that the service holds them here."""
        if isinstance(value, list) and self._element_class is not None:
            self._element_class._held_in_list(value, instance, self.key)

    @cached_property
    def _element_class(self) -> type[Mapped] | None:
        declared = without_none(element_type(self.declared))
        return declared if is_object(declared) else None

    @cached_property
    def _load_element(self) -> Load | None:
        return loader(element_type(self.declared))

    def accept(self, instance: Mapped, value: Any) -> Any:  # noqa: ARG002 - a value knows no owner
        if self.converter is not None and value is not None:
            value = self.converter(value)
        if self.container is list and isinstance(value, list | tuple):
            return self._accept_list(value)
        return value if value is None or self.load is None else _taken(self.load, value)

    def _accept_list(self, values: list[Any] | tuple[Any, ...]) -> list[Any]:
        """The user's own list where every element already is of the declared type, else a new one."""
        take = self._take_element
        taken = list(values) if take is None else [_taken(take, value) for value in values]
        return values if isinstance(values, list) and all(map(_is, taken, values)) else taken

    @cached_property
    def _take_element(self) -> Load | None:
        """What makes an element of a value of the user's; an object is a new one, whose every value was written."""
        return self._load_element if self._element_class is None else self._element_class._element

    def write(self, value: Any, held: Any) -> Any:
        """The wire value, with the service's own spelling, as in `held`, of whatever has not changed."""
        new = dump(value)
        if self.load is None or held is None or held is MISSING:
            return new
        if isinstance(held, list) and isinstance(new, list):
            return self._respelled(held, new)
        return held if same(self._canonical(held), new) else new

    def _respelled(self, held: list[Any], new: list[Any]) -> list[Any]:
        spellings: dict[str, list[Any]] = {}
        for element in reversed(held):
            spellings.setdefault(self._meaning(*self._canonical([element])), []).append(element)
        known = ((element, spellings.get(self._meaning(element))) for element in new)
        return [found.pop() if found else element for element, found in known]

    def _meaning(self, element: Any) -> str:
        """What an element says: in a declared object what is null or empty says no more than what is not there."""
        if self._element_class is not None and isinstance(element, dict):
            element = {key: value for key, value in element.items() if not is_empty(value)}
        return _text(element)

    def _canonical(self, wire: Any) -> Any:
        return dump(self.read(wire))

    def expression(self, owner: type, path: tuple[str, ...]) -> Expression[Any]:
        return Expression(owner, path, self.declared)


class Embedded(Attribute, Generic[T]):
    """An embedded object of class T, always in place: absent or null it reads as an empty one, false in a condition.

    `Embedded[Any]` declares nothing about its content: it reads as a `Properties`.
    """

    open_target: ClassVar[type[Mapped]]
    """The class of objects that declare nothing; `mapped` sets it."""

    def __init__(self, *, choose: Callable[[Any], type[Mapped]] | None = None, **rules: Any) -> None:
        super().__init__(**rules)
        self.choose = choose

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> type[T]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> T: ...
        def __get__(self, instance: object | None, owner: Any) -> Any: ...
        def __set__(self, instance: object, value: T | Mapped | Mapping[str, Any] | None) -> None: ...

    else:

        def __get__(self, instance, owner):
            if instance is None:
                return self.expression(owner, (self.key,))
            raw = object_state(instance).baseline
            wire = raw.get(self.key) if raw is not None else None
            if wire is None and lacks(raw, self.key):
                wire = object_state(instance).complete(instance, self.key)
            target = self.target if self.choose is None else self.choose(instance)
            child = target._bound(wire if isinstance(wire, dict) else None, instance)
            instance.__dict__[self.name] = child
            return child

    @cached_property
    def target(self) -> type[Mapped]:
        """The class of the embedded object."""
        declared = without_none(self.declared)
        return self.open_target if declared is Any else declared

    def accept(self, instance: Mapped, value: Any) -> Mapped:
        target = self.target if self.choose is None else self.choose(instance)
        return target._adopted(value, instance, self.key)

    def expression(self, owner: type, path: tuple[str, ...]) -> EmbeddedExpression | DynamicExpression:
        if self.target.__open__:
            return DynamicExpression(owner, path)
        return EmbeddedExpression(owner, path, self.target)


def copied(wire: Any) -> Any:
    """A copy of wire JSON: new lists and dicts all the way down."""
    if isinstance(wire, list):
        return [copied(element) for element in wire]
    if isinstance(wire, dict):
        return {key: copied(value) for key, value in wire.items()}
    return wire


def _is(left: Any, right: Any) -> bool:
    return left is right


def _read(load: Load | None, wire: Any) -> Any:
    """A wire value as `load` reads it, or a copy of it as it is."""
    value = wire if load is None else _taken(load, wire)
    return copied(wire) if value is wire else value


def _taken(load: Load, value: Any) -> Any:
    """The value as `load` takes it, or as it is; what does not fit is refused before it is sent."""
    try:
        return load(value)
    except (ValueError, TypeError, KeyError):
        return value


def _text(wire: Any) -> str:
    return json.dumps(wire, sort_keys=True)


def attr(
    *,
    default: Any = None,
    name: str | None = None,
    read_only: bool = False,
    create_only: bool = False,
    derived: bool = False,
    required: bool = False,
    converter: Callable[[Any], Any] | None = None,
    validator: Validator | None = None,
    repr: bool = True,
) -> Any:
    """Declare a value.

    Args:
        default: what a new entity starts with; None leaves it unset, which reads None and is not sent. Written out, it
            tells type checkers that a constructor may leave the value out.
        name: the JSON key, where it is not the attribute's name.
        read_only: the service sets it; it is never sent, and assigning it is refused.
        create_only: it is sent when the entity is created and may not be changed later.
        derived: the service derives it from the rest: a new object may state it all the same, and it is never sent.
        required: it is sent on creation even when it is empty.
        converter: what a value that is assigned is taken as, before its type is checked; None is not passed to it.
        validator: an attrs validator, run before a request is sent.
        repr: whether `repr()` shows the value.
    """
    return Attr(
        default=default,
        key=name,
        read_only=read_only,
        create_only=create_only,
        derived=derived,
        required=required,
        converter=converter,
        validator=validator,
        repr=repr,
    )


def embedded(
    *,
    default: Any = None,
    name: str | None = None,
    read_only: bool = False,
    create_only: bool = False,
    required: bool = False,
    choose: Callable[[Any], type[Mapped]] | None = None,
) -> Any:
    """Declare an embedded object; the arguments are those of `attr`, and one more.

    Args:
        choose: for an attribute declared `Embedded[Any]` whose class depends on the object that holds it: gives the class
            for a holder. It is asked when the attribute is first read, and at every assignment.
    """
    return Embedded(
        default=default,
        key=name,
        read_only=read_only,
        create_only=create_only,
        required=required,
        choose=choose,
    )
