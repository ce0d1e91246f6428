"""The kinds of reporting cycles, and which of them print the grade so far."""

from typing import Final, Literal, get_args

CycleKind = Literal["midterm", "end_of_term", "final", "warning"]
CYCLE_KINDS: Final[tuple[CycleKind, ...]] = get_args(CycleKind)
WARNING: Final = "warning"  # a progress notice: only courses below the line, and those that a teacher names
# what is not marked yet, and work that is missing, can still change the grade, so the current one is printed; the SQL
# of stages names them too
SO_FAR: Final[frozenset[str]] = frozenset({"midterm", WARNING})
