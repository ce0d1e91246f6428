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
    "wrong-delimiter": Rule(
        "the cells are not separated by commas; export the file as comma-separated values", "semicolons, tabs, bars"
    ),
    "missing-column": Rule("the column is missing from the header", "a column of the contract is absent"),
    "misspelt-column": Rule(
        "the column's name is misspelt", "an unknown column that looks like a missing one that matters"
    ),
    "duplicate-column": Rule("the column is in the header twice", "two columns of one name"),
    "unknown-column": Rule("the column is not in the contract and was dropped", "a column that no contract names"),
    "withdrawn-column": Rule(
        "the column is of an older text of the standard; it was not read", "resourceSourcedIds, gone in OneRoster 1.2.1"
    ),
    "empty-header": Rule("the header cell is empty and the column was dropped", "a column without a name"),
    "column-order": Rule(
        "the columns are not in the order of the format; they were read by name", "OneRoster gives the order"
    ),
    "stale": Rule(
        "the newest mark or change is older than the contract allows; export again",
        "while a session is on, nothing newer than the latency of the contract",
    ),
    "unsupported-version": Rule("this version of the format is not read", "the manifest names a version not read yet"),
    "delta-references": Rule(
        "the bundle holds changes only; what its rows refer to was not looked for", "the manifest says delta"
    ),
    "unknown-mode": Rule(
        "a file is neither absent, bulk nor delta", "a mode nobody knows, so changes could be taken for the whole"
    ),
    "unknown-property": Rule("no manifest has a property of this name", "a misspelt property"),
    "bulk-status": Rule("the column must be blank in a bulk file", "status or dateLastModified filled in bulk"),
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
    "type-date": Rule(
        "the cell is not a date of the calendar; write it as YYYY-MM-DD, since nobody can know whether 1/05/2023 means"
        " 2023-01-05 or 2023-05-01",
        "not an ISO 8601 date of the calendar",
    ),
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
        "the row refers to a row that is not there or was quarantined; fix that row, or the id (a spreadsheet drops"
        " leading zeros and writes long ids as 1.00E+05)",
        "a broken reference, or a cascade",
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
    "student-twice": Rule(
        "another id seems to be the same student; let the office decide, and merge them in the source",
        "two ids of one name and birth date, school number or e-mail address",
    ),
    "mangled-id": Rule(
        "a spreadsheet has turned the id into a number; export again without opening the file in one", "1.00E+05 as id"
    ),
    "outside-session": Rule(
        "the dates do not fit the academic session it belongs to; fix the date or the session",
        "a due date outside its session, a session no term of the class holds",
    ),
    "not-enrolled": Rule("the student was never enrolled in the class of this line item", "a result outside the class"),
    "user-without-role": Rule(
        "the user has no role that can be read", "nobody says whether this is a student or who may get a report"
    ),
    "result-class": Rule("the result names another class than its line item", "two classes for one mark"),
    "flag-status": Rule(
        "the flags and the status of the result contradict each other", "missing and submitted, in progress and graded"
    ),
    "class-without-students": Rule("no student is enrolled in the class", "a class that would have no reports"),
    "student-without-contact": Rule("the student has no contact", "nobody to send a report to"),
    "contact-unreachable": Rule(
        "the contact has no address, e-mail address or number; add one", "nothing in contacts.csv or users.csv"
    ),
    "shared-with-barred": Rule(
        "somebody who is barred has the same address or e-mail address; the office must find another",
        "an address that must not be used",
    ),
    # what looks wrong though nothing in it is
    "scores-alike": Rule(
        "all scores of this line item are the same; see whether it has been marked", "8 or more, none of them full"
    ),
    "mostly-above": Rule(
        "most scores are above the marks possible; fix resultValueMax", "5 or more, more than half of them above"
    ),
    "mean-jumps": Rule(
        "the mean of this line item is far from those of its class; see whether scores or resultValueMax are wrong",
        "more than 40 points of a hundred from the class's median",
    ),
    "no-marks-yet": Rule(
        "the line item was due by the cut-off and has no result; ask for the marks", "due, and nobody has a result"
    ),
    "marks-missing": Rule(
        "at the cut-off more than a fifth of the marks due are missing; ask the teacher for them",
        "by class and by teacher",
    ),
    # what somebody should read again before a family does
    "comment-names-student": Rule(
        "the comment seems to name another student of the class; read it again",
        "a name of the class that is not theirs",
    ),
    "comment-repeated": Rule(
        "several students of the class have this very comment; see whether it is meant for each of them",
        "one long text for many",
    ),
    "comment-other-term": Rule(
        "the comment mentions another session or an earlier year; it may be left over",
        "a title or year of another term",
    ),
    "comment-too-long": Rule(
        "the comment is longer than a report has room for; shorten it", "more characters than the contract allows"
    ),
    "comment-markup": Rule(
        "the comment has markup, a placeholder or characters that nobody can see; write plain text",
        "HTML, control characters, marks that turn the direction of writing",
    ),
    "comment-pronouns": Rule(
        "the comment uses other pronouns than those on record; read it again", "compared only where some are on record"
    ),
    "future-date": Rule("the date lies after today; fix it", "a mark or a birth of tomorrow"),
}
