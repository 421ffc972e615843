"""Documents of one kind below one parent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from contacthub_orm.sandbox.storage.collections import Collection
from contacthub_orm.sandbox.storage.store import Store


@pytest.fixture
def connection() -> Iterator[Connection]:
    store = Store()
    with store.transaction() as opened:
        yield opened
    store.close()


def test_documents_are_given_in_the_order_in_which_they_were_made(connection: Connection) -> None:
    sources = Collection(connection, "sources")
    for name in "cab":
        sources.put(name, {"name": name})
    sources.put("c", {"name": "changed"})
    assert [one["name"] for one in sources.page()] == ["changed", "a", "b"]
    assert [one["name"] for one in sources.page(1, 2)] == ["b"]
    assert sources.get("a") == {"name": "a"}
    assert sources.count() == 3


def test_another_kind_and_another_parent_are_another_collection(connection: Connection) -> None:
    one = Collection(connection, "subscriptions", "ada")
    one.put("x", {})
    others = [Collection(connection, "subscriptions", "bob"), Collection(connection, "consents", "ada")]
    assert [other.get("x") for other in others] == [None, None]
    assert not any(other.remove("x") for other in others)
    assert one.get("x") == {}


def test_what_is_removed_is_gone(connection: Connection) -> None:
    one = Collection(connection, "sources")
    for name in "abcd":
        one.put(name, {})
    assert one.remove("a", "b")
    assert not one.remove("a")
    assert one.clear() == ["c", "d"]
    assert one.count() == 0
