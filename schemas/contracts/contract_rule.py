"""What a rule of the contracts says to people."""

from dataclasses import dataclass

AT_THE_SOURCE = "fix these rows in the source system, and export again"


@dataclass(frozen=True)
class ContractRule:
    """`message` and `remedy` go into a problem; `meaning` into docs/contracts.md."""

    message: str
    meaning: str
    remedy: str = AT_THE_SOURCE  # for whoever runs the school's system
