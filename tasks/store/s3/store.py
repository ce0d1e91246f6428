"""Objects in an S3 bucket, through boto3 and by calls that AWS documents (docs/storage.md)."""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import duckdb
from botocore.exceptions import NoCredentialsError
from termpost.schemas.base.clock import Clock, SystemClock
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.base.secure_url import is_secure
from termpost.schemas.settings.settings import Control, StoreSettings
from termpost.tasks.runtime.duckdb_extensions import load_extensions
from termpost.tasks.runtime.retry import retried
from termpost.tasks.store.finding import Finding
from termpost.tasks.store.interface import LOG, Capability, ObjectHead, ObjectPart, StoreContext, Surroundings, checked
from termpost.tasks.store.s3.client import ATTEMPTS, Login, connect, read_login, session_of
from termpost.tasks.store.s3.errors import OUT_OF_RANGE, SETTINGS, TakenError, explained, store_errors, tried_again
from termpost.tasks.store.s3.versions import BucketVersions, pages

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

LONGEST = timedelta(days=7)  # of a signed URL: what AWS allows
ADDRESS = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?")
RETRY_WAIT = 0.2  # seconds, before an object is asked for again
SIGNER = "signer"  # name of the secret of who signs links


@dataclass(frozen=True)
class _Put:
    """What a put made."""

    version: str  # empty where the store keeps no versions
    tried_again: bool  # so an earlier attempt, whose answer was lost, may have made one too


