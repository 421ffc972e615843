"""The exchange of an environment's keys for an access token (Notihub's documentation)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import NotSent, OutcomeUnknown
from contacthub_orm.http.redaction import hidden
from contacthub_orm.http.responses import decoded
from contacthub_orm.orm.rest.tokens import Token

if TYPE_CHECKING:
    from contacthub_orm.http import Answer, Transport

__all__ = ["exchange"]


def exchange(transport: Transport) -> Token:
    """Fetch a token. A lost answer does no harm, so that the request is repeated once.

    Args:
        transport: sends with the keys.

    Raises:
        AuthenticationError: if the service does not know the keys.
        NotSent: if it gives no usable answer: whatever needed the token was not sent.
    """
    try:
        answer = _posted(transport)
    except OutcomeUnknown as error:
        reason = error.text
        raise NotSent(
            f"the keys could not be exchanged for a token: {reason}", method="POST", url=error.url
        ) from error
    token: Token = answer.body
    return Token(token.reveal, token.ends - transport.service_clock.ahead)


def _posted(transport: Transport) -> Answer:
    try:
        return transport.send("POST", "token/", decode=_token)
    except OutcomeUnknown:
        return transport.send("POST", "token/", decode=_token)


def _token(content: bytes) -> Token:
    """The token in an answer, with its end by the service's clock: epoch milliseconds, in one of two keys.

    Raises:
        ValueError: if there is none.
    """
    document: Any = decoded(content)
    if not isinstance(document, dict) or not isinstance(document.get("accessToken"), str):
        raise ValueError("no access token")
    end = document.get("expiresAt", document.get("expiration"))
    if isinstance(end, bool) or not isinstance(end, int | float):
        raise ValueError("the token does not say when it ends")
    try:
        ends = datetime.fromtimestamp(end / 1_000, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError("the token ends at no time that can be") from error
    return Token(hidden(document["accessToken"]), ends)
