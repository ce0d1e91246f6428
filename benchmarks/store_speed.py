"""How fast sealed pages reach an S3: 26 kB objects, checksummed, several at once, against bare boto3.

The gateway is the one of the tests (Ceph, on loopback). `BENCH_STORE_OBJECTS` sets another number.
"""

import os
import random
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

import boto3
from botocore.config import Config

from benchmarks import Measured
from schemas.settings import StoreSettings
from tasks.s3_store import S3Store
from tasks.side_by_side import AT_ONCE, side_by_side

OBJECTS = int(os.environ.get("BENCH_STORE_OBJECTS", "2000"))
SIZE = 26_000  # bytes of a sealed page with one report
ROUNDS = 3  # the fastest counts
SCRIPT = Path(__file__).parents[1] / "tests" / "services" / "ceph.sh"
_numbers = count()


def against_boto3(scratch: Path) -> Measured:
    """Our puts against `put_object` alone, with as many threads."""
    operation = f"put {OBJECTS:,} objects of {SIZE // 1000} kB into an S3"
    if shutil.which("radosgw") is None:
        return Measured(operation, "not measured", "there is no gateway: make services", float("inf"), 1)
    with _gateway(scratch / "ceph") as endpoint:
        pages = [random.Random(n).randbytes(SIZE) for n in range(OBJECTS)]
        client = boto3.client(
            "s3", endpoint_url=endpoint, region_name="us-east-1",
            config=Config(max_pool_connections=64, request_checksum_calculation="when_required"),
        )  # fmt: skip
        client.create_bucket(Bucket="bench")
        settings = StoreSettings(url="s3://bench/ours", endpoint_url=endpoint, region="us-east-1")
        store = S3Store(settings)

        def put(key: str, page: bytes) -> object:
            return store.put(key, page)

        def bare(key: str, page: bytes) -> object:
            return client.put_object(Bucket="bench", Key=key, Body=page)

        plain = min(_seconds(bare, pages) for _ in range(ROUNDS))
        ours = min(_seconds(put, pages) for _ in range(ROUNDS))
    return Measured(
        operation,
        f"{ours:.2f} s, {OBJECTS / ours:,.0f} a second",
        f"{plain:.2f} s with bare boto3, {AT_ONCE} threads each",
        ours / plain,
        1.3,  # MD5 and SHA-256 of each, and what the store says it has is compared
    )


def _seconds(put: Callable[[str, bytes], object], pages: list[bytes]) -> float:
    turn = next(_numbers)
    began = perf_counter()
    for _ in side_by_side(lambda one: put(f"{turn}/{one[0]}.html", one[1]), enumerate(pages)):
        pass
    return perf_counter() - began


@contextmanager
def _gateway(folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    login = {
        "AWS_ACCESS_KEY_ID": "PIPELINE", "AWS_SECRET_ACCESS_KEY": "PIPELINESECRET", "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull, "AWS_EC2_METADATA_DISABLED": "true",
    }  # fmt: skip
    try:
        started = subprocess.run(["bash", SCRIPT, "start", folder, port], capture_output=True, text=True, check=True)  # noqa: S603, S607
        with patch.dict(os.environ, login):
            yield started.stdout.strip()
    finally:
        subprocess.run(["bash", SCRIPT, "stop", folder], check=True)  # noqa: S603, S607
