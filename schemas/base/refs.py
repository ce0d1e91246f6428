"""What travels between rooms: small frozen references, never rows (docs/naming.md).

Everything here may be seen by Prefect, so nothing here names a person.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NewType

ExtractId = NewType("ExtractId", str)  # sha256 of the source's content, hex
CycleId = NewType("CycleId", str)  # as in calendar.toml
SchoolId = NewType("SchoolId", str)  # the org's sourcedId
ClassId = NewType("ClassId", str)
SessionId = NewType("SessionId", str)
PersonRef = NewType("PersonRef", str)  # random, means nothing without the key store
ReportId = NewType("ReportId", str)  # student × cycle
DeliveryId = NewType("DeliveryId", str)  # report × version × recipient × channel
StaffId = NewType("StaffId", str)
ReportVersion = tuple[str, int]  # report id, version
PAST_EXTRACT: Final = "backfill-"  # how the id of an extract begins that is read for a past term


@dataclass(frozen=True)
class Run:
    """Which home, under which clock, and for whom the log says it happened."""

    home: str  # path of the home
    id: str  # Prefect flow run id, or a command's own
    as_of: datetime | None = None  # None: the machine's clock
    actor: str = "pipeline"  # staff id, or "pipeline"
    takes_earlier: bool = False  # a preparation: a real home may be told a day that is over


@dataclass(frozen=True)
class Extract:
    """A source as it lies in landing."""

    id: ExtractId
    uri: str  # store prefix, landing/<id>
    sha256: str
    format: str  # "oneroster-csv"
    version: str  # "1.1"

    @property
    def form(self) -> str:
        """Format and version in one: "oneroster-csv/1.1"."""
        return f"{self.format}/{self.version}"


@dataclass(frozen=True)
class Checked:
    """An extract held against the contracts; the findings lie in quarantine."""

    extract: Extract
    outcome: str  # accepted | accepted_with_holds | rejected
    findings: str  # store key of the findings, quarantine/<extract id>/findings.json
    accepted: int  # rows
    quarantined: int  # rows
    tag: str = ""  # of the findings


@dataclass(frozen=True)
class Loaded:
    """An extract whose accepted rows are in the lake."""

    extract_id: ExtractId
    known_at: datetime
    already: bool  # it was there before this run


@dataclass(frozen=True)
class Cycle:
    """A reporting cycle of one school."""

    id: CycleId
    school: SchoolId
    session: SessionId  # empty: the school has none in this cycle
    kind: str  # schemas.base.cycle_kinds.CycleKind
    cutoff: date  # the last day whose marks count
    more_sessions: tuple[SessionId, ...] = ()  # others that the cycle reports on, of which the first names the report
    is_backfilled: bool = False  # a term before termpost, of which no report is made


@dataclass(frozen=True)
class Summaries:
    """The summaries of one cycle, made from one extract by one policy."""

    cycle: Cycle
    extract_id: ExtractId
    policy: str  # content version of the grading policy
    students: int

    @property
    def key(self) -> dict[str, object]:
        """The parameters by which SQL finds their rows in the tables `out_…`."""
        return {
            "cycle_id": self.cycle.id, "school_id": self.cycle.school, "extract_id": self.extract_id,
            "policy": self.policy, "cutoff": self.cycle.cutoff,
        }  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """A few hundred reports of one cycle: the unit of work."""

    cycle: Cycle
    index: int
    summaries: Summaries
    students: tuple[PersonRef, ...]


@dataclass(frozen=True)
class Rendition:
    """One report in one language and format, as it lies in the store."""

    report: ReportId
    version: int
    student: PersonRef
    object: str  # store key
    sha256: str  # of the bytes that render made; stays inside the pipeline
    digest: str  # HMAC under the student's key; what the log and an approval name
    to_follow: int = 0  # courses of the report whose grade is to follow
    is_verifiable: bool = False  # the report carries a number that the portal can be asked by


@dataclass(frozen=True)
class Rendered:
    """What render made of a batch."""

    batch: Batch
    renditions: tuple[Rendition, ...]
    unmade: tuple[tuple[PersonRef, str], ...] = ()  # students whose report cannot be made, with the reason code
    unneeded: tuple[PersonRef, ...] = ()  # of a warning: students who have no course that it would name


@dataclass(frozen=True)
class Staged:
    """A batch whose bytes were read back from the store and found as made."""

    batch: Batch
    renditions: tuple[Rendition, ...]
    unmade: tuple[tuple[PersonRef, str], ...] = ()
    unneeded: tuple[PersonRef, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A cycle of one school that waits for release."""

    cycle_id: CycleId
    extract_id: ExtractId
    school: SchoolId
    manifest: str  # name of termpost.schemas.documents.prepared.PreparedSchool, a kept object
    made: int  # reports that wait or are out
    held: int  # students
    students: int  # a report is due for
    draft: bool = False  # made before the cut-off was over
    unreported: tuple[tuple[str, int], ...] = ()  # why students have no report and are not held, and how many
    is_planned: bool = True  # the calendar names a session of this school


@dataclass(frozen=True)
class Approved:
    """A release that a registered person has proved and the log knows of."""

    cycle_id: CycleId
    staff: StaffId
    digest: str  # of everything it binds
    released: int  # reports that this approval let out; those released before are not counted again
    missing: int = 0  # people who must approve the same, before anything is let out


@dataclass(frozen=True)
class Parcels:
    """A slice of a cycle's plan: the parcels one task seals, checks and delivers."""

    cycle_id: CycleId
    plan: str  # store key of this slice
    first: int
    last: int  # exclusive
    tag: str = ""  # of this slice


@dataclass(frozen=True)
class Sealed:
    """Parcels whose bytes lie in the outgoing area."""

    parcels: Parcels
    outgoing: str  # store key of the list
    tag: str = ""  # of the list


@dataclass(frozen=True)
class EndedRights:
    """What became of rights that ended, in recipients; `asked` are questions, for which nothing was taken back."""

    withdrawn: int = 0
    waiting: int = 0  # for a person who says so
    asked: int = 0


@dataclass(frozen=True)
class Delivered:
    """What became visible."""

    cycle_id: CycleId
    by_channel: tuple[tuple[str, int], ...]  # deliveries
