"""Text that the school stated, in the place of the damaged text of one extract: whatever prints it then is right."""

import json

import duckdb
from termpost.schemas.base.refs import ExtractId, PersonRef
from termpost.tasks.home.home import Home
from termpost.tasks.home.text_decisions import TextDecisions, TextPlace
from termpost.tasks.lake.transaction import one_transaction
from termpost.tasks.secrets.key_store import PersonKeyStore

NAMES = ("given", "middle", "family", "preferred")  # of a student's identity
# what a title lies in: the kind of its place, table, id
TITLES = (("class", "core_class", "class_id"), ("piece", "core_line_item", "line_item_id"))


def state_texts(lake: duckdb.DuckDBPyConnection, home: Home, extract_id: ExtractId) -> int:
    """Writes what was stated where the lake still has the value it was stated of; gives how many.

    The lake is append-only otherwise. Here a value is replaced: what was damaged is of no use to anybody, and each
    page, list and notice reads names and titles from where they lie.
    """
    decisions = TextDecisions.of(home)
    with one_transaction(lake):
        return _state_names(lake, home.people, extract_id, decisions) + sum(
            _state_titles(lake, extract_id, decisions, *of) for of in TITLES
        )


def _state_names(
    lake: duckdb.DuckDBPyConnection, people: PersonKeyStore, extract_id: ExtractId, decisions: TextDecisions
) -> int:
    refs, done = decisions.places("student"), 0
    if not refs:
        return 0
    rows = lake.execute(
        "SELECT person_ref, identity FROM lake.core_person WHERE extract_id = ? AND role_code = 'student'"
        " AND person_ref IN (SELECT unnest(?::VARCHAR[]))",
        [extract_id, refs],
    ).fetchall()
    for ref, sealed in rows:
        try:
            identity = json.loads(people.open(PersonRef(ref), sealed))
        except KeyError:  # erased
            continue
        was = tuple(identity[name] for name in NAMES)
        now = decisions.stated(TextPlace("student", ref), was)
        if now == was:
            continue
        new = people.seal(PersonRef(ref), json.dumps(identity | dict(zip(NAMES, now, strict=True))).encode())
        lake.execute(
            "UPDATE lake.core_person SET identity = ?"
            " WHERE extract_id = ? AND person_ref = ? AND role_code = 'student'",
            [new, extract_id, ref],
        )
        done += 1
    return done


def _state_titles(
    lake: duckdb.DuckDBPyConnection, extract_id: ExtractId, decisions: TextDecisions, kind: str, table: str, column: str
) -> int:
    ids = decisions.places("class" if kind == "class" else "piece")
    if not ids:
        return 0
    rows = lake.execute(
        f"SELECT {column}, title FROM lake.{table} WHERE extract_id = ? AND {column} IN (SELECT unnest(?::VARCHAR[]))",
        [extract_id, ids],
    ).fetchall()
    done = 0
    for place, title in rows:
        (now,) = decisions.stated(TextPlace("class" if kind == "class" else "piece", place), (title,))
        if now != title:
            lake.execute(
                f"UPDATE lake.{table} SET title = ? WHERE extract_id = ? AND {column} = ?", [now, extract_id, place]
            )
            done += 1
    return done
