"""What this machine has to have: room, versions that work together, and a backup that is not too old."""

import shutil
from collections.abc import Iterator
from importlib.metadata import version
from typing import Final

from termpost.schemas.base.counted import counted
from termpost.tasks.custody.inventory import last_backup
from termpost.tasks.home.home import Home
from termpost.tasks.store.finding import Finding, found

LEAST_FREE: Final = 2**30  # bytes
SCHEDULER_BREAKS_AT: Final = (2, 1)  # SQLAlchemy: Prefect 3.8.8 then makes no run of a schedule
EXTENSIONS: Final = ("duckdb-extension-ducklake", "duckdb-extension-httpfs", "duckdb-extension-sqlite-scanner")


def audit_machine(home: Home) -> Iterator[Finding]:
    """Each a row of `termpost doctor`; no run is refused for it."""
    free = shutil.disk_usage(home.path).free
    yield found(
        "disk", holds=free >= LEAST_FREE, good=f"{free / 2**30:.0f} GiB are free beside the home",
        bad=f"{free / 2**20:.0f} MiB are free beside the home", remedy="make room for 1 GiB at least",
        stops_runs=False,
    )  # fmt: skip
    yield _versions()
    yield from _backup(home)


def _versions() -> Finding:
    sqlalchemy, duckdb = version("sqlalchemy"), version("duckdb")
    others = {name: version(name) for name in EXTENSIONS}
    wrong = [f"{name} {number} beside DuckDB {duckdb}" for name, number in others.items() if number != duckdb]
    if tuple(int(part) for part in sqlalchemy.split(".")[:2]) >= SCHEDULER_BREAKS_AT:
        wrong.append(f"SQLAlchemy {sqlalchemy}, with which no schedule becomes a run")
    return found(
        "versions", holds=not wrong, good=f"Prefect {version('prefect')}, DuckDB {duckdb}, SQLAlchemy {sqlalchemy}",
        bad="; ".join(wrong), remedy="install exactly what requirements.lock says", stops_runs=False,
    )  # fmt: skip


def _backup(home: Home) -> Iterator[Finding]:
    """Before the first one the row of the keys says so."""
    last = last_backup(home)
    if last is None:
        return
    days, most = (home.clock.today() - last.at).days, home.settings.deadlines.backup_days
    if days <= most:
        yield Finding("backup", "holds", f"the last backup is {counted(days, 'day')} old")
    else:
        yield Finding("backup", "warns", f"the last backup is {counted(days, 'day')} old; {most} are allowed",
                      "make one (termpost backup)", stops_runs=False)  # fmt: skip
