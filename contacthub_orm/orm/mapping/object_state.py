"""`ObjectState`: the bookkeeping of one mapped object."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from contacthub_orm.orm.mapping.mapped import Mapped
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["ObjectState", "become", "object_state", "place_of", "root_of"]


if TYPE_CHECKING:

    def object_state(mapped: Mapped) -> ObjectState:
        """The bookkeeping of an object."""
        ...

else:
    object_state: Callable[[Any], ObjectState] = attrgetter("_state")


def root_of(mapped: Mapped) -> Mapped:
    """Return the outermost object: the one that contains the object at whatever depth, or the object itself."""
    while (above := object_state(mapped).embedded_in) is not None:
        mapped = above
    return mapped


def place_of(mapped: Mapped) -> str:
    """Where an object is, for messages: `Book.publisher.city`. An element of a list is named by its class."""
    above = object_state(mapped).embedded_in
    if above is None:
        return type(mapped).__name__
    held = {**(object_state(above).extras or {}), **vars(above)}
    name = next((name for name, value in held.items() if value is mapped), type(mapped).__name__)
    attribute = above.__attributes__.get(name)
    return f"{place_of(above)}.{name if attribute is None else attribute.key}"


class ObjectState:
    """Bookkeeping of one mapped object.

    Values that most objects never need are defaults of the class, so that loading an object sets few attributes.
    """

    baseline: Document | None
    """The document that the service last sent, or None if the service does not have this object. Never mutated."""

    embedded_in: Mapped | None = None
    """The object that this one is embedded in."""

    dirty_names: AbstractSet[str] = frozenset()
    """The names of declared attributes, and the keys of undeclared ones, that the user wrote."""

    default_names: frozenset[str] = frozenset()
    """The names in `dirty_names` that hold the default of the class, since the constructor was not passed them."""

    rewritable: AbstractSet[str] = frozenset()
    """The names in `dirty_names` of scalars that no rule looks at when they are written. The next write of one only replaces
    its value, since the root was told (`baseline.unmark` keeps it so)."""

    values: dict[str, Any]
    """The object's `__dict__`, once a name is rewritable. FASTPATH: a class with `__getattr__` is slow to find its own."""

    extras: dict[str, Any] | None = None
    """Undeclared values, read or written, by key."""

    null: bool = False
    """Whether the object represents a None that the user wrote."""

    null_names: frozenset[str] = frozenset()
    """The names of lists and dicts to which the user assigned None. They read as empty, and null is sent."""

    held_over: dict[str, tuple[Any, Any]] | None = None
    """Lists and dicts that a caller may still hold since before the entity expired, with their wire values, by key."""

    listed: bool = False
    """Whether the object was assigned as an element of a list, so that another list gets a copy."""

    def __init__(self, baseline: Document | None, embedded_in: Mapped | None = None) -> None:
        self.baseline = baseline
        if embedded_in is not None:
            self.embedded_in = embedded_in

    @property
    def known(self) -> bool:
        """Whether the baseline is at hand, so that reading it loads nothing."""
        return "baseline" in self.__dict__

    def forget_baseline(self) -> None:
        """Drop the baseline, so that the next access loads the entity."""
        self.__dict__.pop("baseline", None)
        become(self, UnreadState)

    def hold_baseline(self, document: Document | None) -> None:
        """Have a baseline again."""
        self.baseline = document

    def hold_over(self, held: dict[str, tuple[Any, Any]]) -> None:
        """Keep lists and dicts aside until there is a baseline again."""
        if held or self.held_over is not None:
            self.held_over = held or None

    def complete(self, mapped: Mapped, key: str) -> Any:
        """Load what a partial load left out, and return the wire value of `key`.

        Raises:
            InvalidRequestError: if the object is not part of an entity, or the entity cannot be loaded.
        """
        root = root_of(mapped)
        object_state(root).load_rest(root)
        return self.baseline.get(key) if self.baseline is not None else None

    def load_rest(self, mapped: Mapped) -> None:
        """Load the whole document of the root.

        Raises:
            InvalidRequestError: if the root is not an entity, or nobody can load it.
        """
        raise InvalidRequestError(
            f"{type(mapped).__name__} is not part of an entity, so the rest of it cannot be loaded"
        )

    def mark(self, mapped: Mapped, name: str) -> None:
        """Note that `name` was written, and tell the root."""
        self._forget_default(name)
        self.dirty_names = _with(self.dirty_names, name)
        self.touch(mapped)

    def mark_scalar(self, mapped: Mapped, name: str) -> None:
        """As `mark`, for a scalar without rules for what is written."""
        self.mark(mapped, name)
        self.rewritable, self.values = _with(self.rewritable, name), mapped.__dict__

    def note_default(self, name: str) -> None:
        """Note that a name in `dirty_names` holds the default of the class."""
        self.default_names |= {name}
        self.rewritable = frozenset()

    def _forget_default(self, name: str) -> None:
        if self.default_names:
            self.default_names -= {name}

    def unmark(self, name: str) -> None:
        """Note that the value of `name` is the baseline's."""
        if isinstance(self.dirty_names, set):
            self.dirty_names.discard(name)
        self.rewritable = frozenset()
        self.note_null(name, null=False)
        self._forget_default(name)

    def list(self) -> None:
        """Note that the object is an element of a list."""
        self.listed = True

    def note_null(self, name: str, *, null: bool) -> None:
        """Note whether the user assigned None to a list or dict."""
        if null:
            self.null_names |= {name}
        elif self.null_names:
            self.null_names -= {name}

    def unmark_all(self) -> None:
        """Note that all values are the baseline's."""
        self.dirty_names = self.rewritable = self.null_names = self.default_names = frozenset()
        self.null = False

    def touch(self, _mapped: Mapped) -> None:
        """Tell the root that something below it was written."""
        self.null = False
        if self.embedded_in is not None:
            object_state(self.embedded_in).touch(self.embedded_in)

    def reverted(self) -> None:
        """Hook: called when the edits are undone, to undo other changes with them."""

    def hand_out(self, _mapped: Mapped) -> None:
        """Tell the root that a container was handed out, which a flush must compare."""
        if self.embedded_in is not None:
            object_state(self.embedded_in).hand_out(self.embedded_in)


class UnreadState(ObjectState):
    """Bookkeeping of an object below an expired entity.

    FASTPATH: it is a class of its own, since Python looks up every attribute in the slow way if a class has `__getattr__`.
    """

    def __getattr__(self, name: str) -> Any:
        # Only the baseline is ever missing. Reading that of the object above loads the entity, which sets this one too.
        if name != "baseline" or self.embedded_in is None:
            raise AttributeError(name)
        object_state(self.embedded_in).baseline  # noqa: B018 - loads
        return self.__dict__["baseline"]

    def hold_baseline(self, document: Document | None) -> None:
        """Have a baseline again."""
        become(self, ObjectState)
        self.baseline = document


def become(state: Any, kind: type[ObjectState]) -> None:
    """Have a bookkeeping be of another class with the same attributes."""
    state.__class__ = kind


def _with(names: AbstractSet[str], name: str) -> AbstractSet[str]:
    """A set with one more name: the set itself, unless it is the empty default of the class."""
    if not isinstance(names, set):
        return {name}
    names.add(name)
    return names
