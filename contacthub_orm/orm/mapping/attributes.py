"""Declared attributes: `Attr[T]` for a value, `Embedded[T]` for an embedded object.

Both are non-data descriptors. The first read converts the baseline's value and stores it in the instance's `__dict__`,
so that later reads bypass the descriptor; `Mapped.__setattr__` sees the writes. Read on the class, an attribute is a
query expression.
"""

from __future__ import annotations

import sys
import typing
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, overload

from contacthub_orm.errors import ConfigurationError, ContentError
from contacthub_orm.orm.mapping.declarations import annotated_type
from contacthub_orm.orm.mapping.object_state import object_state, place_of
from contacthub_orm.orm.mapping.ownership import owned
from contacthub_orm.orm.wire.coded import coded_class
from contacthub_orm.orm.wire.conversion import (
    Load,
    UnreadableError,
    UnsendableError,
    copied,
    dump,
    loader,
    taken,
    text_of,
    without_none,
)
from contacthub_orm.orm.wire.declarable import MAY_BE_DECLARED, refusal
from contacthub_orm.orm.wire.documents import CONTAINERS, MISSING, is_empty, same
from contacthub_orm.orm.wire.partial import lacks
from contacthub_orm.orm.wire.types import element_type, is_object, names_keys

if TYPE_CHECKING:
    import attrs

    from contacthub_orm.orm.criteria.expressions import DynamicExpression, EmbeddedExpression, Expression
    from contacthub_orm.orm.criteria.values import ValueExpression
    from contacthub_orm.orm.mapping.mapped import Mapped
    from contacthub_orm.orm.wire.codecs import Codec

__all__ = ["SCALARS", "UNSET", "Attr", "Attribute", "Embedded", "Value", "attr", "embedded"]

T = TypeVar("T")

Validator = Callable[[Any, "attrs.Attribute[Any]", Any], None]


