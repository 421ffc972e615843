"""What a call checks, fills in, sends and makes of the answer."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest

from contacthub_orm import (
    ConfigurationError,
    InvalidRequestError,
    NotFoundError,
    Sandbox,
    ValidationError,
    Workspace,
)
from contacthub_orm.contacthub.api.records.customers import CustomerRecord
from tests.contacthub.api.conftest import ONE, Recording

OTHER = "854f0791-c120-4e4a-9264-6dd197cb922c"


def page(*ids: str, number: int = 0, size: int = 2, total: int = 3) -> dict[str, Any]:
    return {
        "elements": [{"id": one} for one in ids],
        "page": {"number": number, "size": size, "totalElements": total},
    }


def broken(error: pytest.ExceptionInfo[ValidationError]) -> dict[str, str]:
    return {one.path: one.rule for one in error.value.violations}


def test_a_number_outside_its_bounds_is_refused(recording: Recording) -> None:
    with pytest.raises(ValidationError) as error:
        recording.api().configuration.list_nodes(page=51, size=-1)

    assert broken(error) == {"page": "must be 50 or less", "size": "must be 0 or more"}
    assert recording.sent == []


def test_all_violations_of_a_call_are_told_together(recording: Recording) -> None:
    with pytest.raises(ValidationError) as error:
        recording.api().events.create_event({"type": "odd", "date": datetime(2026, 1, 1)})  # type: ignore[typeddict-item]

    found = broken(error)
    assert found.keys() == {"type", "date", "properties", "context", "body"}
    assert found["body"] == "must have exactly one of customerId, bringBackProperties"
    assert found["properties"] == found["context"] == "is required"
    assert found["date"] == "must be a datetime with a time zone"


def test_a_string_that_is_too_long_is_refused_with_its_path(recording: Recording) -> None:
    with pytest.raises(ValidationError) as error:
        recording.api("N").customers.create_customer({"base": {"firstName": "x" * 256}})

    assert broken(error) == {"base.firstName": "must have at most 255 characters, has 256"}


def test_a_list_with_too_few_elements_is_refused(recording: Recording) -> None:
    with pytest.raises(ValidationError) as error:
        recording.api("N").configuration.update_matching_policy({"properties": []})

    assert broken(error) == {"properties": "must have 1 elements or more"}


@pytest.mark.parametrize("value", ["1", True, 1.5, None])
def test_a_value_of_another_kind_is_refused(value: Any, recording: Recording) -> None:
    with pytest.raises(ValidationError, match="maxRequestsPerMinute: must be an integer"):
        recording.api().configuration.update_throttling({"maxRequestsPerMinute": value})


def test_a_time_zone_that_the_service_does_not_know_is_refused(recording: Recording) -> None:
    with pytest.raises(ValidationError, match="must be a time zone"):
        recording.api("N").customers.create_customer({"base": {"timezone": "Mars/Olympus"}})


@pytest.mark.parametrize("value", ["", ".", "..", 5])
def test_what_cannot_be_part_of_a_path_is_refused(value: Any, recording: Recording) -> None:
    with pytest.raises(ValidationError, match="customerId"):
        recording.api().customers.get_customer(value)


def test_half_of_a_character_is_refused_with_its_path(recording: Recording) -> None:
    with pytest.raises(ValidationError, match=r"^base\.firstName: must be Unicode text"):
        recording.api("N").customers.create_customer({"base": {"firstName": "\ud83d"}})


def test_tags_that_are_too_long_together_are_refused(recording: Recording) -> None:
    with pytest.raises(ValidationError) as error:
        recording.api().customers.patch_customer(ONE, {"tags": {"manual": ["x" * 600, "y" * 600]}})

    assert broken(error) == {"tags.manual": "must have at most 1000 characters in all, has 1200"}


def test_a_value_that_comes_twice_is_refused_where_each_may_come_once(recording: Recording) -> None:
    with pytest.raises(ValidationError, match="eventTypes: must not have a value twice"):
        recording.api().configuration.update_product_update_event_types(
            {"eventTypes": ["completedOrder", "completedOrder"]}
        )


def test_a_string_of_another_form_is_refused(recording: Recording) -> None:
    with pytest.raises(ValidationError, match=r"base\.locale: must have the form"):
        recording.api().customers.patch_customer(ONE, {"base": {"locale": "italian"}})


class NotAvailable:
    """As pandas' NA: no comparison with it is true or false."""

    def __eq__(self, other: object) -> Any:
        return self

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")

    __hash__ = None  # type: ignore[assignment]


