"""The validation page: what one check found, as one HTML file for the people who fix the source.

No personal data: counts, rules, file names, row numbers, columns and our own sentences. Scripts and fetches: none.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from jinja2 import Template
from markupsafe import Markup
from termpost.schemas.contracts.contract_rule import ContractRule
from termpost.schemas.contracts.own_contract import PREFIX
from termpost.schemas.contracts.rules import RULES
from termpost.schemas.documents.findings import CheckOutcome, FileCount, Findings, Problem, Severity
from termpost.tasks.check.row_spans import row_spans
from termpost.tasks.documents.jinja import environment

SHOWN = 20  # rows of one rule; the rest is counted
SEVERITIES: tuple[Severity, ...] = ("fatal", "error", "warning")
OUTCOMES: dict[CheckOutcome, tuple[str, str]] = {
    "accepted": ("Accepted", "Every row that was not quarantined was loaded, and nobody has to wait."),
    "accepted_with_holds": (
        "Accepted with holds",
        "Good rows were loaded. Students whose report a quarantined row could change wait for a fix or a decision.",
    ),
    "rejected": ("Rejected", "Nothing of this extract was loaded. Fix what is fatal, and export again."),
}
EFFECTS: dict[Severity, str] = {
    "fatal": "The whole extract is rejected.",
    "error": "Each of these rows is in quarantine, and holds the students it could be about.",
    "warning": "Nothing is held or left out because of it.",
}


@dataclass(frozen=True)
class PlaceInFile:
    """Where a rule was broken: rows of one column of one file."""

    file: str
    column: str | None
    rows: str  # "1–20, 23"; with the id of the thing where it may be shown; empty: the file as a whole
    hint: str  # what the problem's own sentence says more than the rule's


@dataclass(frozen=True)
class RuleFound:
    """One rule at one severity, over all files."""

    anchor: str
    rule: str
    severity: Severity
    sentence: str
    meaning: str
    effect: str
    remedy: str
    count: int
    files: tuple[tuple[str, int], ...]
    places: tuple[PlaceInFile, ...]
    more: int  # counted only


@cache
def _template() -> Template:
    filters: dict[str, Callable[..., str]] = {"breaks": _breaks, "number": "{:,}".format}
    return environment(filters=filters).get_template("validation.html.j2")


def _breaks(name: str) -> Markup:
    """A file's name that may break before an extension, after a slash, between words."""
    return Markup("<wbr>").join(re.split(r"(?<=[/_-])|(?=[.])|(?<=[a-z])(?=[A-Z])", name))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _says(problems: list[Problem]) -> ContractRule:
    """What the rule of these problems says; a school's own says it in each of them."""
    first = problems[0]
    if first.rule.startswith(PREFIX):
        return ContractRule(first.message, "a rule of the school’s own (contracts/ of the home)", first.remedy)
    return RULES[first.rule]


def _hint(problem: Problem) -> str:
    rest = problem.message.removeprefix(_says([problem]).message).strip()
    return rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest


def _rows(problems: list[Problem]) -> str:
    """Row numbers, neighbours drawn together; a row whose id may be shown stands alone."""
    alone = [f"{p.row} ({p.key})" for p in problems if p.row and p.key]
    return ", ".join([*row_spans(p.row for p in problems if p.row and not p.key), *alone])


def _places(problems: list[Problem]) -> tuple[PlaceInFile, ...]:
    ordered = sorted(problems, key=lambda p: (p.file, p.row or 0, p.column or ""))[:SHOWN]
    groups: defaultdict[tuple[str, str | None, str], list[Problem]] = defaultdict(list)
    for problem in ordered:
        groups[problem.file, problem.column, _hint(problem)].append(problem)
    return tuple(PlaceInFile(file, column, _rows(found), hint) for (file, column, hint), found in groups.items())


def rules_found(findings: Findings) -> tuple[RuleFound, ...]:
    """What was broken: the gravest first, then the rules' own order."""
    counts: defaultdict[tuple[Severity, str], Counter[str]] = defaultdict(Counter)
    for count in findings.counts:
        counts[count.severity, count.rule][count.file] += count.count
    problems: defaultdict[tuple[Severity, str], list[Problem]] = defaultdict(list)
    for problem in findings.problems:
        problems[problem.severity, problem.rule].append(problem)
    order = {rule: place for place, rule in enumerate(RULES)}  # those of the school’s own come last
    return tuple(
        RuleFound(
            anchor=f"{severity}-{rule}",
            rule=rule,
            severity=severity,
            sentence=_sentence(_says(problems[severity, rule]).message),
            meaning=_sentence(_says(problems[severity, rule]).meaning),
            effect=EFFECTS[severity],
            remedy=_sentence(_says(problems[severity, rule]).remedy),
            count=counts[severity, rule].total(),
            files=tuple(sorted(counts[severity, rule].items())),
            places=_places(problems[severity, rule]),
            more=counts[severity, rule].total() - min(len(problems[severity, rule]), SHOWN),
        )
        for severity, rule in sorted(
            counts, key=lambda found: (SEVERITIES.index(found[0]), order.get(found[1], len(order)), found[1])
        )
    )


def _total(files: tuple[FileCount, ...]) -> FileCount:
    return FileCount(
        name="All files", rows=sum(f.rows for f in files), accepted=sum(f.accepted for f in files),
        quarantined=sum(f.quarantined for f in files),
    )  # fmt: skip


def make_validation_page(findings: Findings) -> bytes:
    """UTF-8 HTML; the same findings give the same bytes."""
    found = rules_found(findings)
    title, says = OUTCOMES[findings.outcome]
    files = tuple(sorted(findings.files, key=lambda file: file.name))
    by_severity = {severity: sum(rule.count for rule in found if rule.severity == severity) for severity in SEVERITIES}
    content = _template().render(
        f=findings, title=title, says=says, files=files, total=_total(files), rules=found, by_severity=by_severity,
        held=len(findings.held_students),
    )  # fmt: skip
    return content.encode()
