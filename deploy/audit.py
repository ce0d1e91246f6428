"""`make audit` and `make sbom`: known vulnerabilities of what is installed, secrets in the tree, a bill of materials.

python deploy/audit.py TOOLS [vulnerabilities] [secrets] [sbom]

TOOLS is the folder with pip-audit and cyclonedx-py (requirements-audit.lock). Exit 1 where something was found, 3 where
a part could not run: what was not looked at is not clean.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK, SBOM = ROOT / "requirements.lock", ROOT / "dist" / "sbom.cdx.json"
BASELINE_NAME = "deploy/secrets-baseline.json"
BASELINE = ROOT / BASELINE_NAME
CLEAN, FOUND, COULD_NOT_RUN = 0, 1, 3
DATABASES = ("pypi", "osv")  # of pip-audit; the second where the first is out of reach
LONGEST = 600  # seconds
# what people write by hand; examples, released contracts and archives are data, full of ids that look like keys
SCANNED = (".py", ".toml", ".yaml", ".yml", ".md", ".sh", ".json", ".j2", ".txt", ".typ", ".po", ".env", ".cfg", ".ini")
DATA = ("tests/data/", "data_contracts/released/", "examples/grand-bend/")


def vulnerabilities(tools: Path) -> int:
    """What the databases know of the exact versions in requirements.lock."""
    reasons = []
    for database in DATABASES:
        asked = _run(tools / "pip-audit", "--requirement", LOCK, "--no-deps", "--disable-pip", "--format", "json",
                     "--progress-spinner", "off", "--vulnerability-service", database)  # fmt: skip
        try:
            packages = json.loads(asked.stdout)["dependencies"]
        except (ValueError, KeyError):
            reasons.append(f"{database}: {_last_line(asked.stderr)}")
            continue
        skipped = [one["name"] for one in packages if "skip_reason" in one]
        if not packages or len(skipped) == len(packages):  # pip-audit calls this "no known vulnerabilities found"
            reasons.append(f"{database}: it knows none of the {len(packages)} packages")
            continue
        found = [(one, bad) for one in packages for bad in one.get("vulns", ())]
        for one, bad in found:
            fixed = ", ".join(bad.get("fix_versions", ())) or "none yet"
            _say(f"vulnerabilities: {one['name']} {one['version']}: {bad['id']} (fixed in: {fixed})")
        if skipped:
            _say(f"vulnerabilities: could not look at {len(skipped)} of {len(packages)}: {', '.join(skipped)}")
        if not found and not skipped:
            _say(f"vulnerabilities: none known of {len(packages)} packages ({database})")
        return FOUND if found else COULD_NOT_RUN if skipped else CLEAN
    _say(f"vulnerabilities: could not run: no database answered ({'; '.join(reasons)})")
    return COULD_NOT_RUN


def secrets(tools: Path) -> int:  # noqa: ARG001 - detect-secrets is among what tests are made with
    """What looks like a secret and is not in the baseline, which says why each of those is none."""
    files = list(_scanned())
    try:
        found = list(looks_secret(files))
    except RuntimeError as error:
        _say(f"secrets: could not run: {error}")
        return COULD_NOT_RUN
    known = {(one["file"], one["hashed_secret"]) for one in json.loads(BASELINE.read_text())["accepted"]}
    fresh = [one for one in found if (one["filename"], one["hashed_secret"]) not in known]
    for one in fresh:
        _say(f"secrets: {one['filename']}:{one['line_number']}: {one['type']}")
    gone = known - {(one["filename"], one["hashed_secret"]) for one in found}
    for name, _ in sorted(gone):
        _say(f"secrets: {name}: what the baseline accepts there is no longer there; take it out of {BASELINE_NAME}")
    if not fresh and not gone:
        _say(f"secrets: nothing new in {len(files)} files ({len(known)} accepted)")
    return FOUND if fresh or gone else CLEAN


def looks_secret(files: Sequence[str]) -> Iterator[dict[str, object]]:
    """Findings of detect-secrets, which asks no network; paths relative to the tree. RuntimeError: it could not run."""
    scan = Path(sys.executable).with_name("detect-secrets")
    done = _run(scan, "-c", str(os.cpu_count() or 1), "scan", "--no-verify", "--all-files", *files)
    if done.returncode:
        raise RuntimeError(_last_line(done.stderr))
    for places in json.loads(done.stdout)["results"].values():
        yield from places


def sbom(tools: Path) -> int:
    """CycloneDX, of requirements.lock alone: what a school installs. The same lock gives the same bytes."""
    SBOM.parent.mkdir(exist_ok=True)
    done = _run(tools / "cyclonedx-py", "requirements", LOCK, "--pyproject", ROOT / "pyproject.toml",
                "--output-reproducible", "--output-format", "JSON", "--spec-version", "1.6",
                "--output-file", SBOM)  # fmt: skip
    if done.returncode or not SBOM.exists():
        _say(f"sbom: could not run: {_last_line(done.stderr)}")
        return COULD_NOT_RUN
    named = len(json.loads(SBOM.read_text())["components"])
    pinned = sum(line[:1].isalnum() for line in LOCK.read_text().splitlines())
    _say(f"sbom: {SBOM.relative_to(ROOT)} names {named} of {pinned} packages")
    return CLEAN if named == pinned else FOUND


def _scanned() -> Iterator[str]:
    for name in _run("git", "ls-files", "--cached", "--others", "--exclude-standard").stdout.splitlines():
        is_written = name.endswith(SCANNED) or "." not in Path(name).name
        if is_written and not name.startswith(DATA) and name != BASELINE_NAME and (ROOT / name).is_file():
            yield name


def _run(program: str | Path, *more: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(program), *map(str, more)]
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 127, "", f"{Path(program).name}: {type(error).__name__}")


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:120] if lines else "it said nothing"


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - its output


def main(words: Sequence[str]) -> int:
    parts: dict[str, Callable[[Path], int]] = {"vulnerabilities": vulnerabilities, "secrets": secrets, "sbom": sbom}
    if not words or set(words[1:]) - parts.keys():
        _say(f"usage: audit.py TOOLS [{'] ['.join(parts)}]")
        return 2
    results: Iterable[int] = [parts[name](Path(words[0])) for name in words[1:] or parts]
    return FOUND if FOUND in results else max(results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
