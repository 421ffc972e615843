"""A service in memory, for sessions under test: a dict of documents that records what it is asked."""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from contacthub_orm.errors import BadRequestError, ContacthubError, OutcomeUnknown, StaleDataError
from contacthub_orm.orm import Entity, Page, Request, ScanKey, Search, Session, Verb
from contacthub_orm.orm.entity.sent_at import SentAt
from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite, Resolution, Verdict
from contacthub_orm.orm.wire.documents import Document, apply_patch
from contacthub_orm.orm.wire.paths import value_at
from tests.orm.shelf import Book, Loan

CLASSES: dict[str, type[Entity]] = {"books": Book, "loans": Loan}


class Library:
    """What a session is opened on, and its backend at once."""

    place = "memory"
    page_size = 50
    max_in_flight = 1
    refuses_double_claims = False
    counts_matches = True

    def __init__(self, **documents: Document) -> None:
        self.documents: dict[str, dict[str, Document]] = {"books": {}, "loans": {}}
        for identity, document in documents.items():
            self.store("books", identity, document)
        self.asked: list[str] = []
        self.failures: dict[str, Exception] = {}
        self.answers: Callable[[Document], Document] = lambda document: document
        self.time = datetime(2020, 1, 1, tzinfo=UTC)

    @property
    def backend(self) -> Library:
        return self

    def store(self, resource: str, identity: str, document: Document) -> None:
        """Put a document there behind the session's back, as another writer does."""
        version = self.documents[resource].get(identity, {}).get("version", 0) + 1
        self.documents[resource][identity] = {"id": identity, "version": version, **document}

    def fail(self, asked: str, error: Exception | None = None) -> None:
        """Have a request that begins with `asked` fail once."""
        self.failures[asked] = error or BadRequestError(
            status=400, message="no", method=asked.split()[0], url=asked, logref="ref"
        )

    @property
    def writes(self) -> list[str]:
        """What was sent, without reads; emptied by looking."""
        found = [asked for asked in self.asked if not asked.startswith(("GET", "SEARCH"))]
        self.asked.clear()
        return found

    def entity_class(self, resource: str) -> type[Entity]:
        return CLASSES[resource]

    def request(self, verb: Verb, entity: Entity, body: Document | None) -> Request:
        key = entity._state.key
        path = (entity.__resource__.name,) if key is None else key
        return Request(verb.value, path, {}, body)

    def send(self, request: Request) -> Any:
        self.asked.append(str(request))
        for asked in list(self.failures):
            if str(request).startswith(asked):
                raise self.failures.pop(asked)
        return copy.deepcopy(self.answers(self._done(request)))

    def _done(self, request: Request) -> Any:
        resource, held = request.path[0], self.documents[request.path[0]]
        if request.method == "DELETE":
            del held[request.path[1]]
            return None
        identity = request.path[1] if len(request.path) > 1 else f"{resource}-{len(held) + 1}"
        body = copy.deepcopy(dict(request.body))
        before = held.get(identity, {})
        after = apply_patch(before, body) if request.method == "PATCH" else body
        held[identity] = {**after, "id": identity, "version": before.get("version", 0) + 1}
        return held[identity]

    def stored(self, verb: Verb, entity: Entity, sent: Document, answer: Any) -> Document:
        document: Document = answer
        return document

    def fetch(self, entity: type[Entity], identity: str) -> Document | None:
        self.asked.append(f"GET {entity.__resource__.name}/{identity}")
        return copy.deepcopy(self.documents[entity.__resource__.name].get(identity))

    def scan_key(self, entity: type[Entity]) -> ScanKey | None:
        return None

    def below(self, path: tuple[str, ...]) -> list[Document]:
        return []

    def search(self, search: Search) -> Page:
        self.asked.append(f"SEARCH {search.entity.__resource__.name} {search.criterion} page {search.page}")
        found = [
            document
            for document in self.documents[search.entity.__resource__.name].values()
            if search.criterion.holds_for(document)
        ]
        for ordering in reversed(search.order):
            path = ordering.path
            found.sort(key=lambda one: str(value_at(one, path)), reverse=ordering.descending)
        size = search.size or self.page_size
        start = search.page * size
        return Page(copy.deepcopy(found[start : start + size]), len(found), search.page, size)

    def compile(self, search: Search) -> Any:
        return str(search.criterion)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def unique_value(self, *_: Any) -> Hashable | None:
        return None

    def knows_unique_value(self, *_: Any) -> bool:
        return True

    def find_created(self, writes: Sequence[InDoubtWrite], known: Iterable[Any]) -> list[Resolution]:
        return [Resolution(Verdict.OPEN) for _ in writes]

    def proves_creation(self, entity: type[Entity], document: Document, sent: SentAt) -> bool:
        return document.get("version") == 1

    def existed_at(self, document: Document) -> datetime | None:
        return self.time - timedelta(days=1)

    def is_as_created(self, document: Document) -> bool:
        return document.get("version") == 1

    def referring(self, entity: type[Entity], identity: str) -> list[Any]:
        return []

    def sending(self) -> SentAt:
        return SentAt(self.time, timedelta(0))

    def conflict(self, operation: Any, current: Document | None) -> ContacthubError:
        return StaleDataError(f"{operation.entity!r} was changed", current=current)


def lost() -> OutcomeUnknown:
    """An answer that never came."""
    return OutcomeUnknown("the answer was lost", method="POST", url="somewhere")


def opened(library: Library, **settings: Any) -> Session:
    return Session(library, **settings)
