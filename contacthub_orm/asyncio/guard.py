"""The guard of the event loop's thread: a request that nobody awaits is refused there, by naming the call to await."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

from contacthub_orm.errors import ImplicitLoadError
from contacthub_orm.orm import Session
from contacthub_orm.orm.entity.resource import Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from contacthub_orm.orm import Account, Backend, Bind, Entity, Page, Search
    from contacthub_orm.orm.session.transaction.conflicts import OnConflict
    from contacthub_orm.orm.unit_of_work.execution import Progress
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["LoopGuard", "LoopSession"]


class LoopGuard:
    """A `Backend` that asks another one, unless it is called in the thread of the event loop.

    Args:
        backend: the one that is asked.
        is_held: whether the session holds the entity of a class with an id.
    """

    def __init__(self, backend: Backend, is_held: Callable[[type[Entity], str], bool]) -> None:
        self._backend = backend
        self._is_held = is_held
        self.loop_thread = threading.get_ident()

    if not TYPE_CHECKING:  # a checker that saw this would let any name pass

        def __getattr__(self, name):
            return getattr(self._backend, name)

    @property
    def blocks_loop(self) -> bool:
        """Whether this is the thread of the event loop."""
        return threading.get_ident() == self.loop_thread

    def refuse(self, what: str, instead: str) -> None:
        """Refuse a request in the thread of the event loop.

        Args:
            what: what would be done.
            instead: the call to await.

        Raises:
            ImplicitLoadError: if this is that thread.
        """
        if self.blocks_loop:
            raise ImplicitLoadError(f"{what} would block the event loop: {instead}")

    def fetch(self, entity: type[Entity], identity: str) -> Document | None:
        """Read the document of an entity that lacks something, or that another one refers to."""
        if self.blocks_loop:
            name = entity.__name__
            lacks = "await session.load(entity) before you read what it lacks"
            refers = (
                "await session.load(entity, attribute) of the one that refers to it, "
                f"or session.get({name}, {identity!r})"
            )
            self.refuse(f"reading {name} {identity}", lacks if self._is_held(entity, identity) else refers)
        return self._backend.fetch(entity, identity)

    def below(self, path: tuple[str, ...]) -> Sequence[Document]:
        """Read a collection below an entity."""
        self.refuse(f"reading {'/'.join(path)}", f'await session.load(entity, "{path[-1]}")')
        return self._backend.below(path)

    def search(self, search: Search) -> Page:
        """Read a page of a relation, or of a query that is not the facade's."""
        if self.blocks_loop:
            name = search.entity.__name__
            self.refuse(
                f"searching for {name}",
                f"await session.load(entity, attribute) for a relation, or session.query({name}).all()",
            )
        return self._backend.search(search)


class LoopSession(Session):
    """The session of an `AsyncSession`: in the thread of the event loop it sends nothing."""

    guard: LoopGuard

    def _backend_of(self, bind: Bind) -> Backend:
        self.guard = LoopGuard(super()._backend_of(bind), self._holds)
        return cast("Backend", self.guard)

    def _holds(self, entity: type[Entity], identity: str) -> bool:
        return Key(entity.__resource__.name, identity) in self._context.identities

    def flush(self, objects: Iterable[Entity] | None = None, *, progress: Progress | None = None) -> Account:
        """Flush, which in the loop's thread is what `entity.patch()` and its like do."""
        self.guard.refuse("sending changes", "await session.flush([entity]), or session.commit()")
        return super().flush(objects, progress=progress)

    def commit(
        self,
        *,
        atomic: bool = False,
        progress: Progress | None = None,
        on_conflict: OnConflict | None = None,
    ) -> Account:
        """Commit; see `flush`."""
        self.guard.refuse("a commit", "await session.commit()")
        return super().commit(atomic=atomic, progress=progress, on_conflict=on_conflict)

    def export(self, entity: Entity) -> Document:
        """Export; see `flush`."""
        self.guard.refuse("an export", "await session.export(entity)")
        return super().export(entity)
