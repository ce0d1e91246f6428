"""Who people are: a random reference and a random key for each, kept apart from lake and log (design: Storage).

Losing or deleting a row here blinds every sealed value and every digest of that person, in every snapshot and backup.
"""

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from termpost.schemas.base.errors import InputError, RetryableError
from termpost.schemas.base.formats import other_format
from termpost.schemas.base.refs import PersonRef
from termpost.tasks.secrets.keys import Keys, open_bytes, opener, seal_bytes

PEOPLE_FORMAT = 1
CREATE = """
CREATE TABLE IF NOT EXISTS person (
  person_ref TEXT PRIMARY KEY,       -- random, 80 bits
  lookup     BLOB NOT NULL UNIQUE,   -- HMAC of the source id, so that the file alone names nobody
  sealed_key BLOB NOT NULL           -- the person's own key, under the master secret
) WITHOUT ROWID;
"""
# the keys once more, under the master secret that a rotation is about to put in place; there only while it goes on
STAGE = "CREATE TABLE rewrapped (person_ref TEXT PRIMARY KEY, sealed_key BLOB NOT NULL) WITHOUT ROWID"
ADOPT = "UPDATE person SET sealed_key = (SELECT r.sealed_key FROM rewrapped r WHERE r.person_ref = person.person_ref)"


