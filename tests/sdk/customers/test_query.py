"""The manual's chapter "Query": every operator, criteria and queries combined, and the pages of what was found.

What a query finds is compared with all customers of the server, sifted in plain Python.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import islice
from typing import Any

import pytest

from contacthub_orm import (
    CompileError,
    Customer,
    Event,
    Node,
    OperationNotPermitted,
    PaginatedList,
    UnknownAttributeError,
    Workspace,
    between_,
    in_,
    not_in_,
)
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server

Document = dict[str, Any]

PEOPLE: list[Document] = [
    {
        "externalId": "wayne",
        "registeredAt": "2009-01-01T00:00:00Z",
        "base": {"firstName": "Bruce", "lastName": "Wayne", "dob": "1994-06-09"},
        "tags": {"manual": ["manual_tag", "rich"], "auto": []},
        "extended": {"points": 0, "member": False, "nick": ""},
    },
    {
        "externalId": "banner",
        "registeredAt": "2010-06-10T00:00:00Z",
        "base": {"firstName": "Bruce", "lastName": "Banner", "dob": "1994-06-10"},
        "tags": {"manual": ["green"], "auto": ["manual_tag"]},
        "extended": {"points": 1, "member": True, "nick": "Hulk"},
    },
    {
        "externalId": "batman",
        "registeredAt": "2010-06-10T00:00:00.001Z",
        "base": {"firstName": "Batman", "dob": "1950-01-01"},
        "tags": {"manual": ["manual_tag"], "auto": []},
        "extended": {"points": 2, "nick": "Bat"},
    },
    {
        "externalId": "ada",
        "registeredAt": "2020-01-01T00:00:00Z",
        "base": {"firstName": "Ada", "lastName": "Wayne", "dob": "1994-06-11"},
    },
    {"externalId": "nobody", "registeredAt": "2021-01-01T00:00:00Z"},
]


@pytest.fixture
def node(contacthub_sandbox: Sandbox) -> Node:
    return contacthub_sandbox.node


@pytest.fixture
def people(contacthub_sandbox: Sandbox) -> None:
    """Customers for queries to tell apart."""
    contacthub_sandbox.seed(PEOPLE)


@pytest.fixture
def bruces(contacthub_sandbox: Sandbox) -> list[str]:
    """The ids of 25 customers named Bruce, the first registered first; as many others are between them."""
    found = contacthub_sandbox.seed(
        [
            {
                "externalId": f"{number:02}",
                "registeredAt": f"2020-01-01T00:{number:02}:00Z",
                "base": {"firstName": "Ada" if number % 2 else "Bruce"},
            }
            for number in range(50)
        ]
    )
    return found[::2]


def keys(customers: Any) -> list[str]:
    return [customer.externalId for customer in customers]


def sifted(server: Server, holds: Callable[[Document], Any]) -> list[str]:
    """The external ids of the server's customers of which a condition holds; some there are, and not all."""
    everybody = server.customers()
    found = [one["externalId"] for one in everybody if holds(one)]
    assert 0 < len(found) < len(everybody)
    return found


def base(document: Document, name: str) -> Any:
    return (document["base"] or {}).get(name)


def manual_tags(document: Document) -> list[str]:
    return (document["tags"] or {}).get("manual") or []


def asked(sandbox: Sandbox) -> Any:
    """The query of the one search that was sent."""
    [request] = sandbox.requests
    assert (request.method, request.path.rsplit("/", 1)[1]) == ("GET", "customers")
    return json.loads(request.query["query"])["query"]


def condition(sandbox: Sandbox) -> tuple[str, str, Any]:
    """Attribute, operator and value of the one condition that was sent; a missing value is ..."""
    query = asked(sandbox)
    atom = query["are"]["condition"]
    assert (query["type"], atom["type"]) == ("simple", "atomic")
    return atom["attribute"], atom["operator"], atom.get("value", ...)


# -- simple queries ---------------------------------------------------------------------------------------------------


def test_a_query_without_a_filter_finds_all_customers(node: Node, people: None, server: Server) -> None:
    new_query = node.query(Customer)

    assert [one.to_dict() for one in new_query.all()] == server.customers()


