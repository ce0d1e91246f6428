"""Running a flow from the command line: Prefect's files in the home, its telemetry off, its noise away."""

import logging
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any

import click
from termpost.flows.ephemeral_server import end_with_this_process
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Run
from termpost.tasks.extract.address import read_address
from termpost.tasks.home.home import Home

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_LOGGING_LEVEL": "INFO",
    "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",  # a busy machine needs more than its 20 s
    "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
    # Prefect starts its server with `python -m`, which imports what lies in the current folder
    "PYTHONSAFEPATH": "1",
}


def set_environment(home: Home) -> None:
    """Must run before Prefect is imported. What the user set wins, by variable or in a profile of their own."""
    profiles = Path.home() / ".prefect" / "profiles.toml"  # where `prefect config set` writes
    if "PREFECT_HOME" not in os.environ and profiles.is_file():
        os.environ.setdefault("PREFECT_PROFILES_PATH", str(profiles))
    for name, value in {**QUIET, "PREFECT_HOME": str(home.path / ".prefect")}.items():
        os.environ.setdefault(name, value)


@contextmanager
def _in_own_folder(home: Home) -> Iterator[None]:
    """Prefect takes settings from `.env`, `prefect.toml` and `pyproject.toml` of the current folder, which may be that
    of an extract: whoever wrote it must not say which server learns of a release."""
    folder = home.path / ".prefect"
    folder.mkdir(mode=0o700, exist_ok=True)
    with chdir(folder):
        yield


class _Plain(logging.Filter):
    """On the console: what termpost's tasks say. Tracebacks and Prefect's own steps stay in its database."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.name == "prefect.task_runs" and record.levelno == logging.INFO and "in state" not in record.msg


def _ask_for_a_password() -> None:
    """Whom the server of a single command answers: this command, and nobody else of the machine."""
    from prefect.context import refresh_global_settings_context  # noqa: PLC0415 - after the environment is set
    from prefect.settings import get_current_settings  # noqa: PLC0415

    if url := get_current_settings().api.url:  # a server of the school's, which has its own rules
        _refuse_absent(url)
        return
    names = ("PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING")
    # the server lives as long as this process, and so does its password
    password = next(filter(None, map(os.environ.get, names)), f"termpost:{secrets.token_urlsafe(32)}")
    for name in names:
        os.environ[name] = password
    refresh_global_settings_context()


def _refuse_absent(url: str) -> None:
    import httpx  # noqa: PLC0415 - only where there is a server to ask

    try:
        httpx.get(f"{url}/health", timeout=10)  # whatever it answers: it is there
    except (httpx.HTTPError, httpx.InvalidURL):
        remedy = "start it, or unset it, in your profile too: a command starts its own then"
        raise InputError("no-prefect-server", "no Prefect server answers there", "PREFECT_API_URL", remedy) from None


def run_flow(home: Home, name: str, parameters: dict[str, Any]) -> Any:
    """Runs a flow in this process, against the configured Prefect API or an ephemeral one.

    Raises:
        what the flow raised, or InputError where a cycle or a staff id is none of this home's.
    """
    if "extract" in parameters:
        parameters = parameters | {"extract": _from_anywhere(parameters["extract"])}
    with _in_own_folder(home):
        return _run_flow(home, name, parameters)


def _from_anywhere(extract: str) -> str:
    """A file or folder of this machine by its whole name; what is no address is refused where the run is logged."""
    try:
        is_here = not read_address(extract).scheme
    except InputError:
        return extract
    return str(Path(extract).absolute()) if is_here else extract


def _run_flow(home: Home, name: str, parameters: dict[str, Any]) -> Any:
    set_environment(home)
    is_first = "prefect" not in sys.modules
    from prefect.logging import configuration  # noqa: PLC0415 - after the environment is set
    from prefect.settings import get_current_settings  # noqa: PLC0415
    from termpost.flows.flow_context import known_staff, refuse_mistyped  # noqa: PLC0415
    from termpost.flows.prepare_reports import prepare_reports  # noqa: PLC0415
    from termpost.flows.release_reports import release_reports  # noqa: PLC0415

    _ask_for_a_password()
    end_with_this_process()
    configuration.setup_logging()
    if os.environ.get("TERMPOST_DEBUG") != "1":
        for logger in (logging.getLogger("prefect"), logging.getLogger()):
            for handler in logger.handlers:
                if type(handler).__name__ == "PrefectConsoleHandler":
                    handler.addFilter(_Plain())
                    handler.setFormatter(logging.Formatter("  %(message)s"))
    told = home.clock.today() if home.is_as_of else None
    staff = parameters.get("staff")
    actor = known_staff(str(home.path), staff) if staff else "pipeline"
    refuse_mistyped(
        Run(str(home.path), "command", told, actor, home.takes_earlier),
        parameters["cycle_id"],
        staff,
        parameters.get("extract"),
    )
    if is_first and not get_current_settings().api.url:
        click.echo("  starting Prefect, about ten seconds ...", err=True)
    flow: Any = {"prepare_reports": prepare_reports, "release_reports": release_reports}[name]
    return flow(**parameters, home=str(home.path), as_of=told and told.isoformat())
