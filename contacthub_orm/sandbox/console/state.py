"""The page of the whole state: reset, seed from a file, save and load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from contacthub_orm.sandbox.console.visit import Done, Download, View
from contacthub_orm.sandbox.documents.wire import decode_received
from contacthub_orm.sandbox.records.seeding import seed_customers, seed_events
from contacthub_orm.sandbox.service.setup import entry_node_named
from contacthub_orm.sandbox.storage.errors import SandboxError
from contacthub_orm.sandbox.storage.tables import customers, events

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.sandbox.console.visit import Visit

__all__ = ["load", "reset", "save", "seed", "show"]

KINDS: Final = ("customers", "events")
LOGGED: Final = 200


def show(visit: Visit, error: str | None = None, values: Mapping[str, str] | None = None) -> View:
    """GET how much there is, with the forms."""
    nodes = visit.service.rules().nodes
    with visit.call() as call:
        counts = {
            table.name: call.connection.scalar(
                select(func.count()).select_from(table).where(table.c.current, table.c.node_id.in_(nodes))
            )
            for table in (customers, events)
        }
    data = {
        "counts": counts,
        "requests": len(visit.control.log.all()),
        "nodes": visit.choices([node for node in nodes.values() if not node.is_aggregate]),
        "kinds": KINDS,
        "error": error,
        "values": values or {},
    }
    return View("state.html", data, 400 if error else 200)


def reset(visit: Visit) -> Done:
    """POST: delete all data of all workspaces and the requests, and restore the settings."""
    visit.control.reset()
    return Done("The sandbox is as it was when it started.", "/state")


def seed(visit: Visit) -> Done | View:
    """POST: seed the documents of a file, or of a text; of each kind all or none, customers first."""
    form, service = visit.form(), visit.service
    upload = form.files.get("file")
    content: bytes | str = form.fields.get("text", "")
    if upload is not None and upload.content:
        content = upload.content
    ids: dict[str, list[str]] = {}
    try:
        found = _documents(content, form.fields.get("kind", "customers"))
        node = entry_node_named(service, form.fields.get("node") or None)
        for kind, put in zip(KINDS, (seed_customers, seed_events), strict=True):
            ids[kind] = put(service, node, found.get(kind, []))
    except ValueError as wrong:
        kept = (
            f"{len(ids['customers'])} customers were seeded, the events were not: "
            if any(ids.values())
            else ""
        )
        entered = {name: form.fields.get(name, "") for name in ("kind", "node", "text")}
        return show(visit, kept + _cut(str(wrong)), entered)
    told = " and ".join(f"{len(ids[kind])} {kind}" for kind in KINDS if ids[kind]) or "nothing"
    return Done(f"Seeded: {told}.", "/state", ids)


def save(visit: Visit) -> Download:
    """POST: the whole state as a data file, with ids and token."""
    return Download("sandbox.sqlite", "application/vnd.sqlite3", visit.service.store.save())


def load(visit: Visit) -> Done | View:
    """POST: replace the whole state by a data file."""
    upload = visit.form().files.get("file")
    if upload is None or not upload.content:
        return show(visit, "Choose a file that was saved here, or the data file of a sandbox.")
    try:
        visit.control.load(upload.content)
    except SandboxError as wrong:
        return show(visit, f"{wrong}.")
    return Done("The state is loaded, with its ids and its token.", "/state")


def _documents(content: bytes | str, kind: str) -> dict[str, Any]:
    """What a file or a text holds, by kind.

    It is one object with `customers` or `events`, or a list of documents, or a document in each line.

    Raises:
        ValueError: if it is nothing of the kind.
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}, not {kind!r}")
    text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    if not text.strip():
        raise ValueError("choose a file, or paste documents")
    try:
        value = decode_received(text)
    except ValueError as wrong:
        value = _lines(text, wrong)
    if isinstance(value, dict) and value.keys() <= set(KINDS):
        found = value
    else:
        found = {kind: value if isinstance(value, list) else [value]}
    if not all(isinstance(documents, list) for documents in found.values()):
        raise ValueError("customers and events are lists of documents")
    return found


def _lines(text: str, whole: ValueError) -> list[Any]:
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        return [decode_received(line) for line in lines]
    except ValueError:
        raise ValueError(f"this is neither JSON nor JSON in lines: {whole}") from None


def _cut(message: str) -> str:
    return message if len(message) <= LOGGED else f"{message[:LOGGED]} …"
