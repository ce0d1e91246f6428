"""Whether the people of this home are there: where they are lost, a flow would give everybody a second reference."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from termpost.schemas.base.errors import InputError
from termpost.tasks.home.home import Home
from termpost.tasks.store.finding import Finding, found

CATALOGUE = "SELECT 1 FROM sqlite_master WHERE name = 'ducklake_data_file'"
LOADED = """
SELECT 1 FROM ducklake_data_file JOIN ducklake_table USING (table_id)
WHERE table_name = 'core_person' AND record_count > 0 LIMIT 1
"""


def audit_people(home: Home) -> Iterator[Finding]:
    """Says nothing where nobody was ever loaded, or where the secrets themselves are missing."""
    try:
        people, catalogue = home.people, home.lake.catalogue
    except InputError:
        return
    if not catalogue.exists():
        return
    with closing(sqlite3.connect(catalogue, timeout=60)) as connection:
        if connection.execute(CATALOGUE).fetchone() is None:  # no more than begun: the disk was full
            return
        if connection.execute(LOADED).fetchone() is None:
            return
    is_lost = people.is_empty()
    yield found(
        "people", holds=not is_lost and people.matches_master(), good="the people are those of the master secret",
        bad="the people are lost: there are marks of people, and nobody is known" if is_lost
        else "the people are under another master secret",
        remedy="put them back from a backup (`termpost keys restore --missing`)",
    )  # fmt: skip
