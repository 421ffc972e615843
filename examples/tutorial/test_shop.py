"""The fourth chapter: the shop's tests. They need no network and no mocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from contacthub_orm import CommitError, CompletedOrder, ValidationError
from contacthub_orm.sandbox import Fault

from .nightly import run
from .shop import IS_GOOD_CUSTOMER, Member


def test_a_purchase_earns_points() -> None:
    ada = Member(externalId="1")
    ada.buy("O-1", 99.9)
    ada.buy("O-2", 1.0)
    assert ada.extended.points == 100
    assert IS_GOOD_CUSTOMER.matches(ada)


def test_a_member_is_saved_with_what_was_bought(contacthub_sandbox, contacthub_session) -> None:
    ada = Member(externalId="1")
    ada.buy("O-1", 99.9)
    contacthub_session.add(ada)
    contacthub_session.commit()
    assert [request.path.rsplit("/", 1)[1] for request in contacthub_sandbox.requests] == [
        "customers",
        "events",
    ]


def test_nobody_has_feet_of_that_size(contacthub_session) -> None:
    contacthub_session.add(Member(externalId="1", extended={"size": 430}))
    with pytest.raises(ValidationError, match="European shoe size"):
        contacthub_session.commit()


def test_a_lost_answer_buys_nothing_twice(contacthub_sandbox, contacthub_session) -> None:
    ada = Member(externalId="1")
    contacthub_session.add(ada)
    contacthub_session.commit()
    ada.buy("O-1", 10.0)
    contacthub_sandbox.faults = [Fault.cut_after(method="POST", path="events", nth=1)]
    with pytest.raises(CommitError):
        contacthub_session.commit()
    contacthub_session.commit()
    assert contacthub_session.query(CompletedOrder).filter_by(customerId=ada.id).count() == 1


def test_the_second_night_writes_nothing(contacthub_sandbox, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("email,name,size\nada@example.com,Ada,38\nbob@example.com,Bob,430\n", encoding="utf-8")
    saved, rejects = run(contacthub_sandbox.node, file, tmp_path / "journal")
    assert saved == 1
    assert "European shoe size" in rejects[0]

    contacthub_sandbox.clear_requests()
    assert run(contacthub_sandbox.node, file, tmp_path / "journal")[0] == 1
    assert [request.method for request in contacthub_sandbox.requests if request.method != "GET"] == []
