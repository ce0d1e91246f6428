"""A name or title that came damaged: asked once, kept by value, printed as stated (law 2: every hold has a way out)."""

import json

from termpost.schemas.documents.prepared import GARBLED_NAME
from termpost.tasks.home.logged_objects import object_is_as_logged

from tests.laws.test_law_02_ways_out import complaint, held, invoke, page, resolve, title_of
from tests.school import FANNIE, KYLE, LISA, Prepared

ACCENTS = "Jos\u00c3\u00a9"  # José, read as Windows-1252


def named(school: Prepared, student: str, **cells: str) -> None:
    school.extract.change("users.csv", {"sourcedId": student}, **cells)


def test_a_damaged_name_is_asked_once_and_a_stated_one_is_printed_everywhere(school: Prepared) -> None:
    (class_id,) = {row["classSourcedId"] for row in school.extract.read("enrollments.csv")
                   if row["userSourcedId"] == FANNIE} & {"123456780"}  # fmt: skip
    school.extract.change("classes.csv", {"sourcedId": class_id}, title="Alg\u00c3\u00a8bre")
    named(school, LISA, familyName="Null")
    named(school, FANNIE, givenName=ACCENTS)
    school.prepare(school.extract)
    assert held(school) == {(LISA, None, GARBLED_NAME): None, (FANNIE, None, GARBLED_NAME): None}

    # the words may not be damaged themselves, and are about one thing
    assert "damaged itself" in complaint(resolve(school, FANNIE, "--text", ACCENTS))
    assert resolve(school, LISA, "--accept").exit_code == 0
    assert resolve(school, FANNIE, "--text", "-", input="José O'Shea\n").exit_code == 0
    of_class = ["--class", class_id, "--text", "Algèbre", "--by", "mlopez", "--otp", school.phone.code()]
    assert json.loads(invoke(school, "holds", "resolve", *of_class, "--json").stdout)["class"] == class_id
    school.prepare(school.extract)
    assert held(school) == {}
    assert "José O'Shea" in page(school, FANNIE)
    assert "Algèbre" in page(school, FANNIE)
    assert ACCENTS not in page(school, FANNIE)
    assert "Null" in page(school, LISA)
    assert "decided to show" not in page(school, LISA)

    # another extract that says the same asks nothing again; one that says otherwise does
    named(school, KYLE, phone="555 0100 300")
    school.prepare(school.extract)
    assert held(school) == {}
    assert title_of(school, class_id) not in page(school, FANNIE)
    named(school, LISA, familyName="None")
    school.prepare(school.extract)
    assert held(school) == {(LISA, None, GARBLED_NAME): None}

    decided = school.entries("text_decided")
    assert [(e.reason, bool(e.student), e.class_id) for e in decided] == [
        ("accept", True, None), ("text", True, None), ("text", False, class_id)]  # fmt: skip
    assert all(object_is_as_logged(school.open())(entry) for entry in decided)
    log = b"".join(path.read_bytes() for path in sorted((school.home / "vault" / "log").glob("*.ndjson")))
    assert b"Shea" not in log
    assert b"Alg" not in log
