"""The manual's chapter "Education"."""

from __future__ import annotations

import pytest

from contacthub_orm import Education, Properties, ValidationError
from contacthub_orm.sandbox import Sandbox
from tests.sdk.elements.element_tests import ElementTests, seeded, stored
from tests.support.server import Server

SCHOOL = {
    "id": "first",
    "schoolType": "HIGH_SCHOOL",
    "schoolName": "School",
    "schoolConcentration": "Mathematics",
    "startYear": 1990,
    "endYear": 1994,
    "isCurrent": False,
}

EXAMPLE = {
    "id": "01",
    "schoolType": "COLLEGE",
    "schoolName": "schoolName",
    "schoolConcentration": "schoolConcentration",
    "isCurrent": False,
    "startYear": 1994,
    "endYear": 2000,
}
"""What the manual's example comes to on the server: the years are numbers."""


class TestEducations(ElementTests):
    kind = Education
    name = "education"
    collection = "educations"
    first = SCHOOL
    text = "schoolConcentration"


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    return seeded(contacthub_sandbox, "educations")


def educations(server: Server, identity: str) -> list[dict[str, object]]:
    return stored(server, identity, "educations")


def test_an_education_is_added_by_node(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node

    new_educ = node.add_education(
        customer_id=identity,
        id="01",
        schoolType=Education.SCHOOL_TYPES.COLLEGE,
        schoolName="schoolName",
        schoolConcentration="schoolConcentration",
        isCurrent=False,
        startYear="1994",
        endYear="2000",
    )

    assert educations(server, identity) == [EXAMPLE]
    assert (new_educ.startYear, new_educ.endYear) == (1994, 2000)


def test_an_education_adds_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    my_customer = contacthub_sandbox.node.get_customer(identity)

    new_educ = Education(
        customer=my_customer,
        id="01",
        schoolType=Education.SCHOOL_TYPES.COLLEGE,
        schoolName="schoolName",
        schoolConcentration="schoolConcentration",
        isCurrent=False,
        startYear="1994",
        endYear="2000",
    )

    new_educ.post()

    assert educations(server, identity) == [EXAMPLE]


def test_an_education_is_got_by_the_ids_of_customer_and_education(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    node = contacthub_sandbox.node
    node.add_education(customer_id=identity, **EXAMPLE)

    customer_education = node.get_education(customer_id=identity, education_id="01")

    assert type(customer_education) is Education
    assert customer_education.schoolType is Education.SCHOOL_TYPES.COLLEGE
    assert (customer_education.startYear, customer_education.isCurrent) == (1994, False)


def test_an_education_is_removed_by_node(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_education(customer_id=identity, **EXAMPLE)

    node.remove_education(customer_id=identity, education_id="01")

    assert educations(server, identity) == []


def test_an_education_deletes_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    education = contacthub_sandbox.node.add_education(customer_id=identity, **EXAMPLE)

    education.delete()

    assert educations(server, identity) == []


def test_an_education_is_updated_by_node(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_education(customer_id=identity, **EXAMPLE)

    my_education = node.get_education(customer_id=identity, education_id="01")
    my_education.schoolConcentration = "updated"
    node.update_education(customer_id=identity, **my_education.to_dict())

    assert educations(server, identity) == [EXAMPLE | {"schoolConcentration": "updated"}]


def test_an_education_updates_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_education(customer_id=identity, **EXAMPLE)

    my_education = node.get_education(customer_id=identity, education_id="01")
    my_education.schoolConcentration = "updated"
    my_education.put()

    assert educations(server, identity) == [EXAMPLE | {"schoolConcentration": "updated"}]


@pytest.mark.parametrize("name", ["PRIMARY_SCHOOL", "SECONDARY_SCHOOL", "HIGH_SCHOOL", "COLLEGE", "OTHER"])
def test_every_documented_school_type_is_one_of_the_servers(
    contacthub_sandbox: Sandbox, server: Server, identity: str, name: str
) -> None:
    school_type = getattr(Education.SCHOOL_TYPES, name)

    contacthub_sandbox.node.add_education(customer_id=identity, id="01", schoolType=school_type)

    assert educations(server, identity) == [{"id": "01", "schoolType": name}]


@pytest.mark.parametrize(("attribute", "value"), [("startYear", "MCMXCIV"), ("schoolType", "UNIVERSITY")])
def test_a_value_that_no_education_has_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, identity: str, attribute: str, value: str
) -> None:
    with pytest.raises(ValidationError, match=rf"Education\.{attribute}"):
        contacthub_sandbox.node.add_education(customer_id=identity, id="01", **{attribute: value})

    assert contacthub_sandbox.requests == []


def test_a_year_that_is_set_as_a_text_is_put_as_a_number(
    contacthub_sandbox: Sandbox, server: Server, identity: str
) -> None:
    education = contacthub_sandbox.node.add_education(customer_id=identity, **EXAMPLE)

    education.endYear = "2001"  # type: ignore[assignment]
    education.put()

    assert educations(server, identity) == [EXAMPLE | {"endYear": 2001}]


def test_an_education_of_a_customer_without_any_base_is_not_lost_when_another_is_added_to_its_list(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    [identity] = contacthub_sandbox.seed([{"externalId": "2"}])
    my_customer = contacthub_sandbox.node.get_customer(identity)
    Education(customer=my_customer, id="01", schoolName="posted").post()

    my_customer.base.educations += [Properties(id="02", schoolName="patched")]  # type: ignore[list-item]
    my_customer.patch()

    assert [one["id"] for one in educations(server, identity)] == ["01", "02"]
