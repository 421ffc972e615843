"""What a node holds by plain GETs, and what a mirror holds by plain SQL."""

from __future__ import annotations

import json
import sqlite3
from itertools import count
from typing import Any

from tests.support.server import plain_session


def of_server(sandbox: Any, *known: Any) -> dict[str, Any]:
    """The documents of the customers and events with these ids, as GET by id shows them now."""
    url = f"{sandbox.base_url}/workspaces/{sandbox.workspace_id}"
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    found = {}
    with plain_session() as http:
        for kind, identity in known:
            answer = http.get(f"{url}/{kind}/{identity}", headers=headers)
            if answer.status_code == 200:
                found[identity] = answer.json()
    return found


def listed(sandbox: Any) -> set[tuple[str, str]]:
    """The customers and events that the node's lists show, as `of_server` takes them; its search must not lag."""
    url = f"{sandbox.base_url}/workspaces/{sandbox.workspace_id}"
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    found = set()
    with plain_session() as http:
        for kind in ("customers", "events"):
            for number in count():
                asked = {"nodeId": sandbox.node_id, "page": str(number), "size": "50"}
                elements = http.get(f"{url}/{kind}", params=asked, headers=headers).json()["elements"]
                found.update((kind, element["id"]) for element in elements)
                if not elements:
                    break
    return found


def of_mirror(path: Any) -> dict[str, Any]:
    """The documents of a mirror's file, by id."""
    with sqlite3.connect(path) as connection:
        rows = [
            *connection.execute("select id, document from customer_documents"),
            *connection.execute("select id, document from event_documents"),
        ]
    return {identity: json.loads(text) for identity, text in rows}
