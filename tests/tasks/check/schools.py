"""Many schools in one check: each a copy of one bundle with ids of its own and a fault of its own, told apart after.

A check costs the same for one school as for a hundred, so that a fault a check is what makes tests slow.
"""

import csv
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from termpost.schemas.documents.findings import Findings

from tests.tasks.check.conftest import Bundle

# what may stand once in an extract only; every id does
ONCE = ("sourcedId", "username", "identifier", "email", "familyName", "street")
MANIFEST = "manifest.csv"


def own(column: str, cell: str, prefix: str) -> str:
    """The cell as that school has it; a list of ids is one of own ids."""
    if not cell.strip():
        return cell
    if column.endswith("SourcedIds"):
        return ",".join(f"{prefix}{part}" for part in cell.split(","))
    if column == "comment":
        return f"No {prefix[1:]} {cell}"  # the prefix is part of every name, and a comment must name nobody else
    return f"{prefix}{cell}" if column in ONCE or column.endswith("SourcedId") else cell


OF_ALL = {"shared-mailbox"}  # said of a whole file, however many schools it has


@dataclass
class Schools:
    """One extract of them all, and where in each file a school's rows begin and end."""

    folder: Path
    prefixes: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[list[str]]] = field(default_factory=dict)
    spans: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)

    def take_in(self, name: str, bundle: Bundle) -> None:
        prefix = self.prefixes[name] = f"k{len(self.prefixes)}."
        for path in sorted(bundle.folder.rglob("*.csv")):
            file = path.relative_to(bundle.folder).as_posix()
            with path.open(newline="", encoding="utf-8") as source:
                header, *rows = csv.reader(source)
            there = self.rows.setdefault(file, [header])
            assert there[0] == header, f"{name}: another header is a fault of the whole file"
            if file == MANIFEST:
                self.rows[file] = [header, *rows]
                continue
            begin = len(there) - 1
            there.extend([own(column, cell, prefix) for column, cell in zip(header, row, strict=True)] for row in rows)
            self.spans[name, file] = (begin, len(there) - 1)

    def check(self, **terms: Any) -> dict[str, Findings]:
        """What is said of each school, as if it had been alone; nothing may be said of no school."""
        every = Bundle(self.folder)
        for file, rows in self.rows.items():
            every.write(file, rows)
        findings = every.check(**terms)
        assert {f.name: f.rows for f in findings.files} == {name: len(rows) - 1 for name, rows in self.rows.items()}
        nobody = [p for p in findings.problems if p.row is None and p.rule not in OF_ALL]
        assert not nobody, nobody
        said = {name: self._of(name, findings) for name in self.prefixes}
        of_one = [p for p in findings.problems if p.rule not in OF_ALL]
        assert sum(len(one.problems) for one in said.values()) == len(of_one)
        assert sum(len(one.holds) for one in said.values()) == len(findings.holds)
        return said

    def _of(self, name: str, findings: Findings) -> Findings:
        prefix = self.prefixes[name]

        def place(file: str, row: int) -> int | None:
            begin, end = self.spans.get((name, file), (0, 0))
            return row - begin if begin < row <= end else None

        problems = [(p, place(p.file, p.row or 0)) for p in findings.problems]
        rejected = [(r, place(r.file, r.row)) for r in findings.rejected]
        holds = [
            hold.model_copy(update={
                "student": hold.student.removeprefix(prefix),
                "class_id": hold.class_id and hold.class_id.removeprefix(prefix),
            })
            for hold in findings.holds if hold.student.startswith(prefix)
        ]  # fmt: skip
        return findings.model_copy(update={
            "problems": tuple(p.model_copy(update={"row": row}) for p, row in problems if row),
            "rejected": tuple(r._replace(row=row) for r, row in rejected if row),
            "holds": tuple(holds), "held_students": tuple(sorted({hold.student for hold in holds})),
            "outcome": "accepted_with_holds" if holds else "accepted", "files": (), "counts": (),
        })  # fmt: skip


def check_together(
    source: Path, folder: Path, faults: Mapping[str, Callable[[Bundle], object]], **terms: Any
) -> dict[str, Findings]:
    """Copies the bundle for every fault, plants it, and checks them all at once."""
    schools = Schools(folder / "together")
    for number, (name, plant) in enumerate(faults.items()):
        one = Bundle(folder / str(number))
        shutil.copytree(source, one.folder, ignore=shutil.ignore_patterns("*.md"))
        plant(one)
        schools.take_in(name, one)
        shutil.rmtree(one.folder)
    return schools.check(**terms)
