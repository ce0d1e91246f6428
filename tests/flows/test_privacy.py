"""Law 9: nothing personal in Prefect, in an exception, on the console, in the log or in the lake's catalogue."""

import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from prefect import flow
from prefect.logging import get_run_logger
from termpost.tasks.home.home import open_home
from termpost.tasks.render.report_view import ReportView
from termpost.tasks.runtime.guard import InternalError

from tests.flows.district import Prefect, WholeCycle, overheard
from tests.flows.personal import Person, files_of, found, people_of, person
from tests.school import CYCLE, Prepared, new_school, small_extract
from tests.tagged import said

ROOT = Path(__file__).parents[2]
AT_THE_CONSOLE = """
import termpost.tasks.secrets.key_store
def seal(self, ref, plain): raise ValueError(plain.decode())
termpost.tasks.secrets.key_store.PersonKeyStore.seal = seal
from termpost.flows.cli import main
main()
"""


def _quoting(sheets: Sequence[ReportView], *_: object) -> bytes:
    raise ValueError(f"cannot draw {sheets[0].student}, number {sheets[0].stamp}")


def _quoting_in_the_flow(*_: object) -> Any:
    raise LookupError("Lisa Woods, 604822, Lisa.Woods@studentgps.org")


@pytest.fixture(scope="module")
def failed(prefect: Prefect, tmp_path_factory: pytest.TempPathFactory) -> tuple[Prepared, str]:
    """Three runs that break deep inside, each with a message that quotes the data; and what the console showed."""
    folder = tmp_path_factory.mktemp("failed")
    school = new_school(folder / "home")
    extract = small_extract(folder / "extract")
    (first, *_) = extract.read("results.csv")
    extract.change(
        "results.csv", {"sourcedId": first["sourcedId"]}, score="Lisa Woods"
    )  # a finding that could quote it
    heard = io.StringIO()
    command = ["prepare", "--cycle", CYCLE, "--extract", str(extract.folder), "--home", str(school.home)]
    run = subprocess.run(
        [sys.executable, "-c", AT_THE_CONSOLE, *command, "--as-of", "2021-12-17"],
        check=False,
        cwd=ROOT,
        env=os.environ | {"PREFECT_HOME": str(prefect.home), "PREFECT_API_URL": prefect.api_url},
        capture_output=True,
        text=True,
    )
    assert (run.returncode, run.stderr.splitlines()[-1][:32]) == (1, "termpost: ValueError in seal, li"), run.stderr
    heard.write(run.stdout + run.stderr)
    with overheard(heard):
        with (
            patch("termpost.tasks.render.render.page_of", _quoting),
            pytest.raises(InternalError, match="ValueError in _quoting"),
        ):
            school.prepare(extract, prefect=True)
        with (
            patch("termpost.flows.prepare_reports.held", _quoting_in_the_flow),
            pytest.raises(InternalError, match="LookupError"),
        ):
            school.prepare(extract, prefect=True)
    return Prepared(school.home, extract=extract), heard.getvalue()


def database(path: Path) -> Iterator[tuple[str, str]]:
    """Every value of every table, and the bytes of the file with what was deleted from it."""
    with closing(sqlite3.connect(path, timeout=60)) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                cells = [cell.decode("latin-1") if isinstance(cell, bytes) else str(cell) for cell in row]
                yield f"{path.name}: {table}", "\n".join(cells)
    for file in path.parent.glob(f"{path.name}*"):
        yield file.name, file.read_bytes().decode("latin-1")


def places_of(home: Path) -> Iterator[tuple[str, str]]:
    """Log, catalogue, key store, names of objects, and what the findings say of rows."""
    yield from files_of(home / "vault" / "log")
    yield from database(home / "catalogue" / "lake.sqlite")
    yield from database(home / "secrets" / "people.sqlite")
    yield "names of objects", "\n".join(str(path.relative_to(home)) for path in home.rglob("*"))
    store = open_home(home).store
    for key in store.list("quarantine/"):
        if key.endswith("/findings.json"):
            yield "findings", json.dumps(said(store.get(key))["problems"])


def test_nothing_personal_is_in_prefect_the_console_the_log_or_the_catalogue(
    prefect: Prefect, cycle: WholeCycle, failed: tuple[Prepared, str]
) -> None:
    prefect.settled()
    broken, console = failed
    texts = [
        *database(prefect.database),
        *files_of(prefect.home),
        ("console", console),
        ("console", cycle.overheard.getvalue()),
        *places_of(cycle.home),
        *places_of(broken.home),
    ]
    assert {"console", "findings", f"{prefect.database.name}: log", "lake.sqlite: ducklake_table"} <= {
        p for p, _ in texts
    }
    assert "ValueError in _quoting" in "".join(text for place, text in texts if place.endswith(": log"))
    assert any("not-a-number" in text or "score" in text for place, text in texts if place == "findings")
    assert set(found(texts, people_of(cycle.extract))) == set()


@flow(name="leaks")
def leaks(words: str) -> None:
    get_run_logger().info("reports for %s", words)
    raise ValueError(words)


def test_the_scan_finds_what_a_flow_leaks(prefect: Prefect) -> None:
    names = ("Zebulon Quartermain", "quartermain, zebulon", "Zebulon Ives Quartermain")
    others = ("z.quartermain@example.org", "+1 555 0199", "77 Quince Terrace", "2009-02-28")
    with pytest.raises(ValueError, match="Quartermain"):
        leaks("\n".join(("913377", *names, *others)))
    prefect.settled()
    texts = list(database(prefect.database))
    someone = person("913377", "Zebulon", "Ives", "Quartermain")
    wanted = [
        Person("913377", frozenset(), frozenset()),
        *(Person("-", frozenset([n.lower()]), frozenset()) for n in names),
        *(person("-", "", "", "-", other) for other in others),
    ]
    assert {name.lower() for name in names} <= someone.names
    for one in wanted:
        where = {place for place, _ in found(texts, [one])}
        assert {f"{prefect.database.name}: log", f"{prefect.database.name}: flow_run"} <= where, one


def test_the_scan_finds_what_lies_in_a_file_or_a_blob(tmp_path: Path) -> None:
    someone = person("913377", "Zebulon", "", "Quartermain")
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / "result").write_bytes(b"\x80\x04\x95Zebulon Quartermain\x94")
    assert set(found(files_of(tmp_path), [someone])) == {("file result", "name")}
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as connection:
        connection.execute("CREATE TABLE t (a BLOB)")
        connection.execute("INSERT INTO t VALUES (?)", [b'{"number": "913377"}'])
        connection.commit()
    assert ("a.sqlite: t", "id") in set(found(database(tmp_path / "a.sqlite"), [someone]))
