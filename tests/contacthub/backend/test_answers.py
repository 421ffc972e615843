"""Which answers are believed."""

from __future__ import annotations

import pytest

from contacthub_orm.contacthub.backend.answers import objection_to

SENT = {
    "nodeId": "n",
    "externalId": "42",
    "base": {"firstName": " Ada ", "contacts": {"email": "Ada@Example.com"}, "dob": "1815-12-10"},
    "tags": {"manual": ["vip"]},
}
ENVELOPE = {"message": "later", "logref": "x", "errors": [], "data": None}
STORED = {
    "id": "c1",
    "version": 1,
    "nodeId": "n",
    "externalId": "42",
    "base": {
        "firstName": "Ada",
        "contacts": {"email": "ada@example.com", "phone": None},
        "dob": "1815-12-10",
    },
    "tags": {"manual": ["old", "vip"], "auto": []},
}
OTHER = {**STORED, "id": "c2", "externalId": "7"}
NONSENSE = [None, [], "maintenance", 5, False, {}, ENVELOPE, {"id": None}, [STORED]]
PAGE = {"totalElements": 1, "number": 0, "size": 10}


def objection(method, path, answer, *, params=None, body=None):
    return objection_to(method, tuple(path.split("/")), params or {}, body)(answer)


@pytest.mark.parametrize("path", ["customers/c1", "events/c1", "customers/c0/educations/c1"])
def test_the_document_of_the_entity_is_believed(path):
    for method in ("GET", "PATCH", "PUT", "DELETE"):
        assert objection(method, path, STORED) is None


@pytest.mark.parametrize("answer", [*NONSENSE, OTHER], ids=repr)
@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT"])
def test_anything_else_is_no_answer_about_a_customer(method, answer):
    assert objection(method, "customers/c1", answer)


@pytest.mark.parametrize("answer", [*NONSENSE[1:], OTHER], ids=repr)
def test_a_deletion_is_answered_with_nothing(answer):
    for method, path in (("DELETE", "customers/c1"), ("POST", "customers/c1/forget")):
        assert objection(method, path, None) is None
        assert objection(method, path, answer)


def test_a_creation_is_believed_if_the_service_normalised_added_and_merged():
    assert objection("POST", "customers", STORED, body=SENT) is None
    assert objection("POST", "customers", {"id": "c1"}, body=SENT) is None
    assert objection("POST", "customers", {"id": "c1", "version": 1}, body=SENT) is None


@pytest.mark.parametrize(
    "answer",
    [
        *NONSENSE,
        OTHER,
        {**STORED, "nodeId": "other"},
        {**STORED, "base": {"firstName": "Bert"}},
        {**STORED, "tags": {"manual": ["old"]}},
    ],
    ids=repr,
)
def test_a_creation_is_not_believed_if_the_document_is_another(answer):
    assert objection("POST", "customers", answer, body=SENT)


def test_an_event_is_accepted_with_its_id_or_with_nothing():
    assert objection("POST", "events", {"id": "e1"}, body={"type": "x"}) is None
    assert objection("POST", "events", None, body={"type": "x"}) is None
    assert objection("PUT", "events/e1", None) is None
    assert objection("POST", "events", ENVELOPE, body={"type": "x"})


def test_an_element_is_created_under_the_id_that_was_sent():
    sent = {"id": "e1", "schoolName": "A"}
    assert objection("POST", "customers/c1/educations", dict(sent), body=sent) is None
    assert objection("POST", "customers/c1/educations", {**sent, "id": "e2"}, body=sent)


@pytest.mark.parametrize(
    ("answer", "lacks"),
    [
        (ENVELOPE, "`page`"),
        ([], "a list"),
        (None, "missing"),
        ({"elements": []}, "`page`"),
        ({"page": PAGE}, "`elements`"),
        ({"page": PAGE, "elements": [None]}, "with an id"),
        ({"page": PAGE, "elements": [{"externalId": "1"}]}, "with an id"),
        ({"page": {**PAGE, "totalElements": "1"}, "elements": []}, "totalElements"),
        ({"page": {**PAGE, "number": 1}, "elements": []}, "number 1, and 0"),
        ({"page": {**PAGE, "size": 20}, "elements": []}, "size 20, and 10"),
        ({"page": PAGE, "elements": [{"id": "x"}] * 11}, "11 elements"),
    ],
)
def test_what_is_no_page_is_refused_by_what_it_lacks(answer, lacks):
    assert lacks in objection("GET", "customers", answer, params={"size": "10"})


def test_a_page_is_believed():
    page = {"page": PAGE, "elements": [{"id": "x"}]}
    assert objection("GET", "customers", page, params={"size": "10"}) is None
    assert objection("GET", "customers", page) is None
