"""The contracts: valid by the standard, complete against OneRoster 1.1 and interface, and safe to run."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft201909Validator
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.shipped import CONTRACTS
from termpost.schemas.contracts.contract import read_contract
from termpost.schemas.contracts.rules import RULES
from termpost.tasks.check.contracts.contract_sql import failing_rows
from termpost.tasks.check.contracts.specs import compile_specs
from termpost.tasks.formats.registry import FALLBACK, load_contracts

PATHS = sorted(CONTRACTS.glob("*.odcs.yaml"))
DATASETS = frozenset(contract.dataset for contract in load_contracts())
BASE = "sourcedId status dateLastModified "
NEW_IN_1_2 = {  # the binding of 1.2, with resourceSourcedIds, which 1.2.1 has no more
    "categories.csv": BASE + "title weight",
    "lineItems.csv": BASE + "title description assignDate dueDate classSourcedId categorySourcedId"
    " academicSessionSourcedId resultValueMin resultValueMax schoolSourcedId",
    "results.csv": BASE + "lineItemSourcedId studentSourcedId scoreStatus score scoreDate comment textScore"
    " classSourcedId inProgress incomplete late missing",
    "users.csv": BASE + "enabledUser username userIds givenName familyName middleName identifier email sms phone"
    " agentSourcedIds grades password userMasterIdentifier resourceSourcedIds preferredGivenName preferredMiddleName"
    " preferredFamilyName primaryOrgSourcedId pronouns",
    "roles.csv": BASE + "userSourcedId roleType role beginDate endDate orgSourcedId userProfileSourcedId",
    "scoreScales.csv": BASE + "title type orgSourcedId courseSourcedId classSourcedId scoreScaleValue",
    "lineItemScoreScales.csv": BASE + "title lineItemSourcedId scoreScaleSourcedId",
    "resultScoreScales.csv": BASE + "title resultSourcedId scoreScaleSourcedId",
    "lineItemLearningObjectiveIds.csv": BASE + "lineItemSourcedId source learningObjectiveId",
    "resultLearningObjectiveIds.csv": BASE + "resultSourcedId source learningObjectiveId score textScore",
}
SCHEMA = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8"))
LATER = {"enum", "synonyms", "context", "semanticType", "vendor"}  # came with v3.2.0
ONEROSTER = {
    "academicSessions.csv": "sourcedId status dateLastModified title type startDate endDate parentSourcedId schoolYear",
    "categories.csv": "sourcedId status dateLastModified title",
    "classes.csv": "sourcedId status dateLastModified title grades courseSourcedId classCode classType location"
    " schoolSourcedId termSourcedIds subjects subjectCodes periods",
    "courses.csv": "sourcedId status dateLastModified schoolYearSourcedId title courseCode grades orgSourcedId subjects"
    " subjectCodes",
    "demographics.csv": "sourcedId status dateLastModified birthDate sex americanIndianOrAlaskaNative asian"
    " blackOrAfricanAmerican nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces"
    " hispanicOrLatinoEthnicity countryOfBirthCode stateOfBirthAbbreviation cityOfBirth publicSchoolResidenceStatus",
    "enrollments.csv": "sourcedId status dateLastModified classSourcedId schoolSourcedId userSourcedId role primary"
    " beginDate endDate",
    "lineItems.csv": "sourcedId status dateLastModified title description assignDate dueDate classSourcedId"
    " categorySourcedId gradingPeriodSourcedId resultValueMin resultValueMax",
    "manifest.csv": "propertyName value",
    "orgs.csv": "sourcedId status dateLastModified name type identifier parentSourcedId",
    "results.csv": "sourcedId status dateLastModified lineItemSourcedId studentSourcedId scoreStatus score scoreDate"
    " comment",
    "users.csv": "sourcedId status dateLastModified enabledUser orgSourcedIds role username userIds givenName"
    " familyName middleName identifier email sms phone agentSourcedIds grades password",
    "supplement/contacts.csv": "studentSourcedId contactSourcedId relation isPrimary livesWith emergency legalGuardian"
    " contactRestrictions restrictionFrom restrictionUntil restrictionDocument"
    " restrictionDocumentDate agreementUntil street city state postalCode country email"
    " phone addressConfidential preferredLanguage preferredChannel",
    "supplement/students.csv": "studentSourcedId preferredName preferredLanguage dependent consentToParents recordsHold"
    " email verdict",
    "supplement/attendance.csv": "studentSourcedId schoolSourcedId date event reason",
    "supplement/dueDates.csv": "studentSourcedId lineItemSourcedId dueDate",
    "supplement/grades.csv": "studentSourcedId classSourcedId academicSessionSourcedId grade percent note",
    "supplement/comments.csv": "studentSourcedId classSourcedId cycle author language comment strength nextStep "
    "homeHelp studentSays codes",
}


def columns_of(form: str) -> dict[str, str]:
    return {c.file: " ".join(column.header for column in c.in_file) for c in load_contracts(form) if not c.derived}


def keys(node: Any) -> set[str]:
    if isinstance(node, dict):
        return set(node).union(*(keys(value) for value in node.values()))
    return set().union(*(keys(item) for item in node)) if isinstance(node, list) else set()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.name)
def test_a_contract_is_valid_by_the_standard_and_uses_nothing_newer(path: Path) -> None:
    node = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert [error.message for error in Draft201909Validator(SCHEMA).iter_errors(node)] == []
    assert node["apiVersion"] == "v3.1.0"
    assert keys(node).isdisjoint(LATER)
    assert path.name == f"{node['schema'][0]['name']}.odcs.yaml"


def test_the_standards_schema_catches_a_typo_in_a_contract() -> None:
    node = yaml.safe_load(PATHS[0].read_text(encoding="utf-8"))
    node["schema"][0]["properties"][0]["requred"] = True
    assert list(Draft201909Validator(SCHEMA).iter_errors(node))


def test_contracts_name_every_file_and_column_in_order() -> None:
    assert columns_of("oneroster-csv/1.1") == ONEROSTER


def test_contracts_of_1_2_name_every_file_and_column_in_order() -> None:
    assert columns_of("oneroster-csv/1.2") == ONEROSTER | NEW_IN_1_2


@pytest.mark.parametrize("contract", load_contracts(), ids=lambda contract: contract.dataset)
def test_a_contract_says_who_owns_it_and_how_secret_each_column_is(contract: Any) -> None:
    assert contract.owner
    assert re.fullmatch(r"\d+\.\d+\.\d+", contract.version)
    assert contract.purpose
    assert all(re.fullmatch(r"[a-z_]+", column.name) for column in contract.columns)
    personal = re.compile(
        r"givenName|familyName|middleName|email|phone|sms|street|birthDate|score$|comment|student|user"
    )
    for column in contract.columns:
        if personal.match(column.header):
            assert column.classification in {"confidential", "restricted"}, column.header


def test_every_reference_leads_to_the_key_of_a_dataset() -> None:
    by_name = {contract.dataset: contract for contract in load_contracts()}
    for contract in by_name.values():
        for column in contract.columns:
            for to in column.relationships:
                key = by_name[to.target].key
                assert key is not None
                assert key.name == to.target_column
                assert to.must_column is None or to.must_column in {c.name for c in by_name[to.target].kept}


def test_every_rule_of_a_contract_is_a_known_code() -> None:
    assert {spec.rule for spec in compile_specs(load_contracts())} <= set(RULES)


def test_the_checks_are_one_list_that_names_no_engine() -> None:
    specs = compile_specs(load_contracts())
    assert len(specs) == len(set(map(repr, specs)))
    assert {(s.op, s.threshold) for s in specs} == {("=", 0)}
    (score,) = [s for s in specs if (s.dataset, s.column, s.rule) == ("results", "score", "range")]
    assert (score.metric, score.severity, score.arguments) == ("between", "error", {"minimum": "0"})


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM results",
        "SELECT COUNT(*) FROM results; DROP TABLE results",
        "SELECT COUNT(*) FROM read_csv('/etc/passwd')",
        "SELECT COUNT(*) FROM results AS r, read_text('/etc/passwd') AS p",
        "SELECT COUNT(*) FROM 'users.csv'",
        "SELECT COUNT(*) FROM results AS r WHERE EXISTS (SELECT 1 FROM lake.core_person)",
        "SELECT COUNT(*) FROM results AS r WHERE getenv('HOME') = ''",
        "SELECT COUNT(*) FROM users",
        "SELECT score FROM results",
        "SELECT COUNT(*) FROM results UNION SELECT COUNT(*) FROM users",
        "WITH x AS (DELETE FROM results RETURNING *) SELECT COUNT(*) FROM results",
        "SELECT COUNT(*) INTO t FROM results",
        "COPY results TO 'x.csv'",
        "PRAGMA database_list",
        "SELECT COUNT(*) FROM results AS r WHERE r.score > $secret",
        "SELECT COUNT(* FROM",
        "",
    ],
)
def test_contract_sql_that_is_more_than_one_select_over_datasets_is_refused(query: str) -> None:
    with pytest.raises(InputError) as caught:
        failing_rows(query, "results", DATASETS)
    assert caught.value.code == "contract-sql"


def test_the_count_of_a_query_becomes_the_rows_it_counts() -> None:
    found = failing_rows(
        "SELECT COUNT(*) FROM results AS r JOIN users AS u ON u.sourced_id = r.score", "results", DATASETS
    )
    assert found.sql == (
        "SELECT DISTINCT r.row_number FROM live_results AS r JOIN typed_users AS u ON u.sourced_id = r.score"
    )
    assert found.tables == ("results", "users")


@pytest.mark.parametrize(
    ("old", "new"),
    [("severity: error", "severity: grave"), ("classification: restricted", "classification: secret"),
     ("mustBe: 0", "mustBe: 1"), ("name: status-score", "name: my-own-rule"), ("value: result\n", "value: everyone\n"),
     ("logicalType: number", "logicalType: vector"), ("metric: duplicateValues", "metric: rowCount")],
)  # fmt: skip
def test_a_contract_that_no_check_could_run_is_refused(old: str, new: str, tmp_path: Path) -> None:
    text = (CONTRACTS / "results.odcs.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "results.odcs.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    others = [c for c in load_contracts() if c.dataset != "results"]
    with pytest.raises(InputError) as caught:
        compile_specs([*others, read_contract(path, FALLBACK.mapping)])
    assert caught.value.code == "bad-contract"


def test_every_rule_is_in_the_documentation() -> None:
    text = (CONTRACTS.parent / "docs" / "contracts.md").read_text(encoding="utf-8").partition("\n## Rules\n")[2]
    assert re.findall(r"^\| `([a-z0-9-]+)` \|", text, flags=re.MULTILINE) == list(RULES)
    assert all(f"| {rule.meaning} |" in text for rule in RULES.values())
