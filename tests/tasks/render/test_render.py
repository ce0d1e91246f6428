"""Reports as versions in the store: made once, never changed, the same bytes from the same inputs."""

import hashlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Batch, PersonRef, Rendered, Summaries
from termpost.schemas.documents.identity import StudentIdentity
from termpost.schemas.log.entry import Entry
from termpost.tasks.render.model import reports_of
from termpost.tasks.secrets.identities import open_identities
from termpost.tasks.summarise.summarise import students_of

from tests.tasks.gradebook import CYCLE, NOW, Gradebook, Rooms, new_home, write_csv


def take_in(rooms: Rooms, book: Gradebook, folder: Path) -> Rendered:
    return rooms.render(rooms.summarise(rooms.take_in(book.write(folder))))


def identities(lake: duckdb.DuckDBPyConnection, rooms: Rooms, batch: Batch) -> dict[PersonRef, StudentIdentity]:
    return open_identities(lake, rooms.home.people, batch.summaries.extract_id, StudentIdentity, batch.students)


def files(rooms: Rooms) -> dict[str, tuple[str, int]]:
    """Key → sha256 and inode: a rewrite shows, even of the same bytes."""
    store = rooms.home.store
    return {
        key: (hashlib.sha256(store.get(key)).hexdigest(), Path(store.raw.url(key)).stat().st_ino)
        for key in store.list("reports/")
    }  # fmt: skip


def versions(rooms: Rooms, rendered: Rendered) -> dict[str, set[int]]:
    names = {rooms.home.people.find(name): name for name in ("s-anna", "s-bela")}
    found: dict[str, set[int]] = {}
    for rendition in rendered.renditions:
        found.setdefault(names[rendition.student], set()).add(rendition.version)
    return found


