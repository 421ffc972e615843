"""The paths of the mapper's own requests: the documented ones, or those that a workspace overrides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from contacthub_orm.http import quote_path
from contacthub_orm.reference import operations

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Routes"]

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


class Routes:
    """The relative URLs of requests to one workspace.

    Args:
        workspace_id: the workspace.
        paths: the paths that replace those of the reference, by the operation's name; see `Workspace`.
    """

    def __init__(self, workspace_id: str, paths: Mapping[str, str]) -> None:
        self._root = ("workspaces", workspace_id)
        self._overridden = [
            (one["method"], _steps(one["path"]), _steps(paths[one["id"]]))
            for one in (operations() if paths else ())
            if one["id"] in paths
        ]

    def url(self, method: str, path: Sequence[str]) -> str:
        """The relative URL of a request.

        Args:
            method: the HTTP method.
            path: the steps of the documented path below the workspace.

        Raises:
            InvalidRequestError: if a step cannot be part of a path.
        """
        steps = (*self._root, *path)
        for overridden, declared, replacement in self._overridden:
            values = _values(declared, steps) if overridden == method else None
            if values is not None:
                return quote_path(*(_filled(step, values) for step in replacement))
        return quote_path(*steps)


def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/"))


def _values(declared: Sequence[str], steps: Sequence[str]) -> dict[str, str] | None:
    """The values of the placeholders of a declared path, or None if the steps are those of another."""
    if len(declared) != len(steps):
        return None
    values: dict[str, str] = {}
    for template, step in zip(declared, steps, strict=True):
        placeholder = _PLACEHOLDER.fullmatch(template)
        if placeholder is not None:
            values[placeholder[1]] = step
        elif template != step:
            return None
    return values


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values[found[1]], template)
