"""When the procedure is reviewed next, by hand."""

from datetime import date

import pytest
from termpost.schemas.log.review.review_due import review_due

from tests.schemas.review.logs import log_of

BEGAN = date(2021, 7, 15)
SIGNED = "2021-08-02 review_signed digest=sum due=2022-08-02\n2021-08-02 policy_acknowledged digest=a\n"


@pytest.mark.parametrize(
    ("text", "due", "cause", "what"),
    [
        # never signed: a year after the home began, and within thirty days of a change once somebody goes by it
        ("", "2022-07-15", "yearly", ""),
        ("2021-09-01 policy_acknowledged digest=a", "2022-07-15", "yearly", ""),
        ("2021-09-01 policy_acknowledged digest=a\n2021-09-20 policy_acknowledged digest=b", "2021-10-20", "procedure",
         ""),
        ("2021-09-01 policy_acknowledged digest=a\n2021-10-01 settings_changed reason=release.approvals previous=x",
         "2021-10-31", "setting", "release.approvals"),
        ("2021-08-01 settings_changed reason=calendar.country previous=x", "2022-07-15", "yearly", ""),
        (SIGNED, "2022-08-02", "yearly", ""),
        ("2021-07-01 settings_changed reason=release.approvals previous=x\n" + SIGNED, "2022-08-02", "yearly", ""),
        (SIGNED + "2021-10-01 settings_changed reason=release.approvals previous=x", "2021-10-31", "setting",
         "release.approvals"),
        # the first change counts; a later one does not put it off
        (SIGNED + "2021-10-01 settings_changed reason=law.jurisdiction previous=x\n"
                  "2021-10-20 settings_changed reason=release.approvals previous=x", "2021-10-31", "setting",
         "law.jurisdiction"),
        # what a key or the log's end leaves is no setting
        (SIGNED + "2021-10-01 settings_changed reason=log-key-rotated", "2022-08-02", "yearly", ""),
        (SIGNED + "2021-10-01 policy_acknowledged digest=a", "2022-08-02", "yearly", ""),
        (SIGNED + "2021-10-01 policy_acknowledged digest=b", "2021-10-31", "procedure", ""),
        # the yearly day comes first
        (SIGNED + "2022-07-20 policy_acknowledged digest=b", "2022-08-02", "yearly", ""),
        (SIGNED + "2021-10-01 policy_acknowledged digest=b\n2021-10-05 review_signed digest=sum due=2022-10-05\n"
         "2021-10-05 policy_acknowledged digest=b\n2021-10-06 policy_acknowledged digest=b",
         "2022-10-05", "yearly", ""),
    ],
)  # fmt: skip
def test_what_comes_first_counts(text: str, due: str, cause: str, what: str) -> None:
    found = review_due(log_of(text), date(2021, 12, 1), BEGAN)
    assert (str(found.due), found.cause, found.what) == (due, cause, what)


def test_the_day_itself_is_not_late() -> None:
    assert [review_due(log_of(SIGNED), date(2022, 8, day), BEGAN).is_overdue for day in (2, 3)] == [False, True]
