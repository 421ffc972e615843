"""`Mirror`: a copy of a node in a SQLite file."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self, TypeVar

from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.errors import ArgumentError, CompileError
from contacthub_orm.mirror.file import read_only
from contacthub_orm.mirror.paths import Kind, place_of
from contacthub_orm.mirror.pulling import Pulled, Puller
from contacthub_orm.mirror.query import MirrorQuery
from contacthub_orm.mirror.store import Store, table_of
from contacthub_orm.mirror.views import make_views
from contacthub_orm.mirror.watching import Sighting, Watch
from contacthub_orm.orm import Entity
from contacthub_orm.orm.query.statement import parts_of

if TYPE_CHECKING:
    import os
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator

    from contacthub_orm.contacthub.node import Node
    from contacthub_orm.contacthub.node.updates import UpdateStream

__all__ = ["Mirror"]

E = TypeVar("E", bound=Entity)


class _Stopped(Exception):  # noqa: N818 - no error: it ends a scan
    """Somebody called `stop()`."""


class Mirror:
    """A copy of the customers and events of a node, kept up to date by the node's update stream.

    The first `pull` reads the whole node; each later one reads what was written since. What it reads and how far it came
    is written in one transaction, so that it may be killed at any time. Several processes may open one mirror; in one
    process, each thread opens its own.

    Args:
        node: the node.
        path: the file; its owner alone can read it.
        entities: subclasses of `Customer` and `Event` whose declared values the views show.

    Raises:
        MirrorError: if the file is another node's mirror, has another layout, is not a mirror, or cannot be used.
        InvalidRequestError: if an entity is neither a customer nor an event.
    """

    def __init__(
        self, node: Node, path: str | os.PathLike[str], *, entities: Iterable[type[Entity]] = ()
    ) -> None:
        self.node = node
        shown = list(entities)
        for one in shown:
            table_of(one)
        self._store = Store(path, node.backend.place)
        make_views(self._store, shown)
        self._puller = Puller(node, self._store)
        self._stopped = threading.Event()
        self._stream: UpdateStream | None = None

    @property
    def path(self) -> str:
        """The absolute path of the file."""
        return str(self._store.path)

    # -- up to date ---------------------------------------------------------------------------------------------------

    def pull(self, *, progress: Callable[[Pulled], object] | None = None) -> Pulled:
        """Bring the mirror up to date, and return what was done.

        If the service keeps the updates since the last pull no longer, the whole node is read again.

        Args:
            progress: is called with what is done so far, after each transaction.

        Raises:
            MirrorError: if the file cannot be written.
            TransportError, APIError: if a request fails; the next pull goes on from there.
        """
        return self._puller.pull(progress)

    def follow(
        self, *, poll: float = 5.0, progress: Callable[[Pulled], object] | None = None
    ) -> Iterator[Pulled]:
        """Bring the mirror up to date and keep it so, until `stop()`.

        Args:
            poll: the seconds between two requests once there is nothing new.
            progress: as for `pull`.

        Returns:
            After each page of updates, what was done so far.
        """
        self._stopped.clear()  # here, so that a stop before the first step is not lost
        return self._followed(poll, progress)

    def _followed(self, poll: float, progress: Callable[[Pulled], object] | None) -> Iterator[Pulled]:
        done = Pulled()

        def told(so_far: Pulled) -> None:
            if progress is not None:
                progress(so_far)
            if self._stopped.is_set():
                raise _Stopped

        with suppress(_Stopped):
            for _ in self._puller.follow(poll, done, told, self._started):
                yield done

    def _started(self, stream: UpdateStream) -> None:
        self._stream = stream
        if self._stopped.is_set():
            stream.stop()

    def stop(self) -> None:
        """End `follow` and `watch` after the transaction that is under way, from any thread."""
        self._stopped.set()
        if self._stream is not None:
            self._stream.stop()

    def verify(self, *, progress: Callable[[Pulled], object] | None = None) -> Pulled:
        """Compare all ids and versions with the node's, and repair what differs.

        Returns:
            What was done: rows written or deleted were missing, old or left over, or were written meanwhile.
        """
        self.pull(progress=progress)
        done = Pulled()
        self._puller.reconcile(done, progress or (lambda _: None))
        self.pull(progress=progress)
        return done

    # -- questions ----------------------------------------------------------------------------------------------------

    def query(self, entity: type[E]) -> MirrorQuery[E]:
        """A query for customers or events, with the criteria that a session's query takes; nothing is sent.

        Raises:
            InvalidRequestError: if the class is neither.
        """
        table_of(entity)
        return MirrorQuery(**parts_of(self.node.query(entity)), store=self._store)

    def get(self, entity: type[E], identity: str) -> E | None:
        """The entity with this id, or None if the mirror has none."""
        return self.query(entity).get(identity)

    def index(self, *paths: str, entity: type[Entity] = Customer) -> None:
        """Index a declared value, such as `"base.lastName"`, or several together; queries by them are fast then.

        Raises:
            ArgumentError: if a path is not declared as a single value, or is a date in the document.
        """
        table = table_of(entity)
        keys = []
        for path in paths:
            place = place_of(table, entity, tuple(path.split(".")))
            if place is None:
                raise ArgumentError(f"index: {entity.__name__} declares no single value {path!r}")
            if place.kind is Kind.INSTANT and not place.is_column:
                raise ArgumentError(
                    f"index: {path!r} is a date, which is compared as an instant and not as it is stored"
                )
            keys.append(place.stored)
        if not keys:
            raise ArgumentError("index takes one path or several")
        name = "_".join([table.view, *(path.replace(".", "_") for path in paths)]).replace('"', "")
        with self._store.transaction():
            self._store.connection.execute(
                f'create index if not exists "by_{name}" on {table.name} ({", ".join(keys)})'
            )

    def watch(self, query: MirrorQuery[E], *, poll: float = 5.0) -> Iterator[Sighting[E]]:
        """Follow, and tell what enters the results of a query, changes in them and leaves them, until `stop()`.

        Raises:
            CompileError: if the query has a limit, an offset or an order.
        """
        if query.order or query.limited is not None or query.skipped:
            raise CompileError(f"watch: {query} has an order, a limit or an offset")
        watch = Watch(query)  # here, so that nothing is missed before the first sighting is asked for
        return (sighting for _ in self.follow(poll=poll) for sighting in watch.look())

    def connect(self) -> sqlite3.Connection:
        """A plain connection of SQLite that cannot write, with the views `customers` and `events`.

        Its errors are those of SQLite. Close it: as long as it reads, deleted rows stay in SQLite's log.
        """
        return read_only(self._store.path)

    def close(self) -> None:
        """Close the file."""
        self.stop()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Mirror({self.node!r}, {self.path!r})"
