"""Data contracts (ODCS v3.1.0), read into frozen types. A rule stands in a contract and nowhere else."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, cast, get_args

from termpost.schemas.base.errors import InputError
from termpost.schemas.contracts.format_mapping import FormatMapping
from termpost.schemas.contracts.yaml_text import read_yaml
from termpost.schemas.documents.findings import Severity

Classification = Literal["public", "internal", "confidential", "restricted"]
LogicalType = Literal["string", "date", "timestamp", "number", "integer", "boolean", "array"]
Presence = Literal["required", "expected", "optional"]  # absent: fatal, a warning, nothing
HoldScope = Literal[
    "none", "class", "line-item", "result", "user", "enrollment", "student", "contact", "course", "role",
    "of-line-item", "of-result", "score-scale",
]  # fmt: skip


@dataclass(frozen=True)
class Quality:
    """A quality rule as the contract has it; zero rows may break it."""

    rule: str
    kind: Literal[
        "library", "sql", "custom"
    ]  # custom: a check of termpost.tasks.check.rows.comments, named by the metric
    severity: Severity
    metric: str | None  # nullValues, invalidValues, duplicateValues
    arguments: Mapping[str, Any]
    query: str | None
    column: str | None  # of a query: the column it is about
    accepted_only: bool = False  # of a query: it reads no row that was quarantined, of any dataset


@dataclass(frozen=True)
class Relationship:
    """`column` refers to the key of `target`, whose `must_column` has one of `must_values`."""

    target: str
    target_column: str
    severity: Severity
    must_column: str | None
    must_values: tuple[str, ...]
    must_severity: Severity


@dataclass(frozen=True)
class Column:
    """One column: `name` in termpost, `header` in the file."""

    name: str
    header: str
    logical_type: LogicalType
    physical_type: str  # DuckDB
    required: bool  # no blank cell
    in_header: bool  # the file is refused without it
    may_lack: bool  # older versions of the format do without it, so its absence is worth no word
    unique: bool
    primary_key: bool
    critical: bool  # losing it unnoticed could harm: a near miss in the header refuses the file
    keep: bool  # False: never read
    classification: Classification
    minimum: str | None  # exact decimal
    maximum: str | None
    in_file: bool  # False: this format has no such column; the shape of the format may fill it
    withdrawn: bool  # a later text of the standard has it no more
    relationships: tuple[Relationship, ...]
    quality: tuple[Quality, ...]
    may_be_blank: bool = False  # this format lacks the column, or may leave it blank

    @property
    def values(self) -> tuple[str, ...]:
        """The vocabulary of the column; empty where it is free."""
        lists = [q.arguments["validValues"] for q in self.quality if "validValues" in q.arguments]
        return tuple(lists[0]) if lists else ()


@dataclass(frozen=True)
class Contract:
    """One dataset and the file it lies in."""

    dataset: str
    file: str  # name, or a pattern where one dataset lies in many files
    derived: bool  # this format has no file of its own for it: the format's shape fills it from other files
    shaped: bool  # the format's shape adds rows to it, whether or not it has a file of its own
    snapshot: (
        re.Pattern[str] | None
    )  # groups of, when, copy: of several files that are `of` one thing the newest counts
    version: str
    owner: str
    purpose: str
    presence: Presence
    holds: HoldScope
    holds_student: str  # the column that names the student
    columns: tuple[Column, ...]
    quality: tuple[Quality, ...]
    ordered: bool = True  # the format wants the columns in the order of the contract
    others: frozenset[str] = frozenset()  # files that have a name of their own, so that no pattern takes them in
    fresh_days: int | None = None  # how old the newest change may be while a session is on

    @property
    def kept(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.keep)

    @property
    def in_file(self) -> tuple[Column, ...]:
        """Columns that the format's file may have, kept or not."""
        return tuple(column for column in self.columns if column.in_file)

    @property
    def is_pattern(self) -> bool:
        """One dataset in many files."""
        return "*" in self.file

    def describes(self, file: str) -> bool:
        """Whether a file of the extract holds rows of this dataset. A star does not reach over a folder's border."""
        if self.derived or file.count("/") != self.file.count("/") or file in self.others:
            return False
        if self.snapshot is not None and not self.snapshot.fullmatch(file):
            return False
        return fnmatchcase(file, self.file) if self.is_pattern else file == self.file

    def snapshot_of(self, file: str) -> dict[str, str]:
        """Of what the file is a snapshot (`of`), from when (`when`) and which copy of it (`copy`)."""
        found = self.snapshot.fullmatch(file) if self.snapshot is not None else None
        parts = {name: value for name, value in found.groupdict().items() if value} if found else {}
        return {"of": file, "when": "", "copy": "0", **parts}

    @property
    def key(self) -> Column | None:
        return next((column for column in self.columns if column.primary_key), None)

    @property
    def key_may_be_shown(self) -> bool:
        """The key names a thing, not a person."""
        return self.key is not None and self.key.classification in {"public", "internal"}


def _refuse(path: str, what: str) -> InputError:
    return InputError("bad-contract", what, path, "fix the contract")


def _custom(node: Mapping[str, Any]) -> dict[str, Any]:
    return {item["property"]: item["value"] for item in node.get("customProperties", ())}


