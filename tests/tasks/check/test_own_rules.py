"""A home adds and tightens rules in contracts/ of its own; a broken one is an error with its line, first of all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.base.errors import InputError
from termpost.schemas.contracts.own_contract import OwnContracts
from termpost.tasks.check.contracts.own_rules import own_contracts_of
from termpost.tasks.check.validation_page import make_validation_page, rules_found
from termpost.tasks.formats.canvas_gradebook import FORMAT as CANVAS
from termpost.tasks.formats.registry import load_contracts

HEAD = "apiVersion: v3.1.0\nkind: DataContract\nschema:\n- name: line_items\n"
SHORT = """  properties:
  - name: title
    quality:
    - name: own-title-short
      type: library
      metric: invalidValues
      arguments: {pattern: '^.{1,40}$'}
      mustBe: 0
      severity: warning
      description: The title is longer than a line of our reports.
      customProperties:
      - {property: remedy, value: shorten it in the gradebook}
"""
SQL = """  quality:
  - name: own-worth-little
    type: sql
    query: SELECT COUNT(*) FROM line_items AS i WHERE i.result_value_max < 5
    mustBe: 0
    severity: error
    description: the work is worth less than five points, which nobody here gives
"""
CHANGE = "  quality:\n  - {{name: {rule}, severity: {severity}}}\n"

WriteContract = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> WriteContract:
    """Writes contracts/<dataset>.odcs.yaml of a home; `{HEAD}` goes before the text."""

    def inner(text: str, dataset: str = "line_items", head: str = HEAD) -> Path:
        (tmp_path / "contracts").mkdir(exist_ok=True)
        path = tmp_path / "contracts" / f"{dataset}.odcs.yaml"
        path.write_text(head.replace("line_items", dataset) + text, encoding="utf-8")
        return tmp_path

    return inner


def refused(home: Path, accepted: tuple[str, ...] = ()) -> InputError:
    with pytest.raises(InputError) as caught:
        own_contracts_of(home, accepted)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_home_without_the_folder_has_no_rules_of_its_own(tmp_path: Path) -> None:
    assert own_contracts_of(tmp_path) == OwnContracts()


def test_a_rule_of_the_school_is_found_by_its_code_with_its_sentence(bundle: Any, write: WriteContract) -> None:
    bundle.put("lineItems.csv", 3, "title", "x" * 41)
    bundle.put("lineItems.csv", 4, "resultValueMax", "4")
    found = bundle.check(own=own_contracts_of(write(SHORT + SQL)))
    by_rule = {p.rule: p for p in found.problems if p.rule.startswith("own-")}
    short = by_rule["own-title-short"]
    assert (short.severity, short.file, short.row, short.column) == ("warning", "lineItems.csv", 3, "title")
    assert short.message == "The title is longer than a line of our reports"
    assert short.remedy == "shorten it in the gradebook"
    assert (by_rule["own-worth-little"].severity, by_rule["own-worth-little"].row) == ("error", 4)
    assert ("lineItems.csv", 4, "own-worth-little", None) in found.rejected
    assert "own-worth-little" in {hold.reason for hold in found.holds}  # those of the class, and why
    page = make_validation_page(found).decode()
    assert "own-title-short" in page
    order = [rule.rule for rule in rules_found(found)]
    assert order.index("reference") < order.index("own-worth-little") < order.index("own-title-short")


def test_a_column_is_tightened_by_its_own_keys(bundle: Any, write: WriteContract) -> None:
    write(
        "  properties:\n  - name: due_date\n    required: true\n  - name: result_value_max\n"
        "    logicalTypeOptions: {minimum: 0.5, maximum: 400}\n  - name: title\n"
        "    logicalTypeOptions: {maxLength: 60}\n"
    )
    home = write("  properties:\n  - name: title\n    unique: true\n", "courses")
    bundle.put("lineItems.csv", 2, "dueDate", "")
    bundle.put("lineItems.csv", 3, "resultValueMax", "0.25")
    bundle.put("lineItems.csv", 4, "title", "y" * 61)
    bundle.put("courses.csv", 1, "title", bundle.records("courses.csv")[1]["title"])
    found = bundle.check(own=own_contracts_of(home))
    places = {(p.rule, p.severity, p.file, p.row) for p in found.problems if p.rule.startswith("own-")}
    assert places == {
        ("own-required", "error", "lineItems.csv", 2), ("own-range", "error", "lineItems.csv", 3),
        ("own-length", "error", "lineItems.csv", 4), ("own-unique", "error", "courses.csv", 1),
        ("own-unique", "error", "courses.csv", 2),
    }  # fmt: skip


def test_a_rule_that_cannot_be_asked_is_said(bundle: Any, write: WriteContract) -> None:
    text = SHORT.replace("name: title", "name: description") + SQL.replace(
        "FROM line_items AS i", "FROM line_items AS i JOIN supplement_due_dates AS s ON TRUE"
    )
    bundle.drop_column("lineItems.csv", "description")
    found = bundle.check(own=own_contracts_of(write(text)))
    (said,) = [p for p in found.problems if p.rule == "own-not-run"]
    assert (said.severity, said.file, said.row) == ("warning", "lineItems.csv", None)
    assert "own-title-short, own-worth-little" in said.message


def test_a_format_without_the_column_is_not_asked_to_fill_it(write: WriteContract) -> None:
    own = own_contracts_of(write("  properties:\n  - name: due_date\n    required: true\n"))
    contracts = load_contracts(CANVAS.form)
    assert own.over(contracts) == contracts
    said = list(own.not_run(contracts, frozenset({"line_items"}), frozenset({"line_items"})))
    assert said == [("lineItems.csv", "own-required")]


def test_a_fatal_rule_of_the_school_rejects_the_extract(bundle: Any, write: WriteContract) -> None:
    bundle.put("lineItems.csv", 4, "resultValueMax", "4")
    found = bundle.check(own=own_contracts_of(write(SQL.replace("severity: error", "severity: fatal"))))
    assert found.outcome == "rejected"
    assert b"own-worth-little" in make_validation_page(found)


def test_a_severity_is_raised_and_the_rule_stays_what_it_is(bundle: Any, write: WriteContract) -> None:
    bundle.put("lineItems.csv", 2, "dueDate", "")
    home = write("  properties:\n  - name: due_date\n    quality:\n    - {name: required, severity: error}\n")
    found = bundle.check(own=own_contracts_of(home))
    assert ("required", "error", 2) in {(p.rule, p.severity, p.row) for p in found.problems}


def test_what_loosens_a_contract_needs_to_be_accepted_by_its_very_name(bundle: Any, write: WriteContract) -> None:
    home = write(CHANGE.format(rule="above-max", severity="warning"), "results")
    error = refused(home)
    assert error.code == "own-not-accepted"
    assert error.where == "contracts/results.odcs.yaml line 6"
    assert '"results.above-max warning"' in error.remedy
    assert refused(home, ("results.above-max none",)).code == "own-not-accepted"
    own = own_contracts_of(home, ("results.above-max warning",))
    assert own.accepted == ("results.above-max warning",)
    bundle.put("results.csv", 5, "score", "9999")
    found = bundle.check(own=own)
    assert ("above-max", "warning") in {(p.rule, p.severity) for p in found.problems if p.row == 5}
    assert found.quarantined == 0


def test_a_rule_is_taken_out_and_a_column_may_go_blank_where_that_is_accepted(
    bundle: Any, write: WriteContract
) -> None:
    write("  properties:\n  - name: score_date\n    required: false\n", "results")
    home = write(CHANGE.format(rule="outside-session", severity="none"))
    own = own_contracts_of(home, ("results.score_date.required none", "line_items.outside-session none"))
    bundle.put("results.csv", 5, "scoreDate", "")
    bundle.put("lineItems.csv", 2, "dueDate", "2031-01-01")
    found = bundle.check(own=own)
    assert not [p for p in found.problems if p.rule in {"required", "outside-session"}]
    assert found.quarantined == 0


LOWER_ENUM = "  properties:\n  - name: contact_restrictions\n    quality:\n    - {name: enum, severity: warning}\n"


@pytest.mark.parametrize(
    ("dataset", "text"),
    [
        ("supplement_contacts", CHANGE.format(rule="shared-with-barred", severity="none")),
        ("supplement_contacts", CHANGE.format(rule="date-order", severity="warning")),
        ("supplement_contacts", LOWER_ENUM),
        ("supplement_contacts", "  properties:\n  - name: student_sourced_id\n    required: false\n"),
        ("supplement_comments", CHANGE.format(rule="comment-tells-address", severity="warning")),
        ("enrollments", CHANGE.format(rule="reference-role", severity="none")),
        ("results", CHANGE.format(rule="duplicate-result", severity="warning")),
        ("results", CHANGE.format(rule="status-score", severity="none")),
        ("results", "  properties:\n  - name: student_sourced_id\n    required: false\n"),
        ("line_items", "  properties:\n  - name: title\n    required: false\n"),
    ],
)  # fmt: skip
def test_what_guards_a_right_or_what_reports_rest_on_is_never_loosened(
    write: WriteContract, dataset: str, text: str
) -> None:
    home = write(text, dataset)
    words = [word for word in ("none", "warning") if word in text] or ["none"]
    rules = ["shared-with-barred", "date-order", "contact_restrictions.enum", "student_sourced_id.required",
             "comment-tells-address", "reference-role", "duplicate-result", "status-score",
             "title.required"]  # fmt: skip
    assert refused(home, tuple(f"{dataset}.{rule} {word}" for rule in rules for word in words)).code == "own-guarded"


COUNTED = "SELECT COUNT(*) FROM line_items AS i"


@pytest.mark.parametrize(
    ("text", "code", "line", "said"),
    [
        (SQL.replace("i.result_value_max <", "i.points <"), "own-sql", 6, "points"),
        (SQL.replace("FROM line_items AS i", "FROM read_csv('/etc/passwd') AS i"), "own-sql", 6, "no dataset"),
        (SQL.replace("i.result_value_max < 5", "getenv('HOME') = '1'"), "own-sql", 6, "not allowed"),
        (SQL.replace(COUNTED, "DELETE FROM line_items"), "own-sql", 6, "single SELECT"),
        (SQL.replace("FROM line_items", "FROM results"), "own-sql", 6, "own dataset"),
        (SQL.replace("< 5", "< $secret"), "own-sql", 6, "unknown parameter"),
        (SQL.replace("< 5", "< <"), "own-sql", 6, "cannot be parsed"),
        (SQL.replace(COUNTED, COUNTED + " JOIN lms_users AS u ON TRUE JOIN canvas_gradebook AS s ON TRUE"), "own-sql",
         6, "no format"),
        (SHORT.replace("'^.{1,40}$'", "'^(.{1,40}$'"), "own-contract", 11, "regular expression"),
        (SHORT.replace("name: title", "name: titel"), "own-contract", 8, "no such column"),
        (SHORT.replace("own-title-short", "title-short"), "own-contract", 8, "another severity"),
        (SHORT.replace("own-title-short", "own-Title"), "own-contract", 8, "name of a rule"),
        (SHORT.replace("severity: warning", "severity: off"), "own-contract", 8, "severity"),
        (SHORT.replace("mustBe: 0", "mustBe: 1"), "own-contract", 8, "counts"),
        (SHORT.replace("    metric: ", "    metrik: "), "own-contract", 8, "metrik"),
        (SHORT.replace("description:", "dimension:"), "own-contract", 8, "description"),
        (SHORT.replace("pattern: '^.{1,40}$'", "validValues: [yes, no]"), "own-contract", 11, "quotes"),
        ("  properties:\n  - name: title\n    reqired: true\n", "own-contract", 6, "reqired"),
        ("  properties:\n  - name: title\n    required: 'no'\n", "own-contract", 6, "true nor false"),
        ("  properties:\n  - name: title\n    logicalTypeOptions: {minimum: 1}\n", "own-contract", 7, "number"),
        ("  properties:\n  - name: title\n    name: title\n", "own-contract", 7, "twice"),
        ("  properties: [\n", "own-contract", 6, "YAML"),
        ("  properties: []\n", "own-contract", 4, "no rule"),
        (CHANGE.format(rule="above-max", severity="error"), "own-contract", 6, "no rule above-max"),
        (CHANGE.format(rule="date-order", severity="error") + "  - {name: date-order, severity: fatal}\n",
         "own-contract", 7, "twice"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_an_error_with_its_line(
    write: WriteContract, text: str, code: str, line: int, said: str
) -> None:
    error = refused(write(text))
    assert (error.code, error.where) == (code, f"contracts/line_items.odcs.yaml line {line}")
    assert said in f"{error.what} {error.remedy}"


def test_a_file_of_no_dataset_or_of_no_contract_is_refused(write: WriteContract) -> None:
    home = write(SQL.replace("line_items", "lineitems"), "lineitems")
    assert "no such dataset" in refused(home).what
    (home / "contracts" / "lineitems.odcs.yaml").rename(home / "contracts" / "line_items.yaml")
    assert refused(home).where == "contracts/line_items.yaml"
