"""Operations on bulk jobs."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from contacthub_orm.contacthub.api.answers import Pages
from contacthub_orm.contacthub.api.bodies.workspaces import CreateBulkJobBody
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.enums import BulkJobEntities, BulkJobStatuses
from contacthub_orm.contacthub.api.records.workspaces import BulkJobRecord

__all__ = ["BulkJobs"]


class BulkJobs(Group):
    """Operations on bulk jobs."""

    @operation("GET", "/workspaces/{workspaceId}/nodes/{nodeId}/bulk-jobs", inferred=True)
    def list_bulk_jobs(
        self,
        *,
        nodeId: str = "",
        status: BulkJobStatuses | None = None,
        entity: BulkJobEntities | None = None,
        size: int | None = None,
        sort: str | None = None,
        page: int | None = None,
    ) -> Pages[BulkJobRecord]:
        """List bulk jobs of an entry node.

        The path is inferred: no document states it.

        Args:
            nodeId: the node's id; `node.api` fills it in.
            status: a parameter of the URL.
            entity: a parameter of the URL.
            size: a parameter of the URL.
            sort: a parameter of the URL.
            page: a parameter of the URL.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("POST", "/workspaces/{workspaceId}/nodes/{nodeId}/bulk-jobs", inferred=True)
    def create_bulk_job(self, body: CreateBulkJobBody, *, nodeId: str = "") -> BulkJobRecord:
        """Upload a CSV and create a bulk job.

        The path is inferred: no document states it.

        Args:
            nodeId: the node's id; `node.api` fills it in.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/nodes/{nodeId}/bulk-jobs/{jobId}", inferred=True)
    def get_bulk_job(self, jobId: str, *, nodeId: str = "") -> BulkJobRecord:
        """Get one bulk job.

        The path is inferred: no document states it.

        Args:
            nodeId: the node's id; `node.api` fills it in.
            jobId: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/nodes/{nodeId}/bulk-jobs/{jobId}/results", inferred=True)
    def get_bulk_job_results(self, jobId: str, *, nodeId: str = "") -> str:
        """Download the result file of a bulk job.

        The path is inferred: no document states it.

        Args:
            nodeId: the node's id; `node.api` fills it in.
            jobId: part of the path.

        Returns:
            The text of the file.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...
