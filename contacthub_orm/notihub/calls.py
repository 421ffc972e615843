"""Notihub's calls as its SDK has them, in Python: `notihub.customers.create(...)`, on the mechanism of sessions.

Each takes a document, its values by name, or both, and gives entities that belong to no session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from contacthub_orm.errors import ArgumentError, ValidationError
from contacthub_orm.notihub.entities import Customer, CustomerContact, CustomerPreference, Message
from contacthub_orm.orm import ActiveRecord, Search
from contacthub_orm.orm.criteria.criteria import ALWAYS
from contacthub_orm.orm.entity.detached import get_reference, loaded
from contacthub_orm.orm.entity.validation import violations
from contacthub_orm.orm.mapping.unknown_keys import refuse_unknown_keys
from contacthub_orm.orm.rest import Calls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.orm.rest import RestService

__all__ = ["ContactCalls", "CustomerCalls", "MessageCalls", "PreferenceCalls"]

R = TypeVar("R", bound=ActiveRecord)


class CustomerCalls(Calls[Customer]):
    """The calls on customers. The array of contacts may be named `contacts` or, as on the SDK's page, `contact`."""

    def __init__(self, service: RestService[Any]) -> None:
        super().__init__(service, Customer)

    def create(self, attributes: Mapping[str, Any] | None = None, /, **values: Any) -> Customer:
        """Create a customer; see `Calls.create`."""
        return super().create(_with_contacts({**(attributes or {}), **values}))

    def update(self, attributes: Mapping[str, Any] | None = None, /, **values: Any) -> Customer:
        """Replace a customer's document with this one, which has its `customerId`; see `Calls.update`.

        The service leaves contacts alone in this request. So those that are sent along are created or saved by requests of
        their own after it, if the customer does not have them so; those that are not sent along stay.
        """
        content = _with_contacts({**(attributes or {}), **values})
        contacts = content.pop("contacts", None) or []
        _check_contacts(contacts)
        customer = super().update(content)
        if not contacts:
            return customer
        with self.service.lend() as session:
            session.add(customer)
            for wanted in contacts:
                _merge_contact(customer, wanted)
            session.commit()
        return customer

    def list(
        self,
        *,
        limit: int = 25,
        page: int | None = None,
        search: str | None = None,
        actives: bool | None = None,
    ) -> list[Customer]:
        """One page of customers, in the order of their creation.

        Args:
            limit: the customers of a page, at most 200.
            page: the number of the page, as the service counts; the first unless given.
            search: a text in the external id or a contact.
            actives: True for enabled customers alone.

        Raises:
            ArgumentError: if a number is out of range.
        """
        asked = {} if search is None else {"search": search}
        if actives is not None:
            asked["actives"] = str(bool(actives)).lower()
        return _page(self, limit, page, asked)


class ContactCalls:
    """The calls on the contacts of a customer."""

    def __init__(self, service: RestService[Any]) -> None:
        self._calls = Calls(service, CustomerContact)

    def create(self, attributes: Mapping[str, Any] | None = None, /, **values: Any) -> CustomerContact:
        """Create a contact of the customer with the `customerId` in the document.

        Raises:
            ArgumentError: if there is no `customerId`.
            ContacthubError: the errors of `Calls.create`.
        """
        customer_id, content = _below_a_customer(attributes, values)
        return _new(self._calls, customer_id, content).post()

    def get(self, customer_id: str, contact_id: int | str, /) -> CustomerContact:
        """Read a contact, by reading its customer.

        Raises:
            NotFoundError: if there is none.
        """
        return self._calls.get((customer_id, str(contact_id)))

    def update(self, attributes: Mapping[str, Any] | None = None, /, **values: Any) -> CustomerContact:
        """Replace the contact with the `contactId`, of the customer with the `customerId`; see `Calls.update`."""
        customer_id, content = _below_a_customer(attributes, values)
        own = content.pop("contactId", None)
        if own is None:
            raise ArgumentError("contactId is missing: it says which contact to update")
        return self._calls.replace((customer_id, str(own)), content)

    def delete(self, customer_id: str, contact_id: int | str, /) -> None:
        """Delete a contact.

        Raises:
            NotFoundError: if there is none.
        """
        self._calls.delete((customer_id, str(contact_id)))

    def list(self, customer_id: str, /) -> list[CustomerContact]:
        """All contacts of a customer.

        Raises:
            NotFoundError: if there is no such customer.
        """
        service = self._calls.service
        document = service.backend.read(Customer, customer_id)
        customer = loaded(Customer, service, document)
        return [loaded(CustomerContact, service, one, customer) for one in document.get("contacts") or ()]


