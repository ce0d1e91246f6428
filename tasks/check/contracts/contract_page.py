"""docs/contracts.md, written from the contracts: nothing in it can say other than what is checked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from termpost.schemas.base.shipped import CONTRACTS, TEMPLATES
from termpost.schemas.contracts.contract import load_contracts
from termpost.schemas.contracts.rules import RULES
from termpost.tasks.check.contracts.specs import compile_specs

SEVERITIES = ("fatal", "error", "warning")
# rules that no contract names: about a file as a whole, so how grave they are is the reader's to say
OF_FILES = {
    "missing-file": "fatal or warning", "unknown-file": "warning", "empty-file": "fatal", "no-rows": "fatal or warning",
    "not-utf8": "fatal", "unreadable": "fatal", "wrong-delimiter": "fatal", "missing-column": "fatal or warning",
    "misspelt-column": "fatal", "duplicate-column": "fatal", "unknown-column": "warning", "empty-header": "warning",
    "column-order": "warning", "stale": "warning", "unsupported-version": "fatal",
    "delta-references": "warning", "unknown-mode": "fatal", "unknown-property": "warning", "bulk-status": "warning",
    "withdrawn-column": "warning", "manifest-mismatch": "warning", "ragged-row": "error",
    "superseded-file": "warning", "no-points-row": "fatal", "not-counted": "warning",
}  # fmt: skip
PRESENCE = {
    "required": "Without it the extract is rejected.",
    "expected": "Its absence is reported.",
    "optional": "It may be absent.",
}
HOLDS = {
    "none": "A rejected row holds nobody.",
    "class": "A rejected row holds that course for the students of the class.",
    "line-item": "A rejected row holds its course for the students of the class.",
    "result": "A rejected row holds that student’s course.",
    "user": "A rejected row holds the report of that student, or of the students that user acts for.",
    "enrollment": "A rejected row holds that student’s course; of a teacher, the course for the class.",
    "student": "A rejected row holds that student’s report.",
    "contact": "A rejected row holds the report of that student, or of all students of an unclear contact.",
    "course": "A rejected row holds that student’s course.",
    "role": "A rejected row holds the report of that student, or of the students that user acts for.",
    "of-line-item": "A rejected row holds the course of its line item for the students of the class.",
    "of-result": "A rejected row holds the course of its result for that student.",
    "score-scale": "A rejected row holds the courses whose marks are on that scale.",
}
TYPES = {
    "string": "text", "date": "date", "timestamp": "instant", "number": "number", "integer": "whole number",
    "boolean": "true or false", "array": "list of text",
}  # fmt: skip


def contracts_page(folder: Path = CONTRACTS) -> str:
    """The whole page. The same contracts give the same text."""
    nodes = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.odcs.yaml"))]
    # Markdown, not HTML: what is written are our own contracts
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["cell"] = _cell
    headers = {node["name"]: _headers(node) for node in nodes}
    return environment.get_template("contracts.md.j2").render(
        datasets=[_dataset(node, headers) for node in nodes],
        rules=[{"name": n, "severity": s, "meaning": RULES[n].meaning} for n, s in _severities(nodes, folder).items()],
    )


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _custom(node: Mapping[str, Any]) -> dict[str, Any]:
    return {item["property"]: item["value"] for item in node.get("customProperties", ())}


def _headers(node: Mapping[str, Any]) -> dict[str, str]:
    return {column["name"]: column["physicalName"] for column in node["schema"][0]["properties"]}


def _severities(nodes: Iterable[Mapping[str, Any]], folder: Path) -> dict[str, str]:
    """Rule → its severities over all formats, in the order of RULES."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for form in sorted({form for node in nodes for form in _custom(node)["formats"]}):
        for spec in compile_specs(load_contracts(form, folder)):
            found[spec.rule].add(spec.severity)
    return {
        rule: " or ".join(s for s in SEVERITIES if s in found[rule]) if found[rule] else OF_FILES[rule]
        for rule in RULES
    }


