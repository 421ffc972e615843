"""Operations on consents."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from datetime import date

from contacthub_orm.contacthub.api.answers import Pages
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.enums import ConsentEventTypes
from contacthub_orm.contacthub.api.records.workspaces import ConsentLogRecord

__all__ = ["Consents"]


class Consents(Group):
    """Operations on consents."""

    @operation("GET", "/workspaces/{workspaceId}/consent-logs/{id}")
    def get_consent_log(self, id: str) -> ConsentLogRecord:
        """Read one consent log entry.

        The path is documented: the swagger 1.51.

        Args:
            id: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/consent-logs")
    def list_consent_logs(
        self,
        *,
        customerId: str | None = None,
        uniqueKey: str | None = None,
        startDate: date | None = None,
        endDate: date | None = None,
        type: ConsentEventTypes | None = None,
        property: str | None = None,
        sort: str | None = None,
        nodes: str | None = None,
    ) -> Pages[ConsentLogRecord]:
        """List consent log entries.

        The path is documented: the swagger 1.51.

        Args:
            customerId: a parameter of the URL.
            uniqueKey: JSON text holding the values of the matching properties.
            startDate: a parameter of the URL.
            endDate: a parameter of the URL.
            type: a parameter of the URL.
            property: JSON path.
            sort: field and direction.
            nodes: node ids separated by comma.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...
