"""The operations of a node on customers, with the names of the Python SDK's manual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload
from uuid import uuid4

import attrs

from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.sub_resources import CustomerSession
from contacthub_orm.contacthub.node.base import NodeBase, settable
from contacthub_orm.contacthub.values.argument_aliases import flag, identity, resolve_alias
from contacthub_orm.errors import ArgumentError, MultipleResultsFound, NoResultFound
from contacthub_orm.orm.active_record.active_record import replace_unread
from contacthub_orm.orm.entity.detached import from_document
from contacthub_orm.orm.query.options import LoadOnly

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm import PaginatedList
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["CustomerOperations"]


class CustomerOperations(NodeBase):
    """Operations that read, add, change, delete, tag, export and forget customers, and link them to sessions."""

    # -- reading ------------------------------------------------------------------------------------------------------

    @overload
    def get_customers(
        self,
        external_id: None = None,
        page: int | None = None,
        size: int | None = None,
        fields: Iterable[Any] | None = None,
        *,
        externalId: None = None,
    ) -> PaginatedList[Customer]: ...
    @overload
    def get_customers(
        self,
        external_id: str | None = None,
        page: int | None = None,
        size: int | None = None,
        fields: Iterable[Any] | None = None,
        *,
        externalId: str | None = None,
    ) -> Customer | PaginatedList[Customer]: ...

    def get_customers(
        self,
        external_id: str | None = None,
        page: int | None = None,
        size: int | None = None,
        fields: Iterable[Any] | None = None,
        *,
        externalId: str | None = None,
    ) -> Customer | PaginatedList[Customer]:
        """A page of the node's customers, the first registered first.

        Args:
            external_id: only customers with this external id. If exactly one has it, that customer is returned, not a list.
            page: the number of the page; the service counts from 0.
            size: the number of customers on a page, at most 50; by default the service's 10.
            fields: the paths to load, as strings or attributes. Other values are loaded when they are read.
            externalId: an alias of `external_id`.

        Raises:
            ArgumentError: if the two aliases differ, or the external id is not a string or is empty.
            CompileError: if one of `fields` is not a path, or `size` is above 50.
        """
        external_id = resolve_alias("external_id", external_id, "externalId", externalId)
        query = self.query(Customer)
        if fields is not None:
            query = query.options(LoadOnly.of("fields", [fields] if isinstance(fields, str) else fields))
        if external_id is None:
            return query.page(page or 0, size)
        wanted = {"externalId": identity("external_id", external_id)}
        found = attrs.evolve(query, parameters=wanted).page(page or 0, size)
        return found[0] if found.total_elements == 1 and found else found

    def get_all_customers(
        self,
        size: int | None = None,
        page: int | None = None,
        externalId: str | None = None,
        fields: Iterable[Any] | None = None,
    ) -> Customer | PaginatedList[Customer]:
        """`get_customers` under the name that the SDK's README uses."""
        return self.get_customers(externalId, page, size, fields)

    @property
    def customers(self) -> PaginatedList[Customer]:
        """The first page of `get_customers()`, under the name that the SDK's README uses."""
        return self.get_customers()

    def get_customer(
        self, id: str | None = None, external_id: str | None = None, *, externalId: str | None = None
    ) -> Customer:
        """Load the customer with an id or with an external id; pass exactly one of them.

        Args:
            id: the customer's id.
            external_id: the customer's external id.
            externalId: an alias of `external_id`.

        Raises:
            NotFoundError: if no customer has the id.
            NoResultFound: if no customer has the external id.
            MultipleResultsFound: if several customers have the external id.
            ArgumentError: if both or neither are passed, or the argument is not a string or is empty.
        """
        external_id = resolve_alias("external_id", external_id, "externalId", externalId)
        if (id is None) == (external_id is None):
            raise ArgumentError(f"pass either id or external_id, got {id!r} and {external_id!r}")
        if external_id is None:
            return self._read(Customer, identity("id", id))
        found = self.get_customers(external_id=external_id)
        if isinstance(found, Customer):
            return found
        if not found:
            raise NoResultFound(f"no customer has the external id {external_id!r}")
        raise MultipleResultsFound(f"{found.total_elements} customers have the external id {external_id!r}")

    # -- writing ------------------------------------------------------------------------------------------------------

    def add_customer(
        self, force_update: bool = False, *, forceUpdate: bool | None = None, **attributes: Any
    ) -> Customer:
        """Create a customer with these attributes, in the form of `to_dict()`.

        Args:
            force_update: as for `Customer.post`.
            forceUpdate: an alias of `force_update`.
            attributes: the customer's attributes. Those that only the service sets are ignored.
        """
        customer = from_document(Customer, self, settable(Customer, attributes), "keep")
        return customer.post(force_update, forceUpdate=forceUpdate)

    def update_customer(
        self, customer_id: str | None = None, /, full_update: bool = False, **attributes: Any
    ) -> Customer:
        """Change the customer with an id: some attributes by PATCH, or the whole customer by PUT (`full_update`).

        The customer is not read before. Attributes that only the service sets are ignored. A PUT removes what the attributes
        do not name. The list of subscriptions replaces the stored one.

        Args:
            customer_id: the id, as a positional argument. Or pass `id=...` among the attributes, where `to_dict()` and
                `get_mutation_tracker()` put it.
            full_update: whether the attributes are the whole customer, which replaces the stored one.
            attributes: the changes, or the whole customer.

        Raises:
            ArgumentError: if there is no id or two different ones, `nodeId` is another node's, or `full_update` is not a bool.
            NotFoundError: if no customer has the id.
        """
        chosen = resolve_alias("the first argument", customer_id, "id", attributes.get("id"))
        node_id = attributes.pop("nodeId", None) or self.node_id
        if node_id != self.node_id:
            raise ArgumentError(f"nodeId is {node_id!r}, and this is node {self.node_id}")
        replaces = flag("full_update", full_update)
        known = {"nodeId": self.node_id} if replaces else None
        customer = self._customer(identity("id", chosen), settable(Customer, attributes), known)
        return replace_unread(customer) if replaces else customer.patch()

    def delete_customer(self, id: str, **attributes: Any) -> Customer:  # noqa: ARG002 - the manual passes `**customer.to_dict()`
        """Delete the customer with an id and return it; the other attributes are ignored.

        Raises:
            NotFoundError: if no customer has the id.
        """
        return self._customer(identity("id", id)).delete()

    # -- tags and sessions --------------------------------------------------------------------------------------------

    def add_tag(self, customer_id: str, tag: str | int) -> Customer:
        """Add a manual tag to a customer. The customer is read first; if it has the tag already, nothing is sent.

        Raises:
            ArgumentError: if the tag is empty, or neither a string nor an integer.
            NotFoundError: if no customer has the id.
        """
        added = _tag(tag)
        customer = self.get_customer(id=identity("customer_id", customer_id))
        if added not in customer.tags.manual:
            customer.tags.manual.append(added)
        return customer.patch()

    def remove_tag(self, customer_id: str, tag: str | int) -> Customer:
        """Remove a manual tag of a customer. The customer is read first.

        Raises:
            ArgumentError: if the customer does not have the tag, or the tag is empty, or neither a string nor an integer.
            NotFoundError: if no customer has the id.
        """
        removed = _tag(tag)
        customer = self.get_customer(id=identity("customer_id", customer_id))
        if removed not in customer.tags.manual:
            raise ArgumentError(f"customer {customer_id} has no manual tag {removed!r}")
        customer.tags.manual.remove(removed)
        return customer.patch()

    @staticmethod
    def create_session_id() -> str:
        """A new random id for a session of an anonymous customer: a UUID of version 4."""
        return str(uuid4())

    def add_customer_session(self, customer_id: str, session_id: str) -> str:
        """Link a session to a customer and return the session's id. The session's events become the customer's."""
        return CustomerSession(customer=self._customer(customer_id), value=session_id).post().value

    # -- privacy ------------------------------------------------------------------------------------------------------

    def forget_customer(self, id: str) -> Customer:
        """Make the service erase everything it holds about a customer, on its whole platform; see `Session.forget`."""
        return self._customer(identity("id", id)).forget()

    def export_customer(self, id: str) -> Document:
        """Everything the service holds about a customer: `{"customer": ..., "events": [...]}`; see `Session.export`."""
        return self._customer(identity("id", id)).export()


def _tag(tag: object) -> str:
    """A tag as the service stores it, a string.

    Raises:
        ArgumentError: if the tag is empty, or neither a string nor an integer.
    """
    if isinstance(tag, bool) or not isinstance(tag, str | int) or tag == "":
        raise ArgumentError(f"a tag is a string that is not empty, or an integer, got {tag!r}")
    return str(tag)