class _Unset:
    """The default of a constructor argument that was not passed."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Any = _Unset()

SCALARS = frozenset((str, int, float, bool, type(None)))


class Attribute:
    """A declared attribute: its Python name, its JSON key, its declared type and its rules; see `attr`."""

    name: str
    owner: type
    plain: bool = False
    takes_keys: bool = False

    def __init__(  # noqa: PLR0913 - the rules of an attribute, by name
        self,
        *,
        default: Any = None,
        key: str | None = None,
        read_only: bool = False,
        create_only: bool = False,
        derived: bool = False,
        required: bool = False,
        own_routes: bool = False,
        validator: Validator | None = None,
        repr: bool = True,
    ) -> None:
        self.default = UNSET if default is None else default
        self._key = key
        self.read_only = read_only or derived
        self.derived = derived
        self.create_only = create_only
        self.required = required
        self.own_routes = own_routes
        self.validator = validator
        self.repr = repr

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.key = self._key or name
        self.owner = owner
        # NOTE: an annotation in a class that is defined in a function may name other classes of that function, which
        # are in no module, so `declared` needs the function's locals to resolve it. `type.__new__`, which calls this
        # method, has no Python frame, so the caller's frame is the one that runs the `class` statement. At module
        # level nothing is kept.
        frame = sys._getframe(1)  # noqa: SLF001 - see the note above
        is_in_module = frame.f_locals is frame.f_globals and owner.__module__ in sys.modules
        self._scope = None if is_in_module else frame.f_locals

    def field(self) -> Any:
        """Make the attrs field for the attribute in `__init__`; the object gives itself the default, and knows that it did."""
        import attrs  # here, since what only declares and reads has no use for it

        return attrs.field(default=UNSET, kw_only=True, metadata={"attribute": self})

    @cached_property
    def declared(self) -> Any:
        """The declared type: T of `Attr[T]` or `Embedded[T]`; see `check`.

        Raises:
            ConfigurationError: if the annotation has an unknown name, or values of the type cannot be mapped.
        """
        try:
            return self._resolved(vars(typing))
        except NameError as error:
            raise ConfigurationError(
                f"{self.owner.__name__}.{self.name}: {error} in its annotation"
            ) from None

    def check(self, cls: type) -> None:
        """Refuse a type that cannot be mapped when the class is declared.

        An annotation with a name that does not exist yet is looked at when the attribute is first used.

        Args:
            cls: the class that is being declared, which its own annotations may name.

        Raises:
            ConfigurationError: if values of the type cannot be mapped.
        """
        if "declared" not in self.__dict__:
            with suppress(NameError, AttributeError):
                self.__dict__["declared"] = self._resolved({cls.__name__: cls})

    def _resolved(self, names: Mapping[str, Any]) -> Any:
        declared = annotated_type(self.owner, self.name, self._scope, names)
        self._scope = None
        if (reason := self.refusal(declared)) is not None:
            raise ConfigurationError(f"{self.owner.__name__}.{self.name}: {reason}")
        return declared

    def refusal(self, declared: Any) -> str | None:
        """Why a type cannot be declared, or None if it can."""
        raise NotImplementedError

    def expression(self, owner: type, path: tuple[str, ...]) -> Any:
        """Make the query expression for this attribute at `path` below `owner`."""
        raise NotImplementedError

    def accept(self, instance: Mapped, value: Any) -> Any:
        """Convert an assigned value to the value that the instance keeps."""
        raise NotImplementedError


class Attr(Attribute, Generic[T]):
    """A value of type T: `title: Attr[str | None] = attr(default=None)`."""

    def __init__(
        self, *, converter: Callable[[Any], Any] | None = None, codec: Codec[Any] | None = None, **rules: Any
    ) -> None:
        super().__init__(**rules)
        self.converter = converter
        self.codec = codec

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
            state = instance._state  # noqa: SLF001 - FASTPATH: `object_state` is a call
            raw = state.baseline
            wire = raw.get(self.key) if raw is not None else None
            if wire is None and lacks(raw, self.key):
                wire = state.complete(instance, self.key)
            if self.plain and wire.__class__ in SCALARS:
                instance.__dict__[self.name] = wire
                return wire
            try:
                value = self.read(wire)
            except UnreadableError as error:
                raise ContentError(f"{place_of(instance)}.{self.key}", wire, error) from error
            if isinstance(value, CONTAINERS):
                held = instance.__dict__.get(self.name)
                if held is not None:  # one held over an expiry, which reading the baseline has put back
                    return held
                state.hand_out(instance)
                self.place(instance, value)
            instance.__dict__[self.name] = value
            return value

    def refusal(self, declared: Any) -> str | None:
        """Why a type cannot be declared, or None if it can."""
        if self.codec is not None:
            coded_class(declared)
            return None
        reason = refusal(declared)
        return None if reason is None else f"{reason}. What may be declared: {MAY_BE_DECLARED}"

    @cached_property
    def load(self) -> Load | None:
        """The conversion from the wire value, or None if the wire value is kept."""
        if self.codec is not None:
            return partial(self.codec.loaded, coded_class(self.declared))
        return loader(self.declared)

    @cached_property
    def plain(self) -> bool:  # type: ignore[override]  # resolved on first use, since the declared type is
        """Whether this is a scalar that is kept unconverted."""
        return without_none(self.declared) in SCALARS and self.converter is None

    @cached_property
    def takes_keys(self) -> bool:  # type: ignore[override]  # resolved on first use, as above
        """Whether a value may be a dict whose keys a class declares, or contain one."""
        return self.codec is None and names_keys(self.declared)

    @cached_property
    def container(self) -> Callable[[], Any] | None:
        """The declared container type, list, dict or set, or None. An absent value reads as an empty container."""
        kind = without_none(self.declared)
        kind = typing.get_origin(kind) or kind
        return kind if kind in CONTAINERS else None

    def read(self, wire: Any) -> Any:
        """Convert a wire value. Containers are copied, so that the baseline is never handed out."""
        if wire is None:
            return self.container() if self.container is not None else None
        if self.load is None:
            return copied(wire)
        if self.container is list and isinstance(wire, list):
            return [_read(self._load_element, element) for element in wire]
        return _read(self.load, wire)

    def place(self, instance: Mapped, value: list[Any] | dict[str, Any] | set[Any]) -> None:
        """Call the hook `_held_in_list` of the elements' class with a list of the service."""
        if isinstance(value, list) and self._element_class is not None:
            self._element_class._held_in_list(value, instance, self.key)

    @cached_property
    def _element_class(self) -> type[Mapped] | None:
        declared = without_none(element_type(self.declared))
        return declared if is_object(declared) else None

    @cached_property
    def _load_element(self) -> Load | None:
        return loader(element_type(self.declared))

    def accept(self, instance: Mapped, value: Any) -> Any:
        """Convert an assigned value. A value that does not fit stays as it is; it is refused before it is sent.

        A list or dict is copied, since every place has its own. None reads as an empty one, as after the save.
        """
        if self.container is not None:
            object_state(instance).note_null(self.name, null=value is None)
        if value is None:
            return self.container() if self.container is not None else None
        if self.converter is not None:
            value = self.converter(value)
        if self.container is list and isinstance(value, list | tuple):
            take = self._take_element
            elements = list(value) if take is None else [taken(take, one) for one in value]
            return owned(elements, instance, instance.__dict__.get(self.name))
        kept = value if self.load is None else taken(self.load, value)
        return owned(kept, instance, None) if isinstance(kept, list | dict) else kept

    @cached_property
    def _take_element(self) -> Load | None:
        """The conversion of a list element that the user wrote; every value of a new object counts as written."""
        return self._load_element if self._element_class is None else self._element_class._element

    def write(self, value: Any, held: Any) -> Any:
        """Convert a value to the wire; whatever has not changed keeps the service's own spelling.

        Args:
            value: the value that was read or written.
            held: the service's wire value, None or MISSING if there is none.
        """
        new = dump(value) if self.codec is None else self.dump(value)  # FASTPATH
        if self.load is None or held is None or held is MISSING:
            return new
        if isinstance(held, list) and isinstance(new, list) and not isinstance(value, set | frozenset):
            return self._respelled(held, new)
        return held if same(self._canonical(held), new) else new

    def _respelled(self, held: list[Any], new: list[Any]) -> list[Any]:
        spellings: dict[str, list[Any]] = {}
        for element in reversed(held):
            spellings.setdefault(self._meaning(*self._canonical([element])), []).append(element)
        known = ((element, spellings.get(self._meaning(element))) for element in new)
        return [found.pop() if found else element for element, found in known]

    def _meaning(self, element: Any) -> str:
        """A string that is equal for equal elements. In a declared object, null, empty and missing values are equal."""
        if self._element_class is not None and isinstance(element, dict):
            element = {key: value for key, value in element.items() if not is_empty(value)}
        return text_of(element)

    def _canonical(self, wire: Any) -> Any:
        try:
            return dump(self.read(wire)) if self.codec is None else self.dump(self.read(wire))
        except (UnsendableError, UnreadableError):
            return wire  # the service's own value, which this type cannot read or write

    def dump(self, value: Any) -> Any:
        """The wire JSON of a value; one that is not of the codec's class is refused before it is sent."""
        if self.codec is None or not isinstance(value, coded_class(self.declared)):
            return dump(value)
        return self.codec.dumped(value)

    def expression(self, owner: type, path: tuple[str, ...]) -> Expression[Any]:
        """Make the query expression for this value at `path` below `owner`."""
        from contacthub_orm.orm.criteria.values import value_expression  # to declare asks nothing

        return value_expression(owner, path, self.declared, self.codec)


