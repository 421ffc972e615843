"""A workspace whose transport records what is sent, and answers what a test says."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from contacthub_orm.contacthub.api.api import Api
from contacthub_orm.http import Answer
from tests.http.conftest import clock, connect, service, transport  # noqa: F401 - fixtures of a service that fails

ONE = "5d9e24ba-8e7b-4a2f-a9b1-bc5c2f9e6a11"
"""An id."""


@attrs.define
class Recording:
    """Takes the place of a transport. `answers` are given in turn, the last one for ever."""

    answers: list[Any] = attrs.field(factory=lambda: [{}])
    sent: list[dict[str, Any]] = attrs.field(factory=list)

    def send(self, method: str, path: str, **request: Any) -> Answer:
        self.sent.append({"method": method, "path": path, **request})
        body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        objection = request["objection"](body)
        assert objection is None, objection
        return Answer(200, {}, body)

    def api(self, node_id: str | None = None, **paths: str) -> Api:
        return Api(self, "W", node_id, paths)  # type: ignore[arg-type]


@pytest.fixture
def recording() -> Recording:
    return Recording()
