"""The manual's chapter "Job"."""

from __future__ import annotations

from datetime import date

import pytest

from contacthub_orm import Job, ValidationError
from contacthub_orm.sandbox import Sandbox
from tests.sdk.elements.element_tests import ElementTests, seeded, stored
from tests.support.server import Server

EXAMPLE = {
    "id": "01",
    "jobTitle": "jobTitle",
    "companyName": "companyName",
    "companyIndustry": "companyIndustry",
    "isCurrent": True,
    "startDate": "1994-10-06",
    "endDate": "1994-10-06",
}


class TestJobs(ElementTests):
    kind = Job
    name = "job"
    collection = "jobs"
    first = EXAMPLE | {"id": "first"}
    text = "jobTitle"


@pytest.fixture
def identity(contacthub_sandbox: Sandbox) -> str:
    return seeded(contacthub_sandbox, "jobs")


def jobs(server: Server, identity: str) -> list[dict[str, object]]:
    return stored(server, identity, "jobs")


def test_a_job_is_added_by_node(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node

    new_job = node.add_job(
        customer_id=identity,
        id="01",
        jobTitle="jobTitle",
        companyName="companyName",
        companyIndustry="companyIndustry",
        isCurrent=True,
        startDate="1994-10-06",
        endDate="1994-10-06",
    )

    assert jobs(server, identity) == [EXAMPLE]
    assert (new_job.startDate, new_job.endDate) == (date(1994, 10, 6), date(1994, 10, 6))


def test_a_job_adds_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    my_customer = contacthub_sandbox.node.get_customer(identity)

    new_job = Job(
        customer=my_customer,
        id="01",
        jobTitle="jobTitle",
        companyName="companyName",
        companyIndustry="companyIndustry",
        isCurrent=True,
        startDate="1994-10-06",
        endDate="1994-10-06",
    )

    new_job.post()

    assert jobs(server, identity) == [EXAMPLE]


def test_a_job_is_got_by_the_ids_of_customer_and_job(contacthub_sandbox: Sandbox, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_job(customer_id=identity, **EXAMPLE)

    customer_job = node.get_job(customer_id=identity, job_id="01")

    assert type(customer_job) is Job
    assert (customer_job.jobTitle, customer_job.isCurrent) == ("jobTitle", True)
    assert customer_job.startDate == date(1994, 10, 6)


def test_a_job_is_removed_by_node(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_job(customer_id=identity, **EXAMPLE)

    node.remove_job(customer_id=identity, job_id="01")

    assert jobs(server, identity) == []


def test_a_job_deletes_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    job = contacthub_sandbox.node.add_job(customer_id=identity, **EXAMPLE)

    job.delete()

    assert jobs(server, identity) == []


def test_a_job_is_updated_by_node(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_job(customer_id=identity, **EXAMPLE)

    my_job = node.get_job(customer_id=identity, job_id="01")
    my_job.jobTitle = "updated"
    node.update_job(customer_id=identity, **my_job.to_dict())

    assert jobs(server, identity) == [EXAMPLE | {"jobTitle": "updated"}]


def test_a_job_updates_itself(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    node = contacthub_sandbox.node
    node.add_job(customer_id=identity, **EXAMPLE)

    my_job = node.get_job(customer_id=identity, job_id="01")
    my_job.jobTitle = "updated"
    my_job.put()

    assert jobs(server, identity) == [EXAMPLE | {"jobTitle": "updated"}]


def test_the_dates_of_a_job_may_be_dates(contacthub_sandbox: Sandbox, server: Server, identity: str) -> None:
    contacthub_sandbox.node.add_job(customer_id=identity, id="01", startDate=date(1994, 10, 6))

    assert jobs(server, identity) == [{"id": "01", "startDate": "1994-10-06"}]


def test_a_text_that_is_no_date_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, identity: str
) -> None:
    with pytest.raises(ValidationError, match=r"Job\.startDate"):
        contacthub_sandbox.node.add_job(customer_id=identity, id="01", startDate="06/10/1994")

    assert contacthub_sandbox.requests == []
