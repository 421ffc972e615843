"""Resolving writes in doubt: they are looked up, and only called absent if that is certain.

An update is absent if the entity's version has not moved; where no version can be compared, if the values that it was to
change have not. Otherwise the write was applied if every path has the value that was sent; if not, another writer has
changed the entity. The backend looks creations up. Since storing and searching lag, a creation is absent only if it is
still not found after the settle time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contacthub_orm.orm.entity.own_writes import holds_at, written_paths
from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite, Resolution, Verdict
from contacthub_orm.orm.service.plan import Verb
from contacthub_orm.orm.unit_of_work.polling import attempts, fetch_settled
from contacthub_orm.orm.wire.equivalence import holds_submitted
from contacthub_orm.orm.wire.versions import have_versions, is_newer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["InDoubtResolver"]


class InDoubtResolver:
    """Looks writes in doubt up.

    Args:
        backend: the service.
        settle: the seconds after a send within which its effect may still appear.
    """

    def __init__(self, backend: Backend, settle: float) -> None:
        self._backend = backend
        self._settle = timedelta(seconds=settle)

    def resolve(self, writes: Sequence[InDoubtWrite], known: AbstractSet[Key]) -> list[Resolution]:
        """Look writes up. This may wait until the settle time of a creation is over.

        Args:
            writes: the writes in doubt.
            known: the identities of entities that other operations created.

        Returns:
            A resolution for each write, in their order.
        """
        created = [write for write in writes if write.operation.verb is Verb.CREATE]
        found = dict(zip(created, self._creations(created, known), strict=True))
        return [found[write] if write in found else self._change(write) for write in writes]

    def _change(self, write: InDoubtWrite) -> Resolution:
        entity = write.operation.entity
        current = fetch_settled(
            self._backend, entity, write.operation.baseline, write.first_sent.ours, self._settle
        )
        if write.operation.verb is Verb.DELETE:
            return Resolution(Verdict.APPLIED if current is None else Verdict.ABSENT, current)
        if current is None:
            return Resolution(Verdict.CONFLICT)
        if not _was_written(current, write):
            return Resolution(Verdict.ABSENT, current)
        ours = holds_submitted(current, write.body)
        return Resolution(Verdict.APPLIED if ours else Verdict.CONFLICT, current)

    def _creations(self, writes: Sequence[InDoubtWrite], known: AbstractSet[Key]) -> list[Resolution]:
        if not writes:
            return []
        deadline = max(write.last_sent for write in writes) + self._settle
        resolutions: dict[InDoubtWrite, Resolution] = {}
        waiting, accounted = list(writes), set(known)
        for _ in attempts(self._backend, deadline, pause=1.0):
            resolutions.update(zip(waiting, self._backend.find_created(waiting, accounted), strict=True))
            accounted |= {
                _key(write, resolutions[write]) for write in waiting if _is_applied(resolutions[write])
            }
            waiting = [write for write in waiting if not _is_applied(resolutions[write])]
            if not waiting:
                break
        return [resolutions[write] for write in writes]


def _was_written(current: Document, write: InDoubtWrite) -> bool:
    """Whether somebody has written an entity since the plan of a change: its version tells, or else its values do.

    There is no version to compare if the entity has none, or if writes of ours to its children have moved it.
    """
    baseline, keys = write.operation.baseline or {}, write.operation.entity.__resource__.version_keys
    if have_versions(current, baseline, keys):
        return is_newer(current, baseline, keys)
    return not holds_at(current, baseline, written_paths(write.body))


def _is_applied(resolution: Resolution) -> bool:
    return resolution.verdict is Verdict.APPLIED


def _key(write: InDoubtWrite, resolution: Resolution) -> Key:
    return write.operation.entity._key_in(resolution.document or {})
