"""A school for the tests of flows and laws: a home, an extract of the sample district, a registrar with a phone."""

import csv
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pyotp
from prefect import Task
from prefect.logging import disable_run_logger
from pydantic import SecretStr
from termpost.flows import artifacts, progress, runs
from termpost.flows import handle_feedback as feedback_module
from termpost.flows import keep_records as records_module
from termpost.flows import prepare_reports as prepare_module
from termpost.flows import release_reports as release_module
from termpost.flows import watch_deadlines as watch_module
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.refs import Delivered, PersonRef, StaffId
from termpost.schemas.base.refs import Prepared as PreparedCycle
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import EntryKind, Logged
from termpost.tasks.home.encrypted_store import EncryptedStore
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.rehearsal import make_rehearsal
from termpost.tasks.secrets.keys import make_keys
from termpost.tasks.secrets.staff import Role, Staff

EXAMPLES = Path(__file__).parents[1] / "examples"
GRAND_BEND = EXAMPLES / "grand-bend"
CYCLE, SCHOOL_ID = "2021-fall-final", "255901001"
DAY = datetime(2021, 12, 17, 14, tzinfo=UTC)  # the office opens

# three students and three adults: a mother of two, the father of one of hers, another mother
LISA, FANNIE, KYLE = "604822", "604847", "604874"
MOTHER, FATHER, OTHER = "C778167", "C778791", "C779044"


class Extract:
    """A bundle on disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(newline="", encoding="utf-8") as source:
            return list(csv.DictReader(source))

    def write(self, name: str, rows: list[dict[str, str]]) -> None:
        with (self.folder / name).open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, fieldnames=list(dict.fromkeys(key for row in rows for key in row)), restval="")
            writer.writeheader()
            writer.writerows(rows)

    def change(self, name: str, where: dict[str, str], **cells: str) -> None:
        rows = self.read(name)
        found = [row for row in rows if where.items() <= row.items()]
        assert found, where
        for row in found:
            row.update(cells)
        self.write(name, rows)

    def add(self, name: str, **cells: str) -> None:
        self.write(name, [*self.read(name), cells])

    def keep(self, people: Iterable[str]) -> None:
        """Leaves the rows of these students and contacts only, in every file."""
        kept = set(people)
        for name, columns in PERSON_COLUMNS.items():
            self.write(name, [row for row in self.read(name) if all(row[column] in kept for column in columns)])

    def without(self, student: str) -> None:
        """Takes a student out of every file; the contacts stay people of the bundle."""
        self.keep({row["sourcedId"] for row in self.read("users.csv")} - {student})


PERSON_COLUMNS = {
    "users.csv": ("sourcedId",), "demographics.csv": ("sourcedId",), "enrollments.csv": ("userSourcedId",),
    "results.csv": ("studentSourcedId",), "supplement/attendance.csv": ("studentSourcedId",),
    "supplement/comments.csv": ("studentSourcedId",),
    "supplement/contacts.csv": ("studentSourcedId", "contactSourcedId"),
}  # fmt: skip


def whole_extract(folder: Path) -> Extract:
    shutil.copytree(GRAND_BEND, folder, ignore=shutil.ignore_patterns("*.md"))
    return Extract(folder)


def small_extract(folder: Path) -> Extract:
    extract = whole_extract(folder)
    extract.keep({LISA, FANNIE, KYLE, MOTHER, FATHER, OTHER})
    contacts = [row for row in extract.read("supplement/contacts.csv") if row["studentSourcedId"] != FANNIE]
    (hers,) = (row for row in contacts if row["contactSourcedId"] == MOTHER)
    extract.write("supplement/contacts.csv", [*contacts, hers | {"studentSourcedId": FANNIE}])
    extract.change("users.csv", {"sourcedId": FANNIE}, agentSourcedIds=MOTHER)
    return extract


@dataclass
class Phone:
    """The registrar's authenticator, with a clock of its own: every code is one step later than the last."""

    secret: str = ""
    now: datetime = field(default_factory=lambda: datetime(2021, 12, 17, 14, tzinfo=UTC))

    def code(self) -> str:
        self.now += timedelta(seconds=30)
        return pyotp.TOTP(self.secret).at(self.now)

    @contextmanager
    def is_the_time(self) -> Iterator[None]:
        """Codes are about the phone's time; everything else keeps the machine's, which never goes back."""
        prove = Staff.prove

        def at_phone(staff: Staff, id_: str, otp: str, at: datetime, may: frozenset[Role]) -> StaffId:
            return prove(staff, id_, otp, self.now, may)

        with patch.object(Staff, "prove", at_phone):
            yield


