"""Reports of the small gradebooks under tests/data/cases, by each case's own settings, and what a family reads."""

import shutil
from datetime import UTC, date, datetime, time
from pathlib import Path

from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.refs import CycleId, ExtractId, SchoolId, SessionId
from termpost.schemas.documents.report import Report
from termpost.tasks.home.home import Home
from termpost.tasks.home.rehearsal import make_rehearsal
from termpost.tasks.render.pdf import make_pdf
from termpost.tasks.secrets.keys import make_keys

from tests.report_text import read_pdf
from tests.tasks.gradebook import Rooms

CASES = Path(__file__).parent / "data" / "cases" / "grades"
SCHOOL = SchoolId("sch")


class CaseReports:
    """A home of one case."""

    def __init__(self, case: str, folder: Path) -> None:
        self.case, self.home = CASES / case, folder / "home"
        self.home.mkdir(mode=0o700, parents=True)
        for path in (self.case / "home").glob("*.toml"):
            shutil.copy(path, self.home)
        make_keys(self.home / "secrets")
        make_rehearsal(self._opened(date(2025, 12, 18)))
        self.taken_in: dict[str, ExtractId] = {}

    def _opened(self, day: date, **settings: str) -> Home:
        return Home(self.home, FixedClock(datetime.combine(day, time(14), tzinfo=UTC)), settings)

    def reports(self, cycle_id: str, extract: str = "extract", **settings: str) -> dict[str, Report]:
        """Of a cycle of the case's calendar, by the student's number; `settings` as environment variables."""
        plan = self._opened(date(2025, 12, 18)).calendar.cycle(cycle_id)
        rooms = Rooms(self._opened(plan.release, **settings))
        if extract not in self.taken_in:
            self.taken_in[extract] = rooms.take_in(self.case / extract)
        summaries = rooms.summarise(
            self.taken_in[extract], id=CycleId(cycle_id), school=SCHOOL, session=SessionId(str(plan.session)),
            kind=plan.kind, cutoff=plan.cutoff,
        )  # fmt: skip
        return rooms.reports(summaries)

    def texts(self, cycle_id: str, extract: str = "extract", **settings: str) -> dict[str, str]:
        """What the PDFs say, read back."""
        found = self.reports(cycle_id, extract, **settings)
        return {number: read_pdf(make_pdf(report, "en")) for number, report in found.items()}
