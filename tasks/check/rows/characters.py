"""Characters that no font here has, found before anything is printed: in a student's own name they hold the report.

Only texts that are not ASCII are looked at, and of those the different characters alone; rows are looked for where one
of them cannot be set. In anything but a student's own name the character's name is printed, and that is warned about.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import duckdb
from termpost.schemas.contracts.contract import Contract
from termpost.schemas.contracts.print_rules import UNPRINTABLE_NAME, UNPRINTABLE_TEXT
from termpost.schemas.contracts.rules import RULES
from termpost.schemas.documents.findings import CheckHold, Problem, ProblemCount
from termpost.tasks.check.tables import text
from termpost.tasks.documents.printable import called, printable, unprintable

NAME = "CASE WHEN role = 'student' THEN 'name' WHEN role = 'teacher' THEN 'teacher’s name' ELSE 'contact’s name' END"
# dataset → column → SQL of what it is called. Whatever of an extract is printed on a paper
PRINTED: dict[str, dict[str, str]] = {
    "users": {"given_name": NAME, "middle_name": NAME, "family_name": NAME},
    "supplement_students": {"preferred_name": "'preferred name'"},
    "classes": {"title": "'class title'"},
    "courses": {"title": "'course title'"},
    "line_items": {"title": "'title of a piece of work'"},
    "categories": {"title": "'category title'"},
    "academic_sessions": {"title": "'session title'"},
    "orgs": {"name": "'name of a school'"},
    "results": {"comment": "'comment'"},
    "supplement_comments": {
        **dict.fromkeys(("comment", "strength", "next_step", "home_help", "student_says"), "'comment'"),
        "author": "'author of a comment'",
    },
    "supplement_contacts": {"street": "'street'", "city": "'city'", "state": "'state'", "country": "'country'"},
}
STUDENT = {"users": "CASE WHEN role = 'student' THEN sourced_id END", "supplement_students": "student_sourced_id"}
MOST = 1000  # problems that are listed of one file; all are counted


class Unprintable(NamedTuple):
    """What cannot be set, and whom it holds."""

    problems: tuple[Problem, ...] = ()
    counts: tuple[ProblemCount, ...] = ()
    holds: tuple[CheckHold, ...] = ()
    held_at: tuple[tuple[str, str, int], ...] = ()  # student, file, row


def find_unprintable(
    con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract], filled: frozenset[str]
) -> Unprintable:
    """Looks through every text of the rows that still live and that a paper prints."""
    problems: list[Problem] = []
    counts: Counter[tuple[str, str]] = Counter()
    holds: set[tuple[str, str, int]] = set()
    printed = [contract for contract in contracts if contract.dataset in filled and contract.dataset in PRINTED]
    signs = _signs(con, printed)
    for contract in (contract for contract in printed if contract.dataset in signs):
        headers = {column.name: column.header for column in contract.kept}
        found_signs, columns = signs[contract.dataset], _printed_columns(contract)
        for file, row, header, column, student, what, value in _rows(con, contract.dataset, columns, found_signs):
            if not (found := unprintable(value)):
                continue
            rule = UNPRINTABLE_NAME if student else UNPRINTABLE_TEXT
            counts[file, rule] += 1
            if student:
                holds.add((student, file, row or 0))
            if counts[file, rule] <= MOST:
                message = f"{RULES[rule].message} ({what}, {', '.join(map(called, found))})"
                problems.append(
                    Problem(
                        rule=rule, severity="warning", file=file, row=row or None, column=header or headers[column],
                        key=None, message=message, remedy=RULES[rule].remedy,
                    )
                )  # fmt: skip
    return Unprintable(
        tuple(problems),
        tuple(
            ProblemCount(file=file, rule=rule, severity="warning", count=count)
            for (file, rule), count in sorted(counts.items())
        ),
        tuple(
            CheckHold(student=student, class_id=None, reason=UNPRINTABLE_NAME)
            for student in sorted({one[0] for one in holds})
        ),
        tuple(sorted(holds)),
    )


def _printed_columns(contract: Contract) -> dict[str, str]:
    """Column → SQL of what it is called, of those that the contract has."""
    there = {column.name for column in contract.kept}
    return {name: said for name, said in PRINTED[contract.dataset].items() if name in there}


def _rows(
    con: duckdb.DuckDBPyConnection, dataset: str, columns: dict[str, str], signs: Iterable[str]
) -> Iterator[tuple[str, int | None, str | None, str, str | None, str, str]]:
    """Cells with one of the characters: file, row, header, column, the student whose own name it is."""
    student = STUDENT.get(dataset, "NULL")
    cells = " UNION ALL ".join(
        f'SELECT row_number, {text(column)} AS name, {student} AS student, {said} AS what, "{column}" AS value'
        f' FROM live_{dataset} WHERE regexp_matches("{column}", $signs)'
        for column, said in columns.items()
    )
    yield from con.execute(
        "SELECT w.file, w.row, w.header, c.name, CAST(c.student AS VARCHAR), c.what, c.value"
        f" FROM ({cells}) AS c JOIN where_{dataset} AS w USING (row_number) ORDER BY w.file, w.row, c.name",
        {"signs": f"[{re.escape(''.join(signs))}]"},
    ).fetchall()


def _signs(con: duckdb.DuckDBPyConnection, contracts: Iterable[Contract]) -> dict[str, list[str]]:
    """Dataset → the different characters that may have no glyph; what takes several to be none, too. Few have any."""
    # bytes are more than characters only where one is not ASCII
    parts = [
        f"SELECT '{name}' AS dataset, unnest(regexp_extract_all(\"{column}\", '[^\\x00-\\x{{24f}}]')) AS sign"
        f' FROM raw_{name} WHERE strlen("{column}") <> length("{column}")'
        for contract in contracts
        for name, column in ((contract.dataset, column) for column in _printed_columns(contract))
    ]
    if not parts:
        return {}
    found: dict[str, list[str]] = {}
    for dataset, sign in con.execute(f"SELECT DISTINCT * FROM ({' UNION ALL '.join(parts)}) ORDER BY ALL").fetchall():
        if printable(sign) != sign:
            found.setdefault(dataset, []).append(sign)
    return found
