"""docs/contracts.md, written from the contracts: nothing in it can say other than what is checked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from termpost.schemas.base.shipped import CONTRACTS
from termpost.schemas.contracts.export_rules import VANISHED
from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.schemas.contracts.insert_rules import INSERT_RULES
from termpost.schemas.contracts.policy_rules import POLICY_RULES
from termpost.schemas.contracts.print_rules import PRINT_RULES
from termpost.schemas.contracts.reading_rules import READING_RULES
from termpost.schemas.contracts.rules import RULES
from termpost.tasks.check.contracts.specs import compile_specs
from termpost.tasks.documents.jinja import environment
from termpost.tasks.formats.registry import load_contracts, mappings

SEVERITIES = ("fatal", "error", "warning")
# rules that no contract names: about a file as a whole, so how grave they are is the reader's to say
OF_FILES = {
    "missing-file": "fatal or warning", "unknown-file": "warning", "empty-file": "fatal", "no-rows": "fatal or warning",
    "not-utf8": "fatal", "unreadable": "fatal", "wrong-delimiter": "fatal", "missing-column": "fatal or warning",
    "misspelt-column": "fatal", "duplicate-column": "fatal", "unknown-column": "warning", "empty-header": "warning",
    "column-order": "warning", "stale": "warning", "unsupported-version": "fatal",
    "delta-references": "warning", "unknown-mode": "fatal", "unknown-property": "warning", "bulk-status": "warning",
    "withdrawn-column": "warning", "manifest-mismatch": "warning", "ragged-row": "error", "too-long": "error",
    "service-inactive": "warning", "service-link": "warning", "service-parts": "warning", "service-repeats": "warning",
    "service-total": "warning", "service-withheld": "warning",
    "superseded-file": "warning", "no-points-row": "fatal", "not-counted": "warning",
    "column-not-read": "warning", "several-periods": "warning",
    **dict.fromkeys(VANISHED, "fatal or warning"),
    **dict.fromkeys(POLICY_RULES, "fatal"),
    "no-points": "fatal", "not-as-points": "fatal", "nobody-marked": "warning", "maybe-total": "warning",
    "not-on-roster": "error", "several-people": "error", "class-unclear": "error", "class-not-on-roster": "fatal",
    "not-in-gradebook": "warning", "person-erased": "error",
    "no-gradebook": "warning",
    **dict.fromkeys(READING_RULES, "warning"),
    **dict.fromkeys(PRINT_RULES, "warning"),
    **dict.fromkeys(INSERT_RULES, "error"),
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
    templates = environment(escape=False, trim=True, strip=True, filters={"cell": _cell})
    headers = {node["name"]: _headers(node) for node in nodes}
    return templates.get_template("contracts.md.j2").render(
        datasets=[_dataset(node, headers) for node in nodes],
        rules=[{"name": n, "severity": s, "meaning": RULES[n].meaning} for n, s in _severities(folder).items()],
    )


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _custom(node: Mapping[str, Any]) -> dict[str, Any]:
    return {item["property"]: item["value"] for item in node.get("customProperties", ())}


def _headers(node: Mapping[str, Any]) -> dict[str, str]:
    return {column["name"]: column["physicalName"] for column in node["schema"][0]["properties"]}


def _severities(folder: Path) -> dict[str, str]:
    """Rule → its severities over all formats, in the order of RULES."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in mappings():
        for spec in compile_specs(load_contracts(one.form, folder)):
            found[spec.rule].add(spec.severity)
    return {
        rule: " or ".join(s for s in SEVERITIES if s in found[rule]) if found[rule] else OF_FILES[rule]
        for rule in RULES
    }


def _dataset(node: Mapping[str, Any], headers: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    table = node["schema"][0]
    own, dataset = _custom(table), node["name"]
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
        "formats": [_named(one) for one in mappings() if dataset in one.files],
        "derived": [_named(one) for one in mappings() if dataset in one.filled],
        "presence": PRESENCE[own["presence"]],
        "holds": HOLDS[own["holds"]],
        "fresh": [s["description"] for s in node.get("slaProperties", ()) if "description" in s],
        "key": keys,
        "columns": [_column(column, dataset, headers) for column in table["properties"]],
        "rules": [_rule(rule, headers[node["name"]]) for rule in table.get("quality", ())],
    }


def _named(mapping: FormatMapping) -> str:
    return mapping.form.replace("/", " ")


def _column(node: Mapping[str, Any], dataset: str, headers: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    custom = _custom(node)
    filled = "yes" if node.get("required") else "column" if custom.get("header") == "required" else ""
    return {
        "header": node["physicalName"],
        "type": TYPES[node["logicalType"]],
        "filled": filled,
        "classification": node["classification"],
        "means": " ".join([node["description"], *_asked(node, dataset, headers)]),
    }


def _asked(node: Mapping[str, Any], dataset: str, headers: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """What a column's cells must keep to, in sentences."""
    custom = _custom(node)
    for to in node.get("relationships", ()):
        target, column = to["to"].split(".")
        own = _custom(to)
        must = own.get("mustHave")
        kind = f" whose {must['column']} is {' or '.join(must['values'])}" if must else ""
        yield f"→ `{target}.{headers[target][column]}`{kind}{_grave(own.get('severity', 'error'))}."
    options = node.get("logicalTypeOptions", {})
    for name, word in (("minimum", "At least"), ("maximum", "At most")):
        if options.get(name) is not None:
            yield f"{word} {options[name]}."
    for rule in node.get("quality", ()):
        arguments, grave = rule.get("arguments", {}), _grave(rule["severity"])
        if "validValues" in arguments:
            open_in = (one for one in mappings() if one.may_extend(dataset, node["name"]))
            grave += "".join(f" (warning in {_named(one)})" for one in open_in)
            yield f"One of {', '.join(f'`{value}`' for value in arguments['validValues'])}{grave}."
        elif "pattern" in arguments:
            yield f"Form `{arguments['pattern']}`{grave}."
        else:
            yield f"`{rule['name']}`{grave}."
    if node.get("criticalDataElement"):
        yield "A near miss of its name rejects the extract."
    if custom.get("keep") is False and not node["description"].startswith("Never read"):
        yield "Never read."
    yield from _by_format(node["name"], dataset, special=custom.get("ofSomeFormats", False))


def _by_format(column: str, dataset: str, *, special: bool) -> Iterator[str]:
    """Where formats differ in a column. `special`: only those that name it have it."""

    def named(some: Iterable[FormatMapping]) -> str:
        return ", ".join(map(_named, some))

    having = [one for one in mappings() if dataset in one.datasets]
    with_it = [one for one in having if one.has(dataset, column, of_some_formats=special)]
    if with_it != having:
        yield f"Only in {named(with_it)}."
    if optional := [one for one in having if one.may_be_blank(dataset, column)]:
        yield f"May be absent in {named(optional)}."
    for one in having:
        if header := one.header(dataset, column):
            yield f"Called `{header}` in {_named(one)}."


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
