"""How fast `termpost log verify` is: chain, signatures and counts of a log with a million entries.

`BENCH_LOG_ENTRIES` sets another number. Segments are as long as a release writes them: a batch of 200 reports that go
two ways each logs some 600 entries before it shows anything and 400 after.
"""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from termpost.schemas.log.entry import Logged
from termpost.tasks.log.segments import ChainPlace, head_key, segment_key, write_head, write_segment
from termpost.tasks.log.verify import verify
from termpost.tasks.store.file.store import FileStore

from benchmarks import Measured

ENTRIES = int(os.environ.get("BENCH_LOG_ENTRIES", "1000000"))
SEGMENT = 500  # entries
ROUNDS = 3  # the fastest counts: anything slower was the machine's other work
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
AT = datetime(2021, 12, 17, 12, tzinfo=UTC)


def against_sha256(scratch: Path) -> Measured:
    """The whole check against reading the same files and taking the SHA-256 of each."""
    segments = write_log(scratch, ENTRIES)
    ours = _fastest(lambda: _holds(scratch))
    plain = _fastest(lambda: _sums(scratch))
    return Measured(
        f"verify a log of {ENTRIES:,} entries in {segments:,} segments",
        f"{ours:.2f} s",
        f"{plain:.2f} s to read the same bytes and take their SHA-256",
        ours / plain,
        4,  # a signature a segment takes about as long as the sum of it
    )


def write_log(root: Path, entries: int) -> int:
    """Writes a log of so many entries, the bytes that `Log.append` writes; the number of its segments.

    Not by `Log.append`: it forces each file to the disk, and a benchmark of reading need not wait for that.
    """
    (root / "log" / "heads").mkdir(parents=True)
    place = ChainPlace()
    while place.entries < entries:
        first = place.entries + 1
        rows = [_row(number) for number in range(first, min(first + SEGMENT, entries + 1))]
        data = write_segment(place, rows, AT, KEY)
        place = ChainPlace(place.segment + 1, rows[-1].seq, hashlib.sha256(data).hexdigest())
        (root / segment_key(place.segment)).write_bytes(data)
        (root / head_key(place.segment)).write_bytes(write_head(place, KEY))
    return place.segment


def _row(number: int) -> Logged:
    return Logged(
        seq=number, at=AT, run="release-2021-12-17", kind="planned", cycle="2021-fall-final", version=1,
        channel="portal", report=f"r{number:026d}", student=f"p{number:026d}", recipient=f"p{number + 1:026d}",
        reason="parent", delivery=f"d{number:064x}",
    )  # fmt: skip


def _holds(root: Path) -> None:
    verdict = verify(FileStore(root), KEY.public_key(), None)
    if not verdict.ok or verdict.entries != ENTRIES:
        raise RuntimeError("the log that was just written does not hold")


def _sums(root: Path) -> None:
    for path in sorted((root / "log").rglob("*.*")):
        hashlib.sha256(path.read_bytes()).hexdigest()


def _fastest(work: Callable[[], None]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        start = perf_counter()
        work()
        seconds.append(perf_counter() - start)
    return min(seconds)
