"""What the settings of a workspace are without a file: its URL, and the environment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.http.redaction import Secret
from contacthub_orm.suggestions import nearest

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

__all__ = [
    "DEFAULT_BASE_URL",
    "HINTS",
    "from_environment",
    "missing_of",
    "normalised_base_url",
]

DEFAULT_BASE_URL: Final = "https://api.contactlab.it/hub/v1"

HINTS: Final[Mapping[int, str]] = {
    401: "Look at the token: CONTACTHUB_TOKEN, or `token` in the file or the arguments of Workspace",
    403: (
        "Look at the workspace's id (CONTACTHUB_WORKSPACE_ID, or `workspace_id` in the file or the arguments of "
        "Workspace), and at what the token's source may do at this node"
    ),
}
"""What errors of the service say of the settings that are likely to be wrong, by status."""


def normalised_base_url(base_url: str) -> str:
    """The base URL without a trailing slash and without `/workspaces`, in which the documented SDK's form ends.

    Raises:
        ConfigurationError: if it is not a string.
    """
    if not isinstance(base_url, str):
        raise ConfigurationError(f"base_url must be a string, got {base_url!r}")
    return base_url.rstrip("/").removesuffix("/workspaces")


def from_environment() -> Mapping[str, str]:
    """Read `workspace_id`, `token` and optionally `base_url` from the CONTACTHUB_* variables.

    Raises:
        ConfigurationError: if CONTACTHUB_WORKSPACE_ID or CONTACTHUB_TOKEN is missing.
    """
    names = {key: f"CONTACTHUB_{key.upper()}" for key in ("workspace_id", "token", "base_url")}
    found = {key: Secret(os.environ[name]) for key, name in names.items() if os.environ.get(name)}
    given = {names[key]: value for key, value in found.items()}
    if missing := missing_of((names["workspace_id"], names["token"]), given, os.environ):
        raise ConfigurationError(f"the environment lacks {missing}")
    return found


def missing_of(required: Iterable[str], found: Container[str], given: Iterable[str]) -> str:
    """The required names that are missing, each with the given name that was probably meant for it."""
    others = [one for one in given if one.lower() not in map(str.lower, required)]
    near = {name: nearest(name, others) for name in required if name not in found}
    return " and ".join(name if one is None else f"{name} (it has {one})" for name, one in near.items())
