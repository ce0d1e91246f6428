"""The proof pack: what whoever releases reads, counts and spot-checks, in a folder nobody else can open."""

from dataclasses import dataclass, replace
from pathlib import Path

from termpost.schemas.base.errors import Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.prepared import Hold
from termpost.schemas.log.cycle_state import NO_RECIPIENT, CycleState
from termpost.tasks.documents.spreadsheet import as_csv
from termpost.tasks.documents.stamp import stamped
from termpost.tasks.documents.wording import translator_for
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.papers.prepared import SchoolCycle, schools_of
from termpost.tasks.papers.proof.facts import SchoolFacts, facts_of
from termpost.tasks.papers.proof.grading import GradingLists
from termpost.tasks.papers.proof.hold_places import hold_places_of
from termpost.tasks.papers.proof.list_writer import FILES, RawRow
from termpost.tasks.papers.proof.listing import Lists
from termpost.tasks.papers.proof.paper import Counts, counts_of, make_proof
from termpost.tasks.papers.proof.samples import SAMPLES, Sample, candidates, choose
from termpost.tasks.runtime.private_files import private_folder, write_private

INDEX = ("file", "what", "student", "name", "why")
PAPER = "proof.pdf"


@dataclass(frozen=True)
class ProofPack:
    """What was written."""

    folder: Path
    files: tuple[str, ...]
    counts: Counts
    differences: int


def write_proof(home: Home, cycle_id: str, folder: Path, only: str | None = None) -> ProofPack:
    """Writes the pack of a prepared cycle; files of an earlier one in the same folder are replaced.

    Args:
        only: of this school, one of the cycle's; None: of all.

    Raises:
        InputError: `unknown-cycle`, `not-prepared`, `not-private`, `not-writable`.
        Refused: `bytes-changed`, where a sample does not lie in the store as it was prepared.
    """
    with open_lake(home.lake) as lake:
        state = CycleState.fold(cycle_id, home.log.entries())
        waiting = [_with_unreachable(school, state) for school in schools_of(home, lake, cycle_id)]
        wanted = [school for school in waiting if only in (None, school.prepared.school)]
        schools = [facts_of(home, lake, school) for school in wanted]
    places = hold_places_of(home, [facts.school.prepared.extract_id for facts in schools])
    schools = [replace(facts, hold_places=places[facts.school.prepared.extract_id]) for facts in schools]
    released = frozenset(name for (name, _), report in state.reports.items() if report.released)
    chosen = choose(candidates(schools), cycle_id)
    samples = {f"sample-{number}.pdf": sample for number, sample in enumerate(chosen, start=1)}
    made = {PAPER: make_proof(home.settings, schools, samples, released, home.calendar.country)}
    made |= {file: _copy(home, cycle_id, sample, released) for file, sample in samples.items()}
    made |= _lists(home, schools)
    made["index.csv"] = _index(schools, samples)
    private_folder(folder)
    for number in range(len(samples) + 1, SAMPLES + 1):
        (folder / f"sample-{number}.pdf").unlink(missing_ok=True)  # of a pack that had more
    for file, data in made.items():
        write_private(folder / file, data)
    total = [counts_of(facts, released) for facts in schools]
    counts = total[0]
    for more in total[1:]:
        counts += more
    return ProofPack(folder, tuple(made), counts, sum(len(facts.differences) for facts in schools))


def _with_unreachable(school: SchoolCycle, state: CycleState) -> SchoolCycle:
    """A release that found no recipient holds a student as well; only the log knows of it."""
    lost = sorted(state.without_recipient & {report.student for report in school.prepared.reports})
    holds = (*school.prepared.holds, *(Hold(student=ref, class_id=None, reason=NO_RECIPIENT) for ref in lost))
    return replace(school, prepared=school.prepared.model_copy(update={"holds": holds}))


def _copy(home: Home, cycle_id: str, sample: Sample, released: frozenset[str]) -> bytes:
    """A stamped copy of the very bytes that would be sent, compared with what was prepared."""
    report = sample.candidate.report
    rendition = report.rendition(report.own_language, "pdf")
    pdf = home.store.get(rendition.object)
    if home.people.digest(PersonRef(report.student), pdf) != rendition.digest:
        raise Refused(
            "bytes-changed", f"{rendition.object} is not what was prepared", f"cycle {cycle_id}",
            "find out who changed the store (termpost log verify), then prepare the cycle again",
        )  # fmt: skip
    language = home.settings.institution.languages[0]
    key = "stamp_released" if report.report in released else "stamp"
    cutoff = home.calendar.cycle(cycle_id).cutoff
    return stamped(pdf, translator_for(language).text("proof", key), language, cutoff)


def _lists(home: Home, schools: list[SchoolFacts]) -> dict[str, bytes]:
    """The lists of all schools, whole, for a spreadsheet or a script."""
    translator = translator_for(home.settings.institution.languages[0], home.calendar.country)
    rows: dict[str, list[RawRow]] = {file: [] for file in FILES}
    for facts in schools:
        for told in (*Lists(facts, translator).all(), *GradingLists(facts, translator).all()):
            rows[told.file] += told.raw
    return {file: as_csv(columns, rows[file]) for file, columns in FILES.items()}


def _index(schools: list[SchoolFacts], samples: dict[str, Sample]) -> bytes:
    rows: list[RawRow] = [(PAPER, "proof", "", "", ""), *((file, "list", "", "", "") for file in FILES)]
    people = {ref: person for facts in schools for ref, person in facts.people.items()}
    for file, sample in samples.items():
        person = people[PersonRef(sample.candidate.report.student)]
        rows.append((file, "sample", person.number, person.name, sample.why))
    return as_csv(INDEX, rows)
