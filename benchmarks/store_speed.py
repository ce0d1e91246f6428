"""How fast sealed pages reach an S3: 26 kB objects, checksummed, several at once, against bare boto3.

The gateway is the one of the tests (Ceph, on loopback). `BENCH_STORE_OBJECTS` sets another number.
"""

import os
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter

import boto3
import pytest
from botocore.config import Config
from termpost.schemas.settings.settings import StoreSettings
from termpost.tasks.runtime.concurrent import AT_ONCE, concurrent_map
from termpost.tasks.store.s3.store import S3Store

from benchmarks import Measured
from tests.services.gateway import Gateway, begin, end, started

OBJECTS = int(os.environ.get("BENCH_STORE_OBJECTS", "2000"))
SIZE = 26_000  # bytes of a sealed page with one report
ROUNDS = 3  # the fastest counts
_numbers = count()


@contextmanager
def _gateway(folder: Path) -> Iterator[Gateway]:
    begin(folder)
    try:
        yield started(folder)
    finally:
        end(folder)


def against_boto3(scratch: Path) -> Measured:
    """Our puts against `put_object` alone, with as many threads."""
    operation = f"put {OBJECTS:,} objects of {SIZE // 1000} kB into an S3"
    if shutil.which("radosgw") is None:
        return Measured(operation, "not measured", "there is no gateway: make services", float("inf"), 1)
    with _gateway(scratch / "ceph") as running, pytest.MonkeyPatch.context() as environment:
        running.log_in(environment)
        endpoint = running.endpoint
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
    for _ in concurrent_map(lambda one: put(f"{turn}/{one[0]}.html", one[1]), enumerate(pages)):
        pass
    return perf_counter() - began
