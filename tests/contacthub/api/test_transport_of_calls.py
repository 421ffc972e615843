"""What a call does beside a service that fails: all of it is the transport's."""

from __future__ import annotations

import pytest

from contacthub_orm import ForbiddenError, OutcomeUnknown, TransportError
from contacthub_orm.contacthub.api.api import Api
from contacthub_orm.http import Transport
from tests.contacthub.api.conftest import ONE
from tests.http.conftest import Service


@pytest.fixture
def api(transport: Transport) -> Api:
    return Api(transport, "W", "N", {})


def test_a_read_that_answers_nonsense_is_a_transport_error(service: Service, api: Api) -> None:
    service.answers(200, [], times=9)

    with pytest.raises(TransportError, match="not in the stated form"):
        api.customers.get_customer(ONE)


def test_a_write_that_answers_nonsense_may_have_been_done(service: Service, api: Api) -> None:
    service.answers(200, {"id": "2"})

    with pytest.raises(OutcomeUnknown, match=f"the document of '2', not of '{ONE}'"):
        api.customers.patch_customer(ONE, {"base": {"firstName": "Ada"}})


def test_a_refusal_is_the_exception_of_its_status(service: Service, api: Api) -> None:
    service.answers(403, {"message": "no", "logref": "L"})

    with pytest.raises(ForbiddenError) as error:
        api.user.get_me()

    assert error.value.logref == "L"


def test_a_throttled_call_is_repeated(service: Service, api: Api) -> None:
    service.answers(429, {"message": "slow"}, {"Retry-After": "1"})
    service.answers(200, {"maxRequestsPerMinute": 60})

    assert api.configuration.update_throttling({"maxRequestsPerMinute": 60}).maxRequestsPerMinute == 60
    assert [request.method for request in service.received] == ["PUT", "PUT"]


def test_a_result_file_is_its_text(service: Service, api: Api) -> None:
    service.sends(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 3\r\n\r\na,b")

    assert api.bulk_jobs.get_bulk_job_results(ONE) == "a,b"
