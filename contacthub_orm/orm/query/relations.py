"""Relations from one entity to many, loaded when they are read: `author.books`, `book.chapters`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Never, NoReturn, Protocol, TypeVar, overload

from contacthub_orm.errors import InvalidRequestError, OperationNotPermitted
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.references import attach, link_name, referred_to
from contacthub_orm.orm.mapping.baseline import merge_baseline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.entity_state import EntityState
    from contacthub_orm.orm.query.query import Query
    from contacthub_orm.orm.wire.documents import Document

__all__ = [
    "Below",
    "Related",
    "RelatedView",
    "below",
    "related",
]

R = TypeVar("R", bound="Entity")


class Asker(Protocol):
    """What makes queries, such as a session."""

    def query(self, entity: type[R]) -> Query[R]:
        """A query for entities of a class."""
        ...


class Related(Generic[R]):
    """A relation to many entities of another resource, declared on a class by `related`."""

    name: str
    owner: type

    def __init__(self, target: Callable[[], type[R]], select: Callable[[Query[R], str], Query[R]]) -> None:
        self.target = target
        self.select = select

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner = owner
        self.name = name

    @overload
    def __get__(self, instance: None, owner: Any) -> Related[R]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> RelatedView[R]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        return self if instance is None else RelatedView(self, instance)

    def __set__(self, instance: object, value: Never) -> NoReturn:
        raise AttributeError(f"{self} is read-only: add what belongs to it to the session")

    def query(self, instance: Entity) -> Query[R]:
        """The query for the entities related to one.

        Raises:
            InvalidRequestError: if the entity is not saved, or neither a session nor a home is known that
                could be asked.
        """
        state = state_of(instance)
        if state.key is None:
            raise InvalidRequestError(f"{instance!r} is not saved, so {self.name} cannot be loaded")
        if state.owner is not None:
            return self.select_for(instance, state.owner.session)
        if state.home is None:
            raise InvalidRequestError(f"{instance!r}.{self.name} cannot be loaded: no session holds it")
        session: Any = state.home.lend()
        return self.select_for(instance, session).no_tracking()

    def select_for(self, instance: Entity, session: Asker) -> Query[R]:
        """The query of a session for the entities related to a saved one."""
        return self.select(session.query(self.target()), state_of(instance).known_key.id)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy a relation, as a part of a statement, by the name that it has on its class."""
        return getattr, (self.owner, self.name)

    def __str__(self) -> str:
        return f"{self.owner.__name__}.{self.name}"

    def __repr__(self) -> str:
        return f"<Related {self}>"


def related(target: Callable[[], type[R]], select: Callable[[Query[R], str], Query[R]]) -> Related[R]:
    """Declare a relation to many entities of another resource.

    Args:
        target: gives the related class; a function, since that class may be declared later.
        select: narrows a query for the related class to the entities of one owner, given the owner's id.
    """
    return Related(target, select)


