"""`Mapped`, an object over a wire document and the base of entities and embedded objects.

The decoded document is the baseline and is never mutated. The values that were read or written are in the instance's
`__dict__`, converted; `ObjectState` tells which of them were written. All bookkeeping is in one slot, `_state`, so
that it cannot collide with a JSON key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, dataclass_transform

from contacthub_orm.orm.mapping.attributes import (
    UNSET,
    Attr,
    Attribute,
    Embedded,
    attr,
    embedded,
)
from contacthub_orm.orm.mapping.constructors import make_constructor, make_when_used
from contacthub_orm.orm.mapping.declarations import by_key, refuse_constant, refuse_unmapped
from contacthub_orm.orm.mapping.domain.composites import Unit, composite, units_of
from contacthub_orm.orm.mapping.domain.own_names import OwnName, own_names
from contacthub_orm.orm.mapping.domain.synonyms import synonym
from contacthub_orm.orm.mapping.domain.validators import Validator, validators_of
from contacthub_orm.orm.mapping.object_state import ObjectState, object_state, root_of
from contacthub_orm.orm.mapping.ownership import owned
from contacthub_orm.orm.mapping.unknown_keys import refuse_unknown_in
from contacthub_orm.orm.wire.conversion import TOO_DEEP, UnsendableError, copied, dump
from contacthub_orm.orm.wire.documents import CONTAINERS, json_key
from contacthub_orm.orm.wire.partial import PartialDocument, is_partial, lacks, lacks_path
from contacthub_orm.orm.wire.types import shown
from contacthub_orm.suggestions import unknown_attribute

if TYPE_CHECKING:
    from contacthub_orm.orm.wire.documents import Document

__all__ = [
    "Mapped",
    "at_hand",
    "contents",
    "is_null",
    "is_nulled",
    "loaded_document",
    "new_object",
    "open_value",
    "render",
    "set_state",
]

M = TypeVar("M", bound="Mapped")

_LIBRARY: Final = "contacthub_orm."
"""FASTPATH: the library's own classes get their constructors, and their types are checked, when they are first used."""


