"""Where a workspace's settings come from: an INI file or the environment."""

from __future__ import annotations

import os
from configparser import ConfigParser, Error, MissingSectionHeaderError
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contacthub_orm.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DEFAULT_BASE_URL", "from_environment", "from_ini", "normalised_base_url"]

DEFAULT_BASE_URL: Final = "https://api.contactlab.it/hub/v1"

_SECTION: Final = "contacthub"


def normalised_base_url(base_url: str) -> str:
    """The base URL without a trailing slash or `/workspaces`, which the documented SDK's form ends in.

    Raises ConfigurationError for what is no text.
    """
    if not isinstance(base_url, str):
        raise ConfigurationError(f"base_url must be a text, got {base_url!r}")
    return base_url.rstrip("/").removesuffix("/workspaces")


def from_ini(path: str | os.PathLike[str]) -> dict[str, str]:
    """`workspace_id`, `token` and perhaps `base_url` of an INI file.

    They stand in the section `contacthub` if there is one, else in the first, or in no section at all.

    Raises ConfigurationError for a file that is missing, malformed or incomplete.
    """
    section: Mapping[str, str] = {}
    reason = None
    try:
        section = _section(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        reason = error.strerror
    except (Error, UnicodeDecodeError) as error:
        reason = f"{type(error).__name__}, not an INI file"
    if reason is not None:  # not while the error is handled that quotes the file, token and all
        raise ConfigurationError(f"{os.fspath(path)}: {reason}")
    found = {key: section[key] for key in ("workspace_id", "token", "base_url") if section.get(key)}
    missing = [key for key in ("workspace_id", "token") if key not in found]
    if missing:
        raise ConfigurationError(f"{os.fspath(path)}: {' and '.join(missing)} missing")
    return found


def _section(content: str) -> Mapping[str, str]:
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(content)
    except MissingSectionHeaderError:
        parser.read_string(f"[{_SECTION}]\n{content}")
    names = parser.sections()
    if not names:
        return parser.defaults()
    return parser[_SECTION if _SECTION in names else names[0]]


def from_environment() -> dict[str, str]:
    """`workspace_id`, `token` and perhaps `base_url` of the CONTACTHUB_* variables. Raises ConfigurationError."""
    names = {key: f"CONTACTHUB_{key.upper()}" for key in ("workspace_id", "token", "base_url")}
    found = {key: os.environ[name] for key, name in names.items() if os.environ.get(name)}
    missing = [names[key] for key in ("workspace_id", "token") if key not in found]
    if missing:
        raise ConfigurationError(f"the environment lacks {' and '.join(missing)}")
    return found
