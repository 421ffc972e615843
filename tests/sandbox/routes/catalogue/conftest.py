"""What the sandbox answered on the wire, whoever asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contacthub_orm.sandbox.server import delivery


@pytest.fixture
def raw_answers(monkeypatch) -> list[tuple[int, Any]]:
    """The status and the body of each answer, as JSON if it is JSON."""
    found: list[tuple[int, Any]] = []
    send = delivery.send_answer

    async def recorded(channel, answer, *args, **more):
        is_json = answer.text and ("content-type", "text/csv;charset=UTF-8") not in answer.headers
        found.append((answer.status, json.loads(answer.text) if is_json else answer.text.encode()))
        await send(channel, answer, *args, **more)

    monkeypatch.setattr(delivery, "send_answer", recorded)
    return found
