"""The command `contacthub-orm sandbox`."""

from __future__ import annotations

import base64
import json
import signal
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest
import requests
from click.testing import CliRunner

from contacthub_orm import Customer
from contacthub_orm.cli.main import main
from contacthub_orm.sandbox import Sandbox

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-c", "from contacthub_orm.cli.main import main; main()"]


@pytest.fixture
def start():
    running = []

    def run(*arguments):
        process = subprocess.Popen([*COMMAND, "sandbox", *arguments], stdout=subprocess.PIPE, text=True)
        running.append(process)
        return process, json.loads(process.stdout.readline())

    yield run
    for process in running:
        process.kill()
        process.wait()
        process.stdout.close()


def get(found, path="customers"):
    return requests.get(
        f"{found['base_url']}/workspaces/{found['workspace_id']}/{path}",
        params={"nodeId": found["node_id"]},
        headers={"Authorization": f"Bearer {found['token']}"},
        timeout=10,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_serves_and_stops_when_told_to(start, number):
    process, found = start()
    assert set(found) == {"base_url", "workspace_id", "node_id", "token", "console_url"}
    assert requests.get(found["console_url"], timeout=10).url.endswith("/console/customers")
    assert get(found).json()["page"]["totalElements"] == 0
    process.send_signal(number)
    assert process.wait(10) == 0


def test_a_file_keeps_the_credentials_and_options_are_applied(start, tmp_path):
    data = str(tmp_path / "data.sqlite")
    first, before = start("--data", data)
    first.terminate()
    first.wait(10)
    _, after = start("--data", data, "--uniqueness-policy", "BLOCK", "--page-cap", "7")
    assert {name: before[name] for name in ("workspace_id", "node_id", "token")}.items() <= after.items()
    assert get(after, "configuration").json()["customerUniquenessPolicy"] == "BLOCK"
    assert get(after).json()["page"]["maxElements"] == 7


def test_a_file_keeps_its_configuration_where_no_option_says_otherwise(start, tmp_path):
    data = str(tmp_path / "data.sqlite")
    first, _ = start("--data", data, "--uniqueness-policy", "BLOCK", "--matching", "externalId")
    first.terminate()
    first.wait(10)
    _, after = start("--data", data)
    assert get(after, "configuration").json()["customerUniquenessPolicy"] == "BLOCK"
    assert get(after, "configuration/unique-customer-matching-policy").json()["properties"] == ["externalId"]


def test_a_setting_of_bulk_jobs_pages_and_the_budget_is_an_option_too(start):
    _, found = start(
        *(
            "--no-console",
            "--bulk-job-delay",
            "60",
            "--default-page-size",
            "3",
            "--max-requests-per-minute",
            "3",
        ),
        *("--enabled-event-type", "viewedPage", "--unset", "null"),
    )
    assert get(found).json()["page"]["size"] == 3
    headers = {"Authorization": f"Bearer {found['token']}"}
    jobs = f"{found['base_url']}/workspaces/{found['workspace_id']}/nodes/{found['node_id']}/bulk-jobs"
    form = {"files": {"file": b"externalId\n1\n"}, "data": {"operation": "UPSERT"}}
    assert requests.post(jobs, headers=headers, timeout=10, **form).json()["status"] == "LOADED"
    assert requests.get(jobs, headers=headers, timeout=10).json()["elements"][0]["status"] == "LOADED"
    assert get(found).status_code == 429


def test_a_setting_that_is_invalid_is_said_in_one_line():
    command = [*COMMAND, "sandbox", "--enabled-event-type", "boughtTheMoon"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert found.stderr == "Error: unknown event types: boughtTheMoon\n"


def test_it_serves_notihub_on_request_and_keeps_its_keys(start, tmp_path):
    data = str(tmp_path / "data.sqlite")
    first, before = start("--service", "notihub", "--data", data)
    first.terminate()
    first.wait(10)
    _, after = start("--service", "notihub", "--data", data)
    assert set(after) == {"base_url", "public_key", "secret_key", "client_id", "client_secret"}
    assert {**after, "base_url": before["base_url"]} == before
    keys = ":".join(after[name] for name in ("public_key", "secret_key", "client_id", "client_secret"))
    basic = base64.b64encode(keys.encode()).decode()
    answer = requests.post(
        f"{after['base_url']}/token/", headers={"Authorization": f"Basic {basic}"}, timeout=10
    )
    assert answer.status_code == 200


def test_an_option_of_the_other_service_is_refused():
    command = [*COMMAND, "sandbox", "--service", "notihub", "--page-cap", "7"]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 2
    assert "--page-cap is not for notihub" in found.stderr


def test_further_nodes_are_set_up_and_their_ids_said(start):
    _, found = start("--node", "Shops", "--aggregate-node", "All", "--strict")
    assert list(found["nodes"]) == ["Sandbox", "Shops", "All"]
    assert found["nodes"]["Sandbox"] == found["node_id"]
    for node in found["nodes"].values():
        assert get(found | {"node_id": node}).status_code == 200


def test_a_port_in_use_is_said_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        found = subprocess.run(
            [*COMMAND, "sandbox", "--port", port], capture_output=True, text=True, check=False
        )
    assert found.returncode == 1
    assert found.stderr.startswith("Error: cannot listen on 127.0.0.1")


def test_the_command_line_without_click_says_how_to_install_it():
    code = "import sys; sys.modules['click'] = None; import contacthub_orm.cli.main"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == 1
    assert 'pip install "contacthub_orm[sandbox,cli]"' in found.stderr


def test_invented_people_are_put_into_an_empty_file_and_into_no_other(tmp_path, monkeypatch):
    told_to_stop = SimpleNamespace(wait=lambda _: True, set=None)
    events = SimpleNamespace(Event=lambda: told_to_stop)
    monkeypatch.setattr("contacthub_orm.cli.sandbox.threading", events)
    monkeypatch.setattr("contacthub_orm.cli.sandbox.signal.signal", lambda *_: None)
    for wanted in ("7", "9"):
        result = CliRunner().invoke(main, ["sandbox", "--data", str(tmp_path / "data"), "--people", wanted])
        assert result.exit_code == 0, result.output
    with Sandbox(tmp_path / "data") as sandbox, sandbox.workspace:
        assert sandbox.node.query(Customer).count() == 7
    result = CliRunner().invoke(main, ["sandbox", "--service", "notihub", "--people", "3"])
    assert (result.exit_code, "--people is not for notihub" in result.output) == (2, True)
