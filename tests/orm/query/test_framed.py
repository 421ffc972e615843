"""Frames without the extra that makes them. With it, `tests/frames` tests them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

import contacthub_orm
from contacthub_orm import Customer, MissingExtra
from contacthub_orm.sandbox import Sandbox


@pytest.mark.parametrize(
    "ask",
    [
        lambda node: node.query(Customer).to_arrow(),
        lambda node: node.query(Customer).to_pandas(),
        lambda node: node.query(Customer).to_parquet("none.parquet"),
        lambda node: node.query(Customer).__arrow_c_stream__(),
        lambda node: node.scan(Customer),
        lambda node: node.bulk_save("none.parquet"),
    ],
)
def test_a_frame_without_its_extra_says_what_to_install(
    contacthub_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Any], Any]
) -> None:
    monkeypatch.delattr(contacthub_orm, "frames", raising=False)
    for name in [name for name in sys.modules if name.startswith("contacthub_orm.frames")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    contacthub_sandbox.clear_requests()

    with pytest.raises(
        MissingExtra, match=r'frames need pyarrow; install it with: pip install "contacthub_orm\[frames\]"'
    ):
        ask(contacthub_sandbox.node)
    assert list(contacthub_sandbox.requests) == []


def test_the_documents_of_a_query_are_those_of_its_rows(contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.seed([{"externalId": str(number)} for number in range(60)])
    query = contacthub_sandbox.node.query(Customer).order_by(Customer.externalId)

    for narrowed in (
        query,
        query.limit(55),
        query.offset(50).limit(5),
        query.filter_locally(Customer.externalId > "3"),
    ):
        documents = [one["externalId"] for page in narrowed.documents() for one in page]
        assert documents == [one.externalId for one in narrowed]
