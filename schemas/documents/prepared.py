"""What waits for release: the manifest that prepare leaves beside the reports of one school. References only."""

import re
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Literal

from pydantic import ConfigDict
from termpost.schemas.base.formats import other_format
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.languages import INSERT, ReportFormat, insert_page_name, rendition_name

PREPARED_FORMAT: Final = "termpost.prepared/2"
PREPARED_NUMBER = 2
NO_CONTACT_KNOWN: Final = "no-contact-known"  # of a hold: the extract has no row about anybody who could get it
# why a student has no report and is not held
NoReport = Literal["no-seat", "not-begun", "left", "no-class", "other-session", "nothing-below"]
NOTHING_BELOW: Final = "nothing-below"  # of a warning: no course is below its line, and no teacher names one
GARBLED_NAME: Final = "garbled-name"  # of a hold: nothing is quarantined; the name on the report seems damaged
NO_COMMENT: Final = "no-comment"  # of a hold: the law asks for a teacher's comment on this kind of report
NO_ATTENDANCE: Final = "no-attendance"  # of a hold: the law asks for the attendance, and the school sent none
RECORDS_HOLD: Final = "records-hold"  # of a hold: the student's record says that nothing leaves
# of holds: they say whom a report could not reach, or what it would lack, and nothing that could change a grade
NOT_OF_GRADES: Final = frozenset({NO_CONTACT_KNOWN, GARBLED_NAME, NO_COMMENT, NO_ATTENDANCE, RECORDS_HOLD})
LEFT_OFF: Final = "left-off"  # of a resolved hold: no extract brought it; a person left the course off the report


@dataclass(frozen=True, slots=True, kw_only=True)
class Bytes:
    """One rendition: where it lies, and what its bytes were when it was made."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    object: str  # store key
    digest: str  # HMAC under the student's key


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedReport:
    """One report version with its renditions. No model, and `Bytes` neither: a cycle has millions in memory."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    report: str
    version: int
    student: str
    own_language: str  # of the school; every report has a rendition in it
    renditions: tuple[Bytes, ...]
    comments: str = ""  # digest of what was printed of the student's comments; empty: none
    to_follow: int = 0  # courses that it lists without their grade, which is to follow
    is_verifiable: bool = False  # it carries a number that the portal can be asked by

    def rendition(self, language: str, kind: ReportFormat) -> Bytes:
        """The one in a language, as `pdf` or `html`; where the report is not in it, the one in the school's own.

        The school's own language is that of every report, so a recipient who asked for one after `prepare` still gets
        theirs.
        """
        named = {r.object.rpartition("/")[2]: r for r in self.renditions}
        names = (rendition_name(language, kind), rendition_name(self.own_language, kind), f"report.{kind}")
        return next(named[name] for name in names if name in named)  # the last: as format 1 called its only one

    def insert(self, language: str) -> tuple[Bytes, Bytes] | None:
        """Page and PDF of the document that goes with it to whoever has the full right; None where there is none."""
        named = {r.object.rpartition("/")[2]: r for r in self.renditions}
        if INSERT not in named:
            return None
        pages = (insert_page_name(language), insert_page_name(self.own_language))
        return next(named[name] for name in pages if name in named), named[INSERT]

    @property
    def without_insert(self) -> tuple[Bytes, ...]:
        """The renditions that everybody gets who gets the report."""
        return tuple(r for r in self.renditions if not r.object.rpartition("/")[2].startswith("insert."))


class Hold(FrozenModel):
    """A student, or one of their courses, that waits, and why."""

    student: str
    class_id: str | None
    reason: str  # closed code


class ResolvedHold(Hold):
    """A hold that a person resolved; the report was made by their decision."""

    decision: str = ""  # termpost.schemas.log.hold_decisions.Way
    by: str = ""  # staff id


class Unreported(FrozenModel):
    """A student of the school who gets no report in the cycle and is not held, and why."""

    student: str
    reason: NoReport


class WarnedCourse(FrozenModel):
    """What a teacher decided of one course of a progress notice, as it was when the notices were made."""

    student: str
    class_id: str
    way: str  # schemas.log.grade_decisions.WarningWay
    reason: str  # closed code
    by: str  # staff id
    on_behalf_of: str | None = None


class PreparedSchool(FrozenModel):
    """A cycle of one school as it waits for release."""

    format: Literal["termpost.prepared/2"] = PREPARED_FORMAT
    cycle: str
    school: str
    extract_id: str
    policy: str
    cutoff: date
    draft: bool = False  # made before the cut-off was over: nobody may release it
    reports: tuple[PreparedReport, ...]
    holds: tuple[Hold, ...]
    resolved: tuple[ResolvedHold, ...] = ()
    unreported: tuple[Unreported, ...] = ()  # with reports and holds: everybody who sits in the school (law 15)
    warned: tuple[WarnedCourse, ...] = ()  # of a warning: what teachers added to its notices or took off them

    @property
    def held_students(self) -> frozenset[str]:
        return frozenset(hold.student for hold in self.holds)


def read_manifest(data: bytes) -> PreparedSchool:
    """A manifest as the store has it.

    Raises:
        InputError: `prepared-format`, where another version of termpost wrote it.
    """
    found = re.search(rb'"format":\s*"termpost\.prepared/(\d+)"', data)
    if found and int(found[1]) != PREPARED_NUMBER:
        raise other_format("prepared-format", "the list of prepared reports", int(found[1]), PREPARED_NUMBER,
                           "prepared.json in the store")  # fmt: skip
    return PreparedSchool.model_validate_json(data)


def report_folder(school: str, cycle: str) -> str:
    """Under which name of the store the reports of a school's cycle lie."""
    return f"reports/{school}/{cycle}/"


def manifest_key(school: str, cycle: str) -> str:
    return f"{report_folder(school, cycle)}prepared.json"
