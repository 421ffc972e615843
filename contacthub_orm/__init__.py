"""contacthub_orm: a declarative mapper with a unit of work over the REST API of Contacthub.

workspace = Workspace(workspace_id="...", token="...")
with Session(workspace.get_node("...")) as session, session.begin():
    bruce = session.query(Customer).filter(Customer.base.lastName == "Wayne").one()
    bruce.base.contacts.email = "bruce@wayne.com"
"""

from typing import TYPE_CHECKING, Any

from contacthub_orm import signals
from contacthub_orm.contacthub import (
    Address,
    BringBackProperties,
    Consent,
    Consents,
    Contacts,
    Credential,
    Customer,
    CustomerBase,
    Education,
    Event,
    Geo,
    Job,
    Like,
    MobileDevice,
    Node,
    OtherContact,
    SocialProfile,
    Subscription,
    Tags,
    Tracking,
    Workspace,
)
from contacthub_orm.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    CommitError,
    CompileError,
    ConfigurationError,
    ConflictError,
    ContacthubError,
    ForbiddenError,
    InvalidRequestError,
    MultipleResultsFound,
    NoResultFound,
    NotFoundError,
    NotSent,
    OperationNotPermitted,
    OutcomeUnknown,
    ServerError,
    StaleDataError,
    ThrottledError,
    TransportError,
    UnknownAttributeError,
    ValidationError,
    Violation,
)
from contacthub_orm.http import Settings
from contacthub_orm.orm import (
    Attr,
    Criterion,
    Embedded,
    Entity,
    Properties,
    Query,
    Reference,
    Resource,
    Session,
    and_,
    attr,
    between_,
    embedded,
    in_,
    inspect,
    is_null,
    not_,
    not_in_,
    or_,
    reference,
    sessionmaker,
)

if TYPE_CHECKING:
    from contacthub_orm.sandbox import Sandbox

__version__ = "0.1.0"

__all__ = [
    "APIError",
    "Address",
    "Attr",
    "AuthenticationError",
    "BadRequestError",
    "BringBackProperties",
    "CommitError",
    "CompileError",
    "ConfigurationError",
    "ConflictError",
    "Consent",
    "Consents",
    "ContacthubError",
    "Contacts",
    "Credential",
    "Criterion",
    "Customer",
    "CustomerBase",
    "Education",
    "Embedded",
    "Entity",
    "Event",
    "ForbiddenError",
    "Geo",
    "InvalidRequestError",
    "Job",
    "Like",
    "MobileDevice",
    "MultipleResultsFound",
    "NoResultFound",
    "Node",
    "NotFoundError",
    "NotSent",
    "OperationNotPermitted",
    "OtherContact",
    "OutcomeUnknown",
    "Properties",
    "Query",
    "Reference",
    "Resource",
    "Sandbox",
    "ServerError",
    "Session",
    "Settings",
    "SocialProfile",
    "StaleDataError",
    "Subscription",
    "Tags",
    "ThrottledError",
    "Tracking",
    "TransportError",
    "UnknownAttributeError",
    "ValidationError",
    "Violation",
    "Workspace",
    "and_",
    "attr",
    "between_",
    "embedded",
    "in_",
    "inspect",
    "is_null",
    "not_",
    "not_in_",
    "or_",
    "reference",
    "sessionmaker",
    "signals",
]


def __getattr__(name: str) -> Any:
    """The sandbox is an extra, imported when it is asked for."""
    if name == "Sandbox":
        from contacthub_orm.sandbox import Sandbox

        return Sandbox
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
