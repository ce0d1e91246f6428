"""The channel meeting: a conference sheet for each student of whom somebody with the right asked for one."""

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.papers.desk import Asked, make_paper

from tests.reading import page_texts
from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared

NAMES = {LISA: "Lisa", FANNIE: "Fannie", KYLE: "Kyle"}


def ask(school: Prepared, contact: str, student: str, **more: str) -> None:
    row = {"contactSourcedId": contact, "studentSourcedId": student}
    school.extract.change("supplement/contacts.csv", row, preferredChannel="meeting", **more)


def sheets(school: Prepared) -> set[str]:
    """Whose sheets are printed."""
    school.prepare(school.extract)
    pages = printed(school, Asked(CYCLE))
    found = {student for student, name in NAMES.items() if name in " ".join(pages)}
    assert len(pages) == sum(len(printed(school, Asked(CYCLE, student=student))) for student in found)
    return found


def printed(school: Prepared, asked: Asked) -> list[str]:
    made = make_paper(school.open(), "conference-sheet", asked)
    pages = page_texts(made)
    return [page for page in pages if page.strip()]  # without blank backs


def test_who_asked_is_met_about_that_child_only(school: Prepared) -> None:
    ask(school, MOTHER, FANNIE)
    ask(school, OTHER, KYLE)
    assert sheets(school) == {FANNIE, KYLE}
    school.release()  # and has the report all the same
    assert list(school.store.list(f"sealed/{school.ref(OTHER)}/"))


@pytest.mark.soak
def test_two_parents_who_ask_need_one_sheet(school: Prepared) -> None:
    ask(school, MOTHER, LISA)
    ask(school, FATHER, LISA)
    assert sheets(school) == {LISA}


@pytest.mark.parametrize("bar", ["no-records", pytest.param("post-only", marks=pytest.mark.soak)])  # as all others
def test_who_is_barred_from_the_report_or_from_meeting_is_not_met(school: Prepared, bar: str) -> None:
    ask(school, OTHER, KYLE)
    ask(school, FATHER, LISA, contactRestrictions=bar)
    assert sheets(school) == {KYLE}


def test_where_nobody_asked_it_says_how_to_name_somebody(school: Prepared) -> None:
    with pytest.raises(InputError, match="--student ID or --class ID") as nobody:
        make_paper(school.open(), "conference-sheet", Asked(CYCLE))
    assert nobody.value.code == "nobody-asked"
