"""History before termpost: a past term is checked, loaded and summarised, and nothing is made of it for anybody.

Plain functions and no flow of Prefect: a person does it once for each term, and a session's id is typed by hand.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Cycle, Extract, ExtractId
from termpost.schemas.documents.findings import Findings
from termpost.schemas.settings.grading import GradingPolicy
from termpost.tasks.analysis.past_term import PastTerm, past_cycles, refuse_unfit, sessions_known
from termpost.tasks.analysis.publish import publish_views
from termpost.tasks.check.landing import check_landing, landed_sources, read_findings, refuse_rejected
from termpost.tasks.check.outcomes import keep_outcome
from termpost.tasks.check.task import terms_until
from termpost.tasks.extract.read_through import pull_past
from termpost.tasks.home.cycle_locks import all_cycles_lock, locked
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import hold_lake, open_lake, suit_lake
from termpost.tasks.load.load import accept_current
from termpost.tasks.load.load_past import as_past, load_past, past_loaded_at
from termpost.tasks.load.reused_ids import extracts_that_count, note_reused_ids
from termpost.tasks.preflight.audit import refuse_unsafe
from termpost.tasks.record.extract_entries import checked_entries, received
from termpost.tasks.summarise.summarise import summarise_cycle

DOUBT = "SELECT count(DISTINCT person_ref) FROM lake.core_hold WHERE extract_id = ?"
REUSED = "SELECT count(*) FROM lake.core_reused_id WHERE extract_id = ?"
SUMMARIES = "SELECT count(*) FROM lake.out_cycle WHERE cycle_id = ?"


@dataclass(frozen=True)
class BackfilledSchool:
    """One school's part of a past term."""

    cycle: Cycle
    students: int  # with a summary


@dataclass(frozen=True)
class Backfilled:
    """What the history now knows of a past term."""

    extract_id: ExtractId
    known_at: datetime  # since when; never the term's own time
    schools: tuple[BackfilledSchool, ...]
    new: int  # schools whose summaries were not there before
    in_doubt: int  # students of the extract of whom rows are in quarantine
    reused_ids: int  # students whose id was somebody else's then


def backfill_history(home: Home, term: PastTerm, uri: str, policy: GradingPolicy | None = None) -> Backfilled:
    """Checks, loads and summarises a past term. No report, manifest, hold that waits or notice comes of it.

    Args:
        policy: by which its grades are computed; None: that of the home.

    Raises:
        InputError: of the extract, the policy, or `unknown-session` and the others of `refuse_unfit`.
        Refused: `not-a-rehearsal`, where a real home is told another day; `unsafe-store`.
    """
    home.refuse_another_day()
    run = f"backfill-{uuid4()}"
    with _alone(home), hold_lake(home.lake):
        refuse_unsafe(home, run)
        extract = pull_past(home, uri)
        home.log.append(run, received(extract))
        terms = terms_until(home, term.cutoff)
        checked = check_landing(home, as_past(extract), terms)  # rows in = accepted + quarantined
        home.log.append(run, checked_entries(checked))
        findings = read_findings(home, checked)
        with open_lake(home.lake) as lake:
            keep_outcome(lake, findings, home.clock.today())
        refuse_rejected(home, checked)
        with open_lake(home.lake) as lake:
            known_at = _load(home, lake, term, extract, findings)
            note_reused_ids(lake, home.people, [checked.extract.id], extracts_that_count(lake), home.clock.today())
        with open_lake(home.lake) as lake:
            done = _summarise(home, lake, term, checked.extract.id, policy or home.policy, known_at)
        publish_views(home)  # for analysts
    return done


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """No flow of a cycle, no migration and no other backfill at the same time."""
    busy = InputError("backfill-busy", "another run reads a past term", "this home",
                      "wait until it has ended, then try again")  # fmt: skip
    with locked(home, "backfill", busy), all_cycles_lock(home):
        yield


def _load(
    home: Home, lake: duckdb.DuckDBPyConnection, term: PastTerm, extract: Extract, findings: Findings
) -> datetime:
    """Since when the lake knows the extract. One that is there stays as it is."""
    past = ExtractId(findings.extract_id)
    known = past_loaded_at(lake, past)
    if known is not None:
        refuse_unfit(lake, term, sessions_known(lake, past), home.today)
        return known
    suit_lake(lake, "lake", findings.accepted)
    accept_current(lake, landed_sources(home, extract, lake), findings)
    refuse_unfit(lake, term, sessions_known(lake, None), home.today)
    load_past(lake, home.people, findings, home.clock.today())
    return home.clock.today()


def _summarise(
    home: Home, lake: duckdb.DuckDBPyConnection, term: PastTerm, past: ExtractId, policy: GradingPolicy,
    known_at: datetime,
) -> Backfilled:  # fmt: skip
    def counted(query: str, value: str) -> int:
        return int(lake.execute(query, [value]).fetchall()[0][0])

    before = counted(SUMMARIES, term.cycle_id)
    schools = []
    for cycle in past_cycles(lake, term, past):
        summaries = summarise_cycle(
            lake, cycle, past, policy, home.clock.today(), is_school_day=home.calendar.is_teaching_day_of(cycle.school),
            attendance=home.settings.attendance, categories=home.settings.report.categories,
        )  # fmt: skip
        schools.append(BackfilledSchool(cycle, summaries.students))
    if not any(school.students for school in schools):
        raise InputError("nothing-summarised", "no student of the extract has a class in the session", "--session",
                         "compare it with the sessions of classes.csv")  # fmt: skip
    return Backfilled(
        past, known_at, tuple(schools), new=counted(SUMMARIES, term.cycle_id) - before, in_doubt=counted(DOUBT, past),
        reused_ids=counted(REUSED, past),
    )  # fmt: skip
