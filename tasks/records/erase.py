"""Erasing a person: their key goes, and with it the meaning of everything that was written under it."""

import sqlite3
from collections.abc import Iterable

from termpost.schemas.base.refs import PersonRef
from termpost.schemas.log.entry import Entry
from termpost.schemas.log.verification_states import VerificationStates
from termpost.tasks.analysis.publish import publish_views
from termpost.tasks.home.home import Home
from termpost.tasks.lake.connection import LakePlace

# Every reference begins with a "p", so these bound every column of references: a looser bound is still a true one,
# while none at all would let a later insert make a false one.
LOWEST, HIGHEST = "p", "q"
RUN = "records-erase"


def erase_person(home: Home, ref: PersonRef) -> str:
    """Deletes the person's key, their reference in the catalogue's statistics, and what is published with them in it;
    the numbers of their reports are good no more.

    Rows of the lake stay, so that every aggregate of the past stays: they belong to nobody any more. Safe to run again.

    Returns the id of the publication that took the place of the others.
    """
    _forget_numbers(home, ref)
    home.people.delete(ref)
    if not home.lake.catalogue.exists():
        return ""
    _blur_statistics(home.lake, ref)
    return publish_views(home, forget=True)


def _forget_numbers(home: Home, ref: PersonRef) -> None:
    """The log names the objects as erased before they are."""
    states = VerificationStates.fold(home.log.entries("verification_set", "erased"))
    mine = [one for one in states.said.values() if one.student == ref]
    named = [
        Entry(kind="erased", cycle=one.cycle, object=one.object) for one in mine if one.object not in states.erased
    ]
    if named:
        home.log.append(RUN, named)
    for one in mine:
        home.store.delete(one.object)


def erased_people(entries: Iterable[Entry]) -> set[PersonRef]:
    """Whom the log says to be erased: an `erased` entry without an object names a person, as student or recipient or
    both; one with an object names that object alone."""
    found = {ref for e in entries if e.kind == "erased" and e.object is None for ref in (e.student, e.recipient)}
    return {PersonRef(ref) for ref in found if ref is not None}


def blur_statistics(catalogue: sqlite3.Connection, ref: PersonRef) -> None:
    """DuckLake keeps the least and greatest value of each column of each file in clear, whatever one sets."""
    for table in ("ducklake_file_column_stats", "ducklake_table_column_stats"):
        catalogue.execute(f"UPDATE {table} SET min_value = ? WHERE min_value = ?", [LOWEST, ref])
        catalogue.execute(f"UPDATE {table} SET max_value = ? WHERE max_value = ?", [HIGHEST, ref])


def _blur_statistics(place: LakePlace, ref: PersonRef) -> None:
    connection = sqlite3.connect(place.catalogue, timeout=60, isolation_level=None)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("BEGIN IMMEDIATE")
        blur_statistics(connection, ref)
        connection.execute("COMMIT")
        connection.execute("VACUUM")  # rows that were changed before lie in freed pages
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
