"""What the contract says of a comment's wording, held against what a proof-reader wrote."""

from collections.abc import Sequence
from functools import lru_cache

from termpost.schemas.contracts.rules import RULES
from termpost.schemas.documents.comments import KINDS
from termpost.tasks.check.contracts.specs import CheckSpec, compile_specs
from termpost.tasks.formats.registry import load_contracts
from termpost.tasks.lake.connection import memory_connection

DATASET = "supplement_comments"


@lru_cache(maxsize=1)
def _rules() -> tuple[CheckSpec, ...]:
    """Those that need no more than the text itself."""
    return tuple(
        spec for spec in compile_specs(load_contracts())
        if spec.dataset == DATASET and spec.column is None and spec.severity == "warning"
        and spec.arguments.get("needs") == (DATASET,)
    )  # fmt: skip


def broken_rules(texts: Sequence[str]) -> list[tuple[int, str]]:
    """Position of a text and code of a rule that it breaks, in order; in the sheet every one of them can be fixed."""
    if not texts:
        return []
    connection = memory_connection()
    try:
        beside = ", ".join(f"{kind} VARCHAR" for kind in KINDS)  # that a rule may name; what is looked at is one text
        connection.execute(f"CREATE TABLE live_{DATASET} (row_number INTEGER, comment VARCHAR, {beside})")
        values = {"numbers": list(range(len(texts))), "texts": list(texts)}
        connection.execute(
            f"INSERT INTO live_{DATASET} SELECT unnest($numbers), unnest($texts), NULL, NULL, NULL, NULL", values
        )
        return sorted(
            (number, rule.rule)
            for rule in _rules()
            for (number,) in connection.execute(rule.arguments["query"]).fetchall()
        )
    finally:
        connection.close()


def said_of(rule: str) -> tuple[str, str]:
    """What is wrong, and its remedy."""
    return RULES[rule].message, RULES[rule].remedy
