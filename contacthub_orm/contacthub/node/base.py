"""`NodeBase`: what all operations of a node use: its backend, sessions for one call, queries and single documents."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from contacthub_orm.contacthub.backend.backend import NodeBackend
from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.values.argument_aliases import identity
from contacthub_orm.orm import Entity, PagedQuery, Session
from contacthub_orm.orm.active_record.call_session import CallSession
from contacthub_orm.orm.entity.detached import get_reference, loaded
from contacthub_orm.orm.query.framed import frames
from contacthub_orm.orm.query.statement import parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.contacthub.api.api import Api
    from contacthub_orm.contacthub.backend.matching_policy import MatchingPolicy
    from contacthub_orm.contacthub.workspace import Workspace
    from contacthub_orm.frames.libraries import LazyFrame
    from contacthub_orm.orm.service.bulk_load import (
        BulkAccount,
        BulkArguments,
        BulkOptions,
        BulkPlan,
        BulkRows,
        Intake,
    )

__all__ = ["NodeBase", "settable"]

E = TypeVar("E", bound=Entity)


class NodeBase:
    """A node of a workspace, without its operations."""

    def __init__(self, workspace: Workspace, node_id: str, matching: MatchingPolicy | None = None) -> None:
        self.workspace = workspace
        self.node_id = node_id
        self.backend = NodeBackend(
            workspace.transport, workspace.workspace_id, node_id, matching, workspace.paths
        )

    @cached_property
    def api(self) -> Api:
        """Every operation of the API as a typed call, with this node filled in where it takes one."""
        return self.workspace.api_for(self.node_id)

    def __repr__(self) -> str:
        return f"Node({self.node_id!r}, workspace={self.workspace!r})"

    def lend(self) -> CallSession:
        """A session for one call (see `contacthub_orm.orm.active_record.call_session`)."""
        return CallSession(self)

    def load_in_bulk(self, intake: Intake, rows: BulkRows, options: BulkOptions) -> BulkAccount:
        """Save rows for a session; see `Session.bulk_save`."""
        from contacthub_orm.contacthub.bulk.load import load  # few programs use it

        return load(self, intake, rows, options)

    def plan_bulk_load(self, intake: Intake, rows: BulkRows, options: BulkOptions) -> BulkPlan:
        """Say what `load_in_bulk` would send; see `Session.plan_bulk_save`."""
        from contacthub_orm.contacthub.bulk.load import plan  # few programs use it

        return plan(self, intake, rows, options)

    def bulk_save(self, rows: BulkRows, **options: Unpack[BulkArguments]) -> BulkAccount:
        """Save many rows at once, as `Session.bulk_save` does, with a session of its own."""
        with Session(self) as session:
            return session.bulk_save(rows, **options)

    def query(self, entity: type[E]) -> PagedQuery[E]:
        """A query for entities of a class, as `session.query`, but its entities belong to no session.

        `all()` returns the first page, a `PaginatedList`. Iterating the query reads all pages, some in advance.
        """
        query = self.lend().query(entity)
        return PagedQuery(**{**parts_of(query), "tracks": False}, backend=query.backend, reader=query.reader)

    def scan(self, entity: type[Entity]) -> LazyFrame:
        """The customers or events of a class as a lazy frame of polars, with a column for each value, named by its path.

        Filters, columns and limits of the frame go into the requests, as far as the service understands them; see
        `contacthub_orm.frames.explain`. Nothing is sent before the frame is collected.

        Raises:
            MissingExtra: if polars or pyarrow is not installed.
        """
        frame: LazyFrame = frames().scan(self.query(entity))
        return frame

    def _read(self, entity: type[E], identity: str, parent: Entity | None = None) -> E:
        """Load the entity with an identity, detached.

        Raises:
            NotFoundError: if there is none.
        """
        return loaded(entity, self, self.backend.read(entity, identity), parent)

    def _customer(self, customer_id: str, changes: Any = None, known: Any = None) -> Customer:
        """The customer with this id, with unsaved changes; nothing is loaded."""
        return get_reference(Customer, self, identity("customer_id", customer_id), changes, known=known)


def settable(entity: type[Entity], attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that a client may set: those that only the service sets are left out."""
    declared = entity.__keys__
    return {
        key: value
        for key, value in attributes.items()
        if key not in declared or declared[key].derived or not declared[key].read_only
    }
