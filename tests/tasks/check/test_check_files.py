"""Files as they come: what is refused, what is tolerated, and that nothing of a cell is changed on the way."""

from pathlib import Path
from typing import Any

import duckdb
import fsspec
import pytest
from termpost.tasks.formats.read import read_raw

REQUIRED = ["academicSessions.csv", "categories.csv", "classes.csv", "courses.csv", "enrollments.csv", "lineItems.csv",
            "orgs.csv", "results.csv", "users.csv"]  # fmt: skip


def raw(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def fatal(findings: Any) -> list[tuple[str, str, str | None]]:
    assert findings.outcome == "rejected"
    assert all(file.accepted == 0 for file in findings.files)
    return [(p.rule, p.file, p.column) for p in findings.problems if p.severity == "fatal"]


@pytest.mark.parametrize("file", REQUIRED)
def test_a_required_file_that_is_missing_rejects_the_extract(file: str, bundle: Any) -> None:
    (bundle.folder / file).unlink()
    assert fatal(bundle.check()) == [("missing-file", file, None)]


@pytest.mark.parametrize(
    ("data", "rule"),
    [(b"", "empty-file"), (b"\n\n", "empty-file"), ("sourcedId,name\né,b\n".encode("latin-1"), "not-utf8"),
     ("sourcedId,name\n1,b\n".encode("utf-16"), "not-utf8")],
)  # fmt: skip
def test_a_file_nobody_can_read_rejects_the_extract(data: bytes, rule: str, bundle: Any) -> None:
    raw(bundle.folder, "orgs.csv", data)
    assert fatal(bundle.check()) == [(rule, "orgs.csv", None)]


def test_bytes_that_are_not_utf8_far_into_the_file_reject_the_extract(bundle: Any) -> None:
    path = bundle.folder / "results.csv"
    path.write_bytes(path.read_bytes() + b'x,,,2942251001,604822,exempt,,2021-09-01,"\xe9"\n')
    assert fatal(bundle.check()) == [("not-utf8", "results.csv", None)]


def test_a_required_file_without_rows_rejects_the_extract(bundle: Any) -> None:
    bundle.write("results.csv", bundle.read("results.csv")[:1])
    assert fatal(bundle.check()) == [("no-rows", "results.csv", None)]


def test_a_quote_that_is_never_closed_rejects_the_extract(bundle: Any) -> None:
    path = bundle.folder / "results.csv"
    path.write_bytes(path.read_bytes() + b'x,,,2942251001,604822,exempt,,2021-09-01,"open\n')
    assert fatal(bundle.check()) == [("unreadable", "results.csv", None)]


def test_a_misspelt_required_column_is_named_with_its_place(bundle: Any) -> None:
    bundle.rename("users.csv", "givenName", "prefferedGivenName")
    bundle.rename("orgs.csv", "name", "Name")
    problems = {(p.rule, p.file, p.column): p.message for p in bundle.check().problems if p.severity == "fatal"}
    assert set(problems) == {("missing-column", "users.csv", "givenName"), ("missing-column", "orgs.csv", "name")}
    assert "column 4 looks like it, misspelt" in problems["missing-column", "orgs.csv", "name"]


def test_a_misspelt_restriction_column_rejects_the_extract_instead_of_losing_restrictions(bundle: Any) -> None:
    bundle.rename("supplement/contacts.csv", "contactRestrictions", "contactRestriction")
    assert fatal(bundle.check()) == [("misspelt-column", "supplement/contacts.csv", "contactRestrictions")]


def test_a_misspelt_column_that_protects_nobody_is_a_warning_with_a_hint(bundle: Any) -> None:
    bundle.rename("users.csv", "dateLastModified", "dataLastModified")
    findings = bundle.check()
    assert {(p.rule, p.severity) for p in findings.problems} == {
        ("missing-column", "warning"), ("unknown-column", "warning"),
    }  # fmt: skip
    assert any("did you mean dateLastModified?" in p.message for p in findings.problems)


def test_a_column_twice_rejects_the_extract(bundle: Any) -> None:
    bundle.add_column("results.csv", "score", "100")
    assert fatal(bundle.check()) == [("duplicate-column", "results.csv", "score")]


def test_a_file_without_a_header_gives_away_nothing_of_its_first_row(bundle: Any) -> None:
    bundle.write("users.csv", bundle.read("users.csv")[1:])
    findings = bundle.check()
    assert findings.outcome == "rejected"
    assert "Woods" not in findings.model_dump_json()
    assert "604822" not in findings.model_dump_json()


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [("oneroster.version", "1.2", "unsupported-version"), ("file.results", "detla", "unknown-mode")],
)
def test_what_would_be_read_wrongly_is_refused(key: str, value: str, rule: str, bundle: Any) -> None:
    bundle.put("manifest.csv", bundle.row_of("manifest.csv", propertyName=key), "value", value)
    assert fatal(bundle.check()) == [(rule, "manifest.csv", "value")]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.rstrip(b"\n"),
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\n", b"\r\n", 3),
        lambda data: data + b"\n\n",
        lambda data: data.replace(b"\n", b",,\n").replace(b",,\n", b"\n", 1),
    ],
    ids=[
        "a byte order mark",
        "no final newline",
        "CRLF",
        "mixed newlines",
        "blank lines at the end",
        "commas at the end of rows",
    ],
)
def test_harmless_differences_change_nothing(change: Any, bundle: Any) -> None:
    for name in bundle.sources():
        path = bundle.folder / name
        path.write_bytes(change(path.read_bytes().replace(b"\r\n", b"\n")))
    findings = bundle.check()
    assert (findings.outcome, findings.problems) == ("accepted", ())
    assert sum(file.rows for file in findings.files) == 1446


