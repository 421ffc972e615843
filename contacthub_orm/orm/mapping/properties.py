"""`Properties`: an object of JSON properties, with keys as attributes and items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, TypeVar

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.orm.mapping.attributes import UNSET, Embedded
from contacthub_orm.orm.mapping.mapped import Mapped, loaded_document
from contacthub_orm.orm.mapping.object_state import object_state
from contacthub_orm.orm.mapping.soft_methods import SoftClassMethod, SoftMethod
from contacthub_orm.orm.mapping.unknown_keys import Unknown, keeps, refuse_unknown_keys
from contacthub_orm.orm.wire.conversion import copied
from contacthub_orm.suggestions import unknown_attribute

if TYPE_CHECKING:
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Properties"]

P = TypeVar("P", bound="Properties")


class Properties(Mapped):
    """An object of JSON properties: keys are attributes and items.

    `Properties` itself takes any key (such as properties that users define): `Properties(key="value")`, `p.key`,
    `p["key"]`. A subclass declares its attributes and refuses other names, but keeps unknown fields of the service as
    items and sends them back.

    No method hides a JSON field: `dict(p)`, `len(p)`, `key in p` and iteration over the keys work, and a property named
    `to_dict` or `from_dict` hides the method of that name. `p.keys` alone is always the method, since `dict(p)` and
    `{**p}` call it; a property of that name is the item `p["keys"]`.
    """

    __slots__ = ()
    __open__ = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "keys" in cls.__attributes__:
            raise ConfigurationError(
                f"{cls.__name__}.keys would hide the method that dict() calls: give the attribute another name, with"
                " name='keys'"
            )

    def __init__(self, /, **properties: Any) -> None:
        self.__attrs_pre_init__()
        for key, value in properties.items():
            self[key] = value

    @SoftMethod
    def to_dict(self) -> Document:
        """Return the wire document with the unsaved edits, as a copy that the caller may change."""
        document: Document = copied(loaded_document(self))
        return document

    @SoftClassMethod
    def from_dict(
        cls,  # noqa: N805 - a class method
        attributes: Mapping[str, Any] | None = None,
        *,
        unknown: Unknown = "refuse",
    ) -> Any:
        """Make a new object with these properties.

        Args:
            attributes: the properties, by JSON key.
            unknown: what becomes of keys that the class does not declare: "refuse" or "keep".

        Raises:
            ArgumentError: if `unknown` is neither of the two.
            ValidationError: if a key is not declared, here or in an object inside, and is not to be kept.
        """
        if not keeps(unknown):
            refuse_unknown_keys(cls, attributes)  # type: ignore[arg-type]  # it is the class
        return cls._made(attributes or {})

    if not TYPE_CHECKING:  # as above; open objects are declared as Any

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            if name == "keys":
                return lambda: loaded_document(self).keys()
            if not self.__open__:
                refusal = unknown_attribute(type(self).__name__, name, self.__attributes__)
                raise AttributeError(str(refusal))
            try:
                return self[name]
            except KeyError:
                raise AttributeError(f"{type(self).__name__} has no property {name!r}") from None

    def _set_undeclared(self, name: str, value: Any) -> None:
        if self.__open__ and (name == "keys" or name.startswith("_")) and not hasattr(type(self), name):
            raise AttributeError(f"{name} is no property as an attribute: set it as an item, [{name!r}]")
        super()._set_undeclared(name, value)

    def __dir__(self) -> list[str]:
        """The names that may follow a dot, for completion: those of the class, and the keys at hand. Nothing is loaded."""
        keys = _keys_at_hand(self) if self.__open__ else ()
        return sorted({*super().__dir__(), *filter(_is_name, keys)})

    def __iter__(self) -> Iterator[str]:
        return iter(loaded_document(self))

    def __len__(self) -> int:
        return len(loaded_document(self))

    def __bool__(self) -> bool:
        return bool(loaded_document(self))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Properties):
            return loaded_document(self) == loaded_document(other)
        return loaded_document(self) == other if isinstance(other, Mapping) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self: P) -> P:
        """Make a new object with the same content, embedded nowhere."""
        return type(self)._made(self)

    def __deepcopy__(self: P, _memo: dict[int, Any]) -> P:
        return self.__copy__()


def _keys_at_hand(mapped: Mapped) -> list[str]:
    """The keys that an object has, as far as they were loaded or written. Nothing is loaded for it."""
    state = object_state(mapped)
    held = (state.baseline or {}) if state.known else (state.held_over or {})
    extras = state.extras or {}
    return [key for key in {**held, **extras} if extras.get(key) is not UNSET]


def _is_name(key: Any) -> bool:
    """Whether a key can be read as an attribute."""
    return isinstance(key, str) and key.isidentifier() and not (iskeyword(key) or key.startswith("_"))


Embedded.open_target = Properties
