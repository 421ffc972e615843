"""The versions of a customer, told by the update stream, and what each of them changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.documents.wire import canonical, decode, parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Row

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["changes", "versions_of"]

MOST: Final = 200
STAMPS: Final = ("updatedAt", "version", "sourceInfo.updatedBy")
"""What every version changes."""


def versions_of(call: Call, customer: str) -> list[dict[str, Any]]:
    """The last versions that are known of a customer, the newest first.

    The update stream keeps them: 100,000 of all customers and events, for a week if somebody reads the stream. With the
    first change of a seeded customer it keeps what was seeded. The oldest that it has is compared with nothing.
    """
    told = call.store.updates.history(call.connection, customer, MOST)
    seen = [row for row in told if row.entity == "CUSTOMER" and row.node_id in call.rules.nodes]
    rows = [
        (row, document) for row in seen if "version" in (document := decode(row.document))
    ]  # it may be forgotten
    sources = {one["shown"]["id"]: one["shown"]["name"] for one in _sources(call)}
    earlier = [*(document for _, document in rows[1:]), None]
    return [
        _version(row, document, before, sources)
        for (row, document), before in zip(rows, earlier, strict=False)
    ]


def changes(before: Any, after: Any) -> list[dict[str, Any]]:
    """What differs between two documents, by path; `before` or `after` is missing where there is nothing."""
    old, new = dict(_leaves(before)), dict(_leaves(after))
    found = []
    for path in dict.fromkeys((*old, *new)):
        if path not in old or path not in new or canonical(old[path]) != canonical(new[path]):
            change = {"path": path}
            change |= {"before": old[path]} if old.get(path) is not None else {}
            change |= {"after": new[path]} if new.get(path) is not None else {}
            if len(change) > 1 and path not in STAMPS:
                found.append(change)
    return found


def _sources(call: Call) -> list[dict[str, Any]]:
    return call.service.configuration(call.connection).sources.page()


def _version(
    row: Row[Any], document: dict[str, Any], before: dict[str, Any] | None, sources: dict[str, str]
) -> dict[str, Any]:
    is_deletion = row.operation == "DELETE"
    is_change = not is_deletion and (before is not None or row.operation == "CREATE")
    by = document["sourceInfo"]["updatedBy"]
    return {
        "version": document["version"],
        "operation": row.operation,
        "time": row.time if is_deletion else parse_instant(document["updatedAt"]),
        "by": sources.get(by, by),
        "nodeId": row.node_id,
        "changes": changes(before or {}, document) if is_change else None,
        "document": document,
    }


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The values of a document by their paths. A list of plain values is one; an object in a list goes by its id."""
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _leaves(member, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for place, member in enumerate(value):
            name = member.get("id", place) if isinstance(member, dict) else place
            yield from _leaves(member, f"{path}[{name}]")
    else:
        yield path, value or None if isinstance(value, list) else value
