"""A small school whose records are asked for: two households of one child, one parent barred, an agency whose agreement
is over, a student of full age; their reports are out, and some of them asked something."""

from datetime import UTC, datetime
from pathlib import Path

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.base.shipped import STARTER
from termpost.tasks.feedback.queries import NewQuery, receive

from tests.school import FANNIE, FATHER, KYLE, LISA, MOTHER, SCHOOL_ID, Extract, Prepared, new_school, small_extract

BARRED, AGENCY = "C900001", "C900002"  # a second father of Kyle's whom an order bars; an agency that had Kyle
MOTHERS_WORDS, FATHERS_WORDS = "Why is the quiz of the mother missing?", "What does the father not see?"
FATHERS_HOME, ZEBRA = "77 Zanzibar Lane", "Zebulonia"  # of nobody else


def changed(extract: Extract) -> None:
    """The families of this school."""
    (mother,) = (row for row in extract.read("supplement/contacts.csv")
                 if row["studentSourcedId"] == LISA and row["contactSourcedId"] == MOTHER)  # fmt: skip
    for who, name, cells in (
        (BARRED, "Barnaby", {"relation": "Father", "contactRestrictions": "no-records",
                             "restrictionDocument": "D-7", "restrictionDocumentDate": "2021-01-05"}),
        (AGENCY, "Agneta", {"relation": "Agency", "agreementUntil": "2021-12-01"}),
    ):  # fmt: skip
        extract.add("users.csv", sourcedId=who, enabledUser="true", orgSourcedIds=SCHOOL_ID, role="parent",
                    givenName=name, familyName="Strange")  # fmt: skip
        own = {"street": f"9 {name} Road", "phone": "", "email": f"{name.lower()}@strange.example"}
        extract.add("supplement/contacts.csv", **(
            {**mother, "studentSourcedId": KYLE, "contactSourcedId": who, **own, **cells}
        ))  # fmt: skip
    extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER}, street=FATHERS_HOME)
    extract.change("demographics.csv", {"sourcedId": FANNIE}, birthDate="2003-05-04")
    extract.change("users.csv", {"sourcedId": LISA}, middleName=ZEBRA)


def records_school(folder: Path) -> Prepared:
    """Prepared, released, and asked about by each parent of Lisa."""
    new = new_school(folder / "home")
    school = Prepared(new.home, new.phone, extract=small_extract(folder / "extract"))
    changed(school.extract)
    school.prepare(school.extract)
    school.release()
    home = school.open()
    for who, words in ((MOTHER, MOTHERS_WORDS), (FATHER, FATHERS_WORDS)):
        _, entries = receive(home, NewQuery(
            "question", "phone", words, datetime(2021, 12, 17, 15, tzinfo=UTC), school.ref(LISA),
            PersonRef(school.ref(who)), by="mlopez",
        ))  # fmt: skip
        home.log.append("feedback-add", entries)
    return school


def keep_results_briefly(home: Path) -> None:
    """A page by which marks go after a year, and nothing else of the history sooner than as shipped."""
    text = (STARTER / "retention.toml").read_text().replace(' "core_result",', "")
    line = '\n[[line]]\nname = "marks"\ntables = ["core_result"]\nfor = "1 year"\nfrom = "made"\nthen = "delete"\n'
    (home / "retention.toml").write_text(text + line + 'source = "a test"\n')
