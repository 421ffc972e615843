"""The settings: defaults and rules."""

from __future__ import annotations

import attrs
import pytest

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.http import Settings

ABOVE_ZERO = ["connect_timeout", "read_timeout", "total_timeout"]
NOT_NEGATIVE = ["backoff_base", "backoff_max", "retry_after_max"]
COUNTS = ["retries", "max_in_flight", "pool_size", "max_answer_bytes"]


def test_the_defaults_are_the_documented_ones():
    assert attrs.asdict(Settings(user_agent="me")) == {
        "connect_timeout": 5.0,
        "read_timeout": 30.0,
        "total_timeout": 300.0,
        "max_answer_bytes": 67_108_864,
        "retries": 4,
        "backoff_base": 0.5,
        "backoff_max": 30.0,
        "retry_after_max": 120.0,
        "max_in_flight": 16,
        "pool_size": 16,
        "requests_per_minute": None,
        "proxies": None,
        "allow_http": False,
        "ca_bundle": None,
        "user_agent": "me",
    }


def test_the_pool_is_as_large_as_the_requests_in_flight_unless_told():
    assert Settings(max_in_flight=3).pool_size == 3
    assert Settings(max_in_flight=3, pool_size=5).pool_size == 5


def test_the_user_agent_names_the_library():
    assert Settings().user_agent.startswith("contacthub_orm")


def test_settings_cannot_be_changed():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Settings().retries = 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(
            (field, value)
            for field in ABOVE_ZERO
            for value in (0, -1, None, "5", True, float("inf"), float("nan"))
        ),
        *((field, value) for field in NOT_NEGATIVE for value in (-1, None, "5", True, float("inf"))),
        *((field, value) for field in COUNTS for value in (0, -1, None, 1.5, "5", True)),
        *(("requests_per_minute", value) for value in (-1, 1.5, "5", True)),
        *(("proxies", value) for value in ("http://proxy", {"http": 3}, ["x"])),
        *(("ca_bundle", value) for value in ("/nowhere/ca.pem", "")),
        *(("allow_http", value) for value in (1, None, "yes")),
        *(("user_agent", value) for value in ("a\nb", "ü", None)),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(field, value):
    with pytest.raises(ConfigurationError, match=f"^{field} must be "):
        Settings(**{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("backoff_base", 0),
        ("retry_after_max", 0),
        ("requests_per_minute", 0),
        ("requests_per_minute", 600),
        ("proxies", {}),
    ],
)
def test_a_value_at_the_border_is_taken(field, value):
    assert getattr(Settings(**{field: value}), field) == value


def test_a_refused_proxy_is_not_shown():
    with pytest.raises(ConfigurationError) as caught:
        Settings(proxies="http://user:pr0xy-pass@proxy")
    assert "pr0xy-pass" not in str(caught.value)
