"""A home: one institution's settings, secrets, store, lake and log, opened for one run."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar
from uuid import UUID

from termpost.schemas.base.clock import Clock, FixedClock, SystemClock
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import Run
from termpost.schemas.log.approval_trail import ApprovalTrail
from termpost.schemas.log.controls import changed_controls
from termpost.schemas.log.cycle_state import CycleState
from termpost.schemas.log.entry import STANDING, Logged
from termpost.schemas.log.known_holders import SAID_BY, KnownHolders
from termpost.schemas.log.verification_states import STATED_BY, VerificationStates
from termpost.schemas.retention.load import load_retention
from termpost.schemas.retention.policy import RetentionPolicy
from termpost.schemas.settings.calendar import Calendar, load_calendar
from termpost.schemas.settings.clocks import Clocks
from termpost.schemas.settings.grading import GradingPolicy, load_grading
from termpost.schemas.settings.law.home_law import HomeLaw, law_of
from termpost.schemas.settings.rehearsal_mark import marked_as_rehearsal
from termpost.schemas.settings.settings import Settings, load_settings
from termpost.tasks.home.encrypted_store import EncryptedStore
from termpost.tasks.lake.connection import LakePlace
from termpost.tasks.lake.spill import SPILL
from termpost.tasks.log.anchor import Anchor
from termpost.tasks.log.first import first_entry
from termpost.tasks.log.follower import Follower
from termpost.tasks.log.handover import finish_handover
from termpost.tasks.log.log import Log
from termpost.tasks.log.refusals import HandedOverError
from termpost.tasks.secrets.key_store import PersonKeyStore
from termpost.tasks.secrets.keys import LOG, Keys, load_keys, read_secret, variable
from termpost.tasks.secrets.object_keys import ObjectKeys
from termpost.tasks.secrets.object_tags import ObjectTags
from termpost.tasks.secrets.staff import Staff
from termpost.tasks.secrets.verification import VerificationKeys
from termpost.tasks.store.interface import Capability, StoreContext
from termpost.tasks.store.registry import open_store

T = TypeVar("T")
YEAR = timedelta(days=366)  # never a day less than a year
MIGRATING = "migrating"  # folder in which a migration lays what it makes


@dataclass(frozen=True)
class Home:
    """Everything is opened on first use, so that a command needs only what it touches."""

    path: Path
    clock: Clock
    environ: Mapping[str, str]
    takes_earlier: bool = False  # `prepare` alone: a real home may be told a day that is over, never one to come
    is_to_migrate: bool = False  # what an earlier version put into the store in clear is read as it is
    read_objects: dict[str, tuple[str, bytes]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _followed: dict[str, Follower[Any]] = field(default_factory=dict, init=False, compare=False, repr=False)
    _following: Lock = field(default_factory=Lock, init=False, compare=False, repr=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """A process that helps this one opens it for itself, once for all that it is given."""
        return _opened_here, (
            self.path, self.clock, tuple(self.environ.items()), self.takes_earlier, self.is_to_migrate
        )  # fmt: skip

    @property
    def is_as_of(self) -> bool:
        """Whether rules go by another day than today."""
        return not isinstance(self.clock, SystemClock)

    @property
    def today(self) -> date:
        """The school's day by the home's clock."""
        return self.clock.today().astimezone(self.calendar.zone).date()

    @cached_property
    def is_rehearsal(self) -> bool:
        """Whether the home was made to be told another day; the log's first entry says so, and nothing else."""
        first = first_entry(self.store, self.keys.log_signers)
        return first is not None and first.makes_rehearsal

    def refuse_another_day(self) -> None:
        """Before anything is decided or let out.

        Raises:
            Refused: `not-a-rehearsal`, where a real home is told another day than today; `later-day`.
        """
        if self.is_as_of and self.takes_earlier and not self.is_rehearsal:
            if self.clock.today() > self.clock.now():
                raise Refused("later-day", "that day is still to come, and this home is real", "--as-of",
                              "give today or an earlier day")  # fmt: skip
        elif self.is_as_of and not self.is_rehearsal:
            raise Refused("not-a-rehearsal", "this home is real: what decides or lets out goes by today's date",
                          "--as-of",
                          "leave it out, or try it in a home of `termpost init DIR --rehearsal`")  # fmt: skip

    @cached_property
    def written(self) -> Settings:
        """As the file and the environment say."""
        return load_settings(self.path, self.environ)

    @cached_property
    def settings(self) -> Settings:
        """The same; in a rehearsal the institution's name says so on whatever is made."""
        try:
            return marked_as_rehearsal(self.written) if self.is_rehearsal else self.written
        except InputError:  # no log that can be read, as on the portal's machine: nothing can be made here either
            return self.written

    @cached_property
    def calendar(self) -> Calendar:
        return load_calendar(self.path, self.environ)

    def _calendar_or_none(self) -> Calendar | None:
        """None where it cannot be read: that it is refused is written to the log all the same."""
        try:
            return self.calendar
        except InputError:
            return None

    @cached_property
    def clocks(self) -> Clocks:
        """Every clock of the school, by calendar and settings."""
        return Clocks(self.calendar, self.written.feedback)

    @cached_property
    def law(self) -> HomeLaw:
        """What the law of the place asks, as far as packs know it."""
        return law_of(self.written.law, self.calendar, self.path)

    @cached_property
    def policy(self) -> GradingPolicy:
        return load_grading(self.path / "grading.toml", self.environ)

    @cached_property
    def retention(self) -> RetentionPolicy:
        return load_retention(self.path, self.written.privacy)

    @cached_property
    def keys(self) -> Keys:
        return load_keys(self.path / "secrets", self.environ)

    @cached_property
    def tags(self) -> ObjectTags:
        """Of the objects that decide anything."""
        return ObjectTags.of_home(self.keys)

    @cached_property
    def verification(self) -> VerificationKeys:
        """Of the numbers by which copies of reports are verified."""
        return VerificationKeys.of_home(self.keys)

    @cached_property
    def store(self) -> EncryptedStore:
        locked_for = self.written.privacy.retention.log_years * YEAR
        raw = open_store(StoreContext(self.written.store, self.path, self.clock, self._secret, locked_for))
        return EncryptedStore(raw, lambda: self.object_keys, takes_clear=self.is_to_migrate)

    @cached_property
    def object_keys(self) -> ObjectKeys:
        """Under which objects of the store are encrypted."""
        return ObjectKeys(self.keys, self.people)

    def _secret(self, name: str) -> str | None:
        return read_secret(self.path / "secrets", f"{name}.key", self.environ, variable(name))

    @cached_property
    def people(self) -> PersonKeyStore:
        return PersonKeyStore(self.path / "secrets" / "people.sqlite", self.keys)

    @cached_property
    def staff(self) -> Staff:
        return Staff(self.path / "secrets" / "staff.json")

    @property
    def anchor(self) -> Anchor:
        """Where the end of the log is remembered outside the store, so that truncation shows."""
        file = self.path / "secrets" / "log-anchor.json"
        return Anchor(file, self.keys.log_end, variable(LOG) not in self.environ)

    @cached_property
    def log(self) -> Log:
        try:
            return self._open_log()
        except HandedOverError as handed:  # a rotation of the key was killed right after the log said so
            finish_handover(self.path / "secrets", self.keys, handed)
            self.__dict__["keys"] = load_keys(self.path / "secrets", self.environ)
            return self._open_log()

    def _open_log(self) -> Log:
        return Log(
            self.store, self.keys.log_key, self.anchor, self.clock, self.keys.log_signers, self.refuse_another_day,
            lambda known: changed_controls(self.written, self._calendar_or_none(), known),
        )  # fmt: skip

    def state(self, cycle_id: str) -> CycleState:
        """Where a cycle stands by the log as of now; the same object each time, brought up to date."""
        return self._follow(cycle_id, lambda: Follower(self.log, CycleState(cycle_id), CycleState.add)).now()

    def approval_trail(self, cycle_id: str) -> ApprovalTrail:
        """Who approved what is out, as of now."""
        begin = ApprovalTrail(cycle_id)
        return self._follow(f"trail {cycle_id}", lambda: Follower(self.log, begin, ApprovalTrail.add)).now()

    def known_holders(self) -> KnownHolders:
        """By which extracts it is known whose a contact's id is, as of now."""
        return self._follow("holders", lambda: Follower(self.log, KnownHolders(), KnownHolders.add, *SAID_BY)).now()

    def verification_states(self) -> VerificationStates:
        """What the log says of the numbers by which copies are verified, as of now."""
        begin = VerificationStates()
        return self._follow("numbers", lambda: Follower(self.log, begin, VerificationStates.add, *STATED_BY)).now()

    def standing(self) -> list[Logged]:
        """What counts until somebody says otherwise (termpost.schemas.log.entry.STANDING), as of now."""
        return self._follow("", lambda: Follower(self.log, list[Logged](), list[Logged].append, *STANDING)).now()

    def _follow(self, name: str, begin: Callable[[], Follower[T]]) -> Follower[T]:
        with self._following:
            if name not in self._followed:
                self._followed[name] = begin()
            found: Follower[T] = self._followed[name]
            return found

    @cached_property
    def lake(self) -> LakePlace:
        catalogue = self.written.lake.catalogue
        if not catalogue.startswith("sqlite:"):
            raise InputError(
                "unknown-catalogue",
                "this kind of catalogue is not known",
                "termpost.toml [lake] catalogue",
                "use sqlite:./catalogue/lake.sqlite",
            )
        where = (self.path / catalogue.removeprefix("sqlite:")).resolve()
        data = self.written.lake.data
        if Path(data).is_absolute():
            return LakePlace(where, f"{data}/", spill=self.path / SPILL)
        is_local = Capability.LOCAL_PATHS in self.store.capabilities
        raw = self.store.raw  # its files have keys of their own, in the catalogue
        return LakePlace(where, f"{raw.url(data)}/", None if is_local else raw.let_in, self.path / SPILL)


