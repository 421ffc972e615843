"""What all tests share: the fixtures of `tests.support.fixtures`, and helpers whose assertions say what they compared."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.support", "tests.sandbox.api", "tests.sdk.elements.element_tests")

pytest_plugins = ["tests.support.fixtures"]