def test_a_query_is_filtered_by_two_criteria(node: Node, people: None, server: Server) -> None:
    new_query = node.query(Customer)

    new_query = new_query.filter((Customer.base.firstName == "Bruce") & (Customer.base.lastName == "Wayne"))

    assert keys(new_query.all()) == sifted(
        server, lambda one: base(one, "firstName") == "Bruce" and base(one, "lastName") == "Wayne"
    )


def test_a_filter_applied_later_holds_too(node: Node, people: None, server: Server) -> None:
    new_query = node.query(Customer)
    new_query = new_query.filter(Customer.base.firstName == "Bruce")

    new_query = new_query.filter(Customer.base.dob < datetime(1994, 6, 10))

    filtered_customers = new_query.all()
    assert keys(filtered_customers) == sifted(
        server, lambda one: base(one, "firstName") == "Bruce" and base(one, "dob") < "1994-06-10"
    )


def test_the_manuals_query_with_a_second_filter_is_sent_as_one_condition(
    node: Node, people: None, contacthub_sandbox: Sandbox
) -> None:
    new_query = node.query(Customer)
    new_query = new_query.filter((Customer.base.firstName == "Bruce") & (Customer.base.lastName == "Wayne"))
    new_query = new_query.filter(Customer.base.dob <= datetime(1994, 6, 10))

    filtered_customers = new_query.all()

    assert keys(filtered_customers) == ["wayne"]
    composite = asked(contacthub_sandbox)["are"]["condition"]
    assert (composite["type"], composite["conjunction"]) == ("composite", "and")
    assert [(one["attribute"], one["operator"]) for one in composite["conditions"]] == [
        ("base.firstName", "EQUALS"),
        ("base.lastName", "EQUALS"),
        ("base.dob", "LTE"),
    ]


def test_a_filter_leaves_the_query_it_is_applied_to_as_it_is(node: Node, people: None) -> None:
    new_query = node.query(Customer).filter(Customer.base.firstName == "Bruce")

    new_query.filter(Customer.base.lastName == "Wayne")

    assert keys(new_query.all()) == ["wayne", "banner"]


def test_nothing_is_sent_before_all(node: Node, contacthub_sandbox: Sandbox) -> None:
    query = node.query(Customer).filter(Customer.base.firstName == "Bruce")
    assert contacthub_sandbox.requests == []

    query.all()

    assert len(contacthub_sandbox.requests) == 1


def test_all_asks_anew_each_time(node: Node, people: None, contacthub_sandbox: Sandbox) -> None:
    query = node.query(Customer).filter(Customer.base.firstName == "Robin")
    assert query.all() == []

    contacthub_sandbox.seed([{"externalId": "robin", "base": {"firstName": "Robin"}}])

    assert keys(query.all()) == ["robin"]


def test_a_customer_that_was_found_saves_itself(node: Node, people: None, server: Server) -> None:
    [batman] = node.query(Customer).filter(Customer.base.firstName == "Batman").all()

    batman.base.lastName = "Robin"
    batman.patch()

    assert sifted(server, lambda one: base(one, "lastName") == "Robin") == ["batman"]


# -- operators --------------------------------------------------------------------------------------------------------


def test_equals(node: Node, people: None, contacthub_sandbox: Sandbox, server: Server) -> None:
    new_query = node.query(Customer).filter(Customer.base.firstName == "Bruce")

    found = keys(new_query.all())

    assert condition(contacthub_sandbox) == ("base.firstName", "EQUALS", "Bruce")
    assert found == sifted(server, lambda one: base(one, "firstName") == "Bruce")


def test_not_equals_finds_those_without_a_value_too(
    node: Node, people: None, contacthub_sandbox: Sandbox, server: Server
) -> None:
    new_query = node.query(Customer).filter(Customer.base.firstName != "Bruce")

    found = keys(new_query.all())

    assert condition(contacthub_sandbox) == ("base.firstName", "NOT_EQUALS", "Bruce")
    assert found == sifted(server, lambda one: base(one, "firstName") != "Bruce")


def test_greater_than(node: Node, people: None, contacthub_sandbox: Sandbox, server: Server) -> None:
    new_query = node.query(Customer).filter(Customer.base.dob > datetime(1994, 6, 10))

    found = keys(new_query.all())

    assert condition(contacthub_sandbox)[:2] == ("base.dob", "GT")
    assert found == sifted(server, lambda one: (base(one, "dob") or "") > "1994-06-10")


