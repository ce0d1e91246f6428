"""A school with teachers whose reports wait, and one whose reports are out: copied for every test that changes one."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
from termpost.tasks.channels.email.send import Sending

from tests.school import CYCLE, Prepared
from tests.services.smtp_server import Authority, SmtpService, authority, smtp_service, use_relay
from tests.snapshots import copy_of, released_school, snapshot
from tests.tasks.deadlines.watched_school import watched_school

SLOW = partial(Sending, sleep=lambda _: None)  # pauses pass at once


@pytest.fixture
def waiting(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Prepared:
    return copy_of(snapshot(tmp_path_factory, "watched", watched_school), tmp_path)


@pytest.fixture
def released(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Prepared:
    return copy_of(snapshot(tmp_path_factory, "released", released_school), tmp_path)


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def relay(trusted: Authority) -> Iterator[SmtpService]:
    with (
        smtp_service(trusted.context()) as running,
        patch("termpost.tasks.channels.email.plain.send.Sending", SLOW),
    ):
        yield running


@pytest.fixture
def mailed(waiting: Prepared, trusted: Authority, relay: SmtpService) -> Prepared:
    use_relay(waiting.home, trusted, relay.port)
    with (waiting.home / "termpost.toml").open("a") as file:
        file.write('\n[feedback]\noffice_mail = "office@grand-bend.example.org"\n'
                   'head_mail = "head@grand-bend.example.org"\n')  # fmt: skip
    return waiting


def grading_due(school: Prepared, day: str) -> None:
    """Writes it into the calendar of the final."""
    path = school.home / "calendar.toml"
    text = path.read_text()
    at = text.index("kind", text.index(f'id = "{CYCLE}"'))
    path.write_text(f'{text[:at]}grading_due = "{day}"\n{text[at:]}')
