"""Sessions on Notihub: customers with their contacts, preferences and messages as one unit of work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import CommitError, InvalidRequestError, ValidationError, recover
from contacthub_orm.http import Answer
from contacthub_orm.http.responses import decoded
from contacthub_orm.notihub import (
    Customer,
    CustomerContact,
    CustomerPreference,
    Environment,
    Message,
    Session,
)
from contacthub_orm.orm import Outcome
from tests.support.notihub import NotihubWorld
from tests.support.world import Crash, abandon, lost


@pytest.fixture
def notihub(notihub_world: NotihubWorld) -> Environment:
    return notihub_world.environment()


@pytest.fixture
def session(notihub: Environment) -> Iterator[Session]:
    with Session(notihub, settle=5) as session:
        yield session


def seeded(world: NotihubWorld, session: Session, **document: object) -> Customer:
    """A customer that is there already, with an e-mail."""
    mail = {"type": "EMAIL", "value": "old@example.com", "primary": True}
    [identity] = world.sandbox.seed([{"externalId": "1", "contacts": [mail], **document}])
    found = session.get(Customer, identity)
    assert found is not None
    world.requests()
    return found


def stored(notihub: Environment, customer: Customer) -> Customer:
    assert customer.customerId is not None
    return notihub.customers.get(customer.customerId)


def test_a_commit_creates_in_order_and_fills_in_the_ids(
    session: Session, notihub_world: NotihubWorld
) -> None:
    bruce = Customer(contacts=[CustomerContact(type="EMAIL", value="bruce@wayne.com")])
    session.add(Message(customer=bruce, templateId="users.welcome"))
    session.add(CustomerPreference(customer=bruce, templateGroupId="users", mechanisms=["EMAIL"]))
    session.add(CustomerContact(customer=bruce, type="PHONE", value="+39 02 1234567"))
    session.commit()

    identity = bruce.customerId
    requests = notihub_world.requests()
    assert requests[0] == "POST /customers/"
    assert sorted(requests[1:]) == [
        f"POST /customers/{identity}/contacts",
        f"POST /customers/{identity}/preferences/",
        "POST /messages/",
    ]
    assert [one.value for one in bruce.contacts] == ["bruce@wayne.com", "+39 02 1234567"]
    assert all(one.contactId for one in bruce.contacts)
    assert notihub_world.requests() == []


def test_a_change_replaces_the_document_without_the_contacts(
    session: Session, notihub: Environment, notihub_world: NotihubWorld
) -> None:
    customer = seeded(notihub_world, session, language="it_IT")
    customer.metadata = "new"

    assert str(session.plan()) == (
        f"PUT customers/{customer.customerId} "
        '{"externalId": "1", "status": "ENABLED", "language": "it_IT", "metadata": "new"}'
    )
    session.commit()
    assert stored(notihub, customer).metadata == "new"
    assert [one.value for one in customer.contacts] == ["old@example.com"]


def test_contacts_are_edited_in_the_list_and_saved_by_their_own_routes(
    session: Session, notihub: Environment, notihub_world: NotihubWorld
) -> None:
    customer = seeded(notihub_world, session)
    old = customer.contacts[0]
    old.verified = True
    new = CustomerContact(type="PHONE", value="+39 02 1234567")
    customer.contacts.append(new)
    session.commit()

    assert notihub_world.requests() == [
        f"POST /customers/{customer.customerId}/contacts",
        f"PUT /customers/{customer.customerId}/contacts/{old.contactId}",
    ]
    assert customer.contacts == [old, new]
    assert [(one.value, one.verified) for one in stored(notihub, customer).contacts] == [
        ("old@example.com", True),
        ("+39 02 1234567", False),
    ]
    session.commit()
    assert notihub_world.requests() == [f"GET /customers/{customer.customerId}"]


def test_a_deleted_contact_leaves_the_list(
    session: Session, notihub: Environment, notihub_world: NotihubWorld
) -> None:
    customer = seeded(notihub_world, session)
    session.delete(customer.contacts[0])
    session.commit()

    assert customer.contacts == []
    assert stored(notihub, customer).contacts == []


def test_a_contact_taken_out_of_the_list_is_not_silently_kept(
    session: Session, notihub_world: NotihubWorld
) -> None:
    customer = seeded(notihub_world, session)
    customer.contacts.clear()

    with pytest.raises(
        ValidationError, match=r"Customer.contacts: an element is not taken out .* but deleted"
    ):
        session.commit()
    assert notihub_world.requests() == []


def test_a_rollback_undoes_edits_of_contacts(session: Session, notihub_world: NotihubWorld) -> None:
    customer = seeded(notihub_world, session)
    customer.contacts[0].value = "new@example.com"
    customer.contacts.append(CustomerContact(type="PHONE", value="+39 02 1234567"))
    session.rollback()
    session.commit()

    assert [one.value for one in customer.contacts] == ["old@example.com"]
    assert notihub_world.requests() == []


def test_edits_of_contacts_survive_until_they_are_saved(
    session: Session, notihub: Environment, notihub_world: NotihubWorld
) -> None:
    customer = seeded(notihub_world, session)
    customer.contacts[0].value = "new@example.com"
    customer.metadata = "first"
    session.flush([customer])
    identity = customer.customerId
    del customer
    session.commit()

    assert identity is not None
    assert [one.value for one in notihub.customers.get(identity).contacts] == ["new@example.com"]


@pytest.mark.parametrize("verb", ["POST", "PUT"])
def test_contacts_that_an_answer_leaves_out_are_not_taken_for_none(
    session: Session, notihub: Environment, notihub_world: NotihubWorld, verb: str
) -> None:
    send = notihub.transport.send

    def short(method: str, path: str, **request: Any) -> Answer:
        def without(content: bytes) -> Any:
            return {key: value for key, value in decoded(content).items() if key != "contacts"}

        return send(method, path, **({**request, "decode": without} if method == verb else request))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(notihub.transport, "send", short)
        mail = {"type": "EMAIL", "value": "a@example.com"}
        customer = notihub.customers.create(externalId="1", contact=[mail])
        customer = notihub.customers.update(customerId=customer.customerId, externalId="2", contact=[mail])

    assert [one.value for one in customer.contacts] == ["a@example.com"]
    assert [one.value for one in stored(notihub, customer).contacts] == ["a@example.com"]


def test_what_is_no_contact_is_not_silently_dropped(session: Session, notihub_world: NotihubWorld) -> None:
    customer = seeded(notihub_world, session)
    customer.contacts.append({"type": "PHONE", "value": "+39021234567"})  # type: ignore[arg-type]

    with pytest.raises(ValidationError, match=r"Customer.contacts\[1\]: must be an entity"):
        session.commit()


def test_a_second_primary_contact_is_refused_before_any_request(
    session: Session, notihub_world: NotihubWorld
) -> None:
    customer = seeded(notihub_world, session)
    session.add(CustomerContact(customer=customer, type="EMAIL", value="new@example.com", primary=True))
    with pytest.raises(ValidationError, match="another EMAIL of the customer is primary"):
        session.commit()
    assert notihub_world.requests() == []

    customer.contacts[0].primary = False
    with pytest.raises(ValidationError, match="save that without it first"):
        session.commit()
    session.flush([customer.contacts[0]])
    session.commit()
    assert [one.primary for one in customer.contacts] == [False, True]


def test_a_new_contact_needs_a_customer_and_a_value_of_its_type(session: Session) -> None:
    session.add(CustomerContact(type="EMAIL", value="x"))

    found = [str(one) for one in session.validate()]

    assert found == [
        "CustomerContact.customer: is required: its routes are the customer's",
        "CustomerContact.value: must be an e-mail address, such as ada@example.com",
    ]


def test_preferences_are_below_the_customer_and_set_by_the_same_route(
    session: Session, notihub: Environment, notihub_world: NotihubWorld
) -> None:
    customer = seeded(notihub_world, session, preferences=[{"templateGroupId": "g", "mechanisms": ["EMAIL"]}])
    [preference] = customer.preferences
    preference.mechanisms.append("PUSH")  # type: ignore[arg-type]
    session.commit()

    assert customer.customerId is not None
    assert [one.mechanisms for one in notihub.preferences.get(customer.customerId)] == [["EMAIL", "PUSH"]]
    session.delete(preference)
    with pytest.raises(InvalidRequestError, match=r'cannot be deleted: turn it off by mechanisms=\["NONE"\]'):
        session.commit()


def test_a_message_cannot_be_changed_or_deleted(session: Session, notihub_world: NotihubWorld) -> None:
    customer = seeded(notihub_world, session)
    message = Message(customer=customer, templateId="users.welcome")
    session.add(message)
    session.commit()
    assert customer.messages.all() == [message]
    notihub_world.requests()

    message.templateId = "another"
    with pytest.raises(ValidationError, match="is set when the entity is created and cannot be changed"):
        session.commit()
    session.rollback()
    session.delete(message)
    with pytest.raises(InvalidRequestError, match="was sent: a message cannot be changed or deleted"):
        session.commit()
    assert notihub_world.requests() == []


def test_entities_of_one_identity_are_one_object(session: Session, notihub_world: NotihubWorld) -> None:
    customer = seeded(notihub_world, session)
    contact = customer.contacts[0]
    assert customer.customerId is not None
    session.add(contact)

    assert session.query(Customer).one() is customer
    assert session.get(CustomerContact, (customer.customerId, str(contact.contactId))) is contact


def test_a_document_among_the_contacts_of_a_new_customer_is_one_of_them(
    session: Session, notihub: Environment
) -> None:
    customer = Customer()
    customer.contacts.append({"type": "EMAIL", "value": "x"})  # type: ignore[arg-type]
    session.add(customer)
    with pytest.raises(ValidationError, match=r"Customer.contacts\[0\].value: must be an e-mail address"):
        session.commit()

    customer.contacts[0] = {"type": "EMAIL", "value": "a@example.com"}  # type: ignore[call-overload]
    session.commit()
    assert stored(notihub, customer).contacts[0].value == "a@example.com"


# -- lost answers


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_contact_whose_answer_was_lost_is_created_once(
    session: Session, notihub: Environment, notihub_world: NotihubWorld, phase: str
) -> None:
    customer = seeded(notihub_world, session)
    customer.contacts.append(CustomerContact(type="PHONE", value="+39 02 1234567"))
    notihub_world.fault(notihub, 0, phase)
    with pytest.raises(CommitError):
        session.commit()
    session.commit()

    assert [one.value for one in stored(notihub, customer).contacts] == ["old@example.com", "+39 02 1234567"]
    assert [one.contactId for one in customer.contacts] == [
        one.contactId for one in stored(notihub, customer).contacts
    ]


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_customer_without_an_external_id_is_found_by_its_contact(
    session: Session, notihub: Environment, notihub_world: NotihubWorld, phase: str
) -> None:
    session.add(Customer(contacts=[CustomerContact(type="EMAIL", value="a@example.com")]))
    notihub_world.fault(notihub, 0, phase)
    with pytest.raises(CommitError):
        session.commit()
    session.commit()

    assert len(notihub.customers.list()) == 1


def test_a_lost_deletion_is_looked_up_without_waiting(
    session: Session, notihub: Environment, notihub_world: NotihubWorld
) -> None:
    session.delete(seeded(notihub_world, session))
    notihub_world.fault(notihub, 0, "after", lost("DELETE"))
    with pytest.raises(CommitError):
        session.commit()
    notihub_world.clock.slept.clear()
    session.commit()

    assert notihub_world.clock.slept == []
    assert notihub.customers.list() == []


def test_a_customer_of_the_same_external_id_and_other_values_is_a_conflict(
    session: Session, notihub: Environment, notihub_world: NotihubWorld
) -> None:
    session.add(Customer(externalId="1", metadata="ours"))
    notihub_world.fault(notihub, 0, "before")
    with pytest.raises(CommitError):
        session.commit()
    notihub.customers.create(externalId="1", metadata="theirs")

    with pytest.raises(CommitError, match="ConflictError"):
        session.commit()
    assert len(notihub.customers.list()) == 1


def test_a_message_that_was_certainly_not_sent_is_sent(
    session: Session, notihub: Environment, notihub_world: NotihubWorld
) -> None:
    session.add(Message(customer=seeded(notihub_world, session), templateId="t"))
    notihub_world.fault(notihub, 0, "before")
    with pytest.raises(CommitError):
        session.commit()
    session.commit()

    assert len(notihub.messages.list()) == 1


def test_a_message_that_may_have_been_sent_is_never_sent_again(
    session: Session, notihub: Environment, notihub_world: NotihubWorld
) -> None:
    session.add(Message(customer=seeded(notihub_world, session), templateId="t", model={"a": 1}))
    notihub_world.fault(notihub, 0, "after")
    for _ in range(2):
        with pytest.raises(CommitError) as caught:
            session.commit()
        assert [entry.outcome for entry in caught.value.account] == [Outcome.UNKNOWN]

    assert len(notihub.messages.list()) == 1


def test_a_recovery_finishes_customers_and_what_is_below_them(
    notihub: Environment, notihub_world: NotihubWorld, tmp_path: Path
) -> None:
    session = Session(notihub, settle=5, journal=tmp_path / "journal")
    customer = Customer(externalId="1")
    session.add(CustomerContact(customer=customer, type="EMAIL", value="a@example.com"))
    session.add(CustomerPreference(customer=customer, templateGroupId="g", mechanisms=["EMAIL"]))
    notihub_world.fault(notihub, 1, "after", Crash())
    with pytest.raises(Crash):
        session.commit()
    abandon(session)

    report = recover(notihub, tmp_path / "journal", settle=5)

    assert report.complete, report
    [found] = notihub.customers.list()
    assert found.customerId is not None
    assert [one.value for one in found.contacts] == ["a@example.com"]
    assert len(notihub.preferences.get(found.customerId)) == 1


def test_an_atomic_block_takes_back_contacts_and_customers(
    session: Session, notihub: Environment, notihub_world: NotihubWorld
) -> None:
    customer = seeded(notihub_world, session)
    with pytest.raises(CommitError), session.begin(atomic=True):
        session.add(CustomerContact(customer=customer, type="PHONE", value="+39 02 1234567"))
        customer.contacts[0].verified = True
        session.add(Customer(externalId="2"))
        session.flush()
        customer.metadata = "new"
        notihub_world.fault(notihub, 0, "before", lost("PUT"))

    notihub_world.clock.advance(60)
    [found] = notihub.customers.list()
    assert found.metadata is None
    assert [(one.value, one.verified) for one in found.contacts] == [("old@example.com", False)]


# -- a lying service


@pytest.mark.parametrize("answer", [b"[1]", b'{"customerId": "another"}', b"<html>"])
def test_an_answer_that_makes_no_sense_is_not_believed(
    session: Session, notihub: Environment, notihub_world: NotihubWorld, answer: bytes
) -> None:
    customer = seeded(notihub_world, session)
    customer.metadata = "new"
    send = notihub.transport.send

    def lying(method: str, path: str, **request: Any) -> Answer:
        return send(method, path, **{**request, "decode": lambda _: decoded(answer)})

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(notihub.transport, "send", lying)
        with pytest.raises(CommitError) as caught:
            session.commit()
    assert [entry.outcome for entry in caught.value.account] == [Outcome.UNKNOWN]
    session.commit()

    assert stored(notihub, customer).metadata == "new"
