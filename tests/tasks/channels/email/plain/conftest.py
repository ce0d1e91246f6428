"""The school of these tests, and its relay."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from unittest.mock import patch

import pytest
from termpost.tasks.channels.email.send import Sending

from tests.school import Prepared
from tests.services.smtp_server import Authority, SmtpService, use_relay
from tests.snapshots import copy_of, snapshot
from tests.tasks.channels.email.plain.told_school import told_school

SLOW = partial(Sending, sleep=lambda _: None)  # pauses pass at once


@pytest.fixture
def told(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, school: Authority, service: SmtpService
) -> Iterator[Prepared]:
    found = copy_of(snapshot(tmp_path_factory, "told", told_school), tmp_path)
    use_relay(found.home, school, service.port)
    with (
        patch("termpost.tasks.channels.email.plain.send.Sending", SLOW),
        patch("termpost.tasks.channels.email.texts.send.Sending", SLOW),
    ):
        yield found
