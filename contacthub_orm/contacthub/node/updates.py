"""`node.updates`: what everybody writes to a node, as it happens, from an offset that a program may keep."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, Self, cast

import attrs

from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.node.base import NodeBase
from contacthub_orm.errors import ArgumentError, ContacthubError, OffsetExpired, TransportError
from contacthub_orm.orm.service.updates import Change, Update

if TYPE_CHECKING:
    from contacthub_orm.contacthub.api.records.events import UpdateRecord, UpdateStreamRecord
    from contacthub_orm.orm import Entity

__all__ = ["UpdateOperations", "UpdatePage", "UpdateStream"]

UpdateEntity = Literal["CUSTOMER", "EVENT"]

_CLASSES: Final[dict[str, type[Entity]]] = {"CUSTOMER": Customer, "EVENT": Event}
_PAGE_SIZE: Final = 1000
_SLICE: Final = 0.1
"""How long a wait lasts at most before it looks whether it is to stop, in seconds."""

_IDLE: Final = 3600.0
"""Seconds without a request after which updates may have been dropped: far below any retention that makes sense."""

_FORM: Final = "u1"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@attrs.frozen
class _Offset:
    """A place in a stream.

    Attributes:
        stream: which stream: the workspace, the node and the entity.
        number: the service's offset; all updates up to it were told.
        anchor: the digest of the update told last, by which the stream is known again, or "".
        since: the milliseconds since 1970 from which the updates are asked for in place of the number, or None.
    """

    stream: str
    number: int
    anchor: str = ""
    since: int | None = None

    def __str__(self) -> str:
        since = "" if self.since is None else str(self.since)
        return f"{_FORM}-{self.stream}-{self.number}-{self.anchor}-{since}"

    @classmethod
    def parse(cls, text: str, stream: str) -> _Offset:
        form, *parts = text.split("-")
        try:
            found, number, anchor, since = parts
            offset = cls(found, int(number), anchor, int(since) if since else None)
        except ValueError:
            offset = None
        if form != _FORM or offset is None:
            raise ArgumentError(f"since: {text!r} is no offset of an update stream")
        if offset.stream != stream:
            raise ArgumentError("since: the offset is of another node or of other entities")
        return offset


@attrs.frozen
class UpdatePage:
    """Some updates, and the offset after them: keep it in the same transaction as what was made of the updates."""

    updates: list[Update]
    offset: str


class UpdateStream(Iterator[Update]):
    """An iterator over updates, oldest first. `offset` goes on from here; `stop()` ends it, from any thread.

    The offset covers whole pages: whoever goes on from it may be told some updates again, and is told none too few. An
    update that repeats the one before is left out.

    Attributes:
        offset: where to go on: after everything that the iterator gave before, or earlier.
    """

    def __init__(
        self, node: NodeBase, since: str | datetime | None, entity: UpdateEntity | None, poll: float | None
    ) -> None:
        self._node = node
        self._entity: UpdateEntity | None = entity
        self._poll = poll
        self._stopped = threading.Event()
        self._stream = _stream(node, entity)
        self._place = self._begin(since)
        self.offset = str(self._place)
        self._asked: tuple[float, datetime] | None = None if isinstance(since, str) else self._times()
        self._told: set[str] = set() if self._place.since is not None else {self._place.anchor}
        self._waiting: list[Update] = []
        self._page_end = self.offset
        self._pages = self.pages()

    def __iter__(self) -> Self:
        self._pages = self.pages()
        return self

    def __next__(self) -> Update:
        while not self._waiting:
            self.offset = self._page_end
            page = self._next_page()
            self._waiting = page.updates[::-1]
            self._page_end = page.offset
        if self._stopped.is_set():
            raise StopIteration
        return self._waiting.pop()

    def _next_page(self) -> UpdatePage:
        try:
            return next(self._pages)
        except ContacthubError:
            self._pages = self.pages()  # whoever catches the error may go on
            raise

    def pages(self) -> Iterator[UpdatePage]:
        """The updates by pages, each with the offset after it. Read either this or the updates one by one.

        Raises:
            OffsetExpired: if updates may have been lost.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; reading updates takes a permission of its own.
        """
        while not self._stopped.is_set():
            before = str(self._place)
            self._check_kept()
            page = self._taken(self._ask())
            if page.updates or page.offset != before:
                yield page
            if page.updates:
                continue  # a short page may not be the last: no document states how many updates an answer has
            if self._poll is None:
                return
            self._wait(self._poll)

    def stop(self) -> None:
        """End the iteration at once, also a wait. Updates that were read and not given are told again after `offset`."""
        self._stopped.set()

    def _begin(self, since: str | datetime | None) -> _Offset:
        if isinstance(since, str):
            return _Offset.parse(since, self._stream)
        if since is None:
            return _Offset(self._stream, 0)
        if not isinstance(since, datetime) or since.tzinfo is None:
            raise ArgumentError(f"since is an offset, an aware datetime or None, got {since!r}")
        return _Offset(self._stream, 0, since=max((since - _EPOCH) // _MILLISECOND, 0))

    def _ask(self) -> UpdateStreamRecord:
        """Ask from the update told last on, itself included: whether `offset` excludes it no document states surely."""
        place, list_updates = self._place, self._node.api.updates.list_updates
        self._asked = self._times()
        if place.since is not None:
            return list_updates(size=_PAGE_SIZE, timestamp=place.since, entity=self._entity)
        return list_updates(size=_PAGE_SIZE, offset=max(place.number - 1, 0), entity=self._entity)

    def _taken(self, answer: UpdateStreamRecord) -> UpdatePage:
        following = answer.nextOffset
        if following is None:
            raise _nonsense("the answer has no nextOffset")
        place, records = self._place, answer.updates or []
        if place.since is None and following < place.number:
            if not records and following == place.number - 1:
                following = place.number  # the service repeats the offset that was asked for
            else:
                raise _expired("the service's offsets are smaller than this one, so its stream began anew")
        read = [(update, _digest(update)) for update in map(_read, records) if update is not None]
        fresh = [update for update, digest in read if digest not in self._told]
        told = {digest for _, digest in read}
        if told:
            self._told = told
        anchor = read[-1][1] if read else place.anchor
        self._place = _Offset(self._stream, following, anchor)
        return UpdatePage(fresh, str(self._place))

    def _check_kept(self) -> None:
        """Make sure that the service still has all that comes after the offset.

        No document states how long it keeps updates, so that doubt counts as loss. Nothing is lost if the update told last
        is still there, if nobody wrote anything since, or if some update is kept that is as old as the offset.

        Raises:
            OffsetExpired: if updates may have been lost.
        """
        if self._asked is not None and self._idle(*self._asked) < _IDLE:
            return
        place, list_updates = self._place, self._node.api.updates.list_updates
        at = list_updates(size=1, offset=max(place.number - 1, 0), entity=self._entity)
        told = [_digest(update) for update in map(_read, at.updates or ()) if update is not None]
        if place.anchor and place.anchor in told:
            return
        if place.anchor and told and at.nextOffset == place.number:
            raise _expired("another update has this offset now, so the stream began anew")
        after = list_updates(size=1, offset=place.number, entity=self._entity)
        if not after.updates and after.nextOffset == place.number:
            return
        oldest = self._node.workspace.api.updates.list_updates(size=1).nextOffset or 0
        if oldest > place.number + 1:
            raise _expired("the service keeps no update as old as this offset")

    def _wait(self, seconds: float) -> None:
        end = self._clock.monotonic() + seconds
        while not self._stopped.is_set() and (left := end - self._clock.monotonic()) > 0:
            self._clock.sleep(min(left, _SLICE))

    def _times(self) -> tuple[float, datetime]:
        return self._clock.monotonic(), self._clock.now()

    def _idle(self, monotonic: float, now: datetime) -> float:
        """The seconds since then. One clock stands still while the machine is suspended, the other may be set back."""
        idle: float = max(self._clock.monotonic() - monotonic, (self._clock.now() - now).total_seconds())
        return idle

    @property
    def _clock(self) -> Any:
        return self._node.workspace.transport.clock


class UpdateOperations(NodeBase):
    """The update stream of a node."""

    def updates(
        self,
        since: str | datetime | None = None,
        entity: type[Customer | Event] | UpdateEntity | None = None,
        *,
        poll: float | None = None,
    ) -> UpdateStream:
        """What everybody writes to customers and events of this node, oldest first.

        Args:
            since: an offset (`UpdateStream.offset`, `update_offset()`), an aware datetime, or None for the oldest update that
                the service keeps.
            entity: `Customer` or `Event`, or None for both.
            poll: the seconds between two requests once there is nothing new; without it the iteration ends then.

        Raises:
            ArgumentError: if an argument is invalid, or the offset is of another node or other entities.
        """
        if poll is not None and (isinstance(poll, bool) or not isinstance(poll, int | float) or not poll > 0):
            raise ArgumentError(f"poll is a number of seconds above 0, or None, got {poll!r}")
        return UpdateStream(self, since, _kind(entity), poll)

    def update_offset(
        self, entity: type[Customer | Event] | UpdateEntity | None = None, *, overlap: float = 0.0
    ) -> str:
        """The offset of now, from which `updates` tells what comes later.

        Args:
            entity: as that of `updates`.
            overlap: seconds; what was written so long before is told too. A search lags writes: whoever reads by a search
                first and goes on by the stream needs as much overlap as the search lags.

        Raises:
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        kind, updates = _kind(entity), self.workspace.api.updates
        newest = updates.get_last_update_offset().lastOffset
        if newest is None:
            raise _nonsense("the answer has no lastOffset")
        at = self.api.updates.list_updates(size=1, offset=max(newest - 1, 0), entity=kind)
        told = (at.updates or ()) if at.nextOffset == newest else ()  # else it may have been written just now
        anchor = next((_digest(update) for update in map(_read, told) if update is not None), "")
        since = None
        if overlap:
            now = self.backend.service_time(self.backend.sending())
            since = max((now - timedelta(seconds=overlap) - _EPOCH) // _MILLISECOND, 0)
        return str(_Offset(_stream(self, kind), newest, anchor, since))


def _kind(entity: Any) -> UpdateEntity | None:
    if entity is None or entity in _CLASSES:
        return cast("UpdateEntity | None", entity)
    for name, known in _CLASSES.items():
        if isinstance(entity, type) and issubclass(entity, known):
            return cast("UpdateEntity", name)
    raise ArgumentError(f"entity is Customer, Event or None, got {entity!r}")


def _stream(node: NodeBase, entity: str | None) -> str:
    """What tells one stream from another, in a few characters that name no workspace."""
    return hashlib.sha256(f"{node.backend.place} {entity}".encode()).hexdigest()[:16]


def _read(record: UpdateRecord) -> Update | None:
    """The update of a record; None if it is of an entity that is none of ours."""
    told = record.entity or {}
    kind, document = told.get("type"), told.get("data")
    if isinstance(kind, str) and kind not in _CLASSES:
        return None
    try:
        change = Change(record.operation or "")
    except ValueError:
        raise _nonsense(f"an update has the operation {record.operation!r}") from None
    if not isinstance(kind, str) or not isinstance(document, dict) or not isinstance(document.get("id"), str):
        raise _nonsense("an update does not name its entity")
    return Update(change, _CLASSES[kind], document)


def _digest(update: Update) -> str:
    """What tells one update from another: what was done to which version of which entity."""
    versions = [update.document.get(key) for key in ("version", "updatedAt")]
    told = json.dumps([update.change, *update.key, *versions])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _expired(why: str) -> OffsetExpired:
    return OffsetExpired(f"the offset has expired: {why}. Read everything, and begin from a new offset")


def _nonsense(why: str) -> TransportError:
    return TransportError(why, method="GET", url="updates")
