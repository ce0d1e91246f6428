"""What a review says, part by part: figures beside those of the year before, tables and charts; no name in any."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from termpost.schemas.base.counted import counted
from termpost.schemas.base.frozen import FrozenModel
from termpost.schemas.log.cycle_state import DELIVERY_KINDS
from termpost.schemas.log.review.deliveries_of_year import ALL, LATE, ON_TIME
from termpost.schemas.log.review.queries_of_year import QueryNumbers
from termpost.schemas.log.review.reports_of_year import ReportNumbers
from termpost.schemas.log.review.review_numbers import YearNumbers
from termpost.schemas.settings.law.home_law import HomeLaw
from termpost.tasks.documents.printed import VisibleText
from termpost.tasks.records.review.charts import Bar, Chart, bar_chart

NOTHING = "–"
KINDS = {
    "question": "Questions", "correction": "Corrections asked for", "grade-dispute": "Disagreements with a grade",
    "meeting": "Meetings asked for",
}  # fmt: skip


class ReviewTable(FrozenModel):
    """A heading over each column; the first cell of a row says what it is about."""

    caption: VisibleText
    head: tuple[VisibleText, ...]
    rows: tuple[tuple[VisibleText, ...], ...]


class ReviewPart(FrozenModel):
    """One section of the procedure."""

    number: str
    title: VisibleText
    said: tuple[VisibleText, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[ReviewTable, ...] = ()


class Headline(FrozenModel):
    """A figure in large, with the one of the year before."""

    label: VisibleText
    figure: VisibleText
    before: VisibleText  # empty: there was no such year


class CheckItem(FrozenModel):
    """What somebody must still do, or has done."""

    done: bool
    says: VisibleText


def headlines(now: YearNumbers, before: YearNumbers | None) -> tuple[Headline, ...]:
    """The year at a glance."""
    figures: tuple[tuple[str, Callable[[YearNumbers], str]], ...] = (
        ("reports released", lambda y: f"{y.reports.released:,}"),
        ("of these on time", lambda y: _percent(y.reports.on_time, y.reports.on_time + y.reports.late)),
        ("deliveries failed or uncertain", lambda y: f"{_states(y, 'failed') + _states(y, 'uncertain'):,}"),
        ("questions and wishes", lambda y: f"{sum(one.received for one in y.queries.values()):,}"),
        ("answered late", lambda y: str(sum(one.late for one in y.queries.values()))),
        ("incidents", lambda y: str(sum(y.incidents.values()))),
    )
    return tuple(Headline(label=label, figure=of(now), before=of(before) if before else "") for label, of in figures)


def review_parts(now: YearNumbers, before: YearNumbers | None) -> tuple[ReviewPart, ...]:
    """In the order of the procedure."""
    return (_people(now, before), _intervals(now, before), _channels(now, before), _questions(now, before),
            _privacy(now, before), _changes(now, before))  # fmt: skip


def checklist(now: YearNumbers, law: HomeLaw, today: date, backup_days: int) -> tuple[CheckItem, ...]:
    """What the review asks of people.

    Args:
        backup_days: as long as one is kept: an older one is as good as none.
    """
    unverified = [one.name for one in law.lines() if not one.is_verified]
    drill = now.restored
    return (
        CheckItem(done=drill is not None and now.first <= drill,
                  says=f"The restore drill was done: last on {drill}." if drill else
                  "The restore drill was never done: restore a backup elsewhere, and see that it holds."),
        CheckItem(done=now.backed_up is not None and (today - now.backed_up).days <= backup_days,
                  says=f"The last backup is of {now.backed_up}." if now.backed_up else "No backup was ever made."),
        CheckItem(done=not unverified,
                  says=f"Compare with the law: {', '.join(unverified)}." if unverified else
                  "Every line of the law packs was compared with the law."),
        CheckItem(done=now.policy_acknowledged > 0,
                  says=f"{counted(now.policy_acknowledged, 'person', 'people')} acknowledged the procedure."),
        CheckItem(done=not now.reports.overdue,
                  says=f"{counted(now.reports.overdue, 'report')} whose day has passed "
                  f"{'waits' if now.reports.overdue == 1 else 'wait'} for release."),
        CheckItem(done=False, says="Read the procedure on paper (termpost paper procedure) and say what is to change."),
    )  # fmt: skip


def _people(now: YearNumbers, before: YearNumbers | None) -> ReviewPart:
    return ReviewPart(
        number="3", title="Responsibilities",
        said=((f"{counted(now.policy_acknowledged, 'person', 'people')} acknowledged the procedure; recipients "
              f"acknowledged {counted(now.acknowledged, 'report version')}."),),
        tables=tuple(_codes("Holds by cause", "cause", now.holds, before.holds if before else None)),
    )  # fmt: skip


def _intervals(now: YearNumbers, before: YearNumbers | None) -> ReviewPart:
    one = now.reports
    said = [
        f"{counted(one.made, 'report')} made, {one.released:,} released: {one.on_time:,} on time, {one.late:,} late"
        + (f" by {one.days_late / one.late:.1f} days on average and {one.longest} at most." if one.late else "."),
    ]
    if one.undated:
        said.append(f"{one.undated} released of cycles that the calendar no longer has: on time or not is unknown.")
    legend = ("on time", "late", "waiting", "without a planned day")[: 4 if one.undated else 3]
    bars = [Bar(label=name, parts=(s.on_time, s.late, s.waiting, s.undated)[: len(legend)])
            for name, s in now.by_school.items()]  # fmt: skip
    rows = [(name, *_report_row(school)) for name, school in now.by_school.items()]
    rows.append(("all schools", *_report_row(one)))
    if before is not None:
        rows.append((before.year, *_report_row(before.reports)))
    head = ("school", "made", "released", "on time", "late", "days late", "most days", "waiting")
    tables = [ReviewTable(caption="Reports by school", head=head, rows=tuple(rows))] if now.by_school else []
    tables += _codes("Late, and why", "cause", now.why_late, before.why_late if before else None)
    tables += _codes("Corrections by cause", "cause", now.corrections, before.corrections if before else None)
    tables += _codes("Languages", "language", now.languages, before.languages if before else None)
    tables += _codes("Extracts by outcome of the check", "outcome", now.extracts, before.extracts if before else None)
    if now.problems:
        rows_of_rules = tuple(
            (one.rule, one.source, one.severity, f"{one.extracts:,}", f"{one.problems:,}") for one in now.problems
        )
        head_of_rules = ("rule", "source", "severity", "extracts", "how often")
        caption = "Broken rules of the contracts, by source"
        tables.append(ReviewTable(caption=caption, head=head_of_rules, rows=rows_of_rules))
    if now.quarantined:
        said.append(f"{counted(now.quarantined, 'row')} of extracts went to quarantine.")
    charts = [bar_chart("Reports by school", legend, bars)] if bars else []
    return ReviewPart(number="4.1", title="Reports at their intervals", said=tuple(said), charts=tuple(charts),
                      tables=tuple(tables))  # fmt: skip


def _channels(now: YearNumbers, before: YearNumbers | None) -> ReviewPart:
    kinds = [*(kind for kind in DELIVERY_KINDS if any(kind in by for by in now.deliveries.values())), ON_TIME, LATE]
    rows = [_channel_row(name, by, kinds) for name, by in now.deliveries.items()]
    if rows and before is not None:
        rows += [_channel_row(f"{name}, {before.year}", by, kinds) for name, by in before.deliveries.items()]
    parts = (("arrived", ("sent", "delivered")), ("failed", ("failed",)), ("uncertain", ("uncertain",)))
    bars = [
        Bar(label=name, parts=tuple(sum(by.get(kind, 0) for kind in of) for _, of in parts))
        for name, by in now.deliveries.items()
    ]
    caption = "Deliveries by channel and last state; beside it what was opened, and what arrived on time or late"
    return ReviewPart(
        number="4.2, 4.3", title="Channels",
        said=() if rows else ("Nothing was delivered.",),
        charts=(bar_chart("Deliveries by channel", [name for name, _ in parts], bars),) if bars else (),
        tables=(ReviewTable(caption=caption, head=("channel", "all", *kinds), rows=tuple(rows)),) if rows else (),
    )  # fmt: skip


def _channel_row(name: str, by: Mapping[str, int], kinds: Sequence[str]) -> tuple[str, ...]:
    return (name, f"{by[ALL]:,}", *(f"{by.get(kind, 0):,}" for kind in kinds))


def _questions(now: YearNumbers, before: YearNumbers | None) -> ReviewPart:
    rows = [_query_row(KINDS.get(kind, kind), one) for kind, one in now.queries.items()]
    if rows and before is not None:
        rows += [_query_row(f"{KINDS.get(kind, kind)}, {before.year}", one) for kind, one in before.queries.items()]
    head = ("kind", "received", "answered", "closed", "open", "late", "median days", "most days")
    caption = "What families asked; days are office days"
    tables = [ReviewTable(caption=caption, head=head, rows=tuple(rows))] if rows else []
    tables += _codes("Meetings", "what happened", now.meetings, before.meetings if before else None)
    ratings, small = now.ratings, "too few to show"
    if ratings.total != 0:
        shown = tuple((str(value), small if n is None else str(n)) for value, n in ratings.counts.items())
        total = ("all", small if ratings.total is None else str(ratings.total))
        tables.append(ReviewTable(caption="Ratings, 1 to 5", head=("rating", "how many"), rows=(*shown, total)))
    tables += _codes("Words that many wrote with a rating; names are left out", "word", now.rating_words, None)
    return ReviewPart(number="4.4", title="Questions and meetings", tables=tuple(tables),
                      said=() if tables else ("Nobody asked anything.",))  # fmt: skip


def _query_row(kind: str, one: QueryNumbers) -> tuple[str, ...]:
    counts = (one.received, one.answered, one.closed, one.open, one.late)
    return (kind, *(f"{n:,}" for n in counts), _days(one.median_days), _days(one.longest_days))


def _privacy(now: YearNumbers, before: YearNumbers | None) -> ReviewPart:
    tables = [
        *_codes("Requests to see records", "step", now.access, before.access if before else None),
        *_codes("Transfers", "step", now.transfers, before.transfers if before else None),
        *_codes("Incidents by cause", "cause", now.incidents, before.incidents if before else None),
        *_codes("Refused attempts by code", "code", now.refused, before.refused if before else None),
    ]
    people = counted(now.erased, "person", "people")
    said = f"{people} erased; {counted(now.retained, 'entry', 'entries')} of what the retention policy let go."
    return ReviewPart(number="4.5, 5", title="Records and privacy", said=(said,), tables=tuple(tables))


def _changes(now: YearNumbers, before: YearNumbers | None) -> ReviewPart:
    tables = tuple(_codes("Settings that were changed", "setting", now.settings, before.settings if before else None))
    return ReviewPart(number="6", title="What departed from the procedure", tables=tables,
                      said=() if tables else ("No setting that is watched was changed.",))  # fmt: skip


def _codes(
    caption: str, what: str, now: Mapping[str, int], before: Mapping[str, int] | None
) -> Iterator[ReviewTable]:  # fmt: skip
    if not now and not before:
        return
    if before is None:
        rows = tuple((name, f"{n:,}") for name, n in now.items())
        yield ReviewTable(caption=caption, head=(what, "this year"), rows=rows)
        return
    names = sorted({*now, *before})
    rows_of_two = tuple((name, f"{now.get(name, 0):,}", f"{before.get(name, 0):,}") for name in names)
    yield ReviewTable(caption=caption, head=(what, "this year", "the year before"), rows=rows_of_two)


def _report_row(one: ReportNumbers) -> tuple[str, ...]:
    named = (one.made, one.released, one.on_time, one.late, one.days_late, one.longest, one.waiting)
    return tuple(f"{n:,}" for n in named)


def _states(year: YearNumbers, state: str) -> int:
    return sum(by.get(state, 0) for by in year.deliveries.values())


def _percent(part: int, whole: int) -> str:
    """Rounded down, so that 100% is all of them."""
    return f"{100 * part // whole}%" if whole else NOTHING


def _days(value: float | None) -> str:
    return NOTHING if value is None else f"{value:g}"
