"""The route that exchanges keys for an access token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from contacthub_orm.sandbox.notihub.calls import NotihubCall

__all__ = ["exchange"]


def exchange(call: NotihubCall) -> Answer:
    """POST: 200 with a new token; those that were issued before stay valid.

    The documentation names its end `expiresAt`, the Node SDK reads `expiration`.
    """
    token, expiry = call.service.tokens.issue(call.now, call.settings.token_lifetime)
    return Answer.of(200, {"accessToken": token, "expiresAt": expiry, "expiration": expiry})
