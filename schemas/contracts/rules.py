"""The closed codes of the rules: the sentence a person reads, and what to do. No text holds a value of the data."""

from termpost.schemas.contracts.comment_rules import COMMENT_RULES
from termpost.schemas.contracts.contract_rule import ContractRule
from termpost.schemas.contracts.export_rules import EXPORT_RULES
from termpost.schemas.contracts.gradebook_rules import GRADEBOOK_RULES
from termpost.schemas.contracts.insert_rules import INSERT_RULES
from termpost.schemas.contracts.policy_rules import POLICY_RULES
from termpost.schemas.contracts.print_rules import PRINT_RULES
from termpost.schemas.contracts.reading_rules import READING_RULES
from termpost.schemas.contracts.service_rules import SERVICE_RULES

RULES: dict[str, ContractRule] = {
    **READING_RULES,
    **EXPORT_RULES,
    # the file as a whole
    "missing-file": ContractRule(
        "the file is not in the extract",
        "a file of the contracts is absent",
        "export the file too, or ask the data team whether it is needed",
    ),
    "unknown-file": ContractRule(
        "no contract knows this file, and it was not read",
        "a file that no contract describes",
        "leave it out of the extract, or ask the data team for a contract",
    ),
    "empty-file": ContractRule(
        "the file is empty",
        "a file without a byte or without a header",
        "export it with its header row, even if it has no other",
    ),
    "no-rows": ContractRule(
        "the file has a header and no rows",
        "a file without data rows",
        "look whether the export was cut to the wrong school or session",
    ),
    "not-utf8": ContractRule("the file is not UTF-8", "bytes that are not UTF-8", "export it as UTF-8"),
    "unreadable": ContractRule(
        "the file cannot be read as CSV", "not RFC 4180", "look for a quote that is never closed"
    ),
    "wrong-delimiter": ContractRule(
        "the cells are not separated by commas", "semicolons, tabs, bars", "export the file as comma-separated values"
    ),
    "missing-column": ContractRule(
        "the column is missing from the header",
        "a column of the contract is absent",
        "export the file with all columns of the contract, under its own spelling",
    ),
    "misspelt-column": ContractRule(
        "the column's name is misspelt",
        "an unknown column that looks like a missing one that matters",
        "spell the header cell as the contract does",
    ),
    "duplicate-column": ContractRule(
        "the column is in the header twice", "two columns of one name", "leave one of the two out"
    ),
    "unknown-column": ContractRule(
        "the column is not in the contract and was dropped",
        "a column that no contract names",
        "nothing, unless the column was meant to be another one",
    ),
    "withdrawn-column": ContractRule(
        "the column is of an older text of the standard and was not read",
        "resourceSourcedIds, gone in OneRoster 1.2.1",
        "nothing is lost; leave it out when you can",
    ),
    "empty-header": ContractRule(
        "the header cell is empty and the column was dropped", "a column without a name", "name it, or leave it out"
    ),
    "column-order": ContractRule(
        "the columns are not in the order of the format and were read by name",
        "OneRoster gives the order",
        "nothing is lost; export them in its order when you can",
    ),
    "unsupported-version": ContractRule(
        "this version of the format is not read",
        "the manifest names a version not read yet",
        "export in a version that docs/contracts.md lists",
    ),
    "delta-references": ContractRule(
        "the bundle holds changes only, so what its rows refer to was not looked for",
        "the manifest says delta",
        "nothing, if the bundles before it were loaded",
    ),
    "unknown-mode": ContractRule(
        "a file is neither absent, bulk nor delta", "a mode nobody knows, so changes could be taken for the whole"
    ),
    "unknown-property": ContractRule("no manifest has a property of this name", "a misspelt property"),
    "bulk-status": ContractRule("the column must be blank in a bulk file", "status or dateLastModified filled in bulk"),
    "superseded-file": ContractRule("older snapshots of these files were not read", "a newer snapshot lies beside it"),
    "manifest-mismatch": ContractRule(
        "the manifest and the files differ",
        "a file is listed and absent, or the reverse",
        "make the manifest name the files that are in the extract",
    ),
    "person-erased": ContractRule(
        "this person was erased from the school's records, so the row did not come in",
        "somebody who was erased is still in the source",
        "take them out at the source; if they are to come in again as somebody new, `termpost records readmit`",
    ),
    **POLICY_RULES,
    **GRADEBOOK_RULES,
    **SERVICE_RULES,  # how a REST service gave a list
    # a row or a cell
    "ragged-row": ContractRule(
        "the row has more or fewer cells than the header",
        "cells are missing, left over or badly quoted",
        "look for a comma or a quote inside a cell: such a cell must stand in quotes",
    ),
    "required": ContractRule("the cell is blank and must be filled", "a required cell is blank"),
    "type-date": ContractRule(
        "the cell is not a date of the calendar",
        "not an ISO 8601 date of the calendar",
        "write it as YYYY-MM-DD, since nobody can know whether 1/05/2023 means 2023-01-05 or 2023-05-01",
    ),
    "type-datetime": ContractRule(
        "the cell is not an instant", "not an ISO 8601 instant", "write it as YYYY-MM-DDThh:mm:ssZ"
    ),
    "type-decimal": ContractRule(
        "the cell is not a number", "NaN, inf, 1e5, 1,5 and the like", "write plain digits with a point"
    ),
    "type-integer": ContractRule("the cell is not a whole number", "not a whole number", "write plain digits"),
    "type-boolean": ContractRule("the cell is not true or false", "neither true nor false"),
    "too-precise": ContractRule(
        "the number has more than 12 digits before or 6 after the point", "a number that would not be kept exactly"
    ),
    "enum": ContractRule(
        "the cell is not one of the values the contract lists",
        "not in the vocabulary",
        "use one of the values that the contract lists",
    ),
    "pattern": ContractRule(
        "the cell does not have the form the contract asks for", "an e-mail address or language tag that is none"
    ),
    "too-long": ContractRule(
        "the text is far longer than what it stands for",
        "a name or a line of an address of more than 200 characters, a title of more than 500",
        "see whether something else was pasted into the cell, or the export lost its line ends",
    ),
    "unsafe-id": ContractRule(
        "the school’s id has a character that cannot be part of a path",
        "an id with .., a backslash, a quote or a letter that is not of A to Z",
        "give the school an id of letters, digits and . _ - @ : + =, the same in every file",
    ),
    "range": ContractRule(
        "the number is outside the range of the contract", "a negative mark, more than a million points possible"
    ),
    "unknown-event": ContractRule(
        "nobody said what the word means: it is not counted", "a word of no table", "explain it in [attendance] words"
    ),
    # between rows and between files
    "unique": ContractRule(
        "another row has the same key",
        "one key, several rows; all of them",
        "leave one of these rows, with a key of its own",
    ),
    "reference": ContractRule(
        "the row refers to a row that is not there or was quarantined",
        "a broken reference, or a cascade",
        "export the row it refers to as well, or fix it if it is in quarantine, or fix the id (a spreadsheet drops"
        " leading zeros and writes long ids as 1.00E+05)",
    ),
    "reference-role": ContractRule(
        "the row refers to a row of the wrong kind", "a contact who is a teacher, a school that is a district"
    ),
    "duplicate-result": ContractRule(
        "the student has several results for this line item",
        "student × line item twice; all of them",
        "leave the one mark that counts",
    ),
    "duplicate-student": ContractRule(
        "the student is listed several times", "student twice: a stop in any row stops, yes and no is no consent"
    ),
    "duplicate-contact": ContractRule(
        "the student and this contact are listed several times", "student × contact twice"
    ),
    "status-score": ContractRule(
        "the score and its status contradict each other", "graded without a score, a score on ungraded work"
    ),
    "above-100": ContractRule(
        "the score is above the marks possible",
        "more than 100 per cent",
        "nothing, if it is extra credit; otherwise fix the mark or the marks possible",
    ),
    "above-max": ContractRule("the score is above the highest per cent that is allowed", "more than max_percent"),
    "below-min": ContractRule("the score is below the lowest mark", "less than resultValueMin"),
    "min-above-max": ContractRule(
        "the lowest mark is not below the marks possible", "resultValueMin as high as resultValueMax, or higher"
    ),
    "lowest-mark": ContractRule(
        "the lowest mark is not 0, and no rule says which end of the scale is the better one",
        "resultValueMin of 1, as for marks 1 to 6; an error where grading.toml is known",
        'set `better = "high"` or `better = "low"` in grading.toml, for all marks, a class or a category',
    ),
    "date-order": ContractRule("the dates are in the wrong order", "an end before its beginning"),
    "student-twice": ContractRule(
        "another id seems to be the same student",
        "two ids of one name and birth date, school number or e-mail address",
        "let the office decide, and merge them in the source",
    ),
    "mangled-id": ContractRule(
        "a spreadsheet has turned the id into a number",
        "1.00E+05 as id",
        "export again without opening the file in one",
    ),
    "outside-session": ContractRule(
        "the dates do not fit the academic session it belongs to",
        "a due date outside its session, a session no term of the class holds, a seat that begins after them",
        "fix the date or the session",
    ),
    "worth-nothing": ContractRule(
        "the work is worth 0 points and students have as many for it as for other work: all of them count on top",
        "work worth 0 for which three or more have about as many points as other work is worth",
        "give what it is worth, if it is no extra credit",
    ),
    "not-enrolled": ContractRule(
        "the student was never enrolled in the class of this line item",
        "a result outside the class",
        "enrol the student (an ended enrollment is fine), or move the mark to the right student or class",
    ),
    "user-without-role": ContractRule(
        "the user has no role that can be read", "nobody says whether this is a student or who may get a report"
    ),
    "result-class": ContractRule("the result names another class than its line item", "two classes for one mark"),
    "flag-status": ContractRule(
        "the flags and the status of the result contradict each other", "missing and submitted, in progress and graded"
    ),
    "class-without-students": ContractRule(
        "no student is enrolled in the class",
        "a class that would have no reports",
        "nothing, if the class has no students; otherwise export its enrollments",
    ),
    "birth-date-missing": ContractRule(
        "no birth date is known, so the grade says that the student is a minor",
        "up to grade 9; above it nobody gets the report before the date is there",
        "export it in demographics.csv",
    ),
    "student-without-contact": ContractRule(
        "the student has no contact",
        "nobody to send a report to",
        "add the student’s contacts to supplement/contacts.csv, or the report reaches nobody",
    ),
    "contact-unreachable": ContractRule(
        "the contact has no address, e-mail address or number", "nothing in contacts.csv or users.csv", "add one"
    ),
    "shared-with-barred": ContractRule(
        "somebody who is barred has the same address, e-mail address, number or name",
        "an address that must not be used, or one person entered twice",
        "find out who it is and where they live; `termpost recipients` says what waits for it",
    ),
    # what prints, and who is written to together
    **PRINT_RULES,
    **INSERT_RULES,
    # what looks wrong though nothing in it is
    "scores-alike": ContractRule(
        "all scores of this line item are the same", "8 or more, none of them full", "see whether it has been marked"
    ),
    "mostly-above": ContractRule(
        "most scores are above the marks possible", "5 or more, more than half of them above", "fix resultValueMax"
    ),
    "mean-jumps": ContractRule(
        "the mean of this line item is far from those of its class",
        "more than 40 points of a hundred from the class's median",
        "see whether scores or resultValueMax are wrong",
    ),
    "no-marks-yet": ContractRule(
        "the line item was due by the cut-off and has no result", "due, and nobody has a result", "ask for the marks"
    ),
    "marks-missing": ContractRule(
        "at the cut-off more than a fifth of the marks due are missing",
        "by class and by teacher",
        "ask the teacher for them",
    ),
    **COMMENT_RULES,
    "future-date": ContractRule("the date lies after today", "a mark or a birth of tomorrow", "fix the date"),
}
