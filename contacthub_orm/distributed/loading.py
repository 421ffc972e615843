"""One partition of a load: a bulk save whose second attempt goes on where the first was killed, however far that was.

The journal of a bulk save is emptied when the save has ended. An engine may run a task again that has ended, since its
report was lost. So what became of the partition is written beside the journal before that is emptied, and the next
attempt reports it.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import attrs

from contacthub_orm.errors import JournalError
from contacthub_orm.orm import Session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from contacthub_orm.contacthub import Node
    from contacthub_orm.orm import Reject

__all__ = ["Job", "Loaded", "load"]

_KEPT: Final = 100
"""How many rejects a report quotes."""


@attrs.frozen
class Loaded:
    """What became of the rows of a partition, or of all.

    Attributes:
        rows: how many there were.
        rejected: how many were not saved.
        reasons: why, for the first 100 of these.
        digest: tells the rows of a partition from others.
    """

    rows: int = 0
    rejected: int = 0
    reasons: tuple[str, ...] = ()
    digest: str = ""


@attrs.frozen
class Job:
    """One load by many tasks, with its folder. It can be pickled.

    Attributes:
        folder: the folder of its journals, which every machine must reach under this path.
        identity: tells the folder from another one of the same path on another machine.
    """

    folder: str
    identity: str

    @classmethod
    def begin(cls, folder: str | os.PathLike[str]) -> Job:
        """Begin a load, or go on with the one of the folder.

        Raises:
            JournalError: if the folder cannot be made or read.
        """
        path = Path(os.fsdecode(folder)).absolute()
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            mark = path / "job"
            if not mark.exists():
                _write(mark, uuid4().hex)
            return cls(str(path), mark.read_text(encoding="ascii"))
        except (OSError, UnicodeDecodeError) as error:
            raise JournalError(f"{path} cannot be the folder of a load: {error}") from None

    def check(self) -> None:
        """Make sure that this machine has the same folder.

        Raises:
            JournalError: if it has another, so that a second attempt elsewhere would not find the journal.
        """
        try:
            found = (Path(self.folder) / "job").read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            found = None
        if found != self.identity:
            raise JournalError(
                f"{self.folder} is not the folder of this load on this machine: it must be on a disk that all machines share"
            )

    def finish(self, parts: Iterable[Loaded]) -> Loaded:
        """Sum up what became of all partitions, also in the file `_SUCCESS` of the folder.

        Raises:
            JournalError: if that cannot be written.
        """
        parts = list(parts)
        reasons = tuple(reason for one in parts for reason in one.reasons)[:_KEPT]
        found = Loaded(sum(one.rows for one in parts), sum(one.rejected for one in parts), reasons)
        _write(Path(self.folder) / "_SUCCESS", json.dumps(attrs.asdict(found)))
        return found

    def below(self, name: str) -> Job:
        """The job of a part of the load, such as a batch of a stream, in a folder of its own."""
        self.check()
        return Job.begin(Path(self.folder) / name)


def load(
    node: Node,
    rows: Iterable[Mapping[str, Any]],
    job: Job,
    part: int,
    *,
    settle: float = 60.0,
    **options: Any,
) -> Loaded:
    """Save the rows of a partition, once: a later attempt with the same rows goes on, or reports what there was.

    Args:
        node: the node.
        rows: the rows, each a dict, as a bulk save takes them, in the same order in every attempt.
        job: the load.
        part: the number of the partition, the same in every attempt.
        settle: as that of a session.
        options: as those of a bulk save; `entity`, `strategy` and `upsert_by`.

    Raises:
        JournalError: if an earlier attempt had other rows, so that nobody can say which of these are saved; if the
            journal is in use by an attempt that still runs; or if this machine does not have the load's folder.
        ContacthubError: if the load stops; a later attempt goes on.
    """
    job.check()
    stem = Path(job.folder) / f"part-{part:05}"
    progress = _Progress(rows, stem.with_suffix(".done"))
    before = progress.before()
    if before is not None:
        if progress.rest() != before.digest:
            raise JournalError(f"{stem}.done is of other rows: {_DIFFERS}")
        return before
    try:
        with Session(node, settle=settle) as session:
            session.bulk_save(
                progress,
                journal=stem.with_suffix(".journal"),
                on_error=progress.reject,
                progress=progress.note,
                **options,
            )
    except JournalError as error:
        if "other rows" in str(error):
            raise JournalError(f"{error.text}; {_DIFFERS}") from None
        raise
    return progress.end()


_DIFFERS: Final = (
    "the engine gives an attempt other rows than the one before, or in another order. Write rows that do not change: "
    "from files or a checkpoint, without a repartition by chance"
)


class _Progress:
    """The rows of a partition as they are read, and what became of them."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], done: Path) -> None:
        self._rows = rows
        self._done = done
        self._digest = hashlib.sha256()
        self._read = 0
        self._all_read = False
        self._reasons: list[str] = []
        self._rejected = 0

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for row in self._rows:
            self._digest.update(json.dumps(row, sort_keys=True, default=repr).encode())
            self._read += 1
            yield row
        self._all_read = True

    def before(self) -> Loaded | None:
        """What an attempt before has reported, or None."""
        try:
            found = json.loads(self._done.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise JournalError(f"{self._done} cannot be read: {error}") from None
        return Loaded(**{**found, "reasons": tuple(found["reasons"])})

    def rest(self) -> str:
        """The digest of all rows."""
        for _ in self:
            pass
        return self._digest.hexdigest()

    def reject(self, reject: Reject) -> None:
        """Take note of a row that was not saved."""
        self._rejected += 1
        if len(self._reasons) < _KEPT:
            self._reasons.append(str(reject))

    def note(self, ended: int, _read: int) -> None:
        """Write the report down as soon as every row has an outcome: the journal is emptied after that."""
        if self._all_read and ended == self._read:
            report = Loaded(self._read, self._rejected, tuple(self._reasons), self._digest.hexdigest())
            _write(self._done, json.dumps(attrs.asdict(report)))

    def end(self) -> Loaded:
        """The report."""
        found = self.before()
        if found is None:
            raise JournalError(f"{self._done} was removed while the rows were saved")
        return found


def _write(path: Path, text: str) -> None:
    """Write a file that is there as a whole or not at all, also after the death of the machine.

    Raises:
        JournalError: if that fails.
    """
    draft = path.with_name(f"{path.name}-{uuid4().hex}")
    try:
        with os.fdopen(
            os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise JournalError(f"{path} cannot be written: {error}") from None
