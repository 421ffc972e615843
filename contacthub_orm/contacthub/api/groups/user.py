"""Operations on user."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.workspaces import UserInfoRecord

__all__ = ["User"]


class User(Group):
    """Operations on user."""

    @operation("GET", "/me")
    def get_me(self) -> UserInfoRecord:
        """The calling user with groups, workspaces and nodes.

        The path is documented: the swagger 1.51.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it; documented: 403.
        """
        ...
