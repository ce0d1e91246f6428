"""A gradebook small enough to read, and the rooms it goes through as plain functions, without Prefect."""

import csv
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import finalize

import duckdb
from termpost.schemas.base.clock import FixedClock, SystemClock
from termpost.schemas.base.refs import (
    Batch,
    Cycle,
    CycleId,
    Extract,
    ExtractId,
    Rendered,
    SchoolId,
    SessionId,
    Summaries,
)
from termpost.schemas.documents.findings import Findings
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.documents.prepared import PreparedSchool
from termpost.schemas.documents.report import Report
from termpost.schemas.log.hold_decisions import HoldDecisions
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.extract.land import fingerprint, land
from termpost.tasks.extract.source import open_source
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import get_tagged
from termpost.tasks.home.rehearsal import make_rehearsal
from termpost.tasks.lake.connection import hold_lake, open_lake
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.keys import make_keys

EXAMPLES = Path(__file__).parents[2] / "examples"
GRAND_BEND = EXAMPLES / "grand-bend"
SCHOOL = SchoolId("255901001")  # of Grand Bend
CYCLE = Cycle(CycleId("2021-fall-final"), SCHOOL, SessionId("2021-fall"), "final", date(2021, 12, 10))
NOW = datetime(2021, 12, 17, 14, tzinfo=UTC)

Rows = list[dict[str, str]]


def read_csv(path: Path) -> Rows:
    with path.open(newline="", encoding="utf-8") as source:
        return list(csv.DictReader(source))


def write_csv(path: Path, header: Sequence[str], rows: Rows) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, fieldnames=header, restval="")
        writer.writeheader()
        writer.writerows(rows)


# a rule of a school's own, for contracts/results.odcs.yaml
NO_SEVEN = """apiVersion: v3.1.0
kind: DataContract
schema:
- name: results
  quality:
  - name: own-no-seven
    type: sql
    query: SELECT COUNT(*) FROM results AS r WHERE r.score = 7
    mustBe: 0
    severity: error
    description: nobody here gives a seven
"""


@dataclass
class Gradebook:
    """A OneRoster 1.1 bundle in memory: file name → rows, with the headers of the sample district."""

    files: dict[str, Rows] = field(default_factory=dict)

    def add(self, name: str, /, **cells: str) -> None:
        self.files.setdefault(name, []).append(cells)

    def school(self, org: str = SCHOOL) -> None:
        self.add("orgs.csv", sourcedId=org, name=f"School {org}", type="school")

    def student(self, person: str, org: str = SCHOOL, **cells: str) -> None:
        given = {"givenName": f"Given{person}", "familyName": f"Family{person}", "enabledUser": "true"}
        self.add("users.csv", **{"sourcedId": person, "orgSourcedIds": org, "role": "student", **given, **cells})

    def course(self, class_id: str, org: str = SCHOOL, terms: str = "2021-fall", **cells: str) -> None:
        course = {"courseSourcedId": f"course-{class_id}", "classType": "scheduled", "title": f"Class {class_id}"}
        self.add("courses.csv", sourcedId=f"course-{class_id}", title=f"Course {class_id}", orgSourcedId=org)
        self.add(
            "classes.csv", **{"sourcedId": class_id, "schoolSourcedId": org, "termSourcedIds": terms, **course, **cells}
        )

    def enroll(self, person: str, class_id: str, org: str = SCHOOL, **cells: str) -> None:
        row = {"classSourcedId": class_id, "schoolSourcedId": org, "userSourcedId": person, "role": "student"}
        self.add(
            "enrollments.csv", **{"sourcedId": f"e-{person}-{class_id}", "beginDate": "2021-08-23", **row, **cells}
        )

    def item(self, item: str, class_id: str, possible: str, **cells: str) -> None:
        row = {"classSourcedId": class_id, "resultValueMin": "0", "resultValueMax": possible, "title": f"Item {item}"}
        when = {"assignDate": "2021-09-01", "dueDate": "2021-09-08", "gradingPeriodSourcedId": "six-weeks-1"}
        self.add("lineItems.csv", **{"sourcedId": item, "categorySourcedId": "assignment", **row, **when, **cells})

    def mark(self, item: str, person: str, score: str, **cells: str) -> None:
        row = {"lineItemSourcedId": item, "studentSourcedId": person, "score": score}
        given = {"scoreStatus": "fully graded", "scoreDate": "2021-09-10"}
        self.add("results.csv", **{"sourcedId": f"r-{item}-{person}", **row, **given, **cells})

    def write(self, folder: Path) -> Path:
        """The bundle as files; sessions and category are those of the sample district unless given."""
        shutil.rmtree(folder, ignore_errors=True)
        for path in [*GRAND_BEND.glob("*.csv"), *GRAND_BEND.glob("supplement/*.csv")]:
            name = path.relative_to(GRAND_BEND).as_posix()
            if name in self.files:
                header = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
                write_csv(folder / name, header, self.files[name])
            elif name in ("academicSessions.csv", "categories.csv"):
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, folder / name)
        return folder


