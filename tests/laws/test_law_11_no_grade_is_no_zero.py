"""Law 11, through the flow: no grade is a dash with a word, a real 0 is 0."""

import re

from termpost.tasks.lake.connection import open_lake

from tests.school import FANNIE, KYLE, LISA, Prepared


def text_of(school: Prepared, student: str, version: int) -> str:
    """What the page of a report says, without its markup."""
    (key,) = (
        e.object
        for e in school.entries("report_made")
        if (e.student, e.version) == (school.ref(student), version) and (e.object or "").endswith(".html")
    )
    page = re.sub(r"<(style|script|title)\b.*?</\1>", " ", school.store.get(key or "").decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_student_without_a_mark_has_a_dash_and_one_with_zeros_has_zero(school: Prepared) -> None:
    school.extract.change("results.csv", {"studentSourcedId": KYLE}, scoreStatus="exempt", score="")
    school.extract.change("results.csv", {"studentSourcedId": FANNIE}, scoreStatus="fully graded", score="0")
    (prepared,) = school.prepare(school.extract)
    with open_lake(school.open().lake) as lake:
        rows = lake.execute(
            "SELECT DISTINCT person_ref, current_percent, final_percent, letter FROM lake.out_course_summary "
            "WHERE extract_id = ?",
            [prepared.extract_id],
        ).fetchall()
    summaries = {ref: values for ref, *values in rows if ref != school.ref(LISA)}
    assert summaries == {school.ref(KYLE): [None, None, None], school.ref(FANNIE): [0, 0, "F"]}
    none, zero = text_of(school, KYLE, 2), text_of(school, FANNIE, 2)
    assert "– no grade" in none
    assert "0 %" not in none.replace("100 %", "")
    assert "– no grade" not in zero
    assert re.search(r"(?<![\d.])0(\.00)? ?%", zero)
