"""The reporting cycles of `calendar.toml`."""

from typing import Self

from pydantic import Field, model_validator
from termpost.schemas.base.cycle_kinds import WARNING, CycleKind
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.setting_error import wrong
from termpost.schemas.settings.cycle_sessions import EXAMPLE, Day, SchoolSessions, SessionChoice


class WrittenCycle(FrozenModel):
    """A cycle as the file gives it."""

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")  # part of store keys
    kind: CycleKind
    title: str | None = None  # on reports, in place of kind and session: "Midterm report, Fall 2025"
    session: SessionChoice | None = None
    sessions: dict[str, SchoolSessions] = Field(
        {}
    )  # school → academic sessions; a school that is left out has no report
    cutoff: Day  # the last day whose marks count
    release: Day  # planned; earlier only with --early
    grading_due: Day | None = None  # by when marks are to be complete; a final's one week starts then at the latest
    query_until: Day | None = None
    below: str | None = Field(None, min_length=1, max_length=20)  # of a warning: a letter of the scale, or per cent

    @model_validator(mode="after")
    def _has_sessions(self) -> Self:
        if self.session is None and not self.sessions:
            raise wrong("the cycle names no academic session", 'add session = "ID"; ' + EXAMPLE.replace("write", "or"))
        if self.session is not None and self.sessions:
            raise wrong("the cycle has both session and sessions", "keep one of them", at=("sessions",))
        return self

    @model_validator(mode="after")
    def _line_of_a_warning(self) -> Self:
        if self.kind == WARNING and self.below is None:
            remedy = 'add below = "70", or a letter of the scale'
            raise wrong("a warning has no line (below), under which courses are named", remedy)
        if self.below is not None and self.kind != WARNING:
            raise wrong("only a cycle of the kind warning has a line", 'take below out, or write kind = "warning"',
                        at=("below",))  # fmt: skip
        return self

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.release < self.cutoff:
            raise wrong("the release is before the cut-off", "release on or after the cut-off", at=("release",))
        if self.grading_due is not None and not self.cutoff <= self.grading_due <= self.release:
            remedy = "choose a day from the cut-off to the release"
            raise wrong("grading is due before the cut-off or after the release", remedy, at=("grading_due",))
        if self.query_until is not None and self.query_until < self.release:
            raise wrong("the query window ends before the release", "end it later", at=("query_until",))
        return self


class CycleDates(WrittenCycle):
    """A reporting cycle of every school of the institution, with its last day for questions."""

    query_until: Day
