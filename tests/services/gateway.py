"""A real S3 on loopback (Ceph RADOS Gateway), one a run for all its workers.

It takes 12 s to start: the first worker that has a test for it starts it beside everything else, and it is waited for
where it is needed. The run stops it, and not the worker.
"""

import os
import socket
import subprocess
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from termpost.schemas.settings.settings import StoreSettings

SCRIPT = Path(__file__).with_name("ceph.sh")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
PATIENCE = 180  # seconds
_numbers = count(1)


@dataclass(frozen=True)
class Gateway:
    """Users are `pipeline` and `stranger`; a test makes buckets of its own."""

    endpoint: str

    def client(self, user: str = "pipeline") -> Any:
        return boto3.client(
            "s3", endpoint_url=self.endpoint, region_name="us-east-1",
            aws_access_key_id=user.upper(), aws_secret_access_key=f"{user.upper()}SECRET",
            config=Config(request_checksum_calculation="when_required"),
        )  # fmt: skip

    def bucket(self, *, versioned: bool = False, locked: bool = False) -> str:
        name = f"bucket-{WORKER}-{next(_numbers)}"
        self.client().create_bucket(Bucket=name, ObjectLockEnabledForBucket=locked)
        if versioned and not locked:  # a bucket with locks keeps versions anyway
            self.client().put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    def store(self, monkeypatch: pytest.MonkeyPatch, prefix: str = "", **settings: Any) -> StoreSettings:
        """A fresh bucket with versions and locks as a store, for who is logged in as pipeline."""
        self.log_in(monkeypatch)
        said = {"accept": ("conditional-write",), "accept_reason": "this gateway ignores If-None-Match", **settings}
        url = f"s3://{self.bucket(locked=True)}/{prefix}".rstrip("/")
        return StoreSettings(url=url, endpoint_url=self.endpoint, region="us-east-1", **said)

    def log_in(self, monkeypatch: pytest.MonkeyPatch, user: str = "pipeline") -> None:
        """As a person does: by the AWS environment."""
        for name, value in {
            "AWS_ACCESS_KEY_ID": user.upper(),
            "AWS_SECRET_ACCESS_KEY": f"{user.upper()}SECRET",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
        }.items():
            monkeypatch.setenv(name, value)


def _free_pair() -> int:
    """A port that is free, and the one after it too."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def begin(folder: Path) -> None:
    """Starts the gateway where nobody did; whoever makes the folder is the one."""
    try:
        folder.mkdir()
    except FileExistsError:
        return
    with (folder / "said").open("w") as said:
        subprocess.Popen(
            ["bash", SCRIPT, "start", folder, str(_free_pair())], stdout=said, stderr=subprocess.STDOUT,
            start_new_session=True,  # it outlives the worker
        )  # fmt: skip


def started(folder: Path) -> Gateway:
    """The gateway, as soon as it answers: the last that its script says is the endpoint."""
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience:
        said = (folder / "said").read_text() if (folder / "said").exists() else ""
        if said.endswith("\n") and said.splitlines()[-1].startswith("http://"):
            return Gateway(said.splitlines()[-1])
        time.sleep(0.05)
    raise TimeoutError(f"the S3 gateway did not come up; see {folder}")


def end(folder: Path) -> None:
    if folder.exists():
        subprocess.run(["bash", SCRIPT, "stop", folder], check=True, timeout=60)
