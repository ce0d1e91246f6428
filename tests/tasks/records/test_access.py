"""Who asks gets what is theirs to see, in one locked page, and nothing of anybody else."""

import json
from io import BytesIO

import jsonschema
import pikepdf
import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import StaffId
from termpost.schemas.log.records.requests import RecordsRequest, RequestKind
from termpost.tasks.channels.portal.reopen import reopen_sealed
from termpost.tasks.distribute.plan import make_plan
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.records.requests.answer import make_answer
from termpost.tasks.records.requests.give import SealedPacket, give_access, give_transfer
from termpost.tasks.records.requests.receive import AskedRecords, receive_request, requests_of
from termpost.tasks.records.requests.recheck import OtherPeople, refuse_other_people, texts_of_page, texts_of_pdf
from termpost.tasks.records.requests.right import NoRightError

from tests.attacks.decided import run
from tests.records_school import AGENCY, BARRED, FATHERS_HOME, FATHERS_WORDS, MOTHERS_WORDS
from tests.school import CYCLE, FANNIE, FATHER, KYLE, LISA, MOTHER, OTHER, Prepared

RUN, BY = "records-access", StaffId("mlopez")


def asked(home: Home, student: str, who: str, kind: RequestKind = "access_request", words: str = "") -> RecordsRequest:
    refs = [home.people.find(one) for one in (student, who)]
    assert all(refs)
    return receive_request(home, RUN, AskedRecords(kind, refs[0], refs[1], home.today, words), BY)  # type: ignore[arg-type]


def texts(packet: SealedPacket) -> str:
    """Everything that can be read in it, attachments too."""
    parts = reopen_sealed(packet.data, packet.code)
    return "\n".join(text for one in parts for text in (*texts_of_page(one.page), *texts_of_pdf(one.pdf)))


def test_each_of_two_households_gets_their_own_and_nothing_of_the_other(kept: Prepared) -> None:
    home = kept.open()
    mothers, fathers = (texts(give_access(home, RUN, asked(home, LISA, who), BY)) for who in (MOTHER, FATHER))
    assert MOTHERS_WORDS in mothers
    assert FATHERS_WORDS in fathers
    assert FATHERS_WORDS not in mothers
    assert MOTHERS_WORDS not in fathers
    assert FATHERS_HOME in fathers
    assert FATHERS_HOME not in mothers
    assert "62.54" in mothers  # the grade of record
    assert "Fannie" not in mothers  # the sister is another student


def test_the_data_beside_it_is_by_its_schema_and_the_log_has_the_packets_digest(kept: Prepared) -> None:
    home = kept.open()
    request = asked(home, LISA, MOTHER)
    packet = give_access(home, RUN, request, BY)
    with pikepdf.open(BytesIO(reopen_sealed(packet.data, packet.code)[0].pdf)) as pdf:
        data, schema = (
            json.loads(pdf.attachments[name].get_file().read_bytes())
            for name in ("records.json", "records.schema.json")
        )
    jsonschema.validate(data, schema)
    assert [one["report"]["version"] for one in data["reports"]] == [1]
    assert {one["event"] for one in data["deliveries"]} >= {"planned", "delivered"}
    (given,) = (one for one in kept.entries("access_request") if one.reason == "given")
    assert given.digest == home.people.digest(request.student, packet.data)
    assert requests_of(home).by_case[request.case].state == "given"


@pytest.mark.parametrize(
    ("student", "who", "rule"),
    [
        (KYLE, BARRED, "no-records"), (KYLE, AGENCY, "agreement-ended"), (FANNIE, MOTHER, "student-of-full-age"),
        (LISA, LISA, "student-under-age"), (LISA, OTHER, "row-missing"),
    ],
)  # fmt: skip
def test_who_has_no_right_that_day_gets_a_written_answer_that_names_no_student(
    kept: Prepared, student: str, who: str, rule: str
) -> None:
    home = kept.open()
    request = asked(home, student, who)
    with pytest.raises(NoRightError) as refused:
        give_access(home, RUN, request, BY)
    assert refused.value.rule == rule
    answer = " ".join(page.text for page in read_pages(make_answer(home, request, refused.value)))
    assert "right" in answer or "does not allow" in answer or "agreement" in answer
    assert not any(word in answer for word in (("Kyle", "Fannie") if student != who else ()))


