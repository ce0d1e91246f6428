"""Where each student stands among the others: only where the settings ask for it, and only in a group large enough.

Counted is who has no grade still to come: nobody whom the check holds, with an open question, an I or a grade that
rests on too little, and nobody with standards of their own. What is kept is the place and no average.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import duckdb
from termpost.schemas.base.refs import PersonRef, Summaries
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.settings.grading import GradingPolicy
from termpost.schemas.settings.settings import Settings
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.secrets.key_store import PersonKeyStore
from termpost.tasks.summarise.mark_states import INCOMPLETE
from termpost.tasks.summarise.standing.credit_average import Weighed, as_compared, credits_of, mean

KEY = """cycle_id = $cycle_id AND school_id = $school_id AND extract_id = $extract_id AND policy = $policy
  AND cutoff_date = $cutoff"""
OF_GROUP = f"{KEY} AND group_code = $group AND small_cell = $small_cell"
COURSES = f"""
SELECT s.person_ref, s.class_id,
  CASE WHEN $kind IN ('midterm', 'warning') THEN s.current_percent ELSE s.final_percent END AS percent,
  CASE WHEN $kind IN ('midterm', 'warning') THEN s.current_letter ELSE s.letter END AS letter,
  s.is_open OR coalesce(s.weighed_percent < $min_share, false) OR h.person_ref IS NOT NULL AS is_unsettled
FROM lake.out_course_summary AS s
LEFT JOIN (SELECT DISTINCT person_ref FROM lake.core_hold WHERE extract_id = $extract_id) AS h USING (person_ref)
WHERE {KEY} AND s.left_date IS NULL
ORDER BY s.person_ref, s.class_id
"""
INSERT = """
INSERT INTO lake.out_rank
SELECT $cycle_id, $school_id, $extract_id, $policy, $cutoff, $known_at, unnest($people::VARCHAR[]), $group, $small_cell,
  unnest($places::INTEGER[]), unnest($counts::INTEGER[]), unnest($shared::BOOLEAN[])
"""


@dataclass(frozen=True)
class Rank:
    """The place of one student."""

    place: int
    of: int
    is_shared: bool


def keep_ranks(
    lake: duckdb.DuckDBPyConnection, people: PersonKeyStore, summaries: Summaries, policy: GradingPolicy,
    settings: Settings, known_at: datetime,
) -> None:  # fmt: skip
    """Keeps the places where the settings ask for them; those that are there already stay."""
    group, small_cell = settings.report.rank, settings.privacy.small_cell
    if group == "none" or ranks_of(lake, summaries, group, small_cell):
        return
    averages = _averages(lake, summaries, policy, settings.report.min_share)
    known = open_identities(lake, people, summaries.extract_id, StudentIdentity, averages)
    own = {ref: one for ref, one in known.items() if one.verdict is not False}
    groups = defaultdict[str, dict[PersonRef, Fraction]](dict)
    for ref, one in own.items():
        level = one.grade_level if group == "grade_level" else summaries.cycle.school
        if level:
            groups[level][ref] = averages[ref]
    found = [row for members in groups.values() for row in _places(members, small_cell)]
    values = {
        **summaries.key, "known_at": known_at, "group": group, "small_cell": small_cell,
        "people": [ref for ref, _ in found], "places": [rank.place for _, rank in found],
        "counts": [rank.of for _, rank in found], "shared": [rank.is_shared for _, rank in found],
    }  # fmt: skip
    if found:
        with one_transaction(lake):
            lake.execute(INSERT, values)


def ranks_of(
    lake: duckdb.DuckDBPyConnection, summaries: Summaries, group: str, small_cell: int,
    among: Collection[PersonRef] | None = None,
) -> dict[PersonRef, Rank]:  # fmt: skip
    """Student → place, as it was kept under these settings; of some, or of all."""
    query = f"SELECT person_ref, place, ranked_count, is_shared FROM lake.out_rank WHERE {OF_GROUP}"
    values = {**summaries.key, "group": group, "small_cell": small_cell}
    rows = lake.execute(query, values).fetchall()
    return {PersonRef(ref): Rank(*rank) for ref, *rank in rows if among is None or ref in among}


def _averages(
    lake: duckdb.DuckDBPyConnection, summaries: Summaries, policy: GradingPolicy, min_share: int
) -> dict[PersonRef, Fraction]:
    """Of each student who is counted, by what the honour roll goes by: letters, or percentages."""
    values = {**summaries.key, "kind": summaries.cycle.kind, "min_share": min_share}
    weighed, unsettled = defaultdict[PersonRef, list[Weighed]](list), set[PersonRef]()
    value = _value(policy)
    for ref, class_id, percent, letter, is_unsettled in lake.execute(COURSES, values).fetchall():
        if is_unsettled or letter == INCOMPLETE:
            unsettled.add(ref)
        times, worth = credits_of(class_id, policy), value(percent, letter)
        if times and worth is not None:
            weighed[ref].append((times, worth))
    by_letters, found = _by_letters(policy), dict[PersonRef, Fraction]()
    for ref, courses in weighed.items():
        average = mean(courses)
        if average is not None and ref not in unsettled:
            found[ref] = as_compared(average, policy) if by_letters else average
    return found


def _by_letters(policy: GradingPolicy) -> bool:
    return policy.honour_roll.percent is None and policy.gpa.is_on


def _value(policy: GradingPolicy) -> Callable[[object, str | None], Fraction | None]:
    points: Mapping[str, object] = policy.gpa.points

    def of_letter(_percent: object, letter: str | None) -> Fraction | None:
        return Fraction(str(points[letter])) if letter is not None and letter in points else None

    def of_percent(percent: object, _letter: str | None) -> Fraction | None:
        return None if percent is None else Fraction(str(percent))

    return of_letter if _by_letters(policy) else of_percent


def _places(averages: Mapping[PersonRef, Fraction], small_cell: int) -> Iterator[tuple[PersonRef, Rank]]:
    """None of a group that is too small; nor where all have one average, which each would then know of all."""
    times = Counter(averages.values())
    if len(averages) < small_cell or len(times) == 1:
        return
    place, first = 1, dict[Fraction, int]()
    for average in sorted(times, reverse=True):
        first[average] = place
        place += times[average]
    for ref in sorted(averages):
        average = averages[ref]
        yield ref, Rank(first[average], len(averages), times[average] > 1)
