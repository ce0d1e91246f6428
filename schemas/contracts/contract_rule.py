"""What a rule of the check says: a sentence for whoever reads it, and what to do. No text holds a value of the data."""

from dataclasses import dataclass

AT_THE_SOURCE = "fix these rows in the source system, and export again"


@dataclass(frozen=True)
class ContractRule:
    """`message` and `remedy` go into a problem; `meaning` into docs/contracts.md."""

    message: str
    meaning: str
    remedy: str = AT_THE_SOURCE  # for whoever runs the school's system
