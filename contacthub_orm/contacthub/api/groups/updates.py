"""Operations on updates."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from typing import Annotated

from contacthub_orm.contacthub.api.checks import AtLeast, AtMost
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.enums import UpdateEntities
from contacthub_orm.contacthub.api.records.events import LastOffsetRecord, UpdateStreamRecord

__all__ = ["Updates"]


class Updates(Group):
    """Operations on updates."""

    @operation("GET", "/workspaces/{workspaceId}/updates/last-offset")
    def get_last_update_offset(
        self, *, nodeId: str | None = None, entity: UpdateEntities | None = None
    ) -> LastOffsetRecord:
        """Offset of the newest update.

        The path is documented: the swagger 1.51.

        Args:
            nodeId: `node.api` fills it in.
            entity: a parameter of the URL.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/updates")
    def list_updates(
        self,
        *,
        size: Annotated[int, AtLeast(0), AtMost(4000)] | None = None,
        timestamp: int | None = None,
        offset: int | None = None,
        nodeId: str | None = None,
        entity: UpdateEntities | None = None,
    ) -> UpdateStreamRecord:
        """Stream of customer and event updates.

        The path is documented: the swagger 1.51.

        Args:
            size: a parameter of the URL; the service's default is 50.
            timestamp: time of the first modified entity; ignored when offset is given.
            offset: greatest offset the client knows; exclusive.
            nodeId: `node.api` fills it in.
            entity: a parameter of the URL.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...
