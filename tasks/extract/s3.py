"""`s3://bucket/key`: a zip or a CSV file, or all objects under a prefix as a folder. Read in ranges, never to disk."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from botocore.config import Config
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.base.secure_url import is_secure
from termpost.tasks.extract.access import Access
from termpost.tasks.extract.address import Address
from termpost.tasks.extract.inventory import ExtractFiles, refuse_too_many, take_stock
from termpost.tasks.extract.single_file import is_single_name, read_single
from termpost.tasks.formats.source_file import SourceFile
from termpost.tasks.runtime.retry import retried
from termpost.tasks.store.s3.errors import BROKEN_OFF, explained, refusal

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

RANGE = 8 * 2**20  # bytes asked for at once
LEAST_OF_PAGE = 10  # objects that a page of a listing counts for
ATTEMPTS = 5  # at one range, whose body broke off
FIRST_WAIT = 0.5  # seconds


def s3_files(address: Address, access: Access) -> ExtractFiles:
    """The files of an extract in a bucket, sorted by name.

    Raises:
        InputError: no such bucket or key, no credentials or not let in, or an object changes while it is read.
        RetryableError: the store was busy for longer than anyone waits.
    """
    bucket = _Bucket(address, access)
    if is_single_name(address.path):
        name = PurePosixPath(address.path).name
        return read_single(SourceFile(name, bucket.opener(address.path)), address.shown)
    prefix = f"{address.path.strip('/')}/".lstrip("/")
    found = bucket.objects(prefix)
    if not found:
        raise InputError(
            "no-extract",
            "nothing lies under this prefix",
            address.shown,
            "check the key; a zip or a CSV file must end so",
        )
    entries = [
        SourceFile(seen.key.removeprefix(prefix), bucket.opener_of(seen), size=seen.size)
        for seen in found
        if not seen.key.endswith("/")  # what a console writes for an empty folder
    ]
    return take_stock(entries, address.shown, packed=False)


@dataclass(frozen=True)
class _Seen:
    """An object as it was when it was listed."""

    key: str
    etag: str
    size: int


class _Bucket:
    """A bucket, and the one line for whatever it answers."""

    def __init__(self, address: Address, access: Access) -> None:
        self.name, self.shown, self.sleep = address.host, address.shown, access.sleep
        with explained(self.shown):
            self.client = _client(access)
        if not is_secure(self.client.meta.endpoint_url):
            raise InputError("not-secure", "marks would cross the network in clear", self.shown,
                             "give an https:// endpoint; plain http is for loopback only")  # fmt: skip

    def objects(self, prefix: str) -> list[_Seen]:
        with explained(self.shown):
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
            seen: list[_Seen] = []
            for number, page in enumerate(pages):
                seen += [_Seen(found["Key"], found["ETag"], found["Size"]) for found in page.get("Contents", [])]
                # also a store that has always one more page and nothing on it
                refuse_too_many(max(len(seen), number * LEAST_OF_PAGE), self.shown)
            return seen

    def opener_of(self, seen: _Seen) -> Callable[[], IO[bytes]]:
        """Opens an object that was listed; each time the bytes that it had then."""
        read = partial(self._range, seen.key, seen.etag)
        return lambda: io.BufferedReader(_Ranges(read, seen.size), RANGE)

    def opener(self, key: str) -> Callable[[], IO[bytes]]:
        """Opens this object; each time the bytes that it had when it was first seen."""
        with explained(self.shown):
            # GET rather than HEAD: only its answer says whether it is the bucket or the key that is not there
            seen = self.client.get_object(Bucket=self.name, Key=key)
            seen["Body"].close()
        return self.opener_of(_Seen(key, seen["ETag"], seen["ContentLength"]))

    def _range(self, key: str, etag: str, first: int, last: int) -> bytes:
        """Bytes first to last, both counted in, of the version that was seen first."""
        once = partial(self._range_once, key, etag, first, last)
        # what else may pass was tried again by botocore already
        return retried(once, attempts=ATTEMPTS, first_wait=FIRST_WAIT, sleep=self.sleep,
                       may_pass=lambda error: isinstance(error, _BrokenOffError))  # fmt: skip

    def _range_once(self, key: str, etag: str, first: int, last: int) -> bytes:
        with explained(self.shown):
            answer = self.client.get_object(Bucket=self.name, Key=key, IfMatch=etag, Range=f"bytes={first}-{last}")
            if answer["ETag"] != etag:  # a store that does not know If-Match
                raise refusal("PreconditionFailed", self.shown)
            try:
                data = answer["Body"].read(last - first + 2)  # a body may have no end
            except BROKEN_OFF:
                data = b""
        if len(data) != last - first + 1:
            raise _BrokenOffError(f"the store breaks off while it sends an object ({self.shown})")
        return data


class _BrokenOffError(RetryableError):
    """Less of a body came than was asked for."""


class _Ranges(io.RawIOBase):
    """An object as a seekable file, so that a zip's list is read without the rest of it."""

    def __init__(self, read: Callable[[int, int], bytes], size: int) -> None:
        self._read, self._size, self._at = read, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if at < 0:
            raise OSError("before the beginning of the object")
        self._at = at
        return at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what io passes is one
        count = min(len(buffer), self._size - self._at)
        if count <= 0:
            return 0
        buffer[:count] = self._read(self._at, self._at + count - 1)
        self._at += count
        return count


def _client(access: Access) -> "S3Client":
    import boto3  # noqa: PLC0415 - slow to import

    settings = access.settings.s3
    return boto3.Session(region_name=settings.region).client(
        "s3", endpoint_url=settings.endpoint_url,
        config=Config(
            retries={"mode": "standard", "total_max_attempts": 4}, connect_timeout=10, read_timeout=60,
            response_checksum_validation="when_supported",
        ),
    )  # fmt: skip
