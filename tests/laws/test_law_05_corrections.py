"""A corrected mark leads to version 2 for the same people, the change named; the old link says so (laws 5 and 12)."""

import json
from datetime import timedelta

import pytest
from termpost.flows.commands.source_ids import as_typed
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.report import Report
from termpost.schemas.log.entry import EntryKind
from termpost.schemas.log.published_objects import Visible
from termpost.tasks.channels.portal.reopen import is_sealed, reopen_sealed, students_in_sealed
from termpost.tasks.distribute.withdraw import released_in, withdraw
from termpost.tasks.home.kept_objects import put_tagged
from termpost.tasks.home.logged_objects import object_is_as_logged
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.log.verify import verify
from termpost.tasks.papers.prepared import reports_in, schools_of

from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared
from tests.tagged import said

OUT: tuple[EntryKind, ...] = ("released", "planned", "sealed", "sent", "delivered", "superseded", "withdrawn")


def change_marks(school: Prepared, *students: str) -> None:
    for student in students:
        school.extract.change("results.csv", {"studentSourcedId": student}, score="1")


def versions(school: Prepared, kind: EntryKind) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for e in school.entries(kind):
        found.setdefault(e.student or "", set()).add(e.version or 0)
    return {student: found.get(school.ref(student), set()) for student in (LISA, FANNIE, KYLE)}


def pages(school: Prepared, contact: str) -> list[bytes]:
    return [school.store.get(key) for key in school.store.list(f"sealed/{school.ref(contact)}/")]


@pytest.mark.released
def test_only_the_student_who_was_named_gets_a_second_version(school: Prepared) -> None:
    change_marks(school, LISA, KYLE)
    before = len(school.entries(*OUT))
    school.prepare(school.extract, correct=[LISA])
    assert versions(school, "report_made") == {LISA: {1, 2}, FANNIE: {1}, KYLE: {1}}
    assert len(school.entries(*OUT)) == before  # law 3: nothing goes out, and version 1 counts, until it is released
    (made,) = {e.object.rpartition("/")[0] for e in school.entries("report_made") if e.version == 2 and e.object}
    report = Report.model_validate(said(school.store.get(f"{made}/report.json")))
    assert report.correction
    assert report.correction.replaces == 1
    assert report.correction.reason == "mark_corrected"
    assert {change.what for change in report.correction.changes} >= {"final"}


@pytest.mark.soak
@pytest.mark.released
def test_the_papers_show_the_correction_that_waits_and_of_others_what_is_out(school: Prepared) -> None:
    change_marks(school, LISA, KYLE)
    home = school.open()

    def shown() -> dict[str, tuple[int, list[object]]]:
        with open_lake(home.lake) as lake:
            (of_school,) = schools_of(home, lake, CYCLE)
            reports = reports_in(home, lake, of_school, of_school.students)
        return {str(ref): (r.version, [course.final for course in r.courses]) for ref, r in reports.items()}

    before = shown()
    school.prepare(school.extract, correct=[LISA])
    after, lisa = shown(), school.ref(LISA)
    assert (before[lisa][0], after[lisa][0]) == (1, 2)
    assert before.pop(lisa)[1] != after.pop(lisa)[1]
    assert after == before


def test_a_correction_that_waits_reaches_nobody_when_others_are_released(school: Prepared) -> None:
    school.release(hold_back=[school.ref(KYLE)])
    change_marks(school, LISA)
    school.prepare(school.extract, correct=[LISA])
    school.release(only=[KYLE])
    assert versions(school, "delivered") == {LISA: {1}, FANNIE: {1}, KYLE: {1}}
    assert versions(school, "released") == {LISA: {1}, FANNIE: {1}, KYLE: {1}}


@pytest.mark.released
def test_it_goes_to_those_who_had_the_first_and_the_old_links_say_so(school: Prepared) -> None:
    (alone,) = pages(school, FATHER)
    change_marks(school, LISA)
    school.prepare(school.extract, correct=[LISA])
    school.release()
    assert versions(school, "released") == {LISA: {1, 2}, FANNIE: {1}, KYLE: {1}}
    second = [e for e in school.entries("delivered") if e.version == 2]
    assert {e.recipient for e in second} == {school.ref(MOTHER), school.ref(FATHER)}
    assert len(second) == 2
    (old,) = [page for page in pages(school, FATHER) if not is_sealed(page)]
    assert b"This report was replaced" in old
    assert alone not in pages(school, FATHER)
    code = code_of(school.open(), school.ref(MOTHER))
    parts = [part for page in pages(school, MOTHER) for part in reopen_sealed(page, code)]
    assert sum(b"This report was replaced" in part.page for part in parts) == 1
    assert sum(len(part.pdf) > 0 for part in parts) == 2  # her other child's, and the corrected one
    assert students_in_sealed(pages(school, OTHER)[0], code_of(school.open(), school.ref(OTHER))) == {KYLE}
    state = school.state()
    assert (state.counts(0)["released"], state.counts(0)["superseded"]) == (4, 1)
    home = school.open()
    assert verify(home.store, home.keys.log_key.public_key(), home.anchor, full=True,
                  objects=object_is_as_logged(home), patience=0).ok  # fmt: skip
    before = len(school.entries())
    assert school.release() == []
    assert len(school.entries()) == before


@pytest.mark.released
def test_a_report_that_was_taken_back_is_corrected_and_goes_out_again(school: Prepared) -> None:
    """Whoever has another child gets both ways in one release, and neither takes the other's place."""
    withdraw(school.open(), "run", "mlopez", released_in([school.state()], {school.ref(LISA)}), "wrong-mark")
    change_marks(school, LISA)
    school.prepare(school.extract, correct=[LISA])
    school.release()
    assert versions(school, "delivered")[LISA] == {1, 2}
    seen = Visible.fold(school.entries())
    assert {one.version for one in seen.live() if one.student == school.ref(LISA)} == {2}
    assert {one.student for one in seen.live() if one.recipient == school.ref(MOTHER)} == {
        school.ref(LISA), school.ref(FANNIE),
    }  # fmt: skip
    before = len(school.entries())
    assert school.release() == []
    assert len(school.entries()) == before


