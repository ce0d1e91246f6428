"""What an approval is of: the whole release, as one object that the log names by its digest. References only."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import cache
from typing import Literal

from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.base.shipped import TEMPLATES
from termpost.schemas.documents.prepared import PreparedReport, PreparedSchool
from termpost.schemas.settings.calendar import Calendar
from termpost.schemas.settings.channels import ChannelSettings

ReportLine = tuple[str, int, str]  # report, version, digest of its bytes and of what was decided about its student


class ApprovedSchool(FrozenModel):
    """What of one school is released, and what it was made from."""

    school: str
    extract_id: str
    policy: str
    cutoff: date
    held: tuple[str, ...]  # students who wait; somebody more who does takes nothing back
    reports: tuple[ReportLine, ...]

    def holds_for(self, other: "ApprovedSchool") -> bool:
        same = (self.extract_id, self.policy, self.cutoff) == (other.extract_id, other.policy, other.cutoff)
        return same and set(other.reports) <= set(self.reports)


class Release(FrozenModel):
    """Everything that one approval binds."""

    format: Literal["termpost.approval/1"] = "termpost.approval/1"
    cycle: str
    rights_day: date  # on which rights were asked; they are asked again before anything leaves (law 4)
    calendar: str  # digests
    channels: str
    template: str
    schools: tuple[ApprovedSchool, ...]

    @property
    def as_bytes(self) -> bytes:
        return self.model_dump_json().encode()

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.as_bytes).hexdigest()

    def holds_for(self, other: "Release") -> bool:
        """Whether whoever approved this approved all of the other, out of which people may have been taken."""
        if (self.cycle, self.calendar, self.channels, self.template) != (
            other.cycle, other.calendar, other.channels, other.template,
        ):  # fmt: skip
            return False
        mine = {school.school: school for school in self.schools}
        return all(school.school in mine and mine[school.school].holds_for(school) for school in other.schools)


def release_of(
    cycle: str,
    prepared: Iterable[PreparedSchool],
    reports: Sequence[PreparedReport],
    day: date,
    calendar: Calendar,
    channels: ChannelSettings,
) -> Release:
    """What is about to be approved.

    Args:
        prepared: the cycle's manifests.
        reports: what would be let out.
        day: the school's.
    """
    wanted = {(report.report, report.version) for report in reports}
    schools = [_school(school, wanted) for school in sorted(prepared, key=lambda one: one.school)]
    this_cycle = tuple(one for one in calendar.written if one.id == cycle)
    return Release(
        cycle=cycle, rights_day=day, template=template_digest(), channels=_digest(channels.model_dump(mode="json")),
        calendar=_digest(calendar.model_copy(update={"written": this_cycle}).model_dump(mode="json")),
        schools=tuple(school for school in schools if school.reports),
    )  # fmt: skip


def statement_key(cycle: str, digest: str) -> str:
    """Where what was approved lies; no school is called "-"."""
    return f"reports/-/{cycle}/approved-{digest}.json"


@cache
def template_digest() -> str:
    """Of all that pages and papers are made with, fonts aside: those are in the bytes that were made."""
    files = sorted(path for path in TEMPLATES.rglob("*") if path.is_file() and "fonts" not in path.parts)
    return _digest([[path.relative_to(TEMPLATES).as_posix(), path.read_bytes().hex()] for path in files])


def _school(school: PreparedSchool, wanted: Collection[tuple[str, int]]) -> ApprovedSchool:
    decided: dict[str, list[object]] = {}
    for one in school.resolved:
        decided.setdefault(one.student, []).append([one.class_id, one.reason, one.decision, one.by])
    lines = [
        (r.report, r.version, _digest([[[b.object, b.digest] for b in r.renditions], decided.get(r.student, [])]))
        for r in school.reports if (r.report, r.version) in wanted
    ]  # fmt: skip
    return ApprovedSchool(
        school=school.school, extract_id=school.extract_id, policy=school.policy, cutoff=school.cutoff,
        held=tuple(sorted(school.held_students)), reports=tuple(sorted(lines)),
    )  # fmt: skip


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
