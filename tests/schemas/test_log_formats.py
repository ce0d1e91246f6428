"""What a log of format 1 said is read as format 2 says it, so that nobody downstream asks which it was."""

import pytest
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.formats import LOG_FORMAT, upgraded

OLD = "termpost.log/1"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Entry(kind="held", student="s", reason="enum", object="landing/e1"),
         Entry(kind="held", student="s", reason="enum", extract="e1")),
        (Entry(kind="hold_resolved", student="s", reason="accept", object="landing/e1"),
         Entry(kind="hold_resolved", student="s", reason="accept", extract="e1")),
        (Entry(kind="hold_resolved", student="s", reason="omit-course", object="notes/e1/h2.sealed", digest="d"),
         Entry(kind="hold_resolved", student="s", reason="omit-course", object="notes/e1/h2.sealed", digest="d",
               extract="e1")),
        (Entry(kind="hold_resolved", student="s", recipient="c", reason="ruled-not-guardian", object="notes/rights/1"),
         Entry(kind="right_decided", student="s", recipient="c", finding="not-guardian", object="notes/rights/1")),
        (Entry(kind="hold_resolved", student="s", recipient="c", reason="ruling-ended", object="notes/rights/1"),
         Entry(kind="right_ended", student="s", recipient="c", object="notes/rights/1")),
        (Entry(kind="query_received", student="s", reason="correction-phone", object="notes/q1/query.sealed"),
         Entry(kind="query_received", student="s", reason="correction", via="phone", query="q1",
               object="notes/q1/query.sealed")),
        (Entry(kind="query_answered", student="s", object="notes/q1/answer.sealed"),
         Entry(kind="query_answered", student="s", query="q1", object="notes/q1/answer.sealed")),
        (Entry(kind="staff_changed", actor="asmith", reason="added-teacher"),
         Entry(kind="staff_changed", actor="asmith", reason="added", role="teacher")),
        (Entry(kind="held", student="s", reason="no-report"), Entry(kind="held", student="s", reason="no-report")),
        (Entry(kind="sent", delivery="d", object="sealed/x/y.html"),
         Entry(kind="sent", delivery="d", object="sealed/x/y.html")),
    ],
)  # fmt: skip
def test_a_fact_of_format_1_becomes_the_same_fact_in_fields(before: Entry, after: Entry) -> None:
    """The same fact to the letter, or a rerun on an older home would write it a second time."""
    row = before.model_dump(exclude={"extract", "finding", "query", "via", "role"})
    assert Entry.model_validate(upgraded(row, OLD)) == after


def test_a_row_of_today_is_read_as_it_stands() -> None:
    row = {"kind": "staff_changed", "reason": "added-teacher"}
    assert upgraded(row, LOG_FORMAT) == row