def copy_of_grand_bend(folder: Path) -> Path:
    shutil.copytree(GRAND_BEND, folder, ignore=shutil.ignore_patterns("*.md"))
    return folder


def new_home(folder: Path, now: datetime = NOW, *, real: bool = False, file: str = "", **settings: str) -> Home:
    """The sample district's home with fresh secrets, a rehearsal as of `now`; `settings` as environment variables,
    `file` as more lines of termpost.toml."""
    folder.mkdir(mode=0o700, parents=True)
    for name in ("termpost.toml", "grading.toml", "calendar.toml"):
        shutil.copy(EXAMPLES / "grand-bend-home" / name, folder)
    (folder / "termpost.toml").write_text((folder / "termpost.toml").read_text() + file)
    make_keys(folder / "secrets")
    if real:
        return Home(folder, SystemClock(), settings)
    home = Home(folder, FixedClock(now), settings)
    make_rehearsal(home)
    return home


def policy(**rules: Any) -> GradingPolicy:
    return GradingPolicy.model_validate(
        {"version": "t", "aggregate": "points", "scale": {"A": "90", "F": "0"}, **rules}
    )


@cache
def _empty_lake() -> Home:
    """A home into which nothing was loaded: its tables take longer to make than to copy."""
    folder = TemporaryDirectory(prefix="empty-lake-")
    home = new_home(Path(folder.name) / "home")
    finalize(home, folder.cleanup)
    with open_lake(home.lake):
        return home


def _give_lake(home: Home) -> None:
    empty, mine = _empty_lake().lake, home.lake
    shutil.copytree(empty.data, mine.data, dirs_exist_ok=True)
    mine.catalogue.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copy(empty.catalogue, mine.catalogue)