class RelatedView(Generic[R]):
    """The entities related to one: iterate over them, take their `len()`, or narrow the `query` behind them.

    What is appended is added to the session with its owner. Nothing is taken out: delete a book with
    `session.delete(book)`.
    """

    __slots__ = ("_instance", "_relation")

    def __init__(self, relation: Related[R], instance: Entity) -> None:
        self._relation = relation
        self._instance = instance

    @property
    def query(self) -> Query[R]:
        """The query behind the view, to be narrowed further.

        Raises:
            InvalidRequestError: if the entity is not saved, or neither a session nor a home is known that
                could be asked.
        """
        return self._relation.query(self._instance)

    def append(self, entity: R) -> None:
        """Attach an entity: it refers to the owner, and is added to the session that the owner is in, or comes into.

        The service has it after the next flush, and the view when the service shows it.

        Raises:
            OperationNotPermitted: if the entity does not refer to what this is a relation of, or the owner saves itself
                without a session, which saves nothing else.
            InvalidRequestError: if the session of the owner cannot take it in.
        """
        owner, home = state_of(self._instance).owner, state_of(self._instance).home
        if owner is None and home is not None:
            raise OperationNotPermitted(
                f"{self._relation} is read-only, as {self._instance!r} is in no session: save {entity!r} by itself"
            )
        name = (
            link_name(type(entity), self._instance) if isinstance(entity, self._relation.target()) else None
        )
        if name is None:
            raise OperationNotPermitted(f"{self._relation}: {entity!r} is no entity that can be appended")
        if owner is not None:
            owner.session.add(entity)
        attach(entity, self._instance, name)

    def extend(self, entities: Iterable[R]) -> None:
        """Attach each entity; see `append`."""
        for entity in entities:
            self.append(entity)

    def all(self) -> list[R]:
        """The related entities: those that `selectinload` loaded, or those that the service gives now.

        Those of an entity that is not saved are the new ones that refer to it.

        Raises:
            InvalidRequestError: if `raiseload` forbids to load them, or `query` cannot be made.
        """
        from contacthub_orm.orm.query.default_criteria import admits  # here, since a declaration asks nothing

        if state_of(self._instance).key is None:
            return self._unsaved()
        loaded: Any = (state_of(self._instance).related or {}).get(self._relation.name)
        if loaded is not None:
            target = self._relation.target()
            return [one for one in loaded if not state_of(one).deleted and admits(target, one)]
        if self._relation.name in state_of(self._instance).raising:
            raise InvalidRequestError(
                f"{self._relation} was not loaded with the row, and raiseload forbids to load it now"
            )
        return self.query.all()

    def _unsaved(self) -> list[R]:
        state, target = state_of(self._instance), self._relation.target()
        pending = [] if state.owner is None else state.owner.session.new
        candidates = {id(one): one for one in [*pending, *(state.attached or {}).values()]}
        return [
            one
            for one in candidates.values()
            if isinstance(one, target) and any(root is self._instance for root in referred_to(one))
        ]

    def __iter__(self) -> Iterator[R]:
        return iter(self.all())

    def __len__(self) -> int:
        return len(self.all())

    def __getitem__(self, index: int) -> R:
        return self.all()[index]

    def __repr__(self) -> str:
        return f"<{self._relation} of {self._instance!r}>"

    if not TYPE_CHECKING:  # a checker sees no such methods; at run time the error says what to do instead

        def _refuse(self, *_, **__):
            raise OperationNotPermitted(
                f"{self._relation} is read-only but for append() and extend(): delete what belongs to it by session.delete()"
            )

        insert = remove = pop = clear = sort = reverse = _refuse
        __setitem__ = __delitem__ = __iadd__ = _refuse


class Below(Generic[R]):
    """The child entities of an entity, such as the chapters of a book, declared by `below`."""

    name: str
    owner: type

    def __init__(self, target: Callable[[], type[R]], documents: Callable[[Any], Iterable[Document]]) -> None:
        self.target = target
        self.documents = documents

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner = owner
        self.name = name

    @overload
    def __get__(self, instance: None, owner: Any) -> Below[R]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> tuple[R, ...]: ...
    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        state = state_of(instance)
        reader = state.reader() if state.key is not None else None
        if reader is None:
            raise InvalidRequestError(
                f"{instance!r}.{self.name} cannot be loaded: no session holds it as saved"
            )
        with reader as holder:
            rows = holder.load_below(self.target(), instance, self.documents(instance))
        return self._handed_out(state, rows) if holder.per_call else tuple(rows)

    def _handed_out(self, state: EntityState, rows: Iterable[R]) -> tuple[R, ...]:
        """Replace rows by the objects handed out for them before, which no identity map knows."""
        known = {state_of(one).key: one for one in (state.below or {}).get(self.name, ())}
        found = tuple(_one_object(known.get(state_of(row).key), row) for row in rows)
        state.hand_out_below(self.name, found)
        return found

    def __set__(self, instance: object, value: Never) -> NoReturn:
        raise AttributeError(
            f"{self.owner.__name__}.{self.name} is read-only: add what belongs to it to the session"
        )


def _one_object(known: Any, row: R) -> R:
    """The object that was handed out before, brought up to date under its changes.

    It is the row itself if there was none, or if that one is deleted or in a session by now.
    """
    if known is None or state_of(known).deleted or state_of(known).owner is not None:
        return row
    merge_baseline(known, state_of(row).baseline)
    found: R = known
    return found


def below(target: Callable[[], type[R]], documents: Callable[[Any], Iterable[Document]]) -> Below[R]:
    """Declare the child entities of an entity. The attribute is a tuple, since it is read-only.

    Args:
        target: gives the class of the children; a function, since that class may be declared later.
        documents: gives the documents of an entity's children: from its own document if that holds them, else
            from the service.
    """
    return Below(target, documents)
