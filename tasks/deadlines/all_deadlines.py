"""Everything that is due, late or waited for, in one list."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from termpost.tasks.deadlines.deadline import Deadline
from termpost.tasks.deadlines.facts import Facts
from termpost.tasks.deadlines.kinds.comments import of_comments
from termpost.tasks.deadlines.kinds.custody import of_custody
from termpost.tasks.deadlines.kinds.deliveries import of_deliveries
from termpost.tasks.deadlines.kinds.grading import of_grading
from termpost.tasks.deadlines.kinds.prefect_runs import of_prefect
from termpost.tasks.deadlines.kinds.queries import of_families, of_meetings, of_office
from termpost.tasks.deadlines.kinds.records import of_records
from termpost.tasks.deadlines.kinds.rights import of_changes, of_ended
from termpost.tasks.deadlines.kinds.schedule import of_schedule, of_warnings
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import open_lake

EVERY_KIND: tuple[Callable[[Facts], Iterator[Deadline]], ...] = (
    of_schedule, of_warnings, of_comments, of_grading, of_deliveries, of_office, of_families, of_meetings, of_ended,
    of_changes, of_records, of_custody, of_prefect,
)  # fmt: skip


def every_deadline(home: Home) -> tuple[Deadline, ...]:
    """On the home's day, the earliest first; nothing of it names anybody.

    Raises:
        InputError: log, record or a manifest is not what it should be: what cannot be read is no list without it.
    """
    with open_lake(home.lake) as lake:
        facts = Facts(home, lake, tuple(home.log.entries()))
        found: Counter[Deadline] = Counter()
        for of_kind in EVERY_KIND:
            for one in of_kind(facts):
                found[replace(one, count=0)] += one.count
    whole = (replace(one, count=count) for one, count in found.items())
    return tuple(sorted(whole, key=lambda one: (one.due, one.what, one.cycle or "", one.school or "", one.state)))
