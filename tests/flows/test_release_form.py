"""The form of the deployment `release-reports` in the Prefect UI: what a person types there goes through the server."""

from typing import Any, cast
from uuid import UUID

import pytest
from prefect import Flow, State
from prefect.artifacts import Artifact
from prefect.client.orchestration import get_client
from prefect.flow_engine import run_flow
from termpost.flows import release_reports as release_module
from termpost.flows.deployments.register import register
from termpost.flows.deployments.wanted import Placed
from termpost.schemas.base.refs import CycleId
from termpost.tasks.distribute.approvals.release import approve_release
from termpost.tasks.distribute.approve import ChosenStudents, by_code

from tests.school import CYCLE, KYLE, Prepared
from tests.snapshots import copy_of, small_school, snapshot


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    school = copy_of(snapshot(tmp_path_factory, "small", small_school), tmp_path_factory.mktemp("form"))
    school.register("tking", "teacher")
    return school


def fill_in(school: Prepared, **form: Any) -> State[Any]:
    """Submits the form, and runs what it started as a worker would."""
    register(school.open(), str(school.extract.folder), Placed("form"), moved=True)
    filled = {"cycle_id": CYCLE, "home": str(school.home), "as_of": school.told, **form}
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("release-reports/form-release")
        started = client.create_flow_run_from_deployment(deployment.id, parameters=filled)
        flow: Flow[..., Any] = release_module.release_reports
        with school.phone.is_the_time():
            run_flow(flow, flow_run=client.read_flow_run(started.id), parameters=filled, return_type="state")
        return said(client.read_flow_run(started.id).id)


def said(run: UUID) -> State[Any]:
    """What the UI shows of a run."""
    with get_client(sync_client=True) as client:
        state = client.read_flow_run(run).state
    assert state
    return state


def shown(school: Prepared) -> list[str]:
    return [*school.store.list("sealed/"), *school.store.list("print/")]


def test_half_a_proof_is_none(school: Prepared) -> None:
    for half in ({"staff": "mlopez"}, {"one_time_code": school.phone.code()}):
        state = fill_in(school, **half)
        assert state.type.value == "FAILED"
        assert "termpost approve" in (state.message or "")
    assert shown(school) == []


def test_without_a_code_nothing_goes_out_that_nobody_approved(school: Prepared) -> None:
    state = fill_in(school)
    assert state.type.value == "FAILED"
    assert f"termpost approve --cycle {CYCLE}" in (state.message or "")
    assert shown(school) == []
    assert {entry.reason for entry in school.entries("refused")} >= {"not-approved-beforehand", "half-a-proof"}
    artifact = cast("Artifact | None", Artifact.get("what-to-do-rehearsal-grand-bend"))
    assert artifact
    assert f"termpost approve --cycle {CYCLE}" in str(artifact.data)


def test_who_does_not_prove_who_they_are_releases_nothing_and_the_log_knows(school: Prepared) -> None:
    used = school.phone.code()
    with school.phone.is_the_time():
        school.open().staff.prove("mlopez", used, school.phone.now, frozenset({"registrar"}))
    right = school.phone.code()
    forms = {
        "wrong code": {"staff": "mlopez", "one_time_code": f"{(int(right) + 1) % 10**6:06}"},
        "used code": {"staff": "mlopez", "one_time_code": used},
        "another person's code": {"staff": "tking", "one_time_code": right},
        "somebody unknown": {"staff": "nobody", "one_time_code": right},
    }
    before = len(school.entries("refused"))
    states = {name: fill_in(school, **form) for name, form in forms.items()}
    assert {name: state.type.value for name, state in states.items()} == dict.fromkeys(forms, "FAILED")
    assert shown(school) == []
    assert school.entries("released", "approved") == []
    assert len(school.entries("refused")) - before == len(forms)
    for state in states.values():
        assert "Traceback" not in (state.message or "")
        assert right not in (state.message or "")
        assert "termpost approve" in (state.message or "")


def test_what_was_approved_beforehand_goes_out_without_a_code_and_a_retry_needs_none(school: Prepared) -> None:
    """Then the rest, by a person with a fresh code."""
    approve(school)
    state = fill_in(school, hold_back=[KYLE])  # by the school's own id
    assert state.type.value == "COMPLETED"
    assert {(entry.actor, entry.via) for entry in school.entries("released")} == {("mlopez", "beforehand")}
    assert school.ref(KYLE) not in {entry.student for entry in school.entries("released")}
    before = shown(school)
    assert before
    assert fill_in(school, hold_back=[KYLE]).type.value == "COMPLETED"  # a retry
    assert shown(school) == before
    with_rest = fill_in(school)  # Kyle's was approved too, and goes out no more: what was released used the approval up
    assert with_rest.type.value == "FAILED"
    used = school.phone.code()
    state = fill_in(school, staff="mlopez", one_time_code=used)
    assert state.type.value == "COMPLETED"
    assert school.ref(KYLE) in {entry.student for entry in school.entries("released")}
    assert fill_in(school, staff="mlopez", one_time_code=used).type.value == "COMPLETED"  # a retry with the same form
    assert set(shown(school)) > set(before)
    with get_client(sync_client=True) as client:
        kept = [run.parameters for run in client.read_flow_runs()]
    said = str([about for about in kept if about.get("home") == str(school.home)])
    assert not {"Kyle", "Lisa"}.intersection(said.replace("'", " ").split())


def approve(school: Prepared) -> None:
    """As `termpost approve` does."""
    home = school.open()
    with school.phone.is_the_time():
        prove = by_code(home.staff, "mlopez", school.phone.code(), school.phone.now)
        approve_release(home, "approve", CycleId(CYCLE), "mlopez", prove, ChosenStudents(), False, beforehand=True)
