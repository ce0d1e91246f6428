"""What is part of an extract by its name, and what must be there."""

from pathlib import Path, PurePosixPath

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.extract.names import is_part
from termpost.tasks.extract.source import open_source
from termpost.tasks.formats.oneroster.required import REQUIRED, refuse_incomplete

STAMP = "2021-07-01-00-00-00.csv"
PARTS = [
    "users.csv", "My Grades.csv", "supplement/contacts.csv", f"users/{STAMP}", f"sections/{STAMP}",
    f"section=1/assignments/{STAMP}", f"section=1/assignment=2/submissions/{STAMP}",
    f"section=1/section-associations/{STAMP}", f"system-activities/date=2021-07-01/{STAMP}",
]  # fmt: skip
NO_PARTS = [
    "users.txt", "users.CSV", ".csv", "", "supplement/old/contacts.csv", "old/users.csv", f"old/{STAMP}",
    "section=1/assignments/notes.csv", f"section=1/assignment=2/submissions/a/{STAMP}", f"section=/assignments/{STAMP}",
    f"../users/{STAMP}", f"section=1/../{STAMP}", "a\nb.csv",
]  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_a_part(name: str) -> None:
    assert is_part(PurePosixPath(name))


@pytest.mark.parametrize("name", NO_PARTS)
def test_what_is_no_part(name: str) -> None:
    assert not is_part(PurePosixPath(name))


def test_the_toolkits_folders_are_an_extract_with_nothing_required_of_oneroster(tmp_path: Path) -> None:
    for name in PARTS[3:]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("a\n")
    assert [file.name for file in open_source(str(tmp_path))] == sorted(PARTS[3:])


def test_one_csv_file_is_an_extract(tmp_path: Path) -> None:
    (tmp_path / "Grades.CSV").write_text("Student,ID\n")  # mail programs write it so
    (file,) = open_source(str(tmp_path / "Grades.CSV"))
    assert (file.name, file.path) == ("Grades.csv", tmp_path / "Grades.CSV")


def test_a_single_file_of_oneroster_lacks_the_others(tmp_path: Path) -> None:
    (tmp_path / "Users.csv").write_text("sourcedId\n")
    with pytest.raises(InputError, match=r"academicSessions\.csv is missing"):
        open_source(str(tmp_path / "Users.csv"))


def test_nothing_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        open_source(str(tmp_path))
    assert caught.value.code == "no-csv"


@pytest.mark.parametrize("name", REQUIRED)
def test_one_file_of_oneroster_makes_it_a_bundle(name: str) -> None:
    with pytest.raises(InputError) as caught:
        refuse_incomplete({name.upper().replace(".CSV", ".csv")}, "here")
    assert caught.value.code == "missing-file"
