"""A contract that changed says so in its version, and what breaks is told from what does not."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from termpost.schemas.base.shipped import CONTRACTS
from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.tasks.check.contracts.compatibility import compare, version_for
from termpost.tasks.check.contracts.contract_shape import ContractShape, read_shape
from termpost.tasks.check.contracts.released_versions import release, released_shapes, standings
from termpost.tasks.formats.registry import mappings

SCORE = "  - name: score\n    physicalName: score\n"
NEW_COLUMN = """  - name: room
    physicalName: room
    description: Where.
    logicalType: string
    physicalType: VARCHAR
    required: {required}
    classification: internal
  - name: score
    physicalName: score
"""
RULE = """  quality:
  - name: above-max
    type: sql
    query: SELECT COUNT(*) FROM results AS r WHERE r.score > 1
    mustBe: 0
    severity: {severity}
    dimension: accuracy
"""
BREAKING = {
    "a column is gone": ("date_last_modified", None),
    "a column is renamed": ("  - name: score_date\n", "  - name: marked_date\n"),
    "a header cell is renamed": ("physicalName: scoreDate", "physicalName: dateOfScore"),
    "a new column must be filled": (SCORE, NEW_COLUMN.format(required="true")),
    "a type is another": ("physicalType: DECIMAL(18,6)", "physicalType: DOUBLE"),
    "a type is narrower": ("logicalType: number\n    physicalType: DECIMAL(18,6)",
                           "logicalType: integer\n    physicalType: BIGINT"),
    "optional is required": ("logicalTypeOptions: {minimum: 0}\n    required: false",
                             "logicalTypeOptions: {minimum: 0}\n    required: true"),
    "a value is gone": ("[exempt, fully graded, not submitted,", "[exempt, fully graded,"),
    "a vocabulary is new": ("    classification: restricted\n    criticalDataElement",
                            ("    classification: restricted\n    quality:\n    - {name: enum, type: library,"
                            " metric: invalidValues, arguments: {validValues: [1]}, mustBe: 0, severity: error,"
                            " dimension: conformity}\n    criticalDataElement")),
    "a warning is an error": ("    severity: warning", "    severity: error"),
    "an error is fatal": ("    severity: error", "    severity: fatal"),
    "a new rule is an error": ("  quality:\n  - name: dup", RULE.format(severity="error") + "  - name: dup"),
    "an error asks something else": ("r.score_status = 'submitted')", "r.score_status = 'exempt')"),
    "the key is another": ("    primaryKey: true\n    primaryKeyPosition: 1\n", ""),
    "the class of secrecy is lower": ("classification: restricted", "classification: internal"),
    "a minimum is higher": ("{minimum: 0}", "{minimum: 1}"),
    "a reference leads elsewhere": ("to: line_items.sourced_id", "to: categories.sourced_id"),
    "what a reference finds is narrower": ("values: [student]", "values: [aide]"),
    "a near miss of the name refuses": ("yyyy-MM-dd}\n", "yyyy-MM-dd}\n    criticalDataElement: true\n"),
    "the file is called otherwise": ("  physicalName: results.csv", "  physicalName: marks.csv"),
    "a row holds others": ("value: result", "value: student"),
    "an unknown property of ours": ("  - property: holds", "  - {property: mood, value: grave}\n  - property: holds"),
}  # fmt: skip
COMPATIBLE = {
    "a new column may be blank": (SCORE, NEW_COLUMN.format(required="false")),
    "required is optional": ("DATE\n    logicalTypeOptions: {format: yyyy-MM-dd}\n    required: true",
                             ("DATE\n    logicalTypeOptions: {format: yyyy-MM-dd}\n    required: false\n"
                             "    customProperties:\n    - {property: header, value: required}")),
    "a value is new": ("[exempt, fully", "[excused, exempt, fully"),
    "an error is a warning": ("    severity: error", "    severity: warning"),
    "a new rule warns": ("  quality:\n  - name: dup", RULE.format(severity="warning") + "  - name: dup"),
    "the class of secrecy is higher": ("classification: internal", "classification: confidential"),
    "a minimum is lower": ("{minimum: 0}", "{minimum: -1}"),
    "a minimum is gone": ("    logicalTypeOptions: {minimum: 0}\n", ""),
    "a reference may find more": ("values: [student]", "values: [aide, student]"),
    "the file may be absent": ("value: required\n  - property: holds", "value: expected\n  - property: holds"),
    "an extract comes less often": ("- property: frequency\n  value: 1", "- property: frequency\n  value: 2"),
}  # fmt: skip
WORDS = {
    "a description": ("The mark, in points, exact.", "The mark in points, exact."),
    "the owner": ("  - username: data-team", "  - username: records-office"),
    "the dimension": ("dimension: uniqueness", "dimension: consistency"),
}


def without(text: str, column: str) -> str:
    """The contract without one of its columns."""
    start = text.index(f"  - name: {column}\n")
    return text[:start] + text[text.index("  - name: ", start + 1) :]


def changed(tmp_path: Path, old: str, new: str | None) -> ContractShape:
    text = (CONTRACTS / "results.odcs.yaml").read_text(encoding="utf-8")
    assert old in text, old
    path = tmp_path / "results.odcs.yaml"
    path.write_text(without(text, old) if new is None else text.replace(old, new), encoding="utf-8")
    return read_shape(path)


@pytest.mark.parametrize(
    ("kind", "edit", "needed"),
    [
        *(pytest.param("breaking", edit, "5.0.0", id=name) for name, edit in BREAKING.items()),
        *(pytest.param("compatible", edit, "4.3.0", id=name) for name, edit in COMPATIBLE.items()),
        *(pytest.param("words", edit, "4.2.2", id=name) for name, edit in WORDS.items()),
    ],
)
def test_a_change_is_classed_and_asks_for_its_version(
    kind: str, edit: tuple[str, str | None], needed: str, tmp_path: Path
) -> None:
    changes = compare(read_shape(CONTRACTS / "results.odcs.yaml"), changed(tmp_path, *edit))
    assert kind in {change.kind for change in changes}
    assert version_for("4.2.1", changes) == needed, list(map(str, changes))


def test_layout_and_order_are_no_change(tmp_path: Path) -> None:
    spaced = changed(tmp_path, "      JOIN line_items AS i ON", "      JOIN   line_items AS i\n        ON")
    assert compare(read_shape(CONTRACTS / "results.odcs.yaml"), spaced) == ()
    assert version_for("1.0.0", ()) == "1.0.0"


FORMATS = mappings()
FIRST, *OTHERS = FORMATS
NEWER = replace(FIRST, form="oneroster-csv/1.3", added={"results": frozenset({"room"})})


def of_results(**columns: str) -> dict[str, frozenset[str]]:
    return {"results": frozenset(columns.values())}


@pytest.mark.parametrize(
    ("kind", "formats", "needed"),
    [
        pytest.param("breaking", OTHERS, "5.0.0", id="a format is no longer read"),
        pytest.param("breaking", [replace(FIRST, headers={"results": {"score": "mark"}}), *OTHERS], "5.0.0",
                     id="a header cell is another in one format"),
        pytest.param("breaking", [replace(FIRST, lacking=of_results(column="score")), *OTHERS], "5.0.0",
                     id="a format no longer has the column"),
        pytest.param("compatible", [*FORMATS, NEWER], "4.3.0", id="one more format is read"),
        pytest.param("compatible", [*FORMATS, replace(OTHERS[-1], form="other/1")], "4.3.0", id="a format is derived"),
        pytest.param("compatible", [replace(FIRST, optional=of_results(column="score_date")), *OTHERS], "4.3.0",
                     id="blank is allowed in one format"),
    ],
)  # fmt: skip
def test_what_a_format_says_of_a_contract_is_a_promise_too(
    kind: str, formats: list[FormatMapping], needed: str
) -> None:
    path = CONTRACTS / "results.odcs.yaml"
    changes = compare(read_shape(path), read_shape(path, formats))
    assert kind in {change.kind for change in changes}
    assert version_for("4.2.1", changes) == needed, list(map(str, changes))


def test_a_column_that_only_a_new_version_demands_breaks_nothing(tmp_path: Path) -> None:
    only = "    customProperties:\n    - {property: ofSomeFormats, value: true}\n"
    column = NEW_COLUMN.format(required="true").replace(
        "    classification: internal\n", "    classification: internal\n" + only
    )
    text = (CONTRACTS / "results.odcs.yaml").read_text(encoding="utf-8")
    path = tmp_path / "results.odcs.yaml"
    path.write_text(text.replace(SCORE, column))
    changes = compare(read_shape(CONTRACTS / "results.odcs.yaml"), read_shape(path, [*FORMATS, NEWER]))
    assert version_for("1.0.0", changes) == "1.1.0", list(map(str, changes))


def test_a_new_format_asks_no_contract_for_a_new_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has every dataset of the others, under names of its own, and leaves out what it may."""
    headers = {"results": {"score": "Grade"}, "users": {"given_name": "First Name"}}
    new = replace(OTHERS[-1], form="schoology-csv/1", headers=headers)
    monkeypatch.setattr("termpost.tasks.check.contracts.released_versions.mappings", lambda: (*FORMATS, new))
    assert [standing.dataset for standing in standings() if standing.changes] == []