def test_a_version_stays_until_a_mark_changes_and_then_stands_beside_the_new_one(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    first = take_in(rooms, gradebook, tmp_path / "x")
    assert versions(rooms, first) == {"s-anna": {1}, "s-bela": {1}}
    before = files(rooms)
    assert len(before) == 2 * 4  # page, PDF, the model and the note of what was made

    again = rooms.render(rooms.summarise(first.batch.summaries.extract_id))
    assert again.renditions == first.renditions
    assert files(rooms) == before

    gradebook.add("demographics.csv", sourcedId="s-anna", birthDate="2008-01-01")  # another extract, the same report
    assert take_in(rooms, gradebook, tmp_path / "y").renditions == first.renditions
    assert files(rooms) == before

    gradebook.files["results.csv"][0]["score"] = "8"
    changed = take_in(rooms, gradebook, tmp_path / "z")
    assert versions(rooms, changed) == {"s-anna": {2}, "s-bela": {1}}
    after = files(rooms)
    assert {key: after[key] for key in before} == before
    assert len(after) == len(before) + 4
    for rendition in changed.renditions:
        assert f"/v{rendition.version}/" in rendition.object
        assert after[rendition.object][0] == rendition.sha256


def test_a_mark_changed_back_is_a_third_version_not_the_first_again(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    for score, version in (("9", 1), ("8", 2), ("9", 3)):
        gradebook.files["results.csv"][0]["score"] = score
        rendered = take_in(rooms, gradebook, tmp_path / score / str(version))
        assert versions(rooms, rendered)["s-anna"] == {version}


def test_a_run_that_died_between_two_objects_is_finished_with_the_same_bytes(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    first = take_in(rooms, gradebook, tmp_path / "x")
    before = {key: digest for key, (digest, _) in files(rooms).items()}
    for rendition in first.renditions:
        if rendition.object.endswith(".pdf"):
            rooms.home.store.delete(rendition.object)
            rooms.home.store.delete(f"{rendition.object.rpartition('/')[0]}/made.json")
    assert rooms.render(first.batch.summaries).renditions == first.renditions
    assert {key: digest for key, (digest, _) in files(rooms).items()} == before


def test_the_same_inputs_give_the_same_bytes_whatever_the_secrets_and_the_day(
    gradebook: Gradebook, tmp_path: Path
) -> None:
    """Law 7."""
    gradebook.add(
        "users.csv", sourcedId="t-1", orgSourcedIds="255901001", role="teacher", givenName="Tess", enabledUser="true"
    )
    gradebook.add(
        "users.csv", sourcedId="t-2", orgSourcedIds="255901001", role="teacher", givenName="Abe", enabledUser="true"
    )
    for teacher in ("t-1", "t-2"):
        gradebook.enroll(teacher, "alg", role="teacher")
    for number in range(3):  # late work of one day and one title: only the id tells them apart
        gradebook.item(f"twin-{number}", "alg", "10", title="Twin")
        gradebook.mark(f"twin-{number}", "s-anna", str(number), comment="Late")
    folder, found, refs = gradebook.write(tmp_path / "x"), [], []
    for name, now in (("a", NOW), ("b", NOW.replace(year=2022, month=3))):
        rooms = Rooms(new_home(tmp_path / name / "home", now))
        rendered = rooms.render(rooms.summarise(rooms.take_in(folder)))
        found.append(sorted((r.object.rpartition(".")[2], r.sha256) for r in rendered.renditions))
        refs.append({r.student for r in rendered.renditions} | {str(r.report) for r in rendered.renditions})
        data = b"".join(rooms.home.store.get(r.object) for r in rendered.renditions if r.object.endswith("html"))
        assert not any(ref.encode() in data for ref in refs[-1])
        assert data.index(b"Abe") < data.index(b"Tess")
    assert found[0] == found[1]
    assert len(set(found[0])) == 4
    assert not refs[0] & refs[1]


def test_what_the_log_names_a_rendition_by_cannot_be_guessed_from_its_bytes(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    for rendition in take_in(rooms, gradebook, tmp_path / "x").renditions:
        data = rooms.home.store.get(rendition.object)
        assert hashlib.sha256(data).hexdigest() == rendition.sha256 != rendition.digest
        assert rooms.home.people.digest(rendition.student, data) == rendition.digest
        assert len(str(rendition.report)) == 20


def test_the_model_holds_what_the_lake_and_the_key_store_say_and_no_reference(
    grand_bend: tuple[Rooms, Summaries],
) -> None:
    rooms, summaries = grand_bend
    with rooms.lake() as lake:
        batch = Batch(CYCLE, 0, summaries, tuple(students_of(lake, summaries)))
        reports = reports_of(lake, rooms.home, batch, identities(lake, rooms, batch))
    assert len(reports) == 49
    lisa = reports[rooms.home.people.find_all(["604822"])["604822"]]
    assert (lisa.student.name, lisa.student.number, lisa.student.grade_level) == ("Lisa Sybil Woods", "604822", "09")
    assert (lisa.school.name, lisa.session_title, lisa.cutoff) == (
        "Grand Bend High School",
        "2021-2022 Fall Semester",
        CYCLE.cutoff,
    )
    assert lisa.attendance is not None
    assert (lisa.attendance.first, lisa.attendance.last) == (lisa.attendance.first.replace(2021, 8, 23), CYCLE.cutoff)
    for ref, report in reports.items():
        assert ref not in report.model_dump_json()
        assert [c.title for c in report.courses] == sorted(c.title for c in report.courses)
        for course in report.courses:
            assert len([w for w in course.work if w.state == "missing"]) == course.missing
            for percent in (course.current, course.final):
                assert percent is None or (isinstance(percent, Decimal) and Decimal(0) <= percent <= 200)


def test_without_attendance_there_is_none_on_the_report_rather_than_zeros(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    summaries = rooms.summarise(rooms.take_in(gradebook.write(tmp_path / "x")))
    with rooms.lake() as lake:
        batch = Batch(CYCLE, 0, summaries, tuple(students_of(lake, summaries)))
        students = identities(lake, rooms, batch)
        reports = reports_of(lake, rooms.home, batch, students)
        one = reports_of(lake, rooms.home, replace(batch, students=batch.students[:1]), students)
    assert {report.attendance for report in reports.values()} == {None}
    assert list(one) == [batch.students[0]]
    assert one[batch.students[0]] == reports[batch.students[0]]
    grades = {report.student.number: (report.courses[0].final, report.courses[0].letter) for report in reports.values()}
    assert grades == {"s-anna": (Decimal(90), "A"), "s-bela": (Decimal(0), "F")}


def names(rendered: Rendered, rooms: Rooms, student: str) -> list[str]:
    ref = rooms.home.people.find(student)
    return sorted(r.object.rpartition("/")[2] for r in rendered.renditions if r.student == ref)


def take_in_with(rooms: Rooms, book: Gradebook, folder: Path, *languages: str) -> Rendered:
    """The mothers' languages, in the order of the students."""
    book.write(folder)
    rows = [
        {**row, "preferredLanguage": language}
        for row, language in zip(book.files["supplement/contacts.csv"], languages, strict=True)
    ]
    write_csv(folder / "supplement/contacts.csv", list(rows[0]), rows)
    return rooms.render(rooms.summarise(rooms.take_in(folder)))


@pytest.fixture
def two_languages(tmp_path: Path) -> Rooms:
    return Rooms(new_home(tmp_path / "two", TERMPOST_INSTITUTION__LANGUAGES='["en", "es"]'))


def test_a_report_is_made_in_the_school_s_language_and_in_those_of_its_own_contacts(
    two_languages: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    rendered = take_in_with(two_languages, gradebook, tmp_path / "x", "es-MX", "vi")
    both = ["report.en.html", "report.en.pdf", "report.es.html", "report.es.pdf"]
    assert names(rendered, two_languages, "s-anna") == both
    assert names(rendered, two_languages, "s-bela") == both[:2]
    page = next(r.object for r in rendered.renditions if r.object.endswith("report.es.html"))
    assert '<html lang="es"' in two_languages.home.store.get(page).decode()


def test_a_language_that_is_asked_for_later_stands_beside_the_same_version(
    two_languages: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    take_in_with(two_languages, gradebook, tmp_path / "x", "es", "")
    before = files(two_languages)
    later = take_in_with(two_languages, gradebook, tmp_path / "y", "es", "es")
    assert versions(two_languages, later) == {"s-anna": {1}, "s-bela": {1}}
    assert len(names(later, two_languages, "s-bela")) == 4
    made = {key for key in before if key.endswith((".html", ".pdf"))}
    after = files(two_languages)
    assert {key: before[key] for key in made} == {key: after[key] for key in made}


def test_a_school_s_own_template_makes_new_versions_and_cannot_reach_out_of_its_room(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    summaries = take_in(rooms, gradebook, tmp_path / "x").batch.summaries
    own = rooms.home.path / "templates"
    own.mkdir()
    (own / "report.html.j2").write_text('<p>{{ r.student }}</p><meta name="termpost-report" content="{{ r.stamp }}">')
    rendered = rooms.render(summaries)
    assert versions(rooms, rendered) == {"s-anna": {2}, "s-bela": {2}}
    page = next(r.object for r in rendered.renditions if r.object.endswith(".html"))
    assert rooms.home.store.get(page).startswith(b"<p>Given")
    for hostile, said in (
        ("{{ r.__class__.__mro__ }}", "SecurityError"), ("{% for %}", "TemplateSyntaxError"),
        ("{{ r.nothing }}", "UndefinedError"), ("{% include '/etc/passwd' %}", "TemplateNotFound"),
    ):  # fmt: skip
        (own / "report.html.j2").write_text(hostile)
        with pytest.raises(InputError, match=said) as refused:
            rooms.render(summaries)
        assert refused.value.code == "bad-template"


def test_a_new_version_of_a_released_report_says_what_it_corrects(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    first = take_in(rooms, gradebook, tmp_path / "x")
    hers = [r for r in first.renditions if r.student == rooms.home.people.find("s-anna")]
    anna = Entry(kind="released", cycle=CYCLE.id, report=hers[0].report, version=1, student=hers[0].student)
    made = [anna.model_copy(update={"kind": "report_made", "object": r.object, "digest": r.digest}) for r in hers]
    rooms.home.log.append("t", [*made, anna])
    gradebook.files["results.csv"][0]["score"] = "8"
    second = take_in(rooms, gradebook, tmp_path / "y")
    page = next(r for r in second.renditions if r.student == anna.student and r.object.endswith(".html"))
    text = rooms.home.store.get(page.object).decode()
    assert "This report replaces version 1." in text
    assert "Class alg: Grade was 90%, now 80%" in text
    assert rooms.render(second.batch.summaries).renditions == second.renditions
