"""Who may ask for pages and who may change something: no other site that is open in the same browser.

A browser says in `Host` by which name it found the server, and in `Origin` which site sends a form. A site that lets its
own name point to this machine (DNS rebinding) shows in the former, one that sends a form across in the latter.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from contacthub_orm.sandbox.documents.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HEADERS", "check_host", "check_origin"]

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""What every response of the console carries."""

OWN_SITES: Final = ("same-origin", "none")


def check_host(headers: Mapping[str, str], address: str) -> None:
    """Refuse a request that found the server by a foreign name.

    Addresses in numbers, `localhost` and the name that the sandbox was told to listen on are its own: no foreign
    site can have them.

    Args:
        headers: the headers of the request.
        address: what the sandbox listens on.

    Raises:
        Failure: 403.
    """
    host = headers.get("host", "")
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    if name.lower() not in ("localhost", address.lower()) and not _is_number(name):
        raise Failure(
            403, f"the console does not answer to the name {name!r}: open it by localhost or an address"
        )


def check_origin(headers: Mapping[str, str]) -> None:
    """Refuse a change that another site asks for. Programs that are no browser send neither header.

    Raises:
        Failure: 403.
    """
    origin = headers.get("origin")
    is_own = (
        headers.get("sec-fetch-site", "none") in OWN_SITES
        if origin is None
        else origin == f"http://{headers.get('host', '')}"
    )
    if not is_own:
        raise Failure(403, "another site may not change anything in the console")


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
