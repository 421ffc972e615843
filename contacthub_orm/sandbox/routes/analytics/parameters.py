"""The parameters of analytics: read one after another, and refused all together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.analytics.conventions import zone
from contacthub_orm.sandbox.analytics.nodes import entry_nodes
from contacthub_orm.sandbox.analytics.periods import EARLIEST, LATEST, months_before
from contacthub_orm.sandbox.documents.failures import Failure
from contacthub_orm.sandbox.documents.violations import Violation
from contacthub_orm.sandbox.documents.wire import format_instant, parse_instant

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["Parameters"]


class Parameters:
    """Reads the parameters of a request. None is valid before `check` has passed.

    Args:
        call: the request.

    Attributes:
        effective: the parameters in force, defaults included, as the answer shows them.
    """

    def __init__(self, call: Call) -> None:
        self.effective: dict[str, Any] = {}
        self._call = call
        self._violations: list[Violation] = []

    def choice(self, name: str, enumeration: str, default: str) -> str:
        """A value of an enumeration."""
        value = self._call.query.get(name) or default
        choices = enum(enumeration)
        if value not in choices:
            self._refuse(f"{name} is one of {', '.join(choices)}", name, "enum")
        self.effective[name] = value
        return value

    def span(self, default: int, longest: int | None = None) -> tuple[int, int]:
        """The first and the last instant of a range, both inclusive, in milliseconds since 1970.

        Args:
            default: the length of a range without a start, in months; a range without an end ends now.
            longest: the longest range, in months.
        """
        others = len(self._violations)
        start, end = self._instant("start"), self._instant("end")
        last = self._call.now if end is None else end
        first = months_before(last, default, zone(self._call)) if start is None else start
        if len(self._violations) > others:  # what cannot be read is neither before nor after the other
            return first, last
        if first > last:
            self._refuse("start is after end, which is now unless it is given", "start", "range")
        elif longest is not None and first < months_before(last, longest, zone(self._call)):
            length = "a year" if longest == 12 else "a month"  # noqa: PLR2004 - months
            self._refuse(
                f"start is at most {length} before end, which is now unless it is given", "start", "range"
            )
        self.effective |= {"start": format_instant(first), "end": format_instant(last)}
        return first, last

    def nodes(self) -> list[str]:
        """The entry nodes that `nodeId` names, or all, once `check` has passed.

        Raises:
            Failure: 400 as `check`, 404 if there is no such node.
        """
        self.check()
        node_id = self._call.query.get("nodeId") or None
        self.effective["nodeId"] = node_id
        return entry_nodes(self._call, node_id)

    def check(self) -> None:
        """Refuse what was read with all its violations.

        Raises:
            Failure: 400 if a parameter breaks a rule.
        """
        if self._violations:
            raise Failure(400, "the parameters are not valid", violations=self._violations)

    def _instant(self, name: str) -> int | None:
        text = self._call.query.get(name)
        if not text:
            return None
        # A plus sign that the client did not encode arrives as a space.
        instant = parse_instant(text.replace(" ", "+"))
        if instant is None or not EARLIEST <= instant <= LATEST:
            self._refuse(f"{name} is a date-time with a zone, in the years 3 to 9997", name, "date-time")
            return None
        return instant

    def _refuse(self, message: str, name: str, code: str) -> None:
        self._violations.append(Violation(message, name, code=code))
