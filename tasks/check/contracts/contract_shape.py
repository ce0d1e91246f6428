"""What a contract promises, without its words: the form in which released versions are kept and compared.

Taken from the file itself, so that nothing a contract says is forgotten because no check reads it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.schemas.contracts.yaml_text import read_yaml
from termpost.tasks.formats.registry import mappings

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


def _column(node: Mapping[str, Any], dataset: str, formats: Sequence[FormatMapping]) -> ColumnShape:
    """`formats`: those that have the dataset."""
    custom, options, name = _custom(node), node.get("logicalTypeOptions", {}), node["name"]
    special = custom.get("ofSomeFormats", False)
    headers = {one.form: header for one in formats if (header := one.header(dataset, name))}
    limits = {name: None if options.get(name) is None else str(options[name]) for name in ("minimum", "maximum")}
    return ColumnShape(
        name=name,
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
        formats=_having(formats, dataset, name, special=special),
        optional_in=tuple(sorted(one.form for one in formats if one.may_be_blank(dataset, name))),
        headers=tuple(sorted(f"{form}={header}" for form, header in headers.items())),
        others=_others(custom, frozenset({"header", "keep", "ofSomeFormats"})),
        **limits,
    )


def _having(formats: Iterable[FormatMapping], dataset: str, column: str, *, special: bool) -> tuple[str, ...]:
    """The formats that have a column; twice, where they both have files for its dataset and add rows to it."""
    has = [one for one in formats if one.has(dataset, column, of_some_formats=special)]
    return _forms(dataset, has)


def _forms(dataset: str, formats: Iterable[FormatMapping]) -> tuple[str, ...]:
    return tuple(sorted(one.form for one in formats for some in (one.files, one.filled) if dataset in some))


def _rule(node: Mapping[str, Any], column: str | None, open_in: Iterable[str] = ()) -> RuleShape:
    """`open_in`: formats in which a word that is not in the vocabulary is only a warning."""
    arguments = dict(node.get("arguments", {}))
    values = tuple(sorted(map(str, arguments.pop("validValues", ()))))
    custom = _custom(node)
    if values and (warned := dict.fromkeys(open_in, "warning")):
        custom["severityIn"] = warned
    says = [node.get("metric"), arguments, " ".join(node.get("query", "").split()), _others(custom, frozenset())]
    return RuleShape(rule=node["name"], column=column, severity=node["severity"], says=_digest(says), values=values)


def shape_of(node: Mapping[str, Any], formats: Iterable[FormatMapping]) -> ContractShape:
    """The shape of a contract as parsed from its file, with what the formats make of it."""
    table = node["schema"][0]
    dataset, of_table = table["name"], _custom(table)
    having = [one for one in formats if dataset in one.datasets]
    rules = [_rule(rule, _custom(rule).get("column")) for rule in table.get("quality", ())]
    for column in table["properties"]:
        open_in = [one.form for one in having if one.may_extend(dataset, column["name"])]
        rules += [_rule(rule, column["name"], open_in) for rule in column.get("quality", ())]
    others = _others(_custom(node), frozenset()) + _others(of_table, frozenset({"presence", "holds"}))
    return ContractShape(
        dataset=dataset,
        version=node["version"],
        owner=node["team"]["members"][0]["username"],
        file=table["physicalName"],
        presence=of_table["presence"],
        holds=of_table["holds"],
        formats=_forms(dataset, having),
        derived=tuple(sorted(one.form for one in having if dataset in one.filled)),
        freshness=tuple(sorted(f"{s['property']} {s['value']} {s['unit']}" for s in node.get("slaProperties", ()))),
        columns=tuple(_column(column, dataset, having) for column in table["properties"]),
        rules=tuple(rules),
        others=others,
        words=_digest(sorted(_words(node))),
    )


def read_shape(path: Path, formats: Iterable[FormatMapping] | None = None) -> ContractShape:
    """The shape of a contract's file, in all formats unless some are given."""
    return shape_of(read_yaml(path.read_text(encoding="utf-8")), mappings() if formats is None else formats)