class PersonKeyStore:
    """The key store of a home: SQLite, owner-only, overwritten on delete."""

    def __init__(self, path: Path, keys: Keys) -> None:
        self.path = path
        self._lookup_key = keys.derive("people/lookup")
        self._wrap_key = keys.derive("people/wrap")
        self._known: dict[PersonRef, bytes] = {}

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
        connection = sqlite3.connect(self.path, timeout=60, isolation_level=None)
        try:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA journal_mode = DELETE")
            self._check_format(connection)
            connection.execute(CREATE)
            self._finish_rotation(connection)
            yield connection
        finally:
            connection.close()

    def _check_format(self, connection: sqlite3.Connection) -> None:
        """Raises InputError `people-format`; a file that was only just made gets its format."""
        (found,) = connection.execute("PRAGMA user_version").fetchone()
        if found == 0:
            connection.execute(f"PRAGMA user_version = {PEOPLE_FORMAT}")
        elif found != PEOPLE_FORMAT:
            raise other_format("people-format", "the key store", found, PEOPLE_FORMAT, str(self.path))

    def _lookup(self, source_id: str) -> bytes:
        return hmac.digest(self._lookup_key, source_id.encode(), "sha256")

    def references(self, source_ids: Iterable[str]) -> dict[str, PersonRef]:
        """The reference of each id of the source system; people never seen before get one, all in one transaction."""
        wanted = {source_id: self._lookup(source_id) for source_id in source_ids}
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if not self._opens(connection, "person"):  # else everybody would get a second reference
                raise InputError("other-master", "the people of this home are under another master secret",
                                 "secrets/master.key", "put back the master secret that belongs to them")  # fmt: skip
            rows = connection.execute("SELECT lookup, person_ref FROM person")
            known = {bytes(lookup): PersonRef(ref) for lookup, ref in rows}
            fresh = []
            for lookup in wanted.values():
                if lookup not in known:
                    ref = PersonRef("p" + secrets.token_hex(10))
                    known[lookup] = ref
                    fresh.append((ref, lookup, seal_bytes(self._wrap_key, secrets.token_bytes(32), ref)))
            connection.executemany("INSERT INTO person VALUES (?, ?, ?)", fresh)
            connection.execute("COMMIT")
        return {source_id: known[lookup] for source_id, lookup in wanted.items()}

    def find(self, source_id: str) -> PersonRef | None:
        """The reference of an id, without making one."""
        with self._open() as connection:
            row = connection.execute("SELECT person_ref FROM person WHERE lookup = ?", [self._lookup(source_id)])
            found = row.fetchone()
        return PersonRef(found[0]) if found else None

    def find_all(self, source_ids: Iterable[str]) -> dict[str, PersonRef]:
        """The references of those ids that have one, without making any."""
        wanted = {self._lookup(source_id): source_id for source_id in source_ids}
        with self._open() as connection:
            rows = connection.execute("SELECT lookup, person_ref FROM person")
            return {wanted[key]: PersonRef(ref) for lookup, ref in rows if (key := bytes(lookup)) in wanted}

    def existing(self, refs: Iterable[PersonRef]) -> set[PersonRef]:
        """Those of the references whose person was not erased."""
        asked = set(refs)
        with self._open() as connection:
            rows = connection.execute("SELECT person_ref FROM person")
            return {PersonRef(ref) for (ref,) in rows if ref in asked}

    def is_known(self, ref: PersonRef) -> bool:
        """Whether the person was not erased."""
        try:
            self.key(ref)
        except KeyError:
            return False
        return True

    def key(self, ref: PersonRef) -> bytes:
        """The person's key; KeyError once the person is erased."""
        if ref not in self._known:
            with self._open() as connection:
                row = connection.execute("SELECT sealed_key FROM person WHERE person_ref = ?", [ref]).fetchone()
            if row is None:
                raise KeyError(ref)
            self._known[ref] = open_bytes(self._wrap_key, row[0], ref)
        return self._known[ref]

    def preload(self, refs: Iterable[PersonRef]) -> None:
        """Reads many keys at once, where one query per person would be slow."""
        wanted = set(refs) - self._known.keys()
        if not wanted:
            return
        query = "SELECT person_ref, sealed_key FROM person WHERE person_ref IN (SELECT value FROM json_each(?))"
        unwrap = opener(self._wrap_key)
        with self._open() as connection:
            for ref, sealed in connection.execute(query, [json.dumps(list(wanted))]):
                self._known[ref] = unwrap(sealed, ref)

    def seal(self, ref: PersonRef, plain: bytes) -> bytes:
        """A value only this person's key opens."""
        return seal_bytes(self.key(ref), plain, f"identity/{ref}")

    def open(self, ref: PersonRef, sealed: bytes) -> bytes:
        return open_bytes(self.key(ref), sealed, f"identity/{ref}")

    def digest(self, ref: PersonRef, data: bytes) -> str:
        """What log and approval call an object about this person: nobody without the key can confirm a guess."""
        return hmac.digest(self.key(ref), hashlib.sha256(data).digest(), "sha256").hex()

    def name(self, ref: PersonRef, *parts: str) -> str:
        """A stable name derived from the person's key (report, delivery), 80 bits in hex."""
        return hmac.digest(self.key(ref), "\0".join(("name", *parts)).encode(), "sha256").hex()[:20]

    def names(self, *parts: str) -> dict[PersonRef, str]:
        """The `name` of everybody there is."""
        with self._open() as connection:
            refs = [PersonRef(ref) for (ref,) in connection.execute("SELECT person_ref FROM person")]
        self.preload(refs)
        return {ref: self.name(ref, *parts) for ref in refs}

    def delete(self, ref: PersonRef) -> None:
        """Deletes a person's row for good: what was sealed or named under their key means nothing from now on."""
        self._known.pop(ref, None)
        with self._open() as connection:
            connection.execute("DELETE FROM person WHERE person_ref = ?", [ref])
            if _is_staged(connection):
                connection.execute("DELETE FROM rewrapped WHERE person_ref = ?", [ref])

    def matches_master(self) -> bool:
        """Whether the keys are wrapped under this master secret; an empty store matches any."""
        with self._open() as connection:
            return self._opens(connection, "person")

    def is_empty(self) -> bool:
        """Whether nobody is known."""
        with self._open() as connection:
            return connection.execute("SELECT 1 FROM person LIMIT 1").fetchone() is None

    def rewrap(self, keys: Keys, decide: Callable[[], None]) -> None:
        """Puts every key under another master secret; references, keys and lookups stay.

        Args:
            keys: of the other secret, which carry the lookup key of this one.
            decide: makes that secret the home's in one step. Killed before it, everything is as it was; killed after
                it, whoever opens the people next under the new secret finishes the work.

        Raises:
            RetryableError: somebody else changed the people meanwhile.
        """
        other = keys.derive("people/wrap")
        with self._open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DROP TABLE IF EXISTS rewrapped")
            connection.execute(STAGE)
            people = connection.execute("SELECT person_ref, sealed_key FROM person").fetchall()
            moved = [(ref, seal_bytes(other, open_bytes(self._wrap_key, key, ref), ref)) for ref, key in people]
            connection.executemany("INSERT INTO rewrapped VALUES (?, ?)", moved)
            connection.execute("COMMIT")
            connection.execute("BEGIN EXCLUSIVE")  # from here nobody can add a person under the old secret
            now, staged = (
                connection.execute(f"SELECT person_ref FROM {table} ORDER BY 1").fetchall()
                for table in ("person", "rewrapped")
            )
            if now != staged:
                raise RetryableError("somebody else was writing to the people")
            decide()
            _adopt(connection)

    def _finish_rotation(self, connection: sqlite3.Connection) -> None:
        """What a rotation left undone that was killed after its secret was in place. What one left that was killed
        before is under a secret that never came to be; the next rotation removes it."""
        if not _is_staged(connection) or self._opens(connection, "person") or not self._opens(connection, "rewrapped"):
            return
        connection.execute("BEGIN EXCLUSIVE")
        if _is_staged(connection):  # nobody else was first
            _adopt(connection)
        else:
            connection.execute("COMMIT")

    def _opens(self, connection: sqlite3.Connection, table: str) -> bool:
        row = connection.execute(f"SELECT person_ref, sealed_key FROM {table} LIMIT 1").fetchone()
        try:
            return row is None or bool(open_bytes(self._wrap_key, row[1], row[0]))
        except ValueError:
            return False


def _is_staged(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'rewrapped'").fetchone() is not None


def _adopt(connection: sqlite3.Connection) -> None:
    """Ends the transaction it is called in."""
    connection.execute(ADOPT)
    connection.execute("DROP TABLE rewrapped")
    connection.execute("COMMIT")
