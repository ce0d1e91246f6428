"""Every version of what lies in a bucket: which was first, which are older, and what an overwrite or deletion hides."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from termpost.schemas.base.errors import InputError
from termpost.tasks.store.s3.errors import SETTINGS, store_errors

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

FOREVER = datetime.max.replace(tzinfo=UTC)
MANY = 1000  # keys that one DeleteObjects may name


@dataclass(frozen=True)
class ObjectVersion:
    """One version of an object, or one mark of its deletion."""

    name: str
    id: str
    is_latest: bool


class BucketVersions:
    """Names are those of the bucket, with the store's prefix before them."""

    def __init__(self, client: "S3Client", bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def of(self, name: str) -> list[ObjectVersion]:
        """Of one object, the newest first, then the marks of deletions."""
        versions, marks = [], []
        for page in self._pages(name):
            versions += [row for row in page.get("Versions", []) if row["Key"] == name]
            marks += [row for row in page.get("DeleteMarkers", []) if row["Key"] == name]
        return [ObjectVersion(name, row["VersionId"], row["IsLatest"]) for row in [*versions, *marks]]

    def first(self, name: str) -> str | None:
        """Id of the version that was there before all others; None where there is no such object."""
        found = None
        for page in self._pages(name):
            found = next((row["VersionId"] for row in reversed(page.get("Versions", [])) if row["Key"] == name), found)
        return found

    def hidden(self, prefix: str) -> Iterator[str]:
        """Names under a prefix that have more than one version or were deleted."""
        last = ""
        for page in self._pages(prefix):
            yield from (row["Key"] for row in page.get("DeleteMarkers", []))
            for row in page.get("Versions", []):
                if row["Key"] == last:
                    yield last
                last = row["Key"]

    def locked_until(self, name: str) -> datetime | None:
        """The latest day until which a version is locked, for good where a legal hold is on one."""
        found: datetime | None = None
        for page in self._pages(name):
            for row in page.get("Versions", []):
                if row["Key"] != name:
                    continue
                with store_errors():
                    head = self._client.head_object(Bucket=self._bucket, Key=name, VersionId=row["VersionId"])
                held = FOREVER if head.get("ObjectLockLegalHoldStatus") == "ON" else None
                until = [one for one in (found, held, head.get("ObjectLockRetainUntilDate")) if one]
                found = max(until, default=None)
        return found

    def remove(self, versions: Sequence[ObjectVersion]) -> None:
        """Nothing of them can be brought back.

        Raises:
            InputError: `not-deleted`, where the store keeps one.
        """
        for first in range(0, len(versions), MANY):
            some = versions[first : first + MANY]
            objects: list[ObjectIdentifierTypeDef] = [{"Key": one.name, "VersionId": one.id} for one in some]
            with store_errors():
                answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": objects, "Quiet": True})
            if answer.get("Errors"):
                raise InputError(
                    "not-deleted",
                    "the store does not let an object be deleted",
                    SETTINGS,
                    "what lies under log/ is locked; elsewhere the role lacks s3:DeleteObjectVersion",
                )

    def _pages(self, prefix: str) -> Iterator[Any]:
        return pages(self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix))


def pages(asked: Iterable[Any]) -> Iterator[Any]:
    """What a paginator brings, with its errors told as those of the store."""
    left = iter(asked)
    while True:
        with store_errors():
            page = next(left, None)
        if page is None:
            return
        yield page
