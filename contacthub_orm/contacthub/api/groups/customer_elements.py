"""Operations on customer elements."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from contacthub_orm.contacthub.api.bodies.customers import EducationBody, JobBody, LikeBody
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.customers import EducationRecord, JobRecord, LikeRecord

__all__ = ["CustomerElements"]


class CustomerElements(Group):
    """Operations on customer elements."""

    @operation("POST", "/workspaces/{workspaceId}/customers/{customerId}/educations")
    def create_education(self, customerId: str, body: EducationBody) -> EducationRecord:
        """Add a education to a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 423.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/customers/{customerId}/educations/{id}")
    def get_education(self, customerId: str, id: str) -> EducationRecord:
        """Read a education of a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            id: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/customers/{customerId}/educations/{id}")
    def update_education(self, customerId: str, id: str, body: EducationBody) -> EducationRecord:
        """Replace a education of a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            id: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 423.
        """
        ...

    @operation("DELETE", "/workspaces/{workspaceId}/customers/{customerId}/educations/{id}")
    def delete_education(self, customerId: str, id: str) -> None:
        """Remove a education of a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            id: part of the path.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 423.
        """
        ...

    @operation("POST", "/workspaces/{workspaceId}/customers/{customerId}/likes")
    def create_like(self, customerId: str, body: LikeBody) -> LikeRecord:
        """Add a like to a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/customers/{customerId}/likes/{id}")
    def get_like(self, customerId: str, id: str) -> LikeRecord:
        """Read a like of a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            id: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/customers/{customerId}/likes/{id}")
    def update_like(self, customerId: str, id: str, body: LikeBody) -> LikeRecord:
        """Replace a like of a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            id: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 423.
        """
        ...

    @operation("DELETE", "/workspaces/{workspaceId}/customers/{customerId}/likes/{id}")
    def delete_like(self, customerId: str, id: str) -> None:
        """Remove a like of a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            id: part of the path.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 423.
        """
        ...

    @operation("POST", "/workspaces/{workspaceId}/customers/{customerId}/jobs")
    def create_job(self, customerId: str, body: JobBody) -> JobRecord:
        """Add a job to a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 423.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/customers/{customerId}/jobs/{id}")
    def get_job(self, customerId: str, id: str) -> JobRecord:
        """Read a job of a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            id: part of the path.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("PUT", "/workspaces/{workspaceId}/customers/{customerId}/jobs/{id}")
    def update_job(self, customerId: str, id: str, body: JobBody) -> JobRecord:
        """Replace a job of a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            id: part of the path.
            body: the document to send.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 423.
        """
        ...

    @operation("DELETE", "/workspaces/{workspaceId}/customers/{customerId}/jobs/{id}")
    def delete_job(self, customerId: str, id: str) -> None:
        """Remove a job of a customer.

        The path is documented: the swagger 1.51.

        Args:
            customerId: part of the path.
            id: part of the path.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
            APIError: if the service refuses it; documented: 403, 423.
        """
        ...
