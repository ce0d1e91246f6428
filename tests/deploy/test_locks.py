"""Two locks: what a school installs, and what the tests are made with; the first is a part of the second."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([a-z0-9.-]+)==(\S+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / lock).read_text(encoding="utf-8")))


def declared(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ;]", wanted)[0].lower().replace("_", "-") for wanted in requirements}


def test_the_dev_lock_has_everything_of_the_run_time_lock_at_the_same_version() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_a_school_installs_what_is_declared_for_run_time_and_nothing_of_the_tests() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    run_time, dev = declared(project["dependencies"]), declared(project["optional-dependencies"]["dev"])
    locked = set(pins("requirements.lock"))
    assert run_time <= locked
    assert dev <= set(pins("requirements-dev.lock"))
    # jsonschema comes with Prefect and Great Expectations, pillow with pikepdf
    assert dev & locked <= {"jsonschema", "pillow"}


def test_every_pin_has_a_hash_and_no_lock_names_an_index() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock", "requirements-audit.lock", "requirements-docs.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "://" not in text
        assert len(re.findall(r"^\S+==\S+ \\\n    --hash=sha256:", text, re.MULTILINE)) == len(pins(lock))
