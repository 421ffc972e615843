"""A key that a declared class does not have: refused in what the user writes, kept in what the service sends."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from contacthub_orm import (
    Attr,
    Customer,
    Education,
    Embedded,
    Event,
    Job,
    Properties,
    Session,
    attr,
    embedded,
)
from contacthub_orm.errors import ArgumentError, ValidationError
from contacthub_orm.orm import inspect
from contacthub_orm.sandbox import Sandbox
from tests.orm.shelf import Book, Chapter, City, Publisher, loaded
from tests.support.server import Server


@attrs.frozen
class Money:
    amount: int
    currency: str = "EUR"


class Loyalty(Properties):
    points: Attr[int | None] = attr(default=None)
    tier: Attr[str | None] = attr(default=None, name="loyalty_tier")
    balance: Attr[Money | None] = attr(default=None)
    balances: Attr[dict[str, Money]] = attr(default=None)


class Member(Customer):
    extended: Embedded[Loyalty] = embedded(default=None)


class Shelf(Properties):
    by_place: Attr[dict[str, City]] = attr(default=None)


def assigned(name: str, value: Any) -> Callable[[], Any]:
    return lambda: setattr(Member(), name, value)


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda: Member(extended={"pionts": 3}), r"^Member\.extended\.pionts: Loyalty declares no 'pionts'; did you mean 'points'\?"),
        (assigned("extended", {"pionts": 3}), r"^Member\.extended\.pionts: .*did you mean 'points'\?"),
        (lambda: Member().__setitem__("extended", {"pionts": 3}), "did you mean 'points'"),
        (assigned("extended", Properties(pionts=3)), "did you mean 'points'"),
        (assigned("extended", {"tier": "gold"}), "did you mean 'loyalty_tier'"),
        (assigned("base", {"frstName": "x"}), r"^Member\.base\.frstName: CustomerBase .*did you mean 'firstName'"),
        (assigned("base", {"contacts": {"emial": "x"}}), r"^Member\.base\.contacts\.emial: Contacts .*'email'"),
        (lambda: setattr(Member().base, "contacts", {"emial": "x"}), r"^CustomerBase\.contacts\.emial: .*'email'"),
        (assigned("base", {"jobs": [{"id": "1"}, {"id": "2", "compnyName": "x"}]}), r"base\.jobs\[1\]\.compnyName: Job .*'companyName'"),
        (lambda: setattr(Member().base, "jobs", [{"compnyName": "x"}]), r"^CustomerBase\.jobs\[0\]\.compnyName"),
        (lambda: Member(default_attributes={"bsae": {}}), r"^Member\.bsae: Member declares no 'bsae'; did you mean 'base'"),
        (lambda: Loyalty.from_dict({"pionts": 1}), r"^Loyalty\.pionts: .*'points'"),
        (lambda: Loyalty(balance={"amuont": 1}), r"^Loyalty\.balance\.amuont: is no field of Money; did you mean 'amount'"),
        (lambda: Loyalty(balances={"a": {"amount": 1, "curency": "x"}}), r"^Loyalty\.balances\.a\.curency: .*'currency'"),
        (lambda: Shelf(by_place={"a": {"nmae": "x"}}), r"^Shelf\.by_place\.a\.nmae: City .*'name'"),
        (lambda: Event(context="WEB", contextInfo={"clinet": {}}), r"^Event\.contextInfo\.clinet: .*'client'"),
    ],
)  # fmt: skip
def test_a_key_that_is_not_declared_is_refused_with_the_nearest(
    write: Callable[[], Any], message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        write()


@pytest.mark.parametrize(
    "make",
    [
        lambda node, document: Customer.from_dict(node, document),
        lambda node, document: Event.from_dict(node, {"propertes": {}}),
        lambda node, document: Education.from_dict(Customer(), {"id": "1", "schoolNmae": "x"}),
        lambda node, document: node.add_education("1", id="1", schoolNmae="x"),
    ],
)
def test_a_document_of_ones_own_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, make: Callable[[Any, Any], Any]
) -> None:
    with pytest.raises(ValidationError, match="did you mean"):
        make(contacthub_sandbox.node, {"base": {"frstName": "Ada"}})

    assert contacthub_sandbox.requests == []


def test_all_unknown_keys_are_named_at_once() -> None:
    with pytest.raises(ValidationError) as refusal:
        Member(extended={"pionts": 3, "tire": "gold", "points": 1})

    assert [one.path for one in refusal.value.violations] == [
        "Member.extended.pionts",
        "Member.extended.tire",
    ]


def test_what_was_there_stays_when_a_dict_is_refused() -> None:
    member = Member(extended={"points": 3})

    with pytest.raises(ValidationError):
        member.extended = {"pionts": 4}

    assert member.to_dict()["extended"] == {"points": 3}


def test_a_dict_appended_to_a_list_is_refused_by_the_commit(contacthub_session: Session) -> None:
    customer = Customer(externalId="1")
    customer.base.jobs.append({"id": "1", "compnyName": "x"})  # type: ignore[arg-type]
    contacthub_session.add(customer)

    with pytest.raises(ValidationError, match=r"Customer\.base\.jobs\[0\]\.compnyName: .*'companyName'"):
        contacthub_session.commit()


# -- kept by the user's word ------------------------------------------------------------------------------------------


def test_an_item_of_any_key_is_kept_and_sent(contacthub_session: Session, server: Server) -> None:
    member = Member(externalId="1", extended={"points": 3})
    member.extended["pionts"] = 4
    contacthub_session.add(member)
    contacthub_session.commit()

    assert server.get(f"customers/{member.id}")["extended"] == {"points": 3, "pionts": 4}


def test_from_dict_keeps_unknown_keys_if_it_is_told_to(contacthub_session: Session, server: Server) -> None:
    kept = Loyalty.from_dict({"points": 3, "pionts": 4}, unknown="keep")
    member = Member(externalId="1", extended=kept)
    contacthub_session.add(member)
    contacthub_session.commit()

    assert server.get(f"customers/{member.id}")["extended"] == {"points": 3, "pionts": 4}


def test_a_whole_entity_keeps_unknown_keys_at_every_depth(contacthub_sandbox: Sandbox) -> None:
    document = {"base": {"frstName": "Ada", "jobs": [{"id": "1", "compnyName": "x"}]}, "bsae": {"a": 1}}

    assert Customer.from_dict(contacthub_sandbox.node, document, unknown="keep").to_dict() == document
    assert Job.from_dict(Customer(), {"id": "1", "x": 1}, unknown="keep").to_dict() == {"id": "1", "x": 1}


def test_from_dict_refuses_another_word() -> None:
    with pytest.raises(ArgumentError, match='unknown is "refuse" or "keep"'):
        Loyalty.from_dict({}, unknown="kep")


def test_an_open_object_takes_every_key() -> None:
    assert Customer(extended={"pionts": 3}).extended.pionts == 3
    assert Properties.from_dict({"a": {"b": 1}}).a.b == 1


# -- what the service sent --------------------------------------------------------------------------------------------

TOMORROW: dict[str, Any] = {
    "title": "Emma",
    "tomorrow": {"a": 1},
    "publisher": {"name": "Murray", "phone": "1", "city": {"name": "London", "mayor": "x"}},
    "chapters": [{"id": "1", "mood": "gay"}, {"id": "2", "light": 3}],
}


def test_unknown_fields_of_the_service_are_kept_by_every_copy() -> None:
    book = loaded(**TOMORROW)

    assert pickle.loads(pickle.dumps(book)).to_dict() == book.to_dict()
    assert copy.deepcopy(book).to_dict() == book.to_dict()
    assert copy.copy(book.publisher) == book.publisher
    assert pickle.loads(pickle.dumps(book.publisher)) == book.publisher
    assert book.to_dict() == {"id": "1", **TOMORROW}


def test_an_object_of_the_service_is_assigned_with_its_unknown_fields() -> None:
    book = Book(title="Persuasion")
    book.publisher = loaded(**TOMORROW).publisher

    assert book.to_dict()["publisher"] == TOMORROW["publisher"]


def test_a_dict_of_what_the_service_sent_is_assigned_with_its_unknown_fields() -> None:
    book = loaded(**TOMORROW)

    book.publisher = {**dict(book.publisher), "name": "Egerton"}
    book.chapters = [chapter.to_dict() for chapter in book.chapters]

    assert inspect(book).changes() == {"publisher": {"name": "Egerton"}}


def test_a_key_that_was_set_as_an_item_stays_in_a_dict_of_the_object() -> None:
    member = Member()
    member.extended["pionts"] = 4

    member.extended = {**member.extended, "points": 3}

    assert member.to_dict()["extended"] == {"pionts": 4, "points": 3}


def test_a_known_key_in_one_place_is_unknown_in_another() -> None:
    book = loaded(**TOMORROW)

    with pytest.raises(ValidationError, match=r"^Book\.publisher\.mayor"):
        book.publisher = {"mayor": "x"}


def test_a_document_of_the_service_makes_its_customer_again(contacthub_sandbox: Sandbox) -> None:
    [identity] = contacthub_sandbox.seed([{"externalId": "1"}])
    document = contacthub_sandbox.node.get_customer(identity).to_dict()
    document["base"]["tomorrow"] = 1
    anonymous = {key: value for key, value in document.items() if key != "id"}

    assert Customer.from_dict(contacthub_sandbox.node, document).to_dict() == document
    assert Customer.from_dict(contacthub_sandbox.node, anonymous).base["tomorrow"] == 1


def test_a_whole_education_is_put_back_with_the_fields_of_tomorrow(contacthub_sandbox: Sandbox) -> None:
    [identity] = contacthub_sandbox.seed([{"externalId": "1"}])
    node = contacthub_sandbox.node
    document = node.add_education(identity, id="1", schoolName="Gotham").to_dict() | {"tomorrow": 1}
    assert document.keys() >= Education.__keys__.keys()

    node.update_education(identity, **document)

    assert contacthub_sandbox.requests[-1].body["tomorrow"] == 1


def test_what_an_entity_is_merged_from_keeps_unknown_fields(
    contacthub_session: Session, server: Server
) -> None:
    first = Member(externalId="1", extended={"points": 1})
    contacthub_session.add(first)
    contacthub_session.commit()
    other = Member(externalId="1")
    other.extended["pionts"] = 2

    contacthub_session.merge(other, key="externalId")
    contacthub_session.commit()

    assert server.get(f"customers/{first.id}")["extended"] == {"points": 1, "pionts": 2}


def test_a_copy_of_kept_keys_needs_no_word() -> None:
    book = loaded(**TOMORROW)
    book.publisher = Publisher.from_dict({"name": "x", "fax": "1"}, unknown="keep")
    book.chapters = [Chapter.from_dict({"id": "3", "fax": 1}, unknown="keep")]

    again = pickle.loads(pickle.dumps(book))

    assert (again.publisher["fax"], again.chapters[0].to_dict()) == ("1", {"id": "3", "fax": 1})
