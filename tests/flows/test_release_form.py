"""The form of the deployment `release-reports` in the Prefect UI: what a person types there goes through the server."""

from typing import Any
from uuid import UUID

import pytest
from prefect import Flow, State
from prefect.client.orchestration import get_client
from prefect.exceptions import PrefectHTTPStatusError
from prefect.flow_engine import run_flow
from termpost.flows import release_reports as release_module
from termpost.flows.deploy import register

from tests.school import CYCLE, KYLE, Prepared
from tests.snapshots import copy_of, small_school, snapshot


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    school = copy_of(snapshot(tmp_path_factory, "small", small_school), tmp_path_factory.mktemp("form"))
    school.register("tking", "teacher")
    return school


def fill_in(school: Prepared, **form: Any) -> State[Any]:
    """Submits the form, and runs what it started as a worker would."""
    register(school.open(), str(school.extract.folder))
    filled = {"cycle_id": CYCLE, "home": str(school.home), "as_of": school.told, **form}
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("release-reports/release")
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


def test_without_a_code_the_form_is_not_taken(school: Prepared) -> None:
    with pytest.raises(PrefectHTTPStatusError) as refused:
        fill_in(school, staff="mlopez")
    assert refused.value.response.status_code in (409, 422)
    assert "one_time_code" in refused.value.response.text
    assert shown(school) == []


def test_who_does_not_prove_who_they_are_releases_nothing_and_the_log_knows(school: Prepared) -> None:
    used = school.phone.code()
    with school.phone.is_the_time():
        school.open().staff.prove("mlopez", used, school.phone.now, frozenset({"registrar"}))
    right = school.phone.code()
    forms = {
        "wrong code": {"staff": "mlopez", "one_time_code": f"{(int(right) + 1) % 10**6:06}"},
        "no code": {"staff": "mlopez", "one_time_code": ""},
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


def test_the_right_person_with_a_fresh_code_releases_what_is_not_held_back(school: Prepared) -> None:
    held = [school.ref(KYLE)]
    state = fill_in(school, staff="mlopez", one_time_code=school.phone.code(), hold_back=held)
    assert state.type.value == "COMPLETED"
    assert {entry.actor for entry in school.entries("released")} == {"mlopez"}
    assert held[0] not in {entry.student for entry in school.entries("released")}
    assert shown(school)
    with get_client(sync_client=True) as client:
        kept = [run.parameters for run in client.read_flow_runs()]
    said = str([about for about in kept if about.get("home") == str(school.home)])
    assert not {"Kyle", "Lisa", KYLE}.intersection(said.replace("'", " ").split())
