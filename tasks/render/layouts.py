"""Kinds of report: what each may say. What a kind does not say is taken out of the model, so that no paper, page or
change made of it can say it after all."""

from collections.abc import Mapping
from typing import Final

from termpost.schemas.documents.report import WITHOUT_GRADES, Course, GradeBasis, Report, ReportLayout, Section

SAID: Final[Mapping[ReportLayout, frozenset[Section]]] = {
    "narrative": frozenset({"comments", "attendance", "policies"}),
    "standards": frozenset({"standards", "comments", "attendance", "policies"}),
    "grades": frozenset({"trend", "work", "attendance", "scale", "method", "policies"}),
    "early-years": frozenset({"standards", "comments", "attendance", "policies"}),
}  # besides "full", which says all
NO_GRADE: Final = {
    "current": None, "final": None, "letter": None, "basis": GradeBasis(), "own_scale": None, "class_median": None,
    "show_of": None, "source": "computed", "graded": 0, "missing": 0, "late": 0, "work": (), "trend": (),
    "categories": (), "to_follow": False, "follows_for": (),
}  # fmt: skip
# decisions of the school that are about more than a grade
KEPT_NOTES = frozenset({"decided.accepted", "decided.accepted_course", "decided.omitted"})


def laid_out(report: Report, layout: ReportLayout) -> Report:
    """The report as one of this kind."""
    if layout == "full":
        return report
    said = SAID[layout]
    changes: dict[str, object] = {
        "layout": layout,
        "sections": tuple(section for section in report.sections if section in said),
        "courses": tuple(_course(course, said, layout) for course in report.courses),
        "homeroom_comment": report.homeroom_comment if "comments" in said else None,
    }
    if layout in WITHOUT_GRADES:
        notes = tuple(note for note in report.notes if note.key in KEPT_NOTES)
        changes |= {"gpa": None, "honour_roll": False, "rank": None, "scale": (), "on_track_at": None, "method": (),
                    "notes": notes}  # fmt: skip
    return report.model_copy(update=changes)


def _course(course: Course, said: frozenset[Section], layout: ReportLayout) -> Course:
    changes: dict[str, object] = dict(NO_GRADE) if layout in WITHOUT_GRADES else {}
    changes["comment"] = course.comment if "comments" in said else None
    changes["standards"] = ()
    if "standards" in said:  # a percentage is a grade by another name
        changes["standards"] = tuple(one.model_copy(update={"percent": None}) for one in course.standards)
    return course.model_copy(update=changes)
