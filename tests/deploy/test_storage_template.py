"""The S3 store of deploy/storage.yaml: who may do what, and what is refused from everyone (docs/storage.md)."""

import json
import re
from collections.abc import Iterator
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from termpost.schemas.settings.sections.privacy_settings import Retention
from termpost.schemas.settings.settings import StoreSettings

from tests.deploy.decision import Context, Principal, Request, Statement, allows_key, allows_object_store
from tests.deploy.stack import ACCOUNT, Stack

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "deploy" / "storage.yaml"
BUCKET = "arn:aws:s3:::my-school"
READERS = {
    "pipeline": "PipelineRole",
    "release": "ReleaseRole",
    "portal": "PortalRole",
    "office": "OfficeRole",
    "auditor": "AuditorRole",
    "analyst": "AnalystRole",
    "signer": "Signer",
}
NOBODY, STRANGER, ADMINISTRATOR = "nobody", "stranger", "administrator"
EVERYONE = (*READERS, NOBODY, STRANGER, ADMINISTRATOR)
OURS = ("", "termpost/")  # where in the bucket the store lies

TLS = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
SIGNED = {"s3:authType": "REST-HEADER", "s3:signatureversion": "AWS4-HMAC-SHA256"}
PLAIN = {**TLS, **SIGNED}
URL = {**TLS, "s3:authType": "REST-QUERY-STRING", "s3:signatureversion": "AWS4-HMAC-SHA256", "s3:signatureAge": "1000"}
LOCKED = {"s3:object-lock-mode": "COMPLIANCE", "s3:object-lock-remaining-retention-days": "3652"}
SEGMENT = {**PLAIN, **LOCKED, "s3:if-none-match": "*"}
ALL_OF_S3: Statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
ALL_OF_KMS: Statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
TO_BUCKET = ("s3:ListBucket", "s3:ListBucketVersions")


@cache
def stack(prefix: str = "") -> Stack:
    who = {f"{name}Principals": [f"arn:aws:iam::{ACCOUNT}:role/{name}"] for name in
           ("Pipeline", "Release", "Portal", "Office", "Auditor", "Analyst")}  # fmt: skip
    return Stack(TEMPLATE, {"BucketName": "my-school", "StorePrefix": prefix, **who})


