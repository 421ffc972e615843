"""Pulling: a mirror is filled by a scan, goes on by the update stream, and is compared with the node."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import attrs

from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.errors import OffsetExpired
from contacthub_orm.mirror.store import TABLES, instant, table_of
from contacthub_orm.orm.query.results import Results
from contacthub_orm.orm.service.fan_out import concurrently
from contacthub_orm.orm.service.updates import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from contacthub_orm.contacthub.node import Node
    from contacthub_orm.contacthub.node.updates import UpdatePage, UpdateStream
    from contacthub_orm.mirror.store import Store, Table
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Pulled", "Puller"]

OVERLAP: Final = 120.0
"""Seconds before a scan from which the stream goes on after it: twice what a search lags behind writes at most."""

TOMBSTONES: Final = timedelta(days=1)
"""How long the ids of what was deleted are kept, so that what comes late does not bring it back."""

_BATCH: Final = 1000
_CHUNK: Final = 200

_DONE: Final = "done"

_SCANS: Final = 3
"""How often a scan is begun again before an offset that always has expired is an error."""


@attrs.define
class Pulled:
    """What a mirror did.

    Attributes:
        read: the documents and updates that were read.
        written: the rows that were written.
        deleted: the rows that were deleted.
        scanned: whether the whole node was read.
    """

    read: int = 0
    written: int = 0
    deleted: int = 0
    scanned: bool = False

    def __str__(self) -> str:
        return f"{self.read} read, {self.written} written, {self.deleted} deleted"


class Puller:
    """Brings a store up to date with its node.

    Args:
        node: the node.
        store: the store.
    """

    def __init__(self, node: Node, store: Store) -> None:
        self._node = node
        self._store = store

    def pull(self, progress: Callable[[Pulled], object] | None = None) -> Pulled:
        """Scan if that was never finished or is needed again, then take in the updates that there are."""
        done = Pulled()
        for _ in self.follow(None, done, progress or _ignore):
            pass
        return done

    def follow(
        self,
        poll: float | None,
        done: Pulled,
        progress: Callable[[Pulled], object],
        started: Callable[[UpdateStream], object] | None = None,
    ) -> Iterator[None]:
        """Take in updates, and give control back after each page; the offset is kept with its rows.

        Args:
            poll: seconds between two requests once there is nothing new, or None to end then.
            done: counts what is done.
            progress: is called after each transaction.
            started: is called with each stream before it is read, so that it can be stopped.
        """
        expired = 0
        while True:
            while self._store.get("scan") != _DONE:
                self.reconcile(done, progress)
                yield
            stream = self._node.updates(since=self._store.get("offset"), poll=poll)
            if started is not None:
                started(stream)
            try:
                for page in stream.pages():
                    expired = 0
                    self._take_in(page, done)
                    self._settle_doubtful(done)
                    self._tidy()
                    progress(done)
                    yield
            except OffsetExpired:
                expired += 1
                if expired == _SCANS:
                    raise
                self._begin_scan()
                continue
            self._settle_doubtful(done)
            self._tidy()
            return

    def _take_in(self, page: UpdatePage, done: Pulled) -> None:
        now, store = self._now(), self._store
        with store.transaction():
            for update in page.updates:
                table = table_of(update.entity)
                if update.change is Change.DELETE:
                    done.deleted += store.delete(table, update.id, now)
                else:
                    done.written += store.write(table, [update.document])
            store.set("offset", page.offset)
        done.read += len(page.updates)

    # -- scans --------------------------------------------------------------------------------------------------------

    def _begin_scan(self) -> None:
        """Take the offset before the scan: what is written behind its back comes by the stream."""
        offset = self._node.update_offset(overlap=OVERLAP)
        with self._store.transaction():
            self._store.set("offset", offset)
            self._store.set("scan", f"begun {self._store.generation}")

    def reconcile(self, done: Pulled, progress: Callable[[Pulled], object]) -> None:
        """Read the whole node, write what is newer, and ask for each row that the scan did not show or shows as older.

        A search lags behind writes, so that only the answer to a GET is believed there. If another process has begun a
        scan meanwhile, whose offset is a later one, the stream does not tell what was written behind the back of this scan.
        """
        done.scanned = True
        if self._store.get("offset") is None:
            self._begin_scan()
        begun = self._store.get("scan")
        for table in TABLES:
            self._reconcile(table, done, progress)
        with self._store.transaction():
            if self._store.get("scan") == begun:
                self._store.set("scan", _DONE)
        self._tidy()

    def _reconcile(self, table: Table, done: Pulled, progress: Callable[[Pulled], object]) -> None:
        store = self._store
        store.rows("create temp table if not exists seen (id text primary key) without rowid")
        store.rows("delete from seen")
        doubtful: list[str] = []
        for documents in self._scanned(table):
            with store.transaction():
                written = store.write(table, documents)
                seen = ((document["id"],) for document in documents)
                store.connection.executemany("insert or ignore into seen values (?)", seen)
            done.written += written
            if written < len(documents):
                doubtful += self._newer_here(table, documents)
            done.read += len(documents)
            progress(done)
        unseen = store.rows(f"select id from {table.name} where id not in (select id from seen)")
        doubtful += [identity for (identity,) in unseen]
        for start in range(0, len(doubtful), _CHUNK):
            self._ask_for(table, doubtful[start : start + _CHUNK], done)
            progress(done)

    def _scanned(self, table: Table) -> Iterator[list[Document]]:
        """The documents of the node, in batches for one transaction each."""
        query = self._node.query(table.entity)
        batch: list[Document] = []
        for page in Results(query, query.reader).documents():
            batch += page
            if len(batch) >= _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _newer_here(self, table: Table, documents: list[Document]) -> list[str]:
        """The ids of the rows that are newer than what the scan shows: the search lags, or they are wrong."""
        held = self._store.versions(table, [document["id"] for document in documents])
        return [
            document["id"]
            for document in documents
            if document["id"] in held and held[document["id"]] > self._store.version_of(document)
        ]

    def _ask_for(self, table: Table, identities: list[str], done: Pulled) -> None:
        """Settle rows by a GET each.

        The service stores an event some time after it has accepted it. So one that was written just now, and is not there,
        is in doubt, and asked for again by a later pull.
        """
        backend, store = self._node.backend, self._store
        before = store.versions(table, identities)
        found = concurrently(lambda one: backend.fetch(table.entity, one), identities, backend.max_in_flight)
        young = self._young()
        with store.transaction():
            held = store.versions(table, identities)
            for identity, document in zip(identities, found, strict=True):
                if identity not in held or held[identity] != before.get(identity):
                    continue  # the process of another mirror of this file was here
                if document is None:
                    if table.entity is Event and held[identity][1] >= young:
                        store.connection.execute("insert or ignore into doubtful values (?)", (identity,))
                    else:
                        done.deleted += store.delete(table, identity, self._now())
                elif held[identity] != store.version_of(document):
                    done.written += store.write(table, [document], force=True)

    def _young(self) -> int:
        """The instant since which an event may have been written without being there yet."""
        now = self._node.backend.service_time(self._node.backend.sending())
        return instant((now - timedelta(seconds=OVERLAP)).isoformat()) or 0

    def _settle_doubtful(self, done: Pulled) -> None:
        if not self._store.rows("select 1 from doubtful limit 1"):
            return
        events = table_of(Event)
        sql = f"select id from doubtful where id not in (select id from {events.name} where updated >= ?)"
        ripe = [identity for (identity,) in self._store.rows(sql, (self._young(),))]
        for start in range(0, len(ripe), _CHUNK):
            chunk = ripe[start : start + _CHUNK]
            self._ask_for(events, chunk, done)
            with self._store.transaction():
                settled = ((identity,) for identity in chunk)
                self._store.connection.executemany("delete from doubtful where id = ?", settled)

    # -- afterwards ---------------------------------------------------------------------------------------------------

    def _tidy(self) -> None:
        self._store.drop_tombstones(self._now() - TOMBSTONES)
        self._store.scrub()

    def _now(self) -> datetime:
        return self._node.backend.now()


def _ignore(_: Pulled) -> None:
    pass
