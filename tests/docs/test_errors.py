"""The index of errors: a section for every exception, and every message ends with the name of its own."""

from __future__ import annotations

import inspect
import pickle
import re
from pathlib import Path

import pytest

from contacthub_orm import errors
from contacthub_orm.errors import (
    APIError,
    CommitError,
    ContacthubError,
    NotFoundError,
    ValidationError,
    Violation,
)

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
CLASSES = [
    one
    for _, one in inspect.getmembers(errors, inspect.isclass)
    if issubclass(one, ContacthubError) and one.__module__ == errors.__name__
]


def sections() -> dict[str, str]:
    parts = re.split(r"^## (\w+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def made(cls: type[ContacthubError]) -> ContacthubError:
    """An exception as it would be without the arguments of its class."""
    error = cls.__new__(cls, "it failed", [ValueError("x")]) if cls is CommitError else cls.__new__(cls)
    error.args = ("it failed", [ValueError("x")]) if cls is CommitError else ("it failed",)
    return error


def test_every_exception_has_a_section_with_an_example() -> None:
    assert sections().keys() == {one.__name__ for one in CLASSES}
    assert [title for title, text in sections().items() if "```python\n" not in text] == []


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_message_ends_with_the_name_of_its_section_and_has_it_once(cls: type[ContacthubError]) -> None:
    message = str(made(cls))

    assert message.startswith("it failed")
    assert message.endswith(f" (see docs/errors.md#{cls.__name__.lower()})")
    assert message.count("docs/errors.md") == 1


def test_a_class_of_a_user_is_explained_by_the_nearest_of_the_library() -> None:
    class GoneError(NotFoundError):
        pass

    assert str(made(GoneError)) == "it failed (see docs/errors.md#notfounderror)"


def test_the_hint_stands_before_the_section() -> None:
    error = APIError(status=418, message="no", method="GET", url="x")
    error.hint = "Look at the pot"

    assert str(error) == f"{error.text} (see docs/errors.md#apierror)"
    assert error.text.endswith("x. Look at the pot")


def test_a_message_that_quotes_another_has_one_section() -> None:
    inner = ValidationError([Violation("Customer.extra", 3, "must be a string")])

    assert errors.message_of(inner) == "Customer.extra: must be a string"
    assert errors.message_of(ValueError("plain")) == "plain"


def test_an_exception_without_a_message_is_its_section() -> None:
    assert str(ContacthubError()) == "(see docs/errors.md#contacthuberror)"
    assert str(pickle.loads(pickle.dumps(ContacthubError("x")))) == "x (see docs/errors.md#contacthuberror)"