def properties(resource: str, prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = stack(prefix).resources[resource]["Properties"]
    return found


def principal(who: str, prefix: str = "", *, grown: bool = False) -> Principal:
    """A reader with its policy; `grown`: an IAM policy of the account gives it all of S3 besides."""
    if who in READERS:
        policies = properties(READERS[who], prefix)["Policies"]
        own = [s for policy in policies for s in policy["PolicyDocument"]["Statement"]]
        return Principal(stack().arn(READERS[who]), (*own, ALL_OF_S3) if grown else tuple(own))
    if who == NOBODY:
        return Principal(None)
    everything = (ALL_OF_S3, ALL_OF_KMS) if grown or who == ADMINISTRATOR else ()
    return Principal(f"arn:aws:iam::{ACCOUNT}:role/{who}", everything)


def may(
    who: str, action: str, key: str = "", context: Context = PLAIN, *, prefix: str = "", grown: bool = False
) -> bool:
    """Whether S3 lets `who` do it to an object; of a list, `key` is the prefix that is asked for."""
    resource = BUCKET if action in TO_BUCKET or not key else f"{BUCKET}/{key}"
    if action in TO_BUCKET:
        context = {**context, "s3:prefix": key}
    policy = properties("BucketPolicy", prefix)["PolicyDocument"]["Statement"]
    return allows_object_store(principal(who, prefix, grown=grown), policy, Request(action, resource, context))


def may_with_key(who: str, action: str, context: Context) -> bool:
    root, policy = f"arn:aws:iam::{ACCOUNT}:root", properties("Key")["KeyPolicy"]["Statement"]
    return allows_key(principal(who), policy, Request(action, stack().arn("Key"), context), root)


def page() -> dict[tuple[str, str], set[str]]:
    """(reader, prefix) → words, as docs/storage.md has them."""
    lines = (ROOT / "docs" / "storage.md").read_text().split("### Who may do what")[1].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    roles, rows = rows[0][1:], [row for row in rows[2:] if re.fullmatch(r"`[a-z]+/`", row[0])]
    return {
        (role, row[0].strip("`")): set(cell.split()) - {"–"}
        for row in rows
        for role, cell in zip(roles, row[1:], strict=True)
    }


PREFIXES = sorted({prefix for _, prefix in page()})


def done(who: str, place: str, ours: str) -> set[str]:
    """What a reader really may do under a prefix, in the words of the page."""
    put = SEGMENT if place == "log/" else PLAIN
    key, may_here = f"{ours}{place}one", partial(may, who, prefix=ours)
    asks = {
        "list": may_here("s3:ListBucket", f"{ours}{place}") and may_here("s3:ListBucket", key),
        "get": may_here("s3:GetObject", key),
        "sign": may_here("s3:GetObject", key, URL) and not may_here("s3:GetObject", key),
        "put": may_here("s3:PutObject", key, put),
        "delete": may_here("s3:DeleteObject", key)
        and may_here("s3:DeleteObjectVersion", key)
        and may_here("s3:ListBucketVersions", key),
        "lock": may_here("s3:PutObjectRetention", key, {**PLAIN, **LOCKED}),
        "versions": may_here("s3:ListBucketVersions", f"{ours}{place}")
        and may_here("s3:GetObjectVersion", key)
        and may_here("s3:GetObjectRetention", key),
    }
    return {word for word, yes in asks.items() if yes}


def faults(template: Path) -> list[str]:
    """What cfn-lint says of it."""
    from cfnlint.api import lint_file  # here, since every worker imports this file and this takes seconds

    return [str(match) for match in lint_file(template)]


def test_cfn_lint_finds_nothing() -> None:
    assert faults(TEMPLATE) == []


def test_cfn_lint_would_find_something(tmp_path: Path) -> None:
    broken = tmp_path / "storage.yaml"
    broken.write_text(TEMPLATE.read_text().replace("EnableKeyRotation: true", "EnableKeyRotations: true"))
    assert faults(broken)


def test_the_page_names_every_reader_and_prefix() -> None:
    assert {role for role, _ in page()} == set(READERS)
    assert set(PREFIXES) == {
        f"{name}/" for name in ("landing", "quarantine", "notes", "reports", "outgoing", "sealed", "door", "slots",
                                "verify", "print", "inbox", "log", "lake", "analyst")
    }  # fmt: skip


@pytest.mark.parametrize("ours", OURS)
@pytest.mark.parametrize("who", EVERYONE)
def test_each_reader_may_do_what_the_page_says_and_no_more(who: str, ours: str) -> None:
    found = {place: done(who, place, ours) for place in PREFIXES}
    assert found == {place: page().get((who, place), set()) for place in PREFIXES}


@pytest.mark.parametrize("ours", OURS)
def test_the_portal_lays_a_receipt_where_none_lies_and_nobody_puts_another_there(ours: str) -> None:
    once = {**PLAIN, "s3:if-none-match": "*"}
    for name in ("r1/page.json", "r1/page-0.json"):
        for kind in ("receipts", "messages", "slots"):
            assert may("portal", "s3:PutObject", f"{ours}inbox/{kind}/{name}", once, prefix=ours)
            assert not any(may(who, "s3:PutObject", f"{ours}inbox/{kind}/{name}", prefix=ours) for who in EVERYONE)
    assert may("portal", "s3:GetObject", f"{ours}inbox/slots/one.json", prefix=ours)


@pytest.mark.parametrize("who", EVERYONE)
def test_nobody_reaches_what_lies_beside_the_store(who: str) -> None:
    keys = ("one", "log", "logs/one", "other/log/one", "other/landing/one", "landing/one")
    for action, key in product(("s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"), keys):
        assert not may(who, action, key, SEGMENT, prefix="termpost/"), (action, key)


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize("asked", [{}, {"s3:prefix": ""}, {"s3:prefix": "l"}])
def test_nobody_lists_the_whole_bucket(who: str, asked: Context) -> None:
    policy = properties("BucketPolicy")["PolicyDocument"]["Statement"]
    for action in (*TO_BUCKET, "s3:ListBucketMultipartUploads"):
        assert not allows_object_store(principal(who), policy, Request(action, BUCKET, {**PLAIN, **asked}))


# What must never be, spelled out: the page above could be changed together with the template.
NEVER = [
    ("pipeline", "s3:DeleteObject", "log/00000001.ndjson"),
    ("pipeline", "s3:DeleteObjectVersion", "log/00000001.ndjson"),
    ("pipeline", "s3:BypassGovernanceRetention", "log/00000001.ndjson"),
    ("pipeline", "s3:PutObject", "sealed/r1/page.html"),
    ("pipeline", "s3:PutObject", "print/s1/2021-fall-final/r1.pdf"),
    ("pipeline", "s3:PutObject", "outgoing/2021-fall-final/r1/page.html"),
    ("release", "s3:DeleteObjectVersion", "reports/s1/one.pdf"),
    ("release", "s3:DeleteObjectVersion", "log/00000001.ndjson"),
    ("pipeline", "s3:PutObjectRetention", "reports/s1/one.pdf"),
    ("pipeline", "s3:PutBucketPolicy", ""),
    ("pipeline", "s3:PutLifecycleConfiguration", ""),
    ("release", "s3:PutObject", "reports/s1/one.pdf"),
    ("release", "s3:GetObject", "landing/e1/users.csv"),
    ("release", "s3:PutObjectRetention", "sealed/r1/page.html"),
    ("release", "s3:DeleteObject", "log/00000001.ndjson"),
    ("portal", "s3:GetObject", "reports/s1/one.pdf"),
    ("portal", "s3:GetObject", "inbox/receipts/r1/page.json"),
    ("portal", "s3:PutObject", "sealed/r1/page.html"),
    ("portal", "s3:GetObject", "inbox/messages/one/0.json"),
    ("portal", "s3:PutObject", "door/one.json"),
    ("portal", "s3:ListBucket", "door/"),
    ("portal", "s3:PutObject", "slots/one"),
    ("office", "s3:GetObject", "door/one.json"),
    ("signer", "s3:GetObject", "door/one.json"),
    ("release", "s3:GetObject", "inbox/messages/one/0.json"),
    ("portal", "s3:ListBucket", "sealed/"),
    ("portal", "s3:PutObject", "verify/one.json"),
    ("portal", "s3:ListBucket", "verify/"),
    ("signer", "s3:GetObject", "verify/one.json"),
    ("portal", "s3:DeleteObject", "inbox/receipts/r1/page.json"),
    ("office", "s3:GetObject", "reports/s1/one.pdf"),
    ("office", "s3:GetObject", "sealed/r1/page.html"),
    ("office", "s3:GetObject", "notes/q1/query.sealed"),
    ("office", "s3:PutObject", "print/s1/2021-fall-final/r1.pdf"),
    ("auditor", "s3:GetObject", "reports/s1/one.pdf"),
    ("auditor", "s3:ListBucketVersions", "reports/"),
    ("auditor", "s3:PutObject", "log/00000001.ndjson"),
    ("analyst", "s3:GetObject", "sealed/r1/page.html"),
    ("analyst", "s3:GetObject", "log/00000001.ndjson"),
    ("analyst", "s3:GetObject", "lake/one.parquet"),
    ("analyst", "s3:PutObject", "analyst/current.json"),
    ("signer", "s3:ListBucket", "sealed/"),
    ("signer", "s3:GetObject", "reports/s1/one.pdf"),
    ("signer", "s3:PutObject", "sealed/r1/page.html"),
    (STRANGER, "s3:GetObject", "analyst/current.json"),
    (NOBODY, "s3:GetObject", "sealed/r1/page.html"),
]


@pytest.mark.parametrize(("who", "action", "key"), NEVER)
def test_never(who: str, action: str, key: str) -> None:
    for context in (PLAIN, SEGMENT, {**URL, **LOCKED}):
        assert not may(who, action, key, context)


@pytest.mark.parametrize("ours", OURS)
@pytest.mark.parametrize("action", ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject",
                                    "s3:DeleteObjectVersion", "s3:PutObjectTagging", "s3:ListBucket",
                                    "s3:ListBucketVersions"])  # fmt: skip
