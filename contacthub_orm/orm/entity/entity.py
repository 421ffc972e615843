"""`Entity`: a mapped object with an identity of its own."""

from __future__ import annotations

from copy import deepcopy
from itertools import repeat
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, dataclass_transform

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.constructor_fields import bound, leading_fields, template
from contacthub_orm.orm.entity.entity_state import EntityState, state_of
from contacthub_orm.orm.entity.references import Parent, Reference, parent, reference
from contacthub_orm.orm.entity.resource import Key, Resource, joined_identity
from contacthub_orm.orm.mapping.attributes import attr, embedded
from contacthub_orm.orm.mapping.baseline import apply_edits
from contacthub_orm.orm.mapping.changes import changes
from contacthub_orm.orm.mapping.domain.composites import composite
from contacthub_orm.orm.mapping.domain.synonyms import synonym
from contacthub_orm.orm.mapping.mapped import Mapped, at_hand, new_object, render, set_state
from contacthub_orm.orm.mapping.object_state import root_of
from contacthub_orm.orm.wire.conversion import copied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from contacthub_orm.errors import Violation
    from contacthub_orm.orm.criteria.criteria import Criterion
    from contacthub_orm.orm.entity.domain_event import Recorded
    from contacthub_orm.orm.entity.sent_at import SentAt
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Entity", "restored"]

E = TypeVar("E", bound="Entity")


