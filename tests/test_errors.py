"""The exceptions."""

from __future__ import annotations

import pickle

import pytest

from contacthub_orm import (
    ConflictError,
    InvalidRequestError,
    OutcomeUnknown,
    StaleDataError,
    UnsettledServerError,
    ValidationError,
    Violation,
)


@pytest.mark.parametrize(
    "error",
    [
        InvalidRequestError("the session is closed"),
        OutcomeUnknown("the answer was lost", method="POST", url="customers"),
        UnsettledServerError(status=502, message="bad", method="POST", url="customers", logref="L"),
        ConflictError(status=409, message="taken", method="POST", url="x", data={"customer": {"id": "9"}}),
        ValidationError([Violation("Customer.base.firstName", 3, "must be a text")]),
        StaleDataError("changed", current={"version": 2}),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_exception_crosses_to_another_process(error: Exception) -> None:
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert {name: repr(value) for name, value in vars(copy).items()} == {
        name: repr(value) for name, value in vars(error).items()
    }