def test_somebody_who_did_not_have_the_first_is_a_question_for_the_office(school: Prepared) -> None:
    contacts = school.extract.read("supplement/contacts.csv")
    school.extract.write("supplement/contacts.csv", [c for c in contacts if c["contactSourcedId"] != FATHER])
    school.prepare(school.extract)
    school.release()
    school.extract.write("supplement/contacts.csv", contacts)
    change_marks(school, LISA)
    school.prepare(school.extract, correct=[LISA])
    school.release()
    assert {e.recipient for e in school.entries("delivered") if e.version == 2} == {school.ref(MOTHER)}
    assert school.ref(FATHER) in {
        e.recipient for e in school.entries("refused") if e.reason == "had-no-earlier-version"
    }
    assert pages(school, FATHER) == []


@pytest.mark.soak
@pytest.mark.released
def test_a_waiting_correction_follows_the_next_extract_and_rests_on_it(school: Prepared) -> None:
    change_marks(school, LISA)
    school.prepare(school.extract, correct=[LISA])
    school.extract.change("results.csv", {"studentSourcedId": LISA}, score="2")
    school.later(timedelta(hours=1))
    (prepared,) = school.prepare(school.extract)
    assert versions(school, "report_made") == {LISA: {1, 2, 3}, FANNIE: {1}, KYLE: {1}}
    school.release()
    assert versions(school, "released") == {LISA: {1, 3}, FANNIE: {1}, KYLE: {1}}
    with open_lake(school.open().lake) as lake:
        query = "SELECT extract_id FROM lake.out_release WHERE person_ref = ? ORDER BY known_at DESC LIMIT 1"
        rows = lake.execute(query, [school.ref(LISA)]).fetchall()
    assert rows == [(prepared.extract_id,)]


def test_what_is_not_released_needs_no_correction(school: Prepared) -> None:
    with pytest.raises(InputError, match="no released report"):
        school.prepare(school.extract, correct=[LISA])
    assert CYCLE in str(school.state().cycle)


@pytest.mark.soak
@pytest.mark.released
def test_a_report_released_without_a_model_beside_it_cannot_be_corrected(school: Prepared) -> None:
    (made,) = {e.object.rpartition("/")[0] for e in school.entries("report_made")
               if e.student == school.ref(LISA) and e.object}  # fmt: skip
    school.store.delete(f"{made}/report.json")  # as termpost.made/1 left it
    noted = json.dumps(said(school.store.get(f"{made}/made.json")) | {"format": "termpost.made/1"}, sort_keys=True)
    put_tagged(school.open(), f"{made}/made.json", noted.encode())
    change_marks(school, LISA)
    with pytest.raises(InputError) as caught:
        school.prepare(school.extract, correct=[LISA])
    assert (caught.value.code, caught.value.where) == ("no-earlier-model", made)
    school.prepare(school.extract)  # the way out: everybody else goes on
    assert versions(school, "report_made") == {LISA: {1}, FANNIE: {1}, KYLE: {1}}


@pytest.mark.soak
@pytest.mark.released
def test_where_nothing_changed_there_is_no_second_version(school: Prepared) -> None:
    school.prepare(school.extract, correct=[LISA])
    assert versions(school, "report_made") == {LISA: {1}, FANNIE: {1}, KYLE: {1}}
    assert school.release() == []


@pytest.mark.soak
@pytest.mark.released
def test_a_withdrawn_report_goes_out_again_only_as_a_correction(school: Prepared) -> None:
    from termpost.tasks.distribute.withdraw import released_in, withdraw

    withdraw(school.open(), "run", "mlopez", released_in([school.state()], {school.ref(KYLE)}), "wrong-mark")
    change_marks(school, KYLE)
    school.prepare(school.extract, correct=[KYLE])
    school.release()
    (old, new) = sorted(pages(school, OTHER), key=is_sealed)
    assert b"This report was replaced" in old  # and leads on
    assert students_in_sealed(new, code_of(school.open(), school.ref(OTHER))) == {KYLE}


@pytest.mark.released
def test_whom_the_new_extract_no_longer_has_is_not_corrected_and_all_of_them_are_named(school: Prepared) -> None:
    """Lisa has no class any more, Kyle is gone altogether, and Fannie's mark is another."""
    seats = school.extract.read("enrollments.csv")
    school.extract.write("enrollments.csv", [row for row in seats if row["userSourcedId"] not in (LISA, KYLE)])
    for name, column in (("users.csv", "sourcedId"), ("results.csv", "studentSourcedId"),
                         ("supplement/contacts.csv", "studentSourcedId")):  # fmt: skip
        rows = school.extract.read(name)
        school.extract.write(name, [row for row in rows if row[column] != KYLE])
    change_marks(school, FANNIE)
    with pytest.raises(InputError) as caught:
        school.prepare(school.extract, leave=1, correct=[LISA, FANNIE, KYLE])
    assert caught.value.code == "not-in-extract"
    assert str(as_typed(caught.value, {school.ref(who): who for who in (LISA, FANNIE, KYLE)})) == (
        f"{LISA}, {KYLE} are not in this extract with a class of this cycle, nothing was corrected (--correct): "
        "prepare without, and withdraw what must not stay released"
    )
    assert versions(school, "report_made") == {LISA: {1}, FANNIE: {1}, KYLE: {1}}
