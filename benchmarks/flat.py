"""SQLAlchemy's counterpart of a customer: flat mapped columns of one row, in memory."""

from __future__ import annotations

from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

__all__ = ["FlatCustomer", "flat_customer"]


class _Base(DeclarativeBase):
    pass


class FlatCustomer(_Base):
    """A customer without nesting."""

    __tablename__ = "customers"

    id: Mapped[str] = mapped_column(primary_key=True)
    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    email: Mapped[str | None]


def flat_customer() -> tuple[Session, FlatCustomer]:
    """A persistent row, read from the database, with the session that holds it."""
    engine = create_engine("sqlite://")
    _Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add(FlatCustomer(id="1", first_name="Giulia", last_name="Rossi", email="g@example.com"))
    session = Session(engine)
    return session, session.get_one(FlatCustomer, "1")
