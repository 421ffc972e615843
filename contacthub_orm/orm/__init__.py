"""The mapper: entities, change tracking, identity map, unit of work, query and session. It knows no service."""

import sys
from typing import TYPE_CHECKING, Final

from contacthub_orm.lazy_names import LazyNames
from contacthub_orm.orm.mapping.properties import Properties  # it is the class of what `Embedded[Any]` holds

if TYPE_CHECKING:
    from contacthub_orm.orm.active_record.active_record import ActiveRecord, PatchableRecord, PersonalRecord
    from contacthub_orm.orm.active_record.paged_query import PagedQuery
    from contacthub_orm.orm.active_record.pages import PaginatedList, ReadOnlyList
    from contacthub_orm.orm.criteria.criteria import Criterion, and_, not_, or_
    from contacthub_orm.orm.criteria.expressions import Expression, between_, in_, is_null, not_in_
    from contacthub_orm.orm.entity.constructor_fields import Bound, Template, bound, template
    from contacthub_orm.orm.entity.domain_event import DomainEvent
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.entity_state import Status
    from contacthub_orm.orm.entity.owner import Home
    from contacthub_orm.orm.entity.references import Parent, Reference, parent, reference
    from contacthub_orm.orm.entity.resource import Resource
    from contacthub_orm.orm.mapping.attributes import Attr, Embedded, Value, attr, embedded
    from contacthub_orm.orm.mapping.domain.composites import composite
    from contacthub_orm.orm.mapping.domain.computed import computed
    from contacthub_orm.orm.mapping.domain.synonyms import synonym
    from contacthub_orm.orm.mapping.domain.validators import validates
    from contacthub_orm.orm.mapping.mapped import Mapped
    from contacthub_orm.orm.query.options import load_only, raiseload, selectinload
    from contacthub_orm.orm.query.query import Query
    from contacthub_orm.orm.query.relations import (
        Below,
        Related,
        RelatedView,
        below,
        related,
    )
    from contacthub_orm.orm.query.select import Result, Select, select
    from contacthub_orm.orm.service.account import Account, Entry, Outcome
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.service.binds import Bind
    from contacthub_orm.orm.service.bulk_load import BulkAccount, BulkPlan, Reject
    from contacthub_orm.orm.service.field_changes import FieldChange
    from contacthub_orm.orm.service.plan import Operation, Plan, Request, Verb
    from contacthub_orm.orm.service.search import Page, ScanKey, Search
    from contacthub_orm.orm.session.context.snapshots import make_transient
    from contacthub_orm.orm.session.factories import scoped_session, sessionmaker
    from contacthub_orm.orm.session.inspection import InstanceState, inspect, object_session
    from contacthub_orm.orm.session.reading import TooManyRequests
    from contacthub_orm.orm.session.session import Session
    from contacthub_orm.orm.session.transaction.conflicts import Decision
    from contacthub_orm.orm.unit_of_work.outbox import drain_events
    from contacthub_orm.orm.unit_of_work.recovery import Report, recover
    from contacthub_orm.orm.wire.codecs import Codec, register_codec

__all__ = [
    "Account",
    "ActiveRecord",
    "Attr",
    "Backend",
    "Below",
    "Bind",
    "Bound",
    "BulkAccount",
    "BulkPlan",
    "Codec",
    "Criterion",
    "Decision",
    "DomainEvent",
    "Embedded",
    "Entity",
    "Entry",
    "Expression",
    "FieldChange",
    "Home",
    "InstanceState",
    "Mapped",
    "Operation",
    "Outcome",
    "Page",
    "PagedQuery",
    "PaginatedList",
    "Parent",
    "PatchableRecord",
    "PersonalRecord",
    "Plan",
    "Properties",
    "Query",
    "ReadOnlyList",
    "Reference",
    "Reject",
    "Related",
    "RelatedView",
    "Report",
    "Request",
    "Resource",
    "Result",
    "ScanKey",
    "Search",
    "Select",
    "Session",
    "Status",
    "Template",
    "TooManyRequests",
    "Value",
    "Verb",
    "and_",
    "attr",
    "below",
    "between_",
    "bound",
    "composite",
    "computed",
    "drain_events",
    "embedded",
    "in_",
    "inspect",
    "is_null",
    "load_only",
    "make_transient",
    "not_",
    "not_in_",
    "object_session",
    "or_",
    "parent",
    "raiseload",
    "recover",
    "reference",
    "register_codec",
    "related",
    "scoped_session",
    "select",
    "selectinload",
    "sessionmaker",
    "synonym",
    "template",
    "validates",
]

_MODULES: Final = {
    "active_record.active_record": ("ActiveRecord", "PatchableRecord", "PersonalRecord"),
    "active_record.paged_query": ("PagedQuery",),
    "active_record.pages": ("PaginatedList", "ReadOnlyList"),
    "criteria.criteria": ("Criterion", "and_", "not_", "or_"),
    "criteria.expressions": ("Expression", "between_", "in_", "is_null", "not_in_"),
    "entity.constructor_fields": ("Bound", "Template", "bound", "template"),
    "entity.domain_event": ("DomainEvent",),
    "entity.entity": ("Entity",),
    "entity.entity_state": ("Status",),
    "entity.owner": ("Home",),
    "entity.references": ("Parent", "Reference", "parent", "reference"),
    "entity.resource": ("Resource",),
    "mapping.attributes": ("Attr", "Embedded", "Value", "attr", "embedded"),
    "mapping.domain.composites": ("composite",),
    "mapping.domain.computed": ("computed",),
    "mapping.domain.synonyms": ("synonym",),
    "mapping.domain.validators": ("validates",),
    "mapping.mapped": ("Mapped",),
    "query.options": ("load_only", "raiseload", "selectinload"),
    "query.query": ("Query",),
    "query.relations": ("Below", "Related", "RelatedView", "below", "related"),
    "query.select": ("Result", "Select", "select"),
    "service.account": ("Account", "Entry", "Outcome"),
    "service.backend": ("Backend",),
    "service.binds": ("Bind",),
    "service.bulk_load": ("BulkAccount", "BulkPlan", "Reject"),
    "service.field_changes": ("FieldChange",),
    "service.plan": ("Operation", "Plan", "Request", "Verb"),
    "service.search": ("Page", "ScanKey", "Search"),
    "session.context.snapshots": ("make_transient",),
    "session.factories": ("scoped_session", "sessionmaker"),
    "session.inspection": ("InstanceState", "inspect", "object_session"),
    "session.reading": ("TooManyRequests",),
    "session.session": ("Session",),
    "session.transaction.conflicts": ("Decision",),
    "unit_of_work.outbox": ("drain_events",),
    "unit_of_work.recovery": ("Report", "recover"),
    "wire.codecs": ("Codec", "register_codec"),
}
"""The module of each name, which is imported when the name is first used."""

sys.modules[__name__].__class__ = LazyNames
