"""Operations on analytics."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from datetime import datetime

from contacthub_orm.contacthub.api.answers import Pages
from contacthub_orm.contacthub.api.operation import Group, operation
from contacthub_orm.contacthub.api.records.analytics import (
    KeyValueAnswer,
    KeyValueListAnswer,
    KpiAnswer,
    NodeInfoRecord,
    TimeSeriesAnswer,
)
from contacthub_orm.contacthub.api.records.enums import (
    AggregationModes,
    EventContextsOrAll,
    PurchaseKpiTypes,
    UpdateAggregationTypes,
)
from contacthub_orm.contacthub.api.records.workspaces import WorkspaceInfoRecord

__all__ = ["Analytics"]


class Analytics(Group):
    """Operations on analytics."""

    @operation("GET", "/workspaces/{workspaceId}/analytics/customers/{customerId}/events", inferred=True)
    def get_customer_events_by_category(
        self,
        customerId: str,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        mode: AggregationModes | None = None,
    ) -> TimeSeriesAnswer:
        """Daily/weekly/monthly event counts of one customer per category.

        The path is inferred: no document states it.

        Args:
            customerId: part of the path.
            start: a parameter of the URL.
            end: a parameter of the URL.
            mode: a parameter of the URL; the service's default is DAILY.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation(
        "GET", "/workspaces/{workspaceId}/analytics/customers/{customerId}/buying-behaviors", inferred=True
    )
    def get_customer_buying_behaviors(
        self, customerId: str, *, start: datetime | None = None, end: datetime | None = None
    ) -> KpiAnswer:
        """Spending indicators of one customer.

        The path is inferred: no document states it.

        Args:
            customerId: part of the path.
            start: a parameter of the URL.
            end: a parameter of the URL.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/analytics/workspace", inferred=True)
    def get_workspace_info(self) -> WorkspaceInfoRecord:
        """Workspace id, name, status and customer total.

        The path is inferred: no document states it.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/analytics/nodes", inferred=True)
    def list_nodes_info(self) -> Pages[NodeInfoRecord]:
        """Nodes with their customer totals.

        The path is inferred: no document states it.

        Returns:
            The first page that was asked for; iterating it fetches those after it.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/analytics/customers/count", inferred=True)
    def count_customers(self, *, nodeId: str | None = None) -> KeyValueAnswer:
        """Total number of customers.

        The path is inferred: no document states it.

        Args:
            nodeId: `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/analytics/customers/creation-date", inferred=True)
    def count_customers_by_creation_date(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        mode: AggregationModes | None = None,
        nodeId: str | None = None,
    ) -> TimeSeriesAnswer:
        """New customers over time, by registeredAt.

        The path is inferred: no document states it.

        Args:
            start: a parameter of the URL.
            end: a parameter of the URL.
            mode: a parameter of the URL; the service's default is MONTHLY.
            nodeId: `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/analytics/customers/communication-channels", inferred=True)
    def count_customers_by_channel(self, *, nodeId: str | None = None) -> KeyValueAnswer:
        """Customers by reachable channel.

        The path is inferred: no document states it.

        Args:
            nodeId: `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/analytics/customers/updates", inferred=True)
    def count_customers_by_update_date(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        type: UpdateAggregationTypes | None = None,
        nodeId: str | None = None,
    ) -> TimeSeriesAnswer:
        """Customers added, updated or deleted over time.

        The path is inferred: no document states it.

        Args:
            start: a parameter of the URL.
            end: a parameter of the URL.
            type: a parameter of the URL; the service's default is ADDED.
            nodeId: `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/analytics/events/updates", inferred=True)
    def count_events_by_update_date(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        type: UpdateAggregationTypes | None = None,
        nodeId: str | None = None,
    ) -> TimeSeriesAnswer:
        """Events added, updated or deleted over time.

        The path is inferred: no document states it.

        Args:
            start: a parameter of the URL.
            end: a parameter of the URL.
            type: a parameter of the URL; the service's default is ADDED.
            nodeId: `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/analytics/events", inferred=True)
    def count_events_by_type_and_context(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        context: EventContextsOrAll | None = None,
        nodeId: str | None = None,
    ) -> TimeSeriesAnswer:
        """Events over time, by type and context.

        The path is inferred: no document states it.

        Args:
            start: a parameter of the URL.
            end: a parameter of the URL.
            context: a parameter of the URL; the service's default is ALL.
            nodeId: `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/analytics/events/kpi/purchases", inferred=True)
    def get_purchase_kpis(
        self,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        type: PurchaseKpiTypes | None = None,
        nodeId: str | None = None,
    ) -> KpiAnswer:
        """Purchase indicators.

        The path is inferred: no document states it.

        Args:
            start: a parameter of the URL.
            end: a parameter of the URL.
            type: a parameter of the URL; the service's default is ALL.
            nodeId: `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/analytics/events/kpi/ecommerce", inferred=True)
    def get_ecommerce_kpis(
        self, *, start: datetime | None = None, end: datetime | None = None, nodeId: str | None = None
    ) -> KpiAnswer:
        """E-commerce indicators.

        The path is inferred: no document states it.

        Args:
            start: a parameter of the URL.
            end: a parameter of the URL.
            nodeId: `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...

    @operation("GET", "/workspaces/{workspaceId}/analytics/events/kpi/web", inferred=True)
    def get_web_kpis(
        self, *, start: datetime | None = None, end: datetime | None = None, nodeId: str | None = None
    ) -> KeyValueListAnswer:
        """Web indicators.

        The path is inferred: no document states it.

        Args:
            start: a parameter of the URL.
            end: a parameter of the URL.
            nodeId: `node.api` fills it in.

        Returns:
            The answer; fields that no document states are in its records' `unknown`.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        ...
