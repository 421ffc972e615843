"""A client of bulk jobs."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.sandbox.api import Api


class Jobs:
    """Uploads files to the node of a sandbox, and reads what became of them."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.path = f"/nodes/{api.sandbox.node_id}/bulk-jobs"

    def post(self, content: str | bytes, **fields: str) -> Any:
        files = {"file": ("people.csv", content, "text/csv")}
        data = {"operation": "UPSERT", **fields}
        return self.api.session.post(
            self.api.root + self.path, files=files, data=data, headers=self.api.headers, timeout=60
        )

    def upload(self, content: str | bytes, **fields: str) -> dict[str, Any]:
        answer = self.post(content, **fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def get(self, job: dict[str, Any]) -> dict[str, Any]:
        return self.api.get(f"{self.path}/{job['id']}").json()

    def results(self, job: dict[str, Any]) -> list[dict[str, str]]:
        answer = self.api.get(f"{self.path}/{job['id']}/results")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/csv")
        return list(csv.DictReader(io.StringIO(answer.text)))

    def run(self, content: str | bytes, **fields: str) -> list[dict[str, str]]:
        """The results of a new job; with no delay it is done before the next request."""
        return self.results(self.upload(content, **fields))

    def all(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.api.get(self.path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()["elements"]


@pytest.fixture
def jobs(api: Api) -> Jobs:
    return Jobs(api)
