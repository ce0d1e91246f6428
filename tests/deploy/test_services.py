"""deploy/: image, compose, Kubernetes and systemd say the same, pin what they run, and hold no secret."""

import importlib.util
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from termpost.tasks.channels.portal.serving.probe import ANSWERS, probe

from tests.portal_server import listening

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
EXPOSED = 15  # tenths; systemd calls 2 and less "OK", and a service without any hardening has 9.6
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
PINNED = re.compile(r"[a-z0-9.-]+(?:/[a-z0-9.-]+)*:(?!latest)[a-z0-9][a-z0-9._-]*(?:@sha256:[0-9a-f]{64})?")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))


def pods() -> dict[str, dict[str, Any]]:
    return {
        one["metadata"]["name"]: one["spec"]["template"]["spec"] for one in manifests() if one["kind"] == "Deployment"
    }


def unit(path: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", path.read_text(), re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


def test_every_image_is_pinned_and_ours_is_this_version() -> None:
    images = [one["image"] for one in compose()["services"].values()]
    images += [container["image"] for pod in pods().values() for container in pod["containers"]]
    images += re.findall(r"^ARG \w+=(\S+)$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    assert len(images) == 10
    assert [image for image in images if not PINNED.fullmatch(image)] == []
    ours = {image for image in images if "termpost" in image}
    assert {image.rpartition(":")[2] for image in ours} == {VERSION}


def test_a_secret_is_a_file_that_operations_explains_and_none_stands_in_a_file() -> None:
    secrets = set(compose()["secrets"])
    named = {name for one in compose()["services"].values() for name in one.get("secrets", ())}
    assert named == secrets
    credentials = {line.partition(":")[0] for path in UNITS for line in unit(path).get("LoadCredential", ())}
    mounted = {f"{volume['secret']['secretName']}.toml" for pod in pods().values() for volume in pod["volumes"]
               if "secret" in volume}  # fmt: skip
    for name in secrets | credentials | mounted:
        assert f"| `{name}` |" in OPERATIONS, name
    for path in (DEPLOY / "compose.yaml", DEPLOY / "kubernetes.yaml", *UNITS):
        said = path.read_text()
        assert not re.search(r"(?i)\b(password|auth_string|secret_key|token)\s*[:=]\s*[\"']?\w", said), path.name
    for one in compose()["services"].values():
        for name, value in (one.get("environment") or {}).items():
            assert "PASSWORD" not in name or (name.endswith("_FILE") and value.startswith("/run/secrets/"))


def test_what_is_ours_has_no_root_and_writes_to_no_image() -> None:
    services = compose()["services"]
    for name in ("server", "worker", "portal"):
        one = services[name]
        assert (one["read_only"], one["user"], one["cap_drop"]) == (True, "65532:65532", ["ALL"])
        assert one["healthcheck"]["test"][0] == "CMD", "there is no shell"
        container = pods()[name]["containers"][0]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
        }  # fmt: skip
        assert pods()[name]["securityContext"]["runAsNonRoot"]
        assert {"startupProbe", "livenessProbe"} <= container.keys()
        assert container["resources"]["limits"]["memory"]
    assert all(port.startswith("127.0.0.1:") for one in services.values() for port in one.get("ports", ()))


def test_the_server_asks_for_its_word_and_keeps_other_sites_out() -> None:
    for said in (
        (DEPLOY / "compose.yaml").read_text(), (DEPLOY / "kubernetes.yaml").read_text(),
        (DEPLOY / "systemd" / "termpost-server.service").read_text(),
    ):  # fmt: skip
        assert re.search(r'PREFECT_SERVER_CSRF_PROTECTION_ENABLED(?:=|: |, value: )"?true', said)
        assert "prefect-server.toml" in said
    assert 'PREFECT_SERVER_API_AUTH_STRING = "' in OPERATIONS


def test_networks_keep_the_database_from_the_portal() -> None:
    on = {name: set(one["networks"]) for name, one in compose()["services"].items()}
    assert not on["portal"] & (on["database"] | on["server"])
    assert on["database"] == {"data"}
    assert not on["worker"] & on["database"]
    assert compose()["networks"]["data"]["internal"]
    kinds = [one["metadata"]["name"] for one in manifests() if one["kind"] == "NetworkPolicy"]
    assert kinds[0] == "nobody"


def test_the_image_runs_exactly_the_lock_without_a_shell() -> None:
    said = (DEPLOY / "Containerfile").read_text()
    assert len(re.findall(r"^FROM ", said, re.MULTILINE)) == 2
    last = said.rpartition("\nFROM ")[2]
    assert not re.search(r"^RUN |^(?:CMD|ENTRYPOINT) [^\[]|^  CMD [^\[]", last, re.MULTILINE)
    assert "USER 65532:65532" in last
    installs = re.findall(r"pip install (.*)", said)
    assert len(installs) == 3
    assert all("--require-hashes" in one or "--no-index" in one for one in installs)
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", said, re.MULTILINE):
        assert all((ROOT / name).exists() for name in copied.split()), copied


def test_what_builds_the_wheel_is_in_the_lock() -> None:
    spec = importlib.util.spec_from_file_location("build_pins", DEPLOY / "build_pins.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pins = module.pins((ROOT / "requirements-dev.lock").read_text())
    assert re.findall(r"^([a-z0-9-]+)==", pins, re.MULTILINE) == list(module.BUILDS)
    assert pins.count("--hash=sha256:") >= len(module.BUILDS)


@pytest.mark.needs("systemd-analyze")
def test_systemd_takes_every_unit_and_finds_it_closed(tmp_path: Path) -> None:
    for path in [*UNITS, *(DEPLOY / "systemd").glob("*.timer")]:
        text = path.read_text()  # the programs are not installed on this machine
        (tmp_path / path.name).write_text(
            re.sub(r"^ExecStart=/opt/termpost/bin/\w+", "ExecStart=/usr/bin/env", text, flags=re.MULTILINE)
        )
    names = [str(path) for path in sorted(tmp_path.iterdir())]
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False
    )
    ours = [line for line in verified.stderr.splitlines() if "termpost" in line]
    assert (verified.returncode, ours) == (0, [])
    services = [name for name in names if name.endswith(".service")]
    closed = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSED}", "--no-pager", *services],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    levels = re.findall(r"Overall exposure level for (\S+): ([\d.]+)", closed.stdout)
    assert (closed.returncode, len(levels)) == (0, len(UNITS)), levels


def test_units_run_as_users_of_their_own() -> None:
    users = {path.stem: unit(path)["User"][0] for path in UNITS}
    assert users == {
        "termpost-server": "prefect", "termpost-worker": "termpost", "termpost-backup@": "termpost",
        "termpost-portal@": "termpost-portal",
    }  # fmt: skip
    assert set(users.values()) <= set(re.findall(r"[a-z-]+", OPERATIONS.partition("for user in ")[2].partition(";")[0]))
    portal = unit(DEPLOY / "systemd" / "termpost-portal@.service")
    assert portal["InaccessiblePaths"] == ["-/srv/termpost -/etc/termpost"]


def test_a_probe_says_in_a_word_whether_something_answers() -> None:
    with listening() as at:
        port = at.getsockname()[1]
    assert probe(f"http://127.0.0.1:{port}/", 1) != ANSWERS
    assert probe("file:///etc/passwd") == "this is no http address"


def test_the_version_stands_in_one_place_and_has_its_part_of_the_changelog() -> None:
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", one) for one in headings[1:])
    assert len(headings) == 1 or headings[1] == VERSION
    for path in (ROOT / "flows").rglob("*.py"):
        assert f'"{VERSION}"' not in path.read_text(), path