def test_every_contract_that_changed_since_its_release_says_so_in_its_version() -> None:
    """Red? `termpost contracts --check` tells what changed, `termpost contracts --release` keeps the new version."""
    broken = {s.dataset: (s.version, s.needed, list(map(str, s.changes))) for s in standings() if s.broken}
    assert broken == {}
    assert released_shapes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The contracts as released today."""
    folder = tmp_path / "data_contracts"
    folder.mkdir()
    for path in CONTRACTS.glob("*.odcs.yaml"):
        shutil.copy(path, folder)
    release(folder)
    return folder


def test_a_release_raises_the_number_that_is_too_low_and_keeps_the_old_version(folder: Path) -> None:
    assert release(folder) == ()
    path = folder / "results.odcs.yaml"
    before = {file.name: file.read_bytes() for file in (folder / "released").iterdir()}
    old = read_shape(path).version
    path.write_text(path.read_text().replace("severity: warning", "severity: error"))
    (standing,) = [s for s in standings(folder) if s.broken]
    assert standing.dataset == "results"
    (kept,) = release(folder)
    assert read_shape(path).version == kept.version == version_for(old, kept.changes)
    assert not any(s.broken or s.changes for s in standings(folder))
    after = {file.name: file.read_bytes() for file in (folder / "released").iterdir()}
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {f"results-{kept.version}.json"}


def test_a_number_that_is_high_enough_stays_as_it_is(folder: Path) -> None:
    path = folder / "results.odcs.yaml"
    old = read_shape(path).version
    path.write_text(path.read_text().replace(f"\nversion: {old}", "\nversion: 77.0.0").replace("exact.", "as it is."))
    (kept,) = release(folder)
    assert kept.version == read_shape(path).version == "77.0.0"


def test_a_contract_that_is_gone_breaks_its_promise(folder: Path) -> None:
    (folder / "orgs.odcs.yaml").unlink()
    (standing,) = [s for s in standings(folder) if s.broken]
    assert [str(change) for change in standing.changes] == ["breaking: the contract is gone"]
