"""The states of a mark, in the order of the macro `mark_state` (sql/enrolled.sql), and what they count in."""

STATES = (
    "practice", "excused", "later", "incomplete", "missing", "missing_marked", "graded", "awaits_review", "ungraded",
    "not_theirs", "just_joined", "submitted", "left_out", "moved",
)  # fmt: skip
SCORED = frozenset({"graded", "missing_marked", "awaits_review"})  # the score counts
CURRENT = frozenset({"graded", "missing_marked"})
FINAL = CURRENT | {"awaits_review", "missing", "incomplete"}
INCOMPLETE = "I"  # what a course shows while work of it is incomplete
MISSING = frozenset({"missing", "missing_marked"})
TO_MARK = frozenset({"ungraded", "submitted"})
DUE = FINAL | TO_MARK  # everybody's whose work it is
LISTED = MISSING | TO_MARK | {"just_joined", "left_out"}  # on the report, as is what came late
WAITING = TO_MARK | {"awaits_review", "incomplete"}


def number(state: str) -> int:
    """Its number, as `mark_state` gives it."""
    return STATES.index(state) + 1
