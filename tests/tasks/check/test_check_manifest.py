"""The manifest: bulk, delta and neither, and a bundle of changes judged by itself."""

from typing import Any

import pytest

BULK = ("academicSessions", "categories", "classes", "courses", "demographics", "enrollments", "lineItems", "orgs",
        "results", "users")  # fmt: skip


def rules(findings: Any) -> set[tuple[str, str, str, str | None]]:
    return {(p.rule, p.severity, p.file, p.column) for p in findings.problems}


def say(bundle: Any, name: str, value: str) -> None:
    bundle.put("manifest.csv", bundle.row_of("manifest.csv", propertyName=name), "value", value)


@pytest.fixture
def changes(bundle: Any) -> Any:
    """Two marks of Grand Bend as a delta, and not a word of whose they are."""
    kept = bundle.read("results.csv")[:3]
    for path in bundle.folder.rglob("*.csv"):
        if path.name != "manifest.csv":
            path.unlink()
    (bundle.folder / "supplement").rmdir()
    bundle.write("results.csv", kept)
    for name in BULK:
        say(bundle, f"file.{name}", "absent")
    say(bundle, "file.results", "delta")
    for row in (1, 2):
        bundle.put("results.csv", row, "status", "active")
        bundle.put("results.csv", row, "dateLastModified", "2021-09-13T06:00:00Z")
    return bundle


def test_changes_by_themselves_are_judged_row_by_row_and_no_further(changes: Any) -> None:
    findings = changes.check()
    assert rules(findings) == {("delta-references", "warning", "manifest.csv", "value")}
    assert (findings.outcome, findings.held_students) == ("accepted", ())
    changes.put("results.csv", 1, "score", "NaN")
    changes.put("results.csv", 2, "dateLastModified", "")
    assert rules(changes.check()) == {
        ("delta-references", "warning", "manifest.csv", "value"),
        ("type-decimal", "error", "results.csv", "score"),
        ("required", "error", "results.csv", "dateLastModified"),
    }


def test_a_row_that_goes_needs_no_more_than_its_id(changes: Any) -> None:
    changes.put("results.csv", 1, "status", "tobedeleted")
    for column in ("lineItemSourcedId", "studentSourcedId", "scoreStatus", "score", "scoreDate"):
        changes.put("results.csv", 1, column, "")
    assert {rule for rule, *_ in rules(changes.check())} == {"delta-references"}
    changes.put("results.csv", 1, "sourcedId", "")
    assert ("required", "error", "results.csv", "sourcedId") in rules(changes.check())


def test_marks_of_a_delta_in_a_bulk_file_are_one_warning_a_column(bundle: Any) -> None:
    for row in (1, 2, 3):
        bundle.put("results.csv", row, "status", "active")
    assert rules(bundle.check()) == {("bulk-status", "warning", "results.csv", "status")}


def test_a_property_nobody_knows_is_told_by_its_row(bundle: Any) -> None:
    row = bundle.add("manifest.csv", propertyName="file.userz", value="bulk")
    assert [(p.rule, p.severity, p.row) for p in bundle.check().problems] == [("unknown-property", "warning", row)]


@pytest.mark.parametrize(
    ("name", "value"), [("file.results", ""), ("oneroster.version", ""), ("source.systemCode", "")]
)
def test_blank_values_are_common_and_say_nothing(name: str, value: str, bundle: Any) -> None:
    say(bundle, name, value)
    assert bundle.check().problems == ()


def test_a_file_that_is_listed_and_missing_or_the_reverse_is_a_warning(bundle: Any) -> None:
    say(bundle, "file.demographics", "absent")
    assert rules(bundle.check()) == {("manifest-mismatch", "warning", "manifest.csv", "value")}
    say(bundle, "file.demographics", "bulk")
    (bundle.folder / "demographics.csv").unlink()
    assert ("manifest-mismatch", "warning", "manifest.csv", "value") in rules(bundle.check())


@pytest.mark.parametrize("version", ["1.1", "1.1.1"])
def test_a_later_text_of_the_same_version_is_read(version: str, bundle: Any) -> None:
    say(bundle, "oneroster.version", version)
    assert bundle.check().problems == ()


def test_rows_that_go_are_held_against_nothing(bundle: Any) -> None:
    """Replaced by a row with another id, or left behind by what it refers to."""
    first = bundle.records("results.csv")[0]
    bundle.put("results.csv", 1, "status", "tobedeleted")
    bundle.add("results.csv", **first | {"sourcedId": "again", "status": "active"})
    bundle.add("enrollments.csv", sourcedId="left", classSourcedId="gone", userSourcedId="gone", status="tobedeleted")
    assert {rule for rule, *_ in rules(bundle.check())} == {"bulk-status"}
