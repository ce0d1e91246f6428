"""What became of printed envelopes is said by their marks, once, and holds the next release and the next print."""

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.documents.pack import ChosenEnvelopes, chosen
from termpost.schemas.log.entry import Entry
from termpost.tasks.channels.print.print_run import Printed, PrintWish, print_packs
from termpost.tasks.channels.print.record import EnvelopeFate, Recorded, record
from termpost.tasks.distribute.withdraw import released_in, withdraw

from tests.school import CYCLE, FATHER, KYLE, Prepared


def printed(school: Prepared, folder: Path) -> Printed:
    return print_packs(school.open(), PrintWish(CYCLE, ChosenEnvelopes()), folder, "operator")


def said(school: Prepared, fate: EnvelopeFate, *, pack: str | None = None, span: str | None = None,
         mark: str | None = None, although: bool = False) -> Recorded:  # fmt: skip
    return record(school.open(), CYCLE, fate, chosen(pack, span, mark), "operator", although)


def last(school: Prepared, recipient: str) -> list[tuple[str, str | None]]:
    """How the paper deliveries to a contact stand."""
    state, ref = school.state(), school.ref(recipient)
    mine = {e.delivery or "" for e in school.entries("sent") if e.recipient == ref and e.channel == "print"}
    return [(state.deliveries[one], state.reasons[one]) for one in sorted(mine) if one]


@pytest.mark.released
@pytest.mark.parametrize(("fate", "kind"), [("posted", "sent"), ("handed-over", "delivered"), ("returned", "failed")])
def test_a_pack_is_noted_once_for_each_delivery(
    school: Prepared, tmp_path: Path, fate: EnvelopeFate, kind: str
) -> None:
    printed(school, tmp_path / "out")
    before = len(school.entries())
    assert said(school, fate, pack="01").noted == ["01-0001", "01-0002", "01-0003"]
    new = school.entries()[before:]
    assert {(e.kind, e.reason, e.channel, e.actor) for e in new} == {(kind, fate, "print", "operator")}
    assert len({e.delivery for e in new}) == len(new) == 4  # two reports in the mother's envelope
    again = said(school, fate, pack="1")
    assert (again.noted, again.already) == ([], ["01-0001", "01-0002", "01-0003"])
    assert len(school.entries()) == before + 4


@pytest.mark.released
def test_what_left_the_house_is_not_printed_again(school: Prepared, tmp_path: Path) -> None:
    printed(school, tmp_path / "one")
    said(school, "posted", mark="01-0001")
    said(school, "handed-over", span="0002")
    assert printed(school, tmp_path / "two").left_out == {"01-0001": "posted", "01-0002": "handed-over"}


@pytest.mark.released
def test_a_returned_envelope_waits_for_the_office_and_goes_out_again_when_they_say_so(
    school: Prepared, tmp_path: Path
) -> None:
    printed(school, tmp_path / "one")
    said(school, "posted", pack="01")
    said(school, "returned", mark="01-0003")
    assert last(school, FATHER) == [("failed", "returned")]
    school.release()
    assert last(school, FATHER) == [("failed", "returned")]  # the same address would send it back
    (delivery,) = {e.delivery for e in school.entries("failed")}
    said_before = next(e for e in school.entries("failed") if e.delivery == delivery)
    about = said_before.model_dump(include=set(Entry.model_fields)) | {"reason": "resend", "count": said_before.seq}
    school.open().log.append("deliveries-resolve", [Entry.model_validate(about)])
    school.release()
    assert last(school, FATHER) == [("sent", "")]
    printed(school, tmp_path / "two")
    assert marks(tmp_path / "two") == ["02-0004"]  # made again, it has other bytes
    said(school, "posted", mark="02-0004")
    assert last(school, FATHER) == [("sent", "posted")]


@pytest.mark.released
def test_posted_returned_and_posted_again_are_three_facts(school: Prepared, tmp_path: Path) -> None:
    printed(school, tmp_path / "one")
    for fate in ("posted", "returned", "posted"):
        assert said(school, fate, mark="01-0001").noted == ["01-0001"]
    assert [e.reason for e in school.entries() if e.reason in ("posted", "returned")] == [
        "posted",
        "returned",
        "posted",
    ]


@pytest.mark.released
def test_what_was_taken_back_is_not_noted_as_posted_without_saying_so(school: Prepared, tmp_path: Path) -> None:
    printed(school, tmp_path / "one")
    withdraw(school.open(), "withdraw", "mlopez", released_in([school.state()], {school.ref(KYLE)}), "wrong-mark")
    before = len(school.entries())
    done = said(school, "posted", mark="01-0001")
    assert (done.noted, done.withdrawn) == ([], ["01-0001"])
    assert len(school.entries()) == before
    for _ in range(2):
        assert said(school, "posted", pack="01", although=True).withdrawn == ["01-0001"]
    (incident,) = school.entries("incident")
    assert (incident.reason, incident.student) == ("posted-although-withdrawn", school.ref(KYLE))
    assert school.state().deliveries[incident.delivery or ""] == "withdrawn"
    assert incident.delivery not in {e.delivery for e in school.entries()[before:] if e.kind == "sent"}


@pytest.mark.released
@pytest.mark.parametrize("which", [chosen("09", None, None), chosen(None, "0100", None), chosen(None, None, "02-0001")])
def test_a_mark_that_nobody_has_is_refused(school: Prepared, tmp_path: Path, which: ChosenEnvelopes) -> None:
    printed(school, tmp_path / "one")
    before = len(school.entries())
    with pytest.raises(InputError) as refused:
        record(school.open(), CYCLE, "posted", which, "operator", False)
    assert refused.value.code == "no-such-mark"
    assert len(school.entries()) == before


def marks(folder: Path) -> Sequence[str]:
    found: list[str] = []
    for path in sorted(folder.glob("*-list.csv")):
        with path.open(newline="") as source:
            found += [row["mark"] for row in csv.DictReader(source)]
    return found
