"""What is wrong or odd in a gradebook (a row a student, a column a piece of work), or beside its roster."""

from termpost.schemas.contracts.contract_rule import ContractRule

GRADEBOOK_RULES: dict[str, ContractRule] = {
    "no-points-row": ContractRule("the row Points Possible is missing", "a Canvas gradebook without its second line"),
    "not-counted": ContractRule(
        "there are marks under it and no points possible, so they do not count",
        "a Canvas column worth nothing known",
        "give the points possible, if they should count",
    ),
    "column-not-read": ContractRule(
        "it is neither a piece of work nor a total that is known, and it is not read",
        "a Canvas column of the teacher's own, or an override in another language",
        "if it is the override, export with Canvas set to English",
    ),
    "several-periods": ContractRule(
        "it has totals of several grading periods and none of the course, so no total or override is read",
        "a Canvas gradebook exported with several grading periods",
        "export it with one grading period chosen, or with all of them",
    ),
    "manual-posting": ContractRule(
        "its marks are shown to families by hand", "Manual Posting in a Canvas gradebook", "make sure they may be seen"
    ),
    "no-points": ContractRule(
        "there are marks under it, and nothing says out of how many points",
        "a Moodle column without its per cents beside it",
        "export with Real and Percentage both ticked, or put a row Points Possible below the header",
    ),
    "not-as-points": ContractRule(
        "its marks are shown as letters, words or per cents without their sign, and not as points",
        "a Blackboard column whose primary display is not Score",
        "set the column's primary display to Score, and download again",
    ),
    "nobody-marked": ContractRule(
        "nobody has a mark under it and what it is worth is not in the file, so it is left out",
        "a Moodle column without any mark",
        "nothing, unless it should stand on reports as work to be marked",
    ),
    "maybe-total": ContractRule(
        "it is read as a piece of work, and may be the total of a category under a name of its own",
        "a Moodle column that is no activity",
        "if it is a total, leave it out with [omit] line_items",
    ),
    "not-on-roster": ContractRule(
        "no student of the roster has the id, login or address of this row",
        "a gradebook row that is nobody's in the roster beside it",
        "give the account in the gradebook's system the id of the roster, or add the student to users.csv",
    ),
    "several-people": ContractRule(
        "several students of the roster have an id, login or address of this row",
        "a gradebook row that could be of several people",
        "let one student alone have it in users.csv",
    ),
    "class-unclear": ContractRule(
        "several classes of the roster may be meant, and the student is in none of them or in more than one",
        "a gradebook row of no one class",
        "mend enrollments.csv, or name the section in the gradebook as its class in classes.csv",
    ),
    "class-not-on-roster": ContractRule(
        "neither its name nor a section in it is a class of the roster",
        "a gradebook of a course that the roster beside it does not know",
        "call the file as the class or its course is in classes.csv or courses.csv: by sourcedId, code or title",
    ),
    "not-in-gradebook": ContractRule(
        "students of its classes are on the roster and not in it, so they have no marks here",
        "a student of the roster without a row in the gradebook",
        "nothing, if they joined late; else export again",
    ),
    "no-gradebook": ContractRule(
        "classes with students have no gradebook, so they have no marks",
        "a class of the roster without a gradebook",
        "export their gradebooks too, if they should have marks",
    ),
}
