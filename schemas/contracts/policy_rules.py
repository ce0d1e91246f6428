"""What does not fit between a grading policy and an extract: each would silently do nothing."""

from typing import Final

from termpost.schemas.contracts.contract_rule import ContractRule

POLICY_FILE: Final = "grading.toml"

POLICY_RULES: Final[dict[str, ContractRule]] = {
    "unknown-in-policy": ContractRule(
        "the grading policy names what the extract does not have",
        "a category, line item, session or class of grading.toml that no row has",
        "name it in grading.toml as the extract does, or take it out",
    ),
    "not-of-category": ContractRule(
        "the grading policy names a piece of work under a category that is not its own",
        "a line item of never_drop, extra_credit or item_weights that belongs elsewhere",
        "name it under its own category",
    ),
    "retake-cannot-be": ContractRule(
        "the grading policy pairs pieces of work that cannot be a retake of each other",
        "a [[retake]] of pieces worth nothing, or of two classes",
        "pair pieces of one class that are worth points",
    ),
}
