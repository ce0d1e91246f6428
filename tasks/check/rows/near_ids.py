"""Ids that differ from one that is there only by how they are written: what is said of them, and who is meant.

A person who looks at such a file sees two equal ids. So the problem says by what they differ, and never the id.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

import duckdb
from termpost.tasks.check.contracts.specs import CheckSpec
from termpost.tasks.check.rows.suspects import reference_keys

MOST = 1000  # rows of one column that are looked at; no more of a rule are listed
QUOTES = "'\"`‘’‚“”„«»"
SEPARATORS = {";": "semicolons", "|": "upright bars", "/": "slashes", " ": "blanks"}
EXPONENT = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")


def _fold(column: str) -> str:
    """SQL of what is left of an id without all of DIFFERENCES: it finds the pairs, and `difference` tells."""
    marks = "\\p{Z}\\p{Cf}\\p{Cc}=\\[\\]" + QUOTES.replace("'", "''")
    bare = f"regexp_replace(lower(nfc_normalize({column})), '[{marks}]', '', 'g')"
    return f"regexp_replace(regexp_replace({bare}, '\\.0+$', ''), '^0+([0-9]+)$', '\\1')"


def _cut(pattern: str) -> Callable[[str], str]:
    found = re.compile(pattern)
    return lambda text: found.sub("", text)


def _without(categories: str, but: str = "") -> Callable[[str], str]:
    return lambda text: "".join(c for c in text if not unicodedata.category(c).startswith(categories) or c in but)


# in the order of which one hides another: what stands outside comes first
DIFFERENCES: dict[str, Callable[[str], str]] = {
    'an Excel formula, ="…", around it': lambda text: re.sub(r'^\s*="?(.*?)"?\s*$', r"\1", text, flags=re.DOTALL),
    "brackets around it": _cut(r"[\[\]]"),
    "quotation marks": _cut(f"[{QUOTES}]"),
    "a blank": _cut(" "),
    "a tab or a line break": _without("Cc"),
    "a no-break space": _cut("[\u00a0\u202f\u2007]"),
    "an invisible character, as a zero-width space": _without("Cf"),
    "another kind of blank": _without("Z", but=" \u00a0\u202f\u2007"),
    "a “.0” behind it": _cut(r"\.0+$"),
    "leading zeros": lambda text: re.sub(r"^0+(?=[0-9]+$)", "", text),
    "capital and small letters": str.lower,
    "accents that are written in another way (Unicode NFC, NFD)": lambda text: unicodedata.normalize("NFC", text),
}


def difference(one: str, other: str) -> str:
    """By what two ids differ that are the same when it is taken away; empty where they are not."""
    if _folded(one) != _folded(other):
        return ""
    needed = [name for name in DIFFERENCES if _folded(one, name) != _folded(other, name)]
    return " and ".join(needed) or "blanks and marks"


def _folded(text: str, but: str = "") -> str:
    before = None
    while text != before:  # what one takes away may bare another
        before = text
        for name, without in DIFFERENCES.items():
            if name != but:
                text = without(text)
    return text


def note_near_ids(con: duckdb.DuckDBPyConnection, specs: Iterable[CheckSpec]) -> None:
    """Fills `check_hint` for references to nothing that are nearly one to something."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE check_hint"
        " (dataset VARCHAR, row_number BIGINT, column_name VARCHAR, hint VARCHAR)"
    )
    failed = set(con.execute(
        "SELECT DISTINCT dataset, column_name FROM check_failure WHERE rule = 'reference' AND NOT cascaded"
    ).fetchall())  # fmt: skip
    for spec in specs:
        if spec.metric == "missing_references" and (spec.dataset, spec.column) in failed:
            hints = _hints(con, spec)
            if hints:
                con.executemany("INSERT INTO check_hint VALUES (?, ?, ?, ?)",
                                [(spec.dataset, row, spec.column, hint) for row, hint in hints.items()])  # fmt: skip


def _hints(con: duckdb.DuckDBPyConnection, spec: CheckSpec) -> dict[int, str]:
    """By row, for the first rows."""
    target, key = spec.arguments["target"], spec.arguments["key"]
    there = f'SELECT DISTINCT "{key}" AS id FROM typed_{target} WHERE "{key}" IS NOT NULL'
    keys = reference_keys(spec).replace(f"live_{spec.dataset}", f"typed_{spec.dataset}")
    found = con.execute(
        f"WITH failed AS (SELECT row_number FROM check_failure WHERE dataset = $dataset AND rule = 'reference'"
        f" AND column_name = $column AND NOT cascaded ORDER BY row_number LIMIT {MOST}),"
        f" lost AS (SELECT row_number, key, {_fold('key')} AS fold FROM ({keys}) SEMI JOIN failed"
        f" USING (row_number) ANTI JOIN ({there}) AS t ON t.id = key),"
        f" there AS ({there})"
        f" SELECT l.row_number, l.key, min(t.id) FROM lost AS l LEFT JOIN"
        f" (SELECT id, {_fold('id')} AS fold FROM there) AS t ON t.fold = l.fold AND l.fold <> ''"
        f" GROUP BY ALL ORDER BY ALL",
        {"dataset": spec.dataset, "column": spec.column},
    ).fetchall()
    hints: dict[int, str] = {}
    for row, id_, near in found:
        hint = _by(difference(id_, near)) if near is not None else _several(con, there, id_) or _rounded(id_)
        if hint:
            hints.setdefault(int(row), hint)
    return hints


def _by(differs: str) -> str:
    return f"the id differs from one that is there only by {differs}" if differs else ""


def _several(con: duckdb.DuckDBPyConnection, there: str, cell: str) -> str:
    """Where the cell is a list whose ids are parted by something else than a comma."""
    for mark, name in SEPARATORS.items():
        parts = [part.strip() for part in cell.strip("[]").split(mark) if part.strip()]
        if len(parts) > 1:
            known = con.execute(
                f"SELECT count(*) FROM ({there}) WHERE list_contains($parts, id)", {"parts": parts}
            ).fetchone()
            if known and known[0] == len(set(parts)):
                return f"several ids stand in it, parted by {name} where commas must be"
    return ""


def _rounded(id_: str) -> str:
    return "a spreadsheet wrote the number as 1.00E+05" if EXPONENT.fullmatch(id_.strip()) else ""


def meant_students(con: duckdb.DuckDBPyConnection, students: Iterable[str]) -> Mapping[str, str]:
    """Ids of no user → the one user whose id is the same but for how it is written."""
    lost = con.execute(
        "SELECT id FROM (SELECT unnest($students::VARCHAR[]) AS id)"
        " ANTI JOIN (SELECT sourced_id AS id FROM typed_users) AS known USING (id)",
        {"students": sorted(set(students))},
    ).fetchall()
    if not lost:
        return {}
    found = con.execute(
        f"SELECT s.id, min(k.id) FROM (SELECT id, {_fold('id')} AS fold FROM"
        " (SELECT unnest($lost::VARCHAR[]) AS id)) AS s"
        f" JOIN (SELECT DISTINCT sourced_id AS id, {_fold('sourced_id')} AS fold FROM typed_users) AS k"
        " ON k.fold = s.fold AND s.fold <> '' GROUP BY s.id HAVING count(*) = 1",
        {"lost": [id_ for (id_,) in lost]},
    ).fetchall()
    return dict(found)
