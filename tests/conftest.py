"""What all tests share: the fixtures of `tests.support.fixtures`, and helpers whose assertions say what they compared."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.support", "tests.sandbox.api", "tests.sdk.elements.element_tests")

pytest_plugins = ["tests.support.fixtures"]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep the collector from looking, again and again, at the modules and thousands of tests that stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
