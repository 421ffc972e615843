"""What the chapters on educations, jobs, likes and subscriptions have in common.

Each chapter's module subclasses `ElementTests` with its own kind, and holds the manual's examples as they are written.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from contacthub_orm import (
    APIError,
    Customer,
    Education,
    Job,
    Like,
    OperationNotPermitted,
    Subscription,
    ValidationError,
)
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server

Element = Education | Job | Like | Subscription


def seeded(sandbox: Sandbox, collection: str, *elements: dict[str, Any]) -> str:
    """The id of the one customer there is, with these elements."""
    [found] = sandbox.seed([{"externalId": "1", "base": {"firstName": "Ada", collection: list(elements)}}])
    return found


def filled(document: Any) -> Any:
    """A document without what is empty in it."""
    if isinstance(document, list):
        return [filled(one) for one in document]
    if not isinstance(document, dict):
        return document
    return {key: filled(value) for key, value in document.items() if value not in (None, [])}


def stored(server: Server, customer_id: str, collection: str) -> list[dict[str, Any]]:
    """The elements that the server has, without what is empty in them."""
    base = server.get(f"customers/{customer_id}")["base"] or {}
    return [filled(one) for one in base.get(collection) or []]


def sent(sandbox: Sandbox) -> list[tuple[str, str]]:
    """Method and path below the workspace of all that was sent."""
    return [(request.method, request.path.split("/", 5)[5]) for request in sandbox.requests]


class ElementTests:
    """Behaviours of every kind of element; a subclass says which kind, and what one looks like."""

    kind: ClassVar[type[Element]]
    name: ClassVar[str]
    collection: ClassVar[str]
    first: ClassVar[dict[str, Any]]
    """A stored element, its id `first` included."""
    second: ClassVar[dict[str, Any]] = {"id": "second"}
    """Another one of the same customer."""
    text: ClassVar[str]
    """An attribute with a text that `first` has a value of."""
    needed: ClassVar[dict[str, Any]] = {}
    """What the server demands of one beside its id."""

    @pytest.fixture
    def identity(self, contacthub_sandbox: Sandbox) -> str:
        return seeded(contacthub_sandbox, self.collection, self.first, self.second)

    def call(self, sandbox: Sandbox, verb: str, *arguments: Any, **named: Any) -> Any:
        """An operation of the node, such as `node.get_education(...)`."""
        return getattr(sandbox.node, f"{verb}_{self.name}")(*arguments, **named)

    def values(self, text: str) -> dict[str, Any]:
        """What a new one is given beside its id."""
        return self.needed | {self.text: text}

    def elements(self, server: Server, identity: str) -> list[dict[str, Any]]:
        return stored(server, identity, self.collection)

    # -- get ----------------------------------------------------------------------------------------------------------

    def test_what_is_got_is_an_object_of_its_class_as_the_server_has_it(
        self, contacthub_sandbox: Sandbox, identity: str
    ) -> None:
        found = self.call(contacthub_sandbox, "get", identity, "first")

        assert type(found) is self.kind
        assert filled(found.to_dict()) == self.first
        assert sent(contacthub_sandbox) == [("GET", f"customers/{identity}/{self.collection}/first")]

    def test_both_documented_names_get_the_same(self, contacthub_sandbox: Sandbox, identity: str) -> None:
        named = {"customer_id": identity, f"{self.name}_id": "first"}

        short = self.call(contacthub_sandbox, "get", **named)
        long = self.call(contacthub_sandbox, "get_customer", **named)

        assert short.to_dict() == long.to_dict()

    def test_the_same_one_is_in_the_list_of_its_customer(
        self, contacthub_sandbox: Sandbox, identity: str
    ) -> None:
        found = self.call(contacthub_sandbox, "get", identity, "first")

        in_list = getattr(contacthub_sandbox.node.get_customer(identity).base, self.collection)[0]
        assert in_list.to_dict() == found.to_dict()

    @pytest.mark.parametrize("verb", ["get", "get_customer"])
    def test_getting_one_that_is_not_there_is_a_404(
        self, contacthub_sandbox: Sandbox, identity: str, verb: str
    ) -> None:
        with pytest.raises(APIError) as caught:
            self.call(contacthub_sandbox, verb, identity, "unknown")

        assert caught.value.status == 404

    def test_getting_one_of_a_customer_that_is_not_there_is_a_404(
        self, contacthub_sandbox: Sandbox, identity: str
    ) -> None:
        with pytest.raises(APIError) as caught:
            self.call(contacthub_sandbox, "get", "nobody", "first")

        assert caught.value.status == 404

    # -- add ----------------------------------------------------------------------------------------------------------

    def test_adding_one_by_node_is_one_request_and_leaves_the_others(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        added = self.call(contacthub_sandbox, "add", identity, id="third", **self.values("new"))

        assert sent(contacthub_sandbox) == [("POST", f"customers/{identity}/{self.collection}")]
        assert self.elements(server, identity) == [
            self.first,
            self.second,
            {"id": "third", **self.values("new")},
        ]
        assert (type(added), added.id) == (self.kind, "third")

    def test_adding_one_by_object_is_one_request_and_leaves_the_others(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        my_customer = contacthub_sandbox.node.get_customer(identity)
        contacthub_sandbox.clear_requests()

        self.kind(customer=my_customer, id="third", **self.values("new")).post()

        assert sent(contacthub_sandbox) == [("POST", f"customers/{identity}/{self.collection}")]
        assert self.elements(server, identity)[2] == {"id": "third", **self.values("new")}

    def test_one_added_by_node_can_be_changed_and_put(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        added = self.call(contacthub_sandbox, "add", identity, id="third", **self.values("new"))

        setattr(added, self.text, "newer")
        added.put()

        assert self.elements(server, identity)[2] == {"id": "third", **self.values("newer")}

    def test_the_customer_that_one_was_made_for_shows_it_afterwards(
        self, contacthub_sandbox: Sandbox, identity: str
    ) -> None:
        my_customer = contacthub_sandbox.node.get_customer(identity)

        self.kind(customer=my_customer, id="third", **self.values("new")).post()
        contacthub_sandbox.clear_requests()

        shown = getattr(my_customer.base, self.collection)
        assert [one.id for one in shown] == ["first", "second", "third"]
        assert shown[2][self.text] == "new"
        assert my_customer.get_mutation_tracker() == {"id": identity}
        assert contacthub_sandbox.requests == []

    def test_a_customer_without_any_base_shows_the_first_one_it_is_given(
        self, contacthub_sandbox: Sandbox, server: Server
    ) -> None:
        [identity] = contacthub_sandbox.seed([{"externalId": "2"}])
        my_customer = contacthub_sandbox.node.get_customer(identity)

        self.kind(customer=my_customer, id="only", **self.values("new")).post()

        assert self.elements(server, identity) == [{"id": "only", **self.values("new")}]
        assert [one.id for one in getattr(my_customer.base, self.collection)] == ["only"]

    def test_the_customer_does_not_send_again_what_it_shows(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        my_customer = contacthub_sandbox.node.get_customer(identity)
        self.kind(customer=my_customer, id="third", **self.needed).post()
        contacthub_sandbox.clear_requests()

        my_customer.extra = "x"
        my_customer.patch()

        assert [request.body for request in contacthub_sandbox.requests] == [{"extra": "x"}]
        assert len(self.elements(server, identity)) == 3

    def test_an_id_that_is_taken_is_a_409(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        with pytest.raises(APIError) as caught:
            self.call(contacthub_sandbox, "add", identity, id="first", **self.values("other"))

        assert caught.value.status == 409
        assert self.elements(server, identity) == [self.first, self.second]

    def test_one_without_an_id_is_refused_before_a_request(
        self, contacthub_sandbox: Sandbox, identity: str
    ) -> None:
        with pytest.raises(ValidationError, match=rf"{self.kind.__name__}\.id: is required"):
            self.call(contacthub_sandbox, "add", identity, **self.values("new"))

        assert contacthub_sandbox.requests == []

    def test_adding_one_to_a_customer_that_is_not_there_is_a_404(self, contacthub_sandbox: Sandbox) -> None:
        with pytest.raises(APIError) as caught:
            self.call(contacthub_sandbox, "add", "nobody", id="third", **self.needed)

        assert caught.value.status == 404

    def test_one_of_a_customer_that_is_not_saved_is_saved_after_it(
        self, contacthub_sandbox: Sandbox, server: Server
    ) -> None:
        my_customer = Customer(node=contacthub_sandbox.node, externalId="2", base={"firstName": "Bob"})

        self.kind(customer=my_customer, id="only", **self.values("new")).post()

        [customer] = server.customers()
        assert (customer["id"], customer["externalId"]) == (my_customer.id, "2")
        assert self.elements(server, customer["id"]) == [{"id": "only", **self.values("new")}]

    @pytest.mark.parametrize("verb", ["put", "delete"])
    def test_one_of_a_customer_that_is_not_saved_can_be_neither_put_nor_deleted(
        self, contacthub_sandbox: Sandbox, verb: str
    ) -> None:
        element = self.kind(customer=Customer(node=contacthub_sandbox.node, externalId="2"), id="only")

        with pytest.raises(OperationNotPermitted, match="is not saved"):
            getattr(element, verb)()

        assert contacthub_sandbox.requests == []

    def test_a_second_post_is_refused_before_a_request(
        self, contacthub_sandbox: Sandbox, identity: str
    ) -> None:
        my_customer = contacthub_sandbox.node.get_customer(identity)
        element = self.kind(customer=my_customer, id="third", **self.needed).post()
        contacthub_sandbox.clear_requests()

        with pytest.raises(OperationNotPermitted, match="was created already"):
            element.post()

        assert contacthub_sandbox.requests == []

    # -- remove -------------------------------------------------------------------------------------------------------

    def test_removing_one_by_node_is_one_request_and_leaves_the_others(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        self.call(contacthub_sandbox, "remove", identity, "first")

        assert sent(contacthub_sandbox) == [("DELETE", f"customers/{identity}/{self.collection}/first")]
        assert self.elements(server, identity) == [self.second]
        assert server.status(f"customers/{identity}/{self.collection}/first") == 404

    def test_removing_one_by_object_leaves_the_others(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        self.call(contacthub_sandbox, "get", identity, "first").delete()

        assert self.elements(server, identity) == [self.second]

    def test_the_customer_that_one_was_made_for_does_not_show_it_once_it_is_deleted(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        my_customer = contacthub_sandbox.node.get_customer(identity)
        element = self.kind(customer=my_customer, id="third", **self.needed).post()

        element.delete()

        assert [one.id for one in getattr(my_customer.base, self.collection)] == ["first", "second"]
        assert self.elements(server, identity) == [self.first, self.second]

    def test_removing_one_that_is_not_there_is_a_404(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        with pytest.raises(APIError) as caught:
            self.call(contacthub_sandbox, "remove", identity, "unknown")

        assert caught.value.status == 404
        assert self.elements(server, identity) == [self.first, self.second]

    def test_deleting_one_that_another_program_removed_is_a_404(
        self, contacthub_sandbox: Sandbox, identity: str
    ) -> None:
        element = self.call(contacthub_sandbox, "get", identity, "first")
        self.call(contacthub_sandbox, "remove", identity, "first")

        with pytest.raises(APIError) as caught:
            element.delete()

        assert caught.value.status == 404

    # -- update -------------------------------------------------------------------------------------------------------

    def test_updating_one_by_node_is_one_put_and_leaves_the_others(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        mine = self.call(contacthub_sandbox, "get", identity, "first")
        setattr(mine, self.text, "updated")
        contacthub_sandbox.clear_requests()

        updated = self.call(contacthub_sandbox, "update", identity, **mine.to_dict())

        assert sent(contacthub_sandbox) == [("PUT", f"customers/{identity}/{self.collection}/first")]
        assert self.elements(server, identity) == [self.first | {self.text: "updated"}, self.second]
        assert updated[self.text] == "updated"

    def test_updating_one_by_object_is_one_put_and_leaves_the_others(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        mine = self.call(contacthub_sandbox, "get", identity, "first")
        setattr(mine, self.text, "updated")
        contacthub_sandbox.clear_requests()

        assert mine.put() is mine

        assert sent(contacthub_sandbox) == [("PUT", f"customers/{identity}/{self.collection}/first")]
        assert self.elements(server, identity) == [self.first | {self.text: "updated"}, self.second]

    def test_an_update_removes_what_it_leaves_out(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        self.call(contacthub_sandbox, "update", identity, "first", **self.values("updated"))

        assert self.elements(server, identity) == [{"id": "first", **self.values("updated")}, self.second]

    def test_a_put_removes_a_value_that_was_set_to_none(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        mine = self.call(contacthub_sandbox, "get", identity, "first")

        setattr(mine, self.text, None)
        mine.put()

        rest = {key: value for key, value in self.first.items() if key != self.text}
        assert self.elements(server, identity) == [rest, self.second]

    def test_one_made_with_the_id_of_a_stored_one_replaces_it(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        my_customer = contacthub_sandbox.node.get_customer(identity)

        self.kind(customer=my_customer, id="first", **self.values("replaced")).put()

        assert self.elements(server, identity)[0] == {"id": "first", **self.values("replaced")}

    def test_updating_one_that_is_not_there_is_a_404(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        with pytest.raises(APIError) as caught:
            self.call(contacthub_sandbox, "update", identity, id="unknown", **self.values("updated"))

        assert caught.value.status == 404
        assert self.elements(server, identity) == [self.first, self.second]

    def test_the_id_of_a_stored_one_cannot_be_changed(
        self, contacthub_sandbox: Sandbox, server: Server, identity: str
    ) -> None:
        mine = self.call(contacthub_sandbox, "get", identity, "first")
        mine.id = "renamed"
        contacthub_sandbox.clear_requests()

        with pytest.raises(ValidationError, match="cannot be changed"):
            mine.put()

        assert contacthub_sandbox.requests == []
        assert self.elements(server, identity) == [self.first, self.second]