@pytest.mark.parametrize("who", [NOBODY, STRANGER, ADMINISTRATOR])
def test_who_is_no_reader_reaches_nothing_whatever_iam_says(who: str, action: str, ours: str) -> None:
    for place in PREFIXES:
        assert not may(who, action, f"{ours}{place}one", SEGMENT, prefix=ours, grown=True)


@pytest.mark.parametrize("who", EVERYONE)
def test_the_pipeline_looks_at_the_bucket_for_doctor(who: str) -> None:
    for what in ("BucketLocation", "BucketObjectLockConfiguration", "BucketOwnershipControls", "BucketPolicy",
                 "BucketPolicyStatus", "BucketPublicAccessBlock", "BucketVersioning", "EncryptionConfiguration",
                 "LifecycleConfiguration"):  # fmt: skip
        assert may(who, f"s3:Get{what}") == (who in {"pipeline", ADMINISTRATOR}), what


def test_a_large_upload_to_the_lake_can_be_taken_up_and_given_up() -> None:
    for who in EVERYONE:
        for action in ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"):
            assert may(who, action, "lake/one.parquet") == (who in {"pipeline", "release"})


def test_an_administrator_still_manages_the_bucket() -> None:
    assert may(ADMINISTRATOR, "s3:PutBucketPolicy")
    assert may(ADMINISTRATOR, "s3:PutLifecycleConfiguration")


