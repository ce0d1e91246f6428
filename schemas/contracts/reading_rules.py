"""The codes of what is read otherwise than it stands, or stands otherwise than it was written; told once a column."""

from typing import Final

from termpost.schemas.contracts.contract_rule import ContractRule

NOTHING_LOST: Final = "nothing is lost; export it as the contract spells it when you can"

READING_RULES: Final[dict[str, ContractRule]] = {
    "repeated-row": ContractRule(
        "the row stands in the file before, cell for cell, and was counted once",
        "rows that say the same, also where only dateLastModified differs; rows of one key that differ are `unique`",
        "nothing is lost; see whether the export joins a table that has several rows for one",
    ),
    "wrong-case": ContractRule(
        "the cell has the wrong case and was read as meant", "TRUE for true, Scheduled for scheduled", NOTHING_LOST
    ),
    "read-as-meant": ContractRule(
        "the cell is spelt otherwise than the contract says and was read as meant",
        "1, yes and Y for true, not_submitted for not submitted, 2021-2022 for 2022, a day with 00:00:00, blanks",
        NOTHING_LOST,
    ),
    "null-word": ContractRule(
        "the cell has a word that stands for nothing and was read as blank",
        "NULL, N/A, \\N, #N/A, nil, None, - where a cell may be blank and is no text; NULL and the like also in text",
        "nothing is lost if it means so; export such cells as blank",
    ),
    "no-date": ContractRule(
        "the day is one that systems write for no day, and was read as blank",
        "1900-01-01, 1899-12-30, 1753-01-01, 0001-01-01, 9999-12-31 and the like, where a cell may be blank",
        "nothing is lost if it means so; export such cells as blank",
    ),
    "placeholder-date": ContractRule(
        "the day is one that systems write for no day, and was left as it is: the cell must be filled",
        "1900-01-01 and the like in a column that may not be blank",
        "export the day that is meant",
    ),
    "text-cleaned": ContractRule(
        "the text had entities, markup, marks that nobody sees or blanks too many, and is printed without them",
        "`&#39;`, `&amp;amp;`, tags, zero-width and direction marks, control characters, blanks at the ends; in NFC",
        "nothing is lost; export plain text when you can",
    ),
    "blank-title": ContractRule(
        "the title is blank and was taken from beside it",
        "a class has the title of its course, else its code; a course its code; work its description or category",
        "see whether families know it by that; `termpost holds resolve --class ID --text TEXT` (`--piece`) states one",
    ),
    "garbled-name": ContractRule(
        "the name seems damaged (letters lost or mixed up, or a word for nothing): the student is held",
        "JosÃ©, U+FFFD, question marks, NULL, None: asked once, and kept as long as the name stays the same",
        "fix it in the source system and export again; or accept it (`termpost holds resolve STUDENT --accept`), or"
        " state what is right (`--text`)",
    ),
    "garbled-text": ContractRule(
        "the text seems damaged: letters are lost or mixed up, or it is a word for nothing",
        "in titles, comments, addresses and the names of adults; it is printed as it is",
        "fix it in the source system and export again; a title can be stated with `termpost holds resolve --class ID"
        " --text` or `--piece ID --text`",
    ),
}
