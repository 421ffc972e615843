"""The workspaces of one sandbox: the first one, which provides the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from contacthub_orm.sandbox.service.calls import Service
from contacthub_orm.sandbox.service.configuration import Configuration
from contacthub_orm.sandbox.service.start_values import WORKSPACES
from contacthub_orm.sandbox.storage.collections import Collection
from contacthub_orm.sandbox.storage.credentials import stored_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from contacthub_orm.sandbox.service.calls import ServerState
    from contacthub_orm.sandbox.service.settings import Settings
    from contacthub_orm.sandbox.storage.store import Store

__all__ = ["Workspaces"]


class Workspaces:
    """A `Service` for each workspace, over one store and one server.

    Args:
        store: the database.
        state: what the server has once.

    Attributes:
        first: the workspace that the sandbox starts with.
    """

    def __init__(self, store: Store, state: ServerState[Settings]) -> None:
        self._store = store
        self._state = state
        with store.transaction() as connection:
            self.first = self._opened(connection, "")
        self._found: Mapping[str, Service] | None = None
        self._known: Mapping[str, Service] = {self.first.credentials.workspace_id: self.first}

    def all(self) -> Mapping[str, Service]:
        """The workspaces by their ids, the first one first. No transaction may be open if some were added."""
        found = self._found
        if found is None:
            with self._store.transaction() as connection:
                found = self._found = self._read(connection)
        return found

    def get(self, workspace_id: str) -> Service | None:
        """A workspace that `all` gave, also while a transaction is open; None once it was removed."""
        return self._known.get(workspace_id)

    def add(self, connection: Connection, record: Mapping[str, Any]) -> dict[str, Any]:
        """Add a workspace, which starts as the sandbox did; `all` has it once the transaction is complete.

        Args:
            connection: the database connection, with a transaction open.
            record: its name, slug, group and shard.

        Returns:
            The complete record.
        """
        complete = {"id": str(uuid4()), **record, "status": "ENABLED"}
        Collection(connection, WORKSPACES).put(complete["id"], complete)
        self._started(connection, complete["id"])
        self._found = None
        return complete

    def reconfigured(self, workspace_id: str) -> None:
        """The record of a workspace was changed."""
        service = self.get(workspace_id)
        if service is not None:
            service.reconfigured()

    def forget(self) -> None:
        """Everything but the first workspace was deleted."""
        self._found, self._known = None, {self.first.credentials.workspace_id: self.first}
        self._store.events.retention = {}

    def reopen(self, connection: Connection) -> Mapping[str, Service]:
        """Find the workspaces of a store whose rows were replaced, credentials included; gives what `all` will."""
        first = self.first
        first.credentials = stored_credentials(connection, "")
        first.reconfigured()
        self.forget()
        Configuration(connection, first.credentials).start(self._state.settings, self._state.settings.now())
        self._found = self._read(connection)
        return self._found

    def _read(self, connection: Connection) -> Mapping[str, Service]:
        known = self._known
        found = {self.first.credentials.workspace_id: self.first}
        for record in Collection(connection, WORKSPACES).page():
            identity = record["id"]
            if identity not in found:
                found[identity] = known.get(identity) or self._started(connection, identity)
        self._known = found
        return found

    def _started(self, connection: Connection, workspace_id: str) -> Service:
        """A further workspace; a data file of an earlier version may have no more than its record."""
        service = self._opened(connection, workspace_id)
        Configuration(connection, service.credentials).start(self._state.settings, self._state.settings.now())
        return service

    def _opened(self, connection: Connection, key: str) -> Service:
        credentials = stored_credentials(connection, key)
        return Service(self._store, self._state, credentials=credentials, workspaces=self)
