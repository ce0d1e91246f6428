"""The closed codes of the rules, each with the sentence a person reads. No sentence holds a value of the data."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """`message` goes into a problem; `meaning` into docs/contracts.md."""

    message: str
    meaning: str


RULES: dict[str, Rule] = {
    # the file as a whole
    "missing-file": Rule("the file is not in the extract", "a file of the contracts is absent"),
    "unknown-file": Rule("no contract knows this file; it was not read", "a file that no contract describes"),
    "empty-file": Rule("the file is empty; it must have a header row", "a file without a byte or without a header"),
    "no-rows": Rule("the file has a header and no rows", "a file without data rows"),
    "not-utf8": Rule("the file is not UTF-8; export it as UTF-8", "bytes that are not UTF-8"),
    "unreadable": Rule("the file cannot be read as CSV; look for a quote that is never closed", "not RFC 4180"),
    "missing-column": Rule("the column is missing from the header", "a column of the contract is absent"),
    "misspelt-column": Rule(
        "the column's name is misspelt", "an unknown column that looks like a missing one that matters"
    ),
    "duplicate-column": Rule("the column is in the header twice", "two columns of one name"),
    "unknown-column": Rule("the column is not in the contract and was dropped", "a column that no contract names"),
    "empty-header": Rule("the header cell is empty and the column was dropped", "a column without a name"),
    "unsupported-version": Rule("this version of the format is not read", "the manifest names a version not read yet"),
    "delta": Rule("a delta bundle is not read; export in bulk", "the manifest says delta"),
    "superseded-file": Rule("older snapshots of these files were not read", "a newer snapshot lies beside it"),
    "no-points-row": Rule("the row Points Possible is missing", "a Canvas gradebook without its second line"),
    "not-counted": Rule(
        "there are marks under it and no points possible; they do not count", "a Canvas column worth nothing known"
    ),
    "manual-posting": Rule(
        "its marks are shown to families by hand; make sure they may be seen", "Manual Posting in a Canvas gradebook"
    ),
    "manifest-mismatch": Rule("the manifest and the files differ", "a file is listed and absent, or the reverse"),
    # a row or a cell
    "ragged-row": Rule(
        "the row has more or fewer cells than the header", "cells are missing, left over or badly quoted"
    ),
    "required": Rule("the cell is blank and must be filled", "a required cell is blank"),
    "type-date": Rule("the cell is not a date; write it as YYYY-MM-DD", "not an ISO 8601 date of the calendar"),
    "type-datetime": Rule("the cell is not an instant; write it as YYYY-MM-DDThh:mm:ssZ", "not an ISO 8601 instant"),
    "type-decimal": Rule(
        "the cell is not a number; write plain digits with a point", "NaN, inf, 1e5, 1,5 and the like"
    ),
    "type-integer": Rule("the cell is not a whole number; write plain digits", "not a whole number"),
    "type-boolean": Rule("the cell is not true or false", "neither true nor false"),
    "too-precise": Rule(
        "the number has more than 12 digits before or 6 after the point", "a number that would not be kept exactly"
    ),
    "wrong-case": Rule("the cell has the wrong case; it was read as meant", "TRUE for true, Scheduled for scheduled"),
    "enum": Rule("the cell is not one of the values the contract lists", "not in the vocabulary"),
    "pattern": Rule(
        "the cell does not have the form the contract asks for", "an e-mail address or language tag that is none"
    ),
    "range": Rule("the number is outside the range of the contract", "a negative mark, negative marks possible"),
    # between rows and between files
    "unique": Rule("another row has the same key", "one key, several rows; all of them"),
    "reference": Rule(
        "the row refers to a row that is not there or was quarantined", "a broken reference, or a cascade"
    ),
    "reference-role": Rule(
        "the row refers to a row of the wrong kind", "a contact who is a teacher, a school that is a district"
    ),
    "duplicate-result": Rule(
        "the student has several results for this line item", "student × line item twice; all of them"
    ),
    "duplicate-contact": Rule("the student and this contact are listed several times", "student × contact twice"),
    "status-score": Rule(
        "the score and its status contradict each other", "graded without a score, a score on ungraded work"
    ),
    "above-100": Rule("the score is above the marks possible", "more than 100 per cent"),
    "above-max": Rule("the score is above the highest per cent that is allowed", "more than max_percent"),
    "min-above-max": Rule("the lowest mark is above the marks possible", "resultValueMin > resultValueMax"),
    "date-order": Rule("the dates are in the wrong order", "an end before its beginning"),
    "not-enrolled": Rule("the student was never enrolled in the class of this line item", "a result outside the class"),
    "class-without-students": Rule("no student is enrolled in the class", "a class that would have no reports"),
    "student-without-contact": Rule("the student has no contact", "nobody to send a report to"),
}
