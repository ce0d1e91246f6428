"""Errors of a disk or a store in the middle of the work, as one line for whoever must fix it."""

import os
import sqlite3
from errno import EACCES, EDQUOT, EIO, ENOSPC, EPERM, EROFS
from pathlib import Path

import duckdb
from termpost.schemas.base.errors import InputError, RetryableError

FULL = ("disk-full", "no space is left on the disk", "make room")
LOCKED = ("disk-read-only", "the disk can only be read", "let it be written")
BARRED = ("not-permitted", "the files there belong to somebody else", "fix their owner or their permissions")
BROKEN = (
    "disk-broken",
    "the disk reports an error",
    "see whether it is full, or have it looked at",
)  # SQLite says so of both
AGAIN = "then run the same command again: it goes on where it stopped"

OF_THE_DISK = frozenset({ENOSPC, EDQUOT, EROFS, EIO})  # whichever file it was
REFUSED = {ENOSPC: FULL, EDQUOT: FULL, EROFS: LOCKED, EACCES: BARRED, EPERM: BARRED, EIO: BROKEN}
# DuckDB gives the system's words and no number; SQLite, under the lake's catalogue too, has words of its own
WORDS = {os.strerror(number): why for number, why in REFUSED.items()} | {
    "database or disk is full": FULL, "a readonly database": LOCKED, "unable to open database file": BARRED,
    "disk I/O error": BROKEN,
}  # fmt: skip


def as_user_error(error: Exception) -> InputError | RetryableError | None:
    """The one line, where it was the disk or the store that refused, and not termpost that is at fault; else None."""
    if isinstance(error, OSError):
        why = REFUSED.get(error.errno or 0)
        return why and _line(why, _disk_of(error.filename))
    if isinstance(error, duckdb.Error) and (answer := _of_the_lakes_store(error)):
        return answer
    if isinstance(error, duckdb.Error | sqlite3.OperationalError):  # DuckDB's kind depends on what it was at
        said = str(error)
        why = next((why for words, why in WORDS.items() if words in said), None)
        return why and _line(why, "the disk of the home, its store or its lake")
    return None


def _of_the_lakes_store(error: duckdb.Error) -> InputError | RetryableError | None:
    """DuckDB has a way of its own to an S3, with attempts of its own, and names the address it asked."""
    said = str(error)
    if any(refused in said for refused in ("HTTP 401", "HTTP 403")):
        return InputError("access-denied", "the store refuses what the lake asks", "termpost.toml [store]",
                          f"let who runs termpost read and write lake/ and landing/, {AGAIN}")  # fmt: skip
    if isinstance(error, duckdb.HTTPException) or "error for HTTP" in said:  # the latter: no answer at all
        return RetryableError("the store does not answer the lake")
    return None


def _line(why: tuple[str, str, str], where: str) -> InputError:
    code, what, remedy = why
    return InputError(code, what, where, f"{remedy}, {AGAIN}")


def _disk_of(filename: object) -> str:
    """Where the disk is mounted: enough to find it, and no name of a file (law 9)."""
    if not isinstance(filename, str | os.PathLike):
        return "the disk of the home or its store"
    place = Path(filename).absolute()
    return str(next(folder for folder in (place, *place.parents) if os.path.ismount(folder)))
