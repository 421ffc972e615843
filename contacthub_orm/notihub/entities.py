"""The entities of Notihub: customers, their contacts and preferences, and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import Violation
from contacthub_orm.notihub.values import (
    ContactType,
    CustomerStatus,
    Mechanism,
    contact_rule,
    doubled_primary,
    mechanisms,
)
from contacthub_orm.orm import (
    ActiveRecord,
    Attr,
    Below,
    Embedded,
    Parent,
    Properties,
    Reference,
    Related,
    Resource,
    attr,
    below,
    embedded,
    inspect,
    parent,
    reference,
    related,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.wire.documents import Document

__all__ = [
    "Customer",
    "CustomerContact",
    "CustomerPreference",
    "Delivery",
    "Message",
    "MessageTemplate",
    "Recipient",
]


def _resource(name: str, id_key: str) -> Resource:
    """A collection. Documents have no version, and a change replaces them as a whole."""
    return Resource(name, id_key=id_key, version_keys=(), patches=False)


class Customer(ActiveRecord, resource=_resource("customers", "customerId")):
    """Somebody who receives messages. A new one needs an `externalId`, or a contact of type EMAIL or PHONE.

    `contacts` are sent with a new customer. After that each is created, saved and deleted by itself: append new ones to the
    list, change those in it, and delete one by `session.delete(contact)`.
    """

    customerId: Attr[str | None] = attr(default=None, read_only=True)
    externalId: Attr[str | None] = attr(default=None)
    status: Attr[CustomerStatus | None] = attr(default=None)
    language: Attr[str | None] = attr(default=None)
    metadata: Attr[str | None] = attr(default=None)
    contacts: Attr[list[CustomerContact]] = attr(default=None, own_routes=True)

    def _stored_preferences(self) -> list[Document]:
        reader = self._state.reader()
        assert reader is not None
        with reader as owner:
            return list(owner.session.backend.below(("customers", str(self.customerId), "preferences")))

    preferences: Below[CustomerPreference] = below(lambda: CustomerPreference, _stored_preferences)
    messages: Related[Message] = related(
        lambda: Message, lambda query, identity: query.filter_by(customerId=identity)
    )

    def _violations(self) -> Iterable[Violation]:
        if self._state.key is not None:
            return
        contacts = self.to_dict().get("contacts") or []
        reached = {one.get("type") for one in contacts}
        if not self.externalId and not reached & {ContactType.EMAIL, ContactType.PHONE}:
            needed = "needs an externalId, or a contact of type EMAIL or PHONE"
            yield Violation("Customer", self.to_dict(), needed)
        for index, one in enumerate(contacts):
            rule = contact_rule(one.get("type"), one.get("value"))
            if rule is not None:
                yield Violation(f"Customer.contacts[{index}].value", one.get("value"), rule)
        kind = doubled_primary(contacts)
        if kind is not None:
            yield Violation("Customer.contacts", contacts, f"only one {kind} can be primary")


class CustomerContact(ActiveRecord, resource=_resource("contacts", "contactId")):
    """An address of a customer. At most one of each type is primary; push tokens count as verified."""

    customer: Parent[Customer] = parent("customers", ("contacts",), default=None, kw_only=False)
    contactId: Attr[int | None] = attr(default=None, read_only=True)
    type: Attr[ContactType] = attr(default=None, required=True)
    value: Attr[str] = attr(default=None, required=True)
    primary: Attr[bool | None] = attr(default=None)
    verified: Attr[bool | None] = attr(default=None)

    def _violations(self) -> Iterable[Violation]:
        above = self._state.parent
        if self._state.key is None and above is None:
            yield Violation("CustomerContact.customer", None, "is required: its routes are the customer's")
        rule = contact_rule(self.type, self.value)
        if rule is not None:
            yield Violation("CustomerContact.value", self.value, rule)
        if self.primary and isinstance(above, Customer) and _has_other_primary(above, self):
            yield Violation(
                "CustomerContact.primary",
                self.primary,
                f"another {self.type} of the customer is primary: save that without it first",
            )


def _has_other_primary(customer: Customer, contact: CustomerContact) -> bool:
    """Whether another contact of the type is primary, or is so until its own change is saved, as far as is at hand."""
    listed = customer.__dict__.get("contacts")
    if listed is None:
        listed = (inspect(customer).baseline or {}).get("contacts") or []
    others = [one for one in listed if one is not contact]
    documents = [one if isinstance(one, dict) else one.to_dict() for one in others]
    documents += [inspect(one).baseline or {} for one in others if isinstance(one, CustomerContact)]
    own = contact.contactId
    return any(
        one.get("primary") and one.get("type") == contact.type
        for one in documents
        if own is None or one.get("contactId") != own
    )


class CustomerPreference(ActiveRecord, resource=_resource("preferences", "templateGroupId")):
    """By which mechanisms a customer receives the messages of a group of templates; NONE for by none."""

    customer: Parent[Customer] = parent("customers", default=None, kw_only=False)
    templateGroupId: Attr[str] = attr(default=None, required=True, create_only=True)
    mechanisms: Attr[list[Mechanism]] = attr(default=None, required=True, converter=mechanisms)

    def _violations(self) -> Iterable[Violation]:
        if self._state.key is None and self._state.parent is None:
            yield Violation("CustomerPreference.customer", None, "is required: its routes are the customer's")


class MessageTemplate(Properties):
    """The template of a message, as the service used it."""

    templateId: Attr[str | None] = attr(default=None, read_only=True)
    templateGroupId: Attr[str | None] = attr(default=None, read_only=True)
    language: Attr[str | None] = attr(default=None, read_only=True)
    supportedMechanisms: Attr[list[str]] = attr(default=None, read_only=True)


class Recipient(Properties):
    """What the service knew of the customer when it sent a message."""

    customerId: Attr[str | None] = attr(default=None, read_only=True)
    languagePreference: Attr[str | None] = attr(default=None, read_only=True)
    mechanismPreference: Attr[list[str]] = attr(default=None, read_only=True)


class Delivery(Properties):
    """What became of a message by one mechanism."""

    mechanism: Attr[str | None] = attr(default=None, read_only=True)
    provider: Attr[str | None] = attr(default=None, read_only=True)
    status: Attr[str | None] = attr(default=None, read_only=True)


class Message(ActiveRecord, resource=_resource("messages", "messageId")):
    """A message to a customer, made of a template and a `model`. Once sent it cannot be changed or deleted.

    `force` names the mechanisms by which it is delivered, whatever the customer prefers. `deliveries`, `template` and
    `recipient` are the service's, and are read when they are first asked for.
    """

    customer: Reference[Customer] = reference("customerId", "customers", default=None)
    messageId: Attr[str | None] = attr(default=None, read_only=True)
    customerId: Attr[str | None] = attr(default=None, create_only=True)
    templateId: Attr[str] = attr(default=None, required=True, create_only=True)
    force: Attr[list[ContactType]] = attr(default=None, create_only=True)
    model: Attr[Any] = attr(default=None, create_only=True)
    template: Embedded[MessageTemplate] = embedded(default=None, read_only=True)
    recipient: Embedded[Recipient] = embedded(default=None, name="customer", read_only=True)
    deliveries: Attr[list[Delivery]] = attr(default=None, read_only=True)

    def _violations(self) -> Iterable[Violation]:
        if (
            self._state.key is None
            and self.customerId is None
            and self._state.reference("customerId") is None
        ):
            yield Violation("Message.customerId", None, "is required: who receives the message")