def test_a_value_without_a_truth_value_is_refused_as_any_other(recording: Recording) -> None:
    api, value = recording.api("N"), cast("Any", NotAvailable())

    with pytest.raises(ValidationError, match="^customerId: must be a string"):
        api.customers.get_customer(value)
    with pytest.raises(ValidationError, match="^nodeId: must be a string"):
        api.customers.list_customers(nodeId=value)
    with pytest.raises(ValidationError, match=r"^properties\.url: must be a string, got 7"):
        api.events.create_event(
            {"customerId": ONE, "type": "viewedPage", "context": "WEB", "properties": {"url": 7}}
        )

    assert recording.sent == []


def test_the_formats_of_a_customer_and_other_rules_are_told_together(recording: Recording) -> None:
    with pytest.raises(ValidationError) as error:
        recording.api("N").customers.create_customer(
            {
                "externalId": "1",
                "base": {"firstName": "x" * 256, "pictureUrl": "me.png", "contacts": {"email": "bruce"}},
                "extended": {"odd": object()},
            }
        )

    found = broken(error)
    assert found["base.pictureUrl"].startswith("must be an absolute URI")
    assert found["base.contacts.email"].startswith("must be an e-mail address")
    assert found["base.firstName"] == "must have at most 255 characters, has 256"
    assert found["extended.odd"] == "object has no JSON form"
    assert recording.sent == []


def test_the_formats_in_the_properties_and_the_context_of_an_event_are_those_of_its_schemas(
    recording: Recording,
) -> None:
    with pytest.raises(ValidationError) as error:
        recording.api("N").events.create_event(
            {
                "customerId": ONE,
                "type": "completedOrder",
                "context": "RETAIL",
                "properties": {"products": [{"linkUrl": "https://a.it"}, {"imageUrl": "me.png"}]},
                "contextInfo": {"salesAssistant": {"id": "7", "contacts": {"email": "alfred"}}},
            }
        )

    assert broken(error).keys() == {
        "properties.products[1].imageUrl",
        "contextInfo.salesAssistant.contacts.email",
    }


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 1, 2, tzinfo=UTC),
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.678Z",
        "2026-01-02T03:04:05+00:00",
        "2026-01-02T03:04:05.678+0000",
    ],
)
def test_the_instants_that_live_clients_send_in_properties_are_sent(value: Any, recording: Recording) -> None:
    recording.api().events.create_event(
        {"customerId": ONE, "type": "grantedCoupon", "context": "WEB", "properties": {"redeemDate": value}}
    )

    assert len(recording.sent) == 1


@pytest.mark.parametrize(
    "value",
    ["tomorrow", "2026-01-02", "2026-13-02T03:04:05Z", "2026-01-02T03:04:05", date(2026, 1, 2)],
)
def test_what_is_no_instant_in_properties_is_refused(value: Any, recording: Recording) -> None:
    with pytest.raises(ValidationError, match=r"^properties\.redeemDate: must be a date and time"):
        recording.api().events.create_event(
            {
                "customerId": ONE,
                "type": "grantedCoupon",
                "context": "WEB",
                "properties": {"redeemDate": value},
            }
        )


def test_a_customer_or_an_event_of_more_than_64_kb_is_refused(recording: Recording) -> None:
    api = recording.api("N")
    fits = {"externalId": "1", "extra": "x" * (65_536 - len('{"externalId":"1","extra":"","nodeId":"N"}'))}

    api.customers.create_customer(fits)  # type: ignore[arg-type]
    with pytest.raises(
        ValidationError, match=r"^body: must be at most 64 kB .65536 bytes. as JSON, got 65537"
    ):
        api.customers.create_customer({**fits, "externalId": "12"})  # type: ignore[typeddict-item]
    with pytest.raises(ValidationError, match="^body: must be at most 64 kB"):
        api.customers.patch_customer(ONE, {"extra": "\u00e8" * 32_800})
    with pytest.raises(ValidationError, match="^body: must be at most 64 kB"):
        api.events.patch_event(ONE, {"properties": {"title": "x" * 65_536}})

    assert len(recording.sent) == 1


