"""The keys of an environment and the token that they are exchanged for: once, in time, safely, and never shown."""

from __future__ import annotations

import logging
import pickle
import traceback
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from contacthub_orm import AuthenticationError, ConfigurationError, NotSent
from contacthub_orm.http import ManualClock
from contacthub_orm.notihub import Customer, Environment, Session
from contacthub_orm.sandbox import Fault
from tests.support.notihub import NotihubWorld

KEYS = {"public_key": "pub-1", "secret_key": "sec-1", "client_id": "cli-1", "client_secret": "cls-1"}


def exchanges(world: NotihubWorld) -> int:
    return sum(one.path == "/token/" for one in world.sandbox.requests)


def test_keys_are_exchanged_once_and_not_before_they_are_needed(notihub_world: NotihubWorld) -> None:
    notihub = notihub_world.environment()
    assert exchanges(notihub_world) == 0

    for number in range(3):
        notihub.customers.create(externalId=str(number))

    assert exchanges(notihub_world) == 1


def test_a_token_is_renewed_before_it_ends(notihub_world: NotihubWorld) -> None:
    notihub = notihub_world.environment()
    notihub.customers.list()
    notihub_world.clock.advance(6 * 3600 - 301)
    notihub.customers.list()
    assert exchanges(notihub_world) == 1

    notihub_world.clock.advance(2)
    notihub.customers.list()

    assert exchanges(notihub_world) == 2
    assert 401 not in [one.status for one in notihub_world.sandbox.requests]


def test_a_token_that_the_service_forgot_is_renewed_once_and_the_write_happens_once(
    notihub_world: NotihubWorld,
) -> None:
    notihub = notihub_world.environment()
    notihub.customers.list()
    notihub_world.sandbox.revoke_tokens()

    notihub.customers.create(externalId="1")

    assert exchanges(notihub_world) == 2
    assert [one.externalId for one in notihub.customers.list()] == ["1"]


def test_a_service_that_knows_no_token_is_asked_twice(notihub_world: NotihubWorld) -> None:
    notihub = notihub_world.environment()
    notihub_world.sandbox.configure(faults=[Fault.status(401, method="GET")])

    with pytest.raises(AuthenticationError):
        notihub.customers.list()

    assert [one.status for one in notihub_world.sandbox.requests if one.path != "/token/"] == [401, 401]
    assert exchanges(notihub_world) == 2


def test_threads_share_one_exchange(notihub_world: NotihubWorld) -> None:
    notihub = notihub_world.environment()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: notihub.customers.list(), range(16)))

    assert exchanges(notihub_world) == 1


def test_wrong_keys_are_told_and_nothing_else_is_sent(notihub_world: NotihubWorld) -> None:
    notihub = notihub_world.environment(secret_key="wrong")

    with pytest.raises(AuthenticationError) as caught:
        notihub.customers.create(externalId="1")

    assert caught.value.status == 401
    assert notihub_world.requests() == []


@pytest.mark.parametrize("fault", [Fault.status(500, path="token"), Fault.garbage(path="token")])
def test_a_write_that_got_no_token_was_not_sent(notihub_world: NotihubWorld, fault: Fault) -> None:
    notihub = notihub_world.environment()
    notihub_world.sandbox.configure(faults=[fault])

    with pytest.raises(NotSent, match="the keys could not be exchanged for a token"):
        notihub.customers.create(externalId="1")

    notihub_world.sandbox.configure(faults=[])
    assert notihub.customers.list() == []


def test_a_lost_exchange_is_repeated(notihub_world: NotihubWorld) -> None:
    notihub = notihub_world.environment()
    notihub_world.sandbox.configure(faults=[Fault.garbage(path="token", times=1)])

    assert notihub.customers.list() == []


def test_a_token_still_serves_if_it_cannot_be_renewed_in_time(notihub_world: NotihubWorld) -> None:
    notihub = notihub_world.environment()
    notihub.customers.list()
    notihub_world.clock.advance(6 * 3600 - 100)
    notihub_world.sandbox.configure(faults=[Fault.status(500, path="token")])

    assert notihub.customers.list() == []


