"""`Mapped`: an object over a wire document, the common base of entities and embedded objects; `Properties`.

The decoded document is the baseline and is never mutated. What was read or written sits converted in the instance's
`__dict__`; `ObjectState` says which of it was written. Bookkeeping is one slot, `_state`, so that no JSON key can
get in its way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

import attrs

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.orm.criteria.expressions import unknown_attribute
from contacthub_orm.orm.mapping.attributes import UNSET, Attr, Attribute, Embedded, attr, copied, embedded
from contacthub_orm.orm.mapping.object_state import ObjectState, object_state, root_of
from contacthub_orm.orm.mapping.soft_methods import SoftClassMethod, SoftMethod
from contacthub_orm.orm.wire.conversion import converter, dump
from contacthub_orm.orm.wire.partial import PartialDocument, is_partial, lacks, lacks_path

if TYPE_CHECKING:
    from contacthub_orm.orm.wire.documents import Document

__all__ = [
    "Mapped",
    "Properties",
    "at_hand",
    "contents",
    "is_null",
    "new_object",
    "open_value",
    "render",
    "set_state",
]

M = TypeVar("M", bound="Mapped")
P = TypeVar("P", bound="Properties")


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(attr, embedded))
class Mapped:
    """An object whose declared attributes are JSON fields."""

    if not TYPE_CHECKING:
        __slots__ = ("__dict__", "__weakref__", "_state")

    __attributes__: ClassVar[dict[str, Attribute]] = {}
    """Declared attributes by Python name, inherited ones included."""

    __keys__: ClassVar[dict[str, Attribute]] = {}
    """Declared attributes by JSON key."""

    __read_only_keys__: ClassVar[frozenset[str]] = frozenset()
    """The JSON keys that only the service sets."""

    __open__: ClassVar[bool] = False
    """Whether undeclared names are attributes too."""

    if TYPE_CHECKING:

        @property
        def _state(self) -> ObjectState: ...

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        found: dict[str, Attribute] = {}
        for base in reversed(cls.__mro__):
            found.update({name: value for name, value in vars(base).items() if isinstance(value, Attribute)})
        cls.__attributes__ = found
        cls.__keys__ = _by_key(cls, found)
        cls.__read_only_keys__ = frozenset(key for key, one in cls.__keys__.items() if one.read_only)
        if found:
            cls.__open__ = False
            declared = {name: attribute.field() for name, attribute in found.items()}
            fields = cls._leading_fields() | declared | cls._further_fields()
            attrs.define(
                cls,
                these=fields,
                slots=False,
                eq=False,
                repr=False,
                on_setattr=attrs.setters.NO_OP,
            )

    @classmethod
    def _leading_fields(cls) -> dict[str, Any]:
        """Arguments of `__init__` that are set before the JSON fields."""
        return {}

    @classmethod
    def _further_fields(cls) -> dict[str, Any]:
        """Arguments of `__init__` that are no JSON fields themselves."""
        return {}

    def __attrs_pre_init__(self) -> None:
        set_state(self, ObjectState(None))

    @classmethod
    def _bound(cls: type[M], raw: Document | None, owner: Mapped | None = None) -> M:
        """An object over a document, without running `__init__`."""
        self = new_object(cls)
        set_state(self, ObjectState(raw, owner))
        return self

    @classmethod
    def _adopted(cls: type[M], value: Any, owner: Mapped, key: str) -> M:
        """The object that takes its place at a key of `owner`: the value itself where it is free, else a copy of it."""
        if isinstance(value, cls) and value._is_free(owner):
            adopted = value
        elif value is None or (isinstance(value, Mapped) and is_null(value)):
            adopted = cls._bound(None)
            object_state(adopted).null = True
        elif isinstance(value, Mapped | Mapping):
            adopted = cls._made(value)
        else:
            raise TypeError(
                f"{type(owner).__name__}.{key}: expected {cls.__name__}, a mapping or None, got {value!r}"
            )
        object_state(adopted).embedded_in = owner
        return adopted

    def _is_free(self, owner: Mapped) -> bool:
        """Whether the object is new, nobody's, and not the one that `owner` itself stands in."""
        return self._state.embedded_in is None and self._state.baseline is None and root_of(owner) is not self

    @classmethod
    def _made(cls: type[M], content: Any) -> M:
        """A new object with a copy of everything in `content`, a mapped object or a mapping, written to it."""
        if not isinstance(content, Mapped | Mapping):
            raise TypeError(f"{cls.__name__} is made of an object, got {content!r}")
        self = cls._bound(None)
        for key, item in contents(content).items():
            self[key] = copied(item)
        return self

    @classmethod
    def _held_in_list(cls, elements: list[Any], holder: Mapped, key: str) -> None:
        """Hook: called with the elements of a stored list, so that entities among them can learn their parent."""

    @classmethod
    def _element(cls: type[M], value: Any) -> M:
        """The list element that a value of the user's stands for: an object of the class as it is, else a new one."""
        return value if isinstance(value, cls) else cls._made(value)

    if not TYPE_CHECKING:  # a checker that saw these would let any name pass

        def __setattr__(self, name: str, value: Any) -> None:
            attribute = self.__attributes__.get(name)
            if attribute is None:
                self._set_undeclared(name, value)
                return
            if value is UNSET:
                return
            values = self.__dict__
            if attribute.plain:
                values[name] = value
            else:
                held = values.get(name)
                if held is not value or value is None:
                    if isinstance(held, Mapped):
                        object_state(held).embedded_in = None
                    if isinstance(attribute, Embedded) and _is_replaced_unknown(self, attribute.key, value):
                        self._state.complete(self, attribute.key)  # what is replaced must be known
                    kept = values[name] = attribute.accept(self, value)
                    if isinstance(kept, (list, dict, Mapped)):
                        self._state.hand_out(self)
            # FASTPATH: what is marked has told its root already (`tracking.unmark` keeps it so).
            if name not in self._state.dirty_names:
                self._state.mark(self, name)

        def __delattr__(self, name: str) -> None:
            if name in self.__attributes__:
                setattr(self, name, None)
            else:
                self._delete_undeclared(name)

    def _set_undeclared(self, name: str, value: Any) -> None:
        if name.startswith("_") or hasattr(type(self), name):
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
            if state.baseline is None or key not in state.baseline:
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
        state = self._state
        if state.extras is None:
            state.extras = {}
        held = state.extras.get(key)
        if isinstance(held, Mapped) and held is not value:
            object_state(held).embedded_in = None
        if held is not value or value is None:
            adopt = isinstance(value, Mapping | Mapped)
            if adopt and _is_replaced_unknown(self, key, value):
                state.complete(self, key)  # what is replaced must be known
            state.extras[key] = Properties._adopted(value, self, key) if adopt else value
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

    __iter__: Any = None  # items can be read by key, which alone would make Python count through them

    def __contains__(self, key: object) -> bool:
        return key in _loaded(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled or copied it is an object of its own, with all values, below no other."""
        return _made_again, (type(self), copied(render(self)))

    def __load_paths__(self, paths: Iterable[Iterable[str]]) -> None:
        """Load the rest of a partially loaded entity if one of the paths was not loaded."""
        state = self._state
        if is_partial(state.baseline) and any(lacks_path(state.baseline, path) for path in paths):
            state.load_rest(self)

    def __json__(self) -> Document:
        """The wire document as it stands, unsaved edits included."""
        return render(self)

    def __repr__(self) -> str:
        shown = (
            f"{key}={self._shown(key, value)!r}"
            for key, value in render(self).items()
            if value is not None and (key not in self.__keys__ or self.__keys__[key].repr)
        )
        return f"{type(self).__name__}({', '.join(shown)})"

    def _shown(self, key: str, value: Any) -> Any:
        """An object is shown by its declared class, which knows what to hide."""
        attribute = self.__keys__.get(key)
        if isinstance(attribute, Embedded) and isinstance(value, dict):
            return attribute.target._bound(value)
        return value


def _by_key(cls: type, attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    for name, attribute in attributes.items():
        held = found.setdefault(attribute.key, attribute)
        if held is not attribute:
            raise ConfigurationError(
                f"{cls.__name__}.{name} and {held.name} are both declared for the key {attribute.key!r}"
            )
    return found


def _is_replaced_unknown(mapped: Mapped, key: str, value: Any) -> bool:
    """Whether an object is put in place of one of which not all is known; null takes the place of whatever is there."""
    raw = object_state(mapped).baseline
    return lacks(raw, key) or (value is not None and lacks_path(raw, (key,)))


new_object = object.__new__
set_state = Mapped._state.__set__  # type: ignore[attr-defined]


class Properties(Mapped):
    """An object of JSON properties: keys are attributes and items.

    Used as it is, any key goes (`extended`, an event's properties): `Properties(key="value")`, `p.key`, `p["key"]`.
    A subclass declares its attributes and refuses other names, but keeps and sends back unknown fields of the
    service, which stay reachable as items. No JSON field is hidden by a method: `dict(p)`, `len(p)`, `key in p` and iteration
    over the keys serve, and `to_dict` and `from_dict` give way to a property of their name.
    """

    __slots__ = ()
    __open__ = True

    def __init__(self, /, **properties: Any) -> None:
        self.__attrs_pre_init__()
        for key, value in properties.items():
            self[key] = value

    @SoftMethod
    def to_dict(self) -> Document:
        """The wire document as it stands; a copy, yours to change."""
        document: Document = copied(_loaded(self))
        return document

    @SoftClassMethod
    def from_dict(cls, attributes: Mapping[str, Any] | None = None) -> Any:  # noqa: N805 - a class method
        """A new object with these properties."""
        return cls._made(attributes or {})

    if not TYPE_CHECKING:  # as above; what is open is typed Any where it is declared

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            if name == "keys" and not (self.__open__ and "keys" in self):
                return lambda: _loaded(self).keys()
            if not self.__open__:
                refusal = unknown_attribute(type(self).__name__, name, self.__attributes__)
                raise AttributeError(str(refusal))
            try:
                return self[name]
            except KeyError:
                raise AttributeError(f"{type(self).__name__} has no property {name!r}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(_loaded(self))

    def __len__(self) -> int:
        return len(_loaded(self))

    def __bool__(self) -> bool:
        return bool(_loaded(self))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Properties):
            return _loaded(self) == _loaded(other)
        return _loaded(self) == other if isinstance(other, Mapping) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self: P) -> P:
        """A new object with the same content, embedded nowhere."""
        return type(self)._made(self)

    def __deepcopy__(self: P, _memo: dict[int, Any]) -> P:
        return self.__copy__()


Embedded.open_target = Properties


def open_value(wire: Any, owner: Mapped | None = None) -> Any:
    """What an undeclared wire value is handed out as: objects as Properties, lists as copies."""
    if isinstance(wire, dict):
        return Properties._bound(wire, owner)
    if isinstance(wire, list):
        return [Properties._bound(item) if isinstance(item, dict) else copied(item) for item in wire]
    return wire


def _whole(raw: Document) -> Document:
    """A copy to lay values over; what a partial load left out stays out."""
    if raw.__class__ is not PartialDocument:
        return dict(raw)
    return {key: _whole(value) if value.__class__ is PartialDocument else value for key, value in raw.items()}


def render(mapped: Mapped) -> Document:
    """The wire document of an object as it stands: the baseline with what was read and written laid over it.

    An embedded object or a list that is empty where the service has none stays as the service has it.
    """
    state = object_state(mapped)
    document: Document = _whole(state.baseline) if state.baseline is not None else {}
    attributes = mapped.__attributes__
    for name, value in mapped.__dict__.items():
        attribute = attributes.get(name)
        if attribute is not None:
            _lay(document, attribute.key, value, attribute, written=name in state.dirty_names)
    for key, value in (state.extras or {}).items():
        if value is UNSET:
            document.pop(key, None)
        else:
            _lay(document, key, value, None, written=key in state.dirty_names)
    return document


def contents(value: Mapping[str, Any] | Mapped) -> Mapping[str, Any]:
    """What an object or a mapping holds, by JSON key."""
    return render(value) if isinstance(value, Mapped) else value


def at_hand(mapped: Mapped, path: Iterable[str]) -> Any:
    """What stands at a path of keys as far as it was read or written, else None: nothing is loaded for it."""
    found: Any = mapped
    for key in path:
        if not isinstance(found, Mapped):
            return None
        attribute = found.__keys__.get(key)
        found = (
            found.__dict__.get(attribute.name) if attribute else (object_state(found).extras or {}).get(key)
        )
    return found


def is_null(mapped: Mapped) -> bool:
    """Whether the object stands for a None that the user wrote; content, such as a list filled since, ends that."""
    return object_state(mapped).null and not render(mapped)


def _lay(document: Document, key: str, value: Any, attribute: Attribute | None, *, written: bool) -> None:
    held = document.get(key)
    if isinstance(value, Mapped):
        content = render(value)
        if object_state(value).null and not content:  # `is_null`, without rendering twice
            document[key] = None
        elif written or content or isinstance(held, dict):
            document[key] = content
    elif written or isinstance(value, list | dict):
        new = attribute.write(value, held) if isinstance(attribute, Attr) else dump(value)
        if written or new or held is not None:
            document[key] = new


def _made_again(cls: type[M], document: Document) -> M:
    made = cls._bound(None)
    for key, value in document.items():
        made[key] = value
    return made


def _loaded(mapped: Mapped) -> Document:
    """The wire document of an object, with what a partial load left out of it."""
    state = object_state(mapped)
    if is_partial(state.baseline):
        state.complete(mapped, "")
    return render(mapped)


def _structure(value: Any, cls: type[M]) -> M:
    """A list's element over the wire document."""
    if not isinstance(value, dict):
        raise TypeError(f"{cls.__name__} is made of an object, got {value!r}")
    return cls._bound(value)


converter.register_structure_hook_func(
    lambda cls: isinstance(cls, type) and issubclass(cls, Mapped), _structure
)