def test_a_document_that_contains_itself_is_refused(recording: Recording) -> None:
    endless: dict[str, Any] = {}
    endless["again"] = endless

    with pytest.raises(ValidationError, match="extended"):
        recording.api().customers.patch_customer(ONE, {"extended": endless})

    assert recording.sent == []


def test_what_has_no_json_form_is_refused_with_its_path(recording: Recording) -> None:
    with pytest.raises(ValidationError, match=r"^extended\.odd: object has no JSON form"):
        recording.api().customers.patch_customer(ONE, {"extended": {"odd": object()}})


def test_null_is_sent_and_what_is_left_out_is_not(recording: Recording) -> None:
    recording.api().customers.patch_customer(ONE, {"base": {"firstName": None}})

    assert recording.sent[0]["json"] == {"base": {"firstName": None}}


def test_a_workspace_has_no_node_to_fill_in(recording: Recording) -> None:
    with pytest.raises(ValidationError, match="^nodeId: is required \\(see "):
        recording.api().customers.list_customers()


def test_a_node_fills_itself_in(recording: Recording) -> None:
    recording.answers = [page(total=0), page(total=0), {}]
    api = recording.api("N")

    api.customers.list_customers()
    api.bulk_jobs.list_bulk_jobs(nodeId=OTHER)
    api.customers.create_customer({"externalId": "1"})

    assert recording.sent[0]["params"] == {"nodeId": "N"}
    assert recording.sent[1]["path"] == f"workspaces/W/nodes/{OTHER}/bulk-jobs"
    assert recording.sent[2]["json"] == {"externalId": "1", "nodeId": "N"}


def test_iterating_a_page_fetches_the_next_ones_as_it_goes(recording: Recording) -> None:
    recording.answers = [page("1", "2"), page("3", number=1)]

    found = recording.api("N").customers.list_customers(size=2)
    rows = iter(found)

    assert [next(rows).id, next(rows).id] == ["1", "2"]
    assert len(recording.sent) == 1
    assert [row.id for row in rows] == ["3"]
    assert recording.sent[1]["params"] == {"nodeId": "N", "size": "2", "page": "1"}


def test_pages_that_nothing_can_ask_for_are_an_error_and_not_silence(recording: Recording) -> None:
    recording.answers = [page("1", "2", size=2, total=3)]
    found = recording.api().analytics.list_nodes_info()

    assert [row.id for row in found.elements] == ["1", "2"]
    with pytest.raises(InvalidRequestError, match="holds 3 elements"):
        list(found)


def test_a_record_keeps_unknown_fields_and_those_of_another_form(recording: Recording) -> None:
    recording.answers = [
        {
            "id": ONE,
            "updatedAt": "2026-01-02T03:04:05.000Z",
            "registeredAt": "soon",
            "new": [1],
            "base": {"odd": 2},
        }
    ]

    found = recording.api().customers.get_customer(ONE)

    assert found.updatedAt == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert (found.registeredAt, found.unknown) == (None, {"registeredAt": "soon", "new": [1]})
    assert found.base is not None
    assert found.base.unknown == {"odd": 2}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ([], "not in the stated form"),
        (None, "not in the stated form"),
        ({"id": "2"}, f"the document of '2', not of '{ONE}'"),
    ],
)
def test_an_answer_that_makes_no_sense_is_objected_to(body: Any, reason: str, recording: Recording) -> None:
    recording.answers = [body]

    with pytest.raises(AssertionError, match=reason):
        recording.api().customers.get_customer(ONE)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"elements": [1], "page": {"number": 0, "size": 2, "totalElements": 1}},
        page(number=1),
        {"elements": []},
    ],
)
def test_a_page_that_makes_no_sense_is_objected_to(body: Any, recording: Recording) -> None:
    recording.answers = [body]

    with pytest.raises(AssertionError, match="page|elements"):
        recording.api("N").customers.list_customers()