def test_greater_than_or_equal(node: Node, people: None, contacthub_sandbox: Sandbox, server: Server) -> None:
    new_query = node.query(Customer).filter(Customer.base.dob >= datetime(1994, 6, 10))

    found = keys(new_query.all())

    assert condition(contacthub_sandbox)[:2] == ("base.dob", "GTE")
    assert found == sifted(server, lambda one: (base(one, "dob") or "") >= "1994-06-10")


def test_less_than(node: Node, people: None, contacthub_sandbox: Sandbox, server: Server) -> None:
    new_query = node.query(Customer).filter(Customer.registeredAt < datetime(2010, 6, 10))

    found = keys(new_query.all())

    assert condition(contacthub_sandbox) == ("registeredAt", "LT", "2010-06-10T00:00:00.000Z")
    assert found == sifted(server, lambda one: one["registeredAt"] < "2010-06-10T00:00:00.000+0000")


def test_less_than_or_equal(node: Node, people: None, contacthub_sandbox: Sandbox, server: Server) -> None:
    new_query = node.query(Customer).filter(Customer.registeredAt <= datetime(2010, 6, 10))

    found = keys(new_query.all())

    assert condition(contacthub_sandbox) == ("registeredAt", "LTE", "2010-06-10T00:00:00.000Z")
    assert found == sifted(server, lambda one: one["registeredAt"] <= "2010-06-10T00:00:00.000+0000")


def test_less_than_or_equal_on_a_day(node: Node, people: None, server: Server) -> None:
    new_query = node.query(Customer).filter(Customer.base.dob <= datetime(1994, 6, 10))

    assert keys(new_query.all()) == sifted(server, lambda one: (base(one, "dob") or "9") <= "1994-06-10")


@pytest.mark.parametrize(
    "day",
    [datetime(1994, 6, 10), datetime(1994, 6, 10, tzinfo=UTC), date(1994, 6, 10), "1994-06-10"],
    ids=repr,
)
def test_a_day_is_compared_with_a_datetime_a_date_and_a_text(node: Node, people: None, day: Any) -> None:
    assert keys(node.query(Customer).filter(Customer.base.dob == day).all()) == ["banner"]


def test_a_moment_is_compared_in_its_own_time_zone(node: Node, people: None) -> None:
    rome = timezone(timedelta(hours=2))

    found = node.query(Customer).filter(Customer.registeredAt == datetime(2010, 6, 10, 2, tzinfo=rome)).all()

    assert keys(found) == ["banner"]


def test_in_finds_a_value_in_a_list(
    node: Node, people: None, contacthub_sandbox: Sandbox, server: Server
) -> None:
    new_query = node.query(Customer).filter(in_("manual_tag", Customer.tags.manual))

    found = keys(new_query.all())

    assert condition(contacthub_sandbox) == ("tags.manual", "IN", "manual_tag")
    assert found == sifted(server, lambda one: "manual_tag" in manual_tags(one))


def test_not_in_finds_all_others(
    node: Node, people: None, contacthub_sandbox: Sandbox, server: Server
) -> None:
    new_query = node.query(Customer).filter(not_in_("manual_tag", Customer.tags.manual))

    found = keys(new_query.all())

    assert condition(contacthub_sandbox) == ("tags.manual", "NOT_IN", "manual_tag")
    assert found == sifted(server, lambda one: "manual_tag" not in manual_tags(one))


def test_in_finds_one_of_several_values(node: Node, people: None, server: Server) -> None:
    new_query = node.query(Customer).filter(in_(["Batman", "Ada"], Customer.base.firstName))

    assert keys(new_query.all()) == sifted(server, lambda one: base(one, "firstName") in ("Batman", "Ada"))


def test_not_in_finds_none_of_several_values(node: Node, people: None, server: Server) -> None:
    new_query = node.query(Customer).filter(not_in_(["Batman", "Ada"], Customer.base.firstName))

    assert keys(new_query.all()) == sifted(
        server, lambda one: base(one, "firstName") not in ("Batman", "Ada")
    )


