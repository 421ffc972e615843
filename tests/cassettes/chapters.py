"""The chapters of the Python SDK's manual, played on a node without a session, told as plain data without ids and times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from contacthub_orm import (
    APIError,
    Customer,
    Education,
    Event,
    Job,
    Like,
    Node,
    Properties,
    Session,
    Subscription,
    in_,
)

VISIT = "00000000-0000-4000-8000-00000000cccc"
"""A session's id: one that `create_session_id` makes would be another in every recording."""


def node_of(session: Session) -> Node:
    node = session.bind
    assert isinstance(node, Node)
    return node


def ada(node: Node) -> Customer:
    return node.get_customer(external_id="cassette-ada")


def manual_add(session: Session) -> Any:
    node = node_of(session)
    by_dict = node.add_customer(
        externalId="cassette-ada",
        extra="extra",
        base={"firstName": "Ada", "contacts": {"email": "ada@example.com"}},
    )
    charles = Customer(node=node, externalId="cassette-charles")
    charles.base.contacts = Properties(
        email="charles@example.com", otherContacts=[Properties(value="123", name="phone", type="MOBILE")]
    )
    by_object = node.add_customer(**charles.to_dict())
    mary = Customer(node=node, externalId="cassette-mary")
    mary.base.firstName = "Mary"
    mary.post()
    again = node.add_customer(
        externalId="cassette-ada",
        base={"contacts": {"email": "ada@example.com"}, "lastName": "Lovelace"},
        forceUpdate=True,
    )
    return {
        "extra": by_dict.extra,
        "contact": by_object.base.contacts.otherContacts[0].type,
        "learnt its id": mary.id is not None,
        "the same": again.id == by_dict.id,
        "name": [again.base.firstName, again.base.lastName],
    }


def manual_get(session: Session) -> Any:
    node = node_of(session)
    page = node.get_customers(size=1, page=1)
    [partial] = node.get_customers(size=1, fields=["base.firstName"])
    customer = node.get_customer(external_id="cassette-ada")
    return {
        "size": page.size,
        "page": page.page_number,
        "neighbours": [page.next_page().page_number, page.previous_page().page_number],
        "partial": partial.base.firstName,
        "by id": node.get_customer(id=customer.id).externalId,
    }


def manual_query(session: Session) -> Any:
    ours = in_(["cassette-ada", "cassette-charles", "cassette-mary"], Customer.externalId)
    query = node_of(session).query(Customer).filter(ours)
    named = query.filter((Customer.base.firstName == "Ada") & (Customer.base.lastName == "Lovelace"))
    unreachable = query.filter(Customer.base.contacts.email == None)  # noqa: E711 - builds a criterion
    return {
        "total": query.all().total_elements,
        "named": [one.externalId for one in named.all()],
        "combined": sorted(str(one.externalId) for one in (named | unreachable).all()),
        "lazily": len(list(query)),
    }


def manual_update(session: Session) -> Any:
    node = node_of(session)
    customer = ada(node)
    customer.base.contacts.email = "countess@example.com"
    tracker = {key: value for key, value in customer.get_mutation_tracker().items() if key != "id"}
    by_tracker = node.update_customer(**customer.get_mutation_tracker())
    customer.extra = "patched"
    customer.patch()
    customer.base.subscriptions += [
        Properties(id="s1", name="news", kind=Customer.SUBSCRIPTION_KINDS.SERVICE, subscribed=True)
    ]
    customer.put()
    whole = customer.to_dict()
    whole["extra"] = None
    by_dict = node.update_customer(**whole, full_update=True)
    return {
        "tracker": tracker,
        "e-mail": by_tracker.base.contacts.email,
        "extra": [customer.extra, by_dict.extra],
        "subscriptions": [one.name for one in by_dict.base.subscriptions],
    }


def manual_delete(session: Session) -> Any:
    node = node_of(session)
    node.delete_customer(**ada(node).to_dict())
    mary = node.get_customer(external_id="cassette-mary")
    mary.delete()
    return {"found": status(lambda: node.get_customer(id=mary.id))}


def status(call: Any) -> int | None:
    """The status of the error that a call ends with."""
    try:
        call()
    except APIError as error:
        return error.status
    return None


