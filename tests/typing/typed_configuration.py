"""What mypy and basedpyright know of a workspace's configuration; read by the checkers, run by nothing but their import."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, assert_type

from contacthub_orm import (
    AggregateNode,
    BaseProperty,
    EntryNode,
    EventConfiguration,
    ExclusionFilter,
    ExtendedProperties,
    ExtendedProperty,
    NodePermission,
    Query,
    Session,
    Source,
    UniqueCustomer,
    User,
    Workspace,
)
from contacthub_orm.orm import Account, Plan, Report, recover


def nodes(workspace: Workspace) -> None:
    with Session(workspace, check_version=True) as session:
        assert_type(session.query(EntryNode), Query[EntryNode])
        shops = EntryNode(name="Shops", uniqueCustomer=UniqueCustomer(properties=["externalId"]))
        assert_type(shops.id, str | None)
        assert_type(shops.uniqueCustomer.properties, list[str])
        assert_type(shops.mandatoryProperties, list[str])
        few = AggregateNode(
            name="Few",
            entryNodes=["1"],
            matchingProperties=UniqueCustomer(properties=["externalId"], caseSensitive=True),
            exclusionFilters=[ExclusionFilter(property="base.lastName", value="Test", pattern="CONTAINS")],
        )
        few.state = "LOCKED"
        assert_type(few.exclusionFilters, list[ExclusionFilter])
        assert_type(few.exclusionFilters[0].pattern, Literal["START_WITH", "CONTAINS"])
        session.add_all([shops, few])
        assert_type(session.plan(), Plan)
        assert_type(session.commit(), Account)
    assert_type(recover(workspace, "journal"), Report)


def access(session: Session) -> None:
    source = session.query(Source).filter_locally(Source.name == "Web").one()
    assert_type(source, Source)
    assert_type(source.nodes, list[str])
    assert_type(source.properties, dict[str, Any])
    user = session.get(User, "1")
    assert_type(user, User | None)
    assert user is not None
    user.nodes.append(NodePermission(id="1", permission="RW"))
    assert_type(user.id, int | None)
    assert_type(user.updatedAt, datetime | None)


def properties(session: Session) -> None:
    configured = session.get(EventConfiguration, "viewedPage")
    title = session.get(BaseProperty, "base.title")
    declared = session.get(ExtendedProperties, "customers")
    assert configured is not None
    assert title is not None
    assert declared is not None
    configured.enabled = title.enabled
    assert_type(configured.enabled, bool)
    assert_type(configured.mode, Literal["ACTIVE", "PASSIVE"] | None)
    declared.properties.append(ExtendedProperty(name="points", type="integer"))
    assert_type(declared.named("points"), ExtendedProperty | None)
    assert_type(declared.properties[0].contactlabProperties.maxLength, int | None)
