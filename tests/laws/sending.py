"""Sends notices to many families, in a process that may be killed: `sending.py HOME COUNT`.

Families are invented; only what sending needs is there: a home with a log, a person for each, and a page for each link.
"""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

from termpost.schemas.base.channel_name import ChannelName
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, Reach
from termpost.schemas.documents.parcel import Parcel, ParcelReport
from termpost.schemas.documents.prepared import Bytes
from termpost.tasks.distribute.notify import notify, settle_intents
from termpost.tasks.home.home import Home, open_home

CYCLE, DAY = "2021-fall-final", datetime(2021, 12, 17, 14, tzinfo=UTC)  # as in `school`, without what that imports


def address(number: int) -> str:
    return f"family{number}@families.example.org"


def families(home: Home, count: int) -> tuple[list[Parcel], dict[PersonRef, ContactIdentity]]:
    """The same for every process that opens this home."""
    parcels, people = [], {}
    refs = home.people.references([f"{kind}-{n}" for n in range(count) for kind in ("student", "contact")])
    home.people.preload(refs.values())
    for n in range(count):
        student, contact = refs[f"student-{n}"], refs[f"contact-{n}"]
        names = ("report.en.html", "report.en.pdf")
        report = ParcelReport(
            report=f"r{n}", version=1, student=student, own_language="en", school="s1", rule="parent",
            renditions=tuple(Bytes(object=f"reports/s1/{CYCLE}/r{n}/v1/{name}", digest="0") for name in names),
        )  # fmt: skip
        channels = (ChannelName.PORTAL, ChannelName.EMAIL)
        parcels.append(Parcel(recipient=contact, language="en", channels=channels, reports=(report,),
                              may_notify=True, notice_rule="may-notify"))  # fmt: skip
        reach = Reach(student=student, email=address(n))
        people[contact] = ContactIdentity(id=f"contact-{n}", given="Ann", family="Example", reach=(reach,))
    return parcels, people


def main() -> None:
    home = open_home(Path(sys.argv[1]), FixedClock(DAY))
    assert home.calendar.cycle(CYCLE).query_until > date(2021, 12, 17)
    settle_intents(home, "run", CYCLE)
    parcels, people = families(home, int(sys.argv[2]))
    notify(home, "run", CYCLE, parcels, people)


if __name__ == "__main__":
    main()
