"""What mypy and basedpyright know of domain events, changes and decisions; run by nothing but its import."""

from __future__ import annotations

from datetime import datetime
from typing import Any, assert_type

from contacthub_orm import CommitError, Customer, DomainEvent, FieldChange, Report, Session, drain_events
from contacthub_orm.orm import Account, Decision, Entity, Verb


def events(customer: Customer, session: Session) -> None:
    customer.record(object())

    @session.on_commit
    def tell(event: DomainEvent) -> int:
        assert_type(event.id, str)
        assert_type(event.identity, str | None)
        assert_type(event.recorded_at, datetime)
        return 1

    assert_type(tell(DomainEvent("1", "Earned", "customers", None, datetime(2026, 1, 1))), int)
    session.on_commit(print)
    assert_type(drain_events("a.journal", print), int)


def what_is_due(report: Report) -> None:
    assert_type(report.events, list[DomainEvent])


def changes(account: Account, error: CommitError) -> None:
    assert_type(account.changes(), list[FieldChange])
    assert_type(error.account.changes()[0].entity, Entity)
    assert_type(error.account.changes()[0].verb, Verb)
    assert_type(error.account.entries[0].changes(), list[FieldChange])


def decisions(session: Session) -> None:
    def decide(entity: Customer, theirs: dict[str, Any] | None, mine: dict[str, Any] | None) -> Decision:
        return "theirs" if theirs is None or mine is None or entity.id is None else "rebase"

    assert_type(session.commit(on_conflict=decide), Account)
    session.commit(atomic=True, on_conflict=lambda *_: "fail")
