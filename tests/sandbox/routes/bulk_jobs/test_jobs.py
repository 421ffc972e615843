"""Bulk jobs: uploading, their statuses, lists of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from contacthub_orm.sandbox import Sandbox
from contacthub_orm.sandbox.documents.forms import MAX_UPLOAD_BYTES
from contacthub_orm.sandbox.routes.bulk_jobs import queue
from tests.sandbox.api import Api
from tests.sandbox.routes.bulk_jobs.conftest import Jobs

TWO = "externalId,base.firstName\n1,Ann\n2,Bea\n"


def test_a_new_job_is_loaded(api, jobs, clock):
    job = jobs.upload(TWO)
    assert job == {
        "id": job["id"],
        "filename": "people.csv",
        "operation": "UPSERT",
        "workspaceId": api.sandbox.workspace_id,
        "nodeId": api.sandbox.node_id,
        "entity": "CUSTOMER",
        "bulkJobName": "people.csv",
        "status": "LOADED",
        "createdAt": "2024-05-01T12:00:00.000+0000",
        "updatedAt": "2024-05-01T12:00:00.000+0000",
        "processedEntities": 0,
        "failedEntities": 0,
        "totalEntities": 2,
    }


def test_without_a_delay_a_job_is_done_before_the_next_request(api, jobs):
    job = jobs.upload(TWO)
    assert {one["externalId"] for one in api.search()["elements"]} == {"1", "2"}
    done = jobs.get(job)
    assert (done["status"], done["processedEntities"], done["failedEntities"]) == ("PROCESSED", 2, 0)


def test_the_statuses_follow_the_clock(api, jobs, clock):
    api.sandbox.configure(bulk_job_delay=10)
    job = jobs.upload(TWO)
    seen = []
    for _ in range(4):
        seen.append((jobs.get(job)["status"], api.search()["page"]["totalElements"]))
        clock.turn(10)
    assert seen == [("LOADED", 0), ("SCHEDULED", 0), ("PROCESSING", 0), ("PROCESSED", 2)]


def test_what_a_job_writes_has_the_time_at_which_it_was_due(api, jobs, clock):
    api.sandbox.configure(bulk_job_delay=10)
    job = jobs.upload(TWO)
    clock.turn(3600)
    assert api.search()["elements"][0]["registeredAt"] == "2024-05-01T12:00:30.000+0000"
    assert jobs.get(job)["updatedAt"] == "2024-05-01T12:00:30.000+0000"


def test_jobs_are_carried_out_in_the_order_in_which_they_are_due(api, jobs, clock):
    api.sandbox.configure(bulk_job_delay=10)
    customer = api.create(externalId="0", base={"contacts": {"email": "a@b.it"}})
    for name in ("first", "second"):
        jobs.upload(f"base.contacts.email,base.firstName\na@b.it,{name}\n")
        clock.turn(1)
    clock.turn(60)
    found = api.customer(customer)
    assert (found["base"]["firstName"], found["version"]) == ("second", 3)


def test_a_request_that_is_refused_does_not_undo_a_job(api, jobs):
    jobs.upload(TWO)
    assert api.get("/customers/unknown").status_code == 404
    assert api.search()["page"]["totalElements"] == 2


def test_a_large_job_is_written_part_by_part(api, jobs, monkeypatch):
    monkeypatch.setattr(queue, "CHUNK", 2)
    job = jobs.upload("externalId\n" + "".join(f"{number}\n" for number in range(5)))
    seen = [(found["status"], found["processedEntities"]) for found in (jobs.get(job) for _ in range(4))]
    assert seen == [("PROCESSING", 2), ("PROCESSING", 4), ("PROCESSED", 5), ("PROCESSED", 5)]
    assert [row["row"] for row in jobs.results(job)] == ["1", "2", "3", "4", "5"]


def test_a_job_waits_in_the_data_file(tmp_path, http):
    path = tmp_path / "sandbox.sqlite"
    with Sandbox(path, bulk_job_delay=3600) as sandbox:
        job = Jobs(Api(sandbox, http)).upload(TWO)
    with Sandbox(path, clock=lambda: datetime(2100, 1, 1, tzinfo=UTC)) as sandbox:
        assert Jobs(Api(sandbox, http)).get(job)["status"] == "PROCESSED"


def test_a_reset_forgets_jobs(api, jobs, clock):
    api.sandbox.configure(bulk_job_delay=10)
    jobs.upload(TWO)
    api.sandbox.reset()
    assert (jobs.all(), api.search()["elements"]) == ([], [])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"a\xff,b\n", "the file is not in UTF-8"),
        (b'a,b\n"1"x,2\n', "the file is no CSV: ',' expected after '\"'"),
        (b"externalId,externalId\n1,1\n", "the header names a path twice"),
        (b"base.firstName,base\nAnn,{}\n", "the header has both base.firstName and a path above it"),
        (b"externalId,\n1,2\n", "the header has the path '', which names nothing"),
        (b".".join([b"a"] * 30) + b"\n1\n", "a path of the header has more than 20 steps"),
    ],
)
def test_a_file_that_is_no_table_makes_a_failed_job(jobs, content, reason):
    job = jobs.upload(content)
    assert (job["status"], job["errorMessage"], job["totalEntities"]) == ("FAILED", reason, 0)
    assert jobs.get(job) == job
    assert jobs.results(job) == []


def test_a_file_without_rows_is_processed(jobs):
    job = jobs.upload("externalId\n")
    assert (jobs.get(job)["status"], jobs.results(job)) == ("PROCESSED", [])


def test_a_job_has_no_results_before_it_is_finished(api, jobs, clock):
    api.sandbox.configure(bulk_job_delay=10)
    job = jobs.upload(TWO)
    answer = api.get(f"{jobs.path}/{job['id']}/results")
    assert answer.status_code == 409
    assert answer.json()["message"].startswith("the bulk job is LOADED")


def test_a_node_has_ten_loaded_jobs_at_most(api, jobs, clock):
    api.sandbox.configure(bulk_job_delay=10)
    for _ in range(10):
        jobs.upload(TWO)
    assert jobs.post(TWO).status_code == 409
    clock.turn(10)
    assert jobs.post(TWO).status_code == 201


def test_all_that_is_wrong_with_a_form_is_said_at_once(api, jobs):
    data = {"operation": "odd", "entity": "odd", "eventType": "odd", "more": "1", "file": "text"}
    files = {"other": ("o.csv", "x")}
    answer = api.session.post(api.root + jobs.path, data=data, files=files, headers=api.headers, timeout=10)
    assert answer.status_code == 400
    paths = {error["path"] for error in answer.json()["errors"]}
    assert paths == {"/operation", "/entity", "/eventType", "/more", "/file", "/other"}


def test_what_a_form_lacks_is_said(api, jobs):
    files = {"entity": (None, "EVENT")}
    answer = api.session.post(api.root + jobs.path, files=files, headers=api.headers, timeout=10)
    assert {error["path"] for error in answer.json()["errors"]} == {"/operation", "/file", "/eventType"}


def test_customers_have_no_event_type(jobs):
    (error,) = jobs.post(TWO, eventType="viewedPage").json()["errors"]
    assert error["message"] == "customers have no eventType"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--b--"),
        ("multipart/form-data; boundary=b", b"odd"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--\r\n"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="operation"\r\n\r\n\xff\r\n--b--',
        ),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary*0=b; boundary*=c", b"--b--"),
        ("multipart/form-data; boundary*=odd''b", b"--b--"),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\nContent-Disposition: x; name*0=a; name*=b\r\n\r\nx\r\n--b--",
        ),
    ],
)
def test_a_body_that_is_no_form_is_refused(api, jobs, content_type, body):
    headers = api.headers | {"Content-Type": content_type}
    answer = api.session.post(api.root + jobs.path, data=body, headers=headers, timeout=10)
    assert answer.status_code == 400, answer.text


def test_a_form_is_no_customer(api):
    files = {"nodeId": (None, api.sandbox.node_id), "externalId": (None, "1")}
    answer = api.session.post(f"{api.root}/customers", files=files, headers=api.headers, timeout=10)
    assert (answer.status_code, answer.json()["message"]) == (400, "the body must be a JSON object")


def test_a_file_may_be_larger_than_a_customer(jobs):
    rows = "".join(f"{number},{'x' * 200}\n" for number in range(500))
    assert jobs.upload(f"externalId,extra\n{rows}")["totalEntities"] == 500


def test_a_form_that_is_too_large_is_refused(jobs):
    assert jobs.post(b"x" * (MAX_UPLOAD_BYTES + 1)).status_code == 413


def test_a_file_arrives_byte_for_byte(jobs, sandbox):
    content = b'externalId,extra\r\n1,"a\r\n--b\n\tc"\r\n'
    job = jobs.upload(content)
    form = sandbox.requests[-1].body
    assert (form.files["file"].content, form.fields) == (content, {"operation": "UPSERT"})
    assert jobs.results(job)[0]["status"] == "CREATED"


@pytest.mark.parametrize("name", ["persone è.csv", "\N{SNOWMAN}.csv"])
def test_the_name_of_a_file_may_have_any_characters(api, jobs, name):
    files = {"file": (name, "externalId\n1\n")}
    data = {"operation": "UPSERT"}
    answer = api.session.post(api.root + jobs.path, data=data, files=files, headers=api.headers, timeout=10)
    assert answer.json()["filename"] == name


def test_half_of_a_surrogate_pair_in_a_name_is_replaced(api, jobs):
    part = b"Content-Disposition: form-data; name=file; filename*=unicode_escape''%5Cud800.csv\r\n\r\na\r\n"
    operation = b"Content-Disposition: form-data; name=operation\r\n\r\nUPSERT\r\n"
    body = b"--b\r\n" + part + b"--b\r\n" + operation + b"--b--"
    headers = api.headers | {"Content-Type": "multipart/form-data; boundary=b"}
    answer = api.session.post(api.root + jobs.path, data=body, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()["filename"]) == (201, "?.csv")


def test_jobs_are_listed_newest_first_and_filtered(api, jobs, clock):
    customers = jobs.upload(TWO)
    clock.turn(1)
    events = jobs.upload("context\nWEB\n", entity="EVENT", eventType="viewedPage", operation="INSERT")
    clock.turn(1)
    failed = jobs.upload("")
    ids = lambda **query: [job["id"] for job in jobs.all(**query)]  # noqa: E731
    assert ids() == [failed["id"], events["id"], customers["id"]]
    assert ids(sort="createdAt,asc") == [customers["id"], events["id"], failed["id"]]
    assert ids(status="FAILED") == [failed["id"]]
    assert ids(entity="EVENT") == [events["id"]]
    assert ids(size=2, page=1) == [customers["id"]]
    page = api.get(jobs.path, entity="EVENT").json()["page"]
    assert (page["totalElements"], page["totalUnfilteredElements"]) == (1, 3)


def test_unknown_jobs_and_nodes_are_not_found(api, jobs):
    assert api.get(f"{jobs.path}/unknown").status_code == 404
    assert api.get(f"{jobs.path}/unknown/results").status_code == 404
    for path in ("", "/unknown", "/unknown/results"):
        assert api.get(f"/nodes/unknown/bulk-jobs{path}").json()["message"] == "node not found unknown"


@pytest.mark.parametrize("query", [{"status": "odd"}, {"entity": "odd"}, {"sort": "odd"}, {"size": -1}])
def test_odd_parameters_are_refused(api, jobs, query):
    assert api.get(jobs.path, **query).status_code == 400
