"""Rights rule 6: a bar works at once, and a bar that no paper bears out is a question with a day to be answered by."""

import json
from datetime import timedelta
from typing import Any

from click.testing import CliRunner, Result
from termpost.flows.cli import termpost

from tests.school import CYCLE, FANNIE, FATHER, LISA, MOTHER, Prepared

CONTACTS = "supplement/contacts.csv"
HIM = {"studentSourcedId": LISA, "contactSourcedId": FATHER}
FAR = {"street": "7 Distant Road", "city": "Uvalde", "postalCode": "78801"}
BARRED = (LISA, FATHER)


def run(school: Prepared, *said: str) -> Result:
    day = school.as_of.date().isoformat() if school.as_of else ""
    at_home = ("--home", str(school.home), "--as-of", day)
    return CliRunner().invoke(termpost, [*said, *at_home], standalone_mode=False)


def told(school: Prepared, *said: str) -> Any:
    result = run(school, *said, "--json")
    assert result.exception is None, result.exception
    return json.loads(result.stdout)


def decide(school: Prepared, student: str, contact: str, finding: str, *more: str) -> Result:
    with school.phone.is_the_time():
        return run(school, "rights", "decide", student, contact, "--finding", finding, "--basis", "court-order",
                   "--document", "C-17", *more, "--by", "mlopez", "--otp", school.phone.code())  # fmt: skip


def asked(school: Prepared) -> dict[tuple[str, str | None], tuple[str, bool, str | None]]:
    """(student, contact) → rule, whether it is a question, and by when."""
    rows = told(school, "recipients", "--cycle", CYCLE)
    return {(row["student"], row["contact"]): (row["rule"], row["question"], row["due"]) for row in rows}


def overdue(school: Prepared) -> tuple[int, list[tuple[str, str, int]]]:
    """Exit code of `deadlines` as far as these are concerned; due day, state and count of the office's questions."""
    result = run(school, "deadlines", "--json")
    rows = [row for row in json.loads(result.stdout) if row["what"] == "question for the office"]
    is_late = any(row["state"] == "overdue" for row in rows)
    assert result.return_value or not is_late
    return int(is_late), [(row["due"], row["state"], row["count"]) for row in rows]


def got(school: Prepared, contact: str) -> set[str]:
    ref = school.ref(contact)
    return {str(e.student) for e in school.entries("delivered", "sent") if e.recipient == ref}


def test_a_bar_without_a_paper_bars_and_is_due_in_five_days_until_the_paper_is_there(school: Prepared) -> None:
    school.extract.change(CONTACTS, HIM, contactRestrictions="no-records", **FAR)
    school.prepare(school.extract)  # Friday 2021-12-17, before two holidays
    assert asked(school)[BARRED] == ("no-records", True, "2021-12-28")
    assert overdue(school) == (0, [("2021-12-28", "due", 1)])
    school.release()
    assert got(school, FATHER) == set()
    assert got(school, MOTHER) == {school.ref(LISA), school.ref(FANNIE)}

    school.later(timedelta(days=12))
    school.prepare(school.extract)  # which is no new question
    assert overdue(school) == (1, [("2021-12-28", "overdue", 1)])
    assert len(school.entries("question_asked")) == 1

    assert "--dated" in str(decide(school, LISA, FATHER, "documented").exception)  # a paper has a day
    assert decide(school, LISA, FATHER, "documented", "--dated", "2021-08-30").exception is None
    assert asked(school)[BARRED] == ("no-records", False, None)
    assert overdue(school) == (0, [])

    school.extract.change(CONTACTS, HIM, contactRestrictions="no-contact")  # the paper says something else
    school.later(timedelta(days=7))
    school.prepare(school.extract)
    assert asked(school)[BARRED] == ("no-contact", True, "2022-01-12")
    school.extract.change(CONTACTS, HIM, restrictionDocument="C-18", restrictionDocumentDate="2021-12-20")
    school.prepare(school.extract)
    assert asked(school)[BARRED] == ("no-contact", False, None)
    settled = school.entries("question_settled")
    assert [(e.reason, e.count) for e in settled] == [("no-records", None), ("no-contact", None)]
    assert got(school, FATHER) == set()