@dataclass_transform(
    kw_only_default=True, eq_default=False, field_specifiers=(attr, embedded, synonym, composite)
)
class Mapped:
    """An object whose declared attributes are JSON fields."""

    if not TYPE_CHECKING:
        __slots__ = ("__dict__", "__weakref__", "_state")

    __attributes__: ClassVar[dict[str, Attribute]] = {}
    """Declared attributes by Python name, inherited ones included."""

    __keys__: ClassVar[dict[str, Attribute]] = {}
    """Declared attributes by JSON key."""

    __required__: ClassVar[Sequence[Attribute]] = ()
    """The declared attributes that a new object must have."""

    __read_only_keys__: ClassVar[frozenset[str]] = frozenset()
    """The JSON keys that only the service sets."""

    __own_routes__: ClassVar[Mapping[str, str]] = {}
    """The JSON keys of the lists whose elements have requests of their own, by Python name."""

    __own_names__: ClassVar[Mapping[str, OwnName]] = {}
    """Synonyms, composites and computed attributes."""

    __units__: ClassVar[Sequence[Unit]] = ()
    __validators__: ClassVar[Sequence[Validator]] = ()

    __open__: ClassVar[bool] = False
    """Whether undeclared names are attributes too."""

    if TYPE_CHECKING:

        @property
        def _state(self) -> ObjectState: ...

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        refuse_unmapped(cls, Mapped)
        found: dict[str, Attribute] = {}
        for base in reversed(cls.__mro__):
            found.update({name: value for name, value in vars(base).items() if isinstance(value, Attribute)})
        is_of_library = cls.__module__.startswith(_LIBRARY)
        if not is_of_library:
            for attribute in found.values():
                attribute.check(cls)
        cls.__attributes__ = found
        cls.__keys__ = by_key(cls, found)
        cls.__required__ = tuple(one for one in found.values() if one.required)
        cls.__read_only_keys__ = frozenset(key for key, one in cls.__keys__.items() if one.read_only)
        cls.__own_names__, cls.__validators__ = own_names(cls), validators_of(cls)
        cls.__units__ = units_of(cls.__own_names__)
        cls.__own_routes__ = {one.name: key for key, one in cls.__keys__.items() if one.own_routes}
        if found:
            cls.__open__ = False
            is_later = is_of_library and "__init__" not in vars(cls)
            (make_when_used if is_later else make_constructor)(cls, cls._fields)

    @classmethod
    def _fields(cls) -> dict[str, Any]:
        """The arguments of `__init__`."""
        declared = {name: attribute.field() for name, attribute in cls.__attributes__.items()}
        return cls._leading_fields() | declared | cls._further_fields()

    @classmethod
    def _leading_fields(cls) -> dict[str, Any]:
        """Arguments of `__init__` that are set before the JSON fields."""
        return {}

    @classmethod
    def _further_fields(cls) -> dict[str, Any]:
        """Arguments of `__init__` that are not JSON fields."""
        return {}

    def __attrs_pre_init__(self) -> None:
        set_state(self, ObjectState(None))

    @classmethod
    def _bound(cls: type[M], raw: Document | None, owner: Mapped | None = None) -> M:
        """Make an object over a document, without running `__init__`."""
        self, state = new_object(cls), new_object(ObjectState)  # FASTPATH: `__init__` would double the time
        state.baseline, state.embedded_in = raw, owner
        set_state(self, state)
        return self

    @classmethod
    def _adopted(cls: type[M], value: Any, owner: Mapped, key: str) -> M:
        """The embedded object for a value assigned to a key of `owner`: the value itself if it is free, else a copy."""
        if isinstance(value, cls) and value._is_free(owner):
            adopted = value
        elif value is None or (isinstance(value, Mapped) and is_null(value)):
            adopted = cls._bound(None)
            object_state(adopted).null = True
        elif isinstance(value, Mapped | Mapping):
            try:
                adopted = cls._made(value)
            except (UnsendableError, RecursionError):
                raise _too_deep(value, key) from None
        else:
            raise TypeError(
                f"{type(owner).__name__}.{key}: expected {cls.__name__}, a mapping or None, got {shown(value)}"
            )
        object_state(adopted).embedded_in = owner
        return adopted

    def _is_free(self, owner: Mapped) -> bool:
        """Whether the object can be embedded in `owner`: it is new, embedded nowhere, and does not contain `owner`."""
        return self._state.embedded_in is None and self._state.baseline is None and root_of(owner) is not self

    @classmethod
    def _made(cls: type[M], content: Any) -> M:
        """Make a new object with a copy of the content of a mapped object or a mapping, all of it written."""
        if not isinstance(content, Mapped | Mapping):
            raise TypeError(f"{cls.__name__} is made of an object, got {content!r}")
        self = cls._bound(None)
        for key, item in contents(content).items():
            self.__put__(key, copied(item))
        return self

    @classmethod
    def _held_in_list(cls, elements: list[Any], holder: Mapped, key: str) -> None:
        """Hook: called with the elements of a stored list, so that entities among them can learn their parent."""

    @classmethod
    def _element(cls: type[M], value: Any) -> M:
        """The list element for a value of the user's: an object of the class itself, or a new one with its content."""
        return value if isinstance(value, cls) else cls._made(value)

    def _listed(self: M, holder: Mapped) -> M:  # noqa: ARG002 - an entity looks at it
        """The object as an element of a list of `holder`: the object itself if it is free, else a copy."""
        state = self._state
        if state.listed or state.embedded_in is not None or state.baseline is not None:
            return type(self)._made(self)
        state.list()
        return self

    if not TYPE_CHECKING:  # a checker that saw these would let any name pass

        def __setattr__(self, name: str, value: Any) -> None:
            state = self._state
            if name in state.rewritable and value is not UNSET:  # FASTPATH
                state.values[name] = value
                return
            attribute = self.__attributes__.get(name)
            if attribute is None:
                self._set_undeclared(name, value)
                return
            if value is UNSET:
                if attribute.default is not UNSET and name not in state.dirty_names:
                    setattr(self, name, deepcopy(attribute.default))  # every object has its own
                    state.note_default(name)
                return
            if attribute.plain:
                self.__dict__[name] = value
                state.mark_scalar(self, name)
            else:
                if attribute.takes_keys:
                    refuse_unknown_in(self, attribute, value)
                self._accept(attribute, value)
                state.mark(self, name)

        def __delattr__(self, name: str) -> None:
            if name in self.__attributes__:
                setattr(self, name, None)
            else:
                self._delete_undeclared(name)

    def _accept(self, attribute: Attribute, value: Any) -> None:
        values, name = self.__dict__, attribute.name
        held = values.get(name)
        if held is value and value is not None:
            return
        if isinstance(held, Mapped):
            object_state(held).embedded_in = None
        if isinstance(attribute, Embedded) and _is_replaced_unknown(self, attribute.key, value):
            self._state.complete(self, attribute.key)  # the patch must null the old object's keys
        kept = values[name] = attribute.accept(self, value)
        if isinstance(kept, (*CONTAINERS, Mapped)):
            self._state.hand_out(self)

    def __put__(self, key: str, value: Any) -> None:
        """Write an item, and keep keys that are not declared: they are the service's, or were looked at before."""
        attribute = self.__keys__.get(key)
        if attribute is None or not attribute.takes_keys:
            self[key] = value
        else:
            self._accept(attribute, value)
            self._state.mark(self, attribute.name)

    def _set_undeclared(self, name: str, value: Any) -> None:
        if name.startswith("_") or hasattr(type(self), name):
            refuse_constant(type(self), name)
            object.__setattr__(self, name, value)
        elif self.__open__:
            self[name] = value
        else:
            refusal = unknown_attribute(type(self).__name__, name, self.__attributes__)
            raise AttributeError(f"{refusal}; a JSON field without declaration is set as an item, [{name!r}]")

    def _delete_undeclared(self, name: str) -> None:
        if not self.__open__ or name.startswith("_"):
            object.__delattr__(self, name)
            return
        try:
            del self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, key: str) -> Any:
        attribute = self.__keys__.get(key)
        if attribute is not None:
            return getattr(self, attribute.name)
        state = self._state
        if state.extras is None:
            state.extras = {}
        if key not in state.extras:
            if lacks(state.baseline, key):
                state.complete(self, key)
            if key in state.extras:  # it was held over an expiry, and reading the baseline has put it back
                return state.extras[key]
            if state.baseline is None or key not in state.baseline:
                if (name := json_key(key)) != key:
                    return self[name]
                raise KeyError(key)
            state.extras[key] = open_value(state.baseline[key], self)
            if isinstance(state.extras[key], list):
                state.hand_out(self)
        value = state.extras[key]
        if value is UNSET:
            raise KeyError(key)
        return value

    def __setitem__(self, key: str, value: Any) -> None:
        attribute = self.__keys__.get(key)
        if attribute is not None:
            setattr(self, attribute.name, value)
            return
        if type(key) is not str:
            key = json_key(key)
        state = self._state
        if state.extras is None:
            state.extras = {}
        held = state.extras.get(key)
        if isinstance(held, Mapped) and held is not value:
            object_state(held).embedded_in = None
        if held is not value or value is None:
            adopt = isinstance(value, Mapping | Mapped)
            if adopt and _is_replaced_unknown(self, key, value):
                state.complete(self, key)  # the patch must null the old object's keys
            if adopt:
                value = Embedded.open_target._adopted(value, self, key)
            elif isinstance(value, list):
                value = owned(value, self, held)
            state.extras[key] = value
            if adopt or isinstance(value, list):
                state.hand_out(self)
        state.mark(self, key)

    def __delitem__(self, key: str) -> None:
        attribute = self.__keys__.get(key)
        if attribute is not None:
            setattr(self, attribute.name, None)
            return
        held = self[key]
        if isinstance(held, Mapped):
            object_state(held).embedded_in = None
        state = self._state
        assert state.extras is not None
        state.extras[key] = UNSET
        state.mark(self, key)

    __iter__: Any = None  # with `__getitem__` alone, Python would iterate over the keys 0, 1, 2...

    def __contains__(self, key: object) -> bool:
        return key in loaded_document(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle or copy the object with all its values, embedded nowhere."""
        return _object_of_pickle, (type(self), copied(loaded_document(self)))

    def __load_paths__(self, paths: Iterable[Iterable[str]]) -> None:
        """Load the rest of a partially loaded entity if one of the paths was not loaded."""
        state = self._state
        if is_partial(state.baseline) and any(lacks_path(state.baseline, path) for path in paths):
            state.load_rest(self)

    def __json__(self) -> Document:
        """The wire document with the unsaved edits, after loading what a partial load left out."""
        return loaded_document(self)

    def __repr__(self) -> str:
        shown = (
            f"{key}={self._shown(key, value)!r}"
            for key, value in render(self).items()
            if value is not None and (key not in self.__keys__ or self.__keys__[key].repr)
        )
        return f"{type(self).__name__}({', '.join(shown)})"

    def _shown(self, key: str, value: Any) -> Any:
        """A value as `repr()` shows it: an embedded object as one of its class, which may hide values."""
        attribute = self.__keys__.get(key)
        if isinstance(attribute, Embedded) and isinstance(value, dict):
            return attribute.target._bound(value)
        return value


def _is_replaced_unknown(mapped: Mapped, key: str, value: Any) -> bool:
    """Whether an object replaces one that was not wholly loaded. Null can replace it without loading it."""
    raw = object_state(mapped).baseline
    return lacks(raw, key) or (value is not None and lacks_path(raw, (key,)))


new_object = object.__new__
set_state = Mapped._state.__set__  # type: ignore[attr-defined] # noqa: SLF001 - the slot, by its own module


def open_value(wire: Any, owner: Mapped | None = None) -> Any:
    """Convert an undeclared wire value: an object becomes a `Properties`, a list a copy."""
    if isinstance(wire, dict):
        return Embedded.open_target._bound(wire, owner)
    if isinstance(wire, list):
        return [
            Embedded.open_target._bound(item) if isinstance(item, dict) else copied(item) for item in wire
        ]
    return wire


def _whole(raw: Document) -> Document:
    """A copy to put values into, without the marks of a partial load."""
    if raw.__class__ is not PartialDocument:
        return dict(raw)
    return {key: _whole(value) if value.__class__ is PartialDocument else value for key, value in raw.items()}


def render(mapped: Mapped) -> Document:
    """Return the wire document of an object: the baseline with the values that were read and written put into it.

    An empty embedded object or list is left out if the service has none there.
    """
    state = object_state(mapped)
    document: Document = _whole(state.baseline) if state.baseline is not None else {}
    attributes = mapped.__attributes__
    for name, value in mapped.__dict__.items():
        attribute = attributes.get(name)
        if attribute is not None:
            value = None if is_nulled(state, name, value) else value
            _lay(document, attribute.key, value, attribute, written=name in state.dirty_names)
    for key, value in (state.extras or {}).items():
        if value is UNSET:
            document.pop(key, None)
        else:
            _lay(document, key, value, None, written=key in state.dirty_names)
    return document


def contents(value: Mapping[str, Any] | Mapped) -> Mapping[str, Any]:
    """Return the content of an object or a mapping, by JSON key; see `loaded_document`."""
    return loaded_document(value) if isinstance(value, Mapped) else value


def loaded_document(mapped: Mapped) -> Document:
    """The wire document of an object, after loading what a partial load left out.

    Raises:
        InvalidRequestError: if nobody can load it.
    """
    state = object_state(mapped)
    if is_partial(state.baseline):
        state.complete(mapped, "")
    return render(mapped)


def at_hand(mapped: Mapped, path: Iterable[str]) -> Any:
    """Return the value at a path of keys if it was read or written, otherwise None. Nothing is loaded for it."""
    found: Any = mapped
    for key in path:
        if not isinstance(found, Mapped):
            return None
        attribute = found.__keys__.get(key)
        found = (
            found.__dict__.get(attribute.name) if attribute else (object_state(found).extras or {}).get(key)
        )
    return found


def is_nulled(state: ObjectState, name: str, value: Any) -> bool:
    """Whether an empty list or dict represents a None that the user wrote."""
    return name in state.null_names and not value


def is_null(mapped: Mapped) -> bool:
    """Whether the object represents a None that the user wrote, and has no content since."""
    return object_state(mapped).null and not render(mapped)


def _lay(document: Document, key: str, value: Any, attribute: Attribute | None, *, written: bool) -> None:
    held = document.get(key)
    if isinstance(value, Mapped):
        try:
            content = render(value)
        except UnsendableError as error:
            raise error.inside(f".{key}") from None
        except RecursionError:
            raise _too_deep(value, key) from None
        if object_state(value).null and not content:  # `is_null`, without rendering twice
            document[key] = None
        elif written or content or isinstance(held, dict):
            document[key] = content
    elif written or isinstance(value, CONTAINERS):
        try:
            new = attribute.write(value, held) if isinstance(attribute, Attr) else dump(value)
        except UnsendableError as error:
            raise error.inside(f".{key}") from None
        if written or new or held is not None:
            document[key] = new


def _too_deep(value: Any, key: str) -> UnsendableError:
    return UnsendableError(value, TOO_DEEP).inside(f".{key}")


def _object_of_pickle(cls: type[M], document: Document) -> M:
    made = cls._bound(None)
    for key, value in document.items():
        made.__put__(key, value)
    return made
