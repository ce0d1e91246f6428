"""Breaks a clean extract in one known way, for tests that must see it found."""

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import NamedTuple

from termpost.schemas.base.errors import InputError

from benchmarks.district.edit import Row, append_row, ending, pick, replace_line, replace_row, rows

RESULTS, CONTACTS, USERS = "results.csv", "supplement/contacts.csv", "users.csv"
NOBODY = "NOBODY-0"  # an id that no row has


class Touched(NamedTuple):
    """Where an extract was broken."""

    file: str
    row: int | None  # 1-based without the header, of a copy the copy; None: the file as a whole
    column: str | None
    students: tuple[str, ...]  # whose report the row could change; empty: everybody's


class Planted(NamedTuple):
    """A flaw and where it is."""

    flaw: str
    file: str
    row: int | None
    column: str | None
    students: tuple[str, ...]


def _has(column: str, value: str | None = None) -> Callable[[Row], bool]:
    return lambda row: row[column] != "" if value is None else row[column] == value


def _graded(row: Row) -> bool:
    return row["scoreStatus"] == "fully graded" and row["score"] not in ("", "0")


def _set(file: str, column: str, value: str, suits: Callable[[Row], bool], key: str = "studentSourcedId") -> "_Plant":
    def plant(folder: Path, rng: Random) -> Touched:
        number, row = pick(folder / file, rng, suits)
        replace_row(folder / file, number, {**row, column: value})
        return Touched(file, number, column, (row[key],))

    return plant


def _rename(file: str, column: str, wrong: str) -> "_Plant":
    def plant(folder: Path, _: Random) -> Touched:
        replace_line(folder / file, 0, lambda line: line.replace(column.encode(), wrong.encode(), 1))
        return Touched(file, None, column, ())

    return plant


def _duplicate_result(folder: Path, rng: Random) -> Touched:
    number, row = pick(folder / RESULTS, rng, _graded)
    replace_row(folder / RESULTS, number, row, {**row, "sourcedId": row["sourcedId"] + "-again", "score": "0"})
    return Touched(RESULTS, number + 1, "studentSourcedId", (row["studentSourcedId"],))


def _duplicate_user(folder: Path, rng: Random) -> Touched:
    number, row = pick(folder / USERS, rng, _is_student(folder))
    replace_row(folder / USERS, number, row, row)
    return Touched(USERS, number + 1, "sourcedId", (row["sourcedId"],))


def _is_student(folder: Path) -> Callable[[Row], bool]:
    """Students are the users of whom there are demographics; both versions say so."""
    known = {row["sourcedId"] for row in rows(folder / "demographics.csv")}
    return lambda row: row["sourcedId"] in known


def _not_enrolled(folder: Path, rng: Random) -> Touched:
    _, item = pick(folder / "lineItems.csv", rng, lambda row: row["resultValueMax"] not in ("", "0"))
    in_class, seats = _has("classSourcedId", item["classSourcedId"]), folder / "enrollments.csv"
    inside = {row["userSourcedId"] for row in rows(seats) if in_class(row)}
    _, other = pick(seats, rng, lambda row: row["role"] == "student" and row["userSourcedId"] not in inside)
    _, like = pick(folder / RESULTS, rng, _has("lineItemSourcedId", item["sourcedId"]))
    stranger, count = other["userSourcedId"], sum(1 for _ in rows(folder / RESULTS))
    own = {"sourcedId": f"{item['sourcedId']}-{stranger}", "studentSourcedId": stranger}
    append_row(folder / RESULTS, {**like, **own})
    return Touched(RESULTS, count + 1, "studentSourcedId", (stranger,))


def _above_max(folder: Path, rng: Random) -> Touched:
    _, item = pick(folder / "lineItems.csv", rng, lambda row: row["resultValueMax"] not in ("", "0"))
    of_item = _has("lineItemSourcedId", item["sourcedId"])
    number, row = pick(folder / RESULTS, rng, lambda r: of_item(r) and _graded(r))
    replace_row(folder / RESULTS, number, {**row, "score": str(3 * int(item["resultValueMax"]))})
    return Touched(RESULTS, number, "score", (row["studentSourcedId"],))


