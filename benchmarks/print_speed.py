"""How fast print packs are made: envelopes are read, compared with the log, composed, marked, opened again and written.

`BENCH_PRINT_REPORTS` sets another number than 1,000; the limit is 30 s for 2,000 on two cores, and less for fewer.
Counted is what the process worked, on both cores together: others at work on the machine do not count, and on cores
of its own it takes less. Making the envelopes, which is the release's part and slower, is measured beside it.
"""

import os
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import pandas as pd
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, ContactRights, Reach, StudentIdentity
from termpost.schemas.documents.letter import Letter
from termpost.schemas.documents.pack import ChosenEnvelopes
from termpost.schemas.documents.prepared import PreparedSchool, manifest_key
from termpost.schemas.documents.report import Contact, Phrase, Report, School, Student
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.print.envelope import make_envelope
from termpost.tasks.channels.print.print_run import PrintWish, print_packs
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import keep
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.render.pdf import make_pdf
from termpost.tasks.runtime.concurrent import concurrent_map
from termpost.tasks.secrets.identities import READERS

from benchmarks import Measured
from benchmarks.home import make_home

REPORTS = int(os.environ.get("BENCH_PRINT_REPORTS", "1000"))
SECONDS = 30  # for 2,000
CYCLE, EXTRACT, SCHOOL = "2021-fall-final", "e" * 64, "school"
NOW = datetime(2021, 12, 17, 14, tzinfo=UTC)


def packs(scratch: Path) -> Measured:  # noqa: ARG001 - every benchmark gets a folder
    """2,000 reports in half a minute, or as much less time as there are fewer."""
    cost = _cost(REPORTS)
    limit = SECONDS * max(REPORTS, 1000) / 2000
    return Measured(f"print packs of {REPORTS:,} reports", f"{cost['work']:.1f} s", f"{limit:.1f} s",
                    cost["work"] / limit, 1)  # fmt: skip


@cache
def _cost(reports: int) -> dict[str, float]:
    """Seconds: `work` and `wall` for the packs; `envelopes_work` and `envelopes_wall` for making the envelopes."""
    with TemporaryDirectory(prefix="termpost-bench-print-") as folder:
        home = make(Path(folder), reports)
        began, worked = perf_counter(), process_time()
        put_envelopes(home, reports)
        cost = {"envelopes_wall": perf_counter() - began, "envelopes_work": process_time() - worked}
        began, worked = perf_counter(), process_time()
        done = print_packs(home, PrintWish(CYCLE, ChosenEnvelopes(), "postcode"), Path(folder) / "packs", "operator")
        cost |= {"wall": perf_counter() - began, "work": process_time() - worked}
        if sum(pack.envelopes for pack in done.packs) != reports or done.left_out:
            raise RuntimeError("not everything was printed")
    return cost


def make(folder: Path, reports: int) -> Home:
    """A home with so many students, and one parent of each; they live in towns of a hundred."""
    home = make_home(folder, NOW)
    refs = home.people.references([f"{kind}{n}" for n in range(reports) for kind in "sc"])
    home.people.preload(refs.values())
    rows = [row for n in range(reports) for row in _family(home, refs[f"s{n}"], refs[f"c{n}"], n)]
    with open_lake(home.lake) as lake:
        frame = pd.DataFrame(rows, columns=["person_ref", "role_code", "school_id", "identity"])
        lake.register("chunk", frame)
        lake.execute("INSERT INTO lake.core_person SELECT ?, ?, person_ref, role_code, school_id, identity FROM chunk",
                     [EXTRACT, NOW])  # fmt: skip
    prepared = PreparedSchool(cycle=CYCLE, school=SCHOOL, extract_id=EXTRACT, policy="p", cutoff=date(2021, 12, 10),
                              reports=(), holds=())  # fmt: skip
    keep(home, "bench", manifest_key(SCHOOL, CYCLE), prepared.model_dump_json().encode())
    return home


def _family(home: Home, student: PersonRef, parent: PersonRef, n: int) -> list[tuple[str, str, str | None, bytes]]:
    known = StudentIdentity(id=f"s{n}", number=_number(n), given="Ana", family=f"Family{n}",
                            birth_date=date(2008, 5, 1),
                            contacts=(ContactRights(ref=parent, relation="Mother"),))  # fmt: skip
    reach = Reach(student=student, street=f"{n} Elm Street", city="Grand Bend", postal_code=f"{10000 + n // 100}")
    contact = ContactIdentity(id=f"c{n}", given="Eve", family=f"Family{n}", reach=(reach,))
    return [
        (ref, role, SCHOOL if role == "student" else None, home.people.seal(ref, READERS[type(said)].dump_json(said)))
        for ref, role, said in ((student, "student", known), (parent, "contact", contact))
    ]


def put_envelopes(home: Home, reports: int) -> None:
    """Makes and logs an envelope for each parent, as a release does."""
    refs = home.people.references([f"{kind}{n}" for n in range(reports) for kind in "sc"])

    def put(n: int) -> list[Entry]:
        student, parent = refs[f"s{n}"], refs[f"c{n}"]
        envelope = make_envelope(_letter(n), [make_pdf(_report(n), "en")])
        key = f"print/{SCHOOL}/{CYCLE}/{parent}.pdf"
        home.store.put(key, envelope, about=(parent, student))
        about = {"cycle": CYCLE, "recipient": parent, "channel": "print", "object": key}
        sealed = Entry.model_validate({**about, "kind": "sealed", "digest": home.people.digest(parent, envelope)})
        sent = {"kind": "sent", "report": f"r{n}", "version": 1, "student": student, "delivery": f"d{n}"}
        return [sealed, Entry.model_validate({**about, **sent})]

    entries = [e for some in concurrent_map(put, range(reports), at_once=len(os.sched_getaffinity(0))) for e in some]
    home.log.append("bench", entries)


def _letter(n: int) -> Letter:
    return Letter(
        language="en", recipient_name=f"Eve Family{n}", address=(f"{n} Elm Street", f"Grand Bend, {10000 + n // 100}"),
        school=_school(), return_address=("1 School Lane",), cycle_title="Fall", students=(f"Ana Family{n}",),
        link="https://portal.example/a/b", query_until=date(2021, 12, 28),
        ask=Contact(name="the office"),
    )  # fmt: skip


def _report(n: int) -> Report:
    return Report.model_validate({
        "languages": ["en"], "cycle_id": CYCLE, "cycle_title": "Fall", "session_title": "Fall", "kind": "final",
        "cutoff": date(2021, 12, 10), "version": 1, "school": _school(), "courses": (), "attendance": None,
        "student": Student(name=f"Ana Family{n}", number=_number(n)), "scale": (),
        "method": (Phrase(key="method.points"),), "query_until": date(2021, 12, 28), "ask": Contact(name="the office"),
    })  # fmt: skip


def _school() -> School:
    return School(name="Grand Bend High School", institution="Grand Bend ISD")


def _number(n: int) -> str:
    return str(600_000 + n)


if __name__ == "__main__":
    for what, seconds in _cost(REPORTS).items():
        print(f"{what} of {REPORTS:,} reports: {seconds:.1f} s")
