"""The check that docs/log.md gives an auditor is run as it stands there: it passes a whole log and no other."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.tasks.log.log_home import KEY, LogHome, report_made

PAGE = Path(__file__).parents[3] / "docs" / "log.md"


@pytest.fixture
def written(home: LogHome) -> LogHome:
    log = home.open()
    for number in range(3):
        log.append("run-1", [report_made(2 * number), report_made(2 * number + 1)])
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (home.root / "vault" / "log-public.pem").write_bytes(public)
    return home


def by_hand(home: LogHome) -> subprocess.CompletedProcess[str]:
    script = PAGE.read_text().split("```sh\n")[1].split("```")[0]
    return subprocess.run(["sh", "-c", script], cwd=home.root / "vault", capture_output=True, text=True, check=False)


def test_a_whole_log_passes_with_its_counts_and_its_head(written: LogHome) -> None:
    done = by_hand(written)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"3 segments with 6 entries hold; the last is {written.verify().head}\n"


@pytest.mark.parametrize("key", ["log/00000001.ndjson", "log/00000003.ndjson", "log/heads/00000002.json"])
def test_changed_bytes_and_absent_files_fail(written: LogHome, key: str) -> None:
    data = written.store.get(key)
    for at in range(0, len(data), 41):
        written.file(key).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert by_hand(written).returncode != 0, at
    written.file(key).write_bytes(data + b"\n")
    assert by_hand(written).returncode != 0
    written.file(key).unlink()
    assert by_hand(written).returncode != 0
    written.file(key).write_bytes(data)
    assert by_hand(written).returncode == 0
