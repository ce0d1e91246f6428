"""The controls of an S3, each by trying what it must refuse or do: a setting that reads well may be ignored."""

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import httpx
from botocore.exceptions import BotoCoreError, ClientError
from termpost.schemas.base.clock import machine_now
from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.base.secure_url import LOOPBACK
from termpost.tasks.store.finding import Finding, found
from termpost.tasks.store.interface import LOG

if TYPE_CHECKING:
    from termpost.tasks.store.s3.store import S3Store

PLACE = "quarantine/.doctor/"  # where probes lie; what a locked one leaves goes at the next audit
LOCK = timedelta(seconds=20)
DENIED = {httpx.codes.FORBIDDEN, httpx.codes.UNAUTHORIZED}
WAIT = 10.0  # seconds


class Probes:
    """One object that every probe is about, in a bucket that is otherwise left as it is."""

    def __init__(self, store: "S3Store") -> None:
        self.store, self.client, self.bucket = store, store.client, store.bucket
        self.key = f"{PLACE}{secrets.token_hex(8)}"
        self.name = store.prefix + self.key

    def findings(self) -> Iterator[Finding]:
        """Raises InputError or RetryableError where the bucket cannot be reached or written at all."""
        self._clear()
        self.store.put(self.key, b"probe")
        try:
            for control, probe in (
                ("tls", self._tls), ("no-login", self._anonymous), ("public-access", self._public),
                ("encryption", self._encryption),
                ("versioning", self._versioning), ("conditional-write", self._conditional),
                ("write-once-log", self._lock), ("least-privilege", self._privilege),
            ):  # fmt: skip
                yield _tried(control, probe)
        finally:
            self._clear()

    def _clear(self) -> None:
        for key in list(self.store.list(PLACE)):
            try:
                self.store.delete(key)
            except InputError as error:
                if error.code != "not-deleted":  # locked still: the next audit takes it away
                    raise

    def _tls(self) -> Finding:
        address = urlsplit(self.client.meta.endpoint_url)
        if address.hostname in LOOPBACK:
            return Finding("tls", "holds", "the store is on this machine")
        try:
            plain = httpx.get(f"http://{address.hostname}/{self.bucket}", timeout=WAIT).status_code
            refused = plain in DENIED or httpx.codes.is_redirect(plain)
        except httpx.HTTPError:
            refused = True  # nobody listens there
        return found(
            "tls", holds=address.scheme == "https" and refused, good="the store answers under TLS only",
            bad="the store also answers in clear", remedy="deny what comes without TLS (deploy/storage.yaml)",
        )  # fmt: skip

    def _anonymous(self) -> Finding:
        """What nobody may accept: that anybody reads what was not opened to them."""
        return found(
            "no-login", holds=not self._is_open(), good="nobody reads or lists without a login",
            bad="an object can be read, or the bucket listed, without a login",
            remedy="take the public policy or ACL off the bucket",
        )  # fmt: skip

    def _public(self) -> Finding:
        try:
            self.client.put_object_acl(Bucket=self.bucket, Key=self.name, ACL="public-read")
            opened = self._is_open()
            self.client.put_object_acl(Bucket=self.bucket, Key=self.name, ACL="private")
        except ClientError:
            opened = False
        return found(
            "public-access", holds=not opened, good="no object can be opened to everybody",
            bad="one wrong call can open an object to everybody",
            remedy="block public access (`termpost doctor --apply`)",
        )  # fmt: skip

    def _is_open(self) -> bool:
        at = f"{self.client.meta.endpoint_url}/{self.bucket}"
        return any(httpx.get(url, timeout=WAIT).status_code not in DENIED for url in (at, f"{at}/{self.name}"))

    def _encryption(self) -> Finding:
        said = self.client.head_object(Bucket=self.bucket, Key=self.name)
        key = self.store.kms_key_id
        how, by = said.get("ServerSideEncryption"), said.get("SSEKMSKeyId", "")
        return found(
            "encryption", holds=bool(key) and how == "aws:kms" and by.endswith(key or ""),
            good="objects are encrypted under the named key",
            bad="no key is named for encryption" if not key else "an object is not encrypted under the named key",
            remedy="name a key in [store] kms_key_id that the store has",
        )  # fmt: skip

    def _versioning(self) -> Finding:
        self.store.put(self.key, b"probe, once more")
        several = self.key in self.store.rewritten(PLACE)
        return found(
            "versioning", holds=several, good="an overwritten object is kept as an older version",
            bad="an overwritten object is gone", remedy="turn versioning on (`termpost doctor --apply`)",
        )  # fmt: skip

    def _conditional(self) -> Finding:
        try:
            self.client.put_object(Bucket=self.bucket, Key=self.name, Body=b"second", IfNoneMatch="*")
        except ClientError as error:
            refused = error.response["ResponseMetadata"]["HTTPStatusCode"] == httpx.codes.PRECONDITION_FAILED
        else:
            refused = False
        return found(
            "conditional-write", holds=refused, good="a second writer of one key is refused",
            bad="If-None-Match is ignored: of two writers of one key neither is refused",
            remedy="use a store that honours it, or accept it: then versions decide who was first",
        )  # fmt: skip

    def _lock(self) -> Finding:
        key = f"{self.key}.locked"
        until = machine_now() + LOCK  # the store's clock, not that of the run
        remedy = "make the bucket with Object Lock (`termpost doctor --apply` does for a new one)"
        try:
            made = self.client.put_object(
                Bucket=self.bucket, Key=self.store.prefix + key, Body=b"locked", ContentMD5="TO8vMKx9M0GdAMHZOgkAlQ==",
                ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until,
            )  # fmt: skip
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in DENIED:
                return self._lock_of_log(remedy)
            return Finding("write-once-log", "lacks", "an object cannot be locked", remedy)
        try:
            self.client.delete_object(
                Bucket=self.bucket, Key=self.store.prefix + key, VersionId=made.get("VersionId", "null")
            )
        except ClientError as error:
            refused = error.response["ResponseMetadata"]["HTTPStatusCode"] in DENIED
        else:
            refused = False
        return found("write-once-log", holds=refused, good="a locked version cannot be deleted",
                     bad="a locked version was deleted", remedy=remedy)  # fmt: skip

    def _lock_of_log(self, remedy: str) -> Finding:
        """Where only the log may be locked, its own last object is asked: its lock must not become shorter."""
        last = max(self.store.list(LOG), default=None)
        if last is None:
            enabled = self.client.get_object_lock_configuration(Bucket=self.bucket)["ObjectLockConfiguration"]
            holds = enabled.get("ObjectLockEnabled") == "Enabled"
            return found("write-once-log", holds=holds, good="locks are on, and nothing is logged yet",
                         bad="locks are off", remedy=remedy)  # fmt: skip
        name = self.store.prefix + last
        lock = self.client.head_object(Bucket=self.bucket, Key=name)
        holds = lock.get("ObjectLockMode") == "COMPLIANCE"
        if holds:
            shorter = {"Mode": "COMPLIANCE", "RetainUntilDate": lock["ObjectLockRetainUntilDate"] - timedelta(days=1)}
            holds = not _is_let(
                lambda: self.client.put_object_retention(Bucket=self.bucket, Key=name, Retention=cast("Any", shorter))
            )
        return found("write-once-log", holds=holds, good="the log is locked, and its lock cannot become shorter",
                     bad="the log is not locked", remedy=remedy)  # fmt: skip

    def _privilege(self) -> Finding:
        """That these credentials cannot change the bucket's rules, and the signer can do nothing but read sealed/."""
        wrong = []
        try:
            # what it says already: nothing changes, but who may say it may also say the opposite
            self.client.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
            wrong.append("these credentials may change the rules of the bucket")
        except ClientError:
            pass
        if self._signer_may_more():
            wrong.append("the signer of links may do more than read sealed pages")
        return found(
            "least-privilege", holds=not wrong, good="who writes cannot change the rules, and who signs can only read",
            bad=" and ".join(wrong), remedy="give each its own role (deploy/storage.yaml)",
        )  # fmt: skip

    def _signer_may_more(self) -> bool:
        signer = self.store.signing_client()
        if signer is None:
            return False
        sealed = f"{self.store.prefix}sealed/.doctor"
        return any(
            _is_let(verb)
            for verb in (
                lambda: signer.get_object(Bucket=self.bucket, Key=self.name),
                lambda: signer.list_objects_v2(Bucket=self.bucket, MaxKeys=1),
                lambda: signer.put_object(Bucket=self.bucket, Key=sealed, Body=b""),
                lambda: signer.delete_object(Bucket=self.bucket, Key=sealed),
            )
        )


def _is_let(verb: Callable[[], Any]) -> bool:
    try:
        verb()
    except ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"] not in DENIED
    return True


def _tried(control: str, probe: Callable[[], Finding]) -> Finding:
    """A probe that breaks is a control that lacks (law 10)."""
    try:
        return probe()
    except (ClientError, BotoCoreError, httpx.HTTPError, InputError, RetryableError) as error:
        return Finding(
            control, "lacks", f"it could not be tried ({type(error).__name__})", "see that the store answers"
        )