@dataclass_transform(
    kw_only_default=True,
    eq_default=False,
    field_specifiers=(attr, embedded, synonym, composite, reference, parent, bound, template),
)
class Entity(Mapped):
    """An object with an identity: `class Book(Entity, resource=Resource("books"))`.

    A new entity is transient until it is added to a session. Entities compare by identity, as plain objects do.
    """

    __slots__ = ()

    __resource__: ClassVar[Resource]
    __references__: ClassVar[tuple[Reference[Any], ...]] = ()
    __parent__: ClassVar[Parent[Any] | None] = None

    __criteria__: ClassVar[Criterion | Callable[[Any], Criterion] | None] = None
    """What holds of all entities of a class wherever they are read, or a function that makes it for the class."""

    __default_criteria__: ClassVar[tuple[Criterion | Callable[[Any], Criterion], ...]] = ()
    """Those of the class and its bases."""

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
        criteria = (vars(base).get("__criteria__") for base in reversed(cls.__mro__))
        cls.__default_criteria__ = tuple(one for one in criteria if one is not None)
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
        set_state(self, EntityState(None))

    @classmethod
    def _bound(cls: type[E], raw: Document | None, owner: Mapped | None = None) -> E:  # noqa: ARG003
        self = new_object(cls)
        set_state(self, EntityState(raw))
        return self

    @classmethod
    def _class_for(cls: type[E], document: Document) -> type[E]:  # noqa: ARG003 - a polymorphic class looks at it
        """The class that a document of this resource is loaded as."""
        return cls

    @classmethod
    def _classes_for(cls: type[E], documents: Sequence[Document]) -> Iterable[type[E]]:
        """The classes that documents are loaded as. FASTPATH: without a call for each, if there is but one."""
        return repeat(cls, len(documents))

    @classmethod
    def _own_criterion(cls) -> Criterion:
        """The criterion that tells this class from the rest of its resource; every query of the class has it."""
        from contacthub_orm.orm.criteria.criteria import ALWAYS  # here, since a declaration asks nothing

        return ALWAYS

    def _key_in(self, document: Document) -> Key:
        """The key of this entity according to a document of the service: its id, joined to its parent's."""
        own = self.__resource__.id_in(document)
        parent = self._state.parent
        identity = own if parent is None else joined_identity(state_of(parent).known_key.id, own)
        return Key(self.__resource__.name, identity)

    @classmethod
    def _held_in_list(cls, elements: list[Any], holder: Mapped, key: str) -> None:
        """Give list elements their identity below the entity that holds the list, so that their verbs work."""
        root, declared = root_of(holder), cls.__parent__
        if declared is None or not isinstance(root, Entity) or root.__resource__.name != declared.target:
            return
        if declared.path[-1:] == (key,) and at_hand(root, declared.path[:-1]) is holder:
            for index, element in enumerate(elements):
                if isinstance(element, cls):  # a malformed element was left as it is
                    elements[index] = element._below(root)

    def _listed(self: E, holder: Mapped) -> E:
        if self._state.parent is root_of(holder):
            return self
        return super()._listed(holder)

    def _below(self: E, above: Entity) -> E:
        """The entity as an element of `above`: this object, or a copy of it if it lives below another entity."""
        element, own = self, (self._state.baseline or {}).get(self.__resource__.id_key)
        if self._state.parent is not None and self._state.parent is not above:
            element = type(self)._bound(self._state.baseline)
        state, identity = state_of(element), state_of(above).identity
        if state.owner is None and identity is not None and own is not None:
            state.become_element(above, Key(self.__resource__.name, joined_identity(identity, str(own))))
        return element

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle or copy the entity as a detached one, with its baseline and its unsaved changes.

        The copy stands for the same entity. So a write whose outcome is unknown goes with it, and is looked up before the
        copy is saved; `make_transient` makes the copy an entity of its own. Recorded events go with it under their ids.
        """
        state = self._state
        edits = render(self) if state.key is None else changes(self)
        links = (state.references, state.parent)
        made = (type(self), state.key, deepcopy(state.baseline), copied(edits), *links)
        if state.sent_before is None and not state.recorded:
            return restored, made
        write = None if state.in_doubt is None else state.in_doubt.without_entity()
        return restored, (*made, (state.sent_before, write), state.recorded)

    def record(self, event: object) -> None:
        """Record a domain event: something that happened to the entity, and that others shall learn of once it is saved.

        The session hands it over when the operation of the entity is done (see `Session.on_commit`). What is recorded
        should not be changed afterwards.

        Args:
            event: any object but None. For a session with a journal it must have a JSON form, as an attrs class, a
                dataclass or a dict of such values has.

        Raises:
            InvalidRequestError: if the entity was deleted before, or the event is None or has no JSON form and the
                entity's session has a journal.
        """
        from contacthub_orm.orm.entity.domain_event import Recorded  # few programs use it

        if event is None:
            raise InvalidRequestError("a domain event is an object, got None")
        state = self._state
        if state.deleted and state.owner is None:
            raise InvalidRequestError(f"{self!r} was deleted, so nothing will save what it records")
        recorded = Recorded(event)
        if state.owner is not None:
            state.owner.note_recorded(self, recorded)
        state.record(recorded)

    def to_dict(self) -> Document:
        """Return the wire document with the unsaved edits, as a copy that the caller may change."""
        document: Document = copied(render(self))
        return document

    def _violations(self) -> Iterable[Violation]:
        """The violated rules between attributes. A subclass adds its own rules."""
        return ()

    def _violations_of_body(self, body: Document) -> Iterable[Violation]:  # noqa: ARG002 - for subclasses
        """The rules that the body breaks which saves the entity, as `_violations`. The body is empty if nothing has changed."""
        return ()

    def __repr__(self) -> str:
        key = self._state.key
        return f"<{type(self).__name__} {'transient' if key is None else key.id}>"


def restored(  # noqa: PLR0913, PLR0917 - the state that pickling hands over, by place
    cls: type[E],
    key: Key | None,
    raw: Document | None,
    edits: Document,
    references: dict[str, Entity] | None,
    parent: Entity | None,
    doubt: tuple[SentAt | None, Any] | None = None,
    recorded: tuple[Recorded, ...] = (),
) -> E:
    """Make an entity in no session, as pickling and exported changes hand it over.

    Args:
        cls: its class.
        key: its identity, or None if it is new.
        raw: its baseline.
        edits: its unsaved changes, or its whole document if it is new.
        references: the entities that it refers to, by the JSON key of their ids.
        parent: the entity below which it lives.
        doubt: since when a write of it is in doubt, and that write.
        recorded: its domain events that nobody was handed yet.
    """
    made = cls._bound(raw)
    state = state_of(made)
    if key is not None:
        state.identify(key)
    state.restore_references(references)
    state.live_below(parent)
    apply_edits(made, edits)
    if doubt is not None:
        sent_before, write = doubt
        state.keep_recorded(recorded)
        state.fall_in_doubt(sent_before, None if write is None else write.of_entity(made))
    return made
