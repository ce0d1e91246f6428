"""Packs as the office prints them: every envelope in one, marks that stay, nothing that was taken back."""

import stat
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.documents.pack import ChosenEnvelopes, chosen
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.print.compose import STRIP
from termpost.tasks.channels.print.pack_registry import PackRegistry
from termpost.tasks.channels.print.print_run import Printed, PrintWish, print_packs
from termpost.tasks.channels.print.record import record
from termpost.tasks.distribute.withdraw import released_in, withdraw
from termpost.tasks.documents.pdf_text import read_pages

from tests.pack_manifests import rows
from tests.school import CYCLE, FATHER, KYLE, LISA, OTHER, Prepared

pytestmark = pytest.mark.needs("pdftotext")
ALL = ChosenEnvelopes()


def printed(school: Prepared, folder: Path, which: ChosenEnvelopes = ALL, **wish: object) -> Printed:
    return print_packs(school.open(), PrintWish(CYCLE, which, **wish), folder, "operator")  # type: ignore[arg-type]


def of(school: Prepared, contact: str) -> str:
    """The delivery-independent place of a contact's envelope in the print area."""
    (key,) = (k for k in school.store.list("print/") if school.ref(contact) in k)
    return key


def take_back(school: Prepared, student: str) -> None:
    home, ref = school.open(), school.ref(student)
    withdraw(home, "withdraw", "mlopez", released_in([school.state()], {ref}), "wrong-mark")


