"""The rules on comments: what somebody should read again before a family does."""

from typing import Final

from termpost.schemas.contracts.contract_rule import ContractRule

COMMENT_RULES: Final[dict[str, ContractRule]] = {
    "comment-says-nothing": ContractRule(
        "the row says nothing: no comment, no other text and no code",
        "an empty line",
        "write one of them, or take the row out",
    ),
    "comment-code": ContractRule(
        "a sentence code is not in the bank, or its sentence lacks a language of the school",
        "see `termpost comments bank`",
        "use a code of the bank, or add the sentence to comment-bank.csv",
    ),
    "comment-names-student": ContractRule(
        "the comment seems to name another student of the class", "a name of the class, not theirs", "read it again"
    ),
    "comment-tells-address": ContractRule(
        "the comment tells an address, e-mail address or number that is kept confidential",
        "of a contact of the student whose addressConfidential is true",
        "take it out: the report goes to everybody else too",
    ),
    "comment-repeated": ContractRule(
        "several students of the class have this very comment",
        "one long text for many",
        "see whether it is meant for each of them",
    ),
    "comment-other-term": ContractRule(
        "the comment mentions another session or an earlier year and may be left over",
        "a title or year of another term",
        "read it again",
    ),
    "comment-too-long": ContractRule(
        "the comment is longer than a report has room for", "more characters than the contract allows", "shorten it"
    ),
    "comment-markup": ContractRule(
        "the comment has markup, a placeholder or characters that nobody can see",
        "HTML, control characters, marks that turn the direction of writing",
        "write plain text",
    ),
    "comment-pronouns": ContractRule(
        "the comment uses other pronouns than those on record", "compared where some are on record", "read it again"
    ),
}
