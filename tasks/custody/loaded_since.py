"""What was loaded after a backup was made, by the log: it is in nothing that was put back, and must be loaded again."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from termpost.schemas.log.entry import EntryKind, Logged
from termpost.tasks.extract.landed import landed_files, read_note, unchanged
from termpost.tasks.home.home import Home
from termpost.tasks.runtime.atomic_files import make_folders, write_durably

LANDING, QUARANTINE, PAST = "landing/", "quarantine/", "backfill-"
REJECTED = "rejected"  # reason of `checked`: nothing of it was loaded


@dataclass
class LoadedRun:
    """One run that loaded, or made reports of what was loaded."""

    at: datetime  # of its first entry
    extract: str = ""  # id
    cycle: str | None = None
    is_past: bool = False  # a term from before termpost
    corrected: set[str] = field(default_factory=set)  # references of students whose report got a new version
    _last: int = 0  # number of its last entry about loading
    _rejected: bool = False

    def add(self, entry: Logged, newest: str, is_correction: bool) -> None:
        """Takes in an entry of the run.

        Args:
            newest: the extract that had come in last.
            is_correction: of a report whose earlier version was out.
        """
        place = entry.object or ""
        if entry.kind == "extract_received":
            self.extract = place.removeprefix(LANDING)
        elif entry.kind == "checked":
            name = place.removeprefix(QUARANTINE).partition("/")[0]
            self.is_past = name.startswith(PAST)
            self.extract = name.removeprefix(PAST)
            self._rejected = entry.reason == REJECTED
        elif entry.kind in ("report_made", "held"):
            self.cycle = self.cycle or entry.cycle
            self.extract = self.extract or entry.extract or newest
            if is_correction and entry.student:
                self.corrected.add(entry.student)
        self._last = entry.seq

    def is_missing_after(self, entries: int) -> bool:
        """Whether a backup that knows of so many entries may lack it."""
        return self._last > entries and not self._rejected


LOADING: tuple[EntryKind, ...] = ("extract_received", "checked", "report_made", "held", "released")


def loaded_since(entries: Iterable[Logged], known: int) -> list[LoadedRun]:
    """The runs whose work a backup lacks, in order.

    Args:
        entries: of the kinds LOADING, all there are.
        known: how many entries the log had when the backup began.
    """
    runs, newest, out = dict[str, LoadedRun](), "", set[str | None]()
    for entry in entries:
        if entry.kind == "released":
            out.add(entry.report)
            continue
        run = runs.setdefault(entry.run, LoadedRun(entry.at))
        run.add(entry, newest, is_correction=entry.kind == "report_made" and entry.report in out)
        newest = run.extract or newest
    return [run for run in runs.values() if run.is_missing_after(known)]


def command_of(run: LoadedRun, home: Path, extract: str) -> str:
    """What brings it back, as one types it."""
    if run.is_past:
        return f"termpost backfill --session ID --extract {extract} --home {home}"
    return f"termpost prepare --cycle {run.cycle or 'ID'} --extract {extract} --home {home}"


def is_landed(home: Home, extract: str) -> bool:
    """Whether the store still has the extract as it came."""
    return read_note(home.store, home.tags, f"{LANDING}{extract}") is not None


def lay_out(home: Home, extract: str, folder: Path) -> Path:
    """Writes an extract that the store still has, in clear, to a folder below this one (0700, files 0600).

    Raises:
        Refused: `object-gone`, `object-changed`.
    """
    place = folder / extract[:12]
    for name, file in landed_files(home.store, home.tags, f"{LANDING}{extract}").items():
        path = place / name
        make_folders(path.parent)
        write_durably(path, unchanged(home.store, file))
    return place
