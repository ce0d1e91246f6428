"""Ahead of a cut-off: what the office decided is counted no more, just as a preparation no longer holds or asks it."""

from collections.abc import Mapping

import pytest
from termpost.schemas.base.refs import CycleId
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.preflight.ahead import look_ahead
from termpost.tasks.stage.to_decide import to_decide

from tests.laws.test_law_02_ways_out import resolve, wrong_mark
from tests.laws.test_law_14_sign_off import PIECE, acting
from tests.school import CYCLE, FANNIE, KYLE, Prepared


def held_and_asked(school: Prepared) -> tuple[Mapping[str, int], int]:
    """As they are told ahead, which is as they are in a preparation made just then."""
    home = school.open()
    ahead = look_ahead(home, str(school.extract.folder), CycleId(CYCLE))
    (found,) = ahead.schools
    questions = sum(count for _, count in found.asked)
    (prepared,) = school.prepare(school.extract)
    assert found.held_students == prepared.held
    with open_lake(home.lake) as lake:
        assert questions == to_decide(school.open(), lake, CYCLE).questions
    return dict(found.held), questions


def test_what_was_decided_is_counted_no_more(school: Prepared) -> None:
    school.extract.change("users.csv", {"sourcedId": FANNIE}, givenName="Jos\u00c3\u00a9")
    wrong_mark(school)
    assert held_and_asked(school)[0] == {"garbled-name": 1, "type-decimal": 1}
    assert resolve(school, FANNIE, "--accept").exit_code == 0
    student = school.extract.read("results.csv")
    wrong = next(row["studentSourcedId"] for row in student if row["score"] == "eighty")
    assert resolve(school, wrong, "--accept").exit_code == 0
    assert held_and_asked(school)[0] == {}

    # a name counts by its value; of another extract nobody said that its mark may be left out
    school.extract.change("users.csv", {"sourcedId": KYLE}, phone="555 0100 300")
    assert held_and_asked(school)[0] == {"type-decimal": 1}


@pytest.mark.soak
def test_a_settled_question_is_asked_no_more(school: Prepared) -> None:
    rows = school.extract.read("results.csv")
    piece = rows[0]["lineItemSourcedId"]
    school.extract.write("results.csv", [row for row in rows if row["lineItemSourcedId"] != piece])
    before = held_and_asked(school)[1]
    assert before
    phone = school.register("afry", "teacher")
    decided = acting(school, phone, "afry", "holds", "resolve", "--cause", PIECE, "--accept")
    assert decided.exception is None, decided.output
    assert held_and_asked(school)[1] < before
