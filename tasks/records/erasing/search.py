"""The proof of an erasure: everything that was known about somebody, looked for wherever anything is kept.

What the home can open it opens, with the keys it has left; what it cannot is looked through as bytes. What is found is
counted by place, and named by place, never by value.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import duckdb
from prefect.settings import get_current_settings
from termpost.schemas.base.errors import InputError, Refused
from termpost.schemas.base.refs import PersonRef
from termpost.schemas.documents.records.erasure import SearchedCount, SearchedPlace
from termpost.tasks.channels.portal.reopen import is_sealed, reopen
from termpost.tasks.documents.pdf_text import read_pages
from termpost.tasks.home.home import Home
from termpost.tasks.home.recipient_codes import AccessCodes
from termpost.tasks.lake.connection import open_lake
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.records.erasing.known import ERASING, KnownValues
from termpost.tasks.records.erasing.objects import Sought

LISTED = 20  # places that are named
PEOPLE = "secrets/people.sqlite"  # in a backup and in a home


class Search:
    """Looks for one person."""

    def __init__(self, home: Home, ref: PersonRef, known: KnownValues) -> None:
        self._home, self._ref, self._ids = home, ref, known.source_ids
        self._own, self._shared = Sought((*known.own, *known.names)), Sought(known.shared)
        self._hidden = [bytes.fromhex(one) for one in known.hidden]
        self._codes = AccessCodes(home, list(home.log.entries("settings_changed")))

    def everywhere(self, backup: Mapping[str, bytes] | None) -> tuple[SearchedCount, ...]:
        """In a fixed order.

        Args:
            backup: members of the latest backup, opened; None where none was given.
        """
        found = [
            self._count("store", self._store()), self._lake(), self._count("catalogue", self._catalogue()),
            self._people(), self._count("prefect", self._prefect()), self._count("home", self._files()),
        ]  # fmt: skip
        return (*found, *([] if backup is None else [self._backup(backup)]))

    def _count(self, place: SearchedPlace, pieces: Iterable[tuple[str, bytes, bool]]) -> SearchedCount:
        """Of named pieces; whether each is text that was opened, and else raw."""
        objects, own, shared, where = set[str](), 0, 0, dict[str, None]()
        for name, data, is_text in pieces:
            objects.add(name)
            mine = self._own.in_text(data) if is_text else self._own.in_bytes(data)
            mine += sum(one in data for one in self._hidden)
            shared += self._shared.in_text(data) if is_text else self._shared.in_bytes(data)
            if mine:
                own += mine
                where[name] = None
        return SearchedCount(place=place, objects=len(objects), own=own, shared=shared,
                             found_in=tuple(where)[:LISTED])  # fmt: skip

    def _store(self) -> Iterator[tuple[str, bytes, bool]]:
        store = self._home.store
        for key in store.raw.list(""):
            try:
                raw = store.raw.get(key)
            except KeyError:  # somebody's run took it away meanwhile
                continue
            yield key, raw, False
            yield from ((key, text, True) for text in self._opened(key, raw))

    def _opened(self, key: str, raw: bytes) -> Iterator[bytes]:
        if key.startswith("sealed/"):
            yield from self._page(key, raw)
            return
        try:
            data = self._home.store.get(key)
        except (KeyError, Refused):  # nobody can open it any more
            return
        if key.endswith(".pdf"):
            try:
                yield from (page.text.encode() for page in read_pages(data))
            except InputError:
                yield data
        elif not key.startswith(("lake/", "log/", "analyst/")):
            yield data

    def _page(self, key: str, page: bytes) -> Iterator[bytes]:
        recipient = key.split("/")[1]
        codes = [self._codes.of(recipient), *self._codes.earlier(recipient)] if is_sealed(page) else []
        for code in codes:
            try:
                parts = reopen(page, code).parts
            except InputError:
                continue
            yield from (piece for part in parts for piece in (part.title.encode(), part.page))
            return

    def _lake(self) -> SearchedCount:
        """Tables as they are read, with every row there ever was."""
        if not self._home.lake.catalogue.exists():
            return SearchedCount(place="lake", objects=0, own=0, shared=0)
        own, shared, where, tables = 0, 0, list[str](), 0
        with open_lake(self._home.lake) as lake, one_transaction(lake):
            for table, columns in _texts(lake).items():
                tables += 1
                mine, theirs = _rows(lake, table, columns, (self._own, self._shared))
                shared += theirs
                if mine:
                    own += mine
                    where.append(table)
        return SearchedCount(place="lake", objects=tables, own=own, shared=shared, found_in=tuple(where))

    def _catalogue(self) -> Iterator[tuple[str, bytes, bool]]:
        for path in self._of_catalogue():
            data = path.read_bytes()
            yield path.name, data, False
            if self._ref.encode() in data:  # its statistics must not even have the reference
                yield path.name, " ".join((*self._ids, "")).encode(), True

    def _of_catalogue(self) -> list[Path]:
        """The file and what SQLite keeps beside it."""
        catalogue = self._home.lake.catalogue
        beside = (catalogue.with_name(catalogue.name + end) for end in ("", "-wal", "-shm", "-journal"))
        return [path for path in beside if path.is_file()]

    def _people(self) -> SearchedCount:
        people = self._home.people
        found = int(people.is_known(self._ref)) + sum(people.find(one) is not None for one in self._ids)
        return SearchedCount(place="people", objects=1, own=found, shared=0, found_in=(PEOPLE,) if found else ())

    def _prefect(self) -> Iterator[tuple[str, bytes, bool]]:
        for path in sorted(Path(get_current_settings().home).glob("prefect.db*")):
            yield path.name, path.read_bytes(), False

    def _files(self) -> Iterator[tuple[str, bytes, bool]]:
        """Everything in the home that is neither store nor catalogue."""
        home = self._home
        apart = [home.path / ERASING, home.store.local_folder, *self._of_catalogue()]
        for path in sorted(home.path.rglob("*")):
            if path.is_file() and not any(path.is_relative_to(one) for one in apart if one):
                yield str(path.relative_to(home.path)), path.read_bytes(), False

    def _backup(self, members: Mapping[str, bytes]) -> SearchedCount:
        found = self._count("backup", ((name, data, False) for name, data in members.items()))
        if PEOPLE in members and _has_person(members[PEOPLE], self._ref):
            found = found.model_copy(update={"own": found.own + 1, "found_in": (*found.found_in, PEOPLE)})
        return found


def _texts(lake: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Table → its columns of text."""
    found: dict[str, list[str]] = {}
    rows = lake.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name = 'lake' AND data_type = 'VARCHAR'"
        " ORDER BY ALL"
    ).fetchall()
    for table, column in rows:
        found.setdefault(table, []).append(column)
    return found


def _rows(
    lake: duckdb.DuckDBPyConnection, table: str, columns: list[str], sought: tuple[Sought, Sought]
) -> tuple[int, int]:
    """How many rows have any of each, as words of their own."""
    whole = ", ".join(f'"{column}"' for column in columns)
    folded = (
        f"' ' || trim(regexp_replace(lower(concat_ws(' ', {whole})), '[^\\p{{L}}\\p{{N}}_@.+-]+', ' ', 'g')) || ' '"
    )
    has = "len(list_filter({}::VARCHAR[], w -> contains(folded, w))) > 0"
    query = (
        f"SELECT count(*) FILTER ({has.format('$own')}), count(*) FILTER ({has.format('$shared')})"
        f" FROM (SELECT {folded} AS folded FROM lake.{table})"
    )
    own, shared = lake.execute(query, {"own": sought[0].words, "shared": sought[1].words}).fetchall()[0]
    return int(own), int(shared)


def _has_person(people: bytes, ref: PersonRef) -> bool:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(people)
        return connection.execute("SELECT 1 FROM person WHERE person_ref = ?", [ref]).fetchone() is not None
