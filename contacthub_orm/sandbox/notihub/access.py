"""The keys of a sandbox, and the tokens that they are exchanged for.

No secret stands in an attribute or in a local variable that a traceback could show.
"""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from sqlalchemy import func, insert, literal, select

from contacthub_orm.sandbox.notihub.tables import credentials
from contacthub_orm.sandbox.storage.credentials import Token
from contacthub_orm.sandbox.storage.errors import SandboxError

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["Keys", "Tokens", "stored_keys"]

IDS: Final = ("public_key", "client_id")
SECRETS: Final = ("secret_key", "client_secret")
TOKEN_BYTES: Final = 32


@dataclass(frozen=True)
class Keys:
    """What a client exchanges for a token."""

    public_key: str
    secret_key: Token
    client_id: str
    client_secret: Token

    def are_in(self, authorization: bytes) -> bool:
        """Whether the value of an `Authorization` header carries these keys; the scheme may have any case."""
        scheme, _, value = authorization.strip().partition(b" ")
        if scheme.lower() != b"basic":
            return False
        try:
            given = b64decode(value.strip(), validate=True)
        except ValueError:
            return False
        return hmac.compare_digest(given, self._joined())

    def _joined(self) -> bytes:
        parts = (self.public_key, self.secret_key.reveal(), self.client_id, self.client_secret.reveal())
        return ":".join(parts).encode()


class Tokens:
    """The access tokens that were issued, as digests, until they expire.

    They are kept in memory only: a sandbox that was started anew refuses them, and its clients exchange their
    keys again.
    """

    def __init__(self) -> None:
        self._expiries: dict[bytes, int] = {}

    def issue(self, now: int, lifetime: float) -> tuple[str, int]:
        """A new token, and when it expires; earlier ones stay valid.

        Args:
            now: the time, in milliseconds since 1970, as is the one returned.
            lifetime: for how long the token is valid, in seconds.
        """
        for digest in [digest for digest, expiry in self._expiries.copy().items() if expiry <= now]:
            self._expiries.pop(digest, None)
        expiry = now + round(lifetime * 1000)
        token = secrets.token_hex(TOKEN_BYTES)
        self._expiries[_digest(token.encode())] = expiry
        return token, expiry

    def is_valid(self, authorization: bytes, now: int) -> bool:
        """Whether the value of an `Authorization` header carries a token that has not expired."""
        scheme, _, value = authorization.strip().partition(b" ")
        return scheme.lower() == b"bearer" and self._expiries.get(_digest(value.strip()), now) > now

    def revoke_all(self) -> None:
        """Let all tokens expire at once."""
        self._expiries.clear()


def stored_keys(connection: Connection) -> Keys:
    """The keys in the database, which are made if it has none.

    Raises:
        SandboxError: if some are missing.
    """
    if not connection.scalar(select(func.count()).select_from(credentials)):
        connection.execute(insert(credentials), [{"name": name, "value": uuid4().hex} for name in IDS])
        for name in SECRETS:
            # SQLite makes them, so that they are no parameter of a statement that may fail.
            made = select(literal(name), func.lower(func.hex(func.randomblob(TOKEN_BYTES))))
            connection.execute(insert(credentials).from_select(["name", "value"], made))
    if not set(connection.scalars(select(credentials.c.name))) >= {*IDS, *SECRETS}:
        raise SandboxError("the data file lacks some of its keys")
    return Keys(
        public_key=_value(connection, "public_key"),
        secret_key=Token(lambda: _value(connection, "secret_key")),
        client_id=_value(connection, "client_id"),
        client_secret=Token(lambda: _value(connection, "client_secret")),
    )


def _value(connection: Connection, name: str) -> str:
    return str(connection.scalar(select(credentials.c.value).where(credentials.c.name == name)))


def _digest(token: bytes) -> bytes:
    return sha256(token).digest()
