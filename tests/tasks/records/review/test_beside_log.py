"""What a review counts from history and notes: sign-offs of a school, broken rules by source, words of ratings."""

from datetime import date
from pathlib import Path

import pytest
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.review.school_year import school_year
from termpost.tasks.feedback.queries import NewQuery, receive
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.records.review.beside_log import beside_the_log
from termpost.tasks.stage.manifests import prepared_of
from termpost.tasks.stage.sign_off import graded_classes

from tests.school import CYCLE, FANNIE, KYLE, LISA, Prepared
from tests.snapshots import released_school, snapshot, working_copy

YEAR = school_year("2021")
BROKEN = """INSERT INTO lake.out_check VALUES (?, ?::TIMESTAMPTZ, 'oneroster', '1.1', 'accepted', 'results', '1', 9, 9,
  0, 'results.above-max', 'warning', ?)"""


@pytest.fixture
def school(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Prepared:
    with working_copy(snapshot(tmp_path_factory, "released", released_school), tmp_path) as found:
        return found


def rate(school: Prepared, student: str, words: str) -> None:
    home = school.open()
    asked = NewQuery("rating", "phone", words, home.clock.today(), school.ref(student), None, rating=4)
    home.log.append("test", receive(home, asked)[1])


def counting(school: Prepared, least: int) -> Home:
    path = school.home / "termpost.toml"
    path.write_text(f"{path.read_text()}\n[privacy]\nsmall_cell = {least}\n")
    return school.open()


def test_words_that_enough_ratings_have_are_counted_and_no_name_is(school: Prepared) -> None:
    for student, words in (
        (LISA, "Clear, clear and quick! Thanks to Lisa Woods."),
        (KYLE, "clear Woods"),
        (FANNIE, "CLEAR, but Woods was slow"),
    ):
        rate(school, student, words)
    home = counting(school, 3)
    assert beside_the_log(home, list(home.log.entries()), YEAR).rating_words == {"clear": 3}
    assert beside_the_log(home, list(home.log.entries()), YEAR.before).rating_words == {}


def test_fewer_ratings_than_a_small_cell_say_no_word(school: Prepared) -> None:
    for student in (LISA, KYLE):
        rate(school, student, "quick")
    home = counting(school, 3)
    assert beside_the_log(home, list(home.log.entries()), YEAR).rating_words == {}


def test_broken_rules_are_counted_by_source_in_the_year_in_which_they_were_found(school: Prepared) -> None:
    home = school.open()
    with open_lake(home.lake) as lake:
        for extract, day, count in (("a", "2021-10-01", 2), ("b", "2021-11-01", 3), ("c", "2021-06-30 12:00:00+00", 7)):
            lake.execute(BROKEN, [extract, day, count])
    found = beside_the_log(home, [], YEAR).problems
    (mine,) = (one for one in found if one.rule == "results.above-max")
    assert (mine.source, mine.severity, mine.extracts, mine.problems) == ("oneroster", "warning", 2, 5)


def test_a_school_is_signed_off_once_its_last_class_is(school: Prepared) -> None:
    home = school.open()
    assert beside_the_log(home, [], YEAR).signed_off == {}
    (prepared,) = prepared_of(home, CYCLE)
    with open_lake(home.lake) as lake:
        classes = sorted(graded_classes(lake, prepared))
    signed = [Entry(kind="grading_complete", cycle=CYCLE, class_id=one, extract=prepared.extract_id) for one in classes]
    home.log.append("test", signed[:-1])
    assert beside_the_log(home, [], YEAR).signed_off == {}
    home.log.append("test", signed[-1:])
    assert beside_the_log(home, [], YEAR).signed_off == {(CYCLE, prepared.school): date(2021, 12, 17)}
