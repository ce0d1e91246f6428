"""What changed between two versions of a contract, and the version number the change asks for.

Breaking is what takes something from either side: an extract that kept the old contract may now be refused, quarantined
or held; or whoever reads the data loses a column, a type, a key or the secrecy they were promised.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from termpost.tasks.check.contracts.contract_shape import ColumnShape, ContractShape, Reference, RuleShape

ChangeKind = Literal["breaking", "compatible", "words"]
SECRECY = ("public", "internal", "confidential", "restricted")
WEIGHT = {"warning": 0, "error": 1, "fatal": 2}
PRESENCE = ("optional", "expected", "required")
# what every value of the one can be read as; from number to text it is the reader who loses
WIDER = {("integer", "number"), ("date", "timestamp")}


@dataclass(frozen=True)
class ContractChange:
    """One change: `where` is a column or `rule (column)`; empty for the dataset."""

    kind: ChangeKind
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where + ': ' if self.where else ''}{self.what}"


def compare(old: ContractShape, new: ContractShape) -> tuple[ContractChange, ...]:
    """Every change from `old` to `new`, in the order of the contract."""
    found = [*_dataset(old, new), *_columns(old, new), *_rules(old.rules, new.rules)]
    if old.words != new.words:
        found.append(ContractChange("words", "", "words changed"))
    return tuple(found)


def version_for(old: str, changes: Iterable[ContractChange]) -> str:
    """The lowest version number a contract may bear after these changes (https://semver.org)."""
    major, minor, patch = numbers(old)
    kinds = {change.kind for change in changes}
    if "breaking" in kinds:
        return f"{major + 1}.0.0"
    if "compatible" in kinds:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if kinds else old


def numbers(version: str) -> tuple[int, int, int]:
    """The parts of `1.2.3`, to be compared."""
    parts = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    if parts is None:
        raise ValueError("a contract's version is three numbers")
    return int(parts[1]), int(parts[2]), int(parts[3])


def _either(breaks: bool) -> ChangeKind:
    return "breaking" if breaks else "compatible"


def _set(where: str, word: str, old: Iterable[str], new: Iterable[str]) -> Iterator[ContractChange]:
    """Members of a closed set: fewer break, more do not."""
    before, after = frozenset(old), frozenset(new)
    for member in sorted(before - after):
        yield ContractChange("breaking", where, f"{word} {member} is gone")
    for member in sorted(after - before):
        yield ContractChange("compatible", where, f"{word} {member} is new")


def _dataset(old: ContractShape, new: ContractShape) -> Iterator[ContractChange]:
    for name in ("dataset", "file", "holds"):
        if getattr(old, name) != getattr(new, name):
            yield ContractChange("breaking", "", f"{name} changed from {getattr(old, name)} to {getattr(new, name)}")
    if old.presence != new.presence:
        # an expected file that is absent is a warning, a required one refuses the extract
        yield ContractChange(
            _either(new.presence == "required"), "", f"the file is {new.presence}, it was {old.presence}"
        )
    yield from _set("", "format", old.formats, new.formats)
    if set(old.derived) != set(new.derived) & set(old.formats):
        yield ContractChange("breaking", "", "the formats that have a file of their own for it changed")
    if old.freshness != new.freshness:
        yield ContractChange(
            "compatible", "", f"freshness is {', '.join(new.freshness)}, it was {', '.join(old.freshness)}"
        )
    if old.others != new.others:
        yield ContractChange("breaking", "", "a property of termpost’s own changed")


def _columns(old: ContractShape, new: ContractShape) -> Iterator[ContractChange]:
    after = {column.name: column for column in new.columns}
    before = {column.name: column for column in old.columns}
    for name, column in before.items():
        if name not in after:
            yield ContractChange("breaking", name, "the column is gone")
        else:
            yield from _column(column, after[name])
            yield from _formats(column, after[name], frozenset(old.formats))
    for name, column in after.items():
        if name not in before:
            # what only formats ask that were not read before takes nothing from an extract that was
            known = (frozenset(column.formats) & frozenset(old.formats)) - frozenset(column.optional_in)
            demanded = bool(known) and (column.in_header or column.key)
            yield ContractChange(
                _either(demanded), name, f"the column is new{' and must be there' if demanded else ''}"
            )


def _formats(old: ColumnShape, new: ColumnShape, known: frozenset[str]) -> Iterator[ContractChange]:
    """Of formats that were read before; that one more is read is said of the dataset."""
    yield from _set(new.name, "format", old.formats, frozenset(new.formats) & known)
    for form in sorted((frozenset(new.optional_in) - frozenset(old.optional_in)) & known):
        yield ContractChange("compatible", new.name, f"may be absent in {form}")
    for form in sorted(frozenset(old.optional_in) - frozenset(new.optional_in)):
        yield ContractChange(_either(new.in_header), new.name, f"may no longer be absent in {form}")
    before, after = (dict(item.split("=", 1) for item in one.headers) for one in (old, new))
    for form in sorted(known & (before.keys() | after.keys())):
        if before.get(form, old.header) != after.get(form, new.header):
            yield ContractChange("breaking", new.name, f"the header cell in {form} is {after.get(form, new.header)}")


def _column(old: ColumnShape, new: ColumnShape) -> Iterator[ContractChange]:
    name = new.name
    if old.header != new.header:
        yield ContractChange("breaking", name, f"the header cell is {new.header}, it was {old.header}")
    types = (old.logical_type, new.logical_type)
    if (*types, old.physical_type) != (types[0], types[0], new.physical_type):
        yield ContractChange(
            _either(types not in WIDER), name, f"the type is {new.physical_type}, it was {old.physical_type}"
        )
    for field, more in (
        ("required", "cells must be filled"), ("in_header", "the column must be there"),
        ("unique", "no value may come twice"), ("critical", "a near miss in the header refuses the extract"),
    ):  # fmt: skip
        if getattr(old, field) != getattr(new, field):
            asked = bool(getattr(new, field))
            yield ContractChange(_either(asked), name, more if asked else f"no longer: {more}")
    if old.key != new.key:
        yield ContractChange("breaking", name, "the key changed")
    if old.keep != new.keep:
        # what nobody kept was handed over in that belief; what was kept is missed by whoever reads it
        yield ContractChange("breaking", name, "the column is kept now" if new.keep else "the column is no longer kept")
    if old.classification != new.classification:
        lower = SECRECY.index(new.classification) < SECRECY.index(old.classification)
        yield ContractChange(_either(lower), name, f"the class is {new.classification}, it was {old.classification}")
    yield from _limits(old, new)
    yield from _references(name, old.references, new.references)
    if old.others != new.others:
        yield ContractChange("breaking", name, "a property of termpost’s own changed")


def _limits(old: ColumnShape, new: ColumnShape) -> Iterator[ContractChange]:
    for word, before, after, sign in (
        ("minimum", old.minimum, new.minimum, 1), ("maximum", old.maximum, new.maximum, -1),
    ):  # fmt: skip
        if before != after:
            tighter = after is not None and (before is None or (Decimal(after) - Decimal(before)) * sign > 0)
            yield ContractChange(_either(tighter), new.name, f"the {word} is {after}, it was {before}")


def _references(name: str, old: Iterable[Reference], new: Iterable[Reference]) -> Iterator[ContractChange]:
    before, after = ({reference.to: reference for reference in some} for some in (old, new))
    for to in sorted(before.keys() - after.keys()):
        yield ContractChange("compatible", name, f"need not lead to {to} any more")
    for to, reference in after.items():
        was = before.get(to)
        if was is None:
            yield ContractChange(_either(WEIGHT[reference.severity] > 0), name, f"must lead to {to}")
            continue
        yield from _severity(name, was.severity, reference.severity)
        if set(was.must) != set(reference.must):
            tighter = bool(reference.must) and not (was.must and set(was.must) <= set(reference.must))
            strict = tighter and WEIGHT[reference.must_severity] > 0
            yield ContractChange(
                _either(strict), name, f"what it finds in {to} must be {', '.join(reference.must) or 'there'}"
            )
        elif reference.must:
            yield from _severity(name, was.must_severity, reference.must_severity)


def _severity(where: str, old: str, new: str) -> Iterator[ContractChange]:
    if old != new:
        yield ContractChange(_either(WEIGHT[new] > WEIGHT[old]), where, f"severity is {new}, it was {old}")


def _rules(old: Iterable[RuleShape], new: Iterable[RuleShape]) -> Iterator[ContractChange]:
    """Rules of one name on one column are paired: first those that say the same, then in order."""
    before: defaultdict[tuple[str, str | None], list[RuleShape]] = defaultdict(list)
    after: defaultdict[tuple[str, str | None], list[RuleShape]] = defaultdict(list)
    for rule in old:
        before[rule.rule, rule.column].append(rule)
    for rule in new:
        after[rule.rule, rule.column].append(rule)
    for name, column in dict.fromkeys([*before, *after]):
        where = f"{name} ({column})" if column else name
        was, now = before[name, column], after[name, column]
        for rule in [r for r in was if r in now]:
            was.remove(rule)
            now.remove(rule)
        was.sort(key=lambda r: [r.says == n.says for n in now], reverse=True)
        for one, other in zip(was, now, strict=False):
            yield from _rule(where, one, other)
        for _ in was[len(now) :]:
            yield ContractChange("compatible", where, "the rule is gone")
        for rule in now[len(was) :]:
            yield ContractChange(_either(WEIGHT[rule.severity] > 0), where, f"the rule is new, as {rule.severity}")


def _rule(where: str, old: RuleShape, new: RuleShape) -> Iterator[ContractChange]:
    yield from _severity(where, old.severity, new.severity)
    if old.says != new.says:
        # whether a query asks more or less than before cannot be told from its text
        yield ContractChange(_either(WEIGHT[new.severity] > 0), where, "the rule asks something else")
    yield from _set(where, "value", old.values, new.values)
