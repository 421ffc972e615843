"""What operations on workspaces send. A key that is left out is not sent; None is sent as null."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from typing import Required, TypedDict

from contacthub_orm.contacthub.api.records.enums import (
    BulkJobEntities,
    BulkJobOperations,
    EventTypes,
    WorkspaceStatuses,
)

__all__ = ["CreateBulkJobBody", "CreateWorkspaceBody", "SetWorkspaceStatusBody"]


class CreateBulkJobBody(TypedDict, total=False):
    """What `create_bulk_job` sends."""

    file: Required[bytes]
    operation: Required[BulkJobOperations]
    entity: BulkJobEntities
    eventType: EventTypes


class CreateWorkspaceBody(TypedDict, total=False):
    """What `create_workspace` sends."""

    name: Required[str]
    slug: Required[str]
    groupPk: Required[int]
    shard: Required[str]


class SetWorkspaceStatusBody(TypedDict, total=False):
    """What `set_workspace_status` sends."""

    status: WorkspaceStatuses
