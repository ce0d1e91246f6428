"""Objects in an S3 bucket, through boto3 and by calls that AWS documents (docs/storage.md)."""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import duckdb
from botocore.exceptions import ClientError, NoCredentialsError
from termpost.schemas.base.clock import Clock, SystemClock
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.base.secure_url import is_secure
from termpost.schemas.settings.settings import Control, StoreSettings
from termpost.tasks.lake.connection import load_extensions
from termpost.tasks.lake.sql import literal
from termpost.tasks.store.interface import LOG, Head, checked
from termpost.tasks.store.s3.client import ATTEMPTS, Login, connect, session_of
from termpost.tasks.store.s3.errors import explained

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

LONGEST = timedelta(days=7)  # of a signed URL: what AWS allows
TAKEN = {"PreconditionFailed", "ConditionalRequestConflict"}
ABSENT = {"NoSuchKey", "404", "NotFound", "NoSuchVersion"}
CHANGED = {"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"}
MANY = 1000  # keys that one DeleteObjects may name


@dataclass(frozen=True)
class _Version:
    """One version of an object, or one mark of its deletion."""

    name: str
    id: str
    is_latest: bool


@dataclass(frozen=True)
class _Put:
    """What a put made."""

    version: str  # empty where the store keeps no versions
    tried_again: bool  # so an earlier attempt, whose answer was lost, may have made one too


def _tried_again(answer: Mapping[str, Any]) -> bool:
    return bool(answer.get("ResponseMetadata", {}).get("RetryAttempts"))


class _TakenError(Exception):
    """There is such an object already."""

    def __init__(self, tried_again: bool) -> None:
        super().__init__()
        self.tried_again = tried_again


