"""A school year of a district, lived by commands and flows; then its review is held against a tally of the log."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.flows.district import Prefect
from tests.flows.lived_year import ERASED, WORDS, LivedYear, district_home, lived
from tests.flows.year_district import mother, student
from tests.flows.year_search import everywhere, found_in
from tests.flows.year_tally import tally
from tests.services.smtp_server import authority, smtp_service

OWN = (student(ERASED), f"Quill{ERASED:03}ia", f"N-{ERASED:05}x", WORDS)  # nobody else has any of them


@pytest.mark.parametrize("families", [6, pytest.param(200, marks=pytest.mark.soak)])
def test_the_review_of_a_lived_year_says_what_a_tally_of_the_log_says(
    families: int, prefect: Prefect, tmp_path: Path
) -> None:
    trusted = authority(tmp_path / "authority")
    with smtp_service(trusted.context()) as relay, district_home(tmp_path / "year", families, trusted, relay) as year:
        lived(year)
        everything_happened(year)
        reviewed_as_tallied(year, tmp_path / "review")
        nothing_is_left(year, prefect)
        year.is_whole()


def reviewed_as_tallied(year: LivedYear, out: Path) -> None:
    """Number by number; what is too small to show is hidden, and no group of it is told."""
    told = tally(year.exported())
    said = year.acts("mlopez", "review", "--year", "2021-2022", "--out", out, "--sign")
    assert said["signed_by"] == "mlopez"
    numbers: dict[str, Any] = json.loads((out / "review.json").read_text())["this_year"]
    for school, one in numbers["by_school"].items():
        told_of = told["by_school"][school]
        assert {name: n for name, n in one.items() if n and name != "overdue"} == told_of, school
    small = year.open().settings.privacy.small_cell
    rated = told.pop("ratings")
    assert numbers["ratings"]["total"] == (sum(rated.values()) if sum(rated.values()) >= small else None)
    assert all(n is None or n == rated[int(value)] for value, n in numbers["ratings"]["counts"].items())
    del told["by_school"]
    assert {name: numbers[name] for name in told} == told


def everything_happened(year: LivedYear) -> None:
    """Each thing of the year left its entry."""
    kinds = {(one.kind, one.reason) for one in year.entries()}
    for seen in (
        ("held", None), ("superseded", None), ("withdrawn", None), ("failed", None), ("meeting", "held"),
        ("incident", "closed"), ("access_request", "given"), ("erased", "duty"), ("retained", None),
        ("backed_up", "home"), ("restored", "home"), ("grading_complete", None), ("query_answered", None),
    ):  # fmt: skip
        assert any(kind == seen[0] and (seen[1] is None or reason == seen[1]) for kind, reason in kinds), seen


def nothing_is_left(year: LivedYear, prefect: Prefect) -> None:
    """Of whom was erased: no id, name or word, in whatever the home can still open; and the search does see others."""
    prefect.settled()
    home = year.open()
    codes = [year.code(mother(number)) for number in range(min(year.district.families, 12)) if number != ERASED]
    texts = list(everywhere(home, prefect, year.folder / "may.backup", year.slip, codes))
    assert found_in(texts, OWN) == set()
    assert len(found_in(texts, [f"Quill{ERASED + 1:03}ia"])) > 3
