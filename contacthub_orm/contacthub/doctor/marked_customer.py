"""`MarkedCustomer`: a customer for tests on a live workspace, which is removed whatever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self
from uuid import uuid4

from contacthub_orm.errors import (
    APIError,
    ContacthubError,
    InvalidRequestError,
    NotFoundError,
    NotSent,
    OutcomeUnknown,
)

if TYPE_CHECKING:
    from types import TracebackType

    from contacthub_orm.contacthub.api.records.customers import CustomerRecord
    from contacthub_orm.contacthub.node import Node

__all__ = ["MarkedCustomer", "new_marker"]

SETTLE: Final = 60.0
"""Seconds until a creation whose answer is missing is in the search, or did not happen (a minute: Node SDK)."""

_ATTEMPTS: Final = 3


def new_marker() -> str:
    """The external id of a marked customer."""
    return f"contacthub-orm-doctor-{uuid4()}"


class MarkedCustomer:
    """A context that removes on exit what was created in it: also after an error, and after Ctrl-C.

    If the answer to a creation is missing, customers with the marker are searched for as long as one may still appear.

    Attributes:
        left: after the exit, the ids of customers that could not be removed; the marker if it is not known whether there
            is one.
    """

    def __init__(self, node: Node, marker: str) -> None:
        self.node = node
        self.marker = marker
        self.left: list[str] = []
        self._ids: list[str] = []
        self._in_doubt = False

    def create(self, body: dict[str, Any]) -> CustomerRecord:
        """Create a customer; `body` has the marker as its external id.

        Raises:
            InvalidRequestError: if the answer is a customer without the marker. It is left alone.
            APIError: if the service refuses it.
            TransportError: if there is no usable answer; OutcomeUnknown if it may have been done.
        """
        was_in_doubt, self._in_doubt = self._in_doubt, True  # an interrupt may come before the answer does
        try:
            found = self.node.api.customers.create_customer(body)  # type: ignore[arg-type]
        except OutcomeUnknown:
            raise
        except (APIError, NotSent, ValueError):
            self._in_doubt = was_in_doubt
            raise
        if found.id is None or found.externalId != self.marker:
            raise InvalidRequestError(
                f"the service answered with customer {found.id}, which has not the marker"
            )
        if found.id not in self._ids:
            self._ids.append(found.id)
        self._in_doubt = was_in_doubt
        return found

    def found_ids(self) -> list[str]:
        """The ids of the customers with the marker that a search finds; it may lag, and not filter at all."""
        page = self.node.api.customers.list_customers(externalId=self.marker)
        return [one.id for one in page.elements if one.id and one.externalId == self.marker]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.left = list(self._ids)
        for one in self._ids:
            if self._is_removed(one):
                self.left.remove(one)
        if self._in_doubt and not self._is_found_and_removed():
            self.left.append(self.marker)

    def _is_removed(self, customer_id: str) -> bool:
        """Remove a customer, if it has the marker. A deletion may be repeated, so lost answers are."""
        clock = self.node.workspace.transport.clock
        for attempt in range(_ATTEMPTS):
            if attempt:
                clock.sleep(1.0)
            try:
                if self.node.api.customers.get_customer(customer_id).externalId != self.marker:
                    return False  # somebody else's, whatever the service says
                self.node.api.customers.delete_customer(customer_id)
            except NotFoundError:
                return True
            except ContacthubError:
                continue
            return True
        return False

    def _is_found_and_removed(self) -> bool:
        """Search for customers with the marker until none can appear any more, and remove them.

        Whether none was left in doubt: one was found and removed, or the time is over and the searches worked.
        """
        clock = self.node.workspace.transport.clock
        end = clock.monotonic() + SETTLE
        while True:
            is_last = clock.monotonic() >= end
            try:
                others = [one for one in self.found_ids() if one not in self._ids]
                if others:
                    self.left += [one for one in others if not self._is_removed(one)]
                    return True
            except ContacthubError:
                if is_last:
                    return False
            if is_last:
                return True
            clock.sleep(2.0)
