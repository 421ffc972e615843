"""openapi-core objects to an answer of the sandbox that does not fit the OpenAPI document."""

from __future__ import annotations

import pytest

from contacthub_orm.sandbox.routes import sessions
from contacthub_orm.sandbox.service.calls import Answer
from tests.sandbox.api import Api

pytest.importorskip("openapi_core")


@pytest.fixture
def customer(api: Api) -> str:
    found = api.create(externalId="1")
    api.post(f"/customers/{found['id']}/sessions", {"value": "abc"})
    return str(found["id"])


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ({"id": "1", "value": "abc", "extra": 1}, "'extra' was unexpected"),
        ({"id": "1", "value": 5}, r"\$\.elements\[0\]\.value 5 is not of type"),
    ],
)
def test_an_answer_of_another_shape_is_objected_to(
    api: Api, customer: str, shown: object, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "_shown", lambda row: shown)

    with pytest.raises(AssertionError, match=reason):
        api.get(f"/customers/{customer}/sessions")


def test_a_status_that_the_document_does_not_have_is_objected_to(
    api: Api, customer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answer, "of", classmethod(lambda cls, status, value: cls(418)))

    with pytest.raises(AssertionError, match="418"):
        api.get(f"/customers/{customer}/sessions")
