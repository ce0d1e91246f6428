"""What may be due: a closed list of kinds, each with its sentence and the command that shows what is behind it.

A deadline is a count with a day. No person is in it, so that it may stand in Prefect, in a calendar and in a mail.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

DeadlineState = Literal["due", "overdue", "waiting"]  # waiting: on somebody outside of the school, or a clock is held
DeadlineCode = Literal[
    "prepare", "release", "warning", "comment", "sign-off", "grade-question", "grade-follows", "final-report", "hold",
    "failed", "uncertain", "unopened", "unacknowledged", "envelope",
    "office-question", "query", "meeting", "right-ended", "full-age", "right-begins", "right-ends",
    "request", "other-parent", "incident", "retention", "review", "log-end", "head", "backup", "late-run", "no-server",
]  # fmt: skip
CODES: Final[tuple[DeadlineCode, ...]] = get_args(DeadlineCode)


@dataclass(frozen=True)
class DeadlineKind:
    """What one code means to whoever reads it."""

    name: str  # of one of them: `what` of `termpost deadlines`
    sentence: str  # neutral: it stands in calendars that others see
    command: str  # shows what is behind it; CYCLE stands for the cycle


KINDS: Final[dict[DeadlineCode, DeadlineKind]] = {
    "prepare": DeadlineKind("cycle to prepare", "The cut-off is over and reports are to be prepared.",
                            "termpost prepare --cycle CYCLE --extract EXTRACT"),
    "release": DeadlineKind("report to release", "Reports that are prepared are to be released.",
                            "termpost status --cycle CYCLE"),
    "warning": DeadlineKind("progress notice to plan", "The law asks for progress notices, and none is planned.",
                            "termpost doctor"),
    "comment": DeadlineKind("comment missing", "Comments are still to be written.",
                            "termpost comments export comments.csv --cycle CYCLE"),
    "sign-off": DeadlineKind("class to sign off", "Teachers are to sign their classes off.",
                             "termpost grades-complete --cycle CYCLE --by STAFF --otp CODE"),
    "grade-question": DeadlineKind("question about grades", "Questions about grades are to be decided.",
                                   "termpost holds"),
    "grade-follows": DeadlineKind("grade to follow", "Grades that are to follow wait for a corrected report.",
                                  "termpost status --cycle CYCLE"),
    "final-report": DeadlineKind("final report", "Final reports are to be out a week after grading is complete.",
                                 "termpost status --cycle CYCLE"),
    "hold": DeadlineKind("hold to resolve", "Held reports wait for a decision.", "termpost holds"),
    "failed": DeadlineKind("delivery that failed", "Deliveries failed and need another way.",
                           "termpost deliveries --state failed --cycle CYCLE"),
    "uncertain": DeadlineKind("delivery in doubt", "Of deliveries nobody knows whether they arrived.",
                              "termpost deliveries --state uncertain --cycle CYCLE"),
    "unopened": DeadlineKind("page that nobody opened", "Pages have been there for long and nobody opened them.",
                             "termpost deliveries --unopened DAYS --cycle CYCLE"),
    "unacknowledged": DeadlineKind("report that nobody acknowledged", "Nobody has said to have read these reports.",
                                   "termpost deliveries --unacknowledged DAYS --cycle CYCLE"),
    "envelope": DeadlineKind("envelope to post", "Envelopes are neither posted nor handed over.",
                             "termpost print --cycle CYCLE --out DIR"),
    "office-question": DeadlineKind("question for the office", "The office is asked who may have a report.",
                                    "termpost recipients --cycle CYCLE"),
    "query": DeadlineKind("query of a family", "Families wait for an answer.", "termpost feedback list"),
    "meeting": DeadlineKind("meeting", "Meetings with families take place, or nobody noted how they went.",
                            "termpost meetings list"),
    "right-ended": DeadlineKind("page of a right that ended", "Pages lie open for people whose right ended.",
                                "termpost withdraw --rights-ended --by STAFF --otp CODE"),
    "full-age": DeadlineKind("student who comes of age", "Students come of age; their reports become their own.",
                             "termpost recipients --cycle CYCLE"),
    "right-begins": DeadlineKind("restriction that begins", "Restrictions on record begin.",
                                 "termpost recipients --cycle CYCLE"),
    "right-ends": DeadlineKind("order or agreement that ends", "Orders, agreements or decisions about rights end.",
                               "termpost rights"),
    "request": DeadlineKind("request about records", "Requests to see, correct, erase or hand on records wait.",
                            "termpost records access"),
    "other-parent": DeadlineKind("parent to tell of a request", "A parent is to be told of a request for records.",
                                 "termpost paper other-parent --student ID --out FILE"),
    "incident": DeadlineKind("incident to report", "The clock of an incident runs.", "termpost incident list"),
    "retention": DeadlineKind("records to let go", "Records are to be let go as the retention policy says.",
                              "termpost records retain --dry-run"),
    "review": DeadlineKind("policy to review", "The procedure is to be reviewed.",
                           "termpost review --year YEAR --out DIR"),
    "log-end": DeadlineKind("end of the log not remembered", "Nothing here remembers where the log ends.",
                            "termpost log verify"),
    "head": DeadlineKind("head of the log to publish", "The head of the log is to be published anew.",
                         "termpost log head"),
    "backup": DeadlineKind("backup of the keys", "The keys are to be backed up anew.", "termpost keys backup FILE"),
    "late-run": DeadlineKind("run that did not start", "Scheduled runs did not start: no worker takes them.",
                             "prefect flow-run ls --state LATE"),
    "no-server": DeadlineKind("Prefect server away", "The Prefect server does not answer, so no schedule runs.",
                              "prefect server status"),
}  # fmt: skip


@dataclass(frozen=True)
class Deadline:
    """So many of one kind, due on one day."""

    code: DeadlineCode
    due: date  # the school's day
    state: DeadlineState
    count: int
    cycle: str | None = None
    school: str | None = None

    @property
    def kind(self) -> DeadlineKind:
        return KINDS[self.code]

    @property
    def what(self) -> str:
        return self.kind.name

    @property
    def command(self) -> str:
        """With the cycle that it is about."""
        return self.kind.command.replace("CYCLE", self.cycle or "ID")

    @property
    def place(self) -> str:
        """Of which it is one: kind, cycle and school. Stable from day to day, whatever the count."""
        return ".".join(part for part in (self.code, self.cycle, self.school) if part)


def state_on(due: date, today: date) -> DeadlineState:
    """The last day is a whole day: what is due today is not late."""
    return "overdue" if today > due else "due"


def at(code: DeadlineCode, due: date, today: date, count: int, cycle: str | None = None,
       school: str | None = None) -> list[Deadline]:  # fmt: skip
    """One that is due or overdue; nothing where there is none of it."""
    return [Deadline(code, due, state_on(due, today), count, cycle, school)] if count else []


def overdue_in(deadlines: Iterable[Deadline]) -> int:
    """How many things are overdue."""
    return sum(one.count for one in deadlines if one.state == "overdue")
