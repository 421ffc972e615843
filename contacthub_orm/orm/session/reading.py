"""Reading single documents for a session, and counting how often it reads."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.service.fan_out import concurrently

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["DocumentReader", "TooManyRequests"]


class TooManyRequests(UserWarning):
    """A session has read more often than `max_requests`, which looks like one request per row (N+1)."""


class DocumentReader:
    """Reads documents by id, and warns once if the session reads too often.

    Args:
        backend: the service.
        max_requests: the number of reads without a warning, or None for no limit.
    """

    def __init__(self, backend: Backend, max_requests: int | None) -> None:
        self._backend = backend
        self._max_requests = max_requests
        self._reads = 0

    def fetch(self, entity: type[Entity], identity: str) -> Document | None:
        """Read the document with an id, or return None if there is none."""
        self.count(1)
        return self._backend.fetch(entity, identity)

    def fetch_all(self, entity: type[Entity], identities: Sequence[str]) -> list[Document | None]:
        """Read the documents with these ids concurrently, and return them in the same order."""
        documents = concurrently(
            lambda one: self._backend.fetch(entity, one), identities, self._backend.max_in_flight
        )
        self.count(len(identities))
        return documents

    def reread(self, entity: type[Entity], identity: str) -> Document:
        """Read the document of an entity that existed before.

        Raises:
            InvalidRequestError: if it no longer exists.
        """
        document = self.fetch(entity, identity)
        if document is None:
            raise InvalidRequestError(f"{entity.__name__} {identity} no longer exists")
        return document

    def count(self, reads: int) -> None:
        """Count reads. A query counts once, however many pages it reads."""
        before, self._reads = self._reads, self._reads + reads
        if self._max_requests is not None and before <= self._max_requests < self._reads:
            warnings.warn(
                f"this session has read more than {self._max_requests} times: "
                "is there one request per row where one query or get_many would do?",
                TooManyRequests,
                stacklevel=4,
            )
