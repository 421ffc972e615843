"""The mapper: entities, change tracking, identity map, unit of work, query and session. It knows no service."""

from contacthub_orm.orm.active_record.active_record import ActiveRecord, PatchableRecord, PersonalRecord
from contacthub_orm.orm.active_record.paged_query import PagedQuery
from contacthub_orm.orm.active_record.pages import PaginatedList, ReadOnlyList
from contacthub_orm.orm.criteria.criteria import Criterion, and_, not_, or_
from contacthub_orm.orm.criteria.expressions import Expression, between_, in_, is_null, not_in_
from contacthub_orm.orm.entity.constructor_fields import Bound, Template, bound, template
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import Status
from contacthub_orm.orm.entity.owner import Home
from contacthub_orm.orm.entity.references import Parent, Reference, parent, reference
from contacthub_orm.orm.entity.resource import Resource
from contacthub_orm.orm.mapping.attributes import Attr, Embedded, attr, embedded
from contacthub_orm.orm.mapping.mapped import Mapped
from contacthub_orm.orm.mapping.properties import Properties
from contacthub_orm.orm.query.options import load_only
from contacthub_orm.orm.query.query import Query
from contacthub_orm.orm.query.relations import (
    Below,
    Related,
    RelatedView,
    below,
    raiseload,
    related,
    selectinload,
)
from contacthub_orm.orm.service.account import Account, Entry, Outcome
from contacthub_orm.orm.service.backend import Backend
from contacthub_orm.orm.service.binds import Bind
from contacthub_orm.orm.service.plan import Operation, Plan, Request, Verb
from contacthub_orm.orm.service.search import Page, ScanKey, Search
from contacthub_orm.orm.session.context.snapshots import make_transient
from contacthub_orm.orm.session.factories import scoped_session, sessionmaker
from contacthub_orm.orm.session.inspection import InstanceState, inspect, object_session
from contacthub_orm.orm.session.reading import TooManyRequests
from contacthub_orm.orm.session.session import Session
from contacthub_orm.orm.unit_of_work.recovery import Report, recover

__all__ = [
    "Account",
    "ActiveRecord",
    "Attr",
    "Backend",
    "Below",
    "Bind",
    "Bound",
    "Criterion",
    "Embedded",
    "Entity",
    "Entry",
    "Expression",
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
    "Related",
    "RelatedView",
    "Report",
    "Request",
    "Resource",
    "ScanKey",
    "Search",
    "Session",
    "Status",
    "Template",
    "TooManyRequests",
    "Verb",
    "and_",
    "attr",
    "below",
    "between_",
    "bound",
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
    "related",
    "scoped_session",
    "selectinload",
    "sessionmaker",
    "template",
]
