"""The codes of an export as a whole: older than it may be, or without what the one loaded last had."""

from typing import Final

from termpost.schemas.contracts.contract_rule import ContractRule

SEE_THE_EXPORT: Final = "see whether the export was changed or cut; nothing, if it is meant so"

VANISHED: Final = frozenset({"vanished-file", "vanished-column", "fewer-rows"})

EXPORT_RULES: Final[dict[str, ContractRule]] = {
    "stale": ContractRule(
        "the newest mark or change is older than the contract allows",
        "while a session is on, nothing newer than the latency of the contract",
        "export again",
    ),
    "vanished-file": ContractRule(
        "the extract loaded last had rows in this file, and this one has none",
        "a file that is gone, or has a header and no rows; fatal of contacts.csv and students.csv of the supplement",
        SEE_THE_EXPORT,
    ),
    "vanished-column": ContractRule(
        "the extract loaded last had values in these columns, and this one has none, or less than half as many",
        "columns that are gone or blank throughout; fatal of columns with bars, holds and consents",
        SEE_THE_EXPORT,
    ),
    "fewer-rows": ContractRule(
        "the file has less than half as many rows as in the extract loaded last",
        "an export that seems cut; fatal of contacts.csv and students.csv of the supplement",
        SEE_THE_EXPORT,
    ),
}
