"""Telling everybody, struck: killed after each write, with a disk that is full, by a relay that changes its mind.
Nobody is written to twice, and whoever was not reached is told by the next run or by a letter."""

import errno
import os
import shutil
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.notices.plain_deliveries import PlainDeliveries
from termpost.schemas.log.query_threads import query_threads
from termpost.tasks.feedback.telling.tell import tell_everybody
from termpost.tasks.log.verify import verify
from termpost.tasks.store.file.store import FileStore

from tests.school import FANNIE, KYLE, LISA, MOTHER, OTHER, Prepared
from tests.services.smtp_server import Authority, SmtpService, authority
from tests.some_now import some_now
from tests.tasks.channels.email.plain.told_school import MOTHERS, OTHERS

ASKED = ((LISA, MOTHER), (FANNIE, MOTHER), (KYLE, OTHER))
TOLD = {MOTHERS: 2, OTHERS: 1}


class Killed(BaseException):
    """Nothing catches it."""


@pytest.fixture
def asked(told: Prepared) -> Prepared:
    """Three questions that nobody was told of yet."""
    told.open().log.append("test", [
        Entry(kind="query_received", query=f"q00000000000{number}", student=told.ref(student),
              recipient=told.ref(contact), reason="question", via="portal", due="2021-12-28")
        for number, (student, contact) in enumerate(ASKED)
    ])  # fmt: skip
    return told


def struck(after: int, fault: Callable[[], BaseException], run: Callable[[], Any]) -> bool:
    """Whether the run met the fault, which comes with each write from that one on."""
    made, met = count(), False
    real = FileStore.put

    def put(self: FileStore, key: str, data: bytes, *, once: bool = False) -> object:
        nonlocal met
        if next(made) >= after:
            met = True
            raise fault()
        return real(self, key, data, once=once)

    with patch.object(FileStore, "put", put):
        try:
            run()
        except (Killed, OSError, InputError, RetryableError):
            assert met
    return met


def reached(school: Prepared, service: SmtpService) -> None:
    """Each notice arrived once, or is known to be a letter's."""
    home = school.open()
    found = PlainDeliveries.fold(home.log.entries())
    letters = Counter(one.recipient for one in found.letters_due())
    for who, box in ((MOTHER, MOTHERS), (OTHER, OTHERS)):
        assert len(service.boxes[box]) <= TOLD[box]
        assert len(service.boxes[box]) + letters[school.ref(who)] >= TOLD[box]
    ids = [line for box in service.boxes.values() for data in box for line in data.split(b"\r\n")
           if line.startswith(b"Message-ID")]  # fmt: skip
    assert len(ids) == len(set(ids))
    assert all("confirmed" in one.notices for one in query_threads(home.log.entries()).values())
    assert verify(home.store, home.keys.log_signers, home.anchor, patience=0).ok


FAULTS: tuple[Callable[[], BaseException], ...] = (
    Killed,
    lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    lambda: OSError(errno.EROFS, os.strerror(errno.EROFS)),
)


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.soak)], ids=["some", "every"])
def test_struck_after_any_write_nobody_is_told_twice_and_nobody_is_forgotten(
    asked: Prepared, service: SmtpService, tmp_path: Path, step: int
) -> None:
    """By a kill, a full disk and a store that became read-only in turn."""
    before = tmp_path / "before"
    shutil.copytree(asked.home, before)
    strikes = 0
    for after in range(0, 60, step):
        shutil.rmtree(asked.home)
        shutil.copytree(before, asked.home)
        service.boxes.clear()
        if not struck(after, FAULTS[strikes % 3], lambda: tell_everybody(asked.open(), "struck")):
            break
        strikes += 1
        tell_everybody(asked.open(), "after")
        reached(asked, service)
    assert strikes >= 2
    assert {box: len(found) for box, found in service.boxes.items()} == TOLD


RELAYS: dict[str, tuple[Callable[[SmtpService], object], str]] = {
    "offers no TLS any more": (lambda relay: relay.answers["starttls"].append("454 4.7.0 TLS not available"), ""),
    "knows no such command": (lambda relay: relay.answers["starttls"].append("502 5.5.1 What?"), "relay-no-tls"),
    "hangs up at DATA": (lambda relay: relay.drop.extend(["at-data"]), ""),
    "hangs up after DATA, and has it": (lambda relay: relay.drop.extend(["after-storing"]), ""),
    "hangs up after DATA, and has it not": (lambda relay: relay.drop.extend(["before-storing"]), ""),
    "takes the first and is then busy": (lambda relay: relay.answers["mail"].extend(["", *["421 Busy"] * 6]), ""),
    "refuses the sender on the way": (lambda relay: relay.answers["mail"].extend(["", "550 5.7.1 No"]), "relay-sender"),
    "wants a login on the way": (lambda relay: relay.answers["mail"].extend(["", "530 5.7.0 Who?"]), "relay-sender"),
    "calls every mailbox unknown once": (lambda relay: relay.answers["rcpt"].extend(["550 5.1.1 No"] * 3), ""),
}


@pytest.mark.parametrize("name", some_now(list(RELAYS), 3))
def test_a_relay_that_breaks_on_the_way_loses_nobody_and_nothing_goes_in_clear(
    asked: Prepared, service: SmtpService, name: str
) -> None:
    does, code = RELAYS[name]
    does(service)
    said: Exception | None = None
    try:
        tell_everybody(asked.open(), "broken")
    except (InputError, RetryableError) as error:
        said = error
    assert getattr(said, "code", "") == code
    assert "families.example.org" not in str(said)
    service.answers.clear()
    service.drop.clear()
    for run in ("after", "again"):
        tell_everybody(asked.open(), run)
    reached(asked, service)
    assert service.in_clear == []


def test_a_relay_with_anothers_certificate_gets_nothing(
    asked: Prepared, service: SmtpService, school: Authority
) -> None:
    stranger = authority(asked.home / "stranger")
    (asked.home / "relay-ca.pem").write_bytes(stranger.ca_file.read_bytes())
    with pytest.raises(InputError) as refused:
        tell_everybody(asked.open(), "test")
    assert (refused.value.code, service.received) == ("relay-certificate", 0)
    (asked.home / "relay-ca.pem").write_bytes(school.ca_file.read_bytes())
    tell_everybody(asked.open(), "after")
    reached(asked, service)
    assert {box: len(found) for box, found in service.boxes.items()} == TOLD
