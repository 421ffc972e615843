"""The ids and the token of each workspace of a sandbox.

The token stands in no attribute and in no local variable that a traceback could show, only inside a closure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from sqlalchemy import delete, func, insert, literal, select, update

from contacthub_orm.sandbox.storage.errors import SandboxError
from contacthub_orm.sandbox.storage.tables import credentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement, Connection

__all__ = ["Credentials", "Token", "forget_further", "renew_token", "stored_credentials"]

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
    """The ids and the token that a client needs, and the source that the token identifies.

    Attributes:
        key: what the rows are filed under that belong to the workspace and to no node; empty for the first workspace.
        workspace_id: the id of the workspace.
        node_id: the id of its first node.
        source_id: the id of its first source.
        token: the token of that source.
    """

    key: str
    workspace_id: str
    node_id: str
    source_id: str
    token: Token


def stored_credentials(connection: Connection, key: str) -> Credentials:
    """The credentials of a workspace in the database, which are made if it has none.

    Args:
        connection: the database connection, with a transaction open.
        key: empty for the first workspace, the id of a further one.

    Raises:
        SandboxError: if some are missing.
    """
    names = set(connection.scalars(select(credentials.c.name).where(_is_of(key))))
    if not names:
        ids = {name: str(uuid4()) for name in IDS} | ({"workspace_id": key} if key else {})
        rows = [{"name": _name(key, name), "value": value} for name, value in ids.items()]
        connection.execute(insert(credentials), rows)
        # SQLite makes the token, so that it is no parameter of a statement that may fail.
        made = select(literal(_name(key, "token")), func.lower(func.hex(func.randomblob(TOKEN_BYTES))))
        connection.execute(insert(credentials).from_select(["name", "value"], made))
    elif not names >= {_name(key, name) for name in (*IDS, "token")}:
        raise SandboxError("the data file lacks its ids or its token")
    workspace_id, node_id, source_id = (_value(connection, key, name) for name in IDS)
    token = Token(lambda: _value(connection, key, "token"))
    return Credentials(key, workspace_id, node_id, source_id, token)


def renew_token(connection: Connection, key: str) -> None:
    """Replace the token of a workspace; `stored_credentials` gives the new one."""
    new = func.lower(func.hex(func.randomblob(TOKEN_BYTES)))
    is_it = credentials.c.name == _name(key, "token")
    connection.execute(update(credentials).where(is_it).values(value=new))


def forget_further(connection: Connection) -> None:
    """Delete the credentials of all workspaces but the first."""
    connection.execute(_FORGET)


def _name(key: str, name: str) -> str:
    return f"{key}/{name}" if key else name


def _is_of(key: str) -> ColumnElement[bool]:
    name = credentials.c.name
    return name.startswith(f"{key}/", autoescape=True) if key else ~name.contains("/")


_FORGET: Final = delete(credentials).where(~_is_of(""))


def _value(connection: Connection, key: str, name: str) -> str:
    is_it = credentials.c.name == _name(key, name)
    return str(connection.scalar(select(credentials.c.value).where(is_it)))


def _keeper(token: str) -> Callable[[], str]:
    return lambda: token
