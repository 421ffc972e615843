"""The options that an engine hands over as texts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.contacthub import Customer, Event
from contacthub_orm.distributed.access import Access
from contacthub_orm.errors import ArgumentError
from contacthub_orm.suggestions import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Options"]

_OF_THE_ENGINE: Final = ("checkpointlocation",)
_SECRETS: Final = ("token", "password", "secret", "authorization", "api_key")


@attrs.frozen
class Options:
    """The options of a read, a stream or a write.

    Attributes:
        access: `ini`, a settings file that every machine has, else the environment; and `node_id`.
        entity: the class of the rows, as `package.module:Class`; `Customer` by default.
        partitions: at most how many tasks read.
        limit: how many rows are read at most.
        changes: whether there is a column `change`, which a stream needs.
        since: where a stream begins: `earliest`, or an offset of `node.update_offset()`.
        max_rows: after how many rows a batch of a stream ends, with the page.
        journal: the folder of the journals of a write.
        strategy: as that of a bulk save.
        upsert_by: as that of a bulk save; several paths are separated by commas.
        on_error: `fail` or `continue`, if rows are not saved.
        settle: as that of a session, in seconds.
    """

    access: Access
    entity: type[Any] = Customer
    partitions: int = 8
    limit: int | None = None
    changes: bool = False
    since: str = "earliest"
    max_rows: int = 50_000
    journal: str | None = None
    strategy: str = "auto"
    upsert_by: tuple[str, ...] | None = None
    on_error: str = "fail"
    settle: float = 60.0

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Options:
        """Read the options.

        Raises:
            ArgumentError: if one is unknown, malformed or missing, or is a credential.
        """
        texts = {name.lower(): text for name, text in given.items() if name.lower() not in _OF_THE_ENGINE}
        for name in texts:
            if name in _SECRETS:
                raise ArgumentError(
                    f"{name} is refused: an engine shows options in plans and logs. Give ini, the path of a settings file "
                    "that every machine has, or set CONTACTHUB_TOKEN on every machine"
                )
        ini, node_id = texts.pop("ini", None), texts.pop("node_id", None)
        if not node_id:
            raise ArgumentError("node_id is missing")
        known = {one.name for one in attrs.fields(cls)} - {"access"}
        for name in texts:
            if name not in known:
                raise ArgumentError(
                    f"there is no option {name!r}{suggestion(name, known | {'ini', 'node_id'})}"
                )
        values = {name: _read(name, text) for name, text in texts.items()}
        return cls(Access(ini or None, node_id), **values)


def _read(name: str, text: str) -> Any:
    try:
        return _READERS.get(name, str)(text)
    except (ValueError, ImportError, AttributeError) as error:
        raise ArgumentError(f"the option {name} cannot be {text!r}: {error}") from None


def _class(text: str) -> type[Any]:
    module, _, name = text.partition(":")
    found = getattr(import_module(module), name) if module and name else None
    if not (isinstance(found, type) and issubclass(found, Customer | Event)):
        raise ValueError("it names a class of customers or events, as package.module:Class")
    return found


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in choices:
            raise ValueError(f"it is one of {', '.join(choices)}")
        return text.lower()

    return read


def _count(text: str) -> int:
    if (found := int(text)) < 1:
        raise ValueError("it is 1 or more")
    return found


def _seconds(text: str) -> float:
    if not (found := float(text)) >= 0:
        raise ValueError("it is 0 or more")
    return found


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "entity": _class,
    "partitions": _count,
    "limit": _count,
    "changes": lambda text: _one_of("true", "false")(text) == "true",
    "max_rows": _count,
    "strategy": _one_of("auto", "bulk", "requests"),
    "upsert_by": lambda text: tuple(path.strip() for path in text.split(",")),
    "on_error": _one_of("fail", "continue"),
    "settle": _seconds,
}
