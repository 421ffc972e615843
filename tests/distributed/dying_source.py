"""The source of Spark whose tasks end their process after so many answers, the first time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from contacthub_orm.distributed.spark import ContacthubSource


class DyingSource(ContacthubSource):
    """The options `die_after` and `die_folder` say after how many answers, and where it is noted that it happened."""

    def __init__(self, options: Any) -> None:
        further = dict(options)
        self._die_after = int(further.pop("die_after"))
        self._die_folder = further.pop("die_folder")
        super().__init__(further)

    @classmethod
    def name(cls) -> str:
        return "dying"

    def writer(self, schema: Any, overwrite: bool) -> Any:
        return _dying(super().writer(schema, overwrite), self._die_after, self._die_folder)

    def streamWriter(self, schema: Any, overwrite: bool) -> Any:  # noqa: N802 - the engine's name
        return _dying(super().streamWriter(schema, overwrite), self._die_after, self._die_folder)

    def reader(self, schema: Any) -> Any:
        return _dying(super().reader(schema), self._die_after, self._die_folder, "read")


def _dying(worker: Any, answers: int, folder: str, method: str = "write") -> Any:
    """The worker, of a class of its own that dies in one method."""

    class Dying(type(worker)):
        pass

    def work(self: Any, given: Any) -> Any:
        from contacthub_orm.signals import after_response  # this function is sent with copies of its globals

        die = _receiver(answers, folder)
        after_response.connect(die)
        try:
            found = getattr(super(Dying, self), method)(given)
            return iter(list(found)) if method == "read" else found
        finally:
            after_response.disconnect(die)

    setattr(Dying, method, work)
    worker.__class__ = Dying
    return worker


def _receiver(answers: int, folder: str) -> Any:
    count = 0

    def die(*_: Any, **__: Any) -> None:
        nonlocal count
        count += 1
        if count == answers:
            mark = Path(folder) / f"died-{os.getpid()}"
            if not any(Path(folder).iterdir()):
                mark.write_text("")
                os._exit(9)

    return die
