"""Which envelopes are meant, and which pack each goes into."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, Reach, StudentIdentity
from termpost.schemas.documents.pack import ChosenEnvelopes, PackedReport, chosen
from termpost.tasks.channels.print.addressees import Addressees
from termpost.tasks.channels.print.envelope_status import StoredEnvelope
from termpost.tasks.channels.print.sort import MOST, into_packs

DAY = date(2021, 12, 17)


@pytest.mark.parametrize(("pack", "span", "mark", "meant"), [
    (None, None, None, ChosenEnvelopes()),
    ("07", None, None, ChosenEnvelopes(pack=7)),
    ("7", "0120-0135", None, ChosenEnvelopes(pack=7, first=120, last=135)),
    (None, "0120", None, ChosenEnvelopes(first=120, last=120)),
    (None, "0120-0120", None, ChosenEnvelopes(first=120, last=120)),
    (None, None, "07-0123", ChosenEnvelopes(pack=7, first=123, last=123)),
    (None, None, "07-10123", ChosenEnvelopes(pack=7, first=10123, last=10123)),
])  # fmt: skip
def test_what_was_typed_names_envelopes(
    pack: str | None, span: str | None, mark: str | None, meant: ChosenEnvelopes
) -> None:
    assert chosen(pack, span, mark) == meant


@pytest.mark.parametrize(("pack", "span", "mark"), [
    (None, "07-0123", None),  # a mark where a range goes would be 117 envelopes
    (None, "120-135", None), (None, "0135-0120", None), (None, "0120-", None), (None, "", None), (None, "०१२०", None),
    ("pack", None, None), ("07-0123", None, None),
    (None, None, "0123"), (None, None, "7-123"), ("07", None, "07-0123"),
])  # fmt: skip
def test_what_names_nothing_is_refused(pack: str | None, span: str | None, mark: str | None) -> None:
    with pytest.raises(InputError) as refused:
        chosen(pack, span, mark)
    assert refused.value.code == "bad-range"


Family = tuple[int, tuple[int, ...], str]  # recipient, children, post code


def known_of(families: list[Family]) -> tuple[Addressees, list[StoredEnvelope]]:
    """A recipient for each family; child n is in class n modulo 3, and each fourth in none."""
    recipients, students, classes, envelopes = {}, {}, {}, []
    for number, children, postcode in families:
        ref = PersonRef(f"c{number}")
        refs = [PersonRef(f"s{child}") for child in children]
        recipients[ref] = ContactIdentity(id=ref, given="C", family=str(number), reach=tuple(
            Reach(student=child, street="1 Elm", city="Town", postal_code=postcode) for child in refs))  # fmt: skip
        for child, name in zip(children, refs, strict=True):
            students[name] = StudentIdentity(id=name, number=name, given="S", family=f"{child:03}")
            if child % 4:
                classes[name] = (f"class-{child % 3}", f"Class {child % 3}")
        reports = tuple(PackedReport(delivery=f"d{ref}{r}", report=r, version=1, student=r) for r in refs)
        envelopes.append(StoredEnvelope(f"print/s/c/{ref}.pdf", "d", ref, "s", reports, None))
    return Addressees(DAY, recipients, students, classes), envelopes


families = some.lists(
    some.tuples(some.integers(0, 500), some.lists(some.integers(0, 40), min_size=1, max_size=4, unique=True).map(tuple),
                some.sampled_from(["78834", "78834-1200", "SW1A 1AA", ""])),
    min_size=1, max_size=60, unique_by=lambda family: family[0],
)  # fmt: skip


@given(families, some.sampled_from(["class", "postcode"]), some.randoms())
def test_every_envelope_is_in_one_pack_under_one_number_whatever_their_order(
    of: list[Family], sort: str, chance: object
) -> None:
    known, envelopes = known_of(of)
    made = into_packs("c", "s", envelopes, known, sort, {}, 3, 17)  # type: ignore[arg-type]
    packed = [envelope for pack in made for envelope in pack.envelopes]
    assert sorted(e.recipient for e in packed) == sorted(e.recipient for e in envelopes)
    assert [e.number for e in packed] == list(range(17, 17 + len(packed)))
    assert [pack.number for pack in made] == list(range(3, 3 + len(made)))
    chance.shuffle(envelopes)  # type: ignore[attr-defined]
    assert into_packs("c", "s", envelopes, known, sort, {}, 3, 17) == made  # type: ignore[arg-type]
    for pack in made:
        if sort == "postcode":
            assert len({known.destination(PersonRef(e.recipient)).abroad for e in pack.envelopes}) == 1
            assert pack.class_id is None
        for envelope in pack.envelopes:
            of_children = {known.classes[PersonRef(r.student)][0] for r in envelope.reports
                           if PersonRef(r.student) in known.classes}  # fmt: skip
            assert sort == "postcode" or (pack.class_id in of_children if of_children else pack.class_id is None)


def test_both_forms_of_a_zip_are_one_place_and_few_letters_one_pack() -> None:
    known, envelopes = known_of([(1, (1,), "78834"), (2, (2,), "78834-1200"), (3, (3,), "78801"), (4, (4,), "10001")])
    packs = into_packs("c", "s", envelopes, known, "postcode", {}, 1, 1)
    assert [[e.recipient for e in pack.envelopes] for pack in packs] == [["c4", "c3", "c1", "c2"]]


def test_packs_by_post_code_hold_whole_areas_and_are_worth_carrying() -> None:
    codes = [f"{area}{n % 100:02}" for area in range(700, 712) for n in range(30)]
    known, envelopes = known_of([(n, (n,), code) for n, code in enumerate(codes)])
    packs = into_packs("c", "s", envelopes, known, "postcode", {}, 1, 1)
    areas = [{codes[int(e.recipient[1:])][:3] for e in pack.envelopes} for pack in packs]
    assert [len(pack.envelopes) for pack in packs] == [60] * 6
    assert not any(one & other for place, one in enumerate(areas) for other in areas[:place])
    (whole,) = into_packs("c", "s", envelopes[:30], known, "postcode", {}, 1, 1)
    assert len(whole.envelopes) == 30


def test_a_large_group_is_several_packs_of_about_one_size() -> None:
    known, envelopes = known_of([(n, (n + 1,), "78834") for n in range(2 * MOST + 1)])
    packs = into_packs("c", "s", envelopes, known, "postcode", {}, 1, 1)
    assert [len(pack.envelopes) for pack in packs] == [167, 167, 167]


def test_two_envelopes_of_one_recipient_are_in_one_pack() -> None:
    known, (first, second) = known_of([(1, (1, 5), "78834"), (2, (2,), "78834")])
    one, other = (StoredEnvelope(f"{first.object}{n}", "d", first.recipient, "s", (report,), None)
                  for n, report in enumerate(first.reports))  # fmt: skip
    packs = into_packs("c", "s", [other, second, one], known, "class", {}, 1, 1)
    (mine,) = (pack for pack in packs if pack.class_id == "class-1")
    assert [e.recipient for e in mine.envelopes] == ["c1", "c1"]