def _severity(value: object, where: str) -> Severity:
    if value not in get_args(Severity):
        raise _refuse(where, "a severity is error, warning or fatal")
    return cast("Severity", value)


def _quality(node: Mapping[str, Any], where: str, *, is_open: bool = False) -> Quality:
    """`is_open`: the format lets a school add to the vocabulary, so a word that is not in it is only a warning."""
    kind, custom = node.get("type", "library"), _custom(node)
    if kind not in {"library", "sql", "custom"} or node.get("mustBe", 0 if kind == "custom" else None) != 0:
        raise _refuse(where, "a quality rule is of type library, sql or custom and ends in mustBe: 0")
    own = node.get("implementation", {})
    if kind == "custom" and (node.get("engine") != "termpost" or not isinstance(own, dict) or "check" not in own):
        raise _refuse(where, "a custom rule is of the engine termpost and names its check")
    arguments = node.get("arguments", own)
    return Quality(
        rule=node["name"],
        kind=kind,
        severity="warning" if is_open and "validValues" in arguments else _severity(node.get("severity"), where),
        metric=node.get("metric", own.get("check")),
        arguments=arguments,
        query=node.get("query"),
        column=custom.get("column"),
        accepted_only=custom.get("reads") == "accepted",
    )


def _relationship(node: Mapping[str, Any], where: str) -> Relationship:
    target, target_column = str(node["to"]).split(".")
    custom = _custom(node)
    must = custom.get("mustHave", {})
    return Relationship(
        target=target,
        target_column=target_column,
        severity=_severity(custom.get("severity", "error"), where),
        must_column=must.get("column"),
        must_values=tuple(must.get("values", ())),
        must_severity=_severity(must.get("severity", "error"), where),
    )


def _column(node: Mapping[str, Any], where: str, dataset: str, mapping: FormatMapping) -> Column:
    custom, name = _custom(node), node["name"]
    at = f"{where}: {name}"
    if node.get("classification") not in get_args(Classification):
        raise _refuse(at, "a classification is public, internal, confidential or restricted")
    if node.get("logicalType") not in get_args(LogicalType):
        raise _refuse(at, "the logical type is not one that is read")
    options = node.get("logicalTypeOptions", {})
    limits = {end: None if options.get(end) is None else str(options[end]) for end in ("minimum", "maximum")}
    # a format may lack the column, call it otherwise, or leave it blank where others must fill it
    in_file = mapping.has(dataset, name, of_some_formats=custom.get("ofSomeFormats", False))
    optional = not in_file or mapping.may_be_blank(dataset, name)
    required = node.get("required", False) and not optional
    is_open = mapping.may_extend(dataset, name)
    quality = tuple(_quality(item, at, is_open=is_open) for item in node.get("quality", ()))
    return Column(
        name=name,
        header=mapping.header(dataset, name) or node["physicalName"],
        logical_type=node["logicalType"],
        physical_type=node["physicalType"],
        required=required,
        in_header=(required and custom.get("header") != "optional") or (in_file and custom.get("header") == "required"),
        may_lack=custom.get("header") == "optional",
        unique=node.get("unique", False),
        primary_key=node.get("primaryKey", False),
        critical=node.get("criticalDataElement", False),
        keep=custom.get("keep", True),
        classification=node["classification"],
        minimum=limits["minimum"],
        maximum=limits["maximum"],
        in_file=in_file,
        withdrawn=custom.get("withdrawn", False),
        relationships=tuple(_relationship(item, at) for item in node.get("relationships", ())),
        quality=tuple(rule for rule in quality if not (optional and rule.metric == "nullValues")),
        may_be_blank=optional,
    )


def read_contract(path: Path, mapping: FormatMapping) -> Contract:
    """Reads one contract as it holds for a format and version.

    Raises:
        InputError: `bad-contract` on what no check could run.
    """
    node = read_yaml(path.read_text(encoding="utf-8"))
    table = node["schema"][0]
    custom, dataset = _custom(table), table["name"]
    derived = mapping.derives(dataset)
    if custom.get("presence") not in get_args(Presence) or custom.get("holds") not in get_args(HoldScope):
        raise _refuse(path.name, "presence and holds must be given by their closed codes")
    return Contract(
        dataset=dataset,
        file=table["physicalName"],
        derived=derived,
        shaped=dataset in mapping.filled,
        snapshot=re.compile(custom["snapshot"]) if "snapshot" in custom else None,
        version=node["version"],
        owner=node["team"]["members"][0]["username"],
        purpose=node["description"]["purpose"],
        presence="optional" if derived else custom["presence"],
        holds=custom["holds"],
        holds_student=custom.get("holdsStudent", "student_sourced_id"),
        columns=tuple(_column(item, path.name, dataset, mapping) for item in table["properties"]),
        quality=tuple(_quality(item, path.name) for item in table.get("quality", ())),
        ordered=custom.get("columnOrder") != "free",
        fresh_days=next((sla["value"] for sla in node.get("slaProperties", ()) if sla["property"] == "latency"), None),
    )


def contract_paths(folder: Path, datasets: Iterable[str]) -> list[Path]:
    """Where the contracts of these datasets lie: each is named after its dataset."""
    return [folder / f"{dataset}.odcs.yaml" for dataset in sorted(datasets)]
