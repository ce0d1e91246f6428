"""The states of a mark, in the order of the macro `mark_state` (sql/enrolled.sql), and what they count in."""

STATES = (
    "practice", "excused", "later", "incomplete", "missing", "missing_marked", "graded", "awaits_review", "ungraded",
)  # fmt: skip
SCORED = frozenset({"graded", "missing_marked", "awaits_review"})  # the score counts
CURRENT = frozenset({"graded", "missing_marked"})
FINAL = CURRENT | {"awaits_review", "ungraded", "missing", "incomplete"}
INCOMPLETE = "I"  # what a course shows while work of it is incomplete
MISSING = frozenset({"missing", "missing_marked"})
WAITING = frozenset({"ungraded", "awaits_review", "incomplete"})


def number(state: str) -> int:
    """Its number in the tables of plain classes."""
    return STATES.index(state) + 1
