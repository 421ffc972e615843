"""Mistakes that both checkers must refuse.

To either, an `ignore` that suppresses nothing is an error, so every comment here proves a refusal.
"""
# ruff: noqa: B018
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm import (
    AggregateNode,
    Customer,
    EntryNode,
    Event,
    Node,
    NodePermission,
    PaginatedList,
    Query,
    ReadOnlyList,
    Session,
    Source,
    Workspace,
    select,
)

if TYPE_CHECKING:

    def names_that_the_library_has_not() -> None:
        from contacthub_orm import Costumer  # type: ignore[attr-defined]

        Costumer()

    def values_of_another_type(customer: Customer) -> None:
        customer.base.firstName = 3  # type: ignore[assignment]
        customer.base.contacts.email = 3  # type: ignore[assignment]
        customer.base.dob = "1990"  # type: ignore[assignment]
        customer.tags.manual = "vip"  # type: ignore[assignment]
        customer.tags.manual.append(3)  # type: ignore[arg-type]
        customer.base = 3  # type: ignore[assignment]
        customer.externalId + 1  # type: ignore[operator]

    def names_that_are_not_declared(customer: Customer, event: Event) -> None:
        customer.fristName  # type: ignore[attr-defined]
        customer.base.fristName  # type: ignore[attr-defined]
        customer.base.fristName = "x"  # type: ignore[attr-defined]
        event.kind  # type: ignore[attr-defined]
        Customer.base.fristName  # type: ignore[attr-defined]
        Customer(fristName="x")  # type: ignore[call-arg]

    def values_that_no_configuration_has(source: Source, everybody: AggregateNode) -> None:
        source.provider = "FAX"  # type: ignore[assignment]
        source.token  # type: ignore[attr-defined]
        everybody.state = "OPEN"  # type: ignore[assignment]
        everybody.entryNodes.append(3)  # type: ignore[arg-type]
        EntryNode(name=3)  # type: ignore[arg-type]
        NodePermission(id="1", permission="X")  # type: ignore[arg-type]

    def arguments_that_there_are_not(node: Node) -> None:
        Session(node, autoflsh=True)  # type: ignore[call-arg]
        Workspace("w", "t", setings={})  # type: ignore[call-arg]

    def arguments_of_another_type() -> None:
        Customer(externalId=3)  # type: ignore[arg-type]
        Customer("9")  # type: ignore[arg-type]

    def changes_of_what_can_only_be_read(
        page: PaginatedList[Customer], events: ReadOnlyList[Event], event: Event, customer: Customer
    ) -> None:
        page.append(customer)  # type: ignore[arg-type]
        page.clear()  # type: ignore[call-arg]
        page.size = 3  # type: ignore[misc]
        events[0] = event  # type: ignore[index, assignment]

    def queries_of_another_kind(session: Session, query: Query[Customer]) -> None:
        session.query(3)  # type: ignore[arg-type]
        query.filter("base.firstName")  # type: ignore[arg-type]
        query.one().base.firstName.upper()  # type: ignore[union-attr]
        results: list[Customer | None] = query.all()  # type: ignore[assignment]
        results.append(Customer.base.contacts)  # type: ignore[arg-type]

    def habits_of_sql(session: Session, query: Query[Customer]) -> None:
        Customer.base.lastName.like("W%")  # type: ignore[attr-defined]
        query.join(Customer)  # type: ignore[attr-defined]
        query.group_by(Customer.externalId)  # type: ignore[attr-defined]
        session.execute("select 1")  # type: ignore[arg-type]
        session.scalars(query)  # type: ignore[arg-type]
        select(Customer).all()  # type: ignore[attr-defined]
        select(Customer.base)  # type: ignore[type-var]

    def a_progress_that_takes_no_numbers(session: Session) -> None:
        session.commit(progress=lambda: None)  # type: ignore[misc, arg-type]
        session.commit(atomic="yes")  # type: ignore[arg-type]

    def handlers_and_decisions_of_another_kind(session: Session) -> None:
        session.on_commit(lambda: None)  # type: ignore[misc, arg-type]
        session.commit(on_conflict=lambda entity, theirs: "rebase")  # type: ignore[misc, arg-type]
        session.commit(on_conflict=lambda *_: "mine")  # type: ignore[arg-type]
