"""The operations of a node on customers, under the names that the Python SDK's manual gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload
from uuid import uuid4

import attrs

from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.elements import CustomerSession
from contacthub_orm.contacthub.node.base import NodeBase, settable
from contacthub_orm.contacthub.values.argument_aliases import flag, identity, one_of_spellings
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
    """Customers: read, added, changed, deleted, tagged, linked to sessions, exported and forgotten."""

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
            external_id: only customers with this external id; where there is just one, it is given instead of a list.
            page: which page, counted from 0, as the service counts.
            size: how many customers a page holds, at most 50; 10 unless given.
            fields: the paths to load, as texts or attributes; another is loaded when it is read.
            externalId: another spelling of `external_id`.
        """
        external_id = one_of_spellings("external_id", external_id, "externalId", externalId)
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
        """`get_customers`, as the SDK's README calls it."""
        return self.get_customers(externalId, page, size, fields)

    @property
    def customers(self) -> PaginatedList[Customer]:
        """The first page of `get_customers()`, as the SDK's README calls it."""
        return self.get_customers()

    def get_customer(
        self, id: str | None = None, external_id: str | None = None, *, externalId: str | None = None
    ) -> Customer:
        """The customer with an id, or with an external id; one of them must be given (`externalId` is another spelling).

        Raises NotFoundError for an unknown id; NoResultFound or MultipleResultsFound for an external id that not just one
        customer has; ArgumentError for both or neither.
        """
        external_id = one_of_spellings("external_id", external_id, "externalId", externalId)
        if (id is None) == (external_id is None):
            raise ArgumentError(f"give either id or external_id, got {id!r} and {external_id!r}")
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
        """Create a customer with these attributes, the form of `to_dict()`; what only the service sets is left out.

        Args:
            force_update: as for `Customer.post`, or as `forceUpdate`.
            attributes: the customer's.
        """
        customer = from_document(Customer, self, settable(Customer, attributes))
        return customer.post(force_update, forceUpdate=forceUpdate)

    def update_customer(
        self, customer_id: str | None = None, /, full_update: bool = False, **attributes: Any
    ) -> Customer:
        """Change the customer with an id: by PATCH what the attributes say, by PUT (`full_update`) the whole of it.

        Nothing is read before. What only the service sets is left out, and what a PUT does not name is removed; subscriptions
        become the list that is given.

        Args:
            customer_id: the id, by place; or `id=...` among the attributes, where `to_dict()` and `get_mutation_tracker()`
                put it.
            full_update: replace the customer.
            attributes: the changes, or the whole customer.
        """
        chosen = one_of_spellings("the first argument", customer_id, "id", attributes.get("id"))
        node_id = attributes.pop("nodeId", None) or self.node_id
        if node_id != self.node_id:
            raise ArgumentError(f"nodeId is {node_id!r}, and this is node {self.node_id}")
        replaces = flag("full_update", full_update)
        known = {"nodeId": self.node_id} if replaces else None
        customer = self._customer(identity("id", chosen), settable(Customer, attributes), known)
        return replace_unread(customer) if replaces else customer.patch()

    def delete_customer(self, id: str, **attributes: Any) -> Customer:  # noqa: ARG002 - `**customer.to_dict()` goes
        """Delete the customer with an id, and give what stands for it; the other attributes do not matter."""
        return self._customer(identity("id", id)).delete()

    # -- tags and sessions --------------------------------------------------------------------------------------------

    def add_tag(self, customer_id: str, tag: str | int) -> Customer:
        """Add a manual tag to a customer, which is read first; nothing is sent where it has the tag."""
        added = _tag(tag)
        customer = self.get_customer(id=identity("customer_id", customer_id))
        if added not in customer.tags.manual:
            customer.tags.manual.append(added)
        return customer.patch()

    def remove_tag(self, customer_id: str, tag: str | int) -> Customer:
        """Remove a manual tag of a customer, which is read first. Raises ArgumentError, a ValueError, without the tag."""
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
        """Link a session to a customer, so that its events become theirs, and give the session's id."""
        return CustomerSession(customer=self._customer(customer_id), value=session_id).post().value

    # -- legal duties -------------------------------------------------------------------------------------------------

    def forget_customer(self, id: str) -> Customer:
        """Have the service erase all that it holds of a customer, on its whole platform; see `Session.forget`."""
        return self._customer(identity("id", id)).forget()

    def export_customer(self, id: str) -> Document:
        """All that the service holds of a customer: `{"customer": ..., "events": [...]}`; see `Session.export`."""
        return self._customer(identity("id", id)).export()


def _tag(tag: object) -> str:
    """A tag as the service keeps it, a text. Raises ArgumentError for what is neither a text, not empty, nor a number."""
    if isinstance(tag, bool) or not isinstance(tag, str | int) or tag == "":
        raise ArgumentError(f"a tag is a text that is not empty, or a whole number, got {tag!r}")
    return str(tag)
