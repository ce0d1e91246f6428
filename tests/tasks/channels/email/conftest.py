"""A relay on loopback with a certificate of its own authority."""

from collections.abc import Iterator

import pytest

from tests.services.smtp_server import Authority, SmtpService, authority, smtp_service


@pytest.fixture(scope="session")
def school(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def service(school: Authority) -> Iterator[SmtpService]:
    with smtp_service(school.context()) as running:
        yield running
