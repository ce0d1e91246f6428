"""Law 15 on a made-up district whose files are damaged at random: nobody is overlooked, and no damage is silent."""

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Extract, ExtractId
from termpost.schemas.documents.findings import Findings
from termpost.schemas.documents.identity import StudentIdentity
from termpost.tasks.check.outcomes import keep_outcome
from termpost.tasks.home.home import open_home
from termpost.tasks.load.load import make_newest
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.summarise.open_cycle import open_cycle, schools_of
from termpost.tasks.summarise.summarise import students_of, summarise_cycle

from benchmarks.district import District, write_district
from tests.some_now import some_now
from tests.tasks.check.damages import DAMAGES
from tests.tasks.gradebook import Rooms, new_home, policy

CYCLE = """
[[cycle]]
id = "damaged"
kind = "final"
session = "2025-fall"
cutoff = "2025-12-12"
release = "2025-12-19"
"""
TABLES = ("core_org", "core_academic_session", "core_class", "core_enrollment", "core_category", "core_line_item",
          "core_result", "core_attendance", "core_hold")  # fmt: skip
ROUNDS = 12  # of every kind, in `make soak`: five hundred and more


@dataclass
class MadeDistrict:
    """A clean district in a home, and what the lake has of it."""

    rooms: Rooms
    clean: Path
    students: frozenset[str]  # references
    extract: ExtractId
    facts: frozenset[str] = field(default=frozenset())

    def accounted(self, extract: ExtractId) -> Iterator[str]:
        """Everybody who gets a report, is held or is named with a reason."""
        home = self.rooms.home
        with self.rooms.lake() as lake:
            for cycle in open_cycle(lake, home.calendar.cycle("damaged"), extract, schools_of(lake, extract)):
                made = summarise_cycle(lake, cycle, extract, policy(version="d"), home.clock.today())
                yield from students_of(lake, made)
                prepared = self.rooms.manifest(made)
                yield from (hold.student for hold in prepared.holds)
                yield from (one.student for one in prepared.unreported)

    def loaded(self, extract: ExtractId) -> frozenset[str]:
        """Every fact that the lake has of an extract, people opened."""
        with self.rooms.lake() as lake:
            found = set()
            for table in TABLES:
                query = f"SELECT * EXCLUDE (extract_id, known_at) FROM lake.{table} WHERE extract_id = ?"
                found |= {f"{table} {row}" for row in lake.execute(query, [extract]).fetchall()}
            people = open_identities(lake, self.rooms.home.people, extract, StudentIdentity)
        return frozenset(found | {f"{ref} {person}" for ref, person in people.items()})


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> MadeDistrict:
    folder = tmp_path_factory.mktemp("damaged")
    write_district(District(students=12, seed=5, line_items_per_class=3), folder / "clean")
    home = new_home(folder / "home", datetime(2025, 12, 19, 14, tzinfo=UTC))
    with (home.path / "calendar.toml").open("a") as calendar:
        calendar.write(CYCLE)
    rooms = Rooms(open_home(home.path, home.clock))
    extract = rooms.take_in(folder / "clean")
    with (folder / "clean/users.csv").open(newline="", encoding="utf-8-sig") as source:
        ids = [row["sourcedId"] for row in csv.DictReader(source) if row["role"] == "student"]
    refs = frozenset(str(rooms.home.people.find(one)) for one in ids)
    found = MadeDistrict(rooms, folder / "clean", refs, extract)
    found.facts = found.loaded(extract)
    clean = rooms.land(folder / "clean")
    with rooms.lake() as lake:
        keep_outcome(lake, rooms.findings(clean), home.clock.today())
    assert refs <= set(found.accounted(extract))
    return found


@pytest.mark.parametrize(
    "rounds", [pytest.param(range(1), id="some"), pytest.param(range(1, ROUNDS + 1), id="all", marks=pytest.mark.soak)]
)
@pytest.mark.parametrize("kind", some_now(list(DAMAGES), every=14))
def test_damage_is_told_and_everybody_is_accounted_for(
    kind: str, rounds: range, district: MadeDistrict, tmp_path: Path
) -> None:
    for number in rounds:
        folder = tmp_path / f"damaged-{number}"
        shutil.copytree(district.clean, folder)
        file = DAMAGES[kind](folder, Random(f"{kind} {number}"))  # noqa: S311 - seeded, so that it comes again
        extract, refusal = _checked(district, folder)
        if extract is None:
            assert refusal is not None
            assert refusal.remedy, (kind, number)
            assert Path(file).name in str(refusal), (kind, number, str(refusal))
            continue
        findings = district.rooms.findings(extract)
        told = _told(findings, kind)
        if findings.outcome == "rejected":
            assert Path(file).name in told, (kind, number, file, told)
            continue
        loaded = district.rooms.load(extract)
        with district.rooms.lake() as lake:  # each is compared with the clean one
            make_newest(lake, district.extract, district.rooms.home.clock.today())
        try:
            everybody = set(district.accounted(loaded))
        except InputError as refused:  # the cycle's own session, or the one school, was in a row that was put aside
            assert refused.code in ("unknown-session", "nobody-left"), (kind, number, str(refused))  # noqa: PT017 - one of two answers
            continue
        assert district.students <= everybody, (kind, number, file)
        if Path(file).name not in told:
            lost = sorted(district.facts ^ district.loaded(loaded))
            assert lost == [] or kind == "a student without seats", (kind, number, file, told, lost[:3])


def _checked(district: MadeDistrict, folder: Path) -> tuple[Extract | None, InputError | None]:
    try:
        return district.rooms.check(folder, compared=True), None
    except InputError as refusal:
        return None, refusal


def _told(findings: Findings, kind: str) -> set[str]:
    """The files that something is said of; and each of it says what to do."""
    for problem in findings.problems:
        assert problem.message, kind
        assert problem.remedy, (kind, problem.rule)
    named = {problem.file for problem in findings.problems} | {one.name for one in findings.skipped}
    return {Path(name).name for name in named}
