"""The ids and the token of a sandbox.

The token stands in no attribute and in no local variable that a traceback could show, only inside a closure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from sqlalchemy import func, insert, literal, select, update

from contacthub_orm.sandbox.storage.errors import SandboxError
from contacthub_orm.sandbox.storage.tables import credentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

__all__ = ["Credentials", "Token", "renew_token", "stored_credentials"]

IDS: Final = ("workspace_id", "node_id", "source_id")
TOKEN_BYTES: Final = 32


class Token:
    """A bearer token, which `repr`, `vars` and tracebacks do not show.

    Args:
        read: returns the token; it is called once.
    """

    __slots__ = ("reveal",)

    reveal: Callable[[], str]
    """Returns the token."""

    def __init__(self, read: Callable[[], str]) -> None:
        self.reveal = _keeper(read())

    def __repr__(self) -> str:
        return "Token(...)"


@dataclass(frozen=True)
class Credentials:
    """The ids and the token that a client needs, and the source that the token identifies."""

    workspace_id: str
    node_id: str
    source_id: str
    token: Token


def stored_credentials(connection: Connection) -> Credentials:
    """The credentials in the database, which are made if it has none.

    Raises:
        SandboxError: if some are missing.
    """
    if not connection.scalar(select(func.count()).select_from(credentials)):
        connection.execute(insert(credentials), [{"name": name, "value": str(uuid4())} for name in IDS])
        # SQLite makes the token, so that it is no parameter of a statement that may fail.
        made = select(literal("token"), func.lower(func.hex(func.randomblob(TOKEN_BYTES))))
        connection.execute(insert(credentials).from_select(["name", "value"], made))
    names = set(connection.scalars(select(credentials.c.name)))
    if not names >= {*IDS, "token"}:
        raise SandboxError("the data file lacks its ids or its token")
    workspace_id, node_id, source_id = (_value(connection, name) for name in IDS)
    return Credentials(workspace_id, node_id, source_id, Token(lambda: _value(connection, "token")))


def renew_token(connection: Connection) -> None:
    """Replace the token; `stored_credentials` gives the new one."""
    new = func.lower(func.hex(func.randomblob(TOKEN_BYTES)))
    connection.execute(update(credentials).where(credentials.c.name == "token").values(value=new))


def _value(connection: Connection, name: str) -> str:
    return str(connection.scalar(select(credentials.c.value).where(credentials.c.name == name)))


def _keeper(token: str) -> Callable[[], str]:
    return lambda: token
