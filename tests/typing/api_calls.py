"""What mypy and basedpyright know of `workspace.api`; read by the checkers, run by nothing but their import."""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, assert_type

from contacthub_orm import Node, Workspace
from contacthub_orm.contacthub.api.answers import Pages
from contacthub_orm.contacthub.api.api import Api
from contacthub_orm.contacthub.api.records.analytics import TimeSeriesAnswer, TimeSeriesRecord
from contacthub_orm.contacthub.api.records.customers import (
    CustomerRecord,
    JobRecord,
    SessionRecord,
    SubscriptionRecord,
)
from contacthub_orm.contacthub.api.records.events import EventCreatedRecord, EventRecord, UpdateStreamRecord
from contacthub_orm.contacthub.api.records.nodes import EntryNodeRecord, EventRetentionPolicyRecord
from contacthub_orm.contacthub.api.records.workspaces import (
    BulkJobRecord,
    ConsentLogRecord,
    MergePolicyRecord,
    SendConfigurationRecord,
    ThrottlingRecord,
    UserInfoRecord,
    WorkspaceRecord,
)


def groups(workspace: Workspace, node: Node) -> None:
    api = workspace.api
    assert_type(api, Api)
    assert_type(node.api, Api)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert_type(api.analytics.count_customers_by_creation_date(start=start, mode="DAILY"), TimeSeriesAnswer)
    assert_type(api.bulk_jobs.list_bulk_jobs(nodeId="n", status="LOADED"), Pages[BulkJobRecord])
    assert_type(api.bulk_jobs.create_bulk_job({"file": b"", "operation": "UPSERT"}), BulkJobRecord)
    assert_type(api.bulk_jobs.get_bulk_job_results("j"), str)
    assert_type(api.configuration.update_throttling({"maxRequestsPerMinute": 60}), ThrottlingRecord)
    assert_type(api.configuration.get_retention_policy(), dict[str, EventRetentionPolicyRecord])
    assert_type(api.configuration.get_customer_properties(), dict[str, Any])
    assert_type(api.configuration.get_entry_node(), EntryNodeRecord)
    assert_type(api.consents.list_consent_logs(), Pages[ConsentLogRecord])
    assert_type(node.api.customers.create_customer({"externalId": "1"}), CustomerRecord)
    assert_type(api.customers.create_job("c", {"id": "j"}), JobRecord)
    assert_type(
        api.events.create_event({"customerId": "c", "type": "loggedIn", "context": "WEB", "properties": {}}),
        EventCreatedRecord,
    )
    assert_type(api.models.list_merge_policies(), list[MergePolicyRecord])
    assert_type(api.send.list_send_configurations(), list[SendConfigurationRecord])
    assert_type(api.sessions.list_sessions("c"), list[SessionRecord])
    assert_type(api.subscriptions.get_subscription("c", "s"), SubscriptionRecord)
    assert_type(api.updates.list_updates(size=10), UpdateStreamRecord)
    assert_type(api.user.get_me(), UserInfoRecord)
    assert_type(api.workspaces.get_workspace(), WorkspaceRecord)


def answers(api: Api) -> None:
    for event in api.events.list_events():
        assert_type(event, EventRecord)
        assert_type(event.date, datetime | None)
    assert_type(api.analytics.count_customers_by_creation_date().data, list[TimeSeriesRecord] | None)


def refused(api: Api) -> None:
    api.analytics.count_customers_by_creation_date(mode="HOURLY")  # type: ignore[arg-type]
    api.configuration.get_source()  # type: ignore[call-arg]
    api.configuration.update_throttling({"maxRequests": 60})  # type: ignore[typeddict-unknown-key]
    api.events.create_event({"type": "loggedIn", "context": "WEB"})  # type: ignore[typeddict-item]
