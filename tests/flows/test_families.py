"""docs/who-gets-what.md: every family gets exactly what its row says, in the log, in the store and on the letter."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import cached_property
from pathlib import Path

import pytest
from click.testing import CliRunner
from termpost.flows.cli import termpost
from termpost.schemas.log.entry import EntryKind, Logged
from termpost.tasks.channels.email.notice_rules import NOTICE_RULES
from termpost.tasks.channels.portal.reopen import reopen_sealed, students_in_sealed
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.home.recipient_codes import code_of

from tests import tagged
from tests.families import Family, district, families
from tests.school import CYCLE, School, new_school
from tests.services.smtp_server import SmtpService, authority, smtp_service, use_relay

FAMILIES = families()
WITHOUT_LETTER = ("address-of-barred", "address-confidential", "no-address")
WAITING = ("held", "no-contact-known")  # of what a release does not ask for


@dataclass
class Told:
    """The released district: what was said before, and what happened."""

    school: School
    relay: SmtpService
    rows: list[dict[str, object]]  # of `recipients --json`
    people: dict[str, str]  # reference → id

    def said(self, family: Family) -> list[dict[str, object]]:
        return [row for row in self.rows if str(row["student"]) in {family.id(s) for s in family.students}]

    def logged(self, family: Family, *kinds: EntryKind) -> list[tuple[str, str, str, str]]:
        """Student, recipient, channel and reason of what the log has on a family."""
        students = {family.id(student) for student in family.students}
        return [
            (self.people[e.student or ""], self.people.get(e.recipient or "", ""), e.channel or "", e.reason or "")
            for e in self.entries
            if e.kind in kinds and self.people.get(e.student or "") in students
        ]

    @cached_property
    def entries(self) -> list[Logged]:
        """The log after the release; no test adds to it."""
        return self.school.entries()

    @cached_property
    def letters(self) -> dict[str, str]:
        """Place in the print area → what stands on the first sheet."""
        store = self.school.store
        return {key: read_pages(store.get(key))[0].text for key in store.list("print/")}

    @cached_property
    def lying(self) -> list[str]:
        """Every key of what is out or waits to go."""
        return [key for prefix in ("print/", "sealed/", "outgoing/") for key in self.school.store.list(prefix)]

    @cached_property
    def plans(self) -> list[tuple[bytes, frozenset[str]]]:
        """The bytes of each plan, and whose parcels are in it."""
        found = map(self.school.store.get, self.school.store.list(f"outgoing/{CYCLE}/plan-"))
        return [(plan, frozenset(parcel["recipient"] for parcel in tagged.said(plan)["parcels"])) for plan in found]


def said_by(school: School, *options: str) -> list[dict[str, object]]:
    said = CliRunner().invoke(
        termpost, ["recipients", "--cycle", CYCLE, "--home", str(school.home), "--as-of", "2021-12-17", *options,
                   "--json"], standalone_mode=False, catch_exceptions=False,
    ).stdout  # fmt: skip
    rows: list[dict[str, object]] = json.loads(said)
    return rows


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    folder: Path = tmp_path_factory.mktemp("families")
    trusted = authority(folder / "authority")
    with smtp_service(trusted.context()) as relay:
        school = new_school(folder / "home")
        use_relay(school.home, trusted, relay.port)
        yield released(school, relay, folder)


def released(school: School, relay: SmtpService, folder: Path) -> Told:
    school.prepare(district(folder / "x", FAMILIES))
    school.prepare(district(folder / "x", FAMILIES, moved=True))
    rows = said_by(school)
    assert not list(school.store.list("sealed/")) + list(school.store.list("print/"))  # it sends nothing
    school.release()
    ids = [f.id(p) for f in FAMILIES for p in (*f.students, *{who for who, *_ in f.contacts})]
    found = school.open().people.find_all(ids)
    return Told(school, relay, rows, {ref: person for person, ref in found.items()})


def of_each_family(check: Callable[[Told, Family], None]) -> Callable[[Told], None]:
    """One test of all rows: what is asked of a row costs less than a test's own round.

    And no other worker makes the district once more.
    """

    def test(told: Told) -> None:
        for family in FAMILIES:
            try:
                check(told, family)
            except AssertionError as error:
                error.add_note(f"of the family {family.name}")
                raise

    return test


def test_the_table_has_at_least_forty_families_and_every_way_to_be_written_to() -> None:
    assert len(FAMILIES) >= 40
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)


@of_each_family
def test_a_family_gets_the_deliveries_of_its_row_and_no_other(told: Told, family: Family) -> None:
    wanted = {
        (family.id(child), family.id(who), channel)
        for who, parcel in family.delivered.items()
        for child in parcel.children
        for channel in parcel.channels | ({"email"} if parcel.notice else set())
    }
    done = told.logged(family, "delivered", "sent")
    assert len(done) == len(wanted)  # nothing twice
    assert {(student, recipient, channel) for student, recipient, channel, _ in done} == wanted
    planned = {(student, recipient, channel) for student, recipient, channel, rule in told.logged(family, "planned")}
    assert planned == wanted
    assert all(rule for *_, rule in told.logged(family, "planned"))


@of_each_family
def test_the_mailboxes_have_one_notice_for_each_that_a_row_promises(told: Told, family: Family) -> None:
    wanted = {family.mailbox(who): [DOOR] for who, parcel in family.delivered.items() if parcel.notice}
    found = {
        box: [link for message in messages for link in links(message)]
        for box, messages in told.relay.boxes.items() if messages and box.endswith(f"@family{family.number}.example")
    }  # fmt: skip
    assert found == wanted


DOOR = "https://portal.grand-bend.example"


def links(message: bytes) -> list[str]:
    """Where a notice leads: to the door, the same for everybody; of every name in the district, it has none."""
    text = message_from_bytes(message, policy=policy.default).get_body(("plain",))
    said = text.get_content() if text else ""
    assert not re.search(r"Family[0-9]+\b|Grown[0-9]+\b", said)
    return re.findall(r"https://portal\.grand-bend\.example\S*", said)


@of_each_family
def test_every_refusal_of_a_row_is_in_the_log_with_its_rule(told: Told, family: Family) -> None:
    wanted = {(family.id(child), family.id(who), rule) for who, child, rule, _ in family.refused if rule not in WAITING}
    assert {(s, r, rule) for s, r, _, rule in told.logged(family, "refused")} == wanted


@of_each_family
def test_what_reaches_nobody_is_held_for_the_office(told: Told, family: Family) -> None:
    held = {(student, rule) for student, _, _, rule in told.logged(family, "held")}
    assert held == {(family.id(student), reason) for student, reason in family.waits.items()}
    nobody = {row["student"] for row in told.said(family) if row["rule"] == "no-recipient"}
    assert nobody == {family.id(student) for student, reason in family.waits.items() if reason == "no-recipient"}


@of_each_family
def test_recipients_says_all_of_it_before_anything_is_sent(told: Told, family: Family) -> None:
    refused, allowed = set(), defaultdict(set)
    for row in told.said(family):
        contact = row["student"] if row["contact"] == "student" else row["contact"]
        if row["allowed"]:
            allowed[contact].add(row["student"])
            parcel = family.delivered[str(contact).partition("-")[2]]
            assert (row["language"], row["envelope"]) == (parcel.language, "10" if "print" in parcel.channels else None)
            assert row["channel"] == ("portal" if "portal" in parcel.channels else "print")
            assert row["letter"] in ((None,) if "print" in parcel.channels else WITHOUT_LETTER)
            assert (row["notice"] == "may-notify") is parcel.notice
        elif row["rule"] != "no-recipient":
            refused.add((contact, row["student"], row["rule"], row["question"]))
    assert allowed == {family.id(who): {family.id(c) for c in p.children} for who, p in family.delivered.items()}
    assert refused == {
        (family.id(who), family.id(child), rule, asks)
        for who, child, rule, asks in family.refused
        if rule not in NOTICE_RULES and not (rule in WITHOUT_LETTER and who in family.delivered)
    }


@of_each_family
def test_the_letter_goes_to_the_house_of_the_row_and_the_page_holds_its_children(told: Told, family: Family) -> None:
    home = told.school.open()
    refs = {person: ref for ref, person in told.people.items()}
    for who in {*family.students, *(name for name, *_ in family.contacts)}:
        ref = refs.get(family.id(who), "nobody")
        letters = [key for key in told.letters if ref in key]
        pages = list(told.school.store.list(f"sealed/{ref}/"))
        parcel = family.delivered.get(who)
        if parcel is None:
            assert letters == pages == []
            continue
        text = ""
        for letter in letters:
            text = " ".join(told.letters[letter].split())
        assert len(letters) == ("print" in parcel.channels)  # one envelope, or none where the letter waits
        own = next((keys.get("home", "1") for name, _, _, keys in family.contacts if name == who), "1")
        house = f"{parcel.home or own or '1'}00"
        street = f"{house} Family{family.number} Street"
        where = house if parcel.language == "ar" else street  # a reader turns the parts of a line round
        assert where in text or not letters
        assert len(pages) == ("portal" in parcel.channels)
        for page in pages:
            code = code_of(home, ref)
            content = told.school.store.get(page)
            assert students_in_sealed(content, code) == {family.student_number(c) for c in parcel.children}
            assert len(reopen_sealed(content, code)) == len(parcel.children)


@of_each_family
def test_nothing_of_a_barred_contact_is_on_any_letter_or_in_the_plan(told: Told, family: Family) -> None:
    barred = {
        (who, keys.get("home", "1"))
        for who, _, child, keys in family.contacts
        for name, about, rule, _ in family.refused
        if (who, child) == (name, about) and rule in ("no-contact", "no-records", "restriction-unclear")
    }
    getting = set(family.delivered)
    refs = {person: ref for ref, person in told.people.items()}
    for who, house in barred - {(w, h) for w, h in barred if w in getting}:
        street, ref = family.street(house), refs[family.id(who)]
        assert not [key for key in told.lying if ref in key]
        for name in getting:
            for text in (text for key, text in told.letters.items() if refs[family.id(name)] in key):
                assert street not in text
                assert f"{who.title()} Grown{family.number}" not in text
        assert told.plans
        for plan, planned in told.plans:
            assert ref not in planned
            assert street.encode() not in plan


def test_a_minor_s_own_copy_by_setting_goes_home_and_never_where_a_barred_contact_lives(told: Told) -> None:
    settings = told.school.home / "termpost.toml"
    before = settings.read_text()
    settings.write_text(before + "\n[rights]\nown_copy_below_age = true\n")
    try:
        rows = said_by(told.school)
    finally:
        settings.write_text(before)
    was = {(row["student"], row["contact"]): (row["allowed"], row["rule"]) for row in told.rows}
    more = {key: found for row in rows if was.get(key := (row["student"], row["contact"])) !=
            (found := (row["allowed"], row["rule"]))}  # fmt: skip
    assert {contact for (_, contact), _ in more.items()} <= {"student", None}
    by_name = {family.name: family for family in FAMILIES}

    def own(name: str) -> object:
        return more[by_name[name].id("ana"), "student"]

    assert own("Both parents at home") == (True, "own-copy")
    assert own("Divorced, two homes") == (True, "own-copy")
    assert own("Order against the father") == (True, "own-copy")  # nobody says with whom ana lives: handed to her
    assert own("Grandmother who raises the child, papers not known") == (True, "own-copy")


def test_who_turns_full_age_within_sixty_days_is_listed(told: Told) -> None:
    by_name = {family.name: family for family in FAMILIES}
    rows = {row["student"]: row for row in said_by(told.school, "--turning-of-age")}
    eve, today = by_name["On the eve of the birthday"].id("ana"), by_name["Adult student at home"].id("ana")
    assert {row["student"]: row["on"] for row in rows.values()} == {eve: "2021-12-18", today: "2021-12-17"}
    assert rows[eve]["parents_keep_right"] is False
