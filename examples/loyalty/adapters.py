"""The adapters: the ports on a session. This is all the glue there is."""

from __future__ import annotations

from typing import Self

from contacthub_orm import Criterion, Session, select, sessionmaker

from .domain import Member


class SessionMembers:
    """Members of a node. The session remembers whom it gave, so nobody has to be saved one by one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, member: Member) -> None:
        self._session.add(member)

    def with_card(self, card: str) -> Member | None:
        return self._session.scalars(select(Member).where(Member.externalId == card)).one_or_none()

    def matching(self, specification: Criterion) -> list[Member]:
        return self._session.scalars(select(Member).where(specification).order_by(Member.externalId)).all()


class SessionUnitOfWork:
    """One session for one unit of work. Its end drops what was not committed."""

    members: SessionMembers

    def __init__(self, sessions: sessionmaker) -> None:
        self._sessions = sessions

    def __enter__(self) -> Self:
        self._session = self._sessions()
        self.members = SessionMembers(self._session)
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def commit(self) -> None:
        self._session.commit()
