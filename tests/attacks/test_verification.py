"""Nobody makes a copy pass for genuine by a number: not with another's report, not in the store, not by trying."""

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.documents.report import Report
from termpost.schemas.documents.verification import ALPHABET, BITS, PREFIX, Verification, grouped, verification_key
from termpost.tasks.channels.email import channel as email
from termpost.tasks.channels.email.sealed_pdf import seal_pdf
from termpost.tasks.channels.portal import channel as portal
from termpost.tasks.channels.print import channel as print_
from termpost.tasks.distribute.plan import make_plan
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.render import render
from termpost.tasks.secrets.verification import VerificationKeys
from termpost.tasks.stage.may_leave import approved_bytes

from tests.laws.test_print_packs import printed
from tests.laws.test_taken_back import take_back
from tests.school import CYCLE, FANNIE, KYLE, LISA, Prepared, new_school, small_extract
from tests.snapshots import snapshot, working_copy
from tests.verified import BASE, answered, as_if_real, number_of, offer_numbers, place_of, verified_school


@pytest.fixture
def school(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[Prepared]:
    with working_copy(snapshot(tmp_path_factory, "verified", verified_school), tmp_path) as made:
        yield made


def test_what_is_forged_in_the_store_confirms_nothing(school: Prepared) -> None:
    store, thief = school.store.raw, VerificationKeys(secrets.token_bytes(32))
    lisa, kyle = number_of(school, LISA), number_of(school, KYLE)
    take_back(school, LISA)
    genuine = store.get(place_of(school, KYLE))
    forged = (
        genuine,  # of another report that counts
        thief.stated(lisa, "current"),
        json.dumps(json.loads(store.get(place_of(school, LISA))) | {"state": "current"}).encode(),
        b"current", b"x" * 10**6,
    )  # fmt: skip
    for data in forged:
        store.put(place_of(school, LISA), data)
        assert answered(school, lisa, kyle) == ["ask", "current"]
    invented = thief.number("r", 1)
    store.put(verification_key(invented), thief.stated(invented, "current"))
    assert answered(school, invented) == ["ask"]
    school.release()  # which sees that it does not say what it must
    assert store.get(place_of(school, LISA)) == school.open().verification.stated(lisa, "ask")


def test_who_lists_the_store_has_no_number_to_print(school: Prepared) -> None:
    for key in school.store.list(PREFIX):
        name = key.removeprefix(PREFIX).removesuffix(".json")
        assert answered(school, name[:16], name[-16:]) == ["ask", "ask"]
        assert not any(number_of(school, one).lower() in name for one in (LISA, FANNIE, KYLE))


def test_what_was_taken_back_is_not_told_from_what_never_was(school: Prepared) -> None:
    lisa = number_of(school, LISA)
    assert answered(school, lisa) == ["current"]
    take_back(school, LISA)
    assert answered(school, lisa, number_of(school, KYLE)) == ["ask", "current"]


def test_trying_out_takes_longer_than_there_is_time(school: Prepared) -> None:
    """The portal answers at once to a number that counts, so what keeps one from being found is how many there are."""
    reports, in_a_second, year = 10**6, 10**6, 365 * 86400
    assert len(ALPHABET) ** 16 == 2**BITS
    assert 2**BITS / reports / in_a_second / year > 10**4
    tried = ["".join(secrets.choice(ALPHABET) for _ in range(16)) for _ in range(50)]
    assert set(answered(school, *tried)) == {"ask"}


def swapped(report: Report, version: int, _found: Verification | None) -> Report:
    """As if the number of another report were printed: one and the same on all."""
    other = Verification(number="0" * 16, base_url="https://portal.grand-bend.example")
    return report.model_copy(update={"version": version, "verification": other})


def test_a_report_with_another_s_number_is_held_when_it_is_made_and_refused_before_it_leaves(tmp_path: Path) -> None:
    new = new_school(tmp_path / "home")
    offer_numbers(new.home)
    school = Prepared(new.home, new.phone, extract=small_extract(tmp_path / "extract"))
    with patch.object(render, "_numbered", swapped):
        school.prepare(school.extract)
        assert {entry.reason for entry in school.entries("held")} == {"unstamped-page"}
        assert not school.entries("report_made")
    with patch.object(render, "_numbered", swapped), patch.object(render, "refuse_other_number"):
        school.prepare(school.extract)
    assert school.entries("report_made")
    with as_if_real():
        school.release()
    assert {entry.reason for entry in school.entries("failed")} == {"unstamped-page"}
    with as_if_real(), patch.object(portal, "refuse_other_number"):
        school.release()  # the envelopes are read on their own
    assert not school.entries("delivered", "sent", "verification_set")
    assert not list(school.store.list(PREFIX))
    with as_if_real(), patch.object(portal, "refuse_other_number"), patch.object(print_, "refuse_without_numbers"):
        school.release()
    assert school.entries("delivered", "sent")
    with pytest.raises(Refused) as caught:
        printed(school, tmp_path / "out")
    assert caught.value.code == "number-missing"
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.needs("pdftotext")
def test_a_pack_of_reports_with_their_own_numbers_is_printed(school: Prepared, tmp_path: Path) -> None:
    printed(school, tmp_path / "out")
    text = (tmp_path / "out" / "pack-01.pdf").read_bytes()
    read = " ".join(page.text for page in read_pages(text))
    assert all(grouped(number_of(school, one)) in read for one in (LISA, FANNIE, KYLE))


def test_a_report_is_mailed_with_the_number_that_belongs_to_it(school: Prepared) -> None:
    """The locked file is opened as the recipient will; one of another student, whatever locked it, goes nowhere."""
    toml = school.home / "termpost.toml"
    relay = '[channels.email]\nhost = "smtp"\nport = 25\nsender = "r@grand-bend.example.org"\nattach_pdf = true\n'
    toml.write_text(toml.read_text() + f"\n{relay}")
    home = school.open()
    with open_lake(home.lake) as lake:
        parcels = make_plan(home, lake, CYCLE, frozenset(map(school.ref, (LISA, KYLE)))).parcels
    codes = AccessCodes(home, home.standing())
    mailed = [one for one in parcels if [r.student for r in one.reports] == [school.ref(LISA)]][:1]
    args = (home, CYCLE, mailed, "m@grand-bend.example.org", codes, [f"{BASE}/x/y"])
    assert b"application/pdf" in email.CHANNEL.prepare(*args, rehearsal=False).data
    (other,) = (one.reports[0] for one in parcels if [r.student for r in one.reports] == [school.ref(KYLE)])
    theirs = approved_bytes(home, other, mailed[0].language, "pdf")
    with patch.object(email, "seal_pdf", lambda _, code: seal_pdf(theirs, code)), pytest.raises(InputError) as caught:
        email.CHANNEL.prepare(*args, rehearsal=False)
    assert caught.value.code == "unstamped-page"
