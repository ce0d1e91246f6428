"""The check that docs/verify-log.md gives is run as it stands there, on a good log and on each tampering."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from termpost.tasks.log.segments import head_key

from tests.some_now import some_now
from tests.tasks.log.log_home import LogHome
from tests.tasks.log.tampering import COUNT, TAMPERINGS, Tampering, fork, write_log

pytestmark = pytest.mark.needs("jq", "sha256sum")

PAGE = Path(__file__).parents[3] / "docs" / "verify-log.md"
(SCRIPT,) = PAGE.read_text().split("```sh\n")[1:]
SCRIPT = SCRIPT.split("```")[0]


TOOLS = ("sha256sum", "jq", "cut", "head", "tail", "wc", "find")


@pytest.fixture
def written(home: LogHome) -> LogHome:
    write_log(home)
    return home


def by_hand(home: LogHome, *published: str, shell: str = "bash") -> subprocess.CompletedProcess[str]:
    """Runs it where there is nothing but the tools that the page names."""
    path = home.root / "tools"
    path.mkdir(exist_ok=True)
    for tool in TOOLS:
        if not (path / tool).exists():
            (path / tool).symlink_to(shutil.which(tool) or tool)
    command = [shutil.which(shell) or shell, "-c", SCRIPT, "verify-log.sh", *published]
    return subprocess.run(
        command, cwd=home.root / "vault", env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )


def sums(home: LogHome) -> list[str]:
    return [json.loads(home.store.get(head_key(number)))["sha256"] for number in range(1, COUNT + 1)]


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_whole_log_passes_with_its_counts_and_any_head_that_was_published(written: LogHome, shell: str) -> None:
    for published in ([], sums(written)[:1], sums(written)):
        done = by_hand(written, *published, shell=shell)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == f"4 segments with 12 entries hold; the last is {written.verify().head}\n"


# a sixth of them, of each kind of outcome some; `log verify` is told of each of them in every run
@pytest.mark.parametrize("tampering", some_now(TAMPERINGS, 6), ids=lambda one: one.name)
def test_each_tampering_is_found_by_what_the_page_says(written: LogHome, tampering: Tampering) -> None:
    published = sums(written)
    tampering.do(written)
    assert (by_hand(written).returncode == 0) is (tampering.by_hand != "alone")
    done = by_hand(written, *published)
    assert (done.returncode == 0) is (tampering.by_hand == "never")
    if done.returncode:
        assert done.stderr.splitlines()[-1].startswith("the log does not hold: ")
        assert done.stdout == ""


def test_a_sum_from_before_the_fork_contradicts_nothing(written: LogHome) -> None:
    early = sums(written)[:2]
    fork(2, 2)(written)
    assert by_hand(written, *early).returncode == 0
    assert by_hand(written, "0" * 64).returncode == 1
