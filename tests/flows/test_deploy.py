"""Deployments and schedules come from the school calendar; what an admin set on the server is the admin's."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, DeploymentUpdate
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.schedules import CronSchedule, RRuleSchedule
from prefect.events import Automation, EventTrigger
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL, temporary_settings
from termpost.flows.deployments.automations import TOLD
from termpost.flows.deployments.dates import day_after_cutoff, days_before_cutoff, on_the_day_after_cutoff
from termpost.flows.deployments.register import register
from termpost.flows.deployments.wanted import Placed, checked_name, name_of, wanted
from termpost.flows.deployments.yaml_file import prefect_yaml
from termpost.flows.runs import planned_cycle
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import Run
from termpost.schemas.settings.calendar import load_calendar
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.told_day import told_day
from termpost.tasks.secrets.keys import make_keys

from tests.command import Command
from tests.flows.district import Prefect

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "grand-bend-home"
EXTRACT = "examples/grand-bend"
AUGUST = datetime(2021, 8, 2, 15, tzinfo=UTC)
ALL = [
    "prepare-reports/{}-prepare", "check-source/{}-check-source", "release-reports/{}-release",
    "handle-feedback/{}-feedback", "watch-deadlines/{}-deadlines", "keep-records/{}-records",
]  # fmt: skip


def test_prefect_yaml_is_what_the_sample_calendar_gives() -> None:
    deployments = wanted(load_calendar(EXAMPLE, {}), "demo", EXTRACT, AUGUST.date())
    text = prefect_yaml(deployments, Placed("grand-bend"))
    remedy = "run `termpost deploy --yaml --as-of 2021-08-02` and commit prefect.yaml"
    assert text == (ROOT / "prefect.yaml").read_text(), remedy


def test_no_secret_gets_into_a_prefect_yaml() -> None:
    with pytest.raises(InputError) as caught:
        wanted(load_calendar(EXAMPLE, {}), "demo", "https://sis.example.org/?token=hunter2-Qzx", AUGUST.date())
    assert caught.value.code == "secret-in-address"
    assert "hunter2-Qzx" not in str(caught.value)


def test_a_run_is_scheduled_at_opening_hour_in_the_schools_zone_after_the_cut_off() -> None:
    calendar = load_calendar(EXAMPLE, {})
    said = on_the_day_after_cutoff(calendar, calendar.cycle("2021-fall-midterm"))  # cut-off on Friday 2021-10-15
    rule = RRuleSchedule(rrule=said.rrule, timezone=said.timezone).to_rrule()
    (only,) = list(rule)
    local = only if only.tzinfo else only.replace(tzinfo=ZoneInfo(said.timezone))
    assert local.astimezone(UTC) == datetime(2021, 10, 18, 13, 0, tzinfo=UTC)  # Monday, 08:00 in Chicago


def test_a_date_that_has_passed_gets_no_schedule() -> None:
    calendar = load_calendar(EXAMPLE, {})
    prepare = wanted(calendar, "demo", EXTRACT, date(2021, 10, 18))[0]
    assert [one.slug for one in prepare.runs] == ["2021-fall-midterm", "2021-fall-final"]  # its day is today
    prepare = wanted(calendar, "demo", EXTRACT, date(2021, 10, 19))[0]
    assert [one.slug for one in prepare.runs] == ["2021-fall-final"]
    assert [one.slug for one in prepare.over] == ["2021-fall-midterm"]


def test_a_run_whose_schedule_forgot_its_cycle_is_that_of_the_day(home: Home) -> None:
    def on(day: str) -> str:
        return planned_cycle(Run(str(home.path), "r", told_day(home, day)), "", day_after_cutoff)

    assert on("2021-10-18") == "2021-fall-midterm"
    for day in ("2021-10-15", "2021-10-19"):
        with pytest.raises(InputError) as refused:
            on(day)
        assert refused.value.code == "no-cycle"
    assert planned_cycle(Run(str(home.path), "r"), "given", day_after_cutoff) == "given"
    nights = planned_cycle(Run(str(home.path), "r", told_day(home, "2021-12-01")), "", days_before_cutoff)
    assert nights == "2021-fall-final"


@pytest.mark.parametrize(
    ("institution", "name"),
    [("Grand Bend ISD", "grand-bend-isd"), ("École Haute", "ecole-haute"), ("St. Mary's & Co", "st-mary-s-co")],
)  # fmt: skip
def test_an_institution_has_a_name_on_the_server(institution: str, name: str) -> None:
    assert name_of(institution) == name
    assert checked_name(name) == name


@pytest.mark.parametrize("wrong", ["Grand Bend", "-a", "a/b", "", "a" * 41])
def test_a_name_that_the_server_would_not_take_is_refused(wrong: str) -> None:
    with pytest.raises(InputError) as refused:
        checked_name(wrong)
    assert refused.value.code == "bad-name"


def test_a_name_in_another_script_alone_must_be_given() -> None:
    with pytest.raises(InputError, match="--name") as refused:
        name_of("Школа")
    assert refused.value.code == "no-name"


@pytest.fixture
def client(prefect: Prefect) -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return made(tmp_path / "home")


def made(folder: Path) -> Home:
    shutil.copytree(EXAMPLE, folder)
    make_keys(folder / "secrets")
    return open_home(folder, FixedClock(AUGUST))


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def again(home: Home) -> Home:
    return open_home(home.path, FixedClock(AUGUST))


def without_midterm(home: Home) -> None:
    text = (home.path / "calendar.toml").read_text()
    kept = text[: text.index("[[cycle]]")] + "[[cycle]]" + text.split("[[cycle]]")[2]
    (home.path / "calendar.toml").write_text(kept)


def prepare_of(client: SyncPrefectClient, name: str) -> DeploymentResponse:
    return client.read_deployment_by_name(f"prepare-reports/{name}-prepare")


def slugs(client: SyncPrefectClient, name: str) -> set[str | None]:
    return {schedule.slug for schedule in prepare_of(client, name).schedules}


def test_deploying_again_changes_nothing_and_after_the_calendar_lost_a_cycle_its_schedule(
    client: SyncPrefectClient, home: Home
) -> None:
    placed = Placed("lost")
    first = register(home, EXTRACT, placed)
    created = [one.deployment for one in first.changes if one.act == "create"]
    assert created == [name.format("lost") for name in ALL]
    assert slugs(client, "lost") == {"2021-fall-midterm", "2021-fall-final"}
    found = prepare_of(client, "lost")
    assert (found.tags, found.work_queue_name, found.work_pool_name) == (["termpost", "lost"], "lost", "termpost")
    assert register(again(home), EXTRACT, placed).changes == ()
    without_midterm(home)
    changed = register(again(home), EXTRACT, placed).changes
    assert {(one.act, one.what) for one in changed} == {("remove-schedule", "2021-fall-midterm"), ("update", "form")}
    assert slugs(client, "lost") == {"2021-fall-final"}


def test_what_an_admin_set_stays_and_is_not_said_to_have_changed(client: SyncPrefectClient, home: Home) -> None:
    placed = Placed("kept")
    register(home, EXTRACT, placed)
    first = prepare_of(client, "kept")
    client.pause_deployment(first.id)
    client.update_deployment(first.id, DeploymentUpdate(
        tags=[*first.tags, "ours"], concurrency_limit=3, job_variables={**first.job_variables, "image": "ours:1"},
        parameters={**first.parameters, "confirm_deletions": 4},
    ))  # fmt: skip
    (midterm,) = (one for one in first.schedules if one.slug == "2021-fall-midterm")
    client.update_deployment_schedule(first.id, midterm.id, active=False)
    own = DeploymentScheduleCreate(schedule=CronSchedule(cron="0 1 * * *"), active=True, slug="each-night-of-ours")
    client.create_deployment_schedules(first.id, [own])
    (mended,) = register(again(home), EXTRACT, placed).changes  # the server forgot its cycle
    assert (mended.act, mended.what) == ("change-schedule", "2021-fall-midterm")
    assert register(again(home), EXTRACT, placed).changes == ()
    changed = register(again(home), "examples/canvas", Placed("kept", job_variables={"env": {"TZ": "UTC"}})).changes
    assert [(one.what, one.after) for one in changed if one.deployment.startswith("prepare")] == [
        ("parameter extract", "examples/canvas"),
        ("job variables", "env.PREFECT_FLOWS_HEARTBEAT_FREQUENCY, env.TZ, image"),
    ]
    found = prepare_of(client, "kept")
    assert found.paused
    assert found.tags == ["termpost", "kept", "ours"]
    assert found.global_concurrency_limit
    assert found.global_concurrency_limit.limit == 3
    assert found.job_variables["image"] == "ours:1"
    assert found.parameters["confirm_deletions"] == 4
    active = {one.slug: one.active for one in found.schedules}
    assert active == {"2021-fall-midterm": False, "2021-fall-final": True, "each-night-of-ours": True}
    assert {one.parameters.get("cycle_id") for one in found.schedules} == {"2021-fall-midterm", "2021-fall-final", None}


def test_another_home_takes_over_no_deployment(client: SyncPrefectClient, home: Home, tmp_path: Path) -> None:
    register(home, EXTRACT, Placed("ours"))
    other = made(tmp_path / "other")
    with pytest.raises(Refused, match="--name") as refused:
        register(other, EXTRACT, Placed("ours"))
    assert refused.value.code == "name-taken"
    assert prepare_of(client, "ours").parameters["home"] == str(home.path)
    register(other, EXTRACT, Placed("theirs"))
    assert prepare_of(client, "theirs").parameters["home"] == str(other.path)
    moved = register(other, EXTRACT, Placed("ours"), moved=True)
    assert ("parameter home", str(home.path), str(other.path)) in {(c.what, c.before, c.after) for c in moved.changes}


def test_whoever_is_to_be_told_is_told_and_a_run_whose_host_died_is_over(client: SyncPrefectClient, home: Home) -> None:
    def automations() -> dict[str, Automation]:
        return {one.name: one for one in client.read_automations() if one.name.startswith("termpost told:")}

    register(home, EXTRACT, Placed("told"))
    assert list(automations()) == ["termpost told: a run whose host died is over"]
    with pytest.raises(InputError, match="slack-webhook/office") as refused:
        register(again(home), EXTRACT, Placed("told"), notify="custom-webhook/nobody")
    assert refused.value.code == "no-block"
    CustomWebhookNotificationBlock(name="office", url="http://127.0.0.1:9/").save("office", overwrite=True)
    said = register(again(home), EXTRACT, Placed("told"), notify="custom-webhook/office")
    assert {one.act for one in said.changes} == {"add-automation"}
    found = automations()
    assert len(found) == 1 + len(TOLD)
    ours = {"prefect.resource.id": "prefect.tag.told", "prefect.resource.role": "tag"}
    for one in found.values():
        assert isinstance(one.trigger, EventTrigger)
        assert json.loads(one.trigger.model_dump_json())["match_related"] == ours
    client.pause_automation(found["termpost told: a run is late"].id)
    assert register(again(home), EXTRACT, Placed("told"), notify="custom-webhook/office").changes == ()
    assert not automations()["termpost told: a run is late"].enabled


def test_deployments_by_the_names_of_earlier_versions_go(client: SyncPrefectClient, home: Home) -> None:
    flow = client.create_flow_from_name("prepare-reports")
    client.create_deployment(flow, "prepare", parameters={"home": str(home.path)})
    with_former = register(home, EXTRACT, Placed("former"))
    assert ("prepare-reports/prepare", "remove") in {(one.deployment, one.act) for one in with_former.changes}
    with pytest.raises(ObjectNotFound):
        client.read_deployment_by_name("prepare-reports/prepare")


def test_the_form_takes_what_this_home_can_be_asked_and_nothing_else(client: SyncPrefectClient, home: Home) -> None:
    register(home, EXTRACT, Placed("narrow"))
    deployment = prepare_of(client, "narrow").id

    def refused(**form: Any) -> bool:
        try:
            run = client.create_flow_run_from_deployment(deployment, parameters={"cycle_id": "2021-fall-final", **form})
        except PrefectHTTPStatusError as error:
            return error.response.status_code in (409, 422)
        client.delete_flow_run(run.id)
        return False

    assert not refused()
    assert not refused(extract="sftp://reader@sis.example.org/export.zip")
    assert refused(cycle_id="2021-fall-finale")
    assert refused(home="/somewhere/else")
    assert refused(extract="sftp://reader:hunter2@sis.example.org/export.zip")
    assert refused(extract="https://sis.example.org/ims?token=hunter2")
    assert refused(as_of="2021-12-17")  # a real home has no other day
    assert refused(no_such_thing=1)


def test_a_diff_says_what_a_deploy_would_do_and_does_nothing(
    client: SyncPrefectClient, home: Home, command: Command
) -> None:
    said = command("deploy", "--extract", EXTRACT, "--home", home.path, "--name", "diff", "--diff", "--json")
    assert (said.code, '"act": "create"' in said.out, '"changed": false' in said.out) == (0, True, True)
    assert '"2021-fall-final"' in said.out.partition('"dates_passed"')[2]  # by the clock of this machine
    with pytest.raises(ObjectNotFound):
        prepare_of(client, "diff")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [(("--job-variable", "image"), "KEY=VALUE"), (("--name", "Grand Bend"), "small letters"),
     (("--extract", "s3://key:hunter2@bucket/x"), "a password")],
)  # fmt: skip
def test_what_is_typed_wrong_is_one_line(
    client: SyncPrefectClient, home: Home, command: Command, wrong: tuple[str, str], code: str
) -> None:
    said = command("deploy", "--extract", EXTRACT, "--home", home.path, *wrong)
    assert said.code == 1
    assert code in said.complaint
    assert "hunter2" not in said.complaint


def test_without_a_server_deploy_says_how_to_start_one(home: Home) -> None:
    with temporary_settings(restore_defaults={PREFECT_API_URL}), pytest.raises(InputError) as refused:
        register(home, EXTRACT, Placed("none"))
    assert refused.value.code == "no-server"
