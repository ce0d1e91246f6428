"""Laws 5 and 12: a version never changes; what is released stays as it is until someone asks for a correction."""

import hashlib
from datetime import timedelta

import pytest
from termpost.schemas.documents.stored_objects import versions
from termpost.schemas.log.entry import EntryKind
from termpost.tasks.analysis.history import open_history
from termpost.tasks.analysis.publish import read_current
from termpost.tasks.analysis.query import select
from termpost.tasks.lake.connection import open_lake

from tests.school import CYCLE, FANNIE, KYLE, LISA, OTHER, SCHOOL_ID, Prepared
from tests.tagged import manifest_in


def vault(school: Prepared, *prefixes: str) -> dict[str, str]:
    """sha256 of every object under the prefixes."""
    return {k: hashlib.sha256(school.store.get(k)).hexdigest() for p in prefixes for k in school.store.list(p)}


def reports_of(school: Prepared, student: str) -> set[tuple[int, str]]:
    ref = school.ref(student)
    return {(entry.version or 0, entry.object or "") for entry in school.entries("report_made") if entry.student == ref}


@pytest.mark.released
def test_marks_that_change_after_release_change_nothing(school: Prepared) -> None:
    waited = manifest_in(school.open(), SCHOOL_ID, CYCLE)
    kinds: tuple[EntryKind, ...] = ("report_made", "superseded", "released", "planned", "delivered", "sent")
    before, facts = vault(school, "reports/", "sealed/", "print/"), school.entries(*kinds)
    school.extract.change("results.csv", {"studentSourcedId": LISA}, score="1")
    (prepared,) = school.prepare(school.extract)
    assert school.release() == []
    after = vault(school, "reports/", "sealed/", "print/")
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert len(changed) == 2
    assert all(key.startswith(versions(prepared.manifest)) for key in changed)  # the newer one names the newer extract
    left = manifest_in(school.open(), SCHOOL_ID, CYCLE)
    assert (left.reports, left.holds) == (waited.reports, waited.holds)  # as they went out: what is resent is the same
    assert school.entries(*kinds) == facts


def test_marks_that_change_before_release_make_a_second_version_beside_the_first(school: Prepared) -> None:
    before = vault(school, "reports/")
    first = reports_of(school, LISA)
    school.extract.change("results.csv", {"studentSourcedId": LISA}, score="1")
    (prepared,) = school.prepare(school.extract)
    after = vault(school, "reports/")
    list_of = versions(prepared.manifest)
    assert {key: after[key] for key in before if not key.startswith(list_of)} == {
        key: digest for key, digest in before.items() if not key.startswith(list_of)
    }  # fmt: skip
    assert {version for version, _ in reports_of(school, LISA) - first} == {2}
    assert {version for version, _ in reports_of(school, KYLE)} == {1}  # nobody else's marks changed
    (superseded,) = school.entries("superseded")
    assert (superseded.student, superseded.version, superseded.reason) == (
        school.ref(LISA),
        1,
        "changed-before-release",
    )
    school.release()
    assert {e.version for e in school.entries("released", "planned", "delivered") if e.student == school.ref(LISA)} == {
        2
    }


@pytest.mark.soak
def test_a_student_who_left_after_release_keeps_what_is_out_and_stops_nobody_else(school: Prepared) -> None:
    school.release(hold_back=[school.ref(FANNIE)])
    before = vault(school, "sealed/", "print/")
    school.extract.without(KYLE)
    school.prepare(school.extract, leave=1)
    school.release()
    after = vault(school, "sealed/", "print/")
    assert before.items() < after.items()
    assert {e.student for e in school.entries("delivered")} == {school.ref(student) for student in (LISA, FANNIE, KYLE)}
    assert sum(school.ref(OTHER) in key for key in after) == 2


@pytest.mark.soak
def test_what_analysts_see_of_a_released_student_does_not_move_either_and_of_others_it_does(school: Prepared) -> None:
    def totals() -> dict[str, tuple[bool, int]]:
        with open_history(school.open()) as history:
            rows = select(history, "SELECT student_key, is_released, sum(missing_count) FROM course_grade GROUP BY ALL")
        keys = {school.open().people.name(school.ref(s), "analyst"): s for s in (LISA, KYLE)}
        found: dict[str, tuple[bool, int]] = {}
        for key, released, missing in rows[1]:
            if key in keys:
                assert isinstance(released, bool)
                assert isinstance(missing, int)
                found[keys[str(key)]] = (released, missing)
        return found

    school.release(hold_back=[school.ref(KYLE)])
    before = totals()
    assert [before[LISA][0], before[KYLE][0]] == [True, False]
    school.later(timedelta(days=1))
    for student in (LISA, KYLE):
        school.extract.change("results.csv", {"studentSourcedId": student}, score="", scoreStatus="not submitted")
    school.prepare(school.extract)
    after = totals()
    assert after[LISA] == before[LISA]
    assert after[KYLE][1] > before[KYLE][1]
    current = read_current(school.open())
    assert current
    assert current.as_of == school.as_of  # and the flow has published it
    school.release()
    assert [released for released, _ in totals().values()] == [True, True]
    with open_lake(school.open().lake) as lake:  # each by the extract that their report was made from
        assert lake.execute("SELECT count(DISTINCT extract_id) FROM lake.out_release").fetchall() == [(2,)]