def new_home(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    for name in ("termpost.toml", "grading.toml", "calendar.toml"):
        shutil.copy(EXAMPLES / "grand-bend-home" / name, folder)
    make_keys(folder / "secrets")
    make_rehearsal(open_home(folder))
    return folder


@dataclass
class School:
    """A home with a registrar."""

    home: Path
    phone: Phone = field(default_factory=Phone)
    as_of: datetime | None = DAY  # None: by the machine's clock, as a real home

    def register(self, staff: str = "mlopez", role: str = "registrar", teacher_id: str | None = None) -> Phone:
        uri = self.open().staff.add(staff, "Maria Lopez", role, teacher_id=teacher_id)
        return Phone(pyotp.parse_uri(uri).secret, self.phone.now)

    def open(self) -> Home:
        return open_home(self.home, FixedClock(self.as_of) if self.as_of else None)

    def later(self, by: timedelta) -> None:
        """Lets time pass, which nobody can where the machine's clock counts."""
        assert self.as_of
        self.as_of += by

    @property
    def told(self) -> str | None:
        return self.as_of.isoformat() if self.as_of else None

    @property
    def store(self) -> EncryptedStore:
        """As the home uses it; `raw` has what lies there."""
        return self.open().store

    def entries(self, *kinds: EntryKind) -> list[Logged]:
        """Those of some kinds, or everything since the home was made; without the settings that are not as shipped."""
        found = [entry for entry in self.open().log.entries(*kinds) if entry.previous is None]
        return found if kinds else [entry for entry in found if entry.kind != "home_made"]

    def state(self) -> CycleState:
        return CycleState.fold(CYCLE, self.entries())

    def ref(self, source_id: str) -> PersonRef:
        found = self.open().people.find(source_id)
        assert found
        return found

    def prepare(
        self, extract: Extract, prefect: bool = False, leave: int | None = None, correct: Iterable[str] = (),
        cycle: str = CYCLE,
    ) -> list[PreparedCycle]:  # fmt: skip
        """`leave`: how many students are confirmed to have left; `correct`: ids of students with a released report."""
        with nullcontext() if prefect else without_prefect():
            flow = prepare_module.prepare_reports
            run = flow if prefect else flow.fn
            refs: list[str] = [self.ref(student) for student in correct]
            return list(run(cycle, str(extract.folder), str(self.home), self.told, leave, refs))

    def release(
        self, staff: str = "mlopez", code: str | None = None, hold_back: list[str] | None = None, prefect: bool = False,
        only: Iterable[str] = (), early: bool = False, cycle: str = CYCLE, of: str | None = None,
    ) -> list[Delivered]:  # fmt: skip
        """`of`: one school's reports alone."""
        with self.phone.is_the_time(), nullcontext() if prefect else without_prefect():
            flow = release_module.release_reports
            run = flow if prefect else flow.fn
            refs: list[str] = [self.ref(student) for student in only]
            given = SecretStr(self.phone.code() if code is None else code)
            return list(run(cycle, staff, given, hold_back, str(self.home), self.told, refs, early, of))

    def feedback(self) -> None:
        """The scheduled flow, which runs by itself every working day."""
        with without_prefect():
            feedback_module.handle_feedback.fn(str(self.home), self.told)

    def watch(self) -> int:
        """The watch of the day; how much is overdue."""
        with without_prefect():
            return watch_module.watch_deadlines.fn(str(self.home), self.told)

    def keep_records(self, full: bool = False) -> dict[str, int]:
        """The flow of each night; of the first of a month in full. What went by itself, by area."""
        with without_prefect():
            return dict(records_module.keep_records.fn(full, str(self.home), self.told))


@dataclass
class Prepared(School):
    """Reports that wait for release, and the extract they were made from."""

    extract: Extract = field(default_factory=lambda: Extract(Path()))


def new_school(folder: Path) -> School:
    school = School(new_home(folder))
    school.phone = school.register()
    return school


@contextmanager
def without_prefect() -> Iterator[None]:
    """The flows' own bodies and tasks in their own order, called as plain functions: no server, no retries."""
    with disable_run_logger():
        patches = [
            patch.object(module, name, value.fn)
            for module in (prepare_module, release_module, feedback_module, watch_module, records_module)
            for name, value in vars(module).items()
            if isinstance(value, Task)
        ]
        # what the flows show in Prefect's UI is counted, and goes nowhere
        patches += [
            patch.object(module, name, lambda *_, **__: None)
            for module in (artifacts, progress, runs)
            for name in vars(module)
            if name.endswith("_artifact") or name == "emit_event"
        ]
        for one in patches:
            one.start()
        try:
            yield
        finally:
            for one in reversed(patches):
                one.stop()
