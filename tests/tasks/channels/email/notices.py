"""A notice to an invented family, the way to the relay, and time that passes only when somebody sleeps."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from termpost.schemas.documents.notice import Notice
from termpost.schemas.documents.report import Contact
from termpost.tasks.channels.channel import Outcome
from termpost.tasks.channels.email.message import Mail, make_mail
from termpost.tasks.channels.email.relay import Relay
from termpost.tasks.channels.email.send import Sending

from tests.services.smtp_server import Authority, SmtpService

SCHOOL = "Harbour View High School"
SENDER = "reports@schools.example.org"
LINK = "https://portal.example.org/sealed/2f6c0b9f/8d7ab1c0.html"


def notice(**changes: object) -> Notice:
    given: dict[str, object] = {
        "language": "en", "school_language": "en", "school": SCHOOL, "reports": 1, "link": LINK,
        "query_until": date(2022, 1, 5), "sender": SENDER, "recipient": "family@example.org", "deliveries": ("d1",),
        "ask": Contact(name="School Office", email="office@schools.example.org", phone="+1 555 0100"),
        "list_id": "reports.schools.example.org", "written_at": datetime(2021, 12, 17, 15, tzinfo=UTC),
    }  # fmt: skip
    return Notice.model_validate(given | changes)


def mails(count: int) -> list[Mail]:
    """To `family0@example.org` and so on."""
    return [make_mail(notice(recipient=f"family{n}@example.org", deliveries=(f"d{n}",))) for n in range(count)]


@dataclass
class Time:
    """A clock and the sleeps that moved it."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def instant(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def relay_to(service: SmtpService, school: Authority, **changes: object) -> Relay:
    given: dict[str, object] = {"host": "127.0.0.1", "port": service.port, "sender": SENDER, "ca_file": school.ca_file}
    return Relay(**(given | changes))  # type: ignore[arg-type]


def outcomes(service: SmtpService, school: Authority, letters: list[Mail], time: Time | None = None) -> list[Outcome]:
    time = time or Time()
    with Sending(relay_to(service, school), time.sleep, time.instant) as sending:
        return list(sending.send(letters))


def states(found: list[Outcome]) -> list[tuple[str, str]]:
    return [(outcome.state, outcome.reason) for outcome in found]
