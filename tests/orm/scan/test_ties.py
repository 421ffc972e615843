"""Customers registered in the same millisecond, which only offsets tell apart."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from contacthub_orm import Customer, Session, signals
from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.sandbox import Sandbox
from tests.orm.scan.customers import CAP, at
from tests.orm.scan.observing import searches
from tests.orm.scan.plain import Plain
from tests.support.examples import examples

DAY = 24 * 60 * 60 * 1_000


def test_120_customers_of_one_millisecond_are_found_once_each(sandbox: Sandbox, session: Session) -> None:
    ids = sandbox.seed(at([*range(70), *[100.0] * 120, *range(200, 270)]))
    assert sorted(str(customer.id) for customer in session.query(Customer)) == sorted(ids)


def test_a_node_filled_within_one_millisecond_is_found_once_each(sandbox: Sandbox, session: Session) -> None:
    ids = sandbox.seed(at([5.0] * 120))
    assert sorted(str(customer.id) for customer in session.query(Customer)) == sorted(ids)


def test_a_full_page_of_one_millisecond_is_found_once_each(sandbox: Sandbox, session: Session) -> None:
    ids = sandbox.seed(at([5.0] * 50 + [6.0] * 50 + [7.0] * 50))
    assert sorted(str(customer.id) for customer in session.query(Customer)) == sorted(ids)


def test_reading_one_millisecond_costs_its_pages_and_two_requests(sandbox: Sandbox, session: Session) -> None:
    sandbox.seed(at([5.0] * 120))
    session.query(Customer).all()
    assert searches(sandbox) == 3 + 2


def test_a_customer_deleted_within_the_millisecond_hides_no_other(
    sandbox: Sandbox, sequential: Session
) -> None:
    ids = sorted(sandbox.seed(at([5.0] * 120)))
    client = Plain(sandbox)
    numbers = count()

    def delete_one(_: object, **request: object) -> None:
        if next(numbers) == 2:
            client.delete(ids[3])

    with signals.before_request.connected_to(delete_one):
        found = [str(customer.id) for customer in sequential.query(Customer)]
    client.close()
    assert {*ids} - {ids[3]} <= {*found}
    assert len(found) == len({*found})


def test_more_than_the_cap_in_one_millisecond_is_refused(sandbox: Sandbox, session: Session) -> None:
    sandbox.seed(at([*range(20), *[100.0] * CAP]))
    with pytest.raises(InvalidRequestError) as refused:
        session.query(Customer).all()
    assert refused.value.text == (
        "300 or more customers have the same registeredAt (2019-01-01T00:00:00.100Z), "
        "past what the service gives: narrow the query"
    )


def test_as_many_as_the_cap_allows_in_one_millisecond_are_found(sandbox: Sandbox, session: Session) -> None:
    sandbox.seed(at([100.0] * (CAP - 1)))
    assert len(session.query(Customer).all()) == CAP - 1


def test_a_count_past_the_cap_within_one_millisecond_is_refused(sandbox: Sandbox, session: Session) -> None:
    sandbox.seed(at([100.0] * CAP))
    with pytest.raises(InvalidRequestError, match="300 or more customers have the same registeredAt"):
        session.query(Customer).count()


def test_two_neighbouring_milliseconds_are_counted_apart(sandbox: Sandbox, session: Session) -> None:
    sandbox.seed(at([100.0] * 200 + [101.0] * 200))
    assert session.query(Customer).count() == 400


@pytest.mark.parametrize("where", ["session", "sequential"])
@examples(
    8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    moments=st.lists(
        st.tuples(st.sampled_from([0.0, 1.0, 2.0, 50.0, 51.0, 3.0 * DAY, 900.0 * DAY]), st.integers(1, 12)),
        min_size=1,
        max_size=12,
    ),
    size=st.integers(1, 9),
)
def test_however_customers_are_spread_each_is_found_once(
    request: pytest.FixtureRequest, sandbox: Sandbox, where: str, moments: list[tuple[float, int]], size: int
) -> None:
    sandbox.reset()
    ids = sandbox.seed(at(each for each, times in moments for _ in range(times)))
    found = request.getfixturevalue(where).query(Customer).yield_per(size)
    assert sorted(str(customer.id) for customer in found) == sorted(ids)