@pytest.mark.released
def test_every_recipient_is_in_one_pack_and_the_log_knows_of_it_first(school: Prepared, tmp_path: Path) -> None:
    done = printed(school, tmp_path / "out")
    listed = rows(tmp_path / "out")
    assert {mark: row["students"] for mark, row in listed.items()} == {
        "01-0001": "Kyle Hughes", "01-0002": "Fannie Medina; Lisa Sybil Woods", "01-0003": "Lisa Sybil Woods",
    }  # fmt: skip
    assert [(p.envelopes, p.sheets) for p in done.packs] == [(3, sum(int(row["sheets"]) for row in listed.values()))]
    assert done.left_out == {}
    (said,) = school.entries("exported")
    assert (said.channel, said.count, said.reason, said.cycle) == ("print", 3, "print-pack", CYCLE)
    assert said.object in set(school.store.list("print/"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700


@pytest.mark.released
def test_a_pack_that_cannot_be_logged_is_not_written(school: Prepared, tmp_path: Path) -> None:
    with patch("termpost.tasks.log.log.Log.append", side_effect=OSError), pytest.raises(OSError):  # noqa: PT011 - ours
        printed(school, tmp_path / "out")
    assert list(tmp_path.glob("out/*")) == []


@pytest.mark.released
def test_printed_again_marks_and_bytes_are_the_same_and_a_range_is_the_same_pages(
    school: Prepared, tmp_path: Path
) -> None:
    for folder in ("one", "two", "one"):
        printed(school, tmp_path / folder)
    files = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()} == files
    for which in (chosen(None, "0002-0003", None), chosen("01", "0002-0003", None)):
        printed(school, tmp_path / "jam", which)
        again = read_pages((tmp_path / "jam" / "pack-01_0002-0003.pdf").read_bytes(), STRIP)
        assert again == read_pages(files["pack-01.pdf"], STRIP)[-len(again) :]
        assert again[0].foot.startswith("01-0002")
    assert set(rows(tmp_path / "jam")) == {"01-0002", "01-0003"}
    assert [e.reason for e in school.entries("exported")] == ["print-pack"] * 3 + ["print-range"] * 2


@pytest.mark.soak
def test_what_is_released_later_gets_marks_of_its_own(school: Prepared, tmp_path: Path) -> None:
    school.release(hold_back=[school.ref(KYLE)])
    printed(school, tmp_path / "one")
    assert set(rows(tmp_path / "one")) == {"01-0001", "01-0002"}
    school.release()
    printed(school, tmp_path / "two")
    assert {mark: row["students"] for mark, row in rows(tmp_path / "two").items()} == {
        "01-0001": "Fannie Medina; Lisa Sybil Woods", "01-0002": "Lisa Sybil Woods", "02-0003": "Kyle Hughes",
    }  # fmt: skip


@pytest.mark.released
def test_what_was_taken_back_is_left_out_and_the_other_marks_stay(school: Prepared, tmp_path: Path) -> None:
    printed(school, tmp_path / "one")
    take_back(school, LISA)
    assert printed(school, tmp_path / "two").left_out == {"01-0002": "withdrawn", "01-0003": "withdrawn"}
    assert set(rows(tmp_path / "two")) == {"01-0001"}
    school.release()  # the sister's report, alone
    printed(school, tmp_path / "three")
    assert {mark: row["students"] for mark, row in rows(tmp_path / "three").items()} == {
        "01-0001": "Kyle Hughes", "02-0004": "Fannie Medina",
    }  # fmt: skip


@pytest.mark.released
@pytest.mark.parametrize(("harm", "reason"), [("delete", "missing"), ("swap", "changed")])
def test_an_envelope_that_is_not_what_was_sealed_is_not_printed(
    school: Prepared, tmp_path: Path, harm: str, reason: str
) -> None:
    mine, hers = of(school, FATHER), of(school, OTHER)
    if harm == "delete":
        school.store.delete(mine)
    else:
        school.store.put(mine, school.store.get(hers))
    assert printed(school, tmp_path / "out").left_out == {"01-0003": reason}
    assert set(rows(tmp_path / "out")) == {"01-0001", "01-0002"}


@pytest.mark.released
def test_nothing_of_a_stopped_cycle_is_printed(school: Prepared, tmp_path: Path) -> None:
    school.open().log.append("stop", [Entry(kind="stopped", cycle=CYCLE, actor="operator")])
    with pytest.raises(Refused, match="stopped"):
        printed(school, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.released
def test_a_pack_that_is_not_what_was_logged_gives_no_marks(school: Prepared, tmp_path: Path) -> None:
    printed(school, tmp_path / "one")
    (key,) = (k for k in school.store.list("print/") if "/packs/" in k)
    school.store.put(key, school.store.get(key).replace(b'"number":2', b'"number":9'))
    with pytest.raises(Refused, match="not what was logged"):
        printed(school, tmp_path / "two")


@pytest.mark.soak
def test_a_pack_written_by_a_run_that_was_killed_before_the_log_knew_is_made_again(
    school: Prepared, tmp_path: Path
) -> None:
    school.release(hold_back=[school.ref(KYLE)])
    with (
        patch("termpost.tasks.channels.print.print_run.private_folder", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        printed(school, tmp_path / "one")
    assert any("/packs/" in key for key in school.store.list("print/"))
    school.release()
    printed(school, tmp_path / "two")
    assert set(rows(tmp_path / "two")) == {"01-0001", "01-0002", "01-0003"}


def test_whoever_lost_the_right_since_is_left_out(school: Prepared, tmp_path: Path) -> None:
    school.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER},
                          contactRestrictions="no-contact", restrictionFrom="2021-12-20",
                          street="9 Elsewhere Lane", postalCode="78801", city="Uvalde")  # fmt: skip
    school.prepare(school.extract)
    school.release()
    assert printed(school, tmp_path / "one").left_out == {}
    school.later(timedelta(days=3))
    done = printed(school, tmp_path / "two")
    assert done.left_out == {"01-0003": "no-right"}
    assert set(rows(tmp_path / "two")) == {"01-0001", "01-0002"}


@pytest.mark.released
def test_an_envelope_to_another_address_than_on_record_is_left_out_until_it_is_made_again(
    school: Prepared, tmp_path: Path
) -> None:
    school.extract.change("supplement/contacts.csv", {"contactSourcedId": FATHER}, street="9 Elsewhere Lane")
    school.prepare(school.extract)
    assert printed(school, tmp_path / "one").left_out == {"01-0003": "address-changed"}


@pytest.mark.released
def test_envelopes_in_packs_keep_their_sort_unless_all_is_sorted_anew(school: Prepared, tmp_path: Path) -> None:
    printed(school, tmp_path / "one")
    with pytest.raises(InputError) as refused:
        printed(school, tmp_path / "two", sort="postcode")
    assert refused.value.code == "sorted-otherwise"
    printed(school, tmp_path / "two", sort="postcode", anew=True)
    assert len(rows(tmp_path / "two")) == 3
    assert not rows(tmp_path / "two").keys() & rows(tmp_path / "one").keys()
    with pytest.raises(InputError) as refused:
        printed(school, tmp_path / "three", chosen(None, None, "01-0002"))
    assert refused.value.code == "printed-anew"
    assert record(school.open(), CYCLE, "posted", chosen("02", None, None), "operator", False).noted


@pytest.mark.released
def test_a_folder_with_other_things_in_it_is_refused(school: Prepared, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(InputError) as refused:
        printed(school, tmp_path)
    assert refused.value.code == "not-empty"
    assert list(tmp_path.glob("pack*")) == []


@pytest.mark.soak
def test_by_class_is_by_homeroom_where_the_extract_has_one(school: Prepared, tmp_path: Path) -> None:
    first = school.extract.read("classes.csv")[0]
    room = {"sourcedId": "room-9", "title": "Homeroom 9", "classType": "homeroom"}
    school.extract.add("classes.csv", **first | room)
    seat = school.extract.read("enrollments.csv")[0] | {"classSourcedId": "room-9", "role": "student"}
    school.extract.add("enrollments.csv", **seat | {"sourcedId": "seat-9", "userSourcedId": LISA, "endDate": ""})
    school.prepare(school.extract)
    school.release()
    printed(school, tmp_path / "out")
    by_pack = {mark[:2]: row["students"] for mark, row in rows(tmp_path / "out").items() if "Lisa" in row["students"]}
    pack = next(p for p in PackRegistry.read(school.open(), CYCLE, school.entries()).packs if p.class_id == "room-9")
    assert {r.student for e in pack.envelopes for r in e.reports} == {school.ref(LISA)}  # the father's envelope
    assert f"{pack.number:02}" in by_pack
    mothers = next(mark for mark, row in rows(tmp_path / "out").items() if "Fannie" in row["students"])
    assert mothers[:2] != f"{pack.number:02}"  # goes with Fannie, whom the register lists first
