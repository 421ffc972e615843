"""The console of a sandbox for each test, asked by plain HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from contacthub_orm.sandbox import Sandbox


class Console:
    """Asks for pages and their twins."""

    def __init__(self, sandbox: Sandbox, session: requests.Session) -> None:
        assert sandbox.console_url is not None
        self.url: str = sandbox.console_url
        self._session = session

    def get(self, path: str, /, headers: dict[str, str] | None = None, **query: Any) -> requests.Response:
        """A page."""
        return self._session.get(self.url + path, params=query, headers=headers, timeout=10)

    def twin(self, path: str, /, **query: Any) -> Any:
        """What a page says in JSON."""
        answer = self.get(path, format="json", **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, /, *, headers: dict[str, str] | None = None, **form: Any) -> requests.Response:
        """The answer to a form, or to one with the file `file`."""
        files = {"file": form.pop("file")} if "file" in form else None
        return self._session.post(
            self.url + path, params={"format": "json"}, data=form, files=files, headers=headers, timeout=10
        )

    def done(self, path: str, /, **form: Any) -> Any:
        """What the twin says of a change that was made."""
        answer = self.post(path, **form)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def console(sandbox: Sandbox, http: requests.Session) -> Console:
    return Console(sandbox, http)
