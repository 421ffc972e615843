"""Which paths that no document states are routes of a workspace."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from contacthub_orm.contacthub.api.api import all_operations
from contacthub_orm.contacthub.api.operation import PLACEHOLDER
from contacthub_orm.errors import APIError, TransportError
from contacthub_orm.http import quote_path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.contacthub.api.operation import Operation
    from contacthub_orm.contacthub.doctor.findings import Source
    from contacthub_orm.contacthub.node import Node

__all__ = ["inferred_paths"]

_VALUES: Final = {"eventType": "viewedPage", "baseProperty": "firstName", "planModel": "EVENT"}


def inferred_paths(node: Node) -> Iterator[tuple[str, str, Source]]:
    """For each inferred path: its operations, what a GET of it tells, and how sure that is.

    Only GET is sent, which changes nothing: a route for other methods alone answers 405. A path names the node only if the
    operation is a GET itself; everywhere else the ids are of things that do not exist.
    """
    paths: dict[str, list[Operation]] = {}
    for declared in all_operations().values():
        if declared.inferred:
            path = node.workspace.paths.get(declared.name, declared.path)
            paths.setdefault(path, []).append(declared)
    for path, operations in sorted(paths.items()):
        reads = any(one.method == "GET" for one in operations)
        names = ", ".join(sorted(one.name for one in operations))
        yield (f"path of {names}", *_told(node, path, reads=reads))


def _told(node: Node, path: str, *, reads: bool) -> tuple[str, Source]:
    nowhere = str(uuid4())
    values = {
        **_VALUES,
        "workspaceId": node.workspace.workspace_id,
        "nodeId": node.node_id if reads else nowhere,
    }
    steps = [
        PLACEHOLDER.sub(lambda found: values.get(found[1], nowhere), step)
        for step in path.strip("/").split("/")
    ]
    try:
        node.workspace.transport.send("GET", quote_path(*steps), decode=lambda _: None)
    except APIError as error:
        return _judged(error, path, reads=reads)
    except TransportError as error:
        return f"{path}: {error.text}", "not found out"
    return f"{path}: a route, it answers", "measured"


def _judged(error: APIError, path: str, *, reads: bool) -> tuple[str, Source]:
    if error.status == HTTPStatus.NOT_FOUND:
        said = "no such route" if error.is_of_framework else "a route, for a thing that is not there"
        return f"{path}: {said}", "measured"
    if error.status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{path}: {'no route for GET' if reads else 'a route'} (405)", "measured"
    if error.status in (
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
    ):  # may be told before the route is looked for
        return f"{path}: not for this token ({error.status})", "not found out"
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return f"{path}: {error.status}", "not found out"
    return f"{path}: a route, it refuses a request without arguments ({error.status})", "measured"
