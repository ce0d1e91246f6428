"""One text stops nobody else: it is read as text, put aside, or its own report or parcel waits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from unittest.mock import patch

from termpost.schemas.documents.findings import Findings
from termpost.tasks.channels.portal import channel as portal_channel
from termpost.tasks.channels.portal.seal import SealedReport, seal
from termpost.tasks.render import render
from termpost.tasks.render.pdf import pdf_of
from termpost.tasks.stage.manifests import prepared_of

from tests.school import CYCLE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared

ANOTHERS = "604847 · 2021-fall-final · v1"  # the stamp of Fannie's report
LONG = "Wolfeschlegelsteinhausen" * 900


def served(school: Prepared) -> set[str]:
    return {entry.recipient or "" for entry in school.entries("delivered", "sent")}


def everybody(school: Prepared) -> set[str]:
    return {school.ref(person) for person in (MOTHER, FATHER, OTHER)}


def test_text_that_reads_like_a_stamp_is_text(school: Prepared) -> None:
    comments = school.extract.read("supplement/comments.csv")
    school.extract.write("supplement/comments.csv", [row | {"comment": f"see {ANOTHERS} there"} for row in comments])
    school.extract.change("users.csv", {"sourcedId": LISA}, familyName=ANOTHERS)
    school.extract.change("users.csv", {"sourcedId": OTHER}, familyName=ANOTHERS)
    titles = school.extract.read("lineItems.csv")
    school.extract.write("lineItems.csv", [row | {"title": ANOTHERS} for row in titles])
    school.prepare(school.extract)
    assert not school.entries("held")
    school.release()
    assert served(school) == everybody(school)
    assert not school.entries("failed")


def test_what_is_far_too_long_holds_whose_it_is(school: Prepared) -> None:
    school.extract.change("users.csv", {"sourcedId": LISA}, familyName=LONG)
    school.extract.change("supplement/contacts.csv", {"contactSourcedId": OTHER}, street=LONG)
    (made,) = school.prepare(school.extract)
    home = school.open()
    (prepared,) = prepared_of(home, CYCLE)
    assert {hold.student for hold in prepared.holds} == {school.ref(LISA), school.ref(KYLE)}
    found = Findings.model_validate_json(home.store.get(f"quarantine/{made.extract_id}/findings.json").splitlines()[0])
    told = {(p.rule, p.file, p.column) for p in found.problems if p.rule == "too-long"}
    assert told == {("too-long", "users.csv", "familyName"), ("too-long", "supplement/contacts.csv", "street")}
    school.release()
    assert served(school) == {school.ref(MOTHER)}


def test_a_report_that_a_release_would_refuse_waits_when_it_is_made(school: Prepared) -> None:
    def unstamped(views: Any, dated: date) -> bytes:
        if any(KYLE in view.stamp for view in views):
            views = tuple(view.model_copy(update={"stamp": "illegible"}) for view in views)
        return pdf_of(views, dated)

    school.extract.change("users.csv", {"sourcedId": KYLE}, givenName="Another")
    with patch.object(render, "pdf_of", unstamped):
        school.prepare(school.extract)
    (prepared,) = prepared_of(school.open(), CYCLE)
    assert {(hold.student, hold.reason) for hold in prepared.holds} == {(school.ref(KYLE), "unstamped-page")}
    school.release()
    assert served(school) == everybody(school) - {school.ref(OTHER)}


def test_a_parcel_that_does_not_say_whose_it_is_fails_alone(school: Prepared) -> None:
    def unstamped(parts: Sequence[SealedReport], **about: Any) -> bytes:
        if about["recipient"] == school.ref(OTHER):
            parts = [replace(part, page=part.page.replace(b"termpost-report", b"other")) for part in parts]
        return seal(parts, **about)

    with patch.object(portal_channel, "seal", unstamped):
        school.release()
    assert served(school) == everybody(school) - {school.ref(OTHER)}
    (failed,) = school.entries("failed")
    assert (failed.recipient, failed.channel, failed.reason) == (school.ref(OTHER), "portal", "unstamped-page")
    left = [*school.store.list("sealed/"), *school.store.list("print/"), *school.store.list(f"outgoing/{CYCLE}/")]
    assert not [key for key in left if school.ref(OTHER) in key]
