"""A backend without a network, which takes every write, and sessions on it."""

from __future__ import annotations

from typing import Any

from benchmarks.documents import Document, customer
from contacthub_orm import Customer, Session
from contacthub_orm.orm import Entity, Page, Request, Search, Verb
from contacthub_orm.orm.documents import apply_patch

__all__ = ["StubBackend", "Stubbed", "loaded"]


class StubBackend:
    """Answers every PATCH at once with the merged document; has nothing else to say."""

    max_in_flight = 1
    page_size = 50

    def entity_class(self, resource: str) -> type[Entity]:
        raise NotImplementedError(resource)

    def request(self, verb: Verb, entity: Entity, body: Document | None) -> Request:
        assert entity._state.key is not None
        return Request(verb.value, entity._state.key, body=body)

    def send(self, request: Request) -> Any:
        return request.body

    def stored(self, verb: Verb, entity: Entity, sent: Document, answer: Any) -> Document:  # noqa: ARG002
        return apply_patch(entity._state.raw or {}, sent)

    def fetch(self, entity: type[Entity], identity: str) -> Document | None:
        raise NotImplementedError(f"{entity.__name__} {identity}")

    def search(self, search: Search) -> Page:
        raise NotImplementedError(search)

    def compile(self, search: Search) -> Any:
        raise NotImplementedError(search)


class Stubbed:
    """What a session is opened on."""

    backend = StubBackend()


def loaded(count: int) -> tuple[Session, list[Customer]]:
    """A session that holds so many full customers."""
    session = Session(Stubbed())
    return session, session._load_all(Customer, [customer(number) for number in range(count)])
