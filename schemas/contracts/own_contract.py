"""What a home adds to the data contracts or changes in them, and the contracts as they then hold."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from termpost.schemas.contracts.contract import Column, Contract, Quality
from termpost.schemas.contracts.contract_rule import ContractRule
from termpost.schemas.documents.findings import Severity

PREFIX = "own-"
NOT_RUN = "own-not-run"
WEIGHT: Mapping[Severity | None, int] = {None: 0, "warning": 1, "error": 2, "fatal": 3}


@dataclass(frozen=True)
class OwnRule:
    """A rule that the home adds; its code begins with `own-`."""

    dataset: str
    column: str | None  # name in termpost, of a rule on one column; None: on the whole dataset
    quality: Quality
    says: ContractRule
    where: str  # file and line
    tables: tuple[str, ...] = ()  # of a query: the datasets it reads

    def is_known_to(self, contract: Contract, datasets: frozenset[str]) -> bool:
        """Whether the format has what the rule is about."""
        named = {self.column, self.quality.column, *self.quality.arguments.get("properties", ())} - {None}
        blanks = self.quality.metric == "nullValues"  # nobody is asked to fill what the format leaves blank
        columns = {
            column.name for column in contract.kept
            if (column.in_file or contract.shaped) and not (blanks and column.may_be_blank)
        }  # fmt: skip
        return named <= columns and datasets.issuperset(self.tables)


@dataclass(frozen=True)
class RuleChange:
    """Another severity for a rule that the contract has."""

    dataset: str
    column: str | None  # of a rule on one column
    rule: str
    severity: Severity | None  # None: the rule is taken out
    where: str

    @property
    def name(self) -> str:
        """As `[checks] accept` names it, where it loosens: "line_items.title.required none"."""
        place = ".".join(part for part in (self.dataset, self.column, self.rule) if part)
        return f"{place} {self.severity or 'none'}"


@dataclass(frozen=True)
class OwnContracts:
    """All of a home's `contracts/`; empty where it has none."""

    rules: tuple[OwnRule, ...] = ()
    changes: tuple[RuleChange, ...] = ()
    accepted: tuple[str, ...] = ()  # names of the changes that loosen

    @cached_property
    def said(self) -> dict[str, ContractRule]:
        """Code → what the rule says."""
        return {rule.quality.rule: rule.says for rule in self.rules}

    def over(self, contracts: Iterable[Contract]) -> tuple[Contract, ...]:
        """The contracts of a format as they hold in this home."""
        known = tuple(contracts)
        if not (self.rules or self.changes):
            return known
        datasets = frozenset(contract.dataset for contract in known)
        return tuple(self._over(contract, datasets) for contract in known)

    def not_run(
        self, contracts: Iterable[Contract], filled: frozenset[str], present: frozenset[str]
    ) -> Iterator[tuple[str, str]]:
        """(file, code) of each rule on rows that are there, which this extract lacks a column or a file to ask."""
        known = {contract.dataset: contract for contract in contracts}
        for rule in self.rules:
            contract = known.get(rule.dataset)
            if contract is None or rule.dataset not in filled:
                continue
            if not rule.is_known_to(contract, frozenset(known)) or not present.issuperset(rule.tables):
                yield contract.file, rule.quality.rule

    def _over(self, contract: Contract, datasets: frozenset[str]) -> Contract:
        mine = [r for r in self.rules if r.dataset == contract.dataset and r.is_known_to(contract, datasets)]
        changes = {(c.column, c.rule): c for c in self.changes if c.dataset == contract.dataset}
        columns = tuple(
            replace(
                changed, quality=(*changed.quality, *(rule.quality for rule in mine if rule.column == changed.name))
            )
            for changed in (_column(column, changes) for column in contract.columns)
        )
        quality = _changed(contract.quality, None, changes)
        return replace(
            contract, columns=columns, quality=(*quality, *(r.quality for r in mine if r.column is None))
        )  # fmt: skip


NONE = OwnContracts()  # of a home without contracts/, or of no home
Changes = Mapping[tuple[str | None, str], RuleChange]


def severities_of(contract: Contract, column: str | None, rule: str) -> tuple[Severity, ...]:
    """Of every rule of this code there; a column that must be filled has the rule `required`, as an error."""
    if column is None:
        return tuple(quality.severity for quality in contract.quality if quality.rule == rule)
    of = next(one for one in contract.columns if one.name == column)
    implied: tuple[Severity, ...] = ("error",) if of.required and rule == "required" else ()
    return (*implied, *(quality.severity for quality in of.quality if quality.rule == rule))


def _changed(rules: Iterable[Quality], column: str | None, changes: Changes) -> Iterator[Quality]:
    for quality in rules:
        change = changes.get((column, quality.rule))
        if change is None:
            yield quality
        elif change.severity is not None:
            yield replace(quality, severity=change.severity)


def _column(column: Column, changes: Changes) -> Column:
    quality = tuple(_changed(column.quality, column.name, changes))
    change = changes.get((column.name, "required"))
    if change is None or not column.required or change.severity == "error":
        return replace(column, quality=quality)
    if change.severity is not None:
        quality = (*quality, blank_rule("required", change.severity))
    return replace(column, required=False, quality=quality)


def blank_rule(code: str, severity: Severity) -> Quality:
    """A rule that no cell of a column may be blank."""
    return Quality(code, "library", severity, "nullValues", {}, None, None)
