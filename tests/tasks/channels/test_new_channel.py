"""A channel that nobody knew of is driven like the others: what sends messages is written once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.identity import ContactIdentity, Reach
from termpost.schemas.documents.parcel import Parcel, ParcelReport, Plan
from termpost.schemas.log.cycle_state import CycleState
from termpost.tasks.channels.channel import Addressee, MessageChannel, Outcome
from termpost.tasks.channels.names import delivery_id
from termpost.tasks.distribute.notify import notify, settle_intents
from termpost.tasks.home.home import Home, open_home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.rights.contact_methods import Reachability

from tests.school import CYCLE, DAY, new_home


@dataclass
class Text:
    message_id: str
    to: str


@dataclass
class Gateway:
    """Takes what it is given; a number that ends in 9 is one of which nothing is ever known."""

    taken: list[str] = field(default_factory=list)

    def send(self, messages: Sequence[Text]) -> Iterator[Outcome]:
        for message in messages:
            self.taken.append(message.to)
            yield Outcome(message.message_id, "uncertain" if message.to.endswith("9") else "sent")


class Texting(MessageChannel):
    name = "texting"  # type: ignore[assignment]  # none of the names there are
    group = 2
    unwritable = "no-number"

    def __init__(self) -> None:
        self.gateway = Gateway()

    def is_open(self, reach: Reachability) -> bool:
        return not reach.post_only

    def is_left(self, state: CycleState, delivery: str) -> bool:
        return delivery not in state.deliveries

    def note(self, addressee: Addressee) -> str:
        return addressee.recipient

    def settle(self, plan: Plan, notes: Sequence[Any], *, in_order: bool) -> Plan:  # noqa: ARG002
        return plan

    @contextmanager
    def sending(self, home: Home) -> Iterator[Gateway]:  # noqa: ARG002
        yield self.gateway

    def address(self, person: ContactIdentity) -> str | None:
        return next((reach.phone for reach in person.reach if reach.phone), None)

    def prepare(
        self, home: Home, cycle: str, parcels: Sequence[Parcel], address: str, codes: AccessCodes, links: Sequence[str],
        *, rehearsal: bool,
    ) -> Text:  # fmt: skip
        (parcel,), (link,) = parcels, links
        assert (cycle, rehearsal) == (CYCLE, False)
        assert link.endswith(parcel.recipient + link[link.rindex("/") :])
        assert codes.of(parcel.recipient)
        return Text(delivery_id(home, parcel, self.name, parcel.reports[0].report, 1), address)

    def takes_rehearsal(self, home: Home, address: str) -> bool:  # noqa: ARG002
        return False


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(new_home(tmp_path / "home"), FixedClock(DAY))


def families(home: Home, *numbers: str | None) -> tuple[list[Parcel], dict[PersonRef, ContactIdentity]]:
    refs = home.people.references([f"{who}-{n}" for who in ("student", "contact") for n in range(len(numbers))])
    parcels, people = [], {}
    for n, number in enumerate(numbers):
        student, contact = refs[f"student-{n}"], refs[f"contact-{n}"]
        report = ParcelReport(report=f"r{n}", version=1, student=student, own_language="en", school="s", rule="parent",
                              renditions=())  # fmt: skip
        parcels.append(Parcel(recipient=contact, language="en", channels=("texting",), reports=(report,)))  # type: ignore[arg-type]
        people[contact] = ContactIdentity(id=f"c{n}", reach=(Reach(student=student, phone=number),))
    return parcels, people


def test_each_message_has_an_intent_before_and_is_handed_over_once(home: Home) -> None:
    channel = Texting()
    parcels, people = families(home, "+1 2", None, "+1 9")
    with patch("termpost.tasks.distribute.notify.message_channels", lambda: (channel,)):
        counts = notify(home, "run", CYCLE, parcels, people)
        assert counts == {"texting": {"sent": 1, "failed": 1, "uncertain": 1}}
        again = notify(home, "run", CYCLE, parcels, people)
        assert again["texting"].total() == 0  # type: ignore[index]
        assert settle_intents(home, "run", CYCLE) == 0
    assert sorted(channel.gateway.taken) == ["+1 2", "+1 9"]
    said = [(e.kind, e.reason) for e in home.log.entries() if e.channel == "texting"]
    assert [kind for kind, _ in said].count("planned") == 3
    assert ("failed", "no-number") in said
    assert {e.recipient for e in home.log.entries("planned")} == set(people)


def test_an_intent_of_which_nothing_is_known_is_uncertain_for_good(home: Home) -> None:
    channel = Texting()
    parcels, people = families(home, "+1 2")
    with patch("termpost.tasks.distribute.notify.message_channels", lambda: (channel,)):
        with patch.object(Gateway, "send", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
            notify(home, "run", CYCLE, parcels, people)
        assert settle_intents(home, "run", CYCLE) == 1
        notify(home, "run", CYCLE, parcels, people)
    assert [e.kind for e in home.log.entries() if e.channel == "texting"] == ["planned", "uncertain"]
    assert channel.gateway.taken == []
