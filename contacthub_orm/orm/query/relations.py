"""Relations from one entity to many: `customer.events`, a read-only view that loads when it is iterated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Generic, Never, NoReturn, TypeVar, overload

from contacthub_orm.errors import InvalidRequestError, OperationNotPermitted
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.baseline import merge_baseline

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.entity_state import EntityState
    from contacthub_orm.orm.query.query import Query
    from contacthub_orm.orm.session.session import Session
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Below", "Related", "RelatedView", "below", "related"]

R = TypeVar("R", bound="Entity")


class Related(Generic[R]):
    """Declares a relation: `target` names the related class, `select` narrows a query for it to one owner's."""

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
        """The query for the entities related to one. Raises InvalidRequestError where none can be asked."""
        state = state_of(instance)
        if state.key is None:
            raise InvalidRequestError(f"{instance!r} is not saved, so {self.name} cannot be loaded")
        if state.owner is not None:
            return self.select_for(instance, state.owner.session)
        if state.home is None:
            raise InvalidRequestError(f"{instance!r}.{self.name} cannot be loaded: no session holds it")
        session: Any = state.home.lend()
        return self.select_for(instance, session).no_tracking()

    def select_for(self, instance: Entity, session: Session) -> Query[R]:
        """The query of a session for the entities related to a saved one."""
        key = state_of(instance).key
        assert key is not None
        return self.select(session.query(self.target()), key[1])

    def __str__(self) -> str:
        return f"{self.owner.__name__}.{self.name}"

    def __repr__(self) -> str:
        return f"<Related {self}>"


def related(target: Callable[[], type[R]], select: Callable[[Query[R], str], Query[R]]) -> Related[R]:
    """Declare a relation to many entities of another resource."""
    return Related(target, select)


class RelatedView(Generic[R]):
    """The entities related to one: iterate it, count it, or go on asking with `query`.

    It is read-only, as a relation of the service is: add an event with `session.add(Event(customer=...))`.
    """

    __slots__ = ("_instance", "_relation")

    def __init__(self, relation: Related[R], instance: Entity) -> None:
        self._relation = relation
        self._instance = instance

    @property
    def query(self) -> Query[R]:
        """The query behind it, to be narrowed further."""
        return self._relation.query(self._instance)

    def all(self) -> list[R]:
        """The related entities: those that `selectinload` brought, else asked for now."""
        loaded: Any = (state_of(self._instance).related or {}).get(self._relation.name)
        if loaded is not None:
            return [one for one in loaded if not state_of(one).deleted]
        if self._relation.name in state_of(self._instance).raising:
            raise InvalidRequestError(
                f"{self._relation} was not loaded with the row, and raiseload forbids to load it now"
            )
        return self.query.all()

    def __iter__(self) -> Iterator[R]:
        return iter(self.all())

    def __len__(self) -> int:
        return len(self.all())

    def __getitem__(self, index: int) -> R:
        return self.all()[index]

    def __repr__(self) -> str:
        return f"<{self._relation} of {self._instance!r}>"

    if not TYPE_CHECKING:  # there is nothing to call, for a checker; at run time the refusal says what to do

        def _refuse(self, *_, **__):
            raise OperationNotPermitted(
                f"{self._relation} is read-only: add what belongs to it to the session"
            )

        append = extend = insert = remove = pop = clear = sort = reverse = _refuse
        __setitem__ = __delitem__ = __iadd__ = _refuse


class Below(Generic[R]):
    """Declares the entities that live below one, such as the educations of a customer.

    `documents` reads them: from the owner's own document where it shows them, else from the service.
    """

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
        with reader as owner:
            rows = owner.load_below(self.target(), instance, self.documents(instance))
        return self._handed_out(state, rows) if owner.per_call else tuple(rows)

    def _handed_out(self, state: EntityState, rows: Iterable[R]) -> tuple[R, ...]:
        """The rows, as the objects that stood for them before: without a session, no identity map knows those."""
        known = {state_of(one).key: one for one in (state.below or {}).get(self.name, ())}
        found = tuple(_one_object(known.get(state_of(row).key), row) for row in rows)
        state.hand_out_below(self.name, found)
        return found

    def __set__(self, instance: object, value: Never) -> NoReturn:
        raise AttributeError(
            f"{self.owner.__name__}.{self.name} is read-only: add what belongs to it to the session"
        )


def _one_object(known: Any, row: R) -> R:
    """What was handed out before, brought up to date under its changes; else, or where a session has it, the row."""
    if known is None or state_of(known).deleted or state_of(known).owner is not None:
        return row
    merge_baseline(known, state_of(row).baseline)
    found: R = known
    return found


def below(target: Callable[[], type[R]], documents: Callable[[Any], Iterable[Document]]) -> Below[R]:
    """Declare the entities that live below one; the value is a tuple, since it cannot be changed by assignment."""
    return Below(target, documents)