if TYPE_CHECKING:

    class Value(Attr[T]):
        """As `Attr`; a query may name the fields of the value."""

        @overload
        def __get__(self, instance: None, owner: Any) -> ValueExpression[T]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> T: ...
        def __get__(self, instance: object | None, owner: Any) -> Any: ...

else:
    Value = Attr


class Embedded(Attribute, Generic[T]):
    """An embedded object of class T. If it is absent or null, it reads as an empty object, which is false.

    `Embedded[Any]` declares nothing about its content and reads as a `Properties`.
    """

    open_target: ClassVar[type[Mapped]]
    """The class of objects that declare nothing. The module `properties` sets it, since it imports this one."""

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
            raw = instance._state.baseline  # noqa: SLF001 - FASTPATH: `object_state` is a call
            wire = raw.get(self.key) if raw is not None else None
            if wire is None and lacks(raw, self.key):
                wire = object_state(instance).complete(instance, self.key)
            target = self.target if self.choose is None else self.choose(instance)
            child = target._bound(wire if isinstance(wire, dict) else None, instance)
            instance.__dict__[self.name] = child
            return child

    def refusal(self, declared: Any) -> str | None:
        """Why a type cannot be declared, or None if it can."""
        declared = without_none(declared)
        if declared is Any or is_object(declared):
            return None
        return f"an embedded object is of a class of Properties, or Any, not {declared}: declare a value as Attr[...]"

    @cached_property
    def target(self) -> type[Mapped]:
        """The class of the embedded object."""
        declared = without_none(self.declared)
        return self.open_target if declared is Any else declared

    @cached_property
    def takes_keys(self) -> bool:  # type: ignore[override]  # resolved on first use, since the declared type is
        """Whether the object's class declares its keys."""
        return self.choose is not None or not self.target.__open__

    def accept(self, instance: Mapped, value: Any) -> Mapped:
        """Convert an assigned value to an embedded object of `instance`.

        Raises:
            TypeError: if it is neither an object, a mapping nor None.
        """
        target = self.target if self.choose is None else self.choose(instance)
        return target._adopted(value, instance, self.key)

    def expression(self, owner: type, path: tuple[str, ...]) -> EmbeddedExpression | DynamicExpression:
        """Make the query expression for this object at `path` below `owner`."""
        from contacthub_orm.orm.criteria.expressions import DynamicExpression, EmbeddedExpression  # as above

        if self.target.__open__:
            return DynamicExpression(owner, path)
        return EmbeddedExpression(owner, path, self.target)


