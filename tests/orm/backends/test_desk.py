"""The contract of backends on a plain REST service with cursors and preconditions, and what these add to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import pytest

from contacthub_orm import CommitError, NotFoundError, StaleDataError
from contacthub_orm.http import ManualClock
from contacthub_orm.orm import Entity, Session
from tests.orm.backends.contract import BackendContract, Service
from tests.orm.backends.desk import Desk, Ticket
from tests.support.desk import DeskServer
from tests.support.world import World, customer, refused, seed


class Tickets(Service):
    entity: ClassVar[type[Entity]] = Ticket

    def __init__(self, server: DeskServer) -> None:
        self.server = server
        self.clock = ManualClock()
        self.bind = Desk(server.url, self.clock)

    def make(self, name: str) -> Entity:
        return Ticket(number=name, title=name)

    def rename(self, entity: Any, name: str) -> None:
        entity.title = name

    def name_of(self, entity: Any) -> str:
        return str(entity.title)

    def stored(self) -> dict[str, str]:
        return {identity: one["title"] for identity, one in self.server.documents.items()}

    def seed(self, names: list[str]) -> list[str]:
        return [self.server.write(f"s{number}", number=name, title=name) for number, name in enumerate(names)]

    def write_behind(self, identity: str, name: str) -> None:
        self.server.write(identity, title=name)

    def named(self, session: Session, name: str) -> Any:
        return session.query(Ticket).filter(Ticket.title == name)

    def fail(self, number: int, phase: str, error: BaseException) -> None:
        self.bind.transport.faults[self.bind.transport.writes + number] = (phase, error)

    def settle(self) -> None:
        self.clock.advance(120)

    @property
    def writes(self) -> int:
        return self.bind.transport.writes


class TestDesk(BackendContract):
    @pytest.fixture(params=[False, True], ids=["revision", "ETag"])
    def service(self, request: pytest.FixtureRequest) -> Iterator[Tickets]:
        server = DeskServer(tags=request.param)
        found = Tickets(server)
        yield found
        found.bind.close()
        server.close()

    def test_a_writer_who_comes_between_any_two_steps_is_not_overwritten(
        self, service: Tickets, session: Session
    ) -> None:
        [identity] = service.seed(["one"])
        service.rename(self.get(service, session, identity), "two")

        def another(method: str, _: str) -> None:
            if method == "PUT":
                service.write_behind(identity, "theirs")

        service.server.before = another
        with pytest.raises(CommitError) as caught:
            session.commit()

        assert isinstance(caught.value.exceptions[0], StaleDataError)
        assert service.stored() == {identity: "theirs"}

    def test_undoing_overwrites_nobody_who_comes_between_the_look_and_the_write(
        self, service: Tickets, session: Session
    ) -> None:
        [identity] = service.seed(["one"])
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            service.rename(self.get(service, session, identity), "two")
            session.flush()
            session.add(service.make("new"))
            service.fail(0, "before", refused())

            def another(method: str, _: str) -> None:
                if method == "PUT":
                    service.write_behind(identity, "theirs")

            service.server.before = another

        assert [type(one.error) for one in caught.value.undone] == [StaleDataError]
        assert service.stored() == {identity: "theirs"}

    def test_every_write_but_a_creation_names_the_version_it_read(
        self, service: Tickets, session: Session
    ) -> None:
        [identity] = service.seed(["one"])
        found = self.get(service, session, identity)
        service.rename(found, "two")
        session.commit()
        session.delete(found)
        session.commit()

        assert [one for one in service.server.requests if not one.startswith("GET")] == [
            f'PUT /tickets/{identity} If-Match "1"',
            f'DELETE /tickets/{identity} If-Match "2"',
        ]

    def test_after_a_refusal_a_rebase_keeps_both_changes(self, service: Tickets, session: Session) -> None:
        [identity] = service.seed(["one"])
        found = self.get(service, session, identity)
        service.rename(found, "two")
        service.server.write(identity, number="another")
        with pytest.raises(CommitError):
            session.commit()

        session.rebase(found)
        session.commit()

        assert service.stored() == {identity: "two"}
        assert service.server.documents[identity]["number"] == "another"

    def test_plain_calls_create_read_replace_and_delete(self, service: Tickets) -> None:
        desk: Desk = service.bind
        made = desk.tickets.create(number="1", title="one")
        assert made.id is not None

        desk.tickets.update({"id": made.id}, title="two")

        assert desk.tickets.get(made.id).title == "two"
        desk.tickets.delete(made.id)
        with pytest.raises(NotFoundError):
            desk.tickets.get(made.id)


def test_contacthub_has_no_precondition_so_that_a_check_before_the_write_leaves_a_gap(world: World) -> None:
    [identity] = seed(world, "one")
    node, other = world.node(), world.node()
    with Session(node, check_version=True) as session:
        found = session.get(type(customer("x")), identity)
        assert found is not None
        found.externalId = "ours"

        def another(method: str, path: str) -> None:
            if method == "PATCH":
                with Session(other) as theirs:
                    theirs.get(type(found), identity).externalId = "theirs"  # type: ignore[union-attr]
                    theirs.commit()

        node.workspace.transport.observers.append(another)  # type: ignore[attr-defined]
        session.commit()

    assert [one.externalId for one in world.customers()] == ["ours"]
