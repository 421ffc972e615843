"""A client of plain `requests`: writers that work beside a scan, and the page loop that a scan is compared with."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Protocol

from tests.support.server import plain_session

PAGE = 50


class Place(Protocol):
    """Where a service is: a sandbox in this process or a server in another."""

    @property
    def base_url(self) -> str: ...
    @property
    def workspace_id(self) -> str: ...
    @property
    def node_id(self) -> str: ...
    @property
    def token(self) -> str: ...


class Plain:
    """Requests to the customers of a node, one after another."""

    def __init__(self, place: Place) -> None:
        self._url = f"{place.base_url}/workspaces/{place.workspace_id}/customers"
        self._node_id = place.node_id
        self._session = plain_session()
        self._session.headers["Authorization"] = f"Bearer {place.token}"

    def create(self, **body: Any) -> None:
        self._send("POST", self._url, json={"nodeId": self._node_id, **body})

    def update(self, identity: str, **body: Any) -> None:
        self._send("PATCH", f"{self._url}/{identity}", json=body)

    def delete(self, identity: str) -> None:
        self._send("DELETE", f"{self._url}/{identity}")

    def pages(self) -> Iterator[list[str]]:
        """The ids of page 0, 1, 2 ... in the service's own order, as a loop without further thought reads them."""
        number, last = 0, 0
        while number <= last:
            parameters = {"nodeId": self._node_id, "page": str(number), "size": str(PAGE)}
            answer = self._send("GET", self._url, params=parameters)
            last = answer["page"]["totalPages"] - 1
            yield [document["id"] for document in answer["elements"]]
            number += 1

    def close(self) -> None:
        self._session.close()

    def _send(self, method: str, url: str, **request: Any) -> Any:
        answer = self._session.request(method, url, timeout=60, **request)
        answer.raise_for_status()
        return answer.json() if answer.content else None


class Writers:
    """Threads that write until the block ends: one updates `kept`, one adds, one deletes `doomed`, each with a pause."""

    def __init__(
        self, place: Place, kept: Sequence[str], doomed: Iterable[str], *, pause: float = 0.005
    ) -> None:
        self._place = place
        self._kept = kept
        self._doomed = iter(list(doomed))
        self._pause = pause
        self._stopped = threading.Event()
        self._random = random.Random(4)
        self._errors: list[BaseException] = []
        self.updated = self.added = self.deleted = 0
        self._threads = [
            threading.Thread(target=self._work, args=[step])
            for step in (self._update, self._add, self._delete)
        ]

    @property
    def written(self) -> int:
        return self.updated + self.added + self.deleted

    def __enter__(self) -> Writers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        if self._errors:
            raise self._errors[0]

    def keep_pace(self, items: Iterable[Any], writes: int = 2) -> Iterator[Any]:
        """The items, each once the writers have written so much more."""
        for item in items:
            yield item
            aim = self.written + writes
            while self.written < aim and not self._errors:
                time.sleep(0.002)

    def _work(self, step: Callable[[Plain], None]) -> None:
        client = Plain(self._place)
        try:
            while not self._stopped.wait(self._pause):
                step(client)
        except BaseException as error:  # noqa: BLE001 - raised again at the end of the block
            self._errors.append(error)
        finally:
            client.close()

    def _update(self, client: Plain) -> None:
        client.update(self._random.choice(self._kept), base={"firstName": f"Bruce {self.updated}"})
        self.updated += 1

    def _add(self, client: Plain) -> None:
        client.create(externalId=f"added {self.added}")
        self.added += 1

    def _delete(self, client: Plain) -> None:
        identity = next(self._doomed, None)
        if identity is not None:
            client.delete(identity)
            self.deleted += 1
