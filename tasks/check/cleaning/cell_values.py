"""Cells that say what is meant in another spelling: words for nothing, days for no day, booleans, vocabularies, years.

Each function takes a cell and gives what it means, or None where it is right as it is or nobody can know. What weakens
a control (`criticalDataElement` of a contract) is read only where no other meaning is possible.
"""

import re
from typing import Final, Literal, NamedTuple

from termpost.schemas.contracts.contract import Column
from termpost.tasks.check.cleaning.garbled import NOTHING
from termpost.tasks.check.cleaning.text_columns import TextKind

# how a database writes that there is no value, and nothing else
DATABASE_NULL: Final = frozenset({"NULL", "null", "\\N", "(null)", "<null>", "[NULL]"})
# a sum that failed (#DIV/0!, #REF!, NaN) is no nothing: there was something to add
NULL_WORDS: Final = DATABASE_NULL | frozenset({
    "(NULL)", "<NULL>", "[null]", "undefined", "Null", "N/A", "n/a", "N/a", "#N/A", "#n/a", "nil", "Nil", "NIL", "none",
    "None", "NONE", "-", "--", "\u2013", "\u2014",
})  # fmt: skip
TITLE_NULLS: Final = NOTHING | frozenset({"-", "--", ".", "\u2013", "\u2014"})
NO_NAMES: Final = frozenset({"-", "--", "---", ".", "..", "_", "*", "**", "\u2013", "\u2014"})  # beside a single name
ADDRESS_NULLS: Final = TITLE_NULLS | frozenset({"N/A", "n/a", "nil"})

TRUE: Final = frozenset({"1", "yes", "y", "t", "true"})
FALSE: Final = frozenset({"0", "no", "n", "f", "false"})
ALSO_TRUE: Final = frozenset({"-1", "1.0"})  # Access and Visual Basic; pandas
ALSO_FALSE: Final = frozenset({"0.0"})

DAY: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.]\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?")
SLASHED: Final = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[T ,]+\d{1,2}:\d\d(?::\d\d(?:[.]\d+)?)?(?: ?[AaPp][Mm])?)?"
)
MIDNIGHT: Final = re.compile(r"00:00(?::00(?:[.]0+)?)?")
ENDS: Final = frozenset({(1, 1), (12, 30), (12, 31), (0, 0)})
# days that no person chose: the zero or the end of some system's calendar
LOWEST: Final = 1904  # years up to it, with one of ENDS: SQL Server, Excel, OLE, Java, .NET, Mac OS
HIGHEST: Final = 2079  # years from it
OTHER_ZEROS: Final = frozenset({"1900-01-00", "1858-11-17", "1582-10-15", "1969-12-31", "1970-01-01"})
OTHER_ENDS: Final = frozenset({"2038-01-19", "2079-06-06", "2262-04-11"})
UNIX_ZEROS: Final = frozenset({"1969-12-31", "1970-01-01"})  # birthdays of parents

SCHOOL_YEAR: Final = re.compile(r"\s*(\d{4})\s*[-/\u2013]\s*(\d{2}|\d{4})\s*")

PlaceholderEnd = Literal["low", "high"]


class ReadValue(NamedTuple):
    """What a cell is read as (None: blank), and the rule that says so."""

    value: str | None
    rule: str


def placeholder_end(cell: str) -> PlaceholderEnd | None:
    """Whether the day stands for no day, at the low or the high end of a calendar."""
    found = DAY.fullmatch(cell)
    if found is not None:
        year, month, day = (int(part) for part in found.groups()[:3])
        return _end(f"{year:04}-{month:02}-{day:02}", year, {(month, day)})
    if (other := SLASHED.fullmatch(cell)) is not None:  # 1/1/1900: whichever is the month
        one, two, year = (int(part) for part in other.groups()[:3])
        return _end("", year, {(one, two), (two, one)})
    return None


def _end(day: str, year: int, days: set[tuple[int, int]]) -> PlaceholderEnd | None:
    if day in OTHER_ZEROS or (year <= LOWEST and days & ENDS):
        return "low"
    if day in OTHER_ENDS or (year >= HIGHEST and days & ENDS):
        return "high"
    return None


def read_day(cell: str) -> ReadValue | None:
    """A day with a time of midnight and no zone is that day."""
    found = DAY.fullmatch(cell)
    if found is not None and found[4] and not found[5] and MIDNIGHT.fullmatch(found[4]):
        return ReadValue(cell[:10], "read-as-meant")
    return None


def read_boolean(cell: str, *, is_critical: bool) -> ReadValue | None:
    """1, yes, Y and the like; what could also be a count or a code only where no control hangs on it."""
    word = cell.lower()
    if word in {"true", "false"}:
        return ReadValue(word, "wrong-case") if cell != word else None
    if word in TRUE or (not is_critical and word in ALSO_TRUE):
        return ReadValue("true", "read-as-meant")
    if word in FALSE or (not is_critical and word in ALSO_FALSE):
        return ReadValue("false", "read-as-meant")
    return None


def _bare(word: str) -> str:
    return re.sub(r"[\s_-]+", "", word).lower()


def read_word(cell: str, values: tuple[str, ...], *, is_critical: bool) -> ReadValue | None:
    """A word of the vocabulary in another case; where no control hangs on it also with other signs between parts."""
    if cell in values:
        return None
    if same := [value for value in values if value.lower() == cell.lower()]:
        return ReadValue(same[0], "wrong-case")
    meant = [value for value in values if _bare(value) == _bare(cell) and not is_critical]
    return ReadValue(meant[0], "read-as-meant") if len(meant) == 1 else None


def read_school_year(cell: str) -> ReadValue | None:
    """2021-2022 and 2021/22 are the year that ends in 2022, which is how OneRoster names it."""
    found = SCHOOL_YEAR.fullmatch(cell)
    if found is None:
        return None
    begin, end = int(found[1]), found[2]
    if end not in {str(begin + 1), f"{(begin + 1) % 100:02}"}:
        return None
    return ReadValue(str(begin + 1), "read-as-meant")


def is_null(cell: str, column: Column) -> bool:
    """Whether a cell of what is no text says that there is nothing."""
    if column.values:
        return not column.critical and cell in DATABASE_NULL
    return cell in (DATABASE_NULL if column.critical and column.logical_type == "boolean" else NULL_WORDS)


def null_text(cell: str, kind: TextKind, *, is_common: bool) -> bool:
    """Whether a text is a word for nothing that no family should read.

    Args:
        is_common: of a middle name: so many have this very word that it is nobody's.
    """
    match kind:
        case "name":
            return cell in NO_NAMES
        case "middle-name":
            return cell in (NULL_WORDS | NOTHING) - {"Null", "None", "Nil", "NIL"} or is_common
        case "address":
            return cell in ADDRESS_NULLS
        case "title" | "comment":
            return cell in TITLE_NULLS if kind == "title" else cell in NOTHING
