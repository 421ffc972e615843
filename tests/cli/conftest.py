"""Commands, run in this process on the sandbox of the test."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from contacthub_orm.cli.main import main
from contacthub_orm.sandbox import Sandbox

Run = Callable[..., Result]


@pytest.fixture
def run(contacthub_sandbox: Sandbox) -> Run:
    """Runs `contacthub-orm` with some arguments, and what a user types in."""

    def run(*arguments: object, typed: str | None = None, **environment: str) -> Result:
        result = CliRunner().invoke(
            main,
            [str(one) for one in arguments],
            input=typed,
            env={**contacthub_sandbox.environment, **environment},
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert contacthub_sandbox.token not in result.output
        return result

    return run
