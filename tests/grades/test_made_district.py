"""A made-up district through `prepare`: each report's PDF is read back, and nothing of it contradicts the rest.

The second opinion (tests/report_check.py) knows nothing of how reports are made. What it calls a contradiction is one
for a family too.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.grades.made_district import make_district, write_district
from tests.report_check import check_report_text
from tests.report_text import read_pdf
from tests.school import Extract, School, new_school

RELEASED = {"midterm": datetime(2021, 10, 29, 14, tzinfo=UTC), "final": datetime(2021, 12, 17, 14, tzinfo=UTC)}
SHOWN = 20  # contradictions in a failure's message


@pytest.mark.parametrize(
    ("seed", "students", "kinds"),
    [
        pytest.param(3, 20, ("final",), id="some"),
        pytest.param(2000, 2000, ("midterm", "final"), id="many", marks=pytest.mark.soak),
        *(pytest.param(seed, 60, ("midterm", "final"), id=f"seed {seed}", marks=pytest.mark.soak) for seed in range(8)),
    ],
)
def test_no_report_of_a_district_contradicts_itself(
    seed: int, students: int, kinds: tuple[str, ...], tmp_path: Path
) -> None:
    school = new_school(tmp_path / "home")
    extract = Extract(write_district(make_district(seed, students), tmp_path / "extract", school.home))
    found: list[str] = []
    for kind in kinds:
        school.as_of = RELEASED[kind]
        (prepared,) = school.prepare(extract, cycle=kind)
        assert (prepared.made, prepared.held) == (students, 0)
        found += contradictions(school, kind)
    assert not found, f"{len(found)} contradictions:\n" + "\n".join(found[:SHOWN])


def contradictions(school: School, cycle: str) -> list[str]:
    """Of every report of a cycle that is in English."""
    names = [name for name in school.store.list(f"reports/school/{cycle}/") if name.endswith(".en.pdf")]
    assert names
    return [
        f"{cycle}, {name.split('/')[3]}: {problem}"
        for name in names
        for problem in check_report_text(read_pdf(school.store.get(name)))
    ]
