"""What proves and brings back a home: the end of the log, its published head, the backup of the keys."""

from collections.abc import Iterator
from datetime import timedelta

from termpost.tasks.custody.inventory import fingerprints, last_backup
from termpost.tasks.custody.told_head import last_head
from termpost.tasks.deadlines.deadline import Deadline, at
from termpost.tasks.deadlines.facts import Facts
from termpost.tasks.deadlines.kinds.records import SOON
from termpost.tasks.log.anchor import read_end


def of_custody(facts: Facts) -> Iterator[Deadline]:
    """Each so many days after the last time, as `[deadlines]` says; before the first after the home began."""
    home, said, zone = facts.home, facts.home.settings.deadlines, facts.home.calendar.zone
    if read_end(home.anchor, home.keys.log_signers).state != "sealed":
        yield Deadline("log-end", facts.today, "due", 1)
    head, backup = last_head(home), last_backup(home)
    if backup and (backup.master, backup.log) != fingerprints(home.keys):
        yield Deadline("backup", facts.today, "due", 1)  # of keys that are no longer the home's
    else:
        since = backup.at.astimezone(zone).date() if backup else facts.began
        due = since + timedelta(days=said.backup_days)
        yield from at("backup", due, facts.today, int(facts.today >= due - SOON))
    since = head.at.astimezone(zone).date() if head else facts.began
    due = since + timedelta(days=said.head_days)
    yield from at("head", due, facts.today, int(facts.today >= due - SOON))
