"""Controls are tried, not read: each one that lacks is found, and nothing is written before."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from termpost.schemas.base.clock import FixedClock
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.settings.settings import StoreSettings
from termpost.tasks.home.home import Home
from termpost.tasks.preflight.audit import audit_home, audit_store, refuse_unsafe
from termpost.tasks.store.finding import Finding
from termpost.tasks.store.s3.client import Login
from termpost.tasks.store.s3.probes import PLACE, Probes
from termpost.tasks.store.s3.store import S3Store

from tests.services.faulty import faulty
from tests.services.gateway import Gateway
from tests.services.smtp_server import PASSWORD, USER, authority, smtp_service
from tests.tasks.gradebook import new_home

CEPH = {"tls", "no-login", "versioning", "write-once-log"}  # what the gateway keeps by itself


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return new_home(tmp_path / "home")


def states(findings: list[Finding]) -> dict[str, str]:
    return {one.control: one.state for one in findings}


def lacking(home: Home) -> set[str]:
    return {control for control, state in states(audit_home(home)).items() if state == "lacks"}


def test_a_new_home_is_safe_and_says_what_it_accepts(home: Home) -> None:
    home.store.put("reports/x/a.pdf", b"1")
    assert lacking(home) == set()
    assert states(audit_home(home))["least-privilege"] == "accepted"


def test_weights_over_a_hundred_are_a_warning(home: Home) -> None:
    policy = home.path / "grading.toml"
    policy.write_text(policy.read_text() + '[category.Extra]\nweight = "10"\n')
    found = [one for one in audit_home(home) if one.control == "grading"]
    assert [one.state for one in found] == ["warns"]
    assert "total 110" in found[0].what


def test_what_is_open_linked_or_beside_is_found(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.store.put("reports/x/a.pdf", b"1")
    file = Path(home.store.raw.url("reports/x/a.pdf"))
    file.chmod(0o644)
    assert lacking(home) == {"modes"}
    refuse_unsafe(home, "run")  # deep inside, where nobody gets: doctor says it, a run goes on
    file.chmod(0o600)
    (file.parents[1]).chmod(0o755)
    assert lacking(home) == {"modes"}
    with pytest.raises(Refused) as refused:
        refuse_unsafe(home, "run")
    assert refused.value.code == "unsafe-store"
    (file.parents[1]).chmod(0o700)
    (file.parent / "link").symlink_to("/etc/passwd")
    assert lacking(home) == {"modes"}
    (file.parent / "link").unlink()
    (home.path / "secrets" / "log.key").chmod(0o640)
    assert "keys" in lacking(home)
    (home.path / "secrets" / "log.key").chmod(0o600)
    monkeypatch.setattr(
        "termpost.tasks.store.file.probes.shutil.disk_usage", lambda _: type("Usage", (), {"free": 10**6})()
    )
    assert lacking(home) == {"space"}
    with pytest.raises(Refused):
        refuse_unsafe(home, "run")


def test_keys_within_the_data_are_never_accepted(home: Home) -> None:
    within = replace(home, environ={"TERMPOST_STORE__URL": "file:."})
    assert states(audit_store(within, thorough=False))["apart"] == "lacks"
    with pytest.raises(Refused):
        refuse_unsafe(within, "run")


def test_a_broken_log_and_a_dead_relay_are_found(home: Home) -> None:
    home.store.put("log/00000001.ndjson", b"{}\n")
    mail = {
        "TERMPOST_CHANNELS__EMAIL__HOST": "127.0.0.1", "TERMPOST_CHANNELS__EMAIL__PORT": "9",
        "TERMPOST_CHANNELS__EMAIL__SENDER": "a@grand-bend.example.org",
    }  # fmt: skip
    assert lacking(replace(home, environ=mail)) == {"log", "mail"}


def test_the_relay_is_tried_as_mail_would_go(home: Home, tmp_path: Path) -> None:
    own, other = authority(tmp_path / "own"), authority(tmp_path / "other")
    (home.path / "ca.pem").write_bytes(own.ca_file.read_bytes())
    mail = {"HOST": "127.0.0.1", "SENDER": "a@grand-bend.example.org", "USER": USER, "CA_FILE": "ca.pem"}
    for made, password, state in ((own, PASSWORD, "holds"), (own, "another", "lacks"), (other, PASSWORD, "lacks")):
        with smtp_service(made.context(), wants_login=True) as service:
            environ = {f"TERMPOST_CHANNELS__EMAIL__{key}": value for key, value in mail.items()}
            environ |= {"TERMPOST_CHANNELS__EMAIL__PORT": str(service.port), "TERMPOST_SECRET_SMTP_PASSWORD": password}
            assert states(audit_home(replace(home, environ=environ)))["mail"] == state
            assert service.received == 0


def test_a_gateway_is_tried_control_by_control(s3: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = s3.store(monkeypatch, "some/prefix", kms_key_id="test-key-1")
    found = {one.control: one for one in Probes(S3Store(settings)).findings()}
    assert {name for name, one in found.items() if one.state == "holds"} == CEPH | {"encryption"}
    assert {name for name, one in found.items() if one.state == "lacks"} == {
        "public-access", "conditional-write", "least-privilege"}  # fmt: skip
    left = list(S3Store(settings).list(""))
    assert all(key.startswith(PLACE) and key.endswith(".locked") for key in left)
    with faulty(s3, conditional=True) as way:
        better = settings.model_copy(update={"endpoint_url": way.endpoint})
        assert {one.control: one.state for one in Probes(S3Store(better)).findings()}["conditional-write"] == "holds"


def test_each_control_that_is_taken_away_is_missed(s3: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = s3.store(monkeypatch).model_copy(update={"url": f"s3://{s3.bucket()}"})  # no versions, no locks
    found = states(list(Probes(S3Store(plain)).findings()))
    assert {name for name in (*CEPH, "encryption") if found[name] == "lacks"} == {
        "versioning", "write-once-log", "encryption"}  # fmt: skip
    store = S3Store(s3.store(monkeypatch))
    public = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
              "Resource": f"arn:aws:s3:::{store.bucket}/*"}  # fmt: skip
    policy = json.dumps({"Version": "2012-10-17", "Statement": [public]})
    s3.client().put_bucket_policy(Bucket=store.bucket, Policy=policy)
    assert states(list(Probes(store).findings()))["no-login"] == "lacks"


def test_where_only_the_log_may_be_locked_its_own_lock_is_tried(s3: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """As deploy/storage.yaml has it."""
    settings = s3.store(monkeypatch)
    store = S3Store(settings, clock=FixedClock(datetime.now(UTC)), locked_for=timedelta(days=400))

    def refuse(**_: object) -> None:
        said = {"Error": {"Code": "AccessDenied"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
        raise ClientError(said, "PutObject")  # type: ignore[arg-type]

    def tried() -> Finding:
        probes = Probes(store)
        probes.client = SimpleNamespace(
            put_object=refuse,
            head_object=store.client.head_object,
            put_object_retention=store.client.put_object_retention,
            get_object_lock_configuration=store.client.get_object_lock_configuration,
        )  # type: ignore[assignment]
        return probes._lock()

    assert tried().state == "holds"  # nothing is logged yet
    S3Store(settings).put("log/00000001.ndjson", b"1", once=True)
    assert tried().state == "lacks"  # without a lock
    store.put("log/00000002.ndjson", b"2", once=True)
    assert tried().state == "holds"
    monkeypatch.setattr("termpost.tasks.store.s3.probes._is_let", lambda _: True)
    assert tried().state == "lacks"


def test_a_signer_who_may_more_than_read_is_found(s3: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = s3.store(monkeypatch)
    for action, signer_is_named in (("s3:GetObject", False), ("s3:PutObject", True)):
        store = S3Store(settings, signer=Login("STRANGER", "STRANGERSECRET"))
        allowed = {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam:::user/stranger"]}, "Action": [action],
                   "Resource": [f"arn:aws:s3:::{store.bucket}/sealed/*"]}  # fmt: skip
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        s3.client().put_bucket_policy(Bucket=store.bucket, Policy=policy)
        (privilege,) = (one for one in Probes(store).findings() if one.control == "least-privilege")
        assert ("signer" in privilege.what) == signer_is_named


def test_apply_makes_a_bucket_that_passes_but_for_what_the_gateway_cannot(
    s3: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.log_in(monkeypatch)
    settings = StoreSettings(url="s3://made-by-doctor/school", endpoint_url=s3.endpoint, kms_key_id="test-key-1",
                             region="us-east-1")  # fmt: skip
    for again in (False, True):
        if again:  # what somebody else made stays
            bucket = {"Bucket": "made-by-doctor"}
            policy = json.loads(s3.client().get_bucket_policy(**bucket)["Policy"])
            whole = "arn:aws:s3:::made-by-doctor"
            theirs = {"Sid": "Theirs", "Effect": "Deny", "Principal": "*", "Action": "s3:PutBucketWebsite"}
            policy["Statement"].append(theirs | {"Resource": whole})
            s3.client().put_bucket_policy(**bucket, Policy=json.dumps(policy))
        steps = dict(S3Store(settings).set_up(landing_days=30))
        assert [name for name, outcome in steps.items() if outcome == "done"][:4] == [
            "bucket with Object Lock", "versioning", "lifecycle", "TLS only"]  # fmt: skip
        found = states(list(Probes(S3Store(settings)).findings()))
        assert CEPH | {"encryption"} <= {name for name, state in found.items() if state == "holds"}
    policy = json.loads(s3.client().get_bucket_policy(Bucket="made-by-doctor")["Policy"])
    assert [one["Sid"] for one in policy["Statement"]] == ["Theirs", "TlsOnly"]
    rules = s3.client().get_bucket_lifecycle_configuration(Bucket="made-by-doctor")["Rules"]
    assert len(rules) == len({rule["ID"] for rule in rules}) == 11


def test_a_run_is_refused_until_what_lacks_is_accepted_with_a_reason(
    s3: Gateway, monkeypatch: pytest.MonkeyPatch, home: Home
) -> None:
    settings = s3.store(monkeypatch, kms_key_id="test-key-1")
    said = {
        "TERMPOST_STORE__URL": settings.url, "TERMPOST_STORE__ENDPOINT_URL": s3.endpoint,
        "TERMPOST_STORE__REGION": "us-east-1", "TERMPOST_STORE__KMS_KEY_ID": "test-key-1",
    }  # fmt: skip
    with pytest.raises(Refused) as refused:
        refuse_unsafe(replace(home, environ=said), "run")
    assert refused.value.code == "unsafe-store"
    assert list(S3Store(settings).list("log/")) == []
    for key in home.store.list("log/"):  # the home moves there
        S3Store(settings).put(key, home.store.get(key))
    for reason in ("one machine", "one machine", "still one machine"):
        toml = home.path / "termpost.toml"
        accept = '"least-privilege", "conditional-write", "public-access"'
        toml.write_text(toml.read_text().replace('["least-privilege"]', f"[{accept}]"))
        accepting = replace(home, environ=said | {"TERMPOST_STORE__ACCEPT_REASON": reason})
        refuse_unsafe(accepting, "run")
    entries = [entry for entry in accepting.log.entries() if entry.reason == "store-accept"]
    assert len(entries) == 2  # once for each wording
    assert b"still one machine" in accepting.store.get(entries[1].object or "")


def write_own(home: Home, severity: str, accept: str = "") -> Home:
    """A home that gives another severity to a rule of the contracts."""
    (home.path / "contracts").mkdir(exist_ok=True)
    text = f"schema:\n- name: results\n  quality:\n  - {{name: above-max, severity: {severity}}}\n"
    (home.path / "contracts" / "results.odcs.yaml").write_text(text)
    if accept:
        path = home.path / "termpost.toml"
        path.write_text(f'{path.read_text()}\n[checks]\naccept = ["{accept}"]\naccept_reason = "read by hand"\n')
    return replace(home)


def test_a_loosened_rule_is_refused_until_it_is_accepted_and_then_shows(home: Home) -> None:
    refusing = write_own(home, "warning")
    assert lacking(refusing) == {"contracts"}
    with pytest.raises(InputError) as refused:
        refuse_unsafe(refusing, "run")
    assert refused.value.code == "own-not-accepted"
    accepting = write_own(home, "warning", "results.above-max warning")
    for _ in range(2):
        refuse_unsafe(accepting, "run")
    assert [one.what for one in audit_home(accepting) if (one.control, one.state) == ("contracts", "accepted")] == [
        "a rule is loosened: results.above-max warning"
    ]
    entries = list(accepting.log.entries("settings_changed"))
    assert [entry.reason for entry in entries if entry.object] == ["check-accept"]
    assert "checks.accept" in {entry.reason for entry in entries if entry.previous}
    note = next(entry.object for entry in entries if entry.reason == "check-accept")
    assert b"read by hand" in accepting.store.get(note or "")
