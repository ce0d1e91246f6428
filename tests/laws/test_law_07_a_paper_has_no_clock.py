"""Law 7 for papers: the instant that a document carries is a day of the cycle, whenever it is made."""

from datetime import UTC, date, datetime

from termpost.tasks.documents.typesetting import instant


def test_a_paper_carries_midnight_of_its_day_and_not_the_clock() -> None:
    assert instant(date(2021, 12, 10)) == datetime(2021, 12, 10, tzinfo=UTC).timestamp()
