"""What may go on after render: bytes that lie as they were made, and a manifest in which nobody is missing."""

from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.errors import RetryableError
from termpost.schemas.base.refs import SchoolId
from termpost.tasks.stage.read_back import read_back

from tests.tasks.gradebook import SCHOOL, Gradebook, Rooms, new_home

OTHER = SchoolId("255901002")


def holds(
    rooms: Rooms, gradebook: Gradebook, folder: Path, school: SchoolId = SCHOOL
) -> set[tuple[str, str | None, str]]:
    summaries = rooms.summarise(rooms.take_in(gradebook.write(folder)), school=school)
    return named(rooms, summaries)


def named(rooms: Rooms, summaries: Any) -> set[tuple[str, str | None, str]]:
    names: dict[str | None, str] = {rooms.home.people.find(name): name for name in ("s-anna", "s-bela")}
    return {(names[h.student], h.class_id, h.reason) for h in rooms.manifest(summaries).holds}


def row(gradebook: Gradebook, name: str, **key: str) -> dict[str, str]:
    return next(row for row in gradebook.files[name] if key.items() <= row.items())


def test_read_back_passes_what_lies_as_made_and_nothing_else(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    rendered = rooms.render(rooms.summarise(rooms.take_in(gradebook.write(tmp_path / "x"))))
    store = rooms.home.store
    assert read_back(store, rendered).renditions == rendered.renditions
    for rendition in rendered.renditions:
        good = store.get(rendition.object)
        for bad in (good[:-1], good + b" ", bytes([good[0] ^ 1]) + good[1:], b""):
            store.put(rendition.object, bad, about=[rendition.student])
            with pytest.raises(RetryableError, match="as it was made"):
                read_back(store, rendered)
        store.delete(rendition.object)
        with pytest.raises(RetryableError):
            read_back(store, rendered)
        store.put(rendition.object, good, about=[rendition.student])
    assert read_back(store, rendered).renditions == rendered.renditions


def test_the_manifest_lists_every_rendition_by_its_digest(rooms: Rooms, gradebook: Gradebook, tmp_path: Path) -> None:
    summaries = rooms.summarise(rooms.take_in(gradebook.write(tmp_path / "x")))
    rendered = rooms.render(summaries)
    manifest = rooms.manifest(summaries, rendered)
    assert manifest.holds == ()
    assert [r.report for r in manifest.reports] == sorted(
        r.report for r in rendered.renditions if r.object.endswith("pdf")
    )
    listed = {(b.object, b.digest) for r in manifest.reports for b in r.renditions}
    assert listed == {(r.object, r.digest) for r in rendered.renditions}
    text = manifest.model_dump_json()
    assert not [value for value in ("anna", "Anna", "bela", *(r.sha256 for r in rendered.renditions)) if value in text]


def test_without_contacts_every_student_is_held(rooms: Rooms, gradebook: Gradebook, tmp_path: Path) -> None:
    del gradebook.files["supplement/contacts.csv"]
    for person in ("s-anna", "s-bela"):  # agents of the bundle give no right unless settings say so
        row(gradebook, "users.csv", sourcedId=person)["agentSourcedIds"] = f"m-{person}"
    assert holds(rooms, gradebook, tmp_path / "x") == {
        ("s-anna", None, "no-contact-known"),
        ("s-bela", None, "no-contact-known"),
    }


def test_one_student_without_a_contact_is_held_and_nobody_else(
    rooms: Rooms, gradebook: Gradebook, tmp_path: Path
) -> None:
    del gradebook.files["supplement/contacts.csv"][0]
    assert holds(rooms, gradebook, tmp_path / "x") == {("s-anna", None, "no-contact-known")}


def test_with_rights_from_the_bundle_its_parents_are_contacts_enough(gradebook: Gradebook, tmp_path: Path) -> None:
    del gradebook.files["supplement/contacts.csv"]
    row(gradebook, "users.csv", sourcedId="s-anna")["agentSourcedIds"] = "m-s-anna"
    rooms = Rooms(new_home(tmp_path / "home", file='[rights]\nsource = "bundle"\n'))
    assert holds(rooms, gradebook, tmp_path / "x") == {("s-bela", None, "no-contact-known")}


@pytest.mark.parametrize(
    ("name", "key", "cell", "held"),
    [
        ("results.csv", {"studentSourcedId": "s-anna"}, {"score": "nine"}, {("s-anna", "alg", "type-decimal")}),
        ("enrollments.csv", {"userSourcedId": "s-anna"}, {"beginDate": "soon"}, {("s-anna", "alg", "type-date")}),
        ("users.csv", {"sourcedId": "s-anna"}, {"orgSourcedIds": ""}, {("s-anna", None, "required")}),
        ("supplement/contacts.csv", {"studentSourcedId": "s-anna"}, {"isPrimary": "perhaps"},
         {("s-anna", None, "type-boolean"), ("s-anna", None, "no-contact-known")}),
    ],
    ids=["mark", "seat", "student", "contact"],
)  # fmt: skip
def test_whom_a_quarantined_row_touches_is_in_the_manifest_even_where_the_row_took_the_seat_with_it(
    rooms: Rooms,
    gradebook: Gradebook,
    tmp_path: Path,
    name: str,
    key: dict[str, str],
    cell: dict[str, str],
    held: set[Any],
) -> None:
    """Law 2: every due student is prepared or held with a reason."""
    row(gradebook, name, **key).update(cell)
    assert holds(rooms, gradebook, tmp_path / "x") == held


def test_a_hold_stands_with_the_school_it_belongs_to(rooms: Rooms, gradebook: Gradebook, tmp_path: Path) -> None:
    gradebook.school(OTHER)
    gradebook.course("geo", OTHER)
    gradebook.item("map", "geo", "10")
    for person in ("s-anna", "s-bela"):
        row(gradebook, "users.csv", sourcedId=person)["orgSourcedIds"] = f"{SCHOOL},{OTHER}"
        gradebook.enroll(person, "geo", OTHER)
        gradebook.mark("map", person, "7")
    row(gradebook, "results.csv", studentSourcedId="s-anna", lineItemSourcedId="map")["score"] = "x"
    row(gradebook, "enrollments.csv", userSourcedId="s-bela", classSourcedId="geo")["beginDate"] = "x"
    extract_id = rooms.take_in(gradebook.write(tmp_path / "x"))
    north = named(rooms, rooms.summarise(extract_id))
    south = named(rooms, rooms.summarise(extract_id, school=OTHER))
    assert ("s-anna", "geo", "type-decimal") in south
    assert ("s-bela", "geo", "type-date") in south
    assert not [hold for hold in north if hold[1] == "geo"]