@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("action", ["s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:DeleteBucket",
                                    "s3:PutLifecycleConfiguration", "s3:PutBucketVersioning",
                                    "s3:PutBucketObjectLockConfiguration", "s3:PutEncryptionConfiguration",
                                    "s3:PutBucketPublicAccessBlock", "s3:PutBucketOwnershipControls",
                                    "s3:PutReplicationConfiguration"])  # fmt: skip
def test_no_reader_changes_the_bucket_whatever_iam_says(who: str, action: str) -> None:
    assert not may(who, action, grown=True)


@pytest.mark.parametrize("ours", OURS)
@pytest.mark.parametrize("who", EVERYONE)
def test_nobody_removes_or_unlocks_the_log_whatever_iam_says(who: str, ours: str) -> None:
    for action in ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:DeleteObjectTagging",
                   "s3:BypassGovernanceRetention", "s3:PutObjectLegalHold"):  # fmt: skip
        assert not may(who, action, f"{ours}log/00000001.ndjson", SEGMENT, prefix=ours, grown=True), action


@pytest.mark.parametrize("ours", OURS)
@pytest.mark.parametrize("who", EVERYONE)
def test_only_the_two_that_log_write_the_log_whatever_iam_says(who: str, ours: str) -> None:
    for action in ("s3:PutObject", "s3:PutObjectRetention", "s3:PutObjectTagging"):
        written = may(who, action, f"{ours}log/00000001.ndjson", SEGMENT, prefix=ours, grown=True)
        assert written == (who in {"pipeline", "release"}), action


@pytest.mark.parametrize("place", ["sealed/", "verify/", "print/", "outgoing/"])
@pytest.mark.parametrize("who", EVERYONE)
def test_only_a_release_shows_anything_whatever_iam_says(who: str, place: str) -> None:
    for ours in OURS:
        assert may(who, "s3:PutObject", f"{ours}{place}one", prefix=ours, grown=True) == (who == "release")


@pytest.mark.parametrize("who", EVERYONE)
def test_nothing_but_the_log_is_locked_whatever_iam_says(who: str) -> None:
    for ours in OURS:
        for place in set(PREFIXES) - {"log/"}:
            for action in ("s3:PutObjectRetention", "s3:PutObjectLegalHold"):
                assert not may(who, action, f"{ours}{place}one", SEGMENT, prefix=ours, grown=True)


@pytest.mark.parametrize("who", ["pipeline", "release"])
@pytest.mark.parametrize(
    ("change", "written"),
    [
        ({}, True),
        ({"s3:object-lock-remaining-retention-days": "3650"}, True),  # ten years of 365 days
        ({"s3:object-lock-remaining-retention-days": "3653"}, True),  # ten years with three leap days
        ({"s3:object-lock-remaining-retention-days": "3640"}, False),
        ({"s3:object-lock-remaining-retention-days": "3670"}, False),
        ({"s3:object-lock-remaining-retention-days": "36500"}, False),
        ({"s3:object-lock-mode": "GOVERNANCE"}, False),
        ({"s3:object-lock-mode": None, "s3:object-lock-remaining-retention-days": None}, False),
        ({"s3:if-none-match": None}, False),
    ],
)
def test_a_segment_is_written_once_and_locked_for_its_years(
    who: str, change: dict[str, str | None], written: bool
) -> None:
    context = {key: value for key, value in {**SEGMENT, **change}.items() if value is not None}
    assert may(who, "s3:PutObject", "log/00000001.ndjson", context, grown=True) == written
    if "s3:if-none-match" not in change:
        assert may(who, "s3:PutObjectRetention", "log/00000001.ndjson", context, grown=True) == written


