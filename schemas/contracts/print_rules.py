"""The rules on what is printed and on who is written to together; the check itself judges them, no contract does."""

from typing import Final

from termpost.schemas.contracts.contract_rule import ContractRule

UNPRINTABLE_NAME: Final = "unprintable-name"
UNPRINTABLE_TEXT: Final = "unprintable-text"
SHARED_MAILBOX: Final = "shared-mailbox"

PRINT_RULES: dict[str, ContractRule] = {
    UNPRINTABLE_NAME: ContractRule(
        "the student’s name has a character that no font here has",
        "holds the student; the problem says which character of which name",
        "correct the name, add an open font that has it to templates/fonts, or decide"
        " `termpost holds resolve STUDENT --accept`: then its name is printed in brackets",
    ),
    UNPRINTABLE_TEXT: ContractRule(
        "no font here has the character, so its name is printed in brackets",
        "of a title, a comment, an address or anybody else’s name",
        "nothing, if that will do; otherwise write it without the character",
    ),
    SHARED_MAILBOX: ContractRule(
        "several contact records have one mailbox: it gets one notice, about all their reports",
        "a guardian record for each child, or parents who share an address",
        "nothing, if that is so; one record for one person is safer, since a restriction on one is none on the other",
    ),
}
