"""The states of a mark, in the order of the macro `mark_state` (sql/enrolled.sql), and what they count in."""

STATES = (
    "practice", "excused", "later", "incomplete", "missing", "missing_marked", "graded", "awaits_review", "ungraded",
    "not_theirs", "just_joined", "submitted", "left_out", "moved",
)  # fmt: skip
# given in marks.sql to marks whose state is known, never to plain seats: attempts at a piece that count nowhere, and
# marks of categories beside the grades
AFTERWARDS = ("retaken", "not_retaken", "elsewhere", "beside", "beside_unmarked")
BESIDE = "beside"
SCORED = frozenset({"graded", "missing_marked", "awaits_review"})  # the score counts
CURRENT = frozenset({"graded", "missing_marked"})
MARKED = frozenset({"graded", "awaits_review"})  # done, as far as one knows, and not missing with a mark for it
FINAL = CURRENT | {"awaits_review", "missing", "incomplete"}
INCOMPLETE = "I"  # what a course shows while work of it is incomplete
MISSING = frozenset({"missing", "missing_marked"})
TO_MARK = frozenset({"ungraded", "submitted"})
DUE = FINAL | TO_MARK  # everybody's whose work it is
LISTED = MISSING | TO_MARK | {"incomplete", "just_joined", "left_out"}  # on the report, as is what came late
WAITING = TO_MARK | {"awaits_review", "incomplete"}


def number(state: str) -> int:
    """Its number, as `mark_state` gives it."""
    return STATES.index(state) + 1
