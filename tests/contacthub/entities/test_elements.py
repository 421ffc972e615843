"""Educations, jobs, likes, subscriptions and sessions as entities on their own routes."""

from __future__ import annotations

import pytest

from contacthub_orm import (
    Customer,
    CustomerSession,
    Education,
    InvalidRequestError,
    Job,
    Session,
    Subscription,
    ValidationError,
    inspect,
)
from tests.support.world import World, customer


def stored(world: World, one: Customer) -> Customer:
    with Session(world.node()) as session:
        found = session.get(Customer, str(one.id))
        assert found is not None
        return found


def test_an_added_element_is_created_on_its_own_route(world: World) -> None:
    with Session(world.node()) as session:
        bruce = customer("bruce")
        school = Education(customer=bruce, id="1", schoolName="Gotham Academy")
        session.add(school)
        session.commit()
        assert inspect(school).persistent
        assert [one.schoolName for one in bruce.base.educations] == ["Gotham Academy"]
        assert session.dirty == []
    assert world.writes() == ["POST customers", "POST customers"]
    assert world.sandbox.requests[-1].path.endswith(f"/customers/{bruce.id}/educations")
    assert [one.schoolName for one in stored(world, bruce).base.educations] == ["Gotham Academy"]


def test_a_changed_element_is_replaced_on_its_own_route(world: World) -> None:
    with Session(world.node()) as session:
        bruce = customer("bruce")
        job = Job(customer=bruce, id="a/b", companyName="Wayne")
        session.add(job)
        session.commit()
        job.jobTitle = "boss"
        (operation,) = session.plan()
        assert operation.verb == "PUT"
        session.commit()
        assert bruce.base.jobs[0].jobTitle == "boss"
    (found,) = stored(world, bruce).base.jobs
    assert (found.id, found.companyName, found.jobTitle) == ("a/b", "Wayne", "boss")


def test_a_deleted_element_is_deleted_on_its_own_route(world: World) -> None:
    with Session(world.node()) as session:
        bruce = customer("bruce")
        school = Education(customer=bruce, id="1")
        session.add(school)
        session.commit()
        session.delete(school)
        session.commit()
        assert bruce.base.educations == []
        assert inspect(school).deleted
    assert stored(world, bruce).base.educations == []


def test_changes_of_elements_fold_into_a_patch_that_carries_their_collection(world: World) -> None:
    with Session(world.node()) as session:
        bruce = customer("bruce")
        first, doomed = Education(customer=bruce, id="1"), Education(customer=bruce, id="2")
        session.add_all([first, doomed])
        session.commit()
        world.sandbox.clear_requests()
        bruce.base.educations.append(Education(id="3", schoolName="listed"))
        first.schoolName = "changed"
        session.delete(doomed)
        added = Education(customer=bruce, id="4", schoolName="added")
        session.add(added)
        session.commit()
        assert world.writes() == ["PATCH customers"]
        assert inspect(added).persistent
        assert inspect(doomed).deleted
        assert session.dirty == []
    names = [(one.id, one.schoolName) for one in stored(world, bruce).base.educations]
    assert names == [("1", "changed"), ("3", "listed"), ("4", "added")]


def test_elements_of_one_customer_are_sent_one_after_another(world: World) -> None:
    with Session(world.node(max_in_flight=8)) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        bruce.extra = "changed"
        session.add_all([Education(customer=bruce, id=str(number)) for number in range(3)])
        assert [len(batch) for batch in session.plan().batches] == [1, 1, 1, 1]
        session.commit()
    assert [one.id for one in stored(world, bruce).base.educations] == ["0", "1", "2"]


def test_an_element_is_read_by_both_ids(world: World) -> None:
    with Session(world.node()) as session, session.begin():
        bruce = customer("bruce")
        session.add(Subscription(customer=bruce, id="news", subscribed=True))
    with Session(world.node()) as session:
        found = session.get(Subscription, (str(bruce.id), "news"))
        assert found is not None
        assert found.subscribed is True
        assert found.customer is session.get(Customer, str(bruce.id))
        assert session.get(Subscription, (str(bruce.id), "other")) is None
        with pytest.raises(InvalidRequestError, match="a tuple of two strings"):
            session.get(Subscription, "news")


def test_a_session_links_its_value_to_the_customer(world: World) -> None:
    with Session(world.node()) as session:
        bruce = customer("bruce")
        link = CustomerSession(customer=bruce, value="s-1")
        session.add(link)
        session.commit()
        assert link.id is not None
        session.delete(link)
        session.commit()


def test_an_element_without_customer_is_refused(world: World) -> None:
    with Session(world.node()) as session:
        session.add(Education(id="1"))
        with pytest.raises(ValidationError, match=r"Education\.customer: is required"):
            session.commit()


def test_the_id_of_a_saved_element_cannot_be_changed(world: World) -> None:
    with Session(world.node()) as session:
        bruce = customer("bruce")
        school = Education(customer=bruce, id="1")
        session.add(school)
        session.commit()
        school.id = "2"
        with pytest.raises(ValidationError, match=r"Education\.id"):
            session.commit()


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_lost_answer_of_an_element_is_settled(world: World, phase: str) -> None:
    node = world.node()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        session.add_all([Education(customer=bruce, id="1"), CustomerSession(customer=bruce, value="s-1")])
        world.fault(node, 0, phase)
        with pytest.raises(ExceptionGroup):
            session.commit()
        world.fault(node, 1 if phase == "before" else 0, phase)
        with pytest.raises(ExceptionGroup):
            session.commit()
        session.commit()
        assert session.new == []
    assert [one.id for one in stored(world, bruce).base.educations] == ["1"]


def test_a_version_that_our_own_element_moved_is_no_conflict(world: World) -> None:
    with Session(world.node(), check_version=True) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        session.add(Education(customer=bruce, id="1"))
        session.commit()
        bruce.extra = "changed"
        session.commit()
        assert bruce.extra == "changed"
