"""Where a hold comes from: the first row by which somebody is held, as the file has it, and how many there are."""

from pathlib import Path

from tests.tasks.gradebook import Gradebook, Rooms, write_csv


def held(gradebook: Gradebook) -> Gradebook:
    """Anna by two rows of marks, Bela by a name that was damaged and by a record that lets nothing leave."""
    for item in ("essay", "test"):
        gradebook.item(item, "alg", "10")
        gradebook.mark(item, "s-bela", "7")
        gradebook.mark(item, "s-anna", "seven")
    for row in gradebook.files["users.csv"]:
        if row["sourcedId"] == "s-bela":
            row["givenName"] = "RenÃ©e"
    gradebook.add("supplement/students.csv", studentSourcedId="s-anna")
    gradebook.add("supplement/students.csv", studentSourcedId="s-bela", recordsHold="true")
    return gradebook


def written(gradebook: Gradebook, folder: Path) -> Path:
    """With a column that the sample district's file has not."""
    gradebook.write(folder)
    write_csv(
        folder / "supplement" / "students.csv", ["studentSourcedId", "recordsHold"],
        gradebook.files["supplement/students.csv"],
    )  # fmt: skip
    return folder


def rows_of(gradebook: Gradebook, file: str, **cells: str) -> list[int]:
    """Numbers of the rows with these cells, counted by hand; the header is none."""
    found = enumerate(gradebook.files[file], start=1)
    return [number for number, row in found if cells.items() <= row.items()]


def test_the_first_row_and_how_many_there_are(rooms: Rooms, gradebook: Gradebook, tmp_path: Path) -> None:
    extract = rooms.check(written(held(gradebook), tmp_path / "extract"))
    findings = rooms.findings(extract)
    marks = rows_of(gradebook, "results.csv", score="seven")
    (name,) = rows_of(gradebook, "users.csv", givenName="RenÃ©e")
    assert [tuple(place) for place in findings.hold_places] == [
        ("s-anna", "alg", "type-decimal", "results.csv", marks[0], 2),
        ("s-bela", None, "garbled-name", "users.csv", name, 1),
        ("s-bela", None, "records-hold", "supplement/students.csv", 2, 1),
    ]
    assert len(marks) == 2
    assert {(one.student, one.class_id, one.reason) for one in findings.holds} == {
        place[:3] for place in findings.hold_places if place.reason != "records-hold"
    }


def test_an_extract_in_which_nobody_is_held_has_none(rooms: Rooms, gradebook: Gradebook, tmp_path: Path) -> None:
    assert rooms.findings(rooms.check(gradebook.write(tmp_path / "extract"))).hold_places == ()
