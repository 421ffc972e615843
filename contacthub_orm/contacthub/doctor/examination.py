"""`examine`: what the configuration says, and what the client assumes where it says nothing. Nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from contacthub_orm.contacthub.backend.matching_policy import ASSUMED, MatchingPolicy
from contacthub_orm.contacthub.doctor.findings import Report, reason
from contacthub_orm.errors import APIError, AuthenticationError, NotSent, TransportError
from contacthub_orm.reference import MAX_MATCHED_ELEMENTS, MAX_PAGE_SIZE, MAX_PAYLOAD_BYTES

if TYPE_CHECKING:
    from contacthub_orm.contacthub.node import Node

__all__ = ["examine"]


def examine(node: Node) -> Report:
    """Read the configuration of a node and its workspace.

    Raises:
        AuthenticationError: if the service does not know the token.
        NotSent: if it cannot be reached.
    """
    report = Report()
    report.note("workspace", f"{node.workspace.workspace_id} at {node.workspace.base_url}", "read")
    report.note("node", node.node_id, "read")
    uniqueness = _uniqueness(node, report)
    _matching(node, report, uniqueness)
    _budget(node, report)
    _limits(node, report)
    clock = node.workspace.transport.service_clock
    if clock.known:
        report.note("clock", _difference(clock.ahead.total_seconds()), "read")
    return report


def _uniqueness(node: Node, report: Report) -> Literal["MERGE", "BLOCK"]:
    try:
        stated = node.api.configuration.get_workspace_configuration().customerUniquenessPolicy
    except (AuthenticationError, NotSent):
        raise
    except (APIError, TransportError) as error:
        report.note("policy", f"MERGE ({reason(error)})", "assumed")
        return "MERGE"
    if stated is None:
        report.note("policy", "MERGE", "assumed")
        return "MERGE"
    report.note("policy", stated, "read")
    return "BLOCK" if stated == "BLOCK" else "MERGE"


def _matching(node: Node, report: Report, uniqueness: Literal["MERGE", "BLOCK"]) -> None:
    assumed = ", ".join(ASSUMED.properties)
    try:
        entry = node.api.configuration.get_entry_node()
    except (APIError, TransportError) as error:
        report.note("matching", f"{assumed} ({reason(error)})", "assumed")
        return
    stated = entry.uniqueCustomer
    if stated is None or not stated.properties:
        report.note("matching", assumed, "assumed")
    else:
        report.matching = MatchingPolicy(tuple(stated.properties), bool(stated.caseSensitive), uniqueness)
        case = "case matters" if stated.caseSensitive else "case does not matter"
        report.note("matching", f"{', '.join(stated.properties)}; {case}", "read")
    report.mandatory = tuple(entry.mandatoryProperties or ())
    report.note("mandatory", ", ".join(report.mandatory) or "nothing", "read")


def _budget(node: Node, report: Report) -> None:
    own = node.workspace.transport.settings.requests_per_minute
    client = f"the client sends at most {own} a minute" if own else "the client sets no limit"
    try:
        budget = node.api.configuration.get_throttling().maxRequestsPerMinute
    except (APIError, TransportError) as error:
        report.note("budget", f"{client} ({reason(error)})", "assumed")
        return
    report.requests_per_minute = budget
    stated = "no limit" if not budget else f"{budget} requests a minute"
    report.note("budget", f"{stated}; {client}", "read" if budget is not None else "assumed")


def _limits(node: Node, report: Report) -> None:
    report.note("page", f"{MAX_PAGE_SIZE} customers or events", "assumed")
    report.note("search", f"{MAX_MATCHED_ELEMENTS} matches", "assumed")
    try:
        sizes = node.api.configuration.get_events_payload_size()
    except (APIError, TransportError):
        report.note("payload", f"{MAX_PAYLOAD_BYTES} bytes", "assumed")
        return
    other = {
        name: one.maxBytes for name, one in sizes.items() if one.maxBytes not in (None, MAX_PAYLOAD_BYTES)
    }
    said = "".join(f"; {name} {most}" for name, most in sorted(other.items()))
    report.note("payload", f"{MAX_PAYLOAD_BYTES} bytes{said}", "read" if sizes else "assumed")


def _difference(seconds: float) -> str:
    if not seconds:
        return "as the service's, to two seconds"
    return f"the service's is {abs(seconds):.0f} s {'ahead' if seconds > 0 else 'behind'}"