@dataclass
class Rooms:
    """A home, and what the stages do in it. Its lake is opened once, as in a flow, and held while the rooms are."""

    home: Home
    is_held: bool = False

    def land(self, source: Path) -> Extract:
        files = open_source(str(source))
        return land(self.home.store, self.home.tags, files, fingerprint(files), self.home.settings.privacy.drop_columns)

    def check(self, source: Path, *, compared: bool = False) -> Extract:
        """`compared`: with the extract loaded last."""
        from termpost.tasks.check.contracts.check_parameters import CheckParameters
        from termpost.tasks.check.landing import check_landing  # Great Expectations is slow to import
        from termpost.tasks.check.last_extract import last_extract_of

        extract = self.land(source)
        last = last_extract_of(self.home, extract.id) if compared else None
        check_landing(self.home, extract, CheckParameters(self.home.policy.max_percent, last=last))
        return extract

    def findings(self, extract: Extract) -> Findings:
        """Of the last check."""
        from termpost.schemas.documents.findings import findings_key

        return Findings.model_validate_json(get_tagged(self.home, findings_key(extract.id)))

    def load(self, extract: Extract, guard: Any = None) -> ExtractId:
        from termpost.tasks.check.landing import landed_sources
        from termpost.tasks.load.load import load_extract

        with self.lake() as lake:
            load_extract(
                lake, self.home.people, landed_sources(self.home, extract, lake), self.findings(extract),
                self.home.clock.today(), self.home.settings.rights.source, guard,
            )  # fmt: skip
        return extract.id

    def take_in(self, source: Path) -> ExtractId:
        return self.load(self.check(source))

    @contextmanager
    def lake(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self.is_held:
            if not self.home.lake.catalogue.exists():
                _give_lake(self.home)
            held = ExitStack()
            held.enter_context(hold_lake(self.home.lake))
            finalize(self, held.close)
            self.is_held = True
        with open_lake(self.home.lake) as lake:
            yield lake

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with self.lake() as lake:
            return lake.execute(query, list(values)).fetchall()

    def tables(self) -> list[str]:
        names = self.rows("SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake' ORDER BY 1")
        return [name for (name,) in names if name != "lake_format"]

    def counts(self) -> dict[str, int]:
        with self.lake() as lake:
            return {t: lake.execute(f"SELECT count(*) FROM lake.{t}").fetchall()[0][0] for t in self.tables()}

    def summarise(self, extract_id: ExtractId, rules: GradingPolicy | None = None, **cycle: Any) -> Summaries:
        from termpost.tasks.summarise.summarise import summarise_cycle

        with self.lake() as lake:
            return summarise_cycle(
                lake, replace(CYCLE, **cycle), extract_id, rules or self.home.policy, self.home.clock.today(),
                categories=self.home.settings.report.categories,
            )  # fmt: skip

    def course(self, summaries: Summaries, person: str, class_id: str) -> dict[str, Any] | None:
        """One row of out_course_summary as a dict; None where there is none."""
        with self.lake() as lake:
            found = lake.execute(
                "SELECT * FROM lake.out_course_summary WHERE person_ref = ? AND class_id = ? AND policy = ?"
                " AND extract_id = ? AND cutoff_date = ? AND school_id = ?",
                [self.home.people.find(person), class_id, summaries.policy, summaries.extract_id,
                 summaries.cycle.cutoff, summaries.cycle.school],
            )  # fmt: skip
            names = [column[0] for column in found.description]
            rows = found.fetchall()
        assert len(rows) <= 1
        return dict(zip(names, rows[0], strict=True)) if rows else None

    def render(self, summaries: Summaries) -> Rendered:
        from termpost.tasks.render.render import render_batch
        from termpost.tasks.summarise.summarise import students_of

        with self.lake() as lake:
            batch = Batch(summaries.cycle, 0, summaries, tuple(students_of(lake, summaries)))
            return render_batch(self.home, lake, batch)

    def reports(self, summaries: Summaries) -> dict[str, Report]:
        """The report of each student, by the number on it."""
        from termpost.tasks.render.model import reports_of
        from termpost.tasks.summarise.summarise import students_of

        with self.lake() as lake:
            batch = Batch(summaries.cycle, 0, summaries, tuple(students_of(lake, summaries)))
            people = open_identities(lake, self.home.people, summaries.extract_id, StudentIdentity, batch.students)
            return {report.student.number: report for report in reports_of(lake, self.home, batch, people).values()}

    def manifest(self, summaries: Summaries, rendered: Rendered | None = None) -> PreparedSchool:
        from termpost.tasks.stage.hold import manifest
        from termpost.tasks.stage.read_back import read_back

        staged = [read_back(self.home.store, rendered)] if rendered else []
        with self.lake() as lake:
            return manifest(
                lake,
                self.home,
                summaries,
                staged,
                frozenset(),
                HoldDecisions.fold(summaries.cycle.id, self.home.log.entries()),
            )
