"""Whether public holidays of this year and the next are known: by a year without any, clocks give wrong days."""

from collections.abc import Iterator

from termpost.schemas.settings.days.days_off import holiday_knowledge
from termpost.tasks.home.home import Home
from termpost.tasks.store.finding import Finding

CORRECT = "correct them with holidays_add and holidays_drop in calendar.toml"


def audit_calendar(home: Home) -> Iterator[Finding]:
    """Warnings. A year for which the school corrected a holiday itself was looked at by somebody."""
    calendar = home.calendar
    for year in (home.today.year, home.today.year + 1):
        corrected = (*calendar.holidays_add, *calendar.holidays_drop)
        if any(one.first.year <= year <= one.last.year for one in corrected):
            continue
        found = holiday_knowledge(calendar.country, calendar.subdivision, year)
        if not found.known:
            yield Finding("calendar", "warns", f"no public holidays are known for {year}",
                          f"update termpost, or list them: {CORRECT}", stops_runs=False)  # fmt: skip
        elif found.estimated:
            count = f"{found.estimated} public holiday{' is' if found.estimated == 1 else 's are'}"
            yield Finding("calendar", "warns", f"{count} an estimate by the moon for {year}",
                          f"hold them against the authority's list; {CORRECT}", stops_runs=False)  # fmt: skip
