"""Redaction: keeps secrets and personal data out of logs and errors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import unquote

__all__ = ["MASK", "Redactor", "Secret", "hidden", "masked", "without_credentials"]

T = TypeVar("T")

MASK: Final = "***"
_BODY_LIMIT: Final = 2_000
_CREDENTIALS = re.compile(r"(?<=://)[^\s/'\"]+@")
_PASSWORD = re.compile(r"(?:^|//)[^/:@]*:([^/]*)@")
_HOLDERS_OF_REQUESTS = ("request", "response", "pool", "conn")


class Secret(str):
    """A string whose representation hides it, for the local variables of a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(MASK)


def hidden(secret: T) -> Callable[[], T]:
    """A function that gives a secret, which is then in no `vars()` and in no local variable."""
    return lambda: secret


def without_credentials(string: str) -> str:
    """The string with the user and password of every URL masked."""
    return _CREDENTIALS.sub(f"{MASK}@", string)


class Redactor:
    """Removes known secrets from strings and exceptions.

    Args:
        reveal: gives the secrets of the authorization, which may change. Secrets are held in closures, which are in no
            `vars()` and no traceback.
        proxies: URLs of proxies; the passwords in them are secrets, quoted and unquoted.
    """

    __slots__ = ("_secrets",)

    def __init__(self, reveal: Callable[[], Iterable[str]], proxies: Iterable[str] = ()) -> None:
        passwords = [password for proxy in proxies for password in _PASSWORD.findall(proxy)]
        fixed = {*passwords, *map(unquote, passwords)}
        # Longest first, because a secret may be part of another.
        self._secrets: Callable[[], list[str]] = lambda: sorted(
            {*reveal(), *fixed} - {""}, key=len, reverse=True
        )

    def text(self, text: str) -> str:
        """The text with every secret masked, and with the user and password of every URL."""
        for secret in self._secrets():
            text = text.replace(secret, MASK)
        return without_credentials(text)

    def exception(self, error: BaseException) -> None:
        """Remove secrets from an exception and from all that it is chained to.

        This masks strings, drops references to requests and connections, and cuts off the frames of the HTTP libraries:
        their local variables hold the headers, and some loggers print local variables with a traceback.
        """
        for link in _chain(error):
            link.__traceback__ = None
            link.args = tuple(self.text(value) if isinstance(value, str) else value for value in link.args)
            for name in _HOLDERS_OF_REQUESTS:
                if name in vars(link):
                    setattr(link, name, None)


def _chain(error: BaseException | None) -> list[BaseException]:
    """The exception and all exceptions that `__cause__` and `__context__` lead to."""
    found: list[BaseException] = []
    open_ends = [error]
    while open_ends:
        link = open_ends.pop()
        if link is not None and link not in found:
            found.append(link)
            open_ends += [link.__cause__, link.__context__]
    return found


def masked(body: object, limit: int = _BODY_LIMIT) -> str:
    """A JSON document as a string: names are kept, all strings and numbers masked. It is cut after `limit` characters.

    The work depends on `limit`, not on the size of the document.
    """
    pieces: list[str] = []
    length = 0
    for piece in _pieces(body):
        pieces.append(piece)
        length += len(piece)
        if length > limit:
            return "".join(pieces)[:limit] + "..."
    return "".join(pieces)


def _pieces(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _enclosed("{}", ((f"{json.dumps(str(key))}: ", item) for key, item in value.items()))
    elif isinstance(value, (list, tuple)):
        yield from _enclosed("[]", (("", item) for item in value))
    elif value is None or isinstance(value, bool):
        yield json.dumps(value)
    else:
        yield f'"{MASK}"'


def _enclosed(brackets: str, items: Iterable[tuple[str, Any]]) -> Iterator[str]:
    yield brackets[0]
    for position, (label, item) in enumerate(items):
        yield f"{', ' if position else ''}{label}"
        yield from _pieces(item)
    yield brackets[1]
