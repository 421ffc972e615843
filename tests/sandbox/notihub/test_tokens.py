"""Keys are exchanged for a token, which expires by the sandbox's clock."""

from __future__ import annotations

import base64

import pytest
import requests

from contacthub_orm.sandbox import NotihubSandbox
from tests.sandbox.notihub.api import Api, basic, keys_of, refusal

WRONG_TOKEN = (401, "Invalid or expired access token")
WRONG_KEYS = (401, "Invalid credentals")  # the documentation's spelling


def exchange(sandbox, headers):
    return requests.post(f"{sandbox.base_url}/token/", headers=headers, timeout=10)


def show(sandbox, token):
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{sandbox.base_url}/customers/", headers=headers, timeout=10)


def test_right_keys_give_a_token_for_six_hours(sandbox, clock):
    answer = exchange(sandbox, basic(*keys_of(sandbox)))
    six_hours_on = round(clock.time.timestamp() * 1000) + 6 * 60 * 60 * 1000
    assert answer.status_code == 200
    assert answer.json()["expiresAt"] == answer.json()["expiration"] == six_hours_on
    assert show(sandbox, answer.json()["accessToken"]).json() == []


@pytest.mark.parametrize("wrong", range(4))
def test_each_of_the_four_keys_must_be_right(sandbox, wrong):
    keys = list(keys_of(sandbox))
    keys[wrong] = "other"
    assert refusal(exchange(sandbox, basic(*keys))) == WRONG_KEYS


@pytest.mark.parametrize(
    "authorization", ["", "Basic", "Basic ???", "Bearer {keys}", "{keys}", "Basic {keys}x", "Basic \xff"]
)
def test_what_carries_no_keys_gives_no_token(sandbox, authorization):
    keys = base64.b64encode(":".join(keys_of(sandbox)).encode()).decode()
    headers = {"Authorization": authorization.format(keys=keys).encode("latin-1")}
    assert refusal(exchange(sandbox, headers)) == WRONG_KEYS


def test_the_scheme_may_have_any_case(sandbox):
    [value] = basic(*keys_of(sandbox)).values()
    answer = exchange(sandbox, {"Authorization": value.replace("Basic", "basic")})
    assert answer.status_code == 200


def test_keys_serve_for_nothing_but_the_exchange(sandbox):
    headers = basic(*keys_of(sandbox))
    answer = requests.get(f"{sandbox.base_url}/customers/", headers=headers, timeout=10)
    assert refusal(answer) == WRONG_TOKEN


def test_a_token_cannot_be_exchanged_for_another(api):
    assert refusal(api.post("/token/", None)) == WRONG_KEYS


def test_a_token_ends_when_it_expires_and_not_before(sandbox, clock):
    sandbox.configure(token_lifetime=60)
    token = sandbox.issue_token()
    clock.turn(59.999)
    assert show(sandbox, token).status_code == 200
    clock.turn(0.001)
    assert refusal(show(sandbox, token)) == WRONG_TOKEN


def test_an_earlier_token_stays_valid_beside_a_later_one(sandbox):
    earlier = sandbox.issue_token()
    later = sandbox.issue_token()
    assert earlier != later
    assert [show(sandbox, token).status_code for token in (earlier, later)] == [200, 200]


def test_revoked_tokens_are_refused(sandbox):
    token = sandbox.issue_token()
    sandbox.revoke_tokens()
    assert refusal(show(sandbox, token)) == WRONG_TOKEN


def test_a_reset_revokes_tokens_and_keeps_the_keys(sandbox):
    token, keys = sandbox.issue_token(), keys_of(sandbox)
    sandbox.reset()
    assert refusal(show(sandbox, token)) == WRONG_TOKEN
    assert exchange(sandbox, basic(*keys)).status_code == 200


def test_a_token_of_another_sandbox_is_refused(sandbox):
    with NotihubSandbox() as other:
        assert refusal(show(other, sandbox.issue_token())) == WRONG_TOKEN
        assert not set(keys_of(other)) & set(keys_of(sandbox))


def test_a_refused_caller_changes_nothing(sandbox, api):
    sandbox.revoke_tokens()
    assert refusal(api.post("/customers/", {"externalId": "1"})) == WRONG_TOKEN
    assert Api(sandbox, api.session).listed() == []


def test_secrets_are_in_no_repr_and_in_no_remembered_request(sandbox):
    token = exchange(sandbox, basic(*keys_of(sandbox))).json()["accessToken"]
    show(sandbox, token)
    service = sandbox._service
    shown = repr((sandbox.requests, service, service.store.keys, vars(service.tokens), vars(sandbox)))
    for secret in (token, sandbox.secret_key, sandbox.client_secret):
        assert secret not in shown