@lru_cache(maxsize=1)
def _opened_here(
    path: Path, clock: Clock, environ: tuple[tuple[str, str], ...], takes_earlier: bool, is_to_migrate: bool
) -> Home:  # fmt: skip
    return Home(path, clock, dict(environ), takes_earlier, is_to_migrate)


def open_home(
    path: str | Path, clock: Clock | None = None, *, half_migrated: bool = False, takes_earlier: bool = False
) -> Home:
    """Opens a home.

    Args:
        takes_earlier: to prepare, which a real home may do for a day that is over.
        half_migrated: also one whose migration was interrupted, which only the next migration may work on.

    Raises:
        InputError: there is none; `half-migrated`.
    """
    root = Path(path).resolve()
    if not (root / "termpost.toml").is_file():
        raise InputError("no-home", "there is no termpost.toml", str(path),
                         "make a home with `termpost init DIR`, or name one with --home")  # fmt: skip
    if not half_migrated and (root / MIGRATING / "plan.json").exists():
        raise InputError("half-migrated", "a migration of this home was interrupted", str(path),
                         "run `termpost migrate`, which finishes it")  # fmt: skip
    return Home(root, clock or SystemClock(), dict(os.environ), takes_earlier)


def open_run(run: Run) -> Home:
    """The home of a run, under the run's clock."""
    return open_home(run.home, FixedClock(run.as_of) if run.as_of else None, takes_earlier=run.takes_earlier)


def shared_home(run: Run) -> Home:
    """The same, one for all tasks of a flow run that share a process and follow one another: so each of thousands of
    batches reads of the log what is new, and not all of it."""
    return _shared(run) if _is_unique(run.id) else open_run(run)


_shared = lru_cache(maxsize=1)(open_run)


def _is_unique(run: str) -> bool:
    """Whether it is Prefect's id of one flow run; a command's own name stands for many."""
    try:
        return bool(UUID(run))
    except ValueError:
        return False
