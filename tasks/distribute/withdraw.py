"""Taking released reports back: links show a page that says so, envelopes leave the print area.

What was saved, printed or posted cannot be recalled. The log says first what is taken back; then each object is made to
say so, which `finish` can do again after a kill.
"""

from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal, get_args

from termpost.schemas.base.errors import InputError
from termpost.schemas.base.languages import best_language
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.published_objects import PublishedDelivery, Visible
from termpost.tasks.channels.portal.reopen import is_sealed, language_of
from termpost.tasks.channels.portal.reseal import open_with, seal_again, without
from termpost.tasks.channels.portal.status_pages import REPLACED, taken_back
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes

Reason = Literal["wrong-mark", "wrong-student", "wrong-recipient", "rights-changed", "too-early", "other-mistake"]
REASONS: tuple[Reason, ...] = get_args(Reason)
WITH_ENVELOPE = "envelope-withdrawn"  # why a report that stays must be printed again
ReportVersion = tuple[str, int]


@dataclass(frozen=True)
class TakenBack:
    """What a withdrawal did."""

    reports: int
    pages: int  # that now say so
    envelopes: int  # taken out of the print area; whether they were posted, the office knows


def released_in(states: Sequence[CycleState], wanted: AbstractSet[str]) -> dict[ReportVersion, str]:
    """Report versions that are out, of these reports or students, with their cycle."""
    return {
        key: state.cycle
        for state in states
        for key, report in state.reports.items()
        if report.released and not report.withdrawn and wanted & {key[0], report.student}
    }


def withdraw(home: Home, run: str, actor: str, reports: dict[ReportVersion, str], reason: str) -> TakenBack:
    """Takes report versions (with their cycle) back from all recipients, once what was left undone before is done.

    Args:
        actor: a registered person who has proved who they are, or the pipeline where a correction replaces a report.
        reason: one of REASONS, or REPLACED.

    Raises:
        InputError: `nothing-out`.
    """
    finish(home, run)
    if not reports:
        raise InputError("nothing-out", "no report of these is out", "withdraw", "see `termpost status`")
    entries = list(home.log.entries())
    live = [one for one in Visible.fold(entries).live() if (one.report, one.version) in reports]
    students = {(e.report, e.version): e.student for e in entries if e.kind == "report_made"}
    said = [
        Entry(kind="withdrawn", actor=actor, cycle=cycle, report=key[0], version=key[1], student=students[key],
              reason=reason)
        for key, cycle in reports.items()
    ]  # fmt: skip
    home.log.append(run, said + [_of(one, actor, reason) for one in live])
    pages, envelopes = finish(home, run, actor)
    return TakenBack(len(reports), pages, envelopes)


def _of(one: PublishedDelivery, actor: str, reason: str, kind: Literal["withdrawn", "failed"] = "withdrawn") -> Entry:
    return Entry(kind=kind, actor=actor, cycle=one.cycle, report=one.report, version=one.version, student=one.student,
                 recipient=one.recipient, channel=one.channel, delivery=one.delivery, reason=reason)  # fmt: skip


def finish(home: Home, run: str, actor: str = "pipeline") -> tuple[int, int]:
    """Makes every object say what the log says; returns how many pages and envelopes changed."""
    entries = list(home.log.entries())
    seen, codes = Visible.fold(entries), AccessCodes(home, entries)
    pages = envelopes = 0
    for key, shown in seen.objects().items():
        gone = {one.delivery for one in shown} & seen.withdrawn.keys()
        if not gone:
            continue
        if shown[0].channel == "print":
            envelopes += _empty(home, run, actor, shown, gone)
        elif (page := _page_without(home, seen, codes, key, shown)) is not None:
            recipient = shown[0].recipient
            digest = home.people.digest(PersonRef(recipient), page)
            home.log.append(run, [Entry(kind="withdrawn", actor=actor, recipient=recipient, channel="portal",
                                        object=key, digest=digest)])  # fmt: skip
            home.store.put(key, page)
            home.store.forget_older(key)
            pages += 1
    return pages, envelopes


def _empty(home: Home, run: str, actor: str, shown: Sequence[PublishedDelivery], gone: Collection[str]) -> int:
    """Takes an envelope out of the print area. What else was in it counts as not sent; the next release prints it."""
    key, recipient = shown[0].object, shown[0].recipient
    said = Entry(kind="withdrawn", actor=actor, recipient=recipient, channel="print", object=key)
    stay = [_of(one, actor, WITH_ENVELOPE, "failed") for one in shown if one.delivery not in gone]
    home.log.append(run, [said, *stay])
    if home.store.head(key) is None:
        return 0
    home.store.delete(key)
    return 1


def _page_without(
    home: Home, seen: Visible, codes: AccessCodes, key: str, shown: Sequence[PublishedDelivery]
) -> bytes | None:
    """The page that must lie there; None where it does. A page that nobody can open any more goes as a whole."""
    try:
        page = home.store.get(key)
    except KeyError:
        return None
    if not is_sealed(page):
        return None  # it says so already
    gone = {(one.report, one.version) for one in shown if one.delivery in seen.withdrawn}
    stay = {(one.report, one.version) for one in shown if one.delivery not in seen.withdrawn}
    replaced = all(seen.withdrawn[one.delivery] == REPLACED for one in shown if one.delivery in seen.withdrawn)
    spoken = best_language(language_of(page), home.settings.institution.languages)
    notice = taken_back(home.settings, spoken, replaced=replaced)
    recipient = shown[0].recipient
    content = open_with(page, [codes.of(recipient), *codes.earlier(recipient)]) if stay else None
    if content is None:
        return notice
    students = {one.student for one in shown}
    out = [_which(home, seen, part.pdf, students) in gone for part in content.parts]
    return seal_again(without(content, out, notice), codes.of(recipient)) if any(out) else None


def _which(home: Home, seen: Visible, pdf: bytes, students: Collection[str]) -> ReportVersion | None:
    """Which report version a PDF is, by the digest that was logged when it was made."""
    digests: Iterator[str] = (home.people.digest(PersonRef(student), pdf) for student in students)
    found = next((seen.approved[digest] for digest in digests if digest in seen.approved), None)
    return found[:2] if found else None
