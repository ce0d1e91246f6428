"""Law 9 for findings: they say where something is wrong, by file, row and column, and never what stands there."""

import json
from decimal import Decimal
from pathlib import Path

import duckdb
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters

from tests.school import FANNIE, LISA, small_extract


def test_findings_say_where_and_never_what(tmp_path: Path) -> None:
    extract = small_extract(tmp_path / "extract")
    extract.change("results.csv", {"studentSourcedId": LISA}, score="Zebulon Quartermain")
    extract.change("users.csv", {"sourcedId": FANNIE}, dateLastModified="yesterday", email="z.quartermain@example")
    extract.change("supplement/contacts.csv", {"studentSourcedId": FANNIE}, restrictionFrom="77 Quince Terrace")
    sources = {p.relative_to(extract.folder).as_posix(): str(p) for p in sorted(extract.folder.rglob("*.csv"))}
    with duckdb.connect() as con:
        findings = hold_against_contracts(con, sources, "extract-1", CheckParameters(Decimal(200)))
    where = {(problem.file, problem.column) for problem in findings.problems}
    assert where >= {("results.csv", "score"), ("users.csv", "dateLastModified"),
                     ("supplement/contacts.csv", "restrictionFrom")}  # fmt: skip
    said = json.dumps(json.loads(findings.model_dump_json())["problems"])
    for personal in ("Quartermain", "quartermain", "yesterday", "Quince", LISA, FANNIE):
        assert personal not in said
