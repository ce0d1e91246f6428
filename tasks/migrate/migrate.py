"""Bringing a home that an earlier version made up to the present formats."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from termpost.schemas.base.formats import other_format, program_version
from termpost.schemas.documents.prepared import PREPARED_NUMBER
from termpost.schemas.documents.stored_objects import location
from termpost.tasks.home.cycle_locks import all_cycles_lock, locked
from termpost.tasks.home.home import Home
from termpost.tasks.home.kept_objects import kept, kept_names
from termpost.tasks.lake.connection import LAKE_FORMAT
from termpost.tasks.migrate.lake import bring_up, lake_format
from termpost.tasks.migrate.record import Applied, applied_steps
from termpost.tasks.migrate.staging import (
    CATALOGUE,
    StagedChange,
    copy_database,
    decide,
    finish,
    fresh_folder,
    unfinished,
)
from termpost.tasks.migrate.steps import (
    ENCRYPTION_STEP,
    LAKE_STEPS,
    LOG_END_STEP,
    MANIFEST_STEPS,
    SETTINGS_STEPS,
    TAG_STEP,
    EncryptionStep,
    LakeStep,
    LogEndStep,
    ManifestStep,
    SettingsStep,
    Step,
    TagStep,
    all_steps,
    lacks,
    number,
    upgraded,
    with_line,
)
from termpost.tasks.migrate.tags import Untagged, look
from termpost.tasks.records.erase import erased_people
from termpost.tasks.runtime.atomic_files import write_durably

BACKUPS = "backups"


@dataclass(frozen=True)
class Migrated:
    """What was done, or would be."""

    steps: tuple[tuple[str, str], ...]  # name, what it brings
    backup: Path | None = None  # what was changed, as it was
    finished: bool = False  # an earlier run was killed, and this one finished its work
    unverified: tuple[tuple[str, int], ...] = ()  # place of a kind → objects of which the log could say nothing


@dataclass(frozen=True)
class _DueSteps:
    lake: tuple[LakeStep, ...]
    prepared: tuple[ManifestStep, ...]
    manifests: tuple[str, ...]  # keys of those that are older
    settings: tuple[SettingsStep, ...]
    tags: tuple[TagStep, ...]
    encryption: tuple[EncryptionStep, ...]
    log_end: tuple[LogEndStep, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        return (*self.lake, *self.prepared, *self.settings, *self.tags, *self.encryption, *self.log_end)


def migrate(home: Home, *, dry_run: bool = False) -> Migrated:
    """Does what is due, all of it or nothing, while no flow is at work.

    Raises:
        InputError: `cycle-busy`; `lake-format` or `prepared-format`, where a newer version made it.
    """
    home = replace(home, is_to_migrate=True)
    with _alone(home):
        plan = unfinished(home)
        if plan is not None and not dry_run:
            finish(home, plan)
            done = tuple(one.step for one in plan.applied)
            return Migrated(tuple((n, _says(n)) for n in done), home.path / plan.backup, finished=True)
        due = _due(home)
        steps = tuple((step.name, step.says) for step in due.steps)
        if dry_run or not steps:
            return Migrated(steps)
        found = look(home) if due.tags else Untagged()
        backup = _stage(home, due, found)
        return Migrated(steps, backup, unverified=tuple(sorted(found.unverified.items())))


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    with locked(home, "migrate"), all_cycles_lock(home), locked(home, "analyst"):
        yield


def _says(name: str) -> str:
    return next(s.says for s in all_steps() if s.name == name)


def _due(home: Home) -> _DueSteps:
    found = lake_format(home.lake)
    if found is not None and found > LAKE_FORMAT:
        raise other_format("lake-format", "the history", found, LAKE_FORMAT, "the lake's catalogue")
    lake = tuple(step for step in LAKE_STEPS if found is not None and found < step.format)
    done = {one.step for one in applied_steps(home.path)}
    tags = () if TAG_STEP.name in done else (TAG_STEP,)
    encryption = () if ENCRYPTION_STEP.name in done else (ENCRYPTION_STEP,)
    log_end = () if LOG_END_STEP.name in done else (LOG_END_STEP,)
    manifests = {name: number(json.loads(_manifest(home, name))) for name in _manifests(home, untagged=bool(tags))}
    newest, oldest = max(manifests.values(), default=PREPARED_NUMBER), min(manifests.values(), default=PREPARED_NUMBER)
    if newest > PREPARED_NUMBER:
        raise other_format("prepared-format", "the list of prepared reports", newest, PREPARED_NUMBER, "the store")
    older = tuple(key for key, format_ in manifests.items() if format_ < PREPARED_NUMBER)
    settings = tuple(step for step in SETTINGS_STEPS if step.name not in done and lacks(_settings(home, step), step))
    return _DueSteps(lake, tuple(step for step in MANIFEST_STEPS if oldest < step.format), older, settings, tags,
                     encryption, log_end)  # fmt: skip


def _manifests(home: Home, *, untagged: bool) -> set[str]:
    """Names of the lists of prepared reports. One without a tag counts in a home that was never asked for tags."""
    bare = [key for key in home.store.list("reports/") if untagged and key.endswith("/prepared.json")]
    return {*kept_names(home, lambda name: name.endswith("/prepared.json")), *bare}


def _manifest(home: Home, name: str) -> bytes:
    found = kept(home, name)
    return home.store.get(name) if found is None else found


def _settings(home: Home, step: SettingsStep) -> dict[str, object]:
    return tomllib.loads((home.path / step.file).read_text(encoding="utf-8"))


def _stage(home: Home, due: _DueSteps, untagged: Untagged) -> Path:
    """Backs up, makes everything beside what is there, decides, and finishes. Returns the folder of the backup."""
    now = home.clock.now()
    backup = home.path / BACKUPS / f"before-migrate-{now:%Y%m%dT%H%M%S%f}"
    folder = fresh_folder(home)
    applied = tuple(Applied(step=step.name, at=now, version=program_version()) for step in due.steps)
    plan = StagedChange(backup=backup.relative_to(home.path).as_posix(), applied=applied)
    backup.mkdir(mode=0o700, parents=True)
    if due.lake:
        copy_database(home.lake.catalogue, backup / CATALOGUE)
        copy_database(home.lake.catalogue, folder / CATALOGUE)
        bring_up(home.lake, folder / CATALOGUE, due.lake, erased_people(home.log.entries()))
        plan.catalogue = True
    language = home.settings.institution.languages[0]
    plan.tags, plan.encryption, plan.log_end = bool(due.tags), bool(due.encryption), bool(due.log_end)
    for index, key in enumerate(dict.fromkeys([*untagged.kept, *due.manifests])):
        before = _manifest(home, key)
        _keep(backup / "store" / key, before)
        body = upgraded(before, language) if key in due.manifests else before
        plan.kept[key] = home.tags.of(key, body)
        place = location(key, plan.kept[key])
        plan.objects[place] = f"object-{index}.json"
        write_durably(folder / plan.objects[place], home.tags.tagged(key, body))
    texts: dict[str, str] = {}
    for step in due.settings:
        if step.file not in texts:
            texts[step.file] = (home.path / step.file).read_text(encoding="utf-8")
            _keep(backup / step.file, texts[step.file].encode())
        texts[step.file] = with_line(texts[step.file], step)
    for name, text in texts.items():
        plan.files[name] = name
        write_durably(folder / name, text.encode())
    decide(folder, plan)
    finish(home, plan)
    return backup


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_durably(path, data)