def test_an_event_that_is_accepted_without_a_word_is_no_error(recording: Recording) -> None:
    recording.answers = [None]

    found = recording.api().events.update_event(ONE, {"type": "loggedIn", "context": "WEB", "properties": {}})

    assert (found.id, found.unknown) == (None, {})


def test_a_record_does_not_show_a_secret(recording: Recording) -> None:
    recording.answers = [{"id": ONE, "token": "of-a-source"}]

    found = recording.api().configuration.get_source(ONE)

    assert found.token == "of-a-source"
    assert "of-a-source" not in repr(found)


def test_a_file_is_sent_as_a_form(recording: Recording) -> None:
    recording.api("N").bulk_jobs.create_bulk_job({"file": b"externalId\n1", "operation": "UPSERT"})

    media_type, content = recording.sent[0]["content"]
    assert media_type.startswith("multipart/form-data; boundary=")
    assert b'name="operation"\r\n\r\nUPSERT' in content
    assert b"externalId\n1" in content


def test_a_path_is_overridden_by_the_name_of_its_operation(recording: Recording) -> None:
    recording.answers = [None]

    paths = {"delete_job": "/workspaces/{workspaceId}/works/{customerId}/{id}"}
    recording.api(None, **paths).customers.delete_job(ONE, "a/b")

    assert recording.sent[0]["path"] == f"workspaces/W/works/{ONE}/a%2Fb"


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ({"forget_custmer": "/x"}, "did you mean 'forget_customer'"),
        ({"forget_customer": "x"}, "begins with /"),
        ({"forget_customer": "/x/{id}"}, "names id, and its arguments are workspaceId, customerId"),
    ],
)
def test_a_path_that_cannot_be_used_is_refused(paths: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Workspace("w", "token", paths=paths)


def test_an_overridden_path_of_a_workspace_is_asked(contacthub_sandbox: Sandbox) -> None:
    given = contacthub_sandbox.workspace
    paths = {"get_customer": "/nowhere/{customerId}"}
    with (
        Workspace(given.workspace_id, contacthub_sandbox.token, given.base_url, paths=paths) as workspace,
        pytest.raises(NotFoundError, match=f"/nowhere/{ONE}"),
    ):
        workspace.api.customers.get_customer(ONE)


def test_customers_are_created_read_changed_and_listed_on_the_sandbox(contacthub_sandbox: Sandbox) -> None:
    api = contacthub_sandbox.node.api

    created = api.customers.create_customer({"base": {"contacts": {"email": "ada@example.com"}}})
    assert created.id is not None
    changed = api.customers.patch_customer(created.id, {"base": {"firstName": "Ada"}})
    listed = list(api.customers.list_customers())

    assert isinstance(changed, CustomerRecord)
    assert changed.base is not None
    assert changed.base.firstName == "Ada"
    assert [row.id for row in listed] == [created.id]
    assert listed[0].registeredAt is not None
    assert listed[0].registeredAt.tzinfo is not None


def test_pages_of_the_sandbox_follow_one_another(contacthub_sandbox: Sandbox) -> None:
    api = contacthub_sandbox.node.api
    for number in range(5):
        api.customers.create_customer(
            {"externalId": str(number), "base": {"contacts": {"email": f"{number}@a.it"}}}
        )

    found = api.customers.list_customers(size=2)

    assert len(found.elements) == 2
    assert sorted(str(row.externalId) for row in found) == ["0", "1", "2", "3", "4"]


def test_elements_below_a_customer_are_kept_on_the_sandbox(contacthub_sandbox: Sandbox) -> None:
    api = contacthub_sandbox.node.api
    customer = str(api.customers.create_customer({"base": {"contacts": {"email": "a@a.it"}}}).id)

    api.customers.create_job(customer, {"id": "j", "jobTitle": "Engineer"})

    assert api.customers.get_job(customer, "j").jobTitle == "Engineer"
    assert api.customers.delete_job(customer, "j") is None
    with pytest.raises(NotFoundError):
        api.customers.get_job(customer, "j")


def test_a_program_that_calls_no_operation_does_not_load_them() -> None:
    code = "import contacthub_orm, sys; print('contacthub_orm.contacthub.api.api' in sys.modules)"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "False"
