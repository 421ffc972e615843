"""What the event list can be asked, and what it cannot."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contacthub_orm import CompileError, Criterion, Event, and_, or_
from contacthub_orm.contacthub.query.event_filters import event_parameters

E: Any = Event


@pytest.mark.parametrize(
    ("criterion", "parameters"),
    [
        (and_(), {}),
        (E.customerId == "1", {"customerId": "1"}),
        (E.customerId.in_(["1"]), {"customerId": "1"}),
        (E.type == Event.TYPES.VIEWED_PAGE, {"type": "viewedPage"}),
        (E.type == "viewedPage", {"type": "viewedPage"}),
        (E.type.in_([Event.TYPES.VIEWED_PAGE, "loggedIn"]), {"type": "viewedPage,loggedIn"}),
        (E.context == Event.CONTEXTS.WEB, {"context": "WEB"}),
        (E.context.in_(["WEB", "MOBILE"]), {"context": "WEB,MOBILE"}),
        (E.mode == Event.MODES.ACTIVE, {"mode": "ACTIVE"}),
        (E.date >= date(2020, 1, 1), {"dateFrom": "2020-01-01"}),
        (E.date <= datetime(2020, 1, 1, 12, tzinfo=UTC), {"dateTo": "2020-01-01T12:00:00.000Z"}),
        (E.date.between("2020-01-01", "2020-02-01"), {"dateFrom": "2020-01-01", "dateTo": "2020-02-01"}),
        (
            (E.customerId == "1")
            & (E.type == "loggedIn")
            & (E.date >= "2020-01-01")
            & (E.date <= "2020-02-01"),
            {"customerId": "1", "type": "loggedIn", "dateFrom": "2020-01-01", "dateTo": "2020-02-01"},
        ),
        ((E.customerId == "1") & (E.customerId == "1"), {"customerId": "1"}),
        (
            (E.date >= "2020-01-01") & E.date.between("2020-02-01", "2020-03-01"),
            {"dateFrom": "2020-02-01", "dateTo": "2020-03-01"},
        ),
        (
            (E.date <= "2020-03-01T10:00:00+02:00") & (E.date <= "2020-03-01T09:00:00Z"),
            {"dateTo": "2020-03-01T10:00:00+02:00"},
        ),
        ((E.date <= "2020-03-01") & (E.date <= "2020-03-01T09:00:00Z"), {"dateTo": "2020-03-01T09:00:00Z"}),
    ],
)
def test_a_criterion_becomes_parameters(criterion: Criterion, parameters: dict[str, str]) -> None:
    assert event_parameters(criterion) == parameters


@pytest.mark.parametrize(
    ("criterion", "named"),
    [
        (E.customerId != "1", "customerId NOT_EQUALS '1'"),
        (E.customerId.in_(["1", "2"]), "customerId IN"),
        (E.customerId.is_(None), "customerId IS_NULL"),
        (E.type.not_in(["loggedIn"]), "type NOT_IN"),
        (E.mode.in_(["ACTIVE", "PASSIVE"]), "mode IN"),
        (E.date > "2020-01-01", "date GT"),
        (E.date < "2020-01-01", "date LT"),
        (E.date == "2020-01-01", "date EQUALS"),
        (~(E.date >= "2020-01-01"), "date LT"),
        (E.registeredAt >= "2020-01-01", "registeredAt GTE"),
        (E.properties.url == "x", "properties.url EQUALS 'x'"),
        (or_(E.customerId == "1", E.type == "loggedIn"), "customerId EQUALS '1' or type EQUALS 'loggedIn'"),
        ((E.customerId == "1") & ((E.type == "loggedIn") | (E.mode == "ACTIVE")), "or mode EQUALS 'ACTIVE'"),
        ((E.customerId == "1") & (E.customerId == "2"), "customerId has two values"),
    ],
)
def test_what_the_route_cannot_be_asked_is_refused(criterion: Criterion, named: str) -> None:
    with pytest.raises(CompileError) as refusal:
        event_parameters(criterion)

    assert named in str(refusal.value)
    assert "an event query takes == on customerId, type, context, mode and nodeId" in str(refusal.value)
