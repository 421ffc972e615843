"""`Api`: every operation of the service, in groups; and the paths that a workspace overrides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.contacthub.api.groups.analytics import Analytics
from contacthub_orm.contacthub.api.groups.bulk_jobs import BulkJobs
from contacthub_orm.contacthub.api.groups.configuration.configuration import Configuration
from contacthub_orm.contacthub.api.groups.consents import Consents
from contacthub_orm.contacthub.api.groups.customers import Customers
from contacthub_orm.contacthub.api.groups.events import Events
from contacthub_orm.contacthub.api.groups.models import Models
from contacthub_orm.contacthub.api.groups.send import Send
from contacthub_orm.contacthub.api.groups.sessions import Sessions
from contacthub_orm.contacthub.api.groups.subscriptions import Subscriptions
from contacthub_orm.contacthub.api.groups.updates import Updates
from contacthub_orm.contacthub.api.groups.user import User
from contacthub_orm.contacthub.api.groups.workspaces import Workspaces
from contacthub_orm.contacthub.api.operation import PLACEHOLDER, Client, Group, Operation, operations_of
from contacthub_orm.errors import ConfigurationError
from contacthub_orm.suggestions import suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.http import Transport

__all__ = ["GROUPS", "Api", "all_operations", "checked_paths"]

GROUPS: dict[str, type[Group]] = {
    "analytics": Analytics,
    "bulk_jobs": BulkJobs,
    "configuration": Configuration,
    "consents": Consents,
    "customers": Customers,
    "events": Events,
    "models": Models,
    "send": Send,
    "sessions": Sessions,
    "subscriptions": Subscriptions,
    "updates": Updates,
    "user": User,
    "workspaces": Workspaces,
}


class Api:
    """Every operation of the API as one typed call.

    The calls take and return plain values and records, no entities: a session knows nothing of them.
    """

    def __init__(
        self, transport: Transport, workspace_id: str, node_id: str | None, paths: Mapping[str, str]
    ) -> None:
        client = Client(transport, workspace_id, node_id, paths)
        self.analytics = Analytics(client)
        self.bulk_jobs = BulkJobs(client)
        self.configuration = Configuration(client)
        self.consents = Consents(client)
        self.customers = Customers(client)
        self.events = Events(client)
        self.models = Models(client)
        self.send = Send(client)
        self.sessions = Sessions(client)
        self.subscriptions = Subscriptions(client)
        self.updates = Updates(client)
        self.user = User(client)
        self.workspaces = Workspaces(client)

    def __repr__(self) -> str:
        return f"Api({', '.join(GROUPS)})"


def all_operations() -> dict[str, Operation]:
    """Every operation by its name."""
    return {name: declared for group in GROUPS.values() for name, declared in operations_of(group).items()}


def checked_paths(paths: Mapping[str, str]) -> dict[str, str]:
    """The paths to use in place of the declared ones, by the operation's name.

    Raises:
        ConfigurationError: if there is no such operation, a path does not begin with `/`, or it names an argument that
            the operation's own path does not name.
    """
    declared = all_operations()
    for name, path in paths.items():
        if name not in declared:
            raise ConfigurationError(
                f"paths: there is no operation {name!r}{suggestion(str(name), declared)}"
            )
        if not isinstance(path, str) or not path.startswith("/"):
            raise ConfigurationError(
                f"paths: the path of {name} must be a string that begins with /, got {path!r}"
            )
        others = set(PLACEHOLDER.findall(path)) - {"workspaceId", *declared[name].placeholders}
        if others:
            raise ConfigurationError(
                f"paths: the path of {name} names {', '.join(sorted(others))}, and its arguments are "
                f"{', '.join(declared[name].placeholders) or 'none'}"
            )
    return dict(paths)
