"""The mapper: entities, change tracking, identity map, unit of work, query and session. It knows no service."""

from contacthub_orm.orm.active_record import ActiveRecord, PatchableRecord, PersonalRecord
from contacthub_orm.orm.attributes import Attr, Embedded, attr, embedded
from contacthub_orm.orm.backend import Backend, Page, Search
from contacthub_orm.orm.binds import Bind, Home
from contacthub_orm.orm.construction import Bound, Template, bound, template
from contacthub_orm.orm.criteria import Criterion, and_, not_, or_
from contacthub_orm.orm.entity import Entity, Parent, Reference, Resource, parent, reference
from contacthub_orm.orm.expressions import Expression, between_, in_, is_null, not_in_
from contacthub_orm.orm.lists import PaginatedList, ReadOnlyList
from contacthub_orm.orm.mapped import Mapped, Properties
from contacthub_orm.orm.options import load_only, raiseload, selectinload
from contacthub_orm.orm.paged_query import PagedQuery
from contacthub_orm.orm.plan import Account, Entry, Operation, Outcome, Plan, Request, Verb
from contacthub_orm.orm.query import Query
from contacthub_orm.orm.recovery import Report, recover
from contacthub_orm.orm.relations import Below, Related, RelatedView, below, related
from contacthub_orm.orm.session import Session, TooManyRequests, make_transient, object_session
from contacthub_orm.orm.sessions import scoped_session, sessionmaker
from contacthub_orm.orm.state import InstanceState, Status, inspect

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
