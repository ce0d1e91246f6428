"""Who has a report and has not said yet that they have read it. It blocks nothing: it is for whoever wants to call."""

from dataclasses import dataclass
from datetime import date

from termpost.schemas.log.entry import Entry, Logged
from termpost.schemas.log.feedback.acknowledgements import acknowledgements
from termpost.tasks.feedback.sent_reports import SentReport, sent_reports
from termpost.tasks.home.home import Home

ASKED = "acknowledge-asked"  # `reason` of the notice, which is about no query


@dataclass(frozen=True)
class Unacknowledged:
    """One report version with one person."""

    sent: SentReport
    since: date  # the school's day on which it was there


def unacknowledged(home: Home, days: int = 0) -> list[Unacknowledged]:
    """Those for whom it was there so many days ago or more, of the newest version that each has; whom the settings
    exempt, and from whom it was taken back, is not asked."""
    found, said = sent_reports(home), acknowledgements(home.log.entries("acknowledged"))
    exempt = home.settings.feedback.acknowledge_exempt
    newest: dict[tuple[str, str], int] = {}
    for report, version, recipient in found.arrived:
        newest[report, recipient] = max(version, newest.get((report, recipient), 0))
    waiting = []
    for what, at in found.arrived.items():
        one, since = found.sent[what], at.astimezone(home.calendar.zone).date()
        if what in said or what in found.withdrawn or newest[what[0], what[2]] != what[1] or one.rule in exempt:
            continue
        if (home.today - since).days >= days:
            waiting.append(Unacknowledged(one, since))
    return waiting


def ask_to_acknowledge(home: Home, run: str) -> list[Logged]:
    """Notes whom to remind, once for each report version, where the school asks for it; gives what is new."""
    if not home.settings.feedback.acknowledge or not home.calendar.is_open(home.clock.today()):
        return []
    late = unacknowledged(home, home.settings.feedback.acknowledge_days)
    return home.log.append(run, [
        Entry(kind="query_noticed", cycle=one.sent.cycle, report=one.sent.report, version=one.sent.version,
              student=one.sent.student, recipient=one.sent.recipient, reason=ASKED)
        for one in late
    ])  # fmt: skip
