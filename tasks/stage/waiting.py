"""Who waits in a cycle, whatever the reason."""

from collections.abc import Sequence

from termpost.schemas.documents.prepared import Hold, PreparedSchool
from termpost.schemas.log.cycle_state import NO_RECIPIENT, CycleState


def all_holds(prepared: Sequence[PreparedSchool], state: CycleState) -> list[Hold]:
    """The holds of the check, then those of a release that found no recipient."""
    lost = [Hold(student=ref, class_id=None, reason=NO_RECIPIENT) for ref in sorted(state.without_recipient)]
    return [hold for school in prepared for hold in school.holds] + lost


def held_by_school(prepared: Sequence[PreparedSchool], state: CycleState) -> dict[str, int]:
    """School → students who wait in it; who sits in two waits in both."""
    lost = state.without_recipient
    return {
        one.school: len(one.held_students | lost.intersection(report.student for report in one.reports))
        for one in prepared
    }
