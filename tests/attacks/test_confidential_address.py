"""Rights rule 6: a confidential address stands on that contact's own envelope, and nowhere else that anybody reads."""

import json
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from termpost.schemas.base.errors import Refused
from termpost.tasks.channels.portal.reopen import reopen_sealed
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.home.recipient_codes import code_of
from termpost.tasks.rights.recipients import Record

from tests.attacks.test_bar_has_a_basis import CONTACTS, asked, run
from tests.school import CYCLE, FATHER, LISA, MOTHER, Extract, Prepared
from tests.services.smtp_server import SmtpService, authority, smtp_service, use_relay

STREET, TOWN, CODE, MAIL, PHONE = "77 Hidden Hollow", "Quiet Springs", "79977", "hidden@quiet.example", "830-555-0177"
SECRETS = (STREET, TOWN, CODE, MAIL, PHONE)
HERS = {"street": STREET, "city": TOWN, "postalCode": CODE, "email": MAIL, "phone": PHONE}
HIS = {"street": "9 Open Road", "city": "Uvalde", "postalCode": "78801", "email": "dad@open.example"}


def hide(extract: Extract) -> None:
    """The mother of two is hidden; the older of the two, of full age, lives with her and lets both parents read."""
    extract.change(CONTACTS, {"contactSourcedId": MOTHER}, livesWith="true", **HERS)
    extract.change(CONTACTS, {"studentSourcedId": LISA, "contactSourcedId": MOTHER}, addressConfidential="true")
    extract.change(CONTACTS, {"contactSourcedId": FATHER}, livesWith="false", preferredChannel="meeting", **HIS)
    extract.change("demographics.csv", {"sourcedId": LISA}, birthDate="2003-01-01")
    extract.write("supplement/students.csv", [{"studentSourcedId": LISA, "consentToParents": "true"}])


@pytest.fixture
def relay(tmp_path: Path, school: Prepared) -> Iterator[SmtpService]:
    trusted = authority(tmp_path / "authority")
    with smtp_service(trusted.context()) as service:
        use_relay(school.home, trusted, service.port)
        yield service


def told_in(text: str) -> set[str]:
    plain = " ".join(text.split())
    return {secret for secret in SECRETS if secret.lower() in plain.lower()}


def text_of(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix == ".pdf":
        return "\n".join(page.text for page in read_pages(data))
    return data.decode()


def test_it_is_on_her_envelope_and_on_nothing_else(school: Prepared, relay: SmtpService, tmp_path: Path) -> None:
    hide(school.extract)
    school.prepare(school.extract)
    assert asked(school)[LISA, "student"][:2] == ("own-record", True)  # home is hers: the code is handed over
    school.release()
    mother, father, lisa = school.ref(MOTHER), school.ref(FATHER), school.ref(LISA)

    letters = {key: read_pages(school.store.get(key)) for key in school.store.list("print/") if key.endswith(".pdf")}
    hers = [pages for key, pages in letters.items() if mother in key]
    assert [told_in(pages[0].text) for pages in hers] == [{STREET, TOWN, CODE}]
    assert not told_in(" ".join(page.text for pages in hers for page in pages[1:]))
    assert not told_in(" ".join(page.text for key, pages in letters.items() if mother not in key for page in pages))
    assert not [key for key in letters if lisa in key]
    home, pages = school.open(), 0
    for who in (mother, father, lisa):
        for key in school.store.list(f"sealed/{who}/"):
            for part in reopen_sealed(school.store.get(key), code_of(home, who)):
                assert not told_in(part.page.decode() + " ".join(p.text for p in read_pages(part.pdf)))
                pages += 1
    assert pages == 4
    for box, messages in relay.boxes.items():
        for message in (message_from_bytes(one, policy=policy.default) for one in messages):
            assert told_in(message.as_string()) == ({MAIL} if box == MAIL else set())

    out = tmp_path / "out"
    out.mkdir()
    said = [
        run(school, *words) for words in (
            ("recipients", "--cycle", CYCLE), ("recipients", "--cycle", CYCLE, "--json"), ("holds",), ("rights",),
            ("status", "--json"), ("deadlines",), ("deliveries", "--json"), ("log", "export"),
            ("recipients", "--cycle", CYCLE, "--turning-of-age"), ("schedule",),
            ("check", str(school.extract.folder), "--page", str(out / "check.html")),
            ("proof", "--cycle", CYCLE, "--out", str(out / "proof")),
            ("export", "--cycle", CYCLE, "--out", str(out / "export")),
            ("print", "--cycle", CYCLE, "--out", str(out / "packs"), "--sort", "postcode"),
            ("comments", "export", str(out / "comments.csv"), "--cycle", CYCLE),
            ("paper", "class-list", "--cycle", CYCLE, "--out", str(out / "classes.pdf")),
            ("paper", "conference-sheet", "--cycle", CYCLE, "--out", str(out / "sheets.pdf")),
            ("codes", "issue", "--recipient", FATHER, "--out", str(out / "his.pdf")),
            ("codes", "issue", "--recipient", LISA, "--out", str(out / "own.pdf")),
            ("sql", "SELECT * FROM student"),
        )
    ]  # fmt: skip
    assert [one.exception for one in said] == [None] * len(said)
    assert not told_in("".join(one.output for one in said))
    files = {str(path.relative_to(out)): told_in(text_of(path)) for path in out.rglob("*") if path.is_file()}
    assert len(files) > 15
    (pack,) = (name for name, found in files.items() if found)
    assert pack.startswith("packs/pack-")  # her envelope, to be printed
    (page,) = [p for p in read_pages((out / pack).read_bytes()) if told_in(p.text)]
    assert "To be handed over" not in page.text


def test_the_second_reading_stops_a_letter_that_the_plan_should_not_have_addressed(
    school: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(school.extract)
    school.prepare(school.extract)
    monkeypatch.setattr(Record, "keeps_confidential", lambda *_: False)
    with pytest.raises(Refused) as caught:
        school.release()
    assert caught.value.code == "address-confidential"
    assert not [key for key in school.store.list("print/") if school.ref(LISA) in key]


def test_a_comment_that_tells_it_is_no_comment_for_a_report(school: Prepared) -> None:
    hide(school.extract)
    rows = school.extract.read("supplement/comments.csv")
    told = [row for row in rows if row["studentSourcedId"] == LISA][:1]
    for row in told:
        row["comment"] = f"Please write to {MAIL}, or 77 HIDDEN Hollow."
    school.extract.write("supplement/comments.csv", rows)
    found = json.loads(run(school, "check", str(school.extract.folder), "--json").stdout)
    (problem,) = [one for one in found["problems"] if one["rule"] == "comment-tells-address"]
    assert (problem["severity"], problem["column"]) == ("error", None)  # one of the texts of the row
    assert found["held_students"] == [LISA]
