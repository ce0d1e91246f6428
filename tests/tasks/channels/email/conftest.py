"""A relay and a mail server on loopback, with a certificate of their own authority."""

from collections.abc import Iterator

import pytest

from tests.services.imap_server import ImapService, imap_service
from tests.services.smtp_server import Authority, SmtpService, authority, smtp_service


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def service(school: Authority) -> Iterator[SmtpService]:
    with smtp_service(school.context()) as running:
        yield running


@pytest.fixture(scope="session")
def imap(school: Authority) -> Iterator[ImapService]:
    with imap_service(school) as running:
        yield running