def test_between_two_datetimes(node: Node, people: None, contacthub_sandbox: Sandbox, server: Server) -> None:
    contacthub_sandbox.seed([{"externalId": "late", "base": {"dob": "1994-01-01"}}])

    new_query = node.query(Customer).filter(
        between_(Customer.base.dob, datetime(1950, 1, 1), datetime(1994, 1, 1))
    )

    found = keys(new_query.all())
    assert condition(contacthub_sandbox)[:2] == ("base.dob", "BETWEEN")
    assert found == ["batman", "late"]
    assert found == sifted(server, lambda one: "1950-01-01" <= (base(one, "dob") or "") <= "1994-01-01")


def test_between_two_texts(node: Node, people: None, contacthub_sandbox: Sandbox, server: Server) -> None:
    new_query = node.query(Customer).filter(between_(Customer.base.dob, "1950-01-01", "1994-06-10"))

    found = keys(new_query.all())

    assert condition(contacthub_sandbox) == ("base.dob", "BETWEEN", ["1950-01-01", "1994-06-10"])
    assert found == sifted(server, lambda one: "1950-01-01" <= (base(one, "dob") or "") <= "1994-06-10")


@pytest.mark.parametrize(
    "bounds",
    [
        ("2009-06-01T00:00:00Z", "2010-06-10T00:00:00Z"),
        ("2009-06-01T00:00:00.000+0000", "2010-06-10T02:00:00+02:00"),
        ("2009-06-01", "2010-06-10"),
        (datetime(2009, 6, 1), "2010-06-10T00:00:00Z"),
        (datetime(2009, 6, 1), datetime(2010, 6, 10)),
    ],
    ids=str,
)
def test_between_bounds_of_every_form_on_a_moment(
    node: Node, people: None, server: Server, bounds: tuple[Any, Any]
) -> None:
    found = node.query(Customer).filter(between_(Customer.registeredAt, *bounds)).all()

    low, high = "2009-06-01T00:00:00.000+0000", "2010-06-10T00:00:00.000+0000"
    assert keys(found) == sifted(server, lambda one: low <= one["registeredAt"] <= high)