def test_the_end_of_a_token_is_by_the_services_clock(notihub_world: NotihubWorld) -> None:
    ahead = ManualClock(datetime(2023, 12, 31, 12, tzinfo=UTC))  # ours is half a day behind
    notihub = notihub_world.environment(clock=ahead)
    notihub.customers.list()

    ahead.advance(6 * 3600 - 200)
    notihub.customers.list()

    assert exchanges(notihub_world) == 2


# -- secrets


def shown(error: BaseException) -> str:
    """An error with all it is chained to, and the local variables of every frame but the test's own."""
    found = error.__traceback__
    below = None if found is None else found.tb_next
    report = traceback.TracebackException(type(error), error, below, capture_locals=True)
    return "".join(report.format())


@pytest.fixture
def secrets(notihub_world: NotihubWorld) -> list[str]:
    sandbox = notihub_world.sandbox
    return [sandbox.secret_key, sandbox.client_secret, sandbox.public_key, sandbox.client_id]


def test_neither_keys_nor_tokens_are_shown(
    notihub_world: NotihubWorld, secrets: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    notihub = notihub_world.environment()
    notihub.customers.create(externalId="1")
    token = notihub.transport._credentials.authorization().removeprefix("Bearer ")
    assert len(token) > 10
    texts = [repr(notihub), str(vars(notihub)), repr(notihub.transport), notihub.backend.place]
    texts += [str(vars(one)) for one in (notihub.transport, notihub._keys, notihub.backend)]
    texts += [str(vars(notihub.transport._credentials)), str(vars(notihub._keys._credentials))]
    notihub_world.sandbox.configure(faults=[Fault.cut_before(method="POST")])
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is
        notihub.customers.create(externalId="2")
    notihub_world.sandbox.configure(faults=[Fault.cut_before(path="token")])
    notihub_world.clock.advance(7 * 3600)
    with pytest.raises(NotSent) as unreached:
        notihub.customers.create(externalId="3")
    errors = [caught.value, unreached.value]
    texts += [text for error in errors for text in (str(error), repr(vars(error)))]
    texts += [str(pickle.dumps(error)) for error in errors]
    texts += [caplog.text]

    for text in texts:
        for secret in [*secrets, token]:
            assert secret not in text


def test_a_traceback_with_local_variables_shows_no_key(
    notihub_world: NotihubWorld, secrets: list[str]
) -> None:
    notihub = notihub_world.environment()
    notihub_world.sandbox.configure(faults=[Fault.cut_before(path="token")])
    try:
        with Session(notihub) as session:
            session.query(Customer).all()
    except NotSent as error:
        report = shown(error)
    assert [one for one in secrets if one in report] == []


def test_a_service_that_repeats_a_key_in_its_message_does_not_show_it(notihub_world: NotihubWorld) -> None:
    secret = "s3cret-of-mine"
    notihub = notihub_world.environment(secret_key=secret)
    with pytest.raises(AuthenticationError) as caught:
        notihub.customers.list()
    assert secret not in shown(caught.value)


def test_an_environment_cannot_be_pickled_with_its_keys() -> None:
    with Environment(**KEYS) as notihub, pytest.raises(Exception):  # noqa: B017, PT011 - it has locks and closures
        pickle.dumps(notihub)


# -- arguments


@pytest.mark.parametrize("name", list(KEYS))
@pytest.mark.parametrize("value", ["", "a b", "a:b", "né", None, 7])
def test_a_malformed_key_is_named_without_its_value(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"^{name} must be printable ASCII") as caught:
        Environment(**{**KEYS, name: value})
    report = shown(caught.value)
    assert [one for key, one in KEYS.items() if key != name and one in report] == []


def test_an_argument_that_does_not_exist_is_told_with_the_nearest() -> None:
    with pytest.raises(TypeError, match="client_secret"):
        Environment(**KEYS, client_secrets="x")  # type: ignore[call-arg]


def test_an_environment_is_read_from_variables(
    notihub_world: NotihubWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in notihub_world.sandbox.environment.items():
        monkeypatch.setenv(name, value)
    with Environment.from_env(read_timeout=3) as notihub:
        assert notihub.customers.list() == []
        assert notihub.transport.settings.read_timeout == 3

    monkeypatch.delenv("NOTIHUB_CLIENT_SECRET")
    with pytest.raises(ConfigurationError, match="the environment lacks NOTIHUB_CLIENT_SECRET"):
        Environment.from_env()
