"""`Customer`: a person in a node."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from contacthub_orm.contacthub.entities.base import CustomerBase, timezones
from contacthub_orm.contacthub.entities.consents import Consents
from contacthub_orm.contacthub.entities.sub_resources import (
    CustomerSession,
    Education,
    Job,
    Like,
    Subscription,
)
from contacthub_orm.contacthub.values.argument_aliases import flag, resolve_alias
from contacthub_orm.contacthub.values.enums import (
    MobileDeviceType,
    NotificationService,
    OtherContactType,
    SubscriptionKind,
)
from contacthub_orm.contacthub.values.limits import in_total_at_most, payload_rule, string
from contacthub_orm.errors import ConflictError, Violation
from contacthub_orm.orm import (
    Attr,
    Below,
    Bound,
    Embedded,
    PersonalRecord,
    Properties,
    ReadOnlyList,
    Related,
    Resource,
    Template,
    attr,
    below,
    bound,
    embedded,
    related,
    template,
)
from contacthub_orm.orm.active_record.call_session import session_for
from contacthub_orm.orm.entity.detached import adopt_identity, from_document, require_identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    # The annotations `Related[Event]` and `Bound[Node]` are not evaluated at run time.
    from contacthub_orm.contacthub.entities.event import Event  # noqa: TC004
    from contacthub_orm.contacthub.node import Node  # noqa: TC004
    from contacthub_orm.contacthub.values.timezones import Timezone
    from contacthub_orm.orm.mapping.unknown_keys import Unknown
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Customer", "SourceInfo", "Tags"]


_RESOURCE = Resource("customers", always=("nodeId", "registeredAt", "updatedAt"), personal=True)


class Tags(Properties):
    """Tags of a customer: people set `manual`, the service's elaborations set `auto`.

    The tags of each list may have 1000 characters in total (reference 1.299.1).
    """

    auto: Attr[list[str]] = attr(default=None, validator=in_total_at_most(1000))
    manual: Attr[list[str]] = attr(default=None, validator=in_total_at_most(1000))


class SourceInfo(Properties):
    """The sources that created and last changed a customer. The service sets them."""

    registeredBy: Attr[str | None] = attr(default=None, read_only=True)
    updatedBy: Attr[str | None] = attr(default=None, read_only=True)


class _Timezones:
    def __get__(self, instance: object | None, owner: type) -> type[Timezone]:
        return timezones()


class Customer(PersonalRecord, resource=_RESOURCE):
    """A customer of a node. Subclass it to declare `extended` properties of your own.

    Every attribute is optional; the node's configuration says which properties it demands. A customer with a `node` can
    save itself without a session (`post()`, `patch()`, `put()`, `delete()`). `default_attributes` are the initial values
    of a new customer. A customer made with `node` and `id` represents the existing customer with this id. `export()`
    returns `{"customer": ..., "events": [...]}`.
    """

    TIMEZONES: ClassVar = _Timezones()
    OTHER_CONTACT_TYPES: ClassVar = OtherContactType
    MOBILE_DEVICE_TYPES: ClassVar = MobileDeviceType
    NOTIFICATION_SERVICES: ClassVar = NotificationService
    SUBSCRIPTION_KINDS: ClassVar = SubscriptionKind

    node: Bound[Node] = bound(default=None, kw_only=False)
    default_attributes: Template = template(
        {"base": {"contacts": {}}, "extended": {}, "consents": {}, "tags": {"manual": [], "auto": []}},
        default=None,
        kw_only=False,
    )
    id: Attr[str | None] = attr(default=None, read_only=True)
    intId: Attr[int | None] = attr(default=None, read_only=True)
    externalId: Attr[str | None] = string()
    nodeId: Attr[str | None] = attr(default=None, create_only=True)
    base: Embedded[CustomerBase] = embedded(default=None)
    consents: Embedded[Consents] = embedded(default=None)
    extended: Embedded[Any] = embedded(default=None)
    extra: Attr[str | None] = attr(default=None)
    tags: Embedded[Tags] = embedded(default=None)
    enabled: Attr[bool | None] = attr(default=None)
    registeredAt: Attr[datetime | None] = attr(default=None, read_only=True)
    updatedAt: Attr[datetime | None] = attr(default=None, read_only=True)
    version: Attr[int | None] = attr(default=None, read_only=True)
    deleted: Attr[int | None] = attr(default=None, read_only=True)
    sourceInfo: Embedded[SourceInfo] = embedded(default=None, read_only=True)

    def _linked_sessions(self) -> list[Document]:
        """The documents of the customer's sessions, which are not part of its own document."""
        reader = self._state.reader()
        assert reader is not None
        with reader as owner:
            return list(owner.session.backend.below(("customers", str(self.id), "sessions")))

    events: Related[Event] = related(
        lambda: _event_class(), lambda query, identity: query.filter_by(customerId=identity)
    )
    educations: Below[Education] = below(
        lambda: Education, lambda customer: _elements(customer, "educations")
    )
    jobs: Below[Job] = below(lambda: Job, lambda customer: _elements(customer, "jobs"))
    likes: Below[Like] = below(lambda: Like, lambda customer: _elements(customer, "likes"))
    subscriptions: Below[Subscription] = below(
        lambda: Subscription, lambda customer: _elements(customer, "subscriptions")
    )
    sessions: Below[CustomerSession] = below(lambda: CustomerSession, _linked_sessions)

    @classmethod
    def from_dict(
        cls,
        node: Node,
        attributes: Mapping[str, Any] | Properties | None = None,
        *,
        unknown: Unknown = "refuse",
    ) -> Self:
        """Make a customer of a node from its document.

        With an id, the document represents an existing customer, which has no unsaved changes; without one, the customer is
        new. A document that lacks `nodeId`, `registeredAt` or `updatedAt` is taken as a part of the customer: other values
        are loaded when they are read, and a `put()` keeps them.

        Args:
            node: the node.
            attributes: the document.
            unknown: what becomes of keys of a new customer that are not declared: "refuse" or "keep". Those of a document that
                the service made are kept.

        Raises:
            ArgumentError: if `unknown` is neither of the two.
            ValidationError: if a key of a new customer is not declared, and is not to be kept.
        """
        return from_document(cls, node, attributes or {}, unknown)

    def post(self, force_update: bool = False, *, forceUpdate: bool | None = None) -> Self:
        """Create the customer now, as `ActiveRecord.post` does.

        Args:
            force_update: if the node refuses the customer because it matches an existing one (409, policy BLOCK), change
                that one instead, by a PATCH with the values of this customer. A node with the policy MERGE does this by itself.
            forceUpdate: an alias of `force_update`, which the SDK's manual also uses.

        Raises:
            ArgumentError: if the two aliases have different values, or the value is not a bool.
            ConflictError: if the node refuses the customer and `force_update` is off, or the service does not name the
                existing customer.
        """
        chosen = resolve_alias("force_update", force_update or None, "forceUpdate", forceUpdate)
        forced = flag("force_update", False if chosen is None else chosen)
        if forced and self._state.key is not None:
            return self.patch()
        try:
            return super().post()
        except ConflictError as error:
            if not forced or error.conflicting_id is None:
                raise
            adopt_identity(self, error.conflicting_id)
        return self.patch()

    def get_events(self) -> ReadOnlyList[Event]:
        """All events of the customer, newest first, in a read-only list.

        Raises:
            OperationNotPermitted: if the customer is not saved.
        """
        require_identity(self, "get_events")
        with session_for(self) as session:
            query = type(self).events.select_for(self, session)
            return ReadOnlyList(query.no_tracking() if session.per_call else query)

    def _violations_of_body(self, body: Document) -> Iterable[Violation]:
        rule = payload_rule(body)
        if rule is not None:
            yield Violation(type(self).__name__, body, rule)
        if self._state.key is None and not any(body.get(key) for key in ("externalId", "base", "extended")):
            yield Violation(type(self).__name__, body, "needs at least one of externalId, base and extended")


def _event_class() -> type[Event]:
    from contacthub_orm.contacthub.entities.event import Event

    return Event


def _elements(customer: Customer, name: str) -> list[Document]:
    """The elements of a list in `base`, as the service last returned them."""
    from contacthub_orm.orm import inspect  # here, so that a program loads what it uses

    customer.__load_paths__([("base", name)])
    base = (inspect(customer).baseline or {}).get("base") or {}
    return base.get(name) or []
