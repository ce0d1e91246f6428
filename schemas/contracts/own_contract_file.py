"""Reads `contracts/<dataset>.odcs.yaml` of a home: ODCS, of which it may hold rules and tighter columns alone.

Whatever else stands there would be overlooked, so it is refused, with its line.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn, cast

import yaml
from termpost.schemas.base.errors import InputError
from termpost.schemas.contracts.contract import Quality
from termpost.schemas.contracts.contract_rule import AT_THE_SOURCE, ContractRule
from termpost.schemas.contracts.own_contract import NOT_RUN, PREFIX, OwnContracts, OwnRule, RuleChange, blank_rule
from termpost.schemas.documents.findings import Severity

FOLDER = "contracts"
SUFFIX = ".odcs.yaml"
LONGEST = 200  # characters of a sentence
CODE = re.compile(r"own-[a-z0-9]+(-[a-z0-9]+)*")
TOP = frozenset({"apiVersion", "kind", "id", "name", "version", "status", "domain", "description", "team", "tags",
                 "schema"})  # fmt: skip
TABLE = frozenset({"name", "physicalName", "description", "properties", "quality"})
COLUMN = frozenset({"name", "description", "required", "unique", "logicalTypeOptions", "quality"})
OPTIONS = frozenset({"pattern", "minimum", "maximum", "minLength", "maxLength"})
RULE = frozenset({"name", "type", "metric", "arguments", "query", "mustBe", "severity", "dimension", "description",
                  "customProperties"})  # fmt: skip
OF_COLUMN = {
    "own-required": "the cell is blank, and the school’s own contract wants it filled",
    "own-unique": "another row has the same value, and the school’s own contract wants each once",
    "own-pattern": "the cell does not have the form that the school’s own contract asks for",
    "own-range": "the number is outside the range of the school’s own contract",
    "own-length": "the cell is shorter or longer than the school’s own contract allows",
}
SEVERITIES: Mapping[str, Severity] = {"warning": "warning", "error": "error", "fatal": "fatal"}


class LinedMapping(dict[str, Any]):
    """A mapping of YAML that knows its line."""

    line = 1


class _LinedLoader(yaml.SafeLoader):
    """Safe YAML; a key that comes twice is an error, since the second would win in silence."""


def _mapping(loader: _LinedLoader, node: yaml.MappingNode) -> LinedMapping:
    found = LinedMapping()
    found.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str) or key in found:
            raise yaml.MarkedYAMLError(problem="a key comes twice, or is no word", problem_mark=key_node.start_mark)
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_LinedLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_own_contracts(home: Path) -> OwnContracts:
    """What the files of a home's `contracts/` say, whether or not it can be held against anything.

    Raises:
        InputError: `own-contract`, with file and line.
    """
    folder = home / FOLDER
    rules: list[OwnRule] = []
    changes: list[RuleChange] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name.startswith(".") or path.name.lower().startswith("readme"):
            continue
        if not path.name.endswith(SUFFIX) or not path.is_file():
            raise _fault(f"{FOLDER}/{path.name}", "this is no contract", f"name it DATASET{SUFFIX}, or move it away")
        reader = _FileReader(path)
        reader.read()
        rules += reader.rules
        changes += reader.changes
    _refuse_doubles(rules, changes)
    return OwnContracts(tuple(rules), tuple(changes))


def _fault(where: str, what: str, remedy: str) -> InputError:
    return InputError("own-contract", what, where, remedy)


def _refuse_doubles(rules: Iterable[OwnRule], changes: Iterable[RuleChange]) -> None:
    said: dict[str, ContractRule] = {}
    for rule in rules:
        if said.setdefault(rule.quality.rule, rule.says) != rule.says:
            raise _fault(rule.where, "another rule of this name says something else", "give each a name of its own")
    seen = set()
    for change in changes:
        place = (change.dataset, change.column, change.rule)
        if place in seen:
            raise _fault(change.where, "the severity of this rule is given twice", "keep one of the two")
        seen.add(place)


class _FileReader:
    """One file; every fault has its line."""

    def __init__(self, path: Path) -> None:
        self.path, self.dataset = path, path.name.removesuffix(SUFFIX)
        self.rules: list[OwnRule] = []
        self.changes: list[RuleChange] = []

    def _where(self, line: int) -> str:
        return f"{FOLDER}/{self.path.name} line {line}"

    def _refuse(self, node: object, what: str, remedy: str) -> NoReturn:
        raise _fault(self._where(getattr(node, "line", 1)), what, remedy)

    def read(self) -> None:
        top = self._only(self._parsed(), TOP, "a contract")
        if top.get("kind", "DataContract") != "DataContract" or not str(top.get("apiVersion", "v3")).startswith("v3"):
            self._refuse(top, "this is no ODCS contract of version 3", "write kind: DataContract, apiVersion: v3.1.0")
        tables = self._list(top, "schema")
        if len(tables) != 1:
            self._refuse(top, "it does not have one schema", "give one dataset a file, under schema:")
        table = self._only(tables[0], TABLE, "a dataset")
        if {table.get("name"), top.get("name", self.dataset)} != {self.dataset}:
            self._refuse(table, "its name is not that of the file", f"write name: {self.dataset}")
        for node in self._list(table, "properties"):
            self._column(self._only(node, COLUMN, "a column"))
        for node in self._list(table, "quality"):
            self._rule(self._only(node, RULE, "a rule"), None)
        if not (self.rules or self.changes):
            self._refuse(table, "it has no rule", "write one under properties or quality, or take the file away")

    def _parsed(self) -> object:
        try:
            return yaml.load(self.path.read_text(encoding="utf-8-sig"), Loader=_LinedLoader)  # noqa: S506 - a SafeLoader
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise _fault(self._where(line), f"this is no YAML: {error.problem}", "fix the line") from None
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            what = f"the file cannot be read ({type(error).__name__})"
            raise _fault(self._where(1), what, "save it as UTF-8 text that you may read") from None

    def _only(self, node: object, keys: frozenset[str], what: str) -> LinedMapping:
        if not isinstance(node, LinedMapping):
            self._refuse(node, f"{what} is expected here", "see docs/contracts-own.md")
        for key in node:
            if key not in keys:
                remedy = f"known here: {', '.join(sorted(keys))}"
                self._refuse(node, f"{key} is nothing that {what} of a home may have", remedy)
        return node

    def _list(self, node: LinedMapping, key: str) -> list[Any]:
        found = node.get(key, [])
        if not isinstance(found, list):
            self._refuse(node, f"{key} is no list", "write each below the other, with a dash")
        return found

    def _word(self, node: LinedMapping, key: str) -> str:
        found = node.get(key)
        if not isinstance(found, str) or not found.strip():
            self._refuse(node, f"{key} must be given, as text", "add it, in quotes where YAML would read it otherwise")
        return " ".join(found.split())

    def _column(self, node: LinedMapping) -> None:
        name = self._word(node, "name")
        for key in ("required", "unique"):
            if not isinstance(node.get(key, False), bool):
                self._refuse(node, f"{key} is neither true nor false", "write true or false")
        if node.get("required") is True:
            self._tighter(node, name, "own-required", blank_rule("own-required", "error"))
        elif node.get("required") is False:
            self.changes.append(RuleChange(self.dataset, name, "required", None, self._where(node.line)))
        if node.get("unique") is True:
            once = Quality("own-unique", "library", "error", "duplicateValues", {"properties": [name]}, None, None)
            self._tighter(node, None, "own-unique", once)
        elif node.get("unique") is False:
            self._refuse(node, "a key cannot be loosened", "take the line out")
        options = self._only(node.get("logicalTypeOptions", LinedMapping()), OPTIONS, "a column’s options")
        for code, arguments in self._options(options):
            quality = Quality(code, "library", "error", "invalidValues", arguments, None, None)
            self._tighter(options, name, code, quality)
        for item in self._list(node, "quality"):
            self._rule(self._only(item, RULE, "a rule"), name)

    def _options(self, node: LinedMapping) -> Iterator[tuple[str, dict[str, str]]]:
        if "pattern" in node:
            yield "own-pattern", {"pattern": self._pattern(node, node["pattern"])}
        limits = {end: self._number(node, end) for end in ("minimum", "maximum") if end in node}
        if limits:
            yield "own-range", limits
        if {"minLength", "maxLength"} & node.keys():
            least, most = node.get("minLength", 0), node.get("maxLength", "")
            if not all(one == "" or (type(one) is int and one >= 0) for one in (least, most)):
                self._refuse(node, "a length is no whole number", "write how many characters")
            yield "own-length", {"pattern": rf"(?s)\A.{{{least},{most}}}\Z"}

    def _number(self, node: LinedMapping, key: str) -> str:
        found = node[key]
        if isinstance(found, bool) or not isinstance(found, int | float):
            self._refuse(node, f"{key} is no number", "write plain digits with a point")
        return str(found)

    def _pattern(self, node: LinedMapping, found: object) -> str:
        try:
            re.compile(found if isinstance(found, str) else "(")
        except re.error:
            self._refuse(node, "the pattern is no regular expression", "write it in single quotes, as '^[A-Z]+$'")
        return str(found)

    def _tighter(self, node: LinedMapping, column: str | None, code: str, quality: Quality) -> None:
        said = ContractRule(OF_COLUMN[code], OF_COLUMN[code], AT_THE_SOURCE)
        self.rules.append(OwnRule(self.dataset, column, quality, said, self._where(node.line)))

    def _rule(self, node: LinedMapping, column: str | None) -> None:
        name, given = self._word(node, "name"), node.get("severity")
        where = self._where(node.line)
        if not name.startswith(PREFIX):  # a rule of the contract: its severity alone
            if node.keys() - {"name", "severity", "description"}:
                what = "a rule of termpost’s own contract can only be given another severity"
                self._refuse(node, what, f"for a rule of your own begin its name with {PREFIX}")
            if given != "none" and given not in SEVERITIES:
                self._refuse(node, "the severity is not one that is known", "write warning, error, fatal or none")
            severity = SEVERITIES.get(cast("str", given))
            self.changes.append(RuleChange(self.dataset, column, name, severity, where))
            return
        if not CODE.fullmatch(name) or len(name) > LONGEST // 4 or name in OF_COLUMN or name == NOT_RUN:
            self._refuse(node, "this cannot be the name of a rule", "write own- and small letters, digits and dashes")
        if given not in SEVERITIES:
            self._refuse(node, "the severity of the rule is not one that is known", "write warning, error or fatal")
        if node.get("mustBe") != 0:
            self._refuse(node, "a rule counts the rows that break it", "write mustBe: 0")
        custom = self._custom(node)
        reads = custom.get("reads")
        if reads not in (None, "accepted"):
            self._refuse(node, "reads is not known", "write accepted, or leave it out")
        says = ContractRule(
            self._sentence(node, node.get("description"), "description"), "a rule of the school’s own",
            self._sentence(node, custom.get("remedy", AT_THE_SOURCE), "remedy"),
        )  # fmt: skip
        kind = node.get("type", "library")
        build: Callable[[LinedMapping, str | None], tuple[str | None, dict[str, Any], str | None]]
        build = self._query if kind == "sql" else self._library
        metric, arguments, query = build(node, column)
        quality = Quality(
            name, "sql" if kind == "sql" else "library", SEVERITIES[cast("str", given)], metric, arguments, query,
            custom.get("column"), accepted_only=reads == "accepted",
        )  # fmt: skip
        self.rules.append(OwnRule(self.dataset, column, quality, says, where))

    def _custom(self, node: LinedMapping) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for item in self._list(node, "customProperties"):
            one = self._only(item, frozenset({"property", "value"}), "a property")
            if one.get("property") not in {"remedy", "column", "reads"} or not isinstance(one.get("value"), str):
                self._refuse(one, "this property of a rule is not known", "known here: column, reads, remedy")
            found[one["property"]] = one["value"]
        return found

    def _sentence(self, node: LinedMapping, found: object, what: str) -> str:
        text = " ".join(found.split()).rstrip(".") if isinstance(found, str) else ""
        if not text or len(text) > LONGEST or not text.isprintable():
            remedy = f"write one sentence of at most {LONGEST} characters, without a name of anybody in it"
            self._refuse(node, f"the {what} of the rule is missing, or is no sentence", remedy)
        return text

    def _query(self, node: LinedMapping, column: str | None) -> tuple[None, dict[str, Any], str]:
        if column is not None or {"metric", "arguments"} & node.keys():
            remedy = "put it under quality of the dataset, with the customProperty column"
            self._refuse(node, "SQL asks about rows of the dataset, not about one column", remedy)
        self._word(node, "query")
        return None, {}, node["query"]

    def _library(self, node: LinedMapping, column: str | None) -> tuple[str, dict[str, Any], None]:
        metric, arguments = node.get("metric"), node.get("arguments", LinedMapping())
        if node.get("type", "library") != "library" or "query" in node or not isinstance(arguments, LinedMapping):
            self._refuse(node, "this kind of rule is not known", "write type: library with a metric, or type: sql")
        wanted: dict[str, frozenset[str]] = {"nullValues": frozenset(), "duplicateValues": frozenset({"properties"})}
        if metric == "invalidValues" and column is not None and len(arguments) == 1:
            if "pattern" in arguments:
                return metric, {"pattern": self._pattern(arguments, arguments["pattern"])}, None
            if "validValues" in arguments:
                return metric, {"validValues": self._words(arguments, "validValues")}, None
        of_column = metric != "duplicateValues"
        if wanted.get(str(metric)) != frozenset(arguments) or of_column != (column is not None):
            remedy = "a column: nullValues, or invalidValues with validValues or pattern; a dataset: duplicateValues"
            self._refuse(node, "no check can run this rule", remedy)
        return str(metric), {key: self._words(arguments, key) for key in arguments}, None

    def _words(self, node: LinedMapping, key: str) -> list[str]:
        found = self._list(node, key)
        if not found or not all(isinstance(word, str) for word in found):
            self._refuse(node, f"{key} is no list of words", "put each into quotes")
        return found
