"""`Configuration`: all operations on the configuration together."""

from contacthub_orm.contacthub.api.groups.configuration.aggregate_nodes import AggregateNodesConfiguration
from contacthub_orm.contacthub.api.groups.configuration.customer_properties import (
    CustomerPropertiesConfiguration,
)
from contacthub_orm.contacthub.api.groups.configuration.entry_nodes import EntryNodesConfiguration
from contacthub_orm.contacthub.api.groups.configuration.events import EventsConfiguration
from contacthub_orm.contacthub.api.groups.configuration.nodes import NodesConfiguration
from contacthub_orm.contacthub.api.groups.configuration.sources import SourcesConfiguration
from contacthub_orm.contacthub.api.groups.configuration.workspace import WorkspaceConfiguration

__all__ = ["Configuration"]


class Configuration(
    WorkspaceConfiguration,
    EventsConfiguration,
    NodesConfiguration,
    EntryNodesConfiguration,
    AggregateNodesConfiguration,
    CustomerPropertiesConfiguration,
    SourcesConfiguration,
):
    """Operations on the configuration: of the workspace, event types, nodes, properties, sources and users."""
