"""What leaves as files is what is out, under plain names, and logged first; a file store signs no links."""

import csv
import hashlib
import stat
from pathlib import Path

import pytest
from termpost.schemas.base.errors import InputError, Refused
from termpost.tasks.channels.export.export import PATTERN, export_cycle
from termpost.tasks.channels.portal.links import fresh_links

from tests.school import CYCLE, FANNIE, KYLE, LISA, Prepared


def export(school: Prepared, folder: Path, pattern: str = PATTERN) -> int:
    return export_cycle(school.open(), CYCLE, folder, pattern, "operator")


def test_every_report_that_is_out_is_a_file_and_a_line_of_the_index(school: Prepared, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no report"):
        export(school, tmp_path / "early")
    school.release(hold_back=[school.ref(KYLE)])
    folder = tmp_path / "out"
    assert export(school, folder, "{family}_{student}_v{version}") == 2
    with (folder / "index.csv").open(newline="") as source:
        rows = list(csv.DictReader(source))
    assert {row["student"] for row in rows} == {LISA, FANNIE}
    for row in rows:
        path = folder / row["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == row["sha256"]
        assert path.name.endswith(f"_{row['student']}_v1.pdf")
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {(e.student, e.version) for e in school.entries("exported")} == {(school.ref(s), 1) for s in (LISA, FANNIE)}
    with pytest.raises(InputError, match="holds something"):
        export(school, folder)


@pytest.mark.released
@pytest.mark.parametrize(("pattern", "code"), [
    ("{nobody}.pdf", "bad-pattern"), ("../{student}", "bad-pattern"), ("{student", "bad-pattern"),
    (".x", "bad-pattern"), ("{student.__class__}", "bad-pattern"), ("{cycle}.pdf", "same-name"),
    ("index.csv", "bad-pattern"),
])  # fmt: skip
def test_a_pattern_that_makes_no_plain_names_writes_nothing(
    school: Prepared, tmp_path: Path, pattern: str, code: str
) -> None:
    with pytest.raises(InputError) as caught:
        export(school, tmp_path / "out", pattern)
    assert caught.value.code == code
    assert not (tmp_path / "out").exists()
    assert school.entries("exported") == []


@pytest.mark.released
def test_bytes_that_are_not_those_approved_are_not_exported(school: Prepared, tmp_path: Path) -> None:
    pdfs = [key for key in school.store.list("reports/") if key.endswith("report.en.pdf")]
    school.store.put(pdfs[0], school.store.get(pdfs[1]))
    with pytest.raises(Refused, match="approved"):
        export(school, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.released
def test_a_file_store_says_plainly_that_nobody_outside_can_reach_it(school: Prepared) -> None:
    with pytest.raises(InputError, match="reached from outside"):
        fresh_links(school.open(), None)