@pytest.mark.parametrize("torn", ["604822", "604822,a", '604822,"a"b,,,,,,,', "604822,,2021-09-01,Tardy,,,,x"])
def test_a_torn_row_is_out_and_the_others_stay(torn: str, bundle: Any) -> None:
    path = bundle.folder / "supplement" / "attendance.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:3], torn, *lines[3:]]), encoding="utf-8")
    findings = bundle.check()
    assert [(p.rule, p.file, p.row) for p in findings.problems] == [("ragged-row", "supplement/attendance.csv", 3)]
    assert {(h.student, h.class_id) for h in findings.holds} <= {("604822", None)}


def test_a_missing_comma_at_the_end_of_a_row_is_seen(bundle: Any) -> None:
    path = bundle.folder / "results.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    assert lines[1].endswith(",")
    path.write_text("\n".join([lines[0], lines[1][:-1], *lines[2:]]), encoding="utf-8")
    findings = bundle.check()
    assert [(p.rule, p.row, p.key) for p in findings.problems] == [("ragged-row", 1, None)]
    assert findings.held_students == ("604822",)


def test_cells_stay_as_they_are_and_rows_are_numbered_in_file_order(tmp_path: Path) -> None:
    names = [
        "  spaces ",
        "Jose\u0301",
        "José",
        "ʻOkina",
        "=cmd|'x'",
        'say "hi"',
        "two\nlines",
        "García Márquez de la Vega",
    ]
    quoted = [name.replace('"', '""') for name in names]
    lines = ["sourcedId,name,type", *(f'{n},"{name}",school' for n, name in enumerate(quoted)), ",,"]
    path = raw(tmp_path, "orgs.csv", "\r\n".join(lines).encode())
    con = duckdb.connect()
    read = read_raw(con, {"orgs.csv": str(path)})
    rows = con.execute("SELECT row_number, sourced_id, name FROM raw_orgs ORDER BY 1").fetchall()
    assert rows == [*((n + 1, str(n), name) for n, name in enumerate(names)), (9, None, None)]
    assert read.rows == {"orgs.csv": 9}


def test_the_slow_reader_reads_as_the_fast_one_does(tmp_path: Path) -> None:
    body = 'sourcedId,name,type\n1,"a ""b""\nc",school\n2,,\n3, x ,=1\n'
    one, two = raw(tmp_path, "one.csv", body.encode()), raw(tmp_path, "two.csv", (body + "4\n").encode())
    tables = []
    for path in (one, two):
        con = duckdb.connect()
        read_raw(con, {"orgs.csv": str(path)})
        tables.append(con.execute("SELECT * FROM raw_orgs ORDER BY row_number").fetchall())
    assert tables[0] == tables[1][:3]
    assert len(tables[1]) == 4


def test_sources_may_lie_in_a_registered_filesystem(bundle: Any) -> None:
    memory = fsspec.filesystem("memory")
    con = duckdb.connect()
    con.register_filesystem(memory)
    memory.pipe("/check-files/users.csv", (bundle.folder / "users.csv").read_bytes())
    try:
        read = read_raw(con, {"users.csv": "memory://check-files/users.csv"})
    finally:
        memory.rm("/check-files", recursive=True)
    assert read.rows == {"users.csv": 149}


def test_nothing_is_written_to_the_callers_database(bundle: Any, tmp_path: Path) -> None:
    from termpost.tasks.check.against_contracts import hold_against_contracts
    from termpost.tasks.check.contracts.check_parameters import CheckParameters

    con = duckdb.connect(str(tmp_path / "db.duckdb"))
    hold_against_contracts(con, bundle.sources(), "x", CheckParameters())
    assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE NOT temporary").fetchone() == (0,)
    assert con.execute("SELECT count(*) FROM duckdb_views() WHERE NOT temporary AND NOT internal").fetchone() == (0,)
