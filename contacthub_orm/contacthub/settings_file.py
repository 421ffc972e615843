"""The settings of a workspace in an INI file, such as `contacthub-orm doctor --write` makes."""

from __future__ import annotations

import json
import os
import re
from configparser import ConfigParser, Error, MissingSectionHeaderError
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.contacthub.backend.matching_policy import MatchingPolicy
from contacthub_orm.contacthub.configuration import missing_of
from contacthub_orm.errors import ConfigurationError
from contacthub_orm.http import Budget, RedisBudget, Settings, SQLiteBudget
from contacthub_orm.http.redaction import Secret, hidden
from contacthub_orm.suggestions import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Further", "from_ini", "further_from_ini"]

_SECTION: Final = "contacthub"
_NODE: Final = re.compile(r"node\s+(\S+)")


def from_ini(path: str | os.PathLike[str]) -> Mapping[str, str]:
    """Read `workspace_id`, `token` and optionally `base_url` from an INI file; a missing token from CONTACTHUB_TOKEN.

    They are taken from the section `contacthub`, or from the first section if there is no such section. A file without
    sections is read too.

    Raises:
        ConfigurationError: if the file is missing, malformed or incomplete.
    """
    section = _section(_parsed(path))
    found = {key: Secret(section[key]) for key in ("workspace_id", "token", "base_url") if section.get(key)}
    if "token" not in found and (token := os.environ.get("CONTACTHUB_TOKEN")):
        found["token"] = Secret(token)
        del token
    if missing := missing_of(("workspace_id", "token"), found, section):
        raise ConfigurationError(f"{os.fspath(path)}: {missing} missing")
    return found


@attrs.frozen
class Further:
    """What a settings file may hold beside the credentials.

    Attributes:
        settings: fields of `contacthub_orm.http.Settings`.
        paths: the paths of operations of `api`, by name.
        matching: the matching policies of nodes, by the node's id.
        budget: makes the budget that is shared, or None without one.
    """

    settings: Mapping[str, Any] = attrs.field(factory=dict)
    paths: Mapping[str, str] = attrs.field(factory=dict)
    matching: Mapping[str, MatchingPolicy] = attrs.field(factory=dict)
    budget: Callable[[], Budget | None] = lambda: None


def further_from_ini(path: str | os.PathLike[str]) -> Further:
    """Read the sections `settings`, `paths`, `budget` and `node ID` of an INI file.

    Raises:
        ConfigurationError: if the file is missing or malformed, or a section has an unknown or invalid value.
    """
    parser = _parsed(path)
    found = {
        name: {key: value for key, value in parser[name].items() if key not in parser.defaults()}
        for name in parser.sections()
        if name in ("settings", "paths", "budget") or _NODE.fullmatch(name)  # the others may hold the token
    }
    try:
        return Further(
            {name: _setting(name, value) for name, value in found.get("settings", {}).items()},
            found.get("paths", {}),
            {name.split()[1]: _policy(one) for name, one in found.items() if _NODE.fullmatch(name)},
            _budget(found["budget"]) if "budget" in found else lambda: None,
        )
    except ConfigurationError as error:
        raise ConfigurationError(f"{os.fspath(path)}: {error.text}") from None


def _setting(name: str, value: str) -> Any:
    known = {one.name for one in attrs.fields(Settings)}
    if name not in known:
        raise ConfigurationError(f"there is no setting {name!r}{suggestion(name, known)}")
    try:
        return json.loads(value.lower())
    except (ValueError, RecursionError):
        return value


def _budget(section: Mapping[str, str]) -> Callable[[], Budget]:
    """What makes the budget of a section; the file or server is not touched before."""
    known = ("path", "url", "requests_per_minute", "window", "name")
    for name in section:
        if name not in known:
            raise ConfigurationError(f"a budget has no {name!r}{suggestion(name, known)}")
    if ("path" in section) == ("url" in section):
        raise ConfigurationError("a budget has either a path, of a file, or a url, of a Redis server")
    if "requests_per_minute" not in section:
        raise ConfigurationError("a budget has requests_per_minute")
    try:
        rate, window = float(section["requests_per_minute"]), float(section.get("window", "60"))
    except ValueError:
        raise ConfigurationError("requests_per_minute and window of a budget must be numbers") from None
    if "path" in section:
        return lambda: SQLiteBudget(section["path"], rate, window)
    reveal, name = hidden(section["url"]), section.get("name", "contacthub")
    return lambda: RedisBudget(reveal(), rate, window, name)


def _policy(section: Mapping[str, str]) -> MatchingPolicy:
    known = ("matching", "case_sensitive", "policy")
    for name in section:
        if name not in known:
            raise ConfigurationError(f"a node has no {name!r}{suggestion(name, known)}")
    paths = [path.strip() for path in section.get("matching", "").split(",")]
    stated = MatchingPolicy.of(paths, section.get("policy", "MERGE"))  # type: ignore[arg-type]  # it is checked there
    case_sensitive = section.get("case_sensitive", "false").lower()
    if case_sensitive not in ("true", "false"):
        raise ConfigurationError(f"case_sensitive must be true or false, got {case_sensitive!r}")
    return attrs.evolve(stated, case_sensitive=case_sensitive == "true")


def _parsed(path: str | os.PathLike[str]) -> ConfigParser:
    reason = None
    try:
        return _parser(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        reason = error.strerror
    except (Error, UnicodeDecodeError) as error:
        reason = f"{type(error).__name__}, not an INI file"
    # outside the handler: the error that it handles quotes the file, token included
    raise ConfigurationError(f"{os.fspath(path)}: {reason}")


def _parser(content: str) -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(content)
    except MissingSectionHeaderError:
        parser.read_string(f"[{_SECTION}]\n{content}")
    return parser


def _section(parser: ConfigParser) -> Mapping[str, str]:
    names = parser.sections()
    if not names:
        return parser.defaults()
    return parser[_SECTION if _SECTION in names else names[0]]