def test_a_bound_that_is_no_date_is_refused_before_a_request(node: Node, contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(CompileError, match=r"Customer\.base\.dob holds a date, got 'yesterday'"):
        node.query(Customer).filter(between_(Customer.base.dob, "yesterday", datetime(1994, 1, 1))).all()
    assert contacthub_sandbox.requests == []


def test_is_null(node: Node, people: None, contacthub_sandbox: Sandbox, server: Server) -> None:
    new_query = node.query(Customer).filter(Customer.base.firstName == None)  # noqa: E711

    found = keys(new_query.all())

    assert condition(contacthub_sandbox) == ("base.firstName", "IS_NULL", ...)
    assert found == sifted(server, lambda one: base(one, "firstName") is None)


def test_is_not_null(node: Node, people: None, contacthub_sandbox: Sandbox, server: Server) -> None:
    new_query = node.query(Customer).filter(Customer.base.firstName != None)  # noqa: E711

    found = keys(new_query.all())

    assert condition(contacthub_sandbox) == ("base.firstName", "IS_NOT_NULL", ...)
    assert found == sifted(server, lambda one: base(one, "firstName") is not None)


# -- falsy values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "value"), [("points", 0), ("member", False), ("nick", "")])
def test_a_falsy_value_is_a_value_and_sent(
    node: Node, people: None, contacthub_sandbox: Sandbox, name: str, value: Any
) -> None:
    found = node.query(Customer).filter(Customer.extended[name] == value).all()

    assert keys(found) == ["wayne"]
    attribute, operator, sent = condition(contacthub_sandbox)
    assert (attribute, operator, repr(sent)) == (f"extended.{name}", "EQUALS", repr(value))


@pytest.mark.parametrize(("name", "value"), [("points", 0), ("member", False), ("nick", "")])
def test_a_falsy_value_is_excluded_by_not_equals(
    node: Node, people: None, contacthub_sandbox: Sandbox, name: str, value: Any
) -> None:
    found = node.query(Customer).filter(Customer.extended[name] != value).all()

    assert keys(found) == ["banner", "batman", "ada", "nobody"]
    assert repr(condition(contacthub_sandbox)[2]) == repr(value)


def test_a_falsy_value_bounds_a_comparison(node: Node, people: None) -> None:
    query = node.query(Customer)

    assert keys(query.filter(Customer.extended.points > 0).all()) == ["banner", "batman"]
    assert keys(query.filter(Customer.extended.points <= 0).all()) == ["wayne"]
    assert keys(query.filter(between_(Customer.extended.points, 0, 1)).all()) == ["wayne", "banner"]


def test_a_falsy_value_is_one_of_several(node: Node, people: None) -> None:
    query = node.query(Customer)

    assert keys(query.filter(in_([0, 2], Customer.extended.points)).all()) == ["wayne", "batman"]
    assert keys(query.filter(in_(["", "Hulk"], Customer.extended.nick)).all()) == ["wayne", "banner"]


def test_an_empty_text_on_a_declared_attribute_is_sent(node: Node, contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.seed([{"externalId": "1", "base": {"firstName": ""}}, {"externalId": "2"}])

    found = node.query(Customer).filter(Customer.base.firstName == "").all()

    assert keys(found) == ["1"]
    assert condition(contacthub_sandbox) == ("base.firstName", "EQUALS", "")


# -- combined criteria ------------------------------------------------------------------------------------------------


def test_criteria_are_combined_by_and(node: Node, people: None, server: Server) -> None:
    customers = (
        node.query(Customer)
        .filter((Customer.base.firstName == "Bruce") & (Customer.base.lastName == "Wayne"))
        .all()
    )

    assert keys(customers) == sifted(
        server, lambda one: base(one, "firstName") == "Bruce" and base(one, "lastName") == "Wayne"
    )


def test_criteria_are_combined_by_or(node: Node, people: None, server: Server) -> None:
    customers = (
        node.query(Customer)
        .filter((Customer.base.firstName == "Bruce") | (Customer.base.firstName == "Batman"))
        .all()
    )

    assert keys(customers) == sifted(server, lambda one: base(one, "firstName") in ("Bruce", "Batman"))


def test_combined_criteria_are_sent_as_one_simple_query(node: Node, contacthub_sandbox: Sandbox) -> None:
    node.query(Customer).filter(
        (Customer.base.firstName == "Bruce") | (Customer.base.firstName == "Batman")
    ).all()

    query = asked(contacthub_sandbox)
    assert (query["type"], query["are"]["condition"]["conjunction"]) == ("simple", "or")


def test_and_or_and_brackets_mean_what_they_say(node: Node, people: None, server: Server) -> None:
    customers = (
        node.query(Customer)
        .filter(
            ((Customer.base.firstName == "Bruce") | (Customer.base.firstName == "Ada"))
            & ((Customer.base.lastName == "Wayne") | in_("green", Customer.tags.manual))
            & (Customer.base.dob != datetime(1994, 6, 11))
        )
        .all()
    )

    assert keys(customers) == sifted(
        server,
        lambda one: (
            base(one, "firstName") in ("Bruce", "Ada")
            and (base(one, "lastName") == "Wayne" or "green" in manual_tags(one))
            and base(one, "dob") != "1994-06-11"
        ),
    )


# -- combined queries -------------------------------------------------------------------------------------------------


def test_queries_are_combined_by_and(
    node: Node, people: None, contacthub_sandbox: Sandbox, server: Server
) -> None:
    q1 = node.query(Customer).filter(Customer.base.firstName == "Bruce")
    q2 = node.query(Customer).filter(Customer.base.lastName == "Wayne")

    and_query = q1 & q2

    filtered_customers = and_query.all()

    query = asked(contacthub_sandbox)
    assert (query["type"], query["conjunction"], len(query["queries"])) == ("combined", "INTERSECT", 2)
    assert keys(filtered_customers) == sifted(
        server, lambda one: base(one, "firstName") == "Bruce" and base(one, "lastName") == "Wayne"
    )


def test_queries_are_combined_by_or(
    node: Node, people: None, contacthub_sandbox: Sandbox, server: Server
) -> None:
    q1 = node.query(Customer).filter(Customer.base.firstName == "Bruce")
    q2 = node.query(Customer).filter(Customer.base.lastName == "Wayne")

    or_query = q1 | q2

    filtered_customers = or_query.all()

    query = asked(contacthub_sandbox)
    assert (query["type"], query["conjunction"], len(query["queries"])) == ("combined", "UNION", 2)
    assert keys(filtered_customers) == sifted(
        server, lambda one: base(one, "firstName") == "Bruce" or base(one, "lastName") == "Wayne"
    )


def test_combining_queries_changes_neither(node: Node, people: None) -> None:
    q1 = node.query(Customer).filter(Customer.base.firstName == "Bruce")
    q2 = node.query(Customer).filter(Customer.base.lastName == "Wayne")

    _ = q1 & q2, q1 | q2

    assert keys(q1.all()) == ["wayne", "banner"]
    assert keys(q2.all()) == ["wayne", "ada"]


COMBINED: dict[str, tuple[Callable[[Any, Any, Any, Any], Any], Callable[[bool, bool, bool], bool]]] = {
    "(1 & 2) | 3": (lambda q1, q2, q3, every: (q1 & q2) | q3, lambda a, b, c: (a and b) or c),
    "3 | (1 & 2)": (lambda q1, q2, q3, every: q3 | (q1 & q2), lambda a, b, c: (a and b) or c),
    "(1 | 2) & 3": (lambda q1, q2, q3, every: (q1 | q2) & q3, lambda a, b, c: (a or b) and c),
    "3 & (1 | 2)": (lambda q1, q2, q3, every: q3 & (q1 | q2), lambda a, b, c: (a or b) and c),
    "1 | 2 | 3": (lambda q1, q2, q3, every: q1 | q2 | q3, lambda a, b, c: a or b or c),
    "1 & 2 & 3": (lambda q1, q2, q3, every: q1 & q2 & q3, lambda a, b, c: a and b and c),
    "(1 | 2) & (2 | 3)": (lambda q1, q2, q3, every: (q1 | q2) & (q2 | q3), lambda a, b, c: b or (a and c)),
    "1 & everybody": (lambda q1, q2, q3, every: q1 & every, lambda a, b, c: a),
    "everybody & 1": (lambda q1, q2, q3, every: every & q1, lambda a, b, c: a),
    "(1 | 2) & everybody": (lambda q1, q2, q3, every: (q1 | q2) & every, lambda a, b, c: a or b),
}


@pytest.mark.parametrize(("combine", "holds"), COMBINED.values(), ids=list(COMBINED))
def test_a_combined_query_is_combined_again(
    node: Node, people: None, server: Server, combine: Any, holds: Any
) -> None:
    q1 = node.query(Customer).filter(Customer.base.firstName == "Bruce")
    q2 = node.query(Customer).filter(Customer.base.lastName == "Wayne")
    q3 = node.query(Customer).filter(in_("manual_tag", Customer.tags.manual))

    found = keys(combine(q1, q2, q3, node.query(Customer)).all())

    assert found == sifted(
        server,
        lambda one: holds(
            base(one, "firstName") == "Bruce",
            base(one, "lastName") == "Wayne",
            "manual_tag" in manual_tags(one),
        ),
    )


def test_the_readme_combines_queries_without_a_filter(node: Node, people: None, server: Server) -> None:
    q1 = node.query(Customer)
    q2 = node.query(Customer)

    and_query = q1 & q2

    or_query = q1 | q2

    everybody = [one["externalId"] for one in server.customers()]
    assert keys(and_query.all()) == everybody
    assert keys(or_query.all()) == everybody


def test_a_query_or_one_without_a_filter_finds_everybody(node: Node, people: None, server: Server) -> None:
    q1 = node.query(Customer).filter(Customer.base.firstName == "Bruce")

    found = keys((q1 | node.query(Customer)).all())

    assert found == [one["externalId"] for one in server.customers()]


def test_a_combined_query_is_filtered(node: Node, people: None) -> None:
    q1 = node.query(Customer).filter(Customer.base.firstName == "Bruce")
    q2 = node.query(Customer).filter(Customer.base.lastName == "Wayne")

    found = (q1 | q2).filter(Customer.base.dob >= datetime(1994, 6, 10)).all()

    assert keys(found) == ["banner", "ada"]


@pytest.mark.parametrize("other", [3, None, "q"], ids=repr)
def test_a_query_is_combined_with_queries_alone(node: Node, other: Any) -> None:
    with pytest.raises(TypeError):
        _ = node.query(Customer) & other


def test_queries_of_two_kinds_are_not_combined(node: Node, contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(CompileError, match="not of the same entities"):
        _ = node.query(Customer) & node.query(Event)  # type: ignore[operator]
    assert contacthub_sandbox.requests == []


# -- pages ------------------------------------------------------------------------------------------------------------


def test_all_gives_the_first_page(node: Node, bruces: list[str]) -> None:
    found = node.query(Customer).filter(Customer.base.firstName == "Bruce").all()

    assert type(found) is PaginatedList
    assert [one.id for one in found] == bruces[:10]


def test_the_page_tells_how_many_match_and_how_many_there_are(node: Node, bruces: list[str]) -> None:
    found = node.query(Customer).filter(Customer.base.firstName == "Bruce").all()

    assert (found.size, found.page_number, found.total_pages) == (10, 0, 3)
    assert (found.total_elements, found.total_unfiltered_elements) == (25, 50)


def test_the_pages_of_a_query_turn_forward(node: Node, bruces: list[str]) -> None:
    page = node.query(Customer).filter(Customer.base.firstName == "Bruce").all()

    assert [one.id for one in page.next_page()] == bruces[10:20]
    assert [one.id for one in page.next_page()] == bruces[20:]
    with pytest.raises(OperationNotPermitted):
        page.next_page()


def test_the_pages_of_a_query_turn_back(node: Node, bruces: list[str]) -> None:
    third = node.query(Customer).filter(Customer.base.firstName == "Bruce").all().next_page().next_page()

    first = third.previous_page().previous_page()

    assert [one.id for one in first] == bruces[:10]
    with pytest.raises(OperationNotPermitted):
        first.previous_page()


def test_the_pages_of_a_combined_query_turn(
    node: Node, bruces: list[str], contacthub_sandbox: Sandbox
) -> None:
    q1 = node.query(Customer).filter(Customer.base.firstName == "Bruce")
    q2 = node.query(Customer).filter(Customer.externalId >= "10")

    second = (q1 & q2).all().next_page()

    assert [one.id for one in second] == bruces[15:]
    first_query, second_query = (request.query["query"] for request in contacthub_sandbox.requests)
    assert first_query == second_query


def test_turning_a_page_is_one_request(node: Node, bruces: list[str], contacthub_sandbox: Sandbox) -> None:
    found = node.query(Customer).filter(Customer.base.firstName == "Bruce").all()
    contacthub_sandbox.clear_requests()

    found.next_page()

    [request] = contacthub_sandbox.requests
    assert (request.query["page"], request.query["size"]) == ("1", "10")


def test_a_page_that_was_found_cannot_be_changed(node: Node, bruces: list[str]) -> None:
    found = node.query(Customer).all()

    with pytest.raises(OperationNotPermitted):
        found.append(found[0])

    assert len(found) == 10


def test_a_page_of_a_chosen_number_and_size(node: Node, bruces: list[str]) -> None:
    found = node.query(Customer).filter(Customer.base.firstName == "Bruce").page(1, 20)

    assert [one.id for one in found] == bruces[20:]


@pytest.mark.parametrize("number", [-1, "1", 1.0, True], ids=repr)
def test_a_page_that_cannot_be_is_refused_before_a_request(
    node: Node, contacthub_sandbox: Sandbox, number: Any
) -> None:
    with pytest.raises(CompileError, match="page: expected an integer that is not negative"):
        node.query(Customer).page(number)
    with pytest.raises(CompileError, match="page: expected an integer that is not negative"):
        node.get_customers(page=number)
    assert contacthub_sandbox.requests == []


# -- iterating --------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(contacthub_sandbox: Sandbox) -> list[str]:
    """The ids of 600 customers, which are 12 of the largest pages."""
    start = datetime(2020, 1, 1, tzinfo=UTC)
    return contacthub_sandbox.seed(
        [
            {"externalId": f"{n:03}", "registeredAt": f"{start + timedelta(minutes=n):%FT%TZ}"}
            for n in range(600)
        ]
    )


def test_iterating_a_query_gives_all_customers_of_all_pages(node: Node, many: list[str]) -> None:
    found = [customer.id for customer in node.query(Customer)]

    assert sorted(found) == sorted(many)


def test_iterating_a_filtered_query_gives_all_that_match(node: Node, many: list[str]) -> None:
    query = node.query(Customer).filter(Customer.externalId < "200")

    assert sorted(customer.id for customer in query) == sorted(many[:200])


def test_beginning_to_iterate_sends_nothing(node: Node, many: list[str], contacthub_sandbox: Sandbox) -> None:
    rows = iter(node.query(Customer))

    assert contacthub_sandbox.requests == []
    assert next(rows).id in many


def test_with_one_request_at_a_time_a_page_is_asked_for_when_its_first_row_is_needed(
    many: list[str], contacthub_sandbox: Sandbox
) -> None:
    sandbox = contacthub_sandbox
    with Workspace(
        sandbox.workspace_id, sandbox.token, sandbox.base_url, settings={"max_in_flight": 1}
    ) as workspace:
        rows = iter(workspace.get_node(sandbox.node_id).query(Customer))
        counts = []

        for rows_to_take in (1, 49, 1, 48, 1):
            assert len(list(islice(rows, rows_to_take))) == rows_to_take
            counts.append(len(sandbox.requests))

    # A page after the first begins with the row that the one before it ended with, so that it brings 49 new ones.
    assert counts == [1, 1, 2, 2, 3]


def test_a_query_that_is_left_early_does_not_read_all_pages(
    node: Node, many: list[str], contacthub_sandbox: Sandbox
) -> None:
    rows = iter(node.query(Customer))

    next(rows)
    del rows

    assert 1 <= len(contacthub_sandbox.requests) <= 4  # some are read ahead, of 12


# -- what is refused --------------------------------------------------------------------------------------------------


def test_an_attribute_that_is_not_there_is_refused_before_a_request(
    node: Node, contacthub_sandbox: Sandbox
) -> None:
    with pytest.raises(UnknownAttributeError, match="did you mean 'firstName'"):
        node.query(Customer).filter(Customer.base.fristName == "Bruce").all()  # type: ignore[attr-defined]
    assert contacthub_sandbox.requests == []


def test_an_attribute_below_a_simple_one_is_refused_before_a_request(
    node: Node, contacthub_sandbox: Sandbox
) -> None:
    with pytest.raises(UnknownAttributeError, match="which has no attributes"):
        node.query(Customer).filter(Customer.base.firstName.length == 3).all()  # type: ignore[attr-defined]
    assert contacthub_sandbox.requests == []


def test_an_attribute_of_the_customer_itself_that_is_not_there_is_refused(node: Node) -> None:
    with pytest.raises(AttributeError, match="externalid"):
        node.query(Customer).filter(Customer.externalid == "1")  # type: ignore[attr-defined]


@pytest.mark.parametrize("criterion", [True, None, "base.firstName", Customer.base.firstName], ids=str)
def test_what_is_no_criterion_is_refused_before_a_request(
    node: Node, contacthub_sandbox: Sandbox, criterion: Any
) -> None:
    with pytest.raises(CompileError, match="expected a criterion"):
        node.query(Customer).filter(criterion)
    assert contacthub_sandbox.requests == []


def test_and_between_criteria_as_a_word_is_refused(node: Node) -> None:
    with pytest.raises(TypeError, match="combine criteria with & and |"):
        node.query(Customer).filter(Customer.base.firstName == "Bruce" and Customer.base.lastName == "Wayne")


def test_a_criterion_on_another_entity_is_refused(node: Node) -> None:
    with pytest.raises(CompileError, match="is not an attribute of Customer"):
        node.query(Customer).filter(Event.customerId == "1")


def test_queries_of_two_nodes_are_not_combined(node: Node, contacthub_sandbox: Sandbox) -> None:
    other = contacthub_sandbox.workspace.get_node("another")

    with pytest.raises(CompileError, match="ask two places, which no one query can"):
        node.query(Customer) & other.query(Customer)


def test_queries_of_two_objects_for_one_node_are_combined(node: Node, contacthub_sandbox: Sandbox) -> None:
    same = contacthub_sandbox.workspace.get_node(node.node_id)

    combined = node.query(Customer).filter(Customer.externalId == "1") & same.query(Customer)

    assert combined.all() == []
