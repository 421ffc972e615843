"""What mypy and basedpyright know of frames; read by the checkers, run by nothing but their import."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, assert_type

from contacthub_orm import CompletedOrder, Customer, Node, Session
from contacthub_orm.orm.service.bulk_load import BulkAccount


def frames_of_a_query(session: Session, node: Node) -> None:
    query = session.query(Customer)
    assert_type(query.to_parquet("customers.parquet", flat=True), int)
    assert_type(query.documents(), Iterator[list[dict[str, Any]]])
    assert_type(query.__arrow_c_stream__(), object)
    query.to_arrow(flat=True)
    query.to_arrow_reader(flat=False)
    node.query(CompletedOrder).to_pandas(flat=False)
    node.query(CompletedOrder).to_polars(flat=True)
    node.scan(CompletedOrder)


def frames_to_save(session: Session, node: Node, frame: Any, names: Mapping[str, str | None]) -> None:
    assert_type(session.bulk_save(frame, columns=names), BulkAccount)
    assert_type(
        node.bulk_save("customers.parquet", columns={"mail": "base.contacts.email", "x": None}), BulkAccount
    )


def what_is_refused(session: Session, node: Node) -> None:
    session.query(Customer).to_arrow(True)  # type: ignore[call-arg]
    node.scan(str)  # type: ignore[arg-type]
    session.bulk_save([], columns={"a": 1})  # type: ignore[dict-item]
