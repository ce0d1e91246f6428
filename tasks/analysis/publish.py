"""The analysts' views as Parquet under `analyst/`: all files first, then the one that names them.

Who begins with `current.json` never sees half a publication. The one before stays until the next, for whoever is still
reading it. The files are plain: the prefix is the boundary (design: Storage), and no name or birth date is in them."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from termpost.schemas.documents.publication import CURRENT, PREFIX, Publication, PublishedFile
from termpost.tasks.analysis.history import History, open_history
from termpost.tasks.analysis.view_catalog import views
from termpost.tasks.home.cycle_locks import locked
from termpost.tasks.home.home import Home
from termpost.tasks.lake.sql import literal
from termpost.tasks.lake.transaction import one_transaction

WORK = "publishing-"  # of the folder in the home where DuckDB writes; only its owner enters, and it goes at the end


def publish_views(home: Home, *, forget: bool = False) -> str:
    """Publishes what is known now, unless just that is published; returns the publication's id.

    Args:
        forget: the publications before go at once, as after an erasure.
    """
    with locked(home, "analyst"):  # flows of two cycles may end at once: the later one sees what the other published
        before = read_current(home)
        as_of = max(home.clock.today(), before.as_of) if before else home.clock.today()  # never back in time
        with _folder(home) as folder, open_history(home, as_of, publishing=True) as history:
            written = _write(history, folder)
            publication = _id(written)
            if before is None or before.publication != publication:
                files = [_put(home, publication, folder, *one) for one in written]
                previous = before.publication if before else None
                _show(home, publication, as_of, None if forget else previous, files)
            elif forget and before.previous:
                _show(home, publication, before.as_of, None, list(before.files))
        _sweep(home)
    return publication


def read_current(home: Home) -> Publication | None:
    """The publication that counts; None before the first."""
    try:
        return Publication.model_validate_json(home.store.get(CURRENT))
    except KeyError:
        return None


@contextmanager
def _folder(home: Home) -> Iterator[Path]:
    for left in home.path.glob(f"{WORK}*"):  # by a run that was killed; nobody else is here now
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=home.path, prefix=WORK) as folder:  # 0700
        yield Path(folder)


def _write(history: History, folder: Path) -> list[tuple[str, str, int]]:
    """One file for each view in the order of all its columns; returns view, sha256 and rows."""
    history.meet(history.names)
    written = []
    with one_transaction(history.connection):
        for view in views():
            path = folder / f"{view.name}.parquet"
            # the same rows in the same order give the same bytes, whatever order the lake gave them in
            rows = history.connection.execute(
                f"COPY (SELECT * FROM lake.{view.name} ORDER BY ALL) TO {literal(str(path))}"
                " (FORMAT parquet, COMPRESSION zstd)"
            ).fetchall()[0][0]
            written.append((view.name, hashlib.sha256(path.read_bytes()).hexdigest(), int(rows)))
    return written


def _id(written: list[tuple[str, str, int]]) -> str:
    return hashlib.sha256(json.dumps(written, separators=(",", ":")).encode()).hexdigest()[:20]


def _put(home: Home, publication: str, folder: Path, view: str, sha256: str, rows: int) -> PublishedFile:
    key = f"{PREFIX}{publication}/{view}.parquet"
    home.store.put(key, (folder / f"{view}.parquet").read_bytes())
    return PublishedFile(view=view, object=key, sha256=sha256, rows=rows)


def _show(home: Home, publication: str, as_of: datetime, previous: str | None, files: list[PublishedFile]) -> None:
    """The one step that makes a publication visible."""
    current = Publication(publication=publication, as_of=as_of, previous=previous, files=tuple(files))
    home.store.put(CURRENT, current.model_dump_json(indent=1).encode())


def _sweep(home: Home) -> None:
    """Removes what the current publication does not keep: older ones, and what a run that was killed left."""
    current = read_current(home)
    kept = tuple(f"{PREFIX}{name}/" for name in (current.publication, current.previous) if name) if current else ()
    for key in list(home.store.list(PREFIX)):
        if key != CURRENT and not key.startswith(kept):
            home.store.delete(key)