def manual_tags(session: Session) -> Any:
    node = node_of(session)
    identity = str(ada(node).id)
    node.add_tag(identity, "manual_tag")
    added = list(node.add_tag(identity, 7).tags.manual)
    removed = list(node.remove_tag(identity, "manual_tag").tags.manual)
    try:
        node.remove_tag(identity, "manual_tag")
    except ValueError:
        return {"added": added, "removed": removed}
    return "removed twice"


def manual_entities(session: Session) -> Any:
    node = node_of(session)
    customer = ada(node)
    identity = str(customer.id)
    node.add_education(
        customer_id=identity,
        id="e1",
        schoolType=Education.SCHOOL_TYPES.COLLEGE,
        startYear="1994",
        endYear="2000",
    )
    Job(customer=customer, id="j1", jobTitle="Countess", startDate="1835-07-08").post()
    Like(customer=customer, id="l1", name="engines", createdTime=datetime(2024, 5, 1, tzinfo=UTC)).post()
    subscription = Subscription(
        customer=customer,
        id="s1",
        kind=Subscription.KINDS.SERVICE,
        subscribed=True,
        preferences=[{"key": "value"}],
    ).post()
    education = node.get_education(customer_id=identity, education_id="e1")
    education.schoolConcentration = "updated"
    node.update_education(customer_id=identity, **education.to_dict())
    subscription.name = "updated"
    subscription.put()
    node.remove_like(customer_id=identity, like_id="l1")
    node.get_job(customer_id=identity, job_id="j1").delete()
    customer = node.get_customer(id=identity)
    return {
        "educations": [one.schoolConcentration for one in customer.base.educations],
        "years": [education.startYear, education.endYear],
        "jobs": len(customer.base.jobs),
        "likes": len(customer.base.likes),
        "subscriptions": [one.name for one in customer.base.subscriptions],
    }


def manual_events(session: Session) -> Any:
    node = node_of(session)
    customer = ada(node)
    event = Event(
        node=node,
        customerId=customer.id,
        type=Event.TYPES.SERVICE_SUBSCRIBED,
        context=Event.CONTEXTS.WEB,
        contextInfo=Properties(client=Properties(ip="192.0.2.1")),
        properties=Properties(
            subscriberId="s_id", serviceId="service_id", extraProperties=Properties(extra="extra")
        ),
        date=datetime(2024, 5, 1, 10, tzinfo=UTC),
    )
    posted = node.add_event(**event.to_dict())
    anonymous = {
        "type": Event.TYPES.LOGGED_IN,
        "context": Event.CONTEXTS.WEB,
        "contextInfo": {"client": {"ip": "192.0.2.1"}},
        "properties": {},
    }
    Event(
        node=node,
        bringBackProperties=Properties(type="SESSION_ID", value=VISIT),
        date=datetime(2024, 5, 2, tzinfo=UTC),
        **anonymous,
    ).post()
    linked = node.add_customer_session(customer_id=str(customer.id), session_id=VISIT)
    Event(
        node=node,
        bringBackProperties=Properties(type="externalId", value="cassette-ada"),
        date=datetime(2024, 5, 3, tzinfo=UTC),
        **anonymous,
    ).post()
    found = node.get_events(
        customer_id=str(customer.id), event_type=Event.TYPES.LOGGED_IN, date_from="2024-05-02", size=5
    )
    return {
        "linked": linked == VISIT,
        "all": [str(one.type) for one in customer.get_events()],
        "found": found.total_elements,
        "one": node.get_event(str(posted.id)).properties.extraProperties["extra"],
    }


def manual_duties(session: Session) -> Any:
    """Not of the manual: what a person may demand by law."""
    node = node_of(session)
    customer = ada(node)
    exported = node.export_customer(str(customer.id))
    customer.forget()
    return {
        "exported": [exported["customer"]["externalId"], exported["events"]],
        "found": status(lambda: node.get_customer(id=customer.id)),
    }


CHAPTERS = [
    manual_add,
    manual_get,
    manual_query,
    manual_update,
    manual_delete,
    manual_tags,
    manual_entities,
    manual_events,
    manual_duties,
]
