"""Deployments and schedules come from the school calendar, and from nowhere else."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.schedules import RRuleSchedule
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.testing.utilities import prefect_test_harness
from termpost.flows.deploy import prefect_yaml, register, schedule_of
from termpost.schemas.base.errors import InputError
from termpost.schemas.settings.calendar import load_calendar
from termpost.tasks.home.home import open_home

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "grand-bend-home"


def test_prefect_yaml_is_what_the_sample_calendar_gives() -> None:
    text = prefect_yaml(load_calendar(EXAMPLE, {}), "demo", "examples/grand-bend")
    assert text == (ROOT / "prefect.yaml").read_text(), "run `termpost deploy --yaml` and commit prefect.yaml"


def test_no_secret_gets_into_a_prefect_yaml() -> None:
    with pytest.raises(InputError) as caught:
        prefect_yaml(load_calendar(EXAMPLE, {}), "demo", "https://sis.example.org/?token=hunter2-Qzx")
    assert caught.value.code == "secret-in-address"
    assert "hunter2-Qzx" not in str(caught.value)


def test_a_run_is_scheduled_at_opening_hour_in_the_schools_zone_after_the_cut_off() -> None:
    calendar = load_calendar(EXAMPLE, {})
    said = schedule_of(calendar, calendar.cycle("2021-fall-midterm"))  # cut-off on Friday 2021-10-15
    rule = RRuleSchedule(rrule=said["rrule"], timezone=said["timezone"]).to_rrule()
    (only,) = list(rule)
    local = only if only.tzinfo else only.replace(tzinfo=ZoneInfo(said["timezone"]))
    assert local.astimezone(UTC) == datetime(2021, 10, 18, 13, 0, tzinfo=UTC)  # Monday, 08:00 in Chicago


def test_registering_again_after_the_calendar_lost_a_cycle_removes_its_schedule(tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(EXAMPLE, home)
    with prefect_test_harness(server_startup_timeout=120):
        first = register(open_home(home), "examples/grand-bend")
        assert [d["deployment"] for d in first] == [
            "prepare-reports/prepare", "check-source/check-source", "release-reports/release",
            "handle-feedback/feedback", "watch-deadlines/deadlines",
            "keep-records/records",
        ]  # fmt: skip
        assert scheduled() == {"2021-fall-midterm", "2021-fall-final"}
        text = (home / "calendar.toml").read_text()
        kept = text[: text.index("[[cycle]]")] + "[[cycle]]" + text.split("[[cycle]]")[2]
        (home / "calendar.toml").write_text(kept)
        register(open_home(home), "examples/grand-bend")
        assert scheduled() == {"2021-fall-final"}


def scheduled() -> set[str | None]:
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("prepare-reports/prepare")
        return {schedule.slug for schedule in deployment.schedules}


def test_without_a_server_deploy_says_how_to_start_one(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "home")
    with temporary_settings(restore_defaults={PREFECT_API_URL}), pytest.raises(InputError) as refused:
        register(open_home(tmp_path / "home"), "examples/grand-bend")
    assert refused.value.code == "no-server"
