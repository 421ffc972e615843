"""Cross-origin resource sharing: pages of any origin may call the sandbox, as the browser SDK does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HEADERS", "preflight"]

HEADERS: Final = (
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "Date, Retry-After"),
)
METHODS: Final = "GET, POST, PUT, PATCH, DELETE"
USUAL_HEADERS: Final = "Authorization, Content-Type"
HEADER_NAMES: Final = re.compile(r"[\w\-, ]+", re.ASCII)
MAX_AGE_SECONDS: Final = 600


def preflight(headers: Mapping[bytes, bytes]) -> Answer:
    """The answer to OPTIONS, by which a browser asks whether it may send a request.

    It needs no token, because browsers send none. The headers that the browser asks for are allowed.

    Args:
        headers: the headers of the request, with names in lower case.
    """
    requested = headers.get(b"access-control-request-headers", b"").decode("latin-1")
    allowed = requested if HEADER_NAMES.fullmatch(requested) else USUAL_HEADERS
    return Answer(
        204,
        headers=(
            ("access-control-allow-methods", METHODS),
            ("access-control-allow-headers", allowed),
            ("access-control-max-age", str(MAX_AGE_SECONDS)),
        ),
    )