class S3Store:
    """A prefix of a bucket. Errors are one line: InputError where somebody must fix something, RetryableError where
    the store did not answer after several attempts with back-off.

    Args:
        settings: address, endpoint, key for encryption, and which controls the store may lack.
        environ: names the signer (`TERMPOST_SECRET_SIGNER`); who else acts comes from the usual AWS environment.
        locked_for: how long nobody may delete what is under log/.
    """

    def __init__(
        self, settings: StoreSettings, *, signer: Login | None = None, clock: Clock | None = None,
        locked_for: timedelta | None = None,
    ) -> None:  # fmt: skip
        self._settings, self._signer, self._clock = settings, signer, clock or SystemClock()
        address = settings.url.removeprefix("s3://").rstrip("/")
        self.bucket, _, prefix = address.partition("/")
        self.prefix = f"{prefix}/" if prefix else ""
        self._shown = "termpost.toml [store]"
        self._locked_for = locked_for
        with explained(self._shown, "store"):
            self._session = session_of(settings)
            self.client = connect(settings, self._session)
        if not is_secure(self.client.meta.endpoint_url):
            raise InputError("not-secure", "reports would cross the network in clear", self._shown,
                             "give an https:// endpoint_url; plain http is for loopback only")  # fmt: skip

    def put(self, key: str, data: bytes, *, once: bool = False) -> Head:
        name, sha256 = self._name(key), hashlib.sha256(data)
        sent = self._sent(data, sha256.digest())
        if not once:
            self._put(key, data, sent)
        elif self._lacks("conditional-write"):
            self._put_first(key, data, sent)
        else:
            try:
                self._put(key, data, sent | {"IfNoneMatch": "*"} | self._lock(name))
            except _TakenError as taken:
                # an attempt whose answer was lost may have come through: then it is ours
                if not (taken.tried_again and self.get(key) == data):
                    raise FileExistsError(key) from None
        return Head(key, len(data), sha256.hexdigest())

    def get(self, key: str) -> bytes:
        name = self._name(key)
        first: dict[str, Any] = self._first(key) if self._first_wins(key) else {}
        for attempt in range(ATTEMPTS):
            try:
                with self._explained(key):
                    answer = self.client.get_object(Bucket=self.bucket, Key=name, **first)
                    data = answer["Body"].read()
            except RetryableError:
                if attempt == ATTEMPTS - 1:
                    raise
                continue
            if answer["Metadata"].get("sha256") in {None, hashlib.sha256(data).hexdigest()}:  # None: not put by us
                return data
        raise RetryableError(f"an object does not arrive as it was stored ({key})")

    def head(self, key: str) -> Head | None:
        """By the checksum that the store made of the bytes, where it makes one; else the bytes are read."""
        name = self._name(key)
        try:
            with self._explained(key):
                answer = self.client.head_object(Bucket=self.bucket, Key=name, ChecksumMode="ENABLED")
            if (kept := answer.get("ChecksumSHA256")) and "-" not in kept:  # of an upload in parts: a sum of sums
                return Head(key, answer["ContentLength"], b64decode(kept).hex())
            data = self.get(key)
        except KeyError:
            return None
        return Head(key, len(data), hashlib.sha256(data).hexdigest())

    def list(self, prefix: str) -> Iterator[str]:
        start = self.prefix + (checked(prefix) if prefix else "")
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=start)
        for page in self._pages(pages):
            yield from (found["Key"].removeprefix(self.prefix) for found in page.get("Contents", []))

    def delete(self, key: str) -> None:
        """Every version of it, and every mark of an earlier deletion: nothing can be brought back."""
        self._remove(self._versions(key))

    def forget_older(self, key: str) -> None:
        self._remove([version for version in self._versions(key) if not version.is_latest])

    def rewritten(self, prefix: str) -> Iterator[str]:
        start, last = self.prefix + checked(prefix), ""
        pages = self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=start)
        for page in self._pages(pages):
            yield from (row["Key"].removeprefix(self.prefix) for row in page.get("DeleteMarkers", []))
            for row in page.get("Versions", []):
                if row["Key"] == last:
                    yield last.removeprefix(self.prefix)
                last = row["Key"]

    @property
    def kms_key_id(self) -> str | None:
        """The key that objects are encrypted with."""
        return self._settings.kms_key_id

    def signing_client(self) -> "S3Client | None":
        """Of whoever signs links; None where nobody is named."""
        if self._signer is None:
            return None
        with explained(self._shown, "store"):
            return connect(self._settings, session_of(self._settings, self._signer))

    def sign(self, key: str, lifetime: timedelta) -> str:
        signing = self.signing_client()
        if signing is None:
            raise InputError(
                "no-signed-urls",
                "nobody is named who may sign links",
                "secrets/signer.key",
                "put the signer's access key there as ID:SECRET, or hand pages over through the portal",
            )
        if not timedelta() < lifetime <= LONGEST:
            raise InputError(
                "bad-lifetime", "a signed link lives seven days at most", "a signed link", "renew it later"
            )
        return signing.generate_presigned_url(
            "get_object", Params={"Bucket": self.bucket, "Key": self._name(key)},
            ExpiresIn=int(lifetime.total_seconds()),
        )  # fmt: skip

    def url(self, key: str) -> str:
        return f"s3://{self.bucket}/{self._name(key)}"

    def let_in(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Lets a DuckDB read and write this store; the secret lives as long as the connection."""
        with explained(self._shown, "store"):
            found = self._session.get_credentials()
            if found is None:
                raise NoCredentialsError
            credentials = found.get_frozen_credentials()
        endpoint = self.client.meta.endpoint_url
        said: dict[str, str] = {
            "KEY_ID": credentials.access_key or "", "SECRET": credentials.secret_key or "",
            "SESSION_TOKEN": credentials.token or "", "REGION": self.client.meta.region_name or "us-east-1",
            "ENDPOINT": endpoint.partition("://")[2], "URL_STYLE": "path",
            "USE_SSL": str(endpoint.startswith("https://")).lower(), "SCOPE": f"s3://{self.bucket}/{self.prefix}",
            **({"KMS_KEY_ID": self._settings.kms_key_id} if self._settings.kms_key_id else {}),
        }  # fmt: skip
        values = ", ".join(f"{name} {literal(value)}" for name, value in said.items())
        load_extensions(connection)
        connection.execute(f"CREATE OR REPLACE SECRET termpost_store (TYPE s3, {values})")

    def _lacks(self, control: Control) -> bool:
        return control in self._settings.accept

    def _first_wins(self, key: str) -> bool:
        """Where the store does not refuse a second put, the first version is what was written once."""
        return key.startswith(LOG) and self._lacks("conditional-write")

    def _name(self, key: str) -> str:
        return self.prefix + checked(key)

    def _sent(self, data: bytes, sha256: bytes) -> dict[str, Any]:
        """What makes the store refuse a body that changed on the way, and shows a reader one that changed there."""
        said: dict[str, Any] = {
            "ContentMD5": b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode(),
            "ChecksumSHA256": b64encode(sha256).decode(),
            "Metadata": {"sha256": sha256.hex()},
        }
        if self._settings.kms_key_id:
            said |= {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self._settings.kms_key_id}
        return said

    def _put(self, key: str, data: bytes, sent: Mapping[str, Any]) -> _Put:
        with self._explained(key):
            answer = self.client.put_object(Bucket=self.bucket, Key=self._name(key), Body=data, **sent)
        # the store's own sum of what it has; one that makes none in SHA-256 names the MD5, encrypted or not
        made = answer.get("ChecksumSHA256") or b64encode(bytes.fromhex(answer["ETag"].strip('"'))).decode()
        if made not in {sent["ChecksumSHA256"], sent["ContentMD5"]}:
            raise RetryableError(f"an object does not lie in the store as it was sent ({key})")
        return _Put(answer.get("VersionId", ""), _tried_again(answer))

    def _put_first(self, key: str, data: bytes, sent: Mapping[str, Any]) -> None:
        """On a store that ignores conditions: each writer puts, the first version wins, the others take theirs away."""
        if self._versions(key):
            raise FileExistsError(key)
        mine = self._put(key, data, sent)
        if not mine.version:
            raise InputError(
                "no-write-once",
                "the store neither refuses a second writer nor keeps versions",
                self._shown,
                "turn versioning on (`termpost doctor --apply`)",
            )
        won = self._first(key)["VersionId"]
        if won != mine.version:
            self._remove([version for version in self._versions(key) if version.id == mine.version])
            if not (mine.tried_again and self.get(key) == data):
                raise FileExistsError(key)
        if lock := self._lock(self._name(key)):  # not before: a locked loser would stay for years
            until = lock["ObjectLockRetainUntilDate"]
            with self._explained(key):
                self.client.put_object_retention(
                    Bucket=self.bucket, Key=self._name(key), VersionId=won,
                    Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
                )  # fmt: skip

    def _lock(self, name: str) -> dict[str, Any]:
        if not name.startswith(self.prefix + LOG) or self._lacks("write-once-log") or self._locked_for is None:
            return {}
        return {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": self._clock.now() + self._locked_for}

    def _versions(self, key: str) -> Sequence[_Version]:
        """Of one key, the newest first, then the marks of deletions."""
        name, versions, marks = self._name(key), [], []
        pages = self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=name)
        for page in self._pages(pages):
            versions += [row for row in page.get("Versions", []) if row["Key"] == name]
            marks += [row for row in page.get("DeleteMarkers", []) if row["Key"] == name]
        return [_Version(name, row["VersionId"], row["IsLatest"]) for row in [*versions, *marks]]

    def _first(self, key: str) -> dict[str, str]:
        name, found = self._name(key), ""
        pages = self.client.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=name)
        for page in self._pages(pages):
            found = next((row["VersionId"] for row in reversed(page.get("Versions", [])) if row["Key"] == name), found)
        return {"VersionId": found} if found else {}

    def _remove(self, versions: Sequence[_Version]) -> None:
        for first in range(0, len(versions), MANY):
            some = versions[first : first + MANY]
            objects: list[ObjectIdentifierTypeDef] = [{"Key": one.name, "VersionId": one.id} for one in some]
            with self._explained(""):
                answer = self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": objects, "Quiet": True})
            if answer.get("Errors"):
                raise InputError(
                    "not-deleted",
                    "the store does not let an object be deleted",
                    self._shown,
                    "what lies under log/ is locked; elsewhere the role lacks s3:DeleteObjectVersion",
                )

    def _pages(self, pages: Iterable[Any]) -> Iterator[Any]:
        left = iter(pages)
        while True:
            with self._explained(""):
                page = next(left, None)
            if page is None:
                return
            yield page

    @contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        with explained(self._shown, "store"):
            try:
                yield
            except ClientError as error:
                code = error.response.get("Error", {}).get("Code")
                if code in ABSENT:
                    raise KeyError(key) from None
                if code in TAKEN:
                    raise _TakenError(_tried_again(error.response)) from None
                if code in CHANGED:
                    raise RetryableError(f"an object arrived at the store other than it was sent ({key})") from None
                raise