class PreferenceCalls:
    """The calls on the preferences of a customer."""

    def __init__(self, service: RestService[Any]) -> None:
        self._calls = Calls(service, CustomerPreference)

    def create_or_update(
        self, attributes: Mapping[str, Any] | None = None, /, **values: Any
    ) -> CustomerPreference:
        """Set by which `mechanisms` the customer with the `customerId` gets messages of the `templateGroupId`.

        Raises:
            ArgumentError: if there is no `customerId`.
            ContacthubError: the errors of `Calls.create`.
        """
        customer_id, content = _below_a_customer(attributes, values)
        return _new(self._calls, customer_id, content).post()

    def get(self, customer_id: str, /) -> list[CustomerPreference]:
        """All preferences of a customer.

        Raises:
            NotFoundError: if there is no such customer.
        """
        service = self._calls.service
        customer = get_reference(Customer, service, customer_id)
        rows = service.backend.preferences(customer_id)
        return [loaded(CustomerPreference, service, one, customer) for one in rows]


class MessageCalls:
    """The calls on messages."""

    def __init__(self, service: RestService[Any]) -> None:
        self._calls = Calls(service, Message)

    def send(self, attributes: Mapping[str, Any] | None = None, /, **values: Any) -> Message:
        """Send a message: `customerId`, `templateId` and, if wanted, `force` and `model`."""
        return self._calls.create(attributes, **values)

    create = send

    def get(self, message_id: str, /) -> Message:
        """Read a message with its deliveries.

        Raises:
            NotFoundError: if there is none.
        """
        return self._calls.get(message_id)

    def list(
        self,
        *,
        limit: int = 25,
        page: int | None = None,
        customer_id: str | None = None,
        template_id: str | None = None,
    ) -> list[Message]:
        """One page of messages.

        Args:
            limit: the messages of a page, at most 200.
            page: the number of the page, as the service counts; the first unless given.
            customer_id: of this customer alone.
            template_id: of this template alone.

        Raises:
            ArgumentError: if a number is out of range.
        """
        asked = {"customerId": customer_id, "templateId": template_id}
        return _page(self._calls, limit, page, {key: one for key, one in asked.items() if one is not None})


def _page(calls: Calls[R], limit: int, page: int | None, asked: Mapping[str, str]) -> list[R]:
    most, first = calls.service.backend.page_size, calls.service.backend.first_page
    number = first if page is None else page
    for name, value, least in (("limit", limit, 1), ("page", number, first)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ArgumentError(f"{name} is a number, {least} or more, got {value!r}")
    if limit > most:
        raise ArgumentError(f"limit is at most {most}, got {limit}")
    search = Search(calls.entity, ALWAYS, page=number - first, size=limit, parameters=asked)
    rows = calls.service.backend.search(search).documents
    return [loaded(calls.entity, calls.service, one) for one in rows]


def _with_contacts(content: dict[str, Any]) -> dict[str, Any]:
    """The document with the contacts under the documentation's name.

    Raises:
        ArgumentError: if it has both names, with different contacts.
    """
    if "contact" not in content:
        return content
    given = content.pop("contact")
    if content.setdefault("contacts", given) != given:
        raise ArgumentError("contact and contacts are the same array: give one of them")
    return content


def _below_a_customer(
    attributes: Mapping[str, Any] | None, values: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """The customer's id in a document, and the rest.

    Raises:
        ArgumentError: if there is no id.
    """
    content = {**(attributes or {}), **values}
    customer_id = content.pop("customerId", None)
    if not isinstance(customer_id, str) or not customer_id:
        raise ArgumentError(f"customerId is a string that is not empty, got {customer_id!r}")
    return customer_id, content


def _new(calls: Calls[R], customer_id: str, content: Mapping[str, Any]) -> R:
    """A new entity of a customer that is not loaded."""
    refuse_unknown_keys(calls.entity, content)
    made = calls.entity()
    setattr(made, "customer", get_reference(Customer, calls.service, customer_id))  # noqa: B010 - each has one
    for key, value in content.items():
        made[key] = value
    return made


def _check_contacts(contacts: Any) -> None:
    """Check the contacts that go along with an update, as those of a new customer.

    Raises:
        ValidationError: if one breaks a rule.
    """
    bare = [
        {key: value for key, value in dict(_document(one)).items() if key != "contactId"} for one in contacts
    ]
    found = violations(Customer(externalId="any", contacts=bare))  # type: ignore[arg-type]  # documents are taken too
    if found:
        raise ValidationError(found)


def _document(contact: Any) -> Any:
    return contact.to_dict() if isinstance(contact, CustomerContact) else contact


def _merge_contact(customer: Customer, wanted: Any) -> None:
    """Change the contact of a customer that a document stands for, by its id or else by type and value, or add one."""
    content = dict(_document(wanted))
    own = content.pop("contactId", None)
    for held in customer.contacts:
        same = (held.type, held.value) == (content.get("type"), content.get("value"))
        if held.contactId == own if own is not None else same:
            for key, value in content.items():
                held[key] = value
            return
    customer.contacts.append(CustomerContact(**content))