def _dataset(node: Mapping[str, Any], headers: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    table = node["schema"][0]
    custom, own = _custom(node), _custom(table)
    keys = [column["physicalName"] for column in table["properties"] if column.get("primaryKey")]
    together = [rule for rule in table.get("quality", ()) if rule.get("metric") == "duplicateValues"]
    if not keys and together:
        keys = [headers[node["name"]][name] for name in together[0]["arguments"]["properties"]]
    return {
        "name": node["name"],
        "purpose": node["description"]["purpose"],
        "limitations": node["description"].get("limitations", ""),
        "owner": node["team"]["members"][0]["username"],
        "version": node["version"],
        "file": table["physicalName"],
        "formats": [form.replace("/", " ") for form in custom["formats"]],
        "derived": [form.replace("/", " ") for form in custom.get("derivedIn", ())],
        "presence": PRESENCE[own["presence"]],
        "holds": HOLDS[own["holds"]],
        "fresh": [s["description"] for s in node.get("slaProperties", ()) if "description" in s],
        "key": keys,
        "columns": [_column(column, headers) for column in table["properties"]],
        "rules": [_rule(rule, headers[node["name"]]) for rule in table.get("quality", ())],
    }


def _column(node: Mapping[str, Any], headers: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    custom = _custom(node)
    filled = "yes" if node.get("required") else "column" if custom.get("header") == "required" else ""
    return {
        "header": node["physicalName"],
        "type": TYPES[node["logicalType"]],
        "filled": filled,
        "classification": node["classification"],
        "means": " ".join([node["description"], *_asked(node, custom, headers)]),
    }


def _asked(
    node: Mapping[str, Any], custom: Mapping[str, Any], headers: Mapping[str, Mapping[str, str]]
) -> Iterator[str]:
    """What a column's cells must keep to, in sentences."""
    for to in node.get("relationships", ()):
        dataset, column = to["to"].split(".")
        own = _custom(to)
        must = own.get("mustHave")
        kind = f" whose {must['column']} is {' or '.join(must['values'])}" if must else ""
        yield f"→ `{dataset}.{headers[dataset][column]}`{kind}{_grave(own.get('severity', 'error'))}."
    options = node.get("logicalTypeOptions", {})
    for name, word in (("minimum", "At least"), ("maximum", "At most")):
        if options.get(name) is not None:
            yield f"{word} {options[name]}."
    for rule in node.get("quality", ()):
        arguments, grave = rule.get("arguments", {}), _grave(rule["severity"])
        grave += "".join(f" ({other} in {form.replace('/', ' ')})" for form, other in _severity_in(rule).items())
        if "validValues" in arguments:
            yield f"One of {', '.join(f'`{value}`' for value in arguments['validValues'])}{grave}."
        elif "pattern" in arguments:
            yield f"Form `{arguments['pattern']}`{grave}."
        else:
            yield f"`{rule['name']}`{grave}."
    if node.get("criticalDataElement"):
        yield "A near miss of its name rejects the extract."
    if custom.get("keep") is False and not node["description"].startswith("Never read"):
        yield "Never read."
    yield from _by_format(custom)


def _by_format(custom: Mapping[str, Any]) -> Iterator[str]:
    """Where formats differ in a column."""

    def named(forms: Iterable[str]) -> str:
        return ", ".join(form.replace("/", " ") for form in forms)

    if "formats" in custom or "versions" in custom:
        yield f"Only in {named(map(str, custom.get('formats', custom.get('versions', ()))))}."
    if "optionalIn" in custom:
        yield f"May be absent in {named(custom['optionalIn'])}."
    for form, header in custom.get("headers", {}).items():
        yield f"Called `{header}` in {form.replace('/', ' ')}."


def _severity_in(rule: Mapping[str, Any]) -> dict[str, str]:
    """Format → severity, where a format weighs the rule otherwise."""
    return dict(_custom(rule).get("severityIn", {}))


def _grave(severity: str) -> str:
    return "" if severity == "error" else f" ({severity})"


def _rule(node: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    column = _custom(node).get("column")
    names = node.get("arguments", {}).get("properties", [column] if column else [])
    return {
        "name": node["name"],
        "severity": node["severity"],
        "columns": [headers[name] for name in names],
        "says": " ".join([f"{RULES[node['name']].meaning}.", node.get("description", "")]).rstrip(),
    }
