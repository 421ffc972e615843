"""What every backend must do, whatever its service: each is tested by a subclass of `BackendContract`.

A subclass gives the fixture `service`, a `Service` on something empty. The facts are asked of the service itself, past the
backend under test.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import pytest

from contacthub_orm import CommitError, StaleDataError
from contacthub_orm.orm import Entity, Outcome, Session, recover
from tests.support.world import Crash, abandon, lost, refused


class Service(ABC):
    """A service under test, with entities that have a name."""

    entity: ClassVar[type[Entity]]
    session_class: ClassVar[type[Session]] = Session
    bind: Any

    @abstractmethod
    def make(self, name: str) -> Entity:
        """A new entity with a name."""

    @abstractmethod
    def rename(self, entity: Entity, name: str) -> None:
        """Change the name."""

    @abstractmethod
    def name_of(self, entity: Entity) -> str:
        """The name that the entity has in memory."""

    @abstractmethod
    def stored(self) -> dict[str, str]:
        """The names that the service holds, by id, asked past the backend."""

    @abstractmethod
    def seed(self, names: list[str]) -> list[str]:
        """Put entities there past the backend; gives their ids in order."""

    @abstractmethod
    def write_behind(self, identity: str, name: str) -> None:
        """Rename an entity as another writer does."""

    @abstractmethod
    def named(self, session: Session, name: str) -> Any:
        """A query for the entities with a name, as far as the service can be asked."""

    @abstractmethod
    def fail(self, number: int, phase: str, error: BaseException) -> None:
        """Have the `number`-th write from now (from 0) fail "before" or "after" it takes effect."""

    @abstractmethod
    def settle(self) -> None:
        """Let time pass, until searches show everything."""

    @property
    @abstractmethod
    def writes(self) -> int:
        """How many writes were attempted so far."""


class BackendContract:
    """The tests; `pages` is a number of entities that takes several pages."""

    pages: ClassVar[int] = 120

    @pytest.fixture
    def session(self, service: Service) -> Any:
        with service.session_class(service.bind, settle=5) as session:
            yield session

    # -- saving and loading

    def test_what_is_added_is_stored_and_has_an_identity(self, service: Service, session: Session) -> None:
        one = service.make("one")
        session.add(one)
        session.commit()

        identity = one._state.identity
        assert service.stored() == {identity: "one"}

    def test_what_is_stored_is_loaded_once_as_one_object(self, service: Service, session: Session) -> None:
        [identity] = service.seed(["one"])

        found = session.get(service.entity, identity)

        assert found is not None
        assert service.name_of(found) == "one"
        assert session.get(service.entity, identity) is found
        assert session.query(service.entity).all() == [found]

    def test_what_is_not_there_is_none(self, service: Service, session: Session) -> None:
        assert session.get(service.entity, "00000000-0000-4000-8000-000000000000") is None

    def test_a_change_is_stored_and_without_one_nothing_is_sent(
        self, service: Service, session: Session
    ) -> None:
        [identity] = service.seed(["one"])
        found = self.get(service, session, identity)
        service.rename(found, "two")
        session.commit()
        assert service.stored() == {identity: "two"}

        before = service.writes
        session.commit()
        service.rename(found, "two")
        session.commit()
        assert service.writes == before

    def test_what_is_deleted_is_gone(self, service: Service, session: Session) -> None:
        first, second = service.seed(["one", "two"])

        session.delete(self.get(service, session, first))
        session.commit()

        assert service.stored() == {second: "two"}
        assert session.get(service.entity, first) is None

    def test_a_plan_sends_nothing(self, service: Service, session: Session) -> None:
        session.add(service.make("one"))

        assert len(session.plan()) == 1
        assert service.stored() == {}

    # -- searching and scanning

    def test_a_search_finds_what_has_the_name(self, service: Service, session: Session) -> None:
        first, *_ = service.seed(["one", "two", "three"])

        assert [one._state.identity for one in service.named(session, "one")] == [first]
        assert service.named(session, "four").first() is None
        assert service.named(session, "two").exists()
        assert not service.named(session, "four").exists()

    def test_all_pages_are_read_each_row_once(self, service: Service, session: Session) -> None:
        identities = service.seed([f"name-{number}" for number in range(self.pages)])
        query = session.query(service.entity)

        assert sorted(one._state.identity or "" for one in query) == sorted(identities)
        assert query.count() == self.pages
        assert len(query.limit(self.pages - 1).all()) == self.pages - 1
        assert len(query.offset(self.pages - 2).limit(10).all()) == 2

    def test_rows_are_filtered_here_on_request(self, service: Service, session: Session) -> None:
        service.seed(["one", "two"])
        found = session.query(service.entity).filter_locally(service.entity._own_criterion()).all()

        assert len(found) == 2

    # -- failures

    def test_a_refused_write_is_accounted_for_and_sent_again(
        self, service: Service, session: Session
    ) -> None:
        session.add(service.make("one"))
        service.fail(0, "before", refused())
        with pytest.raises(CommitError) as caught:
            session.commit()
        assert [entry.outcome for entry in caught.value.account] == [Outcome.FAILED]

        session.commit()
        assert list(service.stored().values()) == ["one"]

    @pytest.mark.parametrize("phase", ["before", "after"])
    def test_a_creation_whose_answer_was_lost_happens_once(
        self, service: Service, session: Session, phase: str
    ) -> None:
        one = service.make("one")
        session.add(one)
        service.fail(0, phase, lost())
        with pytest.raises(CommitError) as caught:
            session.commit()
        assert [entry.outcome for entry in caught.value.account] == [Outcome.UNKNOWN]

        session.commit()

        assert service.stored() == {one._state.identity: "one"}

    @pytest.mark.parametrize("phase", ["before", "after"])
    def test_a_change_whose_answer_was_lost_is_stored(
        self, service: Service, session: Session, phase: str
    ) -> None:
        [identity] = service.seed(["one"])
        service.rename(self.get(service, session, identity), "two")
        service.fail(0, phase, lost())
        with pytest.raises(CommitError):
            session.commit()
        before = service.writes

        session.commit()

        assert service.stored() == {identity: "two"}
        assert service.writes - before == (phase == "before")

    @pytest.mark.parametrize("phase", ["before", "after"])
    def test_a_deletion_whose_answer_was_lost_is_done(
        self, service: Service, session: Session, phase: str
    ) -> None:
        [identity] = service.seed(["one"])
        session.delete(self.get(service, session, identity))
        service.fail(0, phase, lost())
        with pytest.raises(CommitError):
            session.commit()

        session.commit()

        assert service.stored() == {}

    def test_another_writers_change_is_not_overwritten_by_one_in_doubt(
        self, service: Service, session: Session
    ) -> None:
        [identity] = service.seed(["one"])
        service.rename(self.get(service, session, identity), "two")
        service.fail(0, "before", lost())
        with pytest.raises(CommitError):
            session.commit()
        service.write_behind(identity, "theirs")

        with pytest.raises(CommitError) as caught:
            session.commit()

        assert isinstance(caught.value.exceptions[0], StaleDataError)
        assert service.stored() == {identity: "theirs"}

    def test_a_check_refuses_to_overwrite_another_writer(self, service: Service) -> None:
        [identity] = service.seed(["one"])
        with service.session_class(service.bind, settle=5, check_version=True) as session:
            service.rename(self.get(service, session, identity), "two")
            service.write_behind(identity, "theirs")
            with pytest.raises(CommitError) as caught:
                session.commit()

        assert isinstance(caught.value.exceptions[0], StaleDataError)
        assert service.stored() == {identity: "theirs"}

    # -- recovery

    @pytest.mark.parametrize("phase", ["before", "after"])
    def test_a_commit_that_a_crash_cut_short_is_finished(
        self, service: Service, tmp_path: Path, phase: str
    ) -> None:
        [identity] = service.seed(["one"])
        journal = tmp_path / "journal"
        session = service.session_class(service.bind, settle=5, journal=journal)
        service.rename(self.get(service, session, identity), "two")
        session.add(service.make("new"))
        service.fail(1, phase, Crash())
        with pytest.raises(Crash):
            session.commit()
        abandon(session)
        service.settle()

        report = recover(service.bind, journal, settle=5)

        assert report.complete
        assert sorted(service.stored().values()) == ["new", "two"]

    def test_an_interrupted_atomic_block_is_undone(self, service: Service, tmp_path: Path) -> None:
        [identity] = service.seed(["one"])
        journal = tmp_path / "journal"
        session = service.session_class(service.bind, settle=5, journal=journal)
        with pytest.raises(Crash), session.begin(atomic=True):
            service.rename(self.get(service, session, identity), "two")
            session.flush()
            session.add(service.make("new"))
            service.fail(0, "before", Crash())
        abandon(session)
        service.settle()

        report = recover(service.bind, journal, settle=5)

        assert report.complete
        assert service.stored() == {identity: "one"}

    # -- undoing

    def test_an_atomic_block_that_fails_leaves_nothing(self, service: Service, session: Session) -> None:
        [identity] = service.seed(["one"])
        found = self.get(service, session, identity)
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            service.rename(found, "two")
            session.add(service.make("first"))
            session.flush()
            session.add(service.make("second"))
            service.fail(0, "before", refused())

        assert [one.reason for one in caught.value.undone] == [None, None]
        assert service.stored() == {identity: "one"}
        assert service.name_of(found) == "one"
        assert not session.is_modified(found)

    def test_undoing_leaves_what_another_writer_has_changed(self, service: Service, session: Session) -> None:
        [identity] = service.seed(["one"])
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            service.rename(self.get(service, session, identity), "two")
            session.flush()
            service.write_behind(identity, "theirs")
            session.add(service.make("new"))
            service.fail(0, "before", refused())

        assert [one.reason for one in caught.value.undone] == ["it was changed since by another writer"]
        assert service.stored() == {identity: "theirs"}

    @staticmethod
    def get(service: Service, session: Session, identity: str) -> Entity:
        found = session.get(service.entity, identity)
        assert found is not None
        return found
