"""What a contract promises, without its words: the form in which released versions are kept and compared.

Taken from the file itself, so that nothing a contract says is forgotten because no check reads it.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from termpost.schemas.base.frozen import FrozenModel

SHAPE_FORMAT: Literal["termpost.contract/1"] = "termpost.contract/1"
WORDS = frozenset({"description", "purpose", "usage", "limitations", "owner", "businessName", "team", "dimension"})


class Reference(FrozenModel):
    """Where a column leads."""

    to: str  # dataset.column
    severity: str = "error"
    must: tuple[str, ...] = ()  # what the row it finds must be; empty: anything
    must_severity: str = "error"


class RuleShape(FrozenModel):
    """A quality rule; `says` is a digest of its query or arguments, a vocabulary stands in full."""

    rule: str
    column: str | None
    severity: str
    says: str
    values: tuple[str, ...] = ()


class ColumnShape(FrozenModel):
    """A column by what it asks of a file and gives to a reader."""

    name: str
    header: str
    logical_type: str
    physical_type: str
    required: bool = False
    in_header: bool = False
    unique: bool = False
    key: bool = False
    critical: bool = False
    keep: bool = True
    classification: str
    minimum: str | None = None
    maximum: str | None = None
    formats: tuple[str, ...]  # that have the column
    optional_in: tuple[str, ...] = ()  # formats where a required column may be absent or blank
    headers: tuple[str, ...] = ()  # "format=header", where a format calls it otherwise
    references: tuple[Reference, ...] = ()
    others: tuple[str, ...] = ()  # own properties that no field here has


class ContractShape(FrozenModel):
    """A contract as released."""

    format: Literal["termpost.contract/1"] = SHAPE_FORMAT
    dataset: str
    version: str
    owner: str
    file: str
    presence: str
    holds: str
    formats: tuple[str, ...]  # that have the dataset
    derived: tuple[str, ...] = ()  # of these, those that have no file of their own for it
    freshness: tuple[str, ...]
    columns: tuple[ColumnShape, ...]
    rules: tuple[RuleShape, ...]
    others: tuple[str, ...] = ()
    words: str  # digest of everything that is only there to be read


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _custom(node: Mapping[str, Any]) -> dict[str, Any]:
    return {item["property"]: item["value"] for item in node.get("customProperties", ())}


def _others(custom: Mapping[str, Any], known: frozenset[str]) -> tuple[str, ...]:
    return tuple(f"{name}={json.dumps(custom[name], sort_keys=True)}" for name in sorted(custom.keys() - known))


def _words(node: object, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in WORDS and not isinstance(value, (Mapping, list)):
                yield f"{path}/{key}", str(value)
            else:
                yield from _words(value, f"{path}/{node.get('name', key) if key == 'properties' else key}")
    elif isinstance(node, list):
        for number, item in enumerate(node):
            name = item.get("name", item.get("property", number)) if isinstance(item, Mapping) else number
            yield from _words(item, f"{path}/{name}")
    elif "/team" in path:
        yield path, str(node)


def _reference(node: Mapping[str, Any]) -> Reference:
    custom = _custom(node)
    must = custom.get("mustHave", {})
    return Reference(
        to=node["to"], severity=custom.get("severity", "error"), must_severity=must.get("severity", "error"),
        must=tuple(sorted(f"{must['column']}={value}" for value in must["values"])) if must else (),
    )  # fmt: skip


def _column(node: Mapping[str, Any], formats: tuple[str, ...]) -> ColumnShape:
    custom, options = _custom(node), node.get("logicalTypeOptions", {})
    limits = {name: None if options.get(name) is None else str(options[name]) for name in ("minimum", "maximum")}
    return ColumnShape(
        name=node["name"],
        header=node["physicalName"],
        logical_type=node["logicalType"],
        physical_type=node["physicalType"],
        required=node.get("required", False),
        in_header=node.get("required", False) or custom.get("header") == "required",
        unique=node.get("unique", False),
        key=node.get("primaryKey", False),
        critical=node.get("criticalDataElement", False),
        keep=custom.get("keep", True),
        classification=node["classification"],
        references=tuple(_reference(item) for item in node.get("relationships", ())),
        formats=tuple(sorted(custom.get("formats", formats))),
        optional_in=tuple(sorted(custom.get("optionalIn", ()))),
        headers=tuple(sorted(f"{form}={header}" for form, header in custom.get("headers", {}).items())),
        others=_others(custom, frozenset({"header", "keep", "formats", "optionalIn", "headers"})),
        **limits,
    )


def _rule(node: Mapping[str, Any], column: str | None) -> RuleShape:
    arguments = dict(node.get("arguments", {}))
    values = tuple(sorted(map(str, arguments.pop("validValues", ()))))
    says = [node.get("metric"), arguments, " ".join(node.get("query", "").split()), _others(_custom(node), frozenset())]
    return RuleShape(rule=node["name"], column=column, severity=node["severity"], says=_digest(says), values=values)


def shape_of(node: Mapping[str, Any]) -> ContractShape:
    """The shape of a contract as parsed from its file."""
    table = node["schema"][0]
    custom, of_table = _custom(node), _custom(table)
    rules = [_rule(rule, _custom(rule).get("column")) for rule in table.get("quality", ())]
    for column in table["properties"]:
        rules += [_rule(rule, column["name"]) for rule in column.get("quality", ())]
    formats = tuple(sorted([*custom["formats"], *custom.get("derivedIn", ())]))
    others = _others(custom, frozenset({"formats", "derivedIn"})) + _others(of_table, frozenset({"presence", "holds"}))
    return ContractShape(
        dataset=table["name"],
        version=node["version"],
        owner=node["team"]["members"][0]["username"],
        file=table["physicalName"],
        presence=of_table["presence"],
        holds=of_table["holds"],
        formats=formats,
        derived=tuple(sorted(custom.get("derivedIn", ()))),
        freshness=tuple(sorted(f"{s['property']} {s['value']} {s['unit']}" for s in node.get("slaProperties", ()))),
        columns=tuple(_column(column, formats) for column in table["properties"]),
        rules=tuple(rules),
        others=others,
        words=_digest(sorted(_words(node))),
    )


def read_shape(path: Path) -> ContractShape:
    """The shape of a contract's file."""
    return shape_of(yaml.safe_load(path.read_text(encoding="utf-8")))