def _ragged(folder: Path, rng: Random) -> Touched:
    number, row = pick(folder / RESULTS, rng, _graded)
    replace_line(folder / RESULTS, number, lambda line: line.rstrip(b"\r\n") + b",left over" + ending(line))
    return Touched(RESULTS, number, None, (row["studentSourcedId"],))


def _not_utf8(folder: Path, rng: Random) -> Touched:
    is_student = _is_student(folder)
    number, row = pick(folder / USERS, rng, lambda r: is_student(r) and r["givenName"].isascii())
    name = row["givenName"].encode()
    replace_line(folder / USERS, number, lambda line: line.replace(b"," + name, b"," + name + b"\xe9", 1))
    return Touched(USERS, number, "givenName", (row["sourcedId"],))


def _empty(folder: Path, _: Random) -> Touched:
    (folder / RESULTS).write_bytes(b"")
    return Touched(RESULTS, None, None, ())


def _missing(folder: Path, _: Random) -> Touched:
    (folder / "enrollments.csv").unlink()
    return Touched("enrollments.csv", None, None, ())


def _wrong_role(folder: Path, rng: Random) -> Touched:
    _, teacher = pick(folder / "enrollments.csv", rng, _has("role", "teacher"))
    return _set(CONTACTS, "contactSourcedId", teacher["userSourcedId"], _has("contactSourcedId"))(folder, rng)


def _reversed_dates(folder: Path, rng: Random) -> Touched:
    number, row = pick(folder / CONTACTS, rng, lambda r: bool(r["restrictionFrom"] and r["restrictionUntil"]))
    begin, until = row["restrictionFrom"], row["restrictionUntil"]
    replace_row(folder / CONTACTS, number, {**row, "restrictionFrom": until, "restrictionUntil": begin})
    return Touched(CONTACTS, number, "restrictionUntil", (row["studentSourcedId"],))


_Plant = Callable[[Path, Random], Touched]
FLAWS: Mapping[str, _Plant] = MappingProxyType({
    "bad-date": _set(RESULTS, "scoreDate", "1/05/2023", _graded),
    "bad-number": _set(RESULTS, "score", "7,5", _graded),
    "bad-status": _set(RESULTS, "scoreStatus", "graded", _graded),
    "missing-score": _set(RESULTS, "score", "", _graded),
    "unknown-student": _set(RESULTS, "studentSourcedId", NOBODY, _graded),
    "duplicate-result": _duplicate_result,
    "duplicate-user": _duplicate_user,
    "not-enrolled": _not_enrolled,
    "score-above-max": _above_max,
    "ragged-row": _ragged,
    "misspelt-header": _rename(RESULTS, "scoreStatus", "scoreStaus"),
    "misspelt-restriction-header": _rename(CONTACTS, "contactRestrictions", "contactRestriction"),
    "not-utf8": _not_utf8,
    "empty-file": _empty,
    "missing-file": _missing,
    "bad-contact-reference": _set(CONTACTS, "contactSourcedId", NOBODY, _has("contactSourcedId")),
    "bad-restriction": _set(CONTACTS, "contactRestrictions", "no contact", _has("contactRestrictions")),
    "reversed-restriction-dates": _reversed_dates,
    "wrong-role": _wrong_role,
})  # fmt: skip


def plant(folder: Path, flaw: str, seed: int = 1) -> Planted:
    """Breaks the extract in that folder, the same way for the same seed; InputError on a flaw that is not in FLAWS."""
    if flaw not in FLAWS:
        raise InputError("unknown-flaw", "this flaw is not known", "plant", f"one of {', '.join(FLAWS)}")
    return Planted(flaw, *FLAWS[flaw](folder, Random(f"{seed}/{flaw}")))
