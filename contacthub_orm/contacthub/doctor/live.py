"""`LiveTest`: what a workspace does that no document states, found out with one marked customer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.contacthub.backend.matching_policy import ASSUMED
from contacthub_orm.contacthub.doctor.findings import Report, reason
from contacthub_orm.contacthub.doctor.inferred_paths import inferred_paths
from contacthub_orm.contacthub.doctor.marked_customer import MarkedCustomer, new_marker
from contacthub_orm.errors import BadRequestError, ConflictError, ContacthubError
from contacthub_orm.reference import MAX_PAGE_SIZE

if TYPE_CHECKING:
    from contacthub_orm.contacthub.node import Node

__all__ = ["LiveTest"]

_LONGEST_LAG: Final = 120.0
"""Seconds after which a written customer that no search finds is given up."""

_NAMES: Final = ("base.firstName", "base.lastName", "base.contacts.email")

_PAGE_SIZES: Final = (MAX_PAGE_SIZE, 100, 500, 1000, 4000)


class LiveTest:
    """Writes one marked customer to a node, looks how the service behaves, and removes the customer.

    Args:
        node: the node.
        report: what `examine` found on it, to which the findings are added.

    Attributes:
        marker: the external id of the marked customer.
    """

    def __init__(self, node: Node, report: Report) -> None:
        self.node = node
        self.report = report
        self.marker = new_marker()
        self._customers = node.api.customers
        self._clock = node.workspace.transport.clock

    def run(self) -> None:
        """Make all tests. What could not be found out is in the report, and so is a customer that could not be removed."""
        marked = MarkedCustomer(self.node, self.marker)
        try:
            with marked:
                self._tests(marked, self._body())
        finally:
            self.report.left = marked.left
        removed = f"not removed: {', '.join(marked.left)}" if marked.left else f"{self.marker}: none is left"
        self.report.note("marked customer", removed, "measured")

    def _tests(self, marked: MarkedCustomer, body: dict[str, Any]) -> None:
        ask = self.report.ask
        try:
            created = marked.create({**body, "base": {**body["base"], "middleName": "omitted"}}).id
        except ContacthubError as error:
            self.report.note("creation", reason(error), "not found out")
            created = None
        if created is not None:
            ask("search lag", lambda: self._search_lag(marked))
            ask("IN with one value", self._in_with_a_scalar)
            ask("known customer", lambda: self._known_customer(marked, created, body))
            ask("PUT", lambda: self._put(created, body))
        ask("largest page", self._largest_page)
        ask("size=0", self._size_of_nothing)
        for subject, found, source in inferred_paths(self.node):
            self.report.note(subject, found, source)

    def _body(self) -> dict[str, Any]:
        """The marked customer, with all properties that the node asks for.

        All its values are of the marker: whatever the node matches by, no other customer has them.
        """
        body: dict[str, Any] = {"nodeId": self.node.node_id, "externalId": self.marker}
        paths = {*(self.report.matching or ASSUMED).properties, *self.report.mandatory, *_NAMES}
        for path in sorted(paths, key=lambda one: (-one.count("."), one)):  # an object after what is in it
            *parents, last = path.split(".")
            place = body
            for name in parents:
                place = place.setdefault(name, {})
            place.setdefault(last, _value_for(last, self.marker))
        return body

    def _search_lag(self, marked: MarkedCustomer) -> str:
        started = self._clock.monotonic()
        pause = 0.25
        while True:
            if marked.found_ids():
                return f"{self._clock.monotonic() - started:.1f} s until a search finds a new customer"
            if self._clock.monotonic() - started >= _LONGEST_LAG:
                return f"no search found the customer within {_LONGEST_LAG:.0f} s"
            self._clock.sleep(pause)
            pause = min(2 * pause, 2.0)

    def _in_with_a_scalar(self) -> str:
        condition = {"type": "atomic", "attribute": "externalId", "operator": "IN", "value": self.marker}
        query = {"name": "query", "query": {"type": "simple", "are": {"condition": condition}}}
        try:
            page = self._customers.list_customers(query=json.dumps(query))
        except BadRequestError as error:
            return f"refused ({error.status})"
        found = [one.externalId for one in page.elements]
        if not found:
            return "finds nothing"
        return "taken as a list of one" if set(found) == {self.marker} else "not looked at: finds others too"

    def _known_customer(self, marked: MarkedCustomer, created: str, body: dict[str, Any]) -> str:
        try:
            again = marked.create(body)
        except ConflictError as error:
            return f"{error.status}: the second creation is refused (BLOCK)"
        return "merged into the first (MERGE)" if again.id == created else "created a second time (NO_CHECK)"

    def _put(self, created: str, body: dict[str, Any]) -> str:
        self._customers.update_customer(created, body)  # type: ignore[arg-type]
        base = self._customers.get_customer(created).base
        is_kept = base is not None and base.middleName is not None
        return "keeps properties that the body lacks" if is_kept else "removes properties that the body lacks"

    def _largest_page(self) -> str:
        largest = 0
        for size in _PAGE_SIZES:
            try:
                given = self._customers.list_customers(size=size).size
            except BadRequestError as error:
                return f"{largest}; {size} is refused ({error.status})"
            largest = max(largest, given)
            if given < size:
                return f"{given}; more is cut to that"
        return f"{largest} at least"

    def _size_of_nothing(self) -> str:
        try:
            page = self._customers.list_customers(size=0)
        except BadRequestError as error:
            return f"refused ({error.status})"
        whole = self._customers.list_customers(size=1)
        said = "the true total" if page.total == whole.total else f"a total of {page.total}, of {whole.total}"
        return f"{said}, {len(page.elements)} elements"


def _value_for(name: str, marker: str) -> Any:
    """A value for a property that the node asks for: an address of e-mail where the name says so, else the marker."""
    digits = str(int(marker[-12:], 16))
    if "mail" in name.lower():
        return f"{marker}@example.com"
    return f"+00{digits}"[:15] if "phone" in name.lower() or name in ("fax", "mobilePhone") else marker
