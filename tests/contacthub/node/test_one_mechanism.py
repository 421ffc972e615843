"""Nodes and objects use what sessions use: the same entities, state, changes, rules and look-ups."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import pytest

from contacthub_orm import (
    Customer,
    CustomerSession,
    Education,
    Event,
    InvalidRequestError,
    NotFoundError,
    OperationNotPermitted,
    OutcomeUnknown,
    Properties,
    Session,
    StaleDataError,
    ValidationError,
    inspect,
    make_transient,
    object_session,
)
from contacthub_orm.sandbox import Sandbox
from tests.support.world import World


def seed(sandbox: Sandbox, **values: object) -> str:
    """The id of a customer that is there already."""
    document = {"externalId": "1", "base": {"firstName": "Ada", "contacts": {"email": "ada@example.com"}}}
    [found] = sandbox.seed([document | values])
    return found


def sent(sandbox: Sandbox) -> list[str]:
    """Method and last part of the path of every request since this was last asked."""
    found = [f"{request.method} {request.path.rsplit('/', 1)[1]}" for request in sandbox.requests]
    sandbox.clear_requests()
    return found


# -- between node and session -----------------------------------------------------------------------------------------


def test_a_customer_that_a_node_loaded_is_detached_and_knows_its_node(contacthub_sandbox: Sandbox) -> None:
    node = contacthub_sandbox.node

    customer = node.get_customer(seed(contacthub_sandbox))

    assert inspect(customer).detached
    assert object_session(customer) is None
    assert customer.node is node


def test_two_calls_give_two_objects(contacthub_sandbox: Sandbox) -> None:
    identity = seed(contacthub_sandbox)
    node = contacthub_sandbox.node

    assert node.get_customer(identity) is not node.get_customer(identity)


def test_a_customer_of_a_node_is_saved_by_a_session_with_the_edits_made_before(
    contacthub_sandbox: Sandbox,
) -> None:
    customer = contacthub_sandbox.node.get_customer(seed(contacthub_sandbox))
    customer.base.lastName = "Lovelace"
    contacthub_sandbox.clear_requests()

    with Session(contacthub_sandbox.node) as session:
        session.add(customer)
        customer.tags.manual.append("vip")
        session.commit()

    [request] = contacthub_sandbox.requests
    assert request.body == {"base": {"lastName": "Lovelace"}, "tags": {"manual": ["vip"]}}


def test_after_a_session_a_customer_of_a_node_goes_on_without_one(contacthub_sandbox: Sandbox) -> None:
    customer = contacthub_sandbox.node.get_customer(seed(contacthub_sandbox))
    with Session(contacthub_sandbox.node) as session:
        session.add(customer)
    contacthub_sandbox.clear_requests()

    customer.extra = "later"
    customer.patch()

    assert [request.body for request in contacthub_sandbox.requests] == [{"extra": "later"}]
    assert list(customer.events) == []


def test_a_customer_that_a_session_let_go_can_still_save_itself(contacthub_sandbox: Sandbox) -> None:
    identity = seed(contacthub_sandbox)
    with Session(contacthub_sandbox.node) as session:
        customer = session.get(Customer, identity)
        assert customer is not None
    contacthub_sandbox.clear_requests()

    customer.extra = "later"
    customer.patch()

    assert customer.node is contacthub_sandbox.node
    assert [request.body for request in contacthub_sandbox.requests] == [{"extra": "later"}]
    assert inspect(customer).detached


def test_a_customer_that_a_session_let_go_reads_nothing_on_its_own_accord(
    contacthub_sandbox: Sandbox,
) -> None:
    identity = seed(contacthub_sandbox)
    with Session(contacthub_sandbox.node) as session:
        customer = session.get(Customer, identity)
        assert customer is not None
    customer.extra = "later"
    customer.patch()

    with pytest.raises(InvalidRequestError, match="no session holds it"):
        list(customer.events)
    assert customer.get_events() == []


def test_the_customer_of_an_element_that_a_session_let_go_is_not_none_but_refused(
    contacthub_sandbox: Sandbox,
) -> None:
    identity = seed(contacthub_sandbox, base={"educations": [{"id": "e1"}]})
    with Session(contacthub_sandbox.node) as session:
        school = session.get(Education, (identity, "e1"))
        assert school is not None

    with pytest.raises(InvalidRequestError, match=r"Education\.customer cannot be loaded"):
        school.customer  # noqa: B018


def test_a_customer_that_is_given_a_node_reads_there_again(contacthub_sandbox: Sandbox) -> None:
    identity = seed(contacthub_sandbox)
    with Session(contacthub_sandbox.node) as session:
        customer = session.get(Customer, identity)
        assert customer is not None

    customer.node = contacthub_sandbox.node

    assert list(customer.events) == []


def test_a_row_that_a_session_did_not_track_can_save_itself(contacthub_sandbox: Sandbox) -> None:
    seed(contacthub_sandbox)
    with Session(contacthub_sandbox.node) as session:
        row = session.query(Customer).no_tracking().one()

    row.extra = "x"
    row.patch()

    assert inspect(row).changes() == {}


def test_a_customer_without_node_or_session_says_what_it_needs() -> None:
    with pytest.raises(InvalidRequestError, match="belongs to no node: give it one, or add it to a session"):
        Customer(externalId="1").post()


def test_a_node_is_a_node(contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match=r"Customer\.node is a node, got 'n'"):
        Customer(node="n")  # type: ignore[arg-type]


def test_a_new_customer_of_one_node_is_not_created_in_another(contacthub_sandbox: Sandbox) -> None:
    other = contacthub_sandbox.workspace.get_node("another")
    customer = Customer(node=other, externalId="1")

    with (
        Session(contacthub_sandbox.node) as session,
        pytest.raises(InvalidRequestError, match="belongs to Node"),
    ):
        session.add(customer)


def test_the_node_of_a_customer_in_a_session_is_the_sessions(contacthub_sandbox: Sandbox) -> None:
    node = contacthub_sandbox.node
    customer = Customer(externalId="1")

    with Session(node) as session:
        session.add(customer)
        assert customer.node is node
        with pytest.raises(InvalidRequestError, match="is in a session, which has its node already"):
            customer.node = contacthub_sandbox.workspace.get_node("another")


def test_a_pickled_customer_has_no_node_until_it_is_given_one(contacthub_sandbox: Sandbox) -> None:
    customer = contacthub_sandbox.node.get_customer(seed(contacthub_sandbox))
    customer.extra = "edited"

    thawed = pickle.loads(pickle.dumps(customer))
    assert (thawed.node, deepcopy(customer).node) == (None, None)
    assert contacthub_sandbox.token not in repr(pickle.dumps(customer))
    thawed.node = contacthub_sandbox.node
    thawed.patch()

    assert contacthub_sandbox.requests[-1].body == {"extra": "edited"}


# -- verbs in a session -----------------------------------------------------------------------------------------------


def test_a_verb_in_a_session_flushes_its_entity_alone(contacthub_sandbox: Sandbox) -> None:
    first, second = seed(contacthub_sandbox), seed(contacthub_sandbox, externalId="2")
    with Session(contacthub_sandbox.node) as session:
        one, other = session.get_many(Customer, [first, second])
        assert one is not None
        assert other is not None
        one.extra = other.extra = "x"
        sent(contacthub_sandbox)

        one.patch()

        assert sent(contacthub_sandbox) == [f"PATCH {first}"]
        assert session.dirty == [other]
        assert inspect(one).persistent


def test_an_entity_made_for_one_of_a_session_joins_that_session(contacthub_sandbox: Sandbox) -> None:
    identity = seed(contacthub_sandbox)
    with Session(contacthub_sandbox.node) as session:
        customer = session.get(Customer, identity)
        school = Education(customer=customer, id="e1", schoolName="Home").post()

        assert object_session(school) is session
        assert customer is not None
        assert [one.id for one in customer.base.educations] == ["e1"]


def test_a_verb_raises_the_one_error_and_the_session_keeps_the_account(contacthub_sandbox: Sandbox) -> None:
    identity = seed(contacthub_sandbox)
    with Session(contacthub_sandbox.node) as session:
        customer = session.get(Customer, identity)
        assert customer is not None
        contacthub_sandbox.node.delete_customer(identity)
        customer.extra = "x"

        with pytest.raises(NotFoundError):
            customer.patch()

        assert [entry.outcome for entry in session.account] == ["failed"]
        assert session.dirty == [customer]


def test_posting_an_event_creates_the_new_customer_it_belongs_to(contacthub_sandbox: Sandbox) -> None:
    customer = Customer(node=contacthub_sandbox.node, externalId="9")
    event = Event(customer=customer, type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB)

    event.post()

    assert [request.status for request in contacthub_sandbox.requests] == [201, 202]
    assert event.customerId == customer.id
    assert (inspect(customer).detached, inspect(event).detached) == (True, True)


# -- the same rules ---------------------------------------------------------------------------------------------------


def test_what_breaks_a_rule_is_refused_before_a_request_naming_field_and_rule(
    contacthub_sandbox: Sandbox,
) -> None:
    node = contacthub_sandbox.node

    with pytest.raises(ValidationError, match=r"Customer\.base\.lastName: must be at most 255 characters"):
        node.add_customer(base={"lastName": "x" * 256})
    with pytest.raises(ValidationError, match=r"Customer\.base\.contacts\.email: must be an e-mail address"):
        node.update_customer("1", base={"contacts": {"email": "nobody"}})
    with pytest.raises(ValidationError, match=r"Education\.id: must be at most 255 characters"):
        node.add_education("1", id="x" * 256)
    assert contacthub_sandbox.requests == []


@pytest.mark.parametrize("empty", ["", None, 7])
def test_an_id_that_no_route_can_be_made_of_is_refused_before_a_request(
    contacthub_sandbox: Sandbox, empty: str
) -> None:
    node = contacthub_sandbox.node
    calls = [
        lambda: node.get_event(empty),
        lambda: node.get_events(empty),
        lambda: node.get_education(empty, "1"),
        lambda: node.get_job("1", empty),
        lambda: node.add_like(empty, id="1"),
        lambda: node.update_subscription("1", empty),
        lambda: node.remove_education("1", empty),
        lambda: node.update_customer(empty),
        lambda: node.delete_customer(empty),
        lambda: node.add_tag(empty, "vip"),
        lambda: node.add_customer_session(empty, "1"),
        lambda: node.forget_customer(empty),
        lambda: node.export_customer(empty),
    ]

    for call in calls:
        with pytest.raises(ValueError, match="must be a string that is not empty"):
            call()
    assert contacthub_sandbox.requests == []


@pytest.mark.parametrize("verb", ["patch", "put", "delete", "forget", "export", "get_events"])
def test_a_verb_of_a_customer_that_was_never_saved_is_refused(contacthub_sandbox: Sandbox, verb: str) -> None:
    customer = Customer(node=contacthub_sandbox.node, externalId="1")

    with pytest.raises(
        OperationNotPermitted, match=rf"is not saved, so {verb}\(\) has nothing to work on: post\(\) it"
    ):
        getattr(customer, verb)()
    assert contacthub_sandbox.requests == []


def test_a_customer_is_posted_once(contacthub_sandbox: Sandbox) -> None:
    customer = Customer(node=contacthub_sandbox.node, externalId="1").post()

    with pytest.raises(OperationNotPermitted, match="was created already"):
        customer.post()
    assert len(contacthub_sandbox.requests) == 1


def test_a_customer_made_with_an_id_stands_for_the_one_that_has_it(contacthub_sandbox: Sandbox) -> None:
    identity = seed(contacthub_sandbox, tags={"manual": ["vip"], "auto": []})
    customer = Customer(node=contacthub_sandbox.node, id=identity, extra="x")
    customer.base.lastName = "Lovelace"

    customer.patch()

    [request] = contacthub_sandbox.requests
    assert request.body == {"extra": "x", "base": {"lastName": "Lovelace"}}
    assert (customer.base.firstName, customer.tags.manual) == ("Ada", ["vip"])


def test_putting_a_customer_made_with_an_id_reads_first_what_it_was_not_given(
    contacthub_sandbox: Sandbox,
) -> None:
    identity = seed(contacthub_sandbox, tags={"manual": ["vip"], "auto": []})
    customer = Customer(node=contacthub_sandbox.node, id=identity, extra="x")

    customer.put()

    assert sent(contacthub_sandbox) == [f"GET {identity}", f"PUT {identity}"]
    stored = contacthub_sandbox.node.get_customer(identity)
    assert (stored.extra, stored.externalId, stored.tags.manual) == ("x", "1", ["vip"])


def test_a_customer_from_a_dictionary_with_an_id_has_no_changes_until_it_is_changed(
    contacthub_sandbox: Sandbox,
) -> None:
    node = contacthub_sandbox.node
    document = node.get_customer(seed(contacthub_sandbox)).to_dict()
    contacthub_sandbox.clear_requests()

    customer = Customer.from_dict(node, document)
    customer.patch()
    assert contacthub_sandbox.requests == []
    customer.base.contacts.email = "countess@example.com"
    customer.patch()

    [request] = contacthub_sandbox.requests
    assert request.body == {"base": {"contacts": {"email": "countess@example.com"}}}


def test_a_session_and_its_value_are_made_of_properties_too(contacthub_sandbox: Sandbox) -> None:
    customer = contacthub_sandbox.node.get_customer(seed(contacthub_sandbox))

    linked = CustomerSession(customer, value="visit").post()

    assert [one.value for one in customer.sessions] == ["visit"]
    assert linked.delete().customer is customer
    assert customer.sessions == ()


def test_what_lives_below_a_customer_of_a_node_is_read_saved_and_removed_by_itself(
    contacthub_sandbox: Sandbox,
) -> None:
    identity = seed(contacthub_sandbox, base={"educations": [{"id": "e1"}, {"id": "e2"}]})
    customer = contacthub_sandbox.node.get_customer(identity)
    sent(contacthub_sandbox)

    first, second = customer.educations
    first.schoolName = "Home"
    first.put()
    second.delete()

    assert sent(contacthub_sandbox) == ["PUT e1", "DELETE e2"]
    assert [(one.id, one.schoolName) for one in customer.base.educations] == [("e1", "Home")]


def taught(sandbox: Sandbox) -> Customer:
    """A customer of a node with an education."""
    identity = seed(sandbox, base={"educations": [{"id": "e1", "schoolName": "Home"}]})
    return sandbox.node.get_customer(identity)


def test_what_lives_below_a_customer_of_a_node_is_the_same_object_when_it_is_read_again(
    contacthub_sandbox: Sandbox,
) -> None:
    customer = taught(contacthub_sandbox)

    customer.educations[0].schoolName = "At home"
    contacthub_sandbox.node.update_education(customer.id, id="e1", schoolName="Home", startYear=1820)
    customer.extra = "a patch is answered with the customer as it is now"
    customer.patch()
    [education] = customer.educations
    education.put()

    assert (education.schoolName, education.startYear) == ("At home", 1820)
    assert customer.base.educations[0].to_dict() == education.to_dict()
    assert inspect(education).detached


def test_what_was_removed_below_a_customer_of_a_node_is_not_read_again(contacthub_sandbox: Sandbox) -> None:
    customer = taught(contacthub_sandbox)

    customer.educations[0].delete()

    assert customer.educations == ()


def test_what_a_customer_handed_out_below_it_joins_its_session(contacthub_sandbox: Sandbox) -> None:
    customer = taught(contacthub_sandbox)
    [education] = customer.educations
    education.schoolName = "At home"

    with Session(contacthub_sandbox.node) as session:
        session.add(customer)
        assert (customer.educations, session.dirty) == ((education,), [education])
        session.expunge(education)
        customer.extra = "changed"
        session.commit()

    assert sent(contacthub_sandbox)[-1] == f"PATCH {customer.id}"
    assert education not in session


def test_of_what_a_customer_handed_out_below_it_changes_of_another_object_are_refused(
    contacthub_sandbox: Sandbox,
) -> None:
    customer = taught(contacthub_sandbox)
    [education] = customer.educations

    with Session(contacthub_sandbox.node) as session:
        other = session.get(Education, (customer.id, "e1"))
        education.schoolName = "At home"
        with pytest.raises(InvalidRequestError, match="already holds another object for educations"):
            session.add(customer)
        education.schoolName = "Home"
        session.add(customer)
        assert customer.educations == (other,)


def test_reading_what_was_not_asked_for_loads_the_rest_once(contacthub_sandbox: Sandbox) -> None:
    identity = seed(contacthub_sandbox, extra="note")
    [customer] = contacthub_sandbox.node.get_customers(fields=["base.firstName"])
    sent(contacthub_sandbox)

    assert customer.base.firstName == "Ada"
    assert sent(contacthub_sandbox) == []
    assert (customer.extra, customer.externalId) == ("note", "1")
    assert sent(contacthub_sandbox) == [f"GET {identity}"]


def test_the_customer_of_an_event_is_loaded_when_it_is_touched(contacthub_sandbox: Sandbox) -> None:
    identity = seed(contacthub_sandbox)
    contacthub_sandbox.seed_events(
        [{"customerId": identity, "type": "loggedIn", "context": "WEB", "properties": {}}]
    )
    [event] = contacthub_sandbox.node.get_events(identity)
    sent(contacthub_sandbox)

    owner = event.customer

    assert owner is not None
    assert owner.base.firstName == "Ada"
    assert sent(contacthub_sandbox) == [f"GET {identity}"]
    assert next(iter(owner.events)).id == event.id


def test_properties_may_be_appended_to_a_list_of_declared_objects(contacthub_sandbox: Sandbox) -> None:
    customer = contacthub_sandbox.node.get_customer(seed(contacthub_sandbox))

    customer.base.jobs.append(Properties(id="j1", jobTitle="Countess"))  # type: ignore[arg-type]
    customer.patch()

    assert contacthub_sandbox.requests[-1].body == {"base": {"jobs": [{"id": "j1", "jobTitle": "Countess"}]}}
    assert customer.base.jobs[0].companyName is None


def test_a_deleted_customer_can_be_made_anew(contacthub_sandbox: Sandbox) -> None:
    identity = seed(contacthub_sandbox)
    customer = contacthub_sandbox.node.get_customer(identity).delete()

    make_transient(customer)
    customer.post()

    assert customer.id != identity
    assert customer.base.firstName == "Ada"


def test_threads_may_share_a_node(contacthub_sandbox: Sandbox) -> None:
    node = contacthub_sandbox.node

    def work(number: int) -> str:
        customer = node.add_customer(externalId=str(number))
        customer.tags.manual.append("seen")
        customer.patch()
        return node.get_customer(external_id=str(number)).tags.manual[0]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(40))) == ["seen"] * 40


# -- the same look-ups ------------------------------------------------------------------------------------------------


def test_an_event_whose_answer_was_lost_is_looked_up_by_the_next_post(world: World) -> None:
    identity = seed(world.sandbox)
    node = world.node()
    event = Event(node, customerId=identity, type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB)
    world.fault(node, 0, "after")

    with pytest.raises(OutcomeUnknown):
        event.post()
    event.post()

    assert [one.id for one in world.events()] == [event.id]
    assert inspect(event).detached


def test_an_event_that_certainly_did_not_arrive_is_sent_again_once_the_settle_time_is_over(
    world: World,
) -> None:
    identity = seed(world.sandbox)
    node = world.node()
    event = Event(node, customerId=identity, type=Event.TYPES.LOGGED_IN, context=Event.CONTEXTS.WEB)
    world.fault(node, 0, "before")

    with pytest.raises(OutcomeUnknown):
        event.post()
    event.post()

    assert [one.id for one in world.events()] == [event.id]


def test_an_entity_of_unknown_outcome_is_not_handed_to_a_session_that_would_send_it_again(
    world: World,
) -> None:
    node = world.node()
    customer = Customer(node, externalId="1")
    world.fault(node, 0, "after")
    with pytest.raises(OutcomeUnknown):
        customer.post()

    with Session(world.node()) as session, pytest.raises(InvalidRequestError, match="another session"):
        session.add(customer)
    customer.post()

    assert len(world.customers()) == 1


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_patch_whose_answer_was_lost_takes_effect_once(world: World, phase: str) -> None:
    identity = seed(world.sandbox)
    node = world.node()
    customer = node.get_customer(identity)
    customer.extra = "x"
    world.fault(node, 0, phase)

    with pytest.raises(OutcomeUnknown):
        customer.patch()
    customer.patch()

    [stored] = world.customers()
    assert (stored.extra, stored.version) == ("x", 2)


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("verb", ["delete", "forget"])
def test_a_removal_whose_answer_was_lost_is_finished_by_the_next_one(
    world: World, verb: str, phase: str
) -> None:
    node = world.node()
    customer = node.get_customer(seed(world.sandbox))
    world.fault(node, 0, phase)

    with pytest.raises(OutcomeUnknown):
        getattr(customer, verb)()
    getattr(customer, verb)()

    assert world.customers() == []
    assert inspect(customer).deleted


def changed_by_another(world: World) -> tuple[Customer, Customer]:
    """A customer whose PATCH was lost before it arrived, and the other object that has changed it since."""
    identity = seed(world.sandbox)
    node = world.node()
    customer = node.get_customer(identity)
    customer.extra = "mine"
    world.fault(node, 0, "before")
    with pytest.raises(OutcomeUnknown):
        customer.patch()
    other = world.node().get_customer(identity)
    other.extra = "theirs"
    return customer, other.patch()


def test_a_write_that_met_another_writer_is_told_of_once_and_then_written_over(world: World) -> None:
    customer, _ = changed_by_another(world)

    with pytest.raises(StaleDataError) as caught:
        customer.patch()
    assert (caught.value.current or {})["extra"] == "theirs"
    assert inspect(customer).detached

    customer.patch()
    assert [one.extra for one in world.customers()] == ["mine"]


def test_a_write_that_met_another_writer_can_be_given_to_a_session(world: World) -> None:
    customer, _ = changed_by_another(world)
    with pytest.raises(StaleDataError):
        customer.patch()

    with Session(world.node()) as session:
        session.add(customer)
        session.refresh(customer)

    assert customer.extra == "theirs"


def test_a_put_that_met_another_writer_is_given_up_and_a_patch_sends_the_changes_alone(world: World) -> None:
    identity = seed(world.sandbox)
    node = world.node()
    customer = node.get_customer(identity)
    customer.extra = "mine"
    world.fault(node, 0, "before")
    with pytest.raises(OutcomeUnknown):
        customer.put()
    other = world.node().get_customer(identity)
    other.base.lastName = "theirs"
    other.patch()
    with pytest.raises(StaleDataError):
        customer.patch()

    customer.patch()

    [stored] = world.customers()
    assert (stored.extra, stored.base.lastName) == ("mine", "theirs")