def _read(load: Load | None, wire: Any) -> Any:
    """The converted wire value, or a copy of it if it does not fit or needs no conversion."""
    value = wire if load is None else taken(load, wire, strict=True)
    return copied(wire) if value is wire else value


def attr(  # noqa: PLR0913 - the rules of an attribute, by name
    *,
    default: Any = None,
    name: str | None = None,
    read_only: bool = False,
    create_only: bool = False,
    derived: bool = False,
    required: bool = False,
    own_routes: bool = False,
    converter: Callable[[Any], Any] | None = None,
    codec: Codec[Any] | None = None,
    validator: Validator | None = None,
    repr: bool = True,
) -> Any:
    """Declare a value.

    Args:
        default: the value of a new entity. None leaves it unset: it reads None and is not sent. Written out, None tells
            type checkers that a constructor may leave the value out.
        name: the JSON key, if it is not the attribute's name.
        read_only: whether only the service sets it. It is never sent, and a save refuses an assigned value.
        create_only: whether it can only be set when the entity is created.
        derived: whether the service derives it from other values. It is never sent, but a new object may have it.
        required: whether it is sent on creation even if it is empty.
        own_routes: for a list of entities below this one, whether the body has them on creation alone. After that each is
            created and saved by a request of its own.
        converter: a function that converts an assigned value before its type is checked. It is not called with None.
        codec: how values of the declared class are read from JSON and written as it.
        validator: an attrs validator, called before a request is sent.
        repr: whether `repr()` shows the value.
    """
    return Attr(
        default=default,
        key=name,
        read_only=read_only,
        create_only=create_only,
        derived=derived,
        required=required,
        own_routes=own_routes,
        converter=converter,
        codec=codec,
        validator=validator,
        repr=repr,
    )


def embedded(  # noqa: PLR0913 - the rules of an attribute, by name
    *,
    default: Any = None,
    name: str | None = None,
    read_only: bool = False,
    create_only: bool = False,
    required: bool = False,
    choose: Callable[[Any], type[Mapped]] | None = None,
) -> Any:
    """Declare an embedded object.

    Args:
        default: the value of a new entity, as for `attr`.
        name: the JSON key, if it is not the attribute's name.
        read_only: whether only the service sets it. It is never sent, and a save refuses an assigned value.
        create_only: whether it can only be set when the entity is created.
        required: whether it is sent on creation even if it is empty.
        choose: a function that returns the class of the embedded object for the object that holds it, for an attribute
            declared `Embedded[Any]`. It is called when the attribute is first read, and at every assignment.
    """
    return Embedded(
        default=default,
        key=name,
        read_only=read_only,
        create_only=create_only,
        required=required,
        choose=choose,
    )