def test_every_retention_fits_what_the_settings_can_say() -> None:
    text = TEMPLATE.read_text()
    rows = re.findall(r'"(\d+)": \{Least: (\d+), Most: (\d+)\}', text)
    offered = re.search(r'AllowedValues: \[("1".*)\]', text)
    assert offered
    assert [years for years, _, _ in rows] == re.findall(r"\d+", offered[1])
    for years, least, most in ((int(y), int(a), int(b)) for y, a, b in rows):
        assert least == years * 365 - 1
        assert most == years * 366 + 1
    assert stack().outputs["LogYears"] == str(Retention().log_years)


@pytest.mark.parametrize("who", ["pipeline", "release"])
@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        ({}, True),
        ({"": "aws:kms", "-aws-kms-key-id": "ours"}, True),
        ({"-aws-kms-key-id": "ours"}, True),
        ({"": "aws:kms", "-aws-kms-key-id": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/another"}, False),
        ({"": "aws:kms", "-aws-kms-key-id": "alias/termpost/my-school"}, False),
        ({"-aws-kms-key-id": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/another"}, False),
        ({"": "aws:kms"}, False),
        ({"": "AES256"}, False),
        ({"": "aws:kms:dsse", "-aws-kms-key-id": "ours"}, False),
        ({"-customer-algorithm": "AES256"}, False),
    ],
)
def test_only_the_key_of_the_bucket_encrypts(who: str, headers: dict[str, str], taken: bool) -> None:
    said = {f"s3:x-amz-server-side-encryption{name}": stack().arn("Key") if value == "ours" else value
            for name, value in headers.items()}  # fmt: skip
    for key in ("analyst/current.json", "log/00000001.ndjson"):
        assert may(who, "s3:PutObject", key, {**SEGMENT, **said}, grown=True) == taken


@pytest.mark.parametrize("who", [*READERS, ADMINISTRATOR])
@pytest.mark.parametrize(
    "wire",
    [
        {"aws:SecureTransport": "false"},
        {"aws:SecureTransport": "true", "s3:TlsVersion": "1.0"},
        {"aws:SecureTransport": "true", "s3:TlsVersion": "1.1"},
    ],
)
def test_nothing_goes_over_plain_http_or_old_tls(who: str, wire: Context) -> None:
    for context in ({**SEGMENT, **wire}, {**URL, **wire}):
        if "s3:TlsVersion" not in wire:
            context.pop("s3:TlsVersion")
        for place in PREFIXES:
            for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket"):
                assert not may(who, action, f"{place}one", context, grown=True)
        assert not may(who, "s3:GetBucketPolicy", context=context, grown=True)
    assert may("pipeline", "s3:GetObject", "reports/one", {**PLAIN, "s3:TlsVersion": "1.2"})


@pytest.mark.parametrize(
    ("change", "opened"),
    [
        ({"s3:signatureAge": "604800000"}, True),
        ({"s3:signatureAge": "604800001"}, False),
        ({"s3:authType": "REST-HEADER"}, False),
        ({"s3:authType": "POST"}, False),
        ({"s3:signatureversion": "AWS", "s3:signatureAge": "0"}, False),
    ],
)
def test_a_signed_url_lasts_seven_days_at_most(change: Context, opened: bool) -> None:
    assert may("signer", "s3:GetObject", "sealed/r1/page.html", {**URL, **change}) == opened


THROUGH_S3 = {"kms:ViaService": "s3.eu-west-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": BUCKET}


@pytest.mark.parametrize("who", EVERYONE)
def test_the_key_opens_for_readers_and_closes_for_writers(who: str) -> None:
    assert may_with_key(who, "kms:Decrypt", THROUGH_S3) == (who in READERS)
    assert may_with_key(who, "kms:GenerateDataKey", THROUGH_S3) == (who in {"pipeline", "release", "portal"})
    of_object = {**THROUGH_S3, "kms:EncryptionContext:aws:s3:arn": f"{BUCKET}/log/one"}  # without a bucket key
    assert may_with_key(who, "kms:Decrypt", of_object) == (who in READERS)


@pytest.mark.parametrize("who", EVERYONE)
@pytest.mark.parametrize(
    "change",
    [
        {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"},
        {"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::another"},
        {"kms:EncryptionContext:aws:s3:arn": f"{BUCKET}-two/one"},
    ],
)
def test_the_key_serves_this_bucket_only_and_only_through_s3(who: str, change: Context) -> None:
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        assert not may_with_key(who, action, {**THROUGH_S3, **change})
        assert not may_with_key(who, action, {})


def test_the_account_manages_the_key_and_hands_nothing_on() -> None:
    assert may_with_key(ADMINISTRATOR, "kms:PutKeyPolicy", {})
    assert may_with_key("pipeline", "kms:GetKeyRotationStatus", {})
    for action in ("kms:Decrypt", "kms:Encrypt", "kms:ReEncryptFrom", "kms:CreateGrant", "kms:DisableKeyRotation"):
        assert not may_with_key(ADMINISTRATOR, action, THROUGH_S3)
    for who in (*READERS, STRANGER):
        assert not may_with_key(who, "kms:PutKeyPolicy", {})


def test_bucket_and_key_are_set_up_as_the_page_says() -> None:
    bucket, key = properties("Bucket"), properties("Key")
    block = bucket["PublicAccessBlockConfiguration"]
    assert len(block) == 4
    assert all(block.values())
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    (encryption,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["BucketKeyEnabled"] is True
    default = encryption["ServerSideEncryptionByDefault"]
    assert default == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": stack().arn("Key")}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled"}, "a default retention locks everything"
    assert key["EnableKeyRotation"] is True
    for name in ("Bucket", "BucketPolicy", "Key"):
        resource = stack().resources[name]
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("ours", OURS)
def test_what_was_deleted_goes_for_good_except_the_log(ours: str) -> None:
    rules = properties("Bucket", ours)["LifecycleConfiguration"]["Rules"]
    assert all(rule["Status"] == "Enabled" for rule in rules)
    gone = {rule["Prefix"] for rule in rules if "NoncurrentVersionExpiration" in rule}
    assert gone == {f"{ours}{place}" for place in PREFIXES if place != "log/"}
    expire = {rule["Prefix"]: rule["ExpirationInDays"] for rule in rules if "ExpirationInDays" in rule}
    assert expire == {f"{ours}landing/": 45, f"{ours}quarantine/": 45}
    (rest,) = [rule for rule in rules if rule["Prefix"] == ours]
    assert rest["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert rest["ExpiredObjectDeleteMarker"] is True


@pytest.mark.parametrize(("ours", "url"), [("", "s3://my-school"), ("termpost/", "s3://my-school/termpost"),
                                           ("a/b/", "s3://my-school/a/b")])  # fmt: skip
def test_the_outputs_are_values_for_the_settings(ours: str, url: str) -> None:
    outputs = stack(ours).outputs
    store = StoreSettings(url=outputs["StoreUrl"], region=outputs["StoreRegion"], kms_key_id=outputs["StoreKmsKeyId"])
    assert store.url == url
    assert store.kms_key_id == stack().arn("Key")


def roles() -> Iterator[tuple[str, dict[str, Any]]]:
    yield from ((name, r["Properties"]) for name, r in stack().resources.items() if r["Type"] == "AWS::IAM::Role")


def test_a_role_is_assumed_by_those_named_for_it_and_nobody_else() -> None:
    for name, role in roles():
        who = name.removesuffix("Role")
        assert role["AssumeRolePolicyDocument"]["Statement"] == [{
            "Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:role/{who}"]},
        }]  # fmt: skip
        assert "PermissionsBoundary" not in role


def test_a_boundary_bounds_every_reader() -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/school"
    who = {f"{READERS[name].removesuffix('Role')}Principals": ["arn"] for name in READERS if name != "signer"}
    bounded = Stack(TEMPLATE, {"BucketName": "my-school", "PermissionsBoundary": boundary, **who})
    assert all(bounded.resources[name]["Properties"]["PermissionsBoundary"] == boundary for name in READERS.values())


def test_the_policies_fit_what_aws_takes() -> None:
    def size(policy: Any) -> int:
        return len(json.dumps(policy, separators=(",", ":")))

    longest = "a" * 63  # a bucket's name may be that long
    who = {f"{READERS[name].removesuffix('Role')}Principals": ["arn"] for name in READERS if name != "signer"}
    made = Stack(TEMPLATE, {"BucketName": longest, "StorePrefix": "termpost/production/", **who}).resources
    assert size(made["BucketPolicy"]["Properties"]["PolicyDocument"]) < 20 * 1024 * 0.8  # real ARNs are longer
    assert size(made["Key"]["Properties"]["KeyPolicy"]) < 32 * 1024
    for name, limit in {**dict.fromkeys(READERS.values(), 10240), "Signer": 2048}.items():
        assert size(made[name]["Properties"]["Policies"]) < limit, name
