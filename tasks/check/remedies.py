"""What to do about a broken rule, where its own sentence does not say it. For whoever runs the school's system."""

from termpost.schemas.contracts.rules import RULES

AT_THE_SOURCE = "fix these rows in the source system, and export again"
REMEDIES = {
    "missing-file": "export the file too, or ask the data team whether it is needed",
    "unknown-file": "leave it out of the extract, or ask the data team for a contract",
    "no-rows": "look whether the export was cut to the wrong school or session",
    "missing-column": "export the file with all columns of the contract, under its own spelling",
    "misspelt-column": "spell the header cell as the contract does",
    "duplicate-column": "leave one of the two out",
    "unknown-column": "nothing, unless the column was meant to be another one",
    "empty-header": "name the column, or leave it out",
    "unsupported-version": "export in a version that docs/contracts.md lists",
    "manifest-mismatch": "make the manifest name the files that are in the extract",
    "ragged-row": "look for a comma or a quote inside a cell: such a cell must stand in quotes",
    "wrong-case": "nothing is lost; export it as the contract spells it when you can",
    "enum": "use one of the values that the contract lists",
    "unique": "leave one of these rows, with a key of its own",
    "reference": "export the row it refers to as well, or fix that row if it is in quarantine itself",
    "duplicate-result": "leave the one mark that counts",
    "above-100": "nothing, if it is extra credit; otherwise fix the mark or the marks possible",
    "not-enrolled": "enrol the student (an ended enrollment is fine), or move the mark to the right student or class",
    "class-without-students": "nothing, if the class has no students; otherwise export its enrollments",
    "student-without-contact": "add the student’s contacts to supplement/contacts.csv, or the report reaches nobody",
}


def remedy_of(rule: str) -> str:
    """The remedy of a rule: its own, what its sentence says after the semicolon, or that of any row."""
    if rule in REMEDIES:
        return REMEDIES[rule]
    return RULES[rule].message.partition(";")[2].strip() or AT_THE_SOURCE
