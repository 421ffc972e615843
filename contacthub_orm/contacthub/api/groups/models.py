"""Operations on models."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.workspaces import (
    ContextTypeRecord,
    MergePolicyRecord,
    ProviderTypeRecord,
)

__all__ = ["Models"]


class Models(Group):
    """Operations on models."""

    @operation("GET", "/workspaces/{workspaceId}/models/merge-policies")
    def list_merge_policies(self) -> list[MergePolicyRecord]:
        """Merge policy types.

        The path is documented: the swagger 1.51.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/models/providers")
    def list_provider_types(self) -> list[ProviderTypeRecord]:
        """Source provider types.

        The path is documented: the swagger 1.51.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/models/contexts")
    def list_context_types(self, *, resolveReferences: bool | None = None) -> list[ContextTypeRecord]:
        """Event context types.

        The path is documented: the swagger 1.51.

        Args:
            resolveReferences: a parameter of the URL; the service's default is False.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...
