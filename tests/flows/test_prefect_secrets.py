"""What Prefect is told of secrets: a code is asterisks to it, and the server of one command answers that command."""

import os
import subprocess
import sys

import pytest
from prefect.client.orchestration import get_client
from termpost.flows import runner
from termpost.flows.deployments.register import register
from termpost.flows.deployments.wanted import Placed
from termpost.flows.release_reports import release_reports

from tests.flows.district import Prefect, WholeCycle

# a server of its own, asked with its password, without one, and with another
PROGRAM = """
import base64, os, httpx
from termpost.flows import runner
from termpost.flows.runner import _ask_for_a_password
os.environ.update(runner.QUIET)
_ask_for_a_password()
from prefect.client.orchestration import get_client
with get_client(sync_client=True) as client:
    client.read_work_pools()
_ask_for_a_password()  # a second flow in this process
with get_client(sync_client=True) as client:
    client.read_work_pools()
    url = str(client.api_url).rstrip("/") + "/admin/version"
    basic = lambda said: {"Authorization": "Basic " + base64.b64encode(said.encode()).decode()}
    own = os.environ["PREFECT_API_AUTH_STRING"]
    for headers in ({}, basic("termpost:"), basic(own)):
        print("said", httpx.get(url, headers=headers).status_code)
"""


def test_the_code_is_no_plain_parameter(cycle: WholeCycle, prefect: Prefect) -> None:
    field = release_reports.parameters.properties["one_time_code"]
    assert (field["format"], field["writeOnly"]) == ("password", True)
    register(cycle.open(), str(cycle.extract.folder), Placed("secrets"))
    with get_client(sync_client=True) as client:
        kept = client.read_deployment_by_name("release-reports/secrets-release").parameter_openapi_schema
        runs = [run.parameters for run in client.read_flow_runs() if "one_time_code" in run.parameters]
    assert kept
    assert kept["properties"]["one_time_code"]["format"] == "password"
    assert "**********" in {run["one_time_code"] for run in runs}


def test_a_server_of_its_own_answers_nobody_else(prefect: Prefect) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_API")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environ | {"PREFECT_HOME": str(prefect.home / "own")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [line for line in done.stdout.splitlines() if line.startswith("said")] == [
        "said 401",
        "said 401",
        "said 200",
    ]


def test_a_server_of_the_school_keeps_its_own_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_AUTH_STRING", raising=False)
    runner._ask_for_a_password()  # the settings of these tests name a server
    assert "PREFECT_API_AUTH_STRING" not in os.environ