class S3Store:
    """A prefix of a bucket. Errors are one line: InputError where somebody must fix something, RetryableError where
    the store did not answer after several attempts with back-off.

    Args:
        settings: address, endpoint, key for encryption, and which controls the store may lack.
        signer: who signs links; who else acts comes from the usual AWS environment.
        locked_for: how long nobody may delete what is under log/.
    """

    def __init__(
        self, settings: StoreSettings, *, signer: Login | None = None, clock: Clock | None = None,
        locked_for: timedelta | None = None,
    ) -> None:  # fmt: skip
        self._settings, self._signer, self._clock = settings, signer, clock or SystemClock()
        if not ADDRESS.fullmatch(settings.url):
            raise InputError("bad-store", "this is no address of a bucket", f"{SETTINGS} url",
                             "write s3://bucket or s3://bucket/prefix")  # fmt: skip
        address = settings.url.removeprefix("s3://").rstrip("/")
        self.bucket, _, prefix = address.partition("/")
        self.prefix = f"{prefix}/" if prefix else ""
        self._locked_for = locked_for
        with explained(SETTINGS, "store"):
            self._session = session_of(settings)
            self.client = connect(settings, self._session)
        self._versions = BucketVersions(self.client, self.bucket)
        if not is_secure(self.client.meta.endpoint_url):
            raise InputError("not-secure", "reports would cross the network in clear", SETTINGS,
                             "give an https:// endpoint_url; plain http is for loopback only")  # fmt: skip

    @classmethod
    def open(cls, context: StoreContext) -> Self:
        signer = read_login(context.secret(SIGNER))
        return cls(context.settings, signer=signer, clock=context.clock, locked_for=context.locked_for)

    @property
    def capabilities(self) -> frozenset[Capability]:
        can = {
            Capability.CONDITIONAL_WRITES: not self._lacks("conditional-write"),
            Capability.VERSIONS: not self._lacks("versioning"),
            Capability.OBJECT_LOCK: self._locked_for is not None and not self._lacks("write-once-log"),
            Capability.SIGNED_LINKS: self._signer is not None,
        }
        return frozenset(capability for capability, is_there in can.items() if is_there)

    def put(self, key: str, data: bytes, *, once: bool = False) -> ObjectHead:
        name, sha256 = self._name(key), hashlib.sha256(data)
        sent = self._sent(data, sha256.digest())
        if not once:
            self._put(key, data, sent)
        elif self._lacks("conditional-write"):
            self._put_first(key, data, sent)
        else:
            try:
                self._put(key, data, sent | {"IfNoneMatch": "*"} | self._lock(name))
            except TakenError as taken:
                # an attempt whose answer was lost may have come through: then it is ours
                if not (taken.tried_again and self.get(key) == data):
                    raise FileExistsError(key) from None
        return ObjectHead(key, len(data), sha256.hexdigest())

    def get(self, key: str) -> bytes:
        return retried(lambda: self._get(key), attempts=ATTEMPTS, first_wait=RETRY_WAIT)

    def _get(self, key: str) -> bytes:
        asked: dict[str, Any] = {"Key": self._name(key)}
        if self._first_wins(key) and (first := self._versions.first(self._name(key))):
            asked["VersionId"] = first
        with store_errors(key):
            answer = self.client.get_object(Bucket=self.bucket, **asked)
            data: bytes = answer["Body"].read()
        if answer["Metadata"].get("sha256") not in {None, hashlib.sha256(data).hexdigest()}:  # None: not put by us
            raise RetryableError(f"an object does not arrive as it was stored ({key})")
        return data

    def part(self, key: str, start: int, length: int) -> ObjectPart:
        return retried(lambda: self._part(key, start, length), attempts=ATTEMPTS, first_wait=RETRY_WAIT)

    def _part(self, key: str, start: int, length: int) -> ObjectPart:
        """There is a sum of the whole alone, so the reader must know the bytes by something of its own."""
        asked = f"bytes={start}-{start + length - 1}"
        try:
            with store_errors(key):
                answer = self.client.get_object(Bucket=self.bucket, Key=self._name(key), Range=asked)
                return ObjectPart(answer["Body"].read(), int(answer["ContentRange"].rpartition("/")[2]))
        except InputError as error:
            if error.code != OUT_OF_RANGE:
                raise
            return ObjectPart(b"", 0)  # it ends before: it is empty, or another by now

    def head(self, key: str) -> ObjectHead | None:
        """By the checksum that the store made of the bytes, where it makes one; else the bytes are read."""
        name = self._name(key)
        try:
            with store_errors(key):
                answer = self.client.head_object(Bucket=self.bucket, Key=name, ChecksumMode="ENABLED")
            if (kept := answer.get("ChecksumSHA256")) and "-" not in kept:  # of an upload in parts: a sum of sums
                return ObjectHead(key, answer["ContentLength"], b64decode(kept).hex())
            data = self.get(key)
        except KeyError:
            return None
        return ObjectHead(key, len(data), hashlib.sha256(data).hexdigest())

    def list(self, prefix: str) -> Iterator[str]:
        start = self.prefix + (checked(prefix) if prefix else "")
        asked = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=start)
        for page in pages(asked):
            yield from (found["Key"].removeprefix(self.prefix) for found in page.get("Contents", []))

    def delete(self, key: str) -> None:
        """Every version of it, and every mark of an earlier deletion: nothing can be brought back."""
        self._versions.remove(self._versions.of(self._name(key)))

    def forget_older(self, key: str) -> None:
        self._versions.remove([one for one in self._versions.of(self._name(key)) if not one.is_latest])

    def changed_at(self, key: str) -> datetime | None:
        try:
            with store_errors(key):
                return self.client.head_object(Bucket=self.bucket, Key=self._name(key))["LastModified"]
        except KeyError:
            return None

    def locked_until(self, key: str) -> datetime | None:
        return self._versions.locked_until(self._name(key))

    def rewritten(self, prefix: str) -> Iterator[str]:
        return (name.removeprefix(self.prefix) for name in self._versions.hidden(self.prefix + checked(prefix)))

    @property
    def kms_key_id(self) -> str | None:
        """The key that objects are encrypted with."""
        return self._settings.kms_key_id

    def signing_client(self) -> "S3Client | None":
        """Of whoever signs links; None where nobody is named."""
        if self._signer is None:
            return None
        with explained(SETTINGS, "store"):
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
        with explained(SETTINGS, "store"):
            found = self._session.get_credentials()
            if found is None:
                raise NoCredentialsError
            credentials = found.get_frozen_credentials()
        endpoint = self.client.meta.endpoint_url
        options: dict[str, str] = {
            "KEY_ID": credentials.access_key or "", "SECRET": credentials.secret_key or "",
            "SESSION_TOKEN": credentials.token or "", "REGION": self.client.meta.region_name or "us-east-1",
            "ENDPOINT": endpoint.partition("://")[2], "URL_STYLE": "path",
            "USE_SSL": str(endpoint.startswith("https://")).lower(), "SCOPE": f"s3://{self.bucket}/{self.prefix}",
            **({"KMS_KEY_ID": self._settings.kms_key_id} if self._settings.kms_key_id else {}),
        }  # fmt: skip
        values = ", ".join(f"{name} ${name.lower()}" for name in options)
        load_extensions(connection)
        connection.execute(f"CREATE OR REPLACE SECRET termpost_store (TYPE s3, {values})",
                           {name.lower(): value for name, value in options.items()})  # fmt: skip

    def probe(self, around: Surroundings, *, thorough: bool) -> Iterator[Finding]:  # noqa: ARG002 - every control takes a moment
        from termpost.tasks.store.s3.probes import Probes  # noqa: PLC0415 - it is about this class

        return Probes(self).findings()

    def set_up(self, landing_days: int) -> Iterator[tuple[str, str]]:
        from termpost.tasks.store.s3.setup import set_up  # noqa: PLC0415 - it is about this class

        return set_up(self, landing_days)

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
        with store_errors(key):
            answer = self.client.put_object(Bucket=self.bucket, Key=self._name(key), Body=data, **sent)
        # the store's own sum of what it has; one that makes none in SHA-256 names the MD5, encrypted or not
        made = answer.get("ChecksumSHA256") or b64encode(bytes.fromhex(answer["ETag"].strip('"'))).decode()
        if made not in {sent["ChecksumSHA256"], sent["ContentMD5"]}:
            raise RetryableError(f"an object does not lie in the store as it was sent ({key})")
        return _Put(answer.get("VersionId", ""), tried_again(answer))

    def _put_first(self, key: str, data: bytes, sent: Mapping[str, Any]) -> None:
        """On a store that ignores conditions: each writer puts, the first version wins, the others take theirs away."""
        if self._versions.of(self._name(key)):
            raise FileExistsError(key)
        mine = self._put(key, data, sent)
        if not mine.version:
            raise InputError(
                "no-write-once",
                "the store neither refuses a second writer nor keeps versions",
                SETTINGS,
                "turn versioning on (`termpost doctor --apply`)",
            )
        won = self._versions.first(self._name(key)) or mine.version
        if won != mine.version:
            self._versions.remove([one for one in self._versions.of(self._name(key)) if one.id == mine.version])
            if not (mine.tried_again and self.get(key) == data):
                raise FileExistsError(key)
        if lock := self._lock(self._name(key)):  # not before: a locked loser would stay for years
            until = lock["ObjectLockRetainUntilDate"]
            with store_errors(key):
                self.client.put_object_retention(
                    Bucket=self.bucket, Key=self._name(key), VersionId=won,
                    Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
                )  # fmt: skip

    def _lock(self, name: str) -> dict[str, Any]:
        if not name.startswith(self.prefix + LOG) or self._lacks("write-once-log") or self._locked_for is None:
            return {}
        return {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": self._clock.now() + self._locked_for}