def test_a_student_of_full_age_gets_their_own(kept: Prepared) -> None:
    home = kept.open()
    said = texts(give_access(home, RUN, asked(home, FANNIE, FANNIE), BY))
    assert "keeps about you" in said
    assert MOTHERS_WORDS not in said


def test_the_same_request_that_waits_is_one_case_and_a_later_one_another(kept: Prepared) -> None:
    home = kept.open()
    first = asked(home, LISA, MOTHER)
    assert asked(home, LISA, MOTHER).case == first.case
    give_access(home, RUN, first, BY)
    assert asked(home, LISA, MOTHER).case != first.case
    tomorrow = AskedRecords("access_request", first.student, first.recipient, home.today.replace(year=2030))
    with pytest.raises(InputError, match="still to come"):
        receive_request(home, RUN, tomorrow, BY)


@pytest.mark.parametrize("words", ["asked with Stefan Schmidt", "id 604874", "p0123456789abcdef0123"])
def test_a_packet_that_names_somebody_else_is_not_handed_over(kept: Prepared, words: str) -> None:
    home = kept.open()
    with open_lake(home.lake) as lake:
        others = OtherPeople(home, lake, [kept.ref(LISA), kept.ref(MOTHER)])
    named = next(value for value, kind in others.values.items() if kind == "name")
    text = words.replace("Stefan Schmidt", named)
    with pytest.raises(Refused, match="somebody else") as refused:
        refuse_other_people(others, ["Lisa Woods", text], [])
    assert named not in str(refused.value)
    refuse_other_people(others, ["Lisa Zebulonia Woods 604822"], [f"a report that thanks {named}"])


def test_the_next_school_gets_reports_grades_and_scale_and_is_told_what_it_is_not(kept: Prepared) -> None:
    home = kept.open()
    request = asked(home, LISA, MOTHER, "transferred", "Oak School")
    packet = give_transfer(home, RUN, request, BY, None)
    said = texts(packet)
    assert "Oak School" in said
    assert "not the transcript" in said
    assert MOTHERS_WORDS not in said
    assert "Madelyn" not in said  # who asked for it stays here
    assert [one.reason for one in kept.entries("transferred")] == ["received", "given"]
    with pytest.raises(InputError, match="certificate"):
        give_transfer(home, RUN, asked(home, LISA, FATHER, "transferred", "Oak School"), BY, b"no certificate")


def test_a_caregiver_by_an_affidavit_gets_reports_and_no_packet_where_the_law_names_them(kept: Prepared) -> None:
    """California Family Code 6550, as the pack has it; in Texas, which has no line, the paper is guardianship."""
    kept.extract.change("supplement/contacts.csv", {"contactSourcedId": OTHER}, relation="Caregiver", legalGuardian="")
    kept.prepare(kept.extract)
    run(kept, "rights", "decide", KYLE, OTHER, "--finding", "guardian", "--basis", "other-document",
        "--document", "C-17", "--by", "mlopez", "--otp", kept.phone.code())  # fmt: skip
    assert texts(give_access(kept.open(), RUN, asked(kept.open(), KYLE, OTHER), BY))
    calendar = kept.home / "calendar.toml"
    calendar.write_text(calendar.read_text().replace('subdivision = "TX"', 'subdivision = "CA"'))
    home = kept.open()
    with pytest.raises(NoRightError) as refused:
        give_access(home, RUN, asked(home, KYLE, OTHER), BY)
    assert refused.value.rule == "caregiver"
    with open_lake(home.lake) as lake:
        plan = make_plan(home, lake, CYCLE, frozenset({kept.ref(KYLE)}))
    assert {one.rule for one in plan.decisions if one.recipient == kept.ref(OTHER)} == {"caregiver"}
