"""The check of an extract that lies in landing; its findings and rejected rows go to quarantine."""

import csv
import io
from collections import defaultdict

import duckdb
from termpost.schemas.base.errors import InputError
from termpost.schemas.base.refs import Checked, Extract
from termpost.schemas.contracts.export_rules import VANISHED
from termpost.schemas.contracts.policy_rules import POLICY_RULES
from termpost.schemas.documents.findings import Findings, findings_key, validation_key
from termpost.tasks.check.against_contracts import hold_against_contracts
from termpost.tasks.check.contracts.check_parameters import CheckParameters
from termpost.tasks.check.inserts import insert_flaws, with_inserts
from termpost.tasks.check.validation_page import make_validation_page
from termpost.tasks.documents.spreadsheet import as_csv
from termpost.tasks.extract.landed import landed_files, landed_inserts, landed_skipped, refuse_changed
from termpost.tasks.formats.registry import delimiter_of
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import get_tagged, put_tagged
from termpost.tasks.lake.connection import tables_beside


def landed_sources(home: Home, extract: Extract, con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """File name → what this DuckDB opens; of the files that were copied, whatever else lies there.

    Raises:
        Refused: `object-gone`, `object-changed`, of the note that says which.
    """
    home.store.let_in(con)
    files = sorted(landed_files(home.store, home.tags, extract.uri).items())
    return {name: home.store.url(file.key) for name, file in files if name.endswith(".csv")}


def tables_of(extract: Extract) -> str:
    """What the tables of a checked extract are called, where they are left to the load."""
    return f"{extract.form} {extract.id}"


def read_findings(home: Home, checked: Checked) -> Findings:
    """What the check of this run found.

    Raises:
        Refused: `object-gone`, `object-changed`.
    """
    return Findings.model_validate_json(get_tagged(home, checked.findings, checked.tag))


def check_landing(home: Home, extract: Extract, terms: CheckParameters) -> Checked:
    """Findings are made anew each time: a contract may have changed since.

    Raises:
        Refused: `object-gone`, `object-changed`: what lies in landing is not what was copied.
    """
    store = home.store
    refuse_changed(store, home.tags, extract.uri)
    with tables_beside(home.lake, tables_of(extract)) as connection:  # the load takes them as they are
        skipped = landed_skipped(store, home.tags, extract.uri)
        findings = hold_against_contracts(
            connection, landed_sources(home, extract, connection), extract.id, terms, extract.form, skipped
        )
        findings = with_inserts(
            connection, findings, insert_flaws(landed_inserts(store, home.tags, extract.uri).values())
        )
    _quarantine(home, extract, findings)
    store.put(validation_key(extract.id), make_validation_page(findings))
    return Checked(
        extract=extract, outcome=findings.outcome, findings=findings_key(extract.id),
        accepted=sum(f.accepted for f in findings.files), quarantined=sum(f.quarantined for f in findings.files),
        tag=put_tagged(home, findings_key(extract.id), findings.model_dump_json().encode()),
    )  # fmt: skip


def _quarantine(home: Home, extract: Extract, findings: Findings) -> None:
    """Each file's rejected rows, with their row number and rules before them, as the office opens them."""
    rules: defaultdict[str, defaultdict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for rejected in findings.rejected:
        rules[rejected.file][rejected.row].add(rejected.rule)
    files = landed_files(home.store, home.tags, extract.uri)
    for name, rows in rules.items():
        text = home.store.get(files[name].key).decode("utf-8-sig")
        source = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
        header = ["row", "rules", *next(source, [])]
        # a blank line is no row, for the check neither
        found = (
            [number, " ".join(sorted(rows[number])), *row]
            for number, row in enumerate(filter(None, source), start=1)
            if number in rows
        )
        place = files[name].key.removeprefix(f"{extract.uri}/")
        home.store.put(f"quarantine/{extract.id}/{place}", as_csv(header, found))


def refuse_rejected(home: Home, checked: Checked) -> None:
    """Raises InputError with the first fatal problem, where the extract as a whole cannot be used."""
    if checked.outcome != "rejected":
        return
    fatal = [problem for problem in read_findings(home, checked).problems if problem.severity == "fatal"]
    first = fatal[0]
    column = f", column {first.column}" if first.column else ""
    more = f"; {len(fatal) - 1} more like it" if len(fatal) > 1 else ""
    remedy = f"fix it{more} (termpost check lists all), and export again"
    if first.rule in POLICY_RULES:  # the fault is the policy's: nothing is to be exported again
        remedy = f"{first.remedy}{more} (termpost check --home lists all)" if more else first.remedy
        raise InputError(first.rule, first.message, first.file, remedy)
    if first.rule in VANISHED:  # there may be nothing to fix
        remedy = f"{first.remedy}{more} (termpost check --home lists all)" if more else first.remedy
    raise InputError("extract-rejected", f"the extract is rejected: {first.message}", f"{first.file}{column}", remedy)
