"""`termpost doctor --apply`: sets up what it may of a bucket. What holds afterwards, the audit finds by trying."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from termpost.tasks.store.s3.errors import explained

if TYPE_CHECKING:
    from termpost.tasks.store.s3.store import S3Store

EMPTIED = ("landing", "quarantine")
PREFIXES = (*EMPTIED, "notes", "reports", "sealed", "verify", "print", "inbox", "lake", "analyst")  # all but log
KEPT_DAYS = 7  # older versions of what was overwritten; DuckLake's snapshots live as long


def set_up(store: "S3Store", landing_days: int) -> Iterator[tuple[str, str]]:
    """Each step with what came of it: `done`, or the store's error code.

    A bucket that is not there is made, with Object Lock, which a bucket can only be born with.
    """
    client, bucket = store.client, store.bucket
    steps: tuple[tuple[str, Callable[[], object]], ...] = (
        ("bucket with Object Lock", lambda: _bucket(store)),
        ("versioning", lambda: client.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})),
        ("lifecycle", lambda: _lifecycle(store, _rules(store.prefix, landing_days))),
        ("TLS only", lambda: _policy(store, _tls_only(bucket))),
        ("encryption", lambda: _encryption(store)),
        ("no public access", lambda: _no_public_access(store)),
    )  # fmt: skip
    for name, step in steps:
        yield name, _outcome(step)


def _outcome(step: Callable[[], object]) -> str:
    """Raises InputError or RetryableError where the store cannot be asked at all."""
    with explained("termpost.toml [store]", "store"):
        try:
            step()
        except ClientError as error:
            return str(error.response.get("Error", {}).get("Code", "refused"))
        except _NoKeyError:
            return "name a key in [store] kms_key_id: without one nothing is encrypted by it"
    return "done"


class _NoKeyError(Exception):
    """No key is named for encryption."""


def _bucket(store: "S3Store") -> None:
    try:
        store.client.head_bucket(Bucket=store.bucket)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:  # noqa: PLR2004 - not found
            raise
        region = store.client.meta.region_name
        place: Any = (
            {} if region in {None, "us-east-1"} else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        )
        store.client.create_bucket(Bucket=store.bucket, ObjectLockEnabledForBucket=True, **place)


def _rules(prefix: str, landing_days: int) -> list[Any]:
    """Landing is emptied by the pipeline too; a bucket does it even where nothing runs any more."""
    found: list[Any] = [
        {"ID": "parts", "Filter": {"Prefix": prefix}, "Status": "Enabled",
         "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
    ]  # fmt: skip
    for name in PREFIXES:
        rule = {"ID": name, "Filter": {"Prefix": f"{prefix}{name}/"}, "Status": "Enabled",
                "NoncurrentVersionExpiration": {"NoncurrentDays": KEPT_DAYS}}  # fmt: skip
        found.append(rule | {"Expiration": {"Days": landing_days}} if name in EMPTIED else rule)
    return found


def _lifecycle(store: "S3Store", rules: list[Any]) -> None:
    """Beside the rules that somebody else made."""
    try:
        there: list[Any] = store.client.get_bucket_lifecycle_configuration(Bucket=store.bucket)["Rules"]
    except ClientError as error:
        if error.response["Error"].get("Code") != "NoSuchLifecycleConfiguration":
            raise
        there = []
    ours = {rule["ID"] for rule in rules}
    kept = [rule for rule in there if rule.get("ID") not in ours]
    store.client.put_bucket_lifecycle_configuration(
        Bucket=store.bucket, LifecycleConfiguration={"Rules": [*kept, *rules]}
    )


def _policy(store: "S3Store", statement: dict[str, object]) -> None:
    """Beside the statements that somebody else made."""
    try:
        policy = json.loads(store.client.get_bucket_policy(Bucket=store.bucket)["Policy"])
    except ClientError as error:
        if error.response["Error"].get("Code") != "NoSuchBucketPolicy":
            raise
        policy = {"Version": "2012-10-17", "Statement": []}
    kept = [one for one in policy["Statement"] if one.get("Sid") != statement["Sid"]]
    store.client.put_bucket_policy(Bucket=store.bucket, Policy=json.dumps(policy | {"Statement": [*kept, statement]}))


def _tls_only(bucket: str) -> dict[str, object]:
    arn = f"arn:aws:s3:::{bucket}"
    return {"Sid": "TlsOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}}  # fmt: skip


def _encryption(store: "S3Store") -> None:
    if store.kms_key_id is None:
        raise _NoKeyError
    by_key: Any = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": store.kms_key_id}
    rules: Any = {"Rules": [{"ApplyServerSideEncryptionByDefault": by_key}]}
    store.client.put_bucket_encryption(
        Bucket=store.bucket,
        ServerSideEncryptionConfiguration=rules,
    )


def _no_public_access(store: "S3Store") -> None:
    """The last step: where it also keeps the owner out (Ceph 16 does), it is taken back."""
    on: Any = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    store.client.put_public_access_block(Bucket=store.bucket, PublicAccessBlockConfiguration=on)
    probe = f"{store.prefix}quarantine/.apply"
    try:
        store.client.put_object(Bucket=store.bucket, Key=probe, Body=b"")
        store.client.delete_object(Bucket=store.bucket, Key=probe)
    except ClientError:
        store.client.delete_public_access_block(Bucket=store.bucket)
        raise
