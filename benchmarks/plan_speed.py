"""How fast a release is planned: rights, channels, languages and addresses of a million deliveries.

`BENCH_PLAN_DELIVERIES` sets another number. A student has two contacts, each reached through the portal and by post, so
a student makes four deliveries; every tenth has a barred contact, every fifth contact a child in a second school. The
people are read from the lake and opened; the measured process does nothing else.
"""

import json
import os
import resource
import subprocess
import sys
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import pandas as pd
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.languages import FORMATS, rendition_name
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, ContactRights, Reach, StudentIdentity
from termpost.schemas.documents.prepared import Bytes, PreparedReport, PreparedSchool, manifest_key
from termpost.tasks.distribute.plan import make_plan
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.kept_objects import keep
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.secrets.identities import READERS

from benchmarks import Measured
from benchmarks.home import make_home

DELIVERIES = int(os.environ.get("BENCH_PLAN_DELIVERIES", "1000000"))
EACH = 4  # deliveries a student
SCHOOL = 1000  # students
SECONDS, GIGABYTES = 60, 4.0  # for a million on two cores
CYCLE, EXTRACT = "2021-fall-final", "e" * 64
NOW = datetime(2021, 12, 17, 14, tzinfo=UTC)
CHUNK = 50_000


def seconds(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """A million in a minute, or as much less time as there are fewer."""
    cost = _cost(DELIVERIES)
    limit = SECONDS * max(DELIVERIES, 100_000) / 1_000_000
    return Measured(
        f"plan {cost['deliveries']:,} deliveries", f"{cost['seconds']:.1f} s", f"{limit:.0f} s",
        cost["seconds"] / limit, 1,
    )  # fmt: skip


def memory(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """Of the whole process."""
    cost = _cost(DELIVERIES)
    return Measured(
        f"memory to plan {cost['deliveries']:,} deliveries", f"{cost['gigabytes']:.2f} GB", f"{GIGABYTES:.0f} GB",
        cost["gigabytes"] / GIGABYTES, 1,
    )  # fmt: skip


@cache
def _cost(deliveries: int) -> dict[str, float]:
    with TemporaryDirectory(prefix="termpost-bench-plan-") as folder:
        command = [sys.executable, "-m", "benchmarks.plan_speed", folder, str(deliveries)]
        subprocess.run([*command, "make"], check=True)  # noqa: S603 - our own module
        done = subprocess.run([*command, "measure"], capture_output=True, text=True, check=True)  # noqa: S603
    found: dict[str, float] = json.loads(done.stdout)
    return found


def make(folder: Path, students: int) -> None:
    """A home with so many students whose reports wait, and everybody around them in its lake."""
    home = make_home(folder, NOW)
    refs = home.people.references([f"s{n}" for n in range(students)] + [f"c{n}" for n in range(2 * students)])
    home.people.preload(refs.values())
    with open_lake(home.lake) as lake:
        for start in range(0, students, CHUNK):
            rows = [row for n in range(start, min(start + CHUNK, students)) for row in _family(home, refs, n, students)]
            frame = pd.DataFrame(rows, columns=["person_ref", "role_code", "school_id", "identity"])
            lake.register("chunk", frame)
            lake.execute(
                "INSERT INTO lake.core_person SELECT ?, ?, person_ref, role_code, school_id, identity FROM chunk",
                [EXTRACT, NOW],
            )
    for first in range(0, students, SCHOOL):
        school = f"school-{first // SCHOOL}"
        reports = tuple(_report(school, refs[f"s{n}"]) for n in range(first, min(first + SCHOOL, students)))
        prepared = PreparedSchool(cycle=CYCLE, school=school, extract_id=EXTRACT, policy="p", cutoff=date(2021, 12, 10),
                                  reports=reports, holds=())  # fmt: skip
        keep(home, "bench", manifest_key(school, CYCLE), prepared.model_dump_json().encode())


def _family(home: Home, refs: dict[str, PersonRef], n: int, students: int) -> list[tuple[str, str, str | None, bytes]]:
    student, mother, father = refs[f"s{n}"], refs[f"c{2 * n}"], refs[f"c{2 * n + 1}"]
    other = refs[f"s{(n + SCHOOL) % students}"] if n % 5 == 0 else None
    contacts = [ContactRights(ref=mother, relation="Mother", is_primary=True, lives_with=True),
                ContactRights(ref=father, relation="Father", restriction="no-contact" if n % 10 == 9 else None),
                ]  # fmt: skip
    before = (n - SCHOOL) % students
    if before % 5 == 0 and students > SCHOOL:
        contacts.append(ContactRights(ref=refs[f"c{2 * before}"], relation="Mother"))
    known = StudentIdentity(id=f"s{n}", number=str(n), given="Ana", family=f"F{n}", birth_date=date(2008, 5, 1),
                            contacts=tuple(contacts))  # fmt: skip
    made = [(student, "student", "x", READERS[StudentIdentity].dump_json(known))]
    for ref, house, children in ((mother, 1, (student, other)), (father, 2, (student,))):
        reach = tuple(
            Reach(student=child, street=f"{house}{n} Elm Street", city="Grand Bend", state="TX", postal_code="78834",
                  email=f"{ref}@x.example", language="es" if n % 3 == 0 else None)
            for child in children if child
        )  # fmt: skip
        contact = ContactIdentity(id=ref, given="Eve", family=f"F{n}", reach=reach)
        made.append((ref, "contact", "", READERS[ContactIdentity].dump_json(contact)))
    return [(ref, role, school or None, home.people.seal(PersonRef(ref), said)) for ref, role, school, said in made]


def _report(school: str, student: PersonRef) -> PreparedReport:
    place = f"reports/{school}/{CYCLE}/r{student}/v1"
    renditions = tuple(Bytes(object=f"{place}/{rendition_name(language, kind)}", digest="d" * 64)
                       for language in ("en", "es") for kind in FORMATS)  # fmt: skip
    return PreparedReport(report=f"r{student}", version=1, student=student, own_language="en", renditions=renditions)


def measure(folder: Path) -> dict[str, float]:
    home = open_home(folder, FixedClock(NOW))
    began, worked = perf_counter(), process_time()
    with open_lake(home.lake) as lake:
        plan = make_plan(home, lake, CYCLE, None)
    took, work = perf_counter() - began, process_time() - worked
    deliveries = sum(len(parcel.reports) * len(parcel.channels) for parcel in plan.parcels)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {"deliveries": deliveries, "seconds": took, "cpu_seconds": work, "gigabytes": peak}


if __name__ == "__main__":
    where, number, step = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    if step == "make":
        make(where, number // EACH)
    else:
        print(json.dumps(measure(where)))
