"""Every operator has its place in each part that must know it; who adds one is told here what is missing.

The client and the sandbox share no logic, so their operators are compared as sets of names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, insert, select

from contacthub_orm import Customer, Event
from contacthub_orm.contacthub.query.event_filters import event_parameters
from contacthub_orm.contacthub.query.query_json import query_json
from contacthub_orm.errors import CompileError
from contacthub_orm.orm import Criterion
from contacthub_orm.orm.criteria.criteria import Comparison
from contacthub_orm.orm.criteria.operators import COMPLEMENTS, Operator
from contacthub_orm.sandbox.search import query_language
from contacthub_orm.sandbox.search.evaluation import CUSTOMER, compile_condition
from contacthub_orm.sandbox.search.pushdown import CUSTOMERS
from contacthub_orm.sandbox.storage.tables import customers, metadata

ID: Any = Customer.externalId
DATE: Any = Event.date
DAY, NEXT_DAY = "2024-01-01T00:00:00.000Z", "2024-01-02T00:00:00.000Z"

EXPRESSIONS: dict[Operator, Criterion] = {
    Operator.EQUALS: ID == "b",
    Operator.NOT_EQUALS: ID != "b",
    Operator.GT: ID > "b",
    Operator.GTE: ID >= "b",
    Operator.LT: ID < "b",
    Operator.LTE: ID <= "b",
    Operator.BETWEEN: ID.between("b", "c"),
    Operator.IN: ID.in_(["b", "d"]),
    Operator.NOT_IN: ID.not_in(["b", "d"]),
    Operator.IS_NULL: ID.is_(None),
    Operator.IS_NOT_NULL: ID.is_not(None),
}

FOUND: dict[Operator, list[str | None]] = {
    Operator.EQUALS: ["b"],
    Operator.NOT_EQUALS: ["a", "c", "d", None],
    Operator.GT: ["c", "d"],
    Operator.GTE: ["b", "c", "d"],
    Operator.LT: ["a"],
    Operator.LTE: ["a", "b"],
    Operator.BETWEEN: ["b", "c"],
    Operator.IN: ["b", "d"],
    Operator.NOT_IN: ["a", "c", None],
    Operator.IS_NULL: [None],
    Operator.IS_NOT_NULL: ["a", "b", "c", "d"],
}
"""The external ids that each expression finds among VALUES."""

VALUES: list[str | None] = ["a", "b", "c", "d", None]

EVENT_FILTERS: dict[Operator, tuple[Criterion, dict[str, str]]] = {
    Operator.EQUALS: (Event.mode == "ACTIVE", {"mode": "ACTIVE"}),
    Operator.IN: (Event.type.in_(["loggedIn", "viewedPage"]), {"type": "loggedIn,viewedPage"}),
    Operator.GTE: (DATE >= DAY, {"dateFrom": DAY}),
    Operator.LTE: (DATE <= DAY, {"dateTo": DAY}),
    Operator.BETWEEN: (DATE.between(DAY, NEXT_DAY), {"dateFrom": DAY, "dateTo": NEXT_DAY}),
}
"""What the route of events can be asked."""

REFUSED_ON_EVENTS: dict[Operator, Criterion] = {
    Operator.NOT_EQUALS: Event.mode != "ACTIVE",
    Operator.GT: DATE > DAY,
    Operator.LT: DATE < DAY,
    Operator.NOT_IN: Event.type.not_in(["loggedIn"]),
    Operator.IS_NULL: DATE.is_(None),
    Operator.IS_NOT_NULL: DATE.is_not(None),
}
"""What the route of events cannot be asked."""

every_operator = pytest.mark.parametrize("operator", Operator)


@every_operator
def test_an_expression_makes_it(operator: Operator) -> None:
    assert operator in EXPRESSIONS, f"no method of Expression is known to make {operator}"
    criterion = EXPRESSIONS[operator]
    assert isinstance(criterion, Comparison)
    assert criterion.operator is operator


@every_operator
def test_it_is_evaluated_in_memory(operator: Operator) -> None:
    assert found_in_memory(EXPRESSIONS[operator]) == FOUND[operator]


@every_operator
def test_it_has_an_exact_complement(operator: Operator) -> None:
    assert operator in COMPLEMENTS
    assert found_in_memory(~EXPRESSIONS[operator]) == [one for one in VALUES if one not in FOUND[operator]]


@every_operator
def test_it_is_compiled_to_query_json(operator: Operator) -> None:
    document = query_json(EXPRESSIONS[operator])
    assert document is not None
    condition = document["query"]["are"]["condition"]
    assert condition["operator"] == operator.value
    assert ("value" in condition) is operator.takes_value


@every_operator
def test_a_filter_of_events_is_compiled_or_refused_by_name(operator: Operator) -> None:
    assert (operator in EVENT_FILTERS) is not (operator in REFUSED_ON_EVENTS), (
        f"decide whether the route of events can be asked {operator}"
    )
    if operator in EVENT_FILTERS:
        criterion, parameters = EVENT_FILTERS[operator]
        assert event_parameters(criterion) == parameters
        return
    with pytest.raises(CompileError, match=rf"\b{operator}\b.*: an event query takes"):
        event_parameters(REFUSED_ON_EVENTS[operator])


def test_the_sandbox_parses_the_same_operators() -> None:
    assert sorted(query_language.OPERATORS) == sorted(operator.value for operator in Operator)


@every_operator
def test_the_sandbox_evaluates_it_in_memory(operator: Operator) -> None:
    query = parsed(operator)
    assert isinstance(query, query_language.Simple)
    assert query.are is not None
    holds = compile_condition(query.are, CUSTOMER)
    assert [one for one in VALUES if holds(document(one))] == FOUND[operator]


@every_operator
def test_the_sandbox_evaluates_it_in_sql(operator: Operator, database: Engine) -> None:
    pushed = CUSTOMERS.query(parsed(operator))
    statement = select(customers.c.external_id).where(pushed.clause).order_by(customers.c.row)
    with database.connect() as connection:
        found = list(connection.scalars(statement))
    assert pushed.exact
    assert found == FOUND[operator]


def document(external_id: str | None) -> dict[str, Any]:
    return {} if external_id is None else {"externalId": external_id}


def found_in_memory(criterion: Criterion) -> list[str | None]:
    return [one for one in VALUES if criterion.holds_for(document(one))]


def parsed(operator: Operator) -> query_language.Query:
    return query_language.parse_query(json.dumps(query_json(EXPRESSIONS[operator])))


@pytest.fixture(scope="module")
def database() -> Iterator[Engine]:
    """The sandbox's table of customers, with one row for each of VALUES."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    same = {"node_id": "n", "current": True, "visible_from": 0, "visible_to": 1, "document": "{}"}
    times = {"registered_at": 0, "updated_at": 0}
    rows = [
        {"row": number, "id": str(number), "external_id": value, **same, **times}
        for number, value in enumerate(VALUES)
    ]
    with engine.begin() as connection:
        connection.execute(insert(customers), rows)
    yield engine
    engine.dispose()
